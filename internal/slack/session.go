package slack

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	slackapi "github.com/slack-go/slack"

	"github.com/data-access/terraform-provider-provisioner/internal/await"
)

// session asks for the token once and keeps the client that uses it.
type session struct {
	token func(context.Context) (string, error)
	url   string
	http  *throttled
	clock await.Clock

	turn  chan struct{} // holds one element: who takes it may look at and set ready
	ready *caller
}

func newSession(token func(context.Context) (string, error), url string, client *http.Client, clock await.Clock) *session {
	own := http.Client{Timeout: requestTimeout}
	if client != nil {
		own = *client
	}
	// A 307 or 308 would send the body, and the token in it, to wherever the answer says.
	own.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	s := &session{token: token, url: url, http: &throttled{client: &own, clock: clock}, clock: clock, turn: make(chan struct{}, 1)}
	s.turn <- struct{}{}
	return s
}

// caller returns the one caller of this session. Those who come while the token is fetched wait for it; when that
// fails, the next one tries again.
func (s *session) caller(ctx context.Context) (*caller, error) {
	select {
	case <-s.turn:
	case <-ctx.Done():
		return nil, fmt.Errorf("%w: interrupted before anything was sent: %w", ErrUnavailable, ctx.Err())
	}
	defer func() { s.turn <- struct{}{} }()
	if s.ready != nil {
		return s.ready, nil
	}
	if s.token == nil {
		return nil, fmt.Errorf("read the token: %w: none is configured; name one, or set SLACK_BOT_TOKEN", ErrToken)
	}
	token, err := s.token(ctx)
	if err == nil && token == "" {
		err = errors.New("it is empty")
	}
	if err != nil {
		return nil, fmt.Errorf("read the token: %w: %w", ErrToken, err)
	}
	api := slackapi.New(token, slackapi.OptionAPIURL(s.url), slackapi.OptionHTTPClient(s.http))
	s.ready = &caller{api: api, token: token, clock: s.clock}
	return s.ready, nil
}
