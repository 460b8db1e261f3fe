package singleuser

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/databricks/databricks-sdk-go/apierr"

	"github.com/data-access/terraform-provider-provisioner/internal/person"
	"github.com/data-access/terraform-provider-provisioner/internal/step"
)

// Errors to test for with errors.Is.
var (
	// ErrGone says that a cluster does not exist.
	ErrGone = errors.New("the cluster does not exist")
	// ErrPurged says that Databricks removed a cluster that nobody started for 30 days.
	ErrPurged = errors.New("Databricks removed the cluster: nobody started it for 30 days")
	// ErrExists says that a cluster is there and must not be.
	ErrExists = errors.New("the cluster exists already")
	// ErrSeveral says that more than one cluster answers to one person and name.
	ErrSeveral = errors.New("several clusters answer to the same person and name")
	// ErrTaken says that a cluster of ours became somebody else's.
	ErrTaken = errors.New("the cluster was taken over")
	// ErrPinLimit says that the workspace has no room for another pinned cluster.
	ErrPinLimit = errors.New("the workspace has reached its limit of pinned clusters")
	// ErrInterrupted says that a wait ended on our side; the cluster itself is well.
	ErrInterrupted = errors.New("the wait was interrupted")
)

// failed wraps an error of a step; nil stays nil.
func failed(doing string, who person.Person, err error) error {
	if err == nil || step.Told(err) {
		return err
	}
	return &step.Error{Step: doing, Person: who, Err: err, Words: inWords(err), Remedy: remedy(err)}
}

// inWords is the vendor's message without the SDK's ornaments.
func inWords(err error) string {
	var api *apierr.APIError
	if errors.As(err, &api) && api.Message != "" {
		code := strings.Replace(" "+api.ErrorCode, " <nil>", "", 1) // how the SDK spells an absent one
		return fmt.Sprintf("Databricks answered %d%s: %s", api.StatusCode, code, strings.TrimRight(api.Message, ". "))
	}
	return strings.TrimRight(err.Error(), ". ")
}

func remedy(err error) string {
	var dns *net.DNSError
	switch {
	case errors.Is(err, ErrPinLimit):
		return "Unpin a cluster that may go, or do without pinned = true here"
	case errors.Is(err, ErrGone):
		return "Check the e-mail and the name"
	case errors.As(err, &dns):
		return "Check the address of the workspace: databricks.host or DATABRICKS_HOST"
	case errors.Is(err, apierr.ErrUnauthenticated):
		return "Check the token or the client secret that the provider was given"
	case errors.Is(err, apierr.ErrPermissionDenied):
		return "Give the provider's identity the right to do this in the workspace: it creates clusters and manages their permissions"
	case throttled(err):
		return "The workspace takes no more calls for now; apply again, or lower databricks.rate_limit_per_second"
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled), errors.Is(err, ErrInterrupted):
		return "Apply again: it goes on where this run ended"
	case strings.Contains(err.Error(), "Validation failed for"):
		return "The cluster policy does not allow these settings: change the settings file, or the policy"
	case refused(err):
		return "Correct the configuration and apply again"
	}
	return "Apply again: what is done already is found and not done twice"
}

// asGone turns the vendor's many ways to say that a cluster is no more into [ErrGone] or [ErrPurged].
func asGone(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, apierr.ErrInvalidState) && strings.Contains(err.Error(), "days ago"): // any other INVALID_STATE is not an absence
		return fmt.Errorf("%w (%w)", ErrPurged, err)
	case apierr.IsMissing(err), isBadRequest(err) && strings.Contains(err.Error(), "does not exist"):
		return fmt.Errorf("%w (%w)", ErrGone, err)
	}
	return err
}

func isBadRequest(err error) bool {
	var api *apierr.APIError
	return errors.As(err, &api) && api.StatusCode == http.StatusBadRequest
}

// throttled: the call did not happen, and may be repeated after a pause.
func throttled(err error) bool {
	return errors.Is(err, apierr.ErrTooManyRequests) || strings.Contains(err.Error(), "REQUEST_LIMIT_EXCEEDED")
}

// refused: the vendor said no, and nothing happened. Some texts of time-outs come as 400: those are ambiguous.
func refused(err error) bool {
	var api *apierr.APIError
	if !errors.As(err, &api) || api.StatusCode >= 500 || throttled(err) {
		return false
	}
	for _, timeout := range []string{"deadline exceeded", "Timed out after ", "ClusterNotReadyException"} {
		if strings.Contains(api.Message, timeout) {
			return false
		}
	}
	return true
}

// unknownHost: nobody has this name, and nobody will have it in a minute.
func unknownHost(err error) bool {
	var dns *net.DNSError
	return errors.As(err, &dns) && dns.IsNotFound
}

// retryAfter is the pause that the vendor wishes, or zero.
func retryAfter(err error) time.Duration {
	var api *apierr.APIError
	if !errors.As(err, &api) || api.ResponseWrapper == nil || api.ResponseWrapper.Response == nil {
		return 0
	}
	seconds, err := strconv.Atoi(api.ResponseWrapper.Response.Header.Get("Retry-After"))
	if err != nil || seconds < 0 {
		return 0
	}
	return time.Duration(seconds) * time.Second
}
