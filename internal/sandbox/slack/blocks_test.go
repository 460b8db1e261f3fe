package slack_test

import (
	"encoding/json"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

// post sends blocks as they are, past the checks of slack-go's types.
func (w workspace) post(t *testing.T, text, blocks string) (code string, messages []string) {
	t.Helper()
	w.AddChannel("C1", true)
	form := url.Values{"token": {token}, "channel": {"C1"}, "text": {text}, "blocks": {blocks}}
	req := httptest.NewRequestWithContext(t.Context(), "POST", "/api/chat.postMessage", strings.NewReader(form.Encode()))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	recorder := httptest.NewRecorder()
	w.ServeHTTP(recorder, req)
	var answer struct {
		Error    string
		Metadata struct{ Messages []string } `json:"response_metadata"`
	}
	if err := json.NewDecoder(recorder.Body).Decode(&answer); err != nil {
		t.Fatal(err)
	}
	return answer.Error, answer.Metadata.Messages
}

func section(text string) string {
	return `{"type":"section","text":{"type":"mrkdwn","text":"` + text + `"}}`
}

func TestMessagesAreCheckedAsSlackDoes(t *testing.T) {
	repeated := func(n int, s string) string { return strings.TrimSuffix(strings.Repeat(s+",", n), ",") }
	cases := map[string]struct{ text, blocks, want, detail string }{
		"only text":            {"hi", "", "", ""},
		"only blocks":          {"", "[" + section("hi") + "]", "", ""},
		"nothing":              {"", "", "no_text", ""},
		"empty blocks":         {"", "[]", "no_text", ""},
		"the longest text":     {strings.Repeat("é", 40_000), "", "", ""},
		"too long a text":      {strings.Repeat("é", 40_001), "", "msg_too_long", ""},
		"not JSON":             {"hi", "[{", "invalid_blocks_format", ""},
		"not a list":           {"hi", section("hi"), "invalid_blocks_format", ""},
		"not an object":        {"hi", `["section"]`, "invalid_blocks", "should be an object [json-pointer:/blocks/0]"},
		"unknown type":         {"hi", `[{"type":"sektion"}]`, "invalid_blocks", "unsupported type: sektion [json-pointer:/blocks/0/type]"},
		"unknown field":        {"hi", `[{"type":"divider","colour":"red"}]`, "invalid_blocks", "invalid additional property: colour [json-pointer:/blocks/0]"},
		"50 blocks":            {"hi", "[" + repeated(50, `{"type":"divider"}`) + "]", "", ""},
		"51 blocks":            {"hi", "[" + repeated(51, `{"type":"divider"}`) + "]", "invalid_blocks", "no more than 50 items allowed [json-pointer:/blocks]"},
		"the longest section":  {"hi", "[" + section(strings.Repeat("é", 3000)) + "]", "", ""},
		"too long a section":   {"hi", "[" + section("ok") + "," + section(strings.Repeat("é", 3001)) + "]", "invalid_blocks", "must be less than 3001 characters [json-pointer:/blocks/1/text/text]"},
		"an empty section":     {"hi", `[{"type":"section"}]`, "invalid_blocks", "missing required field: text or fields [json-pointer:/blocks/0]"},
		"an empty text":        {"hi", "[" + section("") + "]", "invalid_blocks", "must be more than 0 characters"},
		"text without text":    {"hi", `[{"type":"section","text":{"type":"mrkdwn"}}]`, "invalid_blocks", "missing required field: text [json-pointer:/blocks/0/text]"},
		"a plain text section": {"hi", `[{"type":"section","text":"hi"}]`, "invalid_blocks", "should be an object [json-pointer:/blocks/0/text]"},
		"a mrkdwn header":      {"hi", `[{"type":"header","text":{"type":"mrkdwn","text":"hi"}}]`, "invalid_blocks", "unsupported type: mrkdwn"},
		"too long a header":    {"hi", `[{"type":"header","text":{"type":"plain_text","text":"` + strings.Repeat("x", 151) + `"}}]`, "invalid_blocks", "must be less than 151 characters"},
		"emoji in mrkdwn":      {"hi", `[{"type":"section","text":{"type":"mrkdwn","text":"hi","emoji":true}}]`, "invalid_blocks", "invalid additional property: emoji"},
		"ten fields":           {"hi", `[{"type":"section","fields":[` + repeated(10, `{"type":"mrkdwn","text":"x"}`) + `]}]`, "", ""},
		"eleven fields":        {"hi", `[{"type":"section","fields":[` + repeated(11, `{"type":"mrkdwn","text":"x"}`) + `]}]`, "invalid_blocks", "no more than 10 items allowed [json-pointer:/blocks/0/fields]"},
		"an empty context":     {"hi", `[{"type":"context","elements":[]}]`, "invalid_blocks", "no fewer than 1 items required"},
		"an image in context":  {"hi", `[{"type":"context","elements":[{"type":"image","image_url":"https://x","alt_text":"x"}]}]`, "", ""},
		"a button":             {"hi", `[{"type":"actions","elements":[{"type":"button","text":{"type":"plain_text","text":"x"},"url":"https://x","style":"primary"}]}]`, "", ""},
		"a button of no style": {"hi", `[{"type":"actions","elements":[{"type":"button","text":{"type":"plain_text","text":"x"},"style":"loud"}]}]`, "invalid_blocks", "value is not allowed [json-pointer:/blocks/0/elements/0/style]"},
		"the same id twice":    {"hi", `[{"type":"divider","block_id":"a"},{"type":"divider","block_id":"a"}]`, "invalid_blocks", "`block_id` already exists [json-pointer:/blocks/1/block_id]"},
		"a wrong boolean":      {"hi", `[{"type":"section","expand":"yes","text":{"type":"mrkdwn","text":"x"}}]`, "invalid_blocks", "should be a boolean [json-pointer:/blocks/0/expand]"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			w := newWorkspace(t, false)
			code, messages := w.post(t, c.text, c.blocks)
			if code != c.want || !strings.Contains(strings.Join(messages, "\n"), c.detail) {
				t.Errorf("got %q %q, want %q %q", code, messages, c.want, c.detail)
			}
			if posted := len(w.Messages()) == 1; posted != (c.want == "") {
				t.Errorf("posted: %t", posted)
			}
		})
	}
}
