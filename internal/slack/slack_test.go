package slack_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/url"
	"strings"
	"testing"

	"github.com/data-access/terraform-provider-provisioner/internal/await/awaittest"
	"github.com/data-access/terraform-provider-provisioner/internal/person"
	"github.com/data-access/terraform-provider-provisioner/internal/slack"
)

const token = "xoxb-example&token"

var notice = slack.Notice{Text: "Done.", Links: []slack.Link{{Title: "FAQ", URL: "https://example.com/faq"}}}

func ana(t *testing.T) person.Person {
	t.Helper()
	who, err := person.Parse("ana@example.com")
	if err != nil {
		t.Fatal(err)
	}
	return who
}

func known(context.Context) (string, error) { return token, nil }

func teller(f *fake, clock *awaittest.Clock, fallback string) *slack.Teller {
	return slack.New(slack.Options{Token: known, APIURL: f.URL + "/api", HTTPClient: f.Client(), Clock: clock, FallbackChannel: fallback})
}

// same compares two sets of fields and tells how they differ.
func same(t *testing.T, what string, got, want url.Values) {
	t.Helper()
	if got.Encode() != want.Encode() {
		t.Errorf("%s\ngot  %s\nwant %s", what, got.Encode(), want.Encode())
	}
}

func TestTellSpeaksTheWireOfSlack(t *testing.T) {
	f, clock := newFake(t, nil), awaittest.New()
	receipt, err := teller(f, clock, "C9").Tell(t.Context(), ana(t), notice)
	if want := (slack.Receipt{Channel: "D1", Timestamp: "1767000000.000100", SentAt: clock.Now()}); err != nil || receipt != want {
		t.Fatalf("got %+v, %v; want %+v", receipt, err, want)
	}
	same(t, lookupMethod, f.asked(lookupMethod)[0], url.Values{"token": {token}, "email": {"ana@example.com"}})
	same(t, openMethod, f.asked(openMethod)[0], url.Values{"token": {token}, "users": {"U1"}, "return_im": {"false"}})
	post := f.asked(postMethod)[0]
	var blocks []any
	if err := json.Unmarshal([]byte(post.Get("blocks")), &blocks); err != nil || len(blocks) != 2 {
		t.Errorf("blocks %s: %v", post.Get("blocks"), err)
	}
	post.Del("blocks")
	same(t, postMethod, post, url.Values{
		"token": {token}, "channel": {"D1"}, "text": {"Done.\n• <https://example.com/faq|FAQ>"},
		"parse": {"none"}, "link_names": {"false"}, "unfurl_links": {"false"}, "unfurl_media": {"false"},
	})
	if len(f.asked(postMethod)) != 1 || len(clock.Slept()) != 0 {
		t.Errorf("%d posts, pauses %v", len(f.asked(postMethod)), clock.Slept())
	}
}

