package slack

import (
	"strings"

	slackapi "github.com/slack-go/slack"
)

// message is a notice in Slack's form.
type message struct {
	text   string // for notifications, screen readers, and clients that show no blocks
	blocks []slackapi.Block
}

// compose puts a notice into Slack's form. In a channel, recipient is the e-mail of the one it is for, as plain
// text; in a direct message it is empty.
func compose(n Notice, recipient string) message {
	var m message
	var lines []string
	if n.Title != "" {
		// A header is plain text, where Slack reads the same three escapes.
		m.blocks = append(m.blocks, slackapi.NewHeaderBlock(slackapi.NewTextBlockObject(slackapi.PlainTextType, escape(n.Title), false, false)))
		lines = append(lines, escape(n.Title))
	}
	if recipient != "" {
		lead := "For " + escape(recipient) + ", who could not be reached by a direct message:"
		m.blocks = append(m.blocks, section(lead))
		lines = append(lines, lead)
	}
	m.blocks = append(m.blocks, section(escape(n.Text)))
	lines = append(lines, escape(n.Text))

	var items []string
	for _, link := range n.Links {
		items = append(items, item(link))
	}
	for _, list := range paragraphs(items, maxSection) {
		m.blocks = append(m.blocks, section(list))
	}
	lines = append(lines, items...)

	if n.Footer != "" {
		m.blocks = append(m.blocks, slackapi.NewContextBlock("", mrkdwn(escape(n.Footer))))
		lines = append(lines, escape(n.Footer))
	}
	m.text = strings.Join(lines, "\n")
	return m
}

func section(text string) slackapi.Block { return slackapi.NewSectionBlock(mrkdwn(text), nil, nil) }

// mrkdwn is verbatim text: without that, Slack would turn names and addresses in it into mentions and links.
func mrkdwn(text string) *slackapi.TextBlockObject {
	return slackapi.NewTextBlockObject(slackapi.MarkdownType, text, false, true)
}

func item(link Link) string {
	if link.Title == "" {
		return "• <" + escapeURL(link.URL) + ">"
	}
	return "• <" + escapeURL(link.URL) + "|" + escape(link.Title) + ">"
}

// paragraphs joins lines into as few texts as the limit allows.
func paragraphs(lines []string, limit int) []string {
	var all []string
	for _, line := range lines {
		last := len(all) - 1
		if last >= 0 && length(all[last])+1+length(line) <= limit {
			all[last] += "\n" + line
		} else {
			all = append(all, line)
		}
	}
	return all
}

var (
	textEscapes = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")
	// Within <URL|title>, what would end the URL is percent-encoded.
	urlEscapes = strings.NewReplacer("&", "&amp;", "<", "%3C", ">", "%3E", "|", "%7C", `"`, "%22")
)

// escape makes <!channel>, <@U1>, <#C1> and <https://…> plain text.
func escape(text string) string { return textEscapes.Replace(text) }

func escapeURL(url string) string { return urlEscapes.Replace(url) }
