package login

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/google/go-github/v84/github"

	"github.com/data-access/terraform-provider-provisioner/internal/step"
)

// Errors of GitHub's answers, to test for with errors.Is.
var (
	// ErrToken says that GitHub does not take the token.
	ErrToken = errors.New("GitHub does not accept the token")
	// ErrForbidden says that GitHub takes the token, and does not let it ask.
	ErrForbidden = errors.New("GitHub does not let the token ask for this")
	// ErrRateLimited says that GitHub takes no more calls for now.
	ErrRateLimited = errors.New("GitHub's rate limit is used up")
	// ErrUnavailable says that GitHub gave no answer, or none that can be trusted.
	ErrUnavailable = errors.New("GitHub gave no usable answer")
)

// told makes an error of a call to GitHub: which step, what GitHub said, and the remedy. It never has the token in it.
func told(doing string, err error, now time.Time) error {
	if err == nil || step.Told(err) {
		return err
	}
	failure := &step.Error{Step: doing, Err: fmt.Errorf("%w (%w)", ErrUnavailable, err), Remedy: "Try again later: GitHub may be down, or its address wrong"}
	status, said := answered(err)
	if at, limited := rateLimit(err, now); limited {
		failure.Err = ErrRateLimited
		failure.Remedy = "Try again later"
		if !at.IsZero() {
			until := at.UTC().Format(time.RFC3339)
			failure.Err, failure.Remedy = fmt.Errorf("%w until %s", ErrRateLimited, until), "Try again after "+until
		}
		return failure
	}
	switch {
	case status == http.StatusUnauthorized:
		failure.Err = fmt.Errorf("%w%s", ErrToken, said)
		failure.Remedy = "Make a new personal access token, and check that it has not expired"
	case status == http.StatusForbidden:
		failure.Err = fmt.Errorf("%w%s", ErrForbidden, said)
		failure.Remedy = "Give the token the permission read:org, and authorize it for the organization if that uses single sign-on"
	case status != 0:
		failure.Err = fmt.Errorf("%w: it answered %d%s", ErrUnavailable, status, said)
	}
	return failure
}

// answered is the status of GitHub's answer, 0 without one, and what it said.
func answered(err error) (status int, said string) {
	var answer *github.ErrorResponse
	var factor *github.TwoFactorAuthError
	var elsewhere *github.RedirectionError
	var later *github.AcceptedError
	switch {
	case errors.As(err, &answer):
		if answer.Message != "" {
			said = fmt.Sprintf(": %.200q", answer.Message)
		}
		return answer.Response.StatusCode, said
	case errors.As(err, &factor):
		return http.StatusUnauthorized, ": it wants a second factor"
	case errors.As(err, &elsewhere):
		return elsewhere.StatusCode, ", a redirection, which is not followed with a token"
	case errors.As(err, &later):
		return http.StatusAccepted, ""
	}
	return 0, ""
}

// rateLimit tells GitHub's several ways to say "not now", and when it will take calls again: the zero time when it does
// not say.
func rateLimit(err error, now time.Time) (at time.Time, limited bool) {
	var primary *github.RateLimitError
	var secondary *github.AbuseRateLimitError
	var answer *github.ErrorResponse
	switch {
	case errors.As(err, &primary):
		return primary.Rate.Reset.Time, true
	case errors.As(err, &secondary):
		if secondary.RetryAfter != nil {
			at = now.Add(*secondary.RetryAfter)
		}
		return at, true
	case errors.As(err, &answer):
		seconds, notANumber := strconv.ParseUint(answer.Response.Header.Get("Retry-After"), 10, 31)
		if notANumber == nil {
			at = now.Add(time.Duration(seconds) * time.Second)
		}
		status := answer.Response.StatusCode
		return at, status == http.StatusTooManyRequests || (status == http.StatusForbidden && notANumber == nil)
	}
	return time.Time{}, false
}
