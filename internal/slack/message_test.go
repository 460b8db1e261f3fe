package slack

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	slackapi "github.com/slack-go/slack"
)

var update = flag.Bool("update", false, "write the golden files anew")

var full = Notice{
	Title: "Your cluster is ready",
	Text:  "*single-user-ana-diaz* was made for you.\nIt is stopped; start it when you need it.",
	Links: []Link{
		{Title: "How to start it", URL: "https://wiki.example.com/clusters?page=1&section=start"},
		{URL: "https://wiki.example.com/costs"},
	},
	Footer: "You get this because an administrator put you on the roster.",
}

// Everything that could mention, link or break out.
var hostile = Notice{
	Title: "<!channel> & <@U123>",
	Text:  "<!here> <!subteam^S1> <@U123> <#C123> <https://evil.example|bank> &lt;!channel&gt; @everyone ana@example.com www.evil.example",
	Links: []Link{
		{Title: "a|b> <!channel>", URL: "https://example.com/a|b>c<d\"?x=1&y=<!channel>"},
		{Title: "<https://evil.example|click>", URL: "http://example.com/%7Bok%7D#part"},
	},
	Footer: "<!everyone> & co",
}

func TestCompose(t *testing.T) {
	for name, c := range map[string]struct {
		notice    Notice
		recipient string
	}{
		"minimal":  {notice: Notice{Text: "Done."}},
		"full":     {notice: full},
		"fallback": {notice: full, recipient: "o'brien&co@example.com"},
		"hostile":  {notice: hostile},
	} {
		t.Run(name, func(t *testing.T) {
			if err := Validate(c.notice); err != nil {
				t.Fatal(err)
			}
			m := compose(c.notice, c.recipient)
			golden(t, filepath.Join("testdata", name+".json"), map[string]any{"text": m.text, "blocks": slackapi.Blocks{BlockSet: m.blocks}})
		})
	}
}

