package slack_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	client "github.com/slack-go/slack"

	"github.com/data-access/terraform-provider-provisioner/internal/await/awaittest"
	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/slack"
)

const (
	ana   = "ana.diaz@example.com"
	token = "the-token"
)

type workspace struct {
	*slack.Fake
	url   string
	clock *awaittest.Clock
}

func newWorkspace(t *testing.T, rateLimits bool) workspace {
	clock := awaittest.New()
	fake := slack.New(slack.Options{Clock: clock, Token: token, RateLimits: rateLimits})
	server := httptest.NewServer(fake)
	t.Cleanup(server.Close)
	return workspace{fake, server.URL + "/api/", clock}
}

func (w workspace) client(token string) *client.Client {
	return client.New(token, client.OptionAPIURL(w.url))
}

// tell does what our product does: find the person, open the conversation, post.
func (w workspace) tell(ctx context.Context, email string, options ...client.MsgOption) (step string, err error) {
	api := w.client(token)
	user, err := api.GetUserByEmailContext(ctx, email)
	if err != nil {
		return "lookup", err
	}
	channel, _, _, err := api.OpenConversationContext(ctx, &client.OpenConversationParameters{Users: []string{user.ID}})
	if err != nil {
		return "open", err
	}
	_, _, err = api.PostMessageContext(ctx, channel.ID, options...)
	return "post", err
}

func hello() client.MsgOption { return client.MsgOptionText("hello", false) }

func TestAMessageReachesAnybody(t *testing.T) {
	w := newWorkspace(t, false)
	blocks := client.MsgOptionBlocks(
		client.NewHeaderBlock(client.NewTextBlockObject(client.PlainTextType, "Your cluster", false, false)),
		client.NewSectionBlock(client.NewTextBlockObject(client.MarkdownType, "Read <https://faq|the FAQ>", false, false), nil, nil),
		client.NewDividerBlock(),
		client.NewActionBlock("links", client.NewButtonBlockElement("open", "", client.NewTextBlockObject(client.PlainTextType, "Open", false, false)).WithURL("https://faq")),
		client.NewContextBlock("", client.NewTextBlockObject(client.MarkdownType, "a note", false, false)),
	)
	if step, err := w.tell(t.Context(), "Ana.Diaz@Example.com", hello(), blocks, client.MsgOptionDisableLinkUnfurl(), client.MsgOptionDisableMediaUnfurl()); err != nil {
		t.Fatalf("%s: %v", step, err)
	}
	if step, err := w.tell(t.Context(), "bo@elsewhere.org", hello()); err != nil {
		t.Fatalf("%s: %v", step, err)
	}
	got := w.Messages()
	if len(got) != 2 {
		t.Fatalf("got %+v", got)
	}
	first, second := got[0], got[1]
	if first.Email != ana || first.Text != "hello" || !json.Valid(first.Blocks) || !strings.Contains(string(first.Blocks), "Your cluster") || first.Channel[0] != 'D' {
		t.Errorf("got %+v", first)
	}
	if second.Email != "bo@elsewhere.org" || second.Blocks != nil || second.Channel == first.Channel || second.TS == first.TS {
		t.Errorf("got %+v after %+v", second, first)
	}
	w.Reset()
	if got := w.Messages(); len(got) != 0 {
		t.Errorf("messages outlived a reset: %v", got)
	}
}

func TestIdsAreStableAndTheSecondOpeningSaysSo(t *testing.T) {
	w := newWorkspace(t, false)
	api := w.client(token)
	var ids []string
	for i := range 2 {
		user, err := api.GetUserByEmailContext(t.Context(), ana)
		if err != nil {
			t.Fatal(err)
		}
		channel, noOp, already, err := api.OpenConversationContext(t.Context(), &client.OpenConversationParameters{Users: []string{user.ID}})
		if err != nil || noOp != (i == 1) || already != (i == 1) {
			t.Fatalf("opening %d: no-op %t, already open %t, %v", i+1, noOp, already, err)
		}
		ids = append(ids, user.ID+channel.ID)
	}
	if ids[0] != ids[1] {
		t.Errorf("got %v", ids)
	}
}

