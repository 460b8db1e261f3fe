package slack_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/data-access/terraform-provider-provisioner/internal/await/awaittest"
	"github.com/data-access/terraform-provider-provisioner/internal/slack"
)

func TestFallbackChannel(t *testing.T) {
	for name, scripts := range map[string]map[string][]reply{
		"no such user": {lookupMethod: {refusal("users_not_found")}, postMethod: {{body: strings.Replace(posted, "D1", "C9", 1)}}},
		"disabled":     {openMethod: {refusal("user_disabled")}, postMethod: {{body: strings.Replace(posted, "D1", "C9", 1)}}},
		"tab disabled": {postMethod: {refusal("messages_tab_disabled"), {body: strings.Replace(posted, "D1", "C9", 1)}}},
	} {
		t.Run(name, func(t *testing.T) {
			f, clock := newFake(t, scripts), awaittest.New()
			receipt, err := teller(f, clock, "C9").Tell(t.Context(), ana(t), notice)
			if want := (slack.Receipt{Channel: "C9", Timestamp: "1767000000.000100", SentAt: clock.Now(), Fallback: true}); err != nil || receipt != want {
				t.Fatalf("got %+v, %v; want %+v", receipt, err, want)
			}
			posts := f.asked(postMethod)
			last := posts[len(posts)-1]
			if last.Get("channel") != "C9" || !strings.HasPrefix(last.Get("text"), "For ana@example.com, ") || !strings.Contains(last.Get("blocks"), "For ana@example.com, ") {
				t.Errorf("posted %v", last)
			}
		})
	}
}

func TestFallbackIsOnlyForThePerson(t *testing.T) {
	for name, scripts := range map[string]map[string][]reply{
		"token":     {lookupMethod: {refusal("invalid_auth")}},
		"scope":     {openMethod: {refusal("missing_scope")}},
		"outage":    {lookupMethod: times(9, reply{status: 500})},
		"ambiguous": {postMethod: {{lost: true}}},
		"refusal":   {postMethod: {refusal("invalid_blocks")}},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFake(t, scripts)
			if receipt, err := teller(f, awaittest.New(), "C9").Tell(t.Context(), ana(t), notice); err == nil {
				t.Errorf("got %+v", receipt)
			}
			for _, post := range f.asked(postMethod) {
				if post.Get("channel") == "C9" {
					t.Errorf("posted to the fallback channel: %v", post)
				}
			}
		})
	}
}

func TestFallbackThatFails(t *testing.T) {
	for name, c := range map[string]struct {
		reply reply
		kind  error
		told  string
	}{
		"not a member": {refusal("not_in_channel"), slack.ErrRefused, "invite the app"},
		"no channel":   {refusal("channel_not_found"), slack.ErrRefused, "configure the id"},
		"archived":     {refusal("is_archived"), slack.ErrRefused, "configure another"},
		"lost":         {reply{lost: true}, slack.ErrAmbiguous, "before sending it again"},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFake(t, map[string][]reply{lookupMethod: {refusal("users_not_found")}, postMethod: {c.reply}})
			_, err := teller(f, awaittest.New(), "C9").Tell(t.Context(), ana(t), notice)
			if !errors.Is(err, c.kind) || errors.Is(err, slack.ErrUnreachable) {
				t.Fatalf("got %v, want %v alone", err, c.kind)
			}
			for _, part := range []string{"ana@example.com", "fallback channel", "C9", c.told, "users_not_found"} {
				if !strings.Contains(err.Error(), part) {
					t.Errorf("the error does not say %q: %v", part, err)
				}
			}
			if posts := len(f.asked(postMethod)); posts != 1 {
				t.Errorf("%d posts", posts)
			}
		})
	}
}
