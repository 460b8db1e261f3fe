// Package slack tells a person something in a direct message, or in a channel when the person cannot be reached.
package slack

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/data-access/terraform-provider-provisioner/internal/await"
	"github.com/data-access/terraform-provider-provisioner/internal/person"
)

const (
	defaultAPIURL  = "https://slack.com/api/"
	requestTimeout = 15 * time.Second // of the default client: a message is never worth a long wait
)

// Options are the surroundings of a [Teller].
type Options struct {
	// Token gives the bot token (xoxb-…). It is called when the first person is told something, and never again
	// once it has succeeded.
	Token func(context.Context) (string, error)
	// APIURL is the base of the Web API, by default https://slack.com/api/.
	APIURL string
	// HTTPClient sends the requests; by default one with a time-out of 15 seconds. Redirects are not followed,
	// because the token is in the body.
	HTTPClient *http.Client
	// Clock times the pauses between attempts; by default the machine's.
	Clock await.Clock
	// FallbackChannel is the id of a channel (C…) for people who cannot be reached; empty for none. The app must be
	// a member of it or have the scope chat:write.public.
	FallbackChannel string
}

// Teller tells people things. It is safe for concurrent use.
type Teller struct {
	clock    await.Clock
	fallback string
	session  *session
}

// Receipt says where a message is.
type Receipt struct {
	Channel   string    // the id of the conversation: D… for a direct message
	Timestamp string    // Slack's id of the message within the channel, such as "1767000000.000100"
	SentAt    time.Time // when Slack had accepted it, by the clock of the Teller, UTC
	Fallback  bool      // in the fallback channel, because the person could not be reached
}

// New is a teller. Nothing is sent, and the token is not asked for, before the first [Teller.Tell].
func New(options Options) *Teller {
	clock := options.Clock
	if clock == nil {
		clock = await.RealClock{}
	}
	url := options.APIURL
	if url == "" {
		url = defaultAPIURL
	}
	return &Teller{
		clock:    clock,
		fallback: options.FallbackChannel,
		session:  newSession(options.Token, strings.TrimRight(url, "/")+"/", options.HTTPClient, clock),
	}
}

// Tell sends a notice to a person: it finds the user by e-mail, opens the direct conversation and posts there. For a
// person who cannot be reached it posts to the fallback channel, naming the e-mail. Slack's rate limit is waited for.
// A message is never posted twice: when it is not certain that a post failed, Tell ends with [ErrAmbiguous].
//
// Other errors are [ErrNotice], [ErrUnreachable], [ErrMissingScope], [ErrToken], [ErrRefused] and [ErrUnavailable].
// Each names the step, the person and the remedy, and none contains the token.
func (t *Teller) Tell(ctx context.Context, who person.Person, notice Notice) (Receipt, error) {
	receipt, err := t.tell(ctx, who, notice)
	if err != nil {
		return Receipt{}, fmt.Errorf("tell %s by Slack: %w", who, err)
	}
	return receipt, nil
}

func (t *Teller) tell(ctx context.Context, who person.Person, notice Notice) (Receipt, error) {
	if err := Validate(notice); err != nil {
		return Receipt{}, err
	}
	if who == (person.Person{}) {
		return Receipt{}, fmt.Errorf("%w: nobody is named", ErrUnreachable)
	}
	c, err := t.session.caller(ctx)
	if err != nil {
		return Receipt{}, err
	}
	receipt, err := t.direct(ctx, c, who, notice)
	if !errors.Is(err, ErrUnreachable) {
		return receipt, err
	}
	if t.fallback == "" {
		return Receipt{}, fmt.Errorf("%w; or configure a fallback channel", err)
	}
	receipt, fallbackErr := t.post(ctx, c, postFallback, t.fallback, compose(notice, who.Email()))
	if fallbackErr != nil {
		return Receipt{}, fmt.Errorf("%w (the channel %s was tried because: %s)", fallbackErr, t.fallback, err.Error())
	}
	receipt.Fallback = true
	return receipt, nil
}

func (t *Teller) direct(ctx context.Context, c *caller, who person.Person, notice Notice) (Receipt, error) {
	user, err := c.lookup(ctx, who.Email())
	if err != nil {
		return Receipt{}, err
	}
	channel, err := c.open(ctx, user)
	if err != nil {
		return Receipt{}, err
	}
	return t.post(ctx, c, postDirect, channel, compose(notice, ""))
}

func (t *Teller) post(ctx context.Context, c *caller, s step, channel string, m message) (Receipt, error) {
	channel, timestamp, err := c.post(ctx, s, channel, m)
	if err != nil {
		return Receipt{}, err
	}
	return Receipt{Channel: channel, Timestamp: timestamp, SentAt: t.clock.Now().UTC()}, nil
}