func TestPeopleWhoCannotBeReached(t *testing.T) {
	cases := map[string]struct {
		mark       func(*slack.Fake, string)
		step, want string
	}{
		"a stranger":             {(*slack.Fake).Unknown, "lookup", "users_not_found"},
		"a deactivated member":   {(*slack.Fake).Disabled, "open", "user_disabled"},
		"a closed messages tab":  {(*slack.Fake).CloseDMs, "post", "messages_tab_disabled"},
		"somebody never touched": {func(*slack.Fake, string) {}, "post", ""},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			w := newWorkspace(t, false)
			c.mark(w.Fake, strings.ToUpper(ana))
			step, err := w.tell(t.Context(), ana, hello())
			if step != c.step || code(err) != c.want {
				t.Errorf("%s: %v, want %s: %s", step, err, c.step, c.want)
			}
			if step, err := w.tell(t.Context(), "bo@example.com", hello()); err != nil {
				t.Errorf("somebody else is hit too: %s: %v", step, err)
			}
		})
	}
}

func code(err error) string {
	var refused client.SlackErrorResponse
	errors.As(err, &refused)
	return refused.Err
}

func TestDeactivatedPeopleAreMarked(t *testing.T) {
	w := newWorkspace(t, false)
	w.Disabled(ana)
	user, err := w.client(token).GetUserByEmailContext(t.Context(), ana)
	if err != nil || !user.Deleted || user.Profile.Email != ana {
		t.Errorf("got %+v, %v", user, err)
	}
}

func TestTokens(t *testing.T) {
	w := newWorkspace(t, false)
	for given, want := range map[string]string{"": "not_authed", "another": "invalid_auth", token: ""} {
		answer, err := w.client(given).AuthTestContext(t.Context())
		if code(err) != want || want == "" && (err != nil || answer.BotID == "") {
			t.Errorf("token %q: got %+v, %v, want %s", given, answer, err, want)
		}
	}
}

func TestATokenMayComeInTheHeader(t *testing.T) {
	w := newWorkspace(t, false)
	for given, want := range map[string]string{token: `"ok":true`, "another": `"error":"invalid_auth"`} {
		req := httptest.NewRequestWithContext(t.Context(), "POST", "/api/auth.test", strings.NewReader(""))
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.Header.Set("Authorization", "Bearer "+given)
		recorder := httptest.NewRecorder()
		w.ServeHTTP(recorder, req)
		if !strings.Contains(recorder.Body.String(), want) {
			t.Errorf("token %q: got %s, want %s", given, recorder.Body, want)
		}
	}
}

func TestChannels(t *testing.T) {
	w := newWorkspace(t, false)
	w.AddChannel("C1", true)
	w.AddChannel("C2", false)
	for channel, want := range map[string]string{"C1": "", "C2": "not_in_channel", "C3": "channel_not_found", "": "channel_not_found"} {
		if _, _, err := w.client(token).PostMessageContext(t.Context(), channel, hello()); code(err) != want || want == "" && err != nil {
			t.Errorf("channel %q: got %v, want %s", channel, err, want)
		}
	}
	if got := w.Messages(); len(got) != 1 || got[0].Channel != "C1" || got[0].Email != "" {
		t.Errorf("got %+v", got)
	}
}

