package slack

import (
	"errors"
	"net/http"
	"time"

	slackapi "github.com/slack-go/slack"
)

// errNotSent stands for a call that was interrupted before it began.
var errNotSent = errors.New("interrupted before the request was sent")

type kind int

const (
	outage     kind = iota // no answer, or one that leaves open what was done
	throttling             // 429 or its words: nothing was done
	refusal                // Slack said no, with a code: nothing was done
	misrouted              // a status that Slack itself does not send: nothing was done
	notSent                // nothing left this machine
)

// cause is what slack-go's error comes down to.
type cause struct {
	kind   kind
	after  time.Duration // of throttling: the server's wish, 0 when it has none
	code   string        // of a refusal
	needed string        // of a refusal: the scope that Slack names
}

// Codes with which Slack says that it failed halfway.
var halfway = map[string]bool{"fatal_error": true, "internal_error": true, "service_unavailable": true}

// causeOf finds the cause of a failed call. What it does not know is an outage, the one thing that is never repeated
// for a post.
func causeOf(err error) cause {
	var (
		limited *slackapi.RateLimitedError
		answer  slackapi.SlackErrorResponse
		status  slackapi.StatusCodeError
	)
	switch {
	case errors.Is(err, errNotSent):
		return cause{kind: notSent}
	case errors.As(err, &limited):
		return cause{kind: throttling, after: limited.RetryAfter}
	case errors.As(err, &answer):
		switch {
		case answer.Err == "ratelimited", answer.Err == "rate_limited":
			return cause{kind: throttling}
		case halfway[answer.Err]:
			return cause{kind: outage}
		}
		return cause{kind: refusal, code: answer.Err, needed: answer.Needed}
	case errors.As(err, &status) && status.Code < http.StatusInternalServerError:
		return cause{kind: misrouted}
	}
	return cause{kind: outage}
}
