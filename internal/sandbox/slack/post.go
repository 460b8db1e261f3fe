package slack

import (
	"encoding/json"
	"fmt"
	"net/url"
	"unicode/utf8"
)

const longestText = 40_000

// Message is one that was posted.
type Message struct {
	Email   string          `json:"email"` // the person written to; "" in a channel
	Channel string          `json:"channel"`
	Text    string          `json:"text"`
	Blocks  json.RawMessage `json:"blocks,omitempty"`
	TS      string          `json:"ts"`
}

// Messages lists what was posted, oldest first.
func (f *Fake) Messages() []Message {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]Message{}, f.messages...)
}

func (f *Fake) postMessage(form url.Values) reply {
	if wrong := notBoolean(form, "unfurl_links", "unfurl_media", "mrkdwn", "link_names", "reply_broadcast"); wrong != nil {
		return wrong
	}
	message := Message{Channel: form.Get("channel"), Text: form.Get("text"), Email: f.conversations[form.Get("channel")]}
	if code := f.refusal(message); code != "" {
		return failed(code)
	}
	if text := form.Get("blocks"); text != "" {
		var blocks []any
		if json.Unmarshal([]byte(text), &blocks) != nil {
			return failed("invalid_blocks_format")
		}
		if problems := checkBlocks(blocks); len(problems) > 0 {
			return failed("invalid_blocks", problems...)
		}
		if len(blocks) > 0 {
			message.Blocks = json.RawMessage(text)
		}
	}
	switch {
	case message.Text == "" && message.Blocks == nil && form.Get("attachments") == "":
		return failed("no_text")
	case utf8.RuneCountInString(message.Text) > longestText:
		return failed("msg_too_long")
	}
	message.TS = fmt.Sprintf("%d.%06d", f.options.Clock.Now().Unix(), len(f.messages)+1)
	f.messages = append(f.messages, message)
	return reply{"channel": message.Channel, "ts": message.TS, "message": map[string]any{
		"type": "message", "text": message.Text, "ts": message.TS, "user": botUserID, "bot_id": botID,
	}}
}

// refusal is why nothing can be posted to where a message goes, or "".
func (f *Fake) refusal(m Message) string {
	member, isChannel := f.members[m.Channel]
	switch {
	case m.Email != "" && f.closed[m.Email]:
		return "messages_tab_disabled"
	case isChannel && !member:
		return "not_in_channel"
	case m.Email == "" && !isChannel:
		return "channel_not_found"
	}
	return ""
}
