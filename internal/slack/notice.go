package slack

import (
	"fmt"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// Slack's limits, in characters and blocks.
const (
	maxHeader  = 150
	maxSection = 3000
	maxBlocks  = 50
	maxURL     = 2000
	maxLabel   = 200
)

// Notice is what a person is told. All of it is shown as it is, except that Text and Footer may have Slack's
// emphasis (*bold*, _italic_, `code`): no part of it can mention people or channels, or make a link by itself.
type Notice struct {
	Title  string // a heading of one line, at most 150 characters; optional
	Text   string // what there is to say, lines separated by \n, at most 3,000 characters; required
	Links  []Link // shown as a list
	Footer string // small print of one line; optional
}

// Link is a page to read on.
type Link struct {
	Title string // one line of at most 200 characters; the URL is shown when it is empty
	URL   string // http or https, at most 2,000 characters
}

// Validate says what of a notice Slack would refuse or show wrongly, with [ErrNotice]. It needs no Slack, so it can
// be asked long before the notice is sent.
func Validate(n Notice) error {
	if strings.TrimSpace(n.Text) == "" {
		return invalid("its text is empty; write what the person is to be told")
	}
	if err := validText("text", n.Text, maxSection, "\r\n\t"); err != nil {
		return err
	}
	if err := validText("title", n.Title, maxHeader, ""); err != nil {
		return err
	}
	if err := validText("footer", n.Footer, maxSection, ""); err != nil {
		return err
	}
	for i, link := range n.Links {
		if err := validLink(link); err != nil {
			return fmt.Errorf("%w (link %d)", err, i+1)
		}
	}
	// As in the fallback channel, where there is one block more.
	if count := len(compose(n, "somebody@example.com").blocks); count > maxBlocks {
		return invalid("it makes %d blocks and Slack takes %d; leave out some of its %d links", count, maxBlocks, len(n.Links))
	}
	return nil
}

// validText refuses text that is too long once it is escaped, is not UTF-8, or has control characters other than
// the allowed ones.
func validText(part, text string, limit int, allowed string) error {
	if !utf8.ValidString(text) {
		return invalid("its %s is not UTF-8", part)
	}
	for _, r := range text {
		if unicode.IsControl(r) && !strings.ContainsRune(allowed, r) {
			return invalid("its %s has the control character %U; take it out", part, r)
		}
	}
	if size := length(escape(text)); size > limit {
		return invalid("its %s has %d characters, counting &, < and > as Slack does; shorten it to %d", part, size, limit)
	}
	return nil
}

func validLink(link Link) error {
	if err := validText("link title", link.Title, maxLabel, ""); err != nil {
		return err
	}
	address, err := url.Parse(link.URL)
	switch {
	case err != nil, !utf8.ValidString(link.URL), strings.ContainsFunc(link.URL, func(r rune) bool { return unicode.IsSpace(r) || !unicode.IsGraphic(r) }):
		return invalid("%q is not a URL; write one such as https://example.com/faq, with spaces as %%20", link.URL)
	case address.Scheme != "http" && address.Scheme != "https":
		return invalid("the link %q is neither http nor https; write one such as https://example.com/faq", link.URL)
	case address.Hostname() == "":
		return invalid("the link %q names no host; write one such as https://example.com/faq", link.URL)
	case address.User != nil:
		return invalid("the link to %s has a user name in it; take it out", address.Hostname())
	case length(escapeURL(link.URL)) > maxURL:
		return invalid("the link to %s is longer than %d characters; shorten it", address.Hostname(), maxURL)
	}
	return nil
}

// length counts as Slack does at its strictest: in UTF-16 units, so that an emoji is two.
func length(text string) int { return len(utf16.Encode([]rune(text))) }

func invalid(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrNotice, fmt.Sprintf(format, args...))
}
