package google

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	"google.golang.org/api/googleapi"

	"github.com/data-access/terraform-provider-provisioner/internal/await"
	"github.com/data-access/terraform-provider-provisioner/internal/person"
	"github.com/data-access/terraform-provider-provisioner/internal/step"
)

// Errors to test for with errors.Is.
var (
	// ErrGone says that a thing does not exist.
	ErrGone = errors.New("it does not exist")
	// ErrExists says that a thing of that name is there and is somebody else's.
	ErrExists = errors.New("it exists already, and was not made by this installation")
	// ErrChanged says that somebody else changed a thing meanwhile.
	ErrChanged = errors.New("somebody else changed it meanwhile")
	// ErrInterrupted says that a wait ended on our side; the thing itself may be well.
	ErrInterrupted = errors.New("the wait was interrupted")
)

// code is the HTTP status of Google's answer, or 0 when none came.
func code(err error) int {
	var api *googleapi.Error
	if errors.As(err, &api) {
		return api.Code
	}
	return 0
}

// IsGone reports whether Google says that a thing is not there.
func IsGone(err error) bool { return errors.Is(err, ErrGone) || code(err) == http.StatusNotFound }

// IsTaken reports whether Google says that a name is in use.
func IsTaken(err error) bool { return code(err) == http.StatusConflict && !NotNow(err) }

// IsChanged reports whether a precondition did not hold.
func IsChanged(err error) bool {
	return errors.Is(err, ErrChanged) || code(err) == http.StatusPreconditionFailed
}

// NotNow reports whether Google did not begin a call, and may begin it after a pause: too many calls, or another
// operation of the same thing is under way.
func NotNow(err error) bool {
	var api *googleapi.Error
	if !errors.As(err, &api) {
		return false
	}
	said := strings.ToLower(api.Body)
	switch api.Code {
	case http.StatusTooManyRequests:
		return true
	case http.StatusForbidden: // how Compute, and what depends on it, says "too many"
		return strings.Contains(said, "ratelimitexceeded")
	case http.StatusConflict: // Notebooks
		return strings.Contains(said, "unable to queue the operation")
	case http.StatusBadRequest: // Dataproc
		return strings.Contains(said, "while it has other pending")
	}
	return false
}

// Refused reports whether Google said no, for good: nothing happened, and asking again would not help.
func Refused(err error) bool {
	status := code(err)
	return status >= 400 && status < 500 && status != http.StatusRequestTimeout && !NotNow(err)
}

// newLine is how Google is called.
func newLine(clock await.Clock) *await.Line {
	return &await.Line{
		Clock:      clock,
		Judge:      func(err error) await.Verdict { return await.Verdict{Again: mayPass(err), After: retryAfter(err)} },
		Unanswered: func(err error) bool { return code(err) == 0 },
	}
}

// mayPass: neither refused, nor what no repetition mends.
func mayPass(err error) bool {
	var dns *net.DNSError
	unknownHost := errors.As(err, &dns) && dns.IsNotFound
	return !Refused(err) && !unknownHost && !noCredentials(err)
}

// retryAfter is the pause that Google wishes, or zero.
func retryAfter(err error) time.Duration {
	var api *googleapi.Error
	if !errors.As(err, &api) {
		return 0
	}
	seconds, err := strconv.Atoi(api.Header.Get("Retry-After"))
	if err != nil || seconds < 0 {
		return 0
	}
	return time.Duration(seconds) * time.Second
}

// noCredentials: the token could not be had; the far end was never asked.
func noCredentials(err error) bool {
	text := err.Error()
	return strings.Contains(text, "oauth2: ") || strings.Contains(text, "credentials: ") || strings.Contains(text, "cannot fetch token")
}

// Failed says at what step for whom an error came, and what to do about it; nil stays nil.
func Failed(doing string, who person.Person, err error) error {
	if err == nil || step.Told(err) {
		return err
	}
	return &step.Error{Step: doing, Person: who, Err: err, Words: inWords(err), Remedy: remedy(err)}
}

// inWords is Google's message without the client's ornaments.
func inWords(err error) string {
	var api *googleapi.Error
	if !errors.As(err, &api) {
		return err.Error()
	}
	message := api.Message
	if message == "" && !strings.HasPrefix(strings.TrimSpace(api.Body), "<") { // a page for browsers says nothing more
		message = strings.TrimSpace(api.Body)
	}
	if message == "" {
		message = http.StatusText(api.Code)
	}
	return fmt.Sprintf("Google answered %s: %s", strings.TrimSpace(fmt.Sprint(api.Code, " ", status(api))), message)
}

// status is Google's own word for an error, such as PERMISSION_DENIED; the client does not hand it over.
func status(err *googleapi.Error) string {
	var answer struct {
		Error struct {
			Status string `json:"status"`
		} `json:"error"`
	}
	if json.Unmarshal([]byte(err.Body), &answer) == nil && answer.Error.Status != "" {
		return answer.Error.Status
	}
	if len(err.Errors) > 0 {
		return err.Errors[0].Reason
	}
	return ""
}

func remedy(err error) string {
	text, status := err.Error(), code(err)
	var dns *net.DNSError
	var operation *OperationError
	switch {
	case strings.Contains(text, "iam.serviceAccounts.actAs"), strings.Contains(text, "iam.serviceAccounts.ActAs"):
		return "Grant roles/iam.serviceAccountUser on that service account to the provider's identity and to the owner"
	case strings.Contains(text, "SERVICE_DISABLED"):
		return "Enable that API in the project, and apply again"
	case noCredentials(err), status == http.StatusUnauthorized:
		return "Check the credentials that the provider was given: google.credentials_source, GOOGLE_CREDENTIALS, GOOGLE_OAUTH_ACCESS_TOKEN or the application default credentials"
	case NotNow(err):
		return "The project takes no more calls for now; apply again in a minute"
	case status == http.StatusForbidden:
		return "Check the name of the project, and give the provider's identity the right to do this in it: the provider's page lists the roles"
	case IsGone(err):
		return "Check the project, the location and the name"
	case IsChanged(err):
		return "Plan again to see what changed"
	case errors.Is(err, ErrExists):
		return "Import it, or give this one another name"
	case errors.As(err, &dns):
		return "Check the address: the network of this machine, or a GOOGLE_*_CUSTOM_ENDPOINT variable"
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled), errors.Is(err, ErrInterrupted):
		return "Apply again: it goes on where this run ended"
	case errors.As(err, &operation):
		return operation.remedy()
	case Refused(err):
		return "Correct the configuration and apply again"
	}
	return "Apply again: what is done already is found and not done twice"
}