func TestOpeningNeedsSomebodyKnown(t *testing.T) {
	w := newWorkspace(t, false)
	cases := map[string]client.OpenConversationParameters{
		"users_list_not_supplied": {},
		"user_not_found":          {Users: []string{"U1"}},
		"channel_not_found":       {ChannelID: "D1"},
		"not_emulated":            {Users: []string{"U1", "U2"}},
	}
	for want, parameters := range cases {
		if _, _, _, err := w.client(token).OpenConversationContext(t.Context(), &parameters); code(err) != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

func TestRateLimits(t *testing.T) {
	w := newWorkspace(t, true)
	api := w.client(token)
	lookups := func() (n int, err error) {
		for n = range 100 {
			if _, err = api.GetUserByEmailContext(t.Context(), ana); err != nil {
				return n, err
			}
		}
		return n, nil
	}
	n, err := lookups()
	var limited *client.RateLimitedError
	if !errors.As(err, &limited) || n != 50 || limited.RetryAfter != 2*time.Second {
		t.Fatalf("after %d lookups: %v", n, err)
	}
	if _, _, _, err := api.OpenConversationContext(t.Context(), &client.OpenConversationParameters{}); code(err) != "users_list_not_supplied" {
		t.Errorf("each method has a limit of its own, yet opening got %v", err)
	}
	w.clock.Advance(limited.RetryAfter)
	if n, err := lookups(); n != 1 {
		t.Errorf("having waited as told, %d lookups passed: %v", n, err)
	}
	w.Reset()
	if n, _ := lookups(); n != 50 {
		t.Errorf("after a reset %d lookups passed", n)
	}
}

func TestRequestsThatSlackWouldNotRead(t *testing.T) {
	w := newWorkspace(t, false)
	cases := map[string]struct{ path, contentType, body, want string }{
		"unknown method": {"chat.scream", "application/x-www-form-urlencoded", "", "unknown_method"},
		"JSON":           {"chat.postMessage", "application/json", "{}", "invalid_post_type"},
		"a broken form":  {"chat.postMessage", "application/x-www-form-urlencoded", "a=%zz", "invalid_form_data"},
		"no e-mail":      {"users.lookupByEmail", "application/x-www-form-urlencoded", "token=" + token, "invalid_arguments"},
		"no boolean":     {"chat.postMessage", "application/x-www-form-urlencoded", "token=" + token + "&unfurl_links=no", "invalid_arguments"},
		"no boolean, DM": {"conversations.open", "application/x-www-form-urlencoded", "token=" + token + "&return_im=no", "invalid_arguments"},
		"not an address": {"users.lookupByEmail", "application/x-www-form-urlencoded", "email=ana&token=" + token, "users_not_found"},
		"no token":       {"auth.test", "application/x-www-form-urlencoded", "", "not_authed"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			req := httptest.NewRequestWithContext(t.Context(), "POST", "/api/"+c.path, strings.NewReader(c.body))
			req.Header.Set("Content-Type", c.contentType)
			recorder := httptest.NewRecorder()
			w.ServeHTTP(recorder, req)
			var answer struct {
				OK    bool
				Error string
			}
			if err := json.NewDecoder(recorder.Body).Decode(&answer); err != nil || recorder.Code != 200 || answer.OK || answer.Error != c.want {
				t.Errorf("got %d %+v, %v, want %s", recorder.Code, answer, err, c.want)
			}
		})
	}
}

func TestControl(t *testing.T) {
	w := newWorkspace(t, false)
	steps := []struct {
		method, path, body string
		status             int
	}{
		{"POST", "/unknown", `{"email":"unknown@example.com"}`, 200},
		{"POST", "/disabled", `{"email":"disabled@example.com"}`, 200},
		{"POST", "/close-dms", `{"email":"closed@example.com"}`, 200},
		{"POST", "/channels", `{"id":"C1","member":true}`, 200},
		{"POST", "/unknown", `{"mail":"x"}`, 400},
		{"GET", "/unknown", ``, 405},
		{"POST", "/messages", ``, 405},
	}
	for _, step := range steps {
		recorder := httptest.NewRecorder()
		w.Control().ServeHTTP(recorder, httptest.NewRequestWithContext(t.Context(), step.method, step.path, strings.NewReader(step.body)))
		if recorder.Code != step.status {
			t.Errorf("%s %s %s: got %d %s", step.method, step.path, step.body, recorder.Code, recorder.Body)
		}
	}
	for email, want := range map[string]string{"unknown@example.com": "users_not_found", "disabled@example.com": "user_disabled", "closed@example.com": "messages_tab_disabled"} {
		if _, err := w.tell(t.Context(), email, hello()); code(err) != want {
			t.Errorf("%s: got %v", email, err)
		}
	}
	if _, _, err := w.client(token).PostMessageContext(t.Context(), "C1", hello()); err != nil {
		t.Error(err)
	}
	recorder := httptest.NewRecorder()
	w.Control().ServeHTTP(recorder, httptest.NewRequestWithContext(t.Context(), "GET", "/messages", nil))
	want := fmt.Sprintf(`[{"email":"","channel":"C1","text":"hello","ts":"%d.000001"}]`, w.clock.Now().Unix())
	if got := strings.TrimSpace(recorder.Body.String()); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