func golden(t *testing.T, path string, v any) {
	t.Helper()
	wire, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	var plain any // decoded once more, because slack-go writes < as \u003c and the file is to show what Slack reads
	if err := json.Unmarshal(wire, &plain); err != nil {
		t.Fatal(err)
	}
	var got bytes.Buffer
	encoder := json.NewEncoder(&got)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(plain); err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(path, got.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got.String() != string(want) {
		t.Errorf("%s differs; if that is right, run: go test ./internal/slack -run TestCompose -update\ngot:\n%s", path, &got)
	}
}

func TestHostileTextIsInert(t *testing.T) {
	m := compose(hostile, "<!channel>@example.com")
	texts := []string{m.text}
	for _, block := range m.blocks {
		switch block := block.(type) {
		case *slackapi.HeaderBlock:
			texts = append(texts, block.Text.Text)
		case *slackapi.SectionBlock:
			texts = append(texts, block.Text.Text)
			if block.Text.Type != slackapi.MarkdownType || !block.Text.Verbatim {
				t.Errorf("Slack would look for names and addresses in %q", block.Text.Text)
			}
		case *slackapi.ContextBlock:
			texts = append(texts, block.ContextElements.Elements[0].(*slackapi.TextBlockObject).Text)
		default:
			t.Errorf("unexpected block %T", block)
		}
	}
	for _, text := range texts {
		for rest := text; ; {
			_, after, found := strings.Cut(rest, "<")
			if !found {
				break
			}
			inside, next, closed := strings.Cut(after, ">")
			if !closed || !strings.HasPrefix(inside, "https://example.com/") && !strings.HasPrefix(inside, "http://example.com/") {
				t.Errorf("%q has markup that is not one of our links: <%s>", text, inside)
			}
			rest = next
		}
	}
}

func TestLongListsStayWithinTheLimits(t *testing.T) {
	n := Notice{Title: "t", Text: strings.Repeat("x", maxSection), Footer: "f"}
	for i := range 60 {
		n.Links = append(n.Links, Link{Title: fmt.Sprint("page ", i), URL: "https://example.com/" + strings.Repeat("p", 900)})
	}
	if err := Validate(n); err != nil {
		t.Fatal(err)
	}
	m := compose(n, "")
	if len(m.blocks) != 23 { // header, text, 20 lists of three, footer
		t.Errorf("%d blocks", len(m.blocks))
	}
	items := 0
	for _, block := range m.blocks {
		if section, ok := block.(*slackapi.SectionBlock); ok {
			items += strings.Count(section.Text.Text, "• <")
			if size := length(section.Text.Text); size > maxSection {
				t.Errorf("a section has %d characters", size)
			}
		}
	}
	if items != len(n.Links) {
		t.Errorf("%d of %d links are shown", items, len(n.Links))
	}
}

func TestValidate(t *testing.T) {
	link := func(url string) Notice {
		return Notice{Text: "x", Links: []Link{{Title: "ok", URL: "https://example.com"}, {Title: "x", URL: url}}}
	}
	titled := func(title string) Notice {
		return Notice{Text: "x", Links: []Link{{Title: title, URL: "https://example.com"}}}
	}
	var many []Link
	for range 46 {
		many = append(many, Link{URL: "https://example.com/" + strings.Repeat("p", 1900)})
	}
	cases := map[string]struct {
		notice Notice
		told   string // a part of the error; empty: the notice is good
	}{
		"full":                          {notice: full},
		"text of many lines":            {notice: Notice{Text: "a\r\nb\n\tc"}},
		"text at the limit":             {notice: Notice{Text: strings.Repeat("é", maxSection)}},
		"title at the limit":            {notice: Notice{Text: "x", Title: strings.Repeat("é", maxHeader)}},
		"link at the limit":             {notice: link("https://example.com/" + strings.Repeat("p", maxURL-20))},
		"as many blocks as Slack takes": {notice: Notice{Text: "x", Title: "t", Footer: "f", Links: many}},
		"one block too many":            {notice: Notice{Text: "x", Title: "t", Footer: "f", Links: append(many, many[0])}, told: "51 blocks"},
		"no text":                       {notice: Notice{Title: "t", Text: " \n"}, told: "text is empty"},
		"long text":                     {notice: Notice{Text: strings.Repeat("x", maxSection+1)}, told: "shorten it to 3000"},
		"text that escaping makes long": {notice: Notice{Text: strings.Repeat("&", maxSection/5+1)}, told: "shorten it to 3000"},
		"text of many emoji":            {notice: Notice{Text: strings.Repeat("🙂", maxSection/2+1)}, told: "shorten it to 3000"},
		"text with a control":           {notice: Notice{Text: "a\x1bb"}, told: "U+001B"},
		"text that is not UTF-8":        {notice: Notice{Text: "a\xff"}, told: "UTF-8"},
		"long title":                    {notice: Notice{Text: "x", Title: strings.Repeat("x", maxHeader+1)}, told: "shorten it to 150"},
		"title of two lines":            {notice: Notice{Text: "x", Title: "a\nb"}, told: "title has the control character"},
		"footer of two lines":           {notice: Notice{Text: "x", Footer: "a\nb"}, told: "footer has the control character"},
		"link title of two lines":       {notice: titled("a\nb"), told: "(link 1)"},
		"long link title":               {notice: titled(strings.Repeat("x", maxLabel+1)), told: "shorten it to 200"},
		"javascript":                    {notice: link("javascript:alert(1)"), told: "neither http nor https"},
		"mailto":                        {notice: link("mailto:a@example.com"), told: "neither http nor https"},
		"slack deep link":               {notice: link("slack://user?team=T1"), told: "neither http nor https"},
		"no scheme":                     {notice: link("example.com/faq"), told: "(link 2)"},
		"no link":                       {notice: link(""), told: "neither http nor https"},
		"no host":                       {notice: link("https:///faq"), told: "names no host"},
		"opaque":                        {notice: link("https:faq"), told: "names no host"},
		"space":                         {notice: link("https://example.com/a b"), told: "is not a URL"},
		"newline":                       {notice: link("https://example.com/a\nb"), told: "is not a URL"},
		"hidden reversal":               {notice: link("https://example.com/\u202egpj"), told: "is not a URL"},
		"password in the link":          {notice: link("https://u:hunter2@example.com/"), told: "user name"},
		"long link":                     {notice: link("https://example.com/" + strings.Repeat("p", maxURL)), told: "longer than 2000"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			err := Validate(c.notice)
			switch {
			case c.told == "" && err != nil:
				t.Error(err)
			case c.told != "" && (!errors.Is(err, ErrNotice) || !strings.Contains(err.Error(), c.told)):
				t.Errorf("got %v, want %v with %q", err, ErrNotice, c.told)
			case err != nil && strings.Contains(err.Error(), "hunter2"):
				t.Errorf("the error shows a password: %v", err)
			}
		})
	}
}
