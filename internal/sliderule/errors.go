package sliderule

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws/retry"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/smithy-go"

	"github.com/data-access/terraform-provider-provisioner/internal/person"
	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/access"
	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/budget"
	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/naming"
	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/registry"
	"github.com/data-access/terraform-provider-provisioner/internal/step"
)

// Errors to test for with errors.Is. What a person may not have is an [*access.Refusal], what their funds do not last
// for a [*budget.Shortage].
var (
	// ErrGone says that the cluster, or the foundation, does not exist.
	ErrGone = errors.New("it does not exist")
	// ErrExists says that a stack of that name is there, and is not this installation's.
	ErrExists = errors.New("a stack of that name exists, and is not this installation's")
	// ErrBusy says that a stack is on its way to another state, and the caller did not want to wait.
	ErrBusy = errors.New("the stack is on its way to another state")
	// ErrFixed says that is_public was to change on a cluster that is deployed.
	ErrFixed = errors.New("is_public cannot change once a cluster is deployed")
	// ErrFailed says that CloudFormation gave up on a stack.
	ErrFailed = errors.New("CloudFormation gave up")
	// ErrInterrupted says that a wait ended on our side; the stack goes on.
	ErrInterrupted = errors.New("the wait was interrupted")
	// ErrNoFoundation says that the account and region have no foundation yet.
	ErrNoFoundation = errors.New("the foundation does not exist")
	// ErrInUse says that clusters still need the foundation.
	ErrInUse = errors.New("clusters still need it")
)

// failed wraps an error of a step; nil stays nil.
func failed(doing string, err error) error {
	if err == nil || step.Told(err) {
		return err
	}
	return &step.Error{Step: doing, Person: person.Person{}, Err: err, Words: inWords(err), Remedy: remedy(err)}
}

// inWords is what AWS said, without the SDK's ornaments.
func inWords(err error) string {
	var api smithy.APIError
	if !errors.As(err, &api) || api.ErrorMessage() == "" {
		return strings.TrimRight(err.Error(), ". ")
	}
	service := "AWS"
	var operation *smithy.OperationError
	if errors.As(err, &operation) {
		service = operation.Service()
	}
	return fmt.Sprintf("%s answered %s: %s", service, api.ErrorCode(), strings.TrimRight(api.ErrorMessage(), ". "))
}

func remedy(err error) string {
	var operation *smithy.OperationError
	var refusal *access.Refusal
	var shortage *budget.Shortage
	var name *naming.Error
	var problem *Problem
	var missing *registry.Missing
	switch {
	case errors.As(err, &refusal), errors.As(err, &shortage), errors.As(err, &name), errors.As(err, &problem), errors.As(err, &missing):
		return "" // they say it themselves
	case errors.Is(err, ErrInterrupted), errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return "Apply again: it goes on where this run ended"
	case errors.Is(err, ErrNoFoundation):
		return "Make it first: a provisioner_sliderule_foundation of this name, in this account and region"
	case errors.Is(err, ErrExists):
		return "Choose another name, or let the installation that made it delete it"
	case errors.Is(err, ErrBusy):
		return "Apply again when it has settled"
	case errors.Is(err, ErrFixed):
		return "Destroy the cluster first, or leave is_public as it is"
	case errors.Is(err, ErrGone):
		return "Check the name: it may have expired. Deploy it again"
	case withoutCredentials(err):
		return "Give the provider AWS credentials: AWS_PROFILE, AWS_ACCESS_KEY_ID, or its aws block"
	case hasCode(err, "AccessDenied", "AccessDeniedException", "UnauthorizedOperation") && errors.As(err, &operation):
		return fmt.Sprintf("Let the provider's AWS identity call %s of %s", operation.Operation(), operation.Service())
	case hasCode(err, "ExpiredToken", "ExpiredTokenException", "InvalidClientTokenId", "UnrecognizedClientException", "SignatureDoesNotMatch"):
		return "Renew the AWS credentials"
	case unknownHost(err):
		return "Check the region and the endpoint: no host has that name"
	case throttled(err):
		return "AWS takes no more calls for now: apply again"
	case hasCode(err, "LimitExceededException", "ServiceQuotaExceededException"):
		return "Have the quota raised, or destroy what is not needed"
	case refused(err):
		return "Correct the configuration and apply again"
	}
	return "Apply again: what is done already is found and not done twice"
}

func hasCode(err error, codes ...string) bool {
	var api smithy.APIError
	if !errors.As(err, &api) {
		return false
	}
	for _, code := range codes {
		if api.ErrorCode() == code {
			return true
		}
	}
	return false
}

// missingStack: CloudFormation has no code of its own for what is not there.
func missingStack(err error) bool {
	var api smithy.APIError
	return errors.As(err, &api) && api.ErrorCode() == "ValidationError" && strings.Contains(api.ErrorMessage(), "does not exist")
}

func nothingToUpdate(err error) bool {
	var api smithy.APIError
	return errors.As(err, &api) && api.ErrorCode() == "ValidationError" && strings.Contains(api.ErrorMessage(), "No updates are to be performed")
}

// orBusy tells that AWS does not take a change because of another one under way, which CloudFormation has no code for.
func orBusy(err error) error {
	var api smithy.APIError
	if !errors.As(err, &api) || api.ErrorCode() != "ValidationError" {
		return err
	}
	for _, words := range []string{"_IN_PROGRESS state and can not be updated", "cannot be deleted while in status"} {
		if strings.Contains(api.ErrorMessage(), words) {
			return fmt.Errorf("%w (%s)", ErrBusy, strings.TrimRight(api.ErrorMessage(), ". "))
		}
	}
	return err
}

func status(err error) int {
	var response *awshttp.ResponseError
	if errors.As(err, &response) && response.Response != nil && response.Response.Response != nil {
		return response.HTTPStatusCode()
	}
	return 0
}

// throttled: the call did not happen, and may be repeated after a pause.
func throttled(err error) bool {
	var api smithy.APIError
	if errors.As(err, &api) {
		if _, known := retry.DefaultThrottleErrorCodes[api.ErrorCode()]; known {
			return true
		}
	}
	return status(err) == http.StatusTooManyRequests
}

// refused: AWS said no, and nothing happened.
func refused(err error) bool {
	code := status(err)
	return code >= 400 && code < 500 && code != http.StatusRequestTimeout && !throttled(err) && !hasCode(err, "RequestTimeout", "RequestTimeoutException")
}

// unknownHost: nobody has this name, and nobody will have it in a minute.
func unknownHost(err error) bool {
	var dns *net.DNSError
	return errors.As(err, &dns) && dns.IsNotFound
}

// withoutCredentials: the call was never sent. The SDK has no type for it.
func withoutCredentials(err error) bool {
	return status(err) == 0 && strings.Contains(err.Error(), "get identity:")
}