func TestErrors(t *testing.T) {
	deleted := reply{body: strings.Replace(found, `"deleted":false`, `"deleted":true`, 1)}
	bot := reply{body: strings.Replace(found, `"is_bot":false`, `"is_bot":true`, 1)}
	outage := reply{status: 503, body: "<html>"}
	cases := map[string]struct {
		method  string
		replies []reply
		kind    error
		told    string // the remedy
		calls   int    // of that method
	}{
		"no such user":                          {lookupMethod, []reply{refusal("users_not_found")}, slack.ErrUnreachable, "invite the person", 1},
		"deactivated user":                      {lookupMethod, []reply{deleted}, slack.ErrUnreachable, "reactivate it", 1},
		"a bot's e-mail":                        {lookupMethod, []reply{bot}, slack.ErrUnreachable, "name a person's e-mail", 1},
		"user disabled":                         {openMethod, []reply{refusal("user_disabled")}, slack.ErrUnreachable, "reactivate it", 1},
		"user not visible":                      {openMethod, []reply{refusal("user_not_visible")}, slack.ErrUnreachable, "may not see", 1},
		"messages tab disabled":                 {postMethod, []reply{refusal("messages_tab_disabled")}, slack.ErrUnreachable, "App Home", 1},
		"scope of the lookup":                   {lookupMethod, []reply{{body: `{"ok":false,"error":"missing_scope","needed":"users:read.email","provided":"chat:write"}`}}, slack.ErrMissingScope, "users:read.email", 1},
		"scope that Slack does not name":        {openMethod, []reply{refusal("missing_scope")}, slack.ErrMissingScope, "im:write", 1},
		"scope of the post":                     {postMethod, []reply{refusal("missing_scope")}, slack.ErrMissingScope, "chat:write", 1},
		"invalid token":                         {lookupMethod, []reply{refusal("invalid_auth")}, slack.ErrToken, "copy the bot token", 1},
		"no token arrived":                      {lookupMethod, []reply{refusal("not_authed")}, slack.ErrToken, "xoxb-", 1},
		"revoked token":                         {postMethod, []reply{refusal("token_revoked")}, slack.ErrToken, "install the app again", 1},
		"expired token":                         {lookupMethod, []reply{refusal("token_expired")}, slack.ErrToken, "rotation", 1},
		"inactive account":                      {lookupMethod, []reply{refusal("account_inactive")}, slack.ErrToken, "install the app again", 1},
		"another refusal":                       {postMethod, []reply{refusal("restricted_action")}, slack.ErrRefused, "restricted_action", 1},
		"lookup says nothing":                   {lookupMethod, []reply{{body: `{"ok":false}`}}, slack.ErrUnavailable, "neither a result nor an error", 1},
		"open says nothing":                     {openMethod, []reply{{body: `{"ok":false,"error":""}`}}, slack.ErrUnavailable, "neither a result nor an error", 1},
		"open names no channel":                 {openMethod, []reply{{body: `{"ok":true,"channel":{}}`}}, slack.ErrUnavailable, "neither a result nor an error", 1},
		"post says nothing":                     {postMethod, []reply{{body: `{"ok":false}`}}, slack.ErrAmbiguous, "look in D1", 1},
		"lookup: outage":                        {lookupMethod, times(9, outage), slack.ErrUnavailable, "status.slack.com", 3},
		"open: fatal_error":                     {openMethod, times(9, refusal("fatal_error")), slack.ErrUnavailable, "status.slack.com", 3},
		"lookup: lost answers":                  {lookupMethod, times(9, reply{lost: true}), slack.ErrUnavailable, "check the network", 3},
		"lookup: a proxy's page":                {lookupMethod, times(9, reply{body: "<html>"}), slack.ErrUnavailable, "check the network", 3},
		"lookup: a proxy's refusal":             {lookupMethod, []reply{{status: 407, body: "<html>"}}, slack.ErrUnavailable, "proxy", 1},
		"post: a proxy's refusal":               {postMethod, []reply{{status: 403, body: "<html>"}}, slack.ErrUnavailable, "proxy", 1},
		"post: 500":                             {postMethod, []reply{{status: 500}}, slack.ErrAmbiguous, "before sending it again", 1},
		"post: 503":                             {postMethod, []reply{outage}, slack.ErrAmbiguous, "before sending it again", 1},
		"post: fatal_error":                     {postMethod, []reply{refusal("fatal_error")}, slack.ErrAmbiguous, "before sending it again", 1},
		"post: internal_error":                  {postMethod, []reply{refusal("internal_error")}, slack.ErrAmbiguous, "before sending it again", 1},
		"post: service_unavailable":             {postMethod, []reply{refusal("service_unavailable")}, slack.ErrAmbiguous, "before sending it again", 1},
		"post: lost answer":                     {postMethod, []reply{{lost: true}}, slack.ErrAmbiguous, "before sending it again", 1},
		"post: half an answer":                  {postMethod, []reply{{body: `{"ok":true,"ts":"17`}}, slack.ErrAmbiguous, "before sending it again", 1},
		"post: throttled, then lost":            {postMethod, []reply{{status: 429, after: "1"}, {lost: true}}, slack.ErrAmbiguous, "before sending it again", 2},
		"post: throttled for ever":              {postMethod, times(20, reply{status: 429, after: "1"}), slack.ErrUnavailable, "try again later", 8},
		"throttled for longer than it is worth": {lookupMethod, []reply{{status: 429, after: "301"}}, slack.ErrUnavailable, "try again later", 1},
	}
	steps := map[string]string{lookupMethod: "find the user", openMethod: "open the direct conversation", postMethod: "post the message"}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			f := newFake(t, map[string][]reply{c.method: c.replies})
			receipt, err := teller(f, awaittest.New(), "").Tell(t.Context(), ana(t), notice)
			if !errors.Is(err, c.kind) || receipt != (slack.Receipt{}) {
				t.Fatalf("got %+v, %v; want %v", receipt, err, c.kind)
			}
			for _, part := range []string{"ana@example.com", steps[c.method], c.told} {
				if !strings.Contains(err.Error(), part) {
					t.Errorf("the error does not say %q: %v", part, err)
				}
			}
			kinds := []error{slack.ErrNotice, slack.ErrUnreachable, slack.ErrMissingScope, slack.ErrToken, slack.ErrRefused, slack.ErrUnavailable, slack.ErrAmbiguous}
			for _, other := range kinds {
				if other != c.kind && errors.Is(err, other) {
					t.Errorf("it is %v as well: %v", other, err)
				}
			}
			if calls := len(f.asked(c.method)); calls != c.calls {
				t.Errorf("%d calls of %s, want %d", calls, c.method, c.calls)
			}
			if strings.Contains(err.Error(), token) {
				t.Errorf("the token shows: %v", err)
			}
		})
	}
}

func TestNothingIsAskedForABadNotice(t *testing.T) {
	never := slack.New(slack.Options{Token: func(context.Context) (string, error) {
		t.Error("the token was asked for")
		return "", nil
	}})
	if _, err := never.Tell(t.Context(), ana(t), slack.Notice{}); !errors.Is(err, slack.ErrNotice) {
		t.Errorf("got %v", err)
	}
	if _, err := never.Tell(t.Context(), person.Person{}, notice); !errors.Is(err, slack.ErrUnreachable) {
		t.Errorf("got %v", err)
	}
}
