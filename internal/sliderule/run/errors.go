package run

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

	"github.com/data-access/terraform-provider-provisioner/internal/sliderule"
	"github.com/data-access/terraform-provider-provisioner/internal/step"
)

// Errors to test for with errors.Is. What cannot be meant is an [*Invalid], a run that did not pass a [*Failure], and a
// start that found no machine a [*NoCapacity].
var (
	// ErrForeign says that a run, or the foundation, is not this installation's.
	ErrForeign = errors.New("it is not this installation's")
	// ErrExists says that the registry has an image of the tag that a release is to push.
	ErrExists = errors.New("the registry has it already")
	// ErrCutShort says that a wait ended on our side; the run goes on.
	ErrCutShort = errors.New("the wait was cut short")
	// ErrUnknown says that nobody knows whether a machine was started: no answer came, and none is to be seen.
	ErrUnknown = errors.New("whether a machine was started is not known")
)

// failed wraps an error of a step; nil stays nil.
func failed(doing string, err error) error {
	var invalid *Invalid
	if err == nil || step.Told(err) || errors.As(err, &invalid) {
		return err
	}
	return &step.Error{Step: doing, Err: err, Words: inWords(err), Remedy: remedy(err)}
}

// inWords is what AWS said, without the SDK's ornaments.
func inWords(err error) string {
	var api smithy.APIError
	var unknown bool
	if unknown = errors.Is(err, ErrUnknown); unknown || !errors.As(err, &api) || api.ErrorMessage() == "" {
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
	var none *NoCapacity
	switch {
	case errors.As(err, &none):
		return none.remedy()
	case errors.Is(err, ErrUnknown):
		return "Apply again: should there be one, it ends by itself at its time limit"
	case errors.Is(err, ErrCutShort), errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return "Apply again: it goes on where this run ended"
	case errors.Is(err, sliderule.ErrNoFoundation), errors.Is(err, sliderule.ErrGone):
		return "Make the foundation first: a provisioner_sliderule_foundation of this name, in this account and region"
	case errors.Is(err, ErrForeign):
		return "Leave it to the installation that made it, or give this one a foundation of its own"
	case errors.Is(err, ErrExists):
		return "Release another version, or set overwrite: it also completes a release that ended half-way"
	case withoutCredentials(err):
		return "Give the provider AWS credentials: AWS_PROFILE, AWS_ACCESS_KEY_ID, or its aws block"
	case hasCode(err, "AccessDenied", "AccessDeniedException", "UnauthorizedOperation") && errors.As(err, &operation):
		return fmt.Sprintf("Let the provider's AWS identity call %s of %s", operation.Operation(), operation.Service())
	case hasCode(err, "ExpiredToken", "ExpiredTokenException", "InvalidClientTokenId", "UnrecognizedClientException", "SignatureDoesNotMatch", "AuthFailure", "RequestExpired"):
		return "Renew the AWS credentials"
	case unknownHost(err):
		return "Check the region and the endpoint: no host has that name"
	case throttled(err):
		return "AWS takes no more calls for now: apply again"
	case hasCode(err, "RepositoryNotFoundException"):
		return "Create the repository in the registry first, or name the images that there are repositories for"
	case hasCode(err, "InvalidSubnetID.NotFound", "InvalidGroup.NotFound", "InvalidGroupId.Malformed"):
		return "Correct subnets and security_group: they must be of this region"
	case refused(err):
		return "Correct the configuration and apply again"
	}
	return "Apply again"
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

func says(err error, words string) bool {
	var api smithy.APIError
	return errors.As(err, &api) && strings.Contains(strings.ToLower(api.ErrorMessage()), strings.ToLower(words))
}

func status(err error) int {
	var response *awshttp.ResponseError
	if errors.As(err, &response) && response.Response != nil && response.Response.Response != nil {
		return response.HTTPStatusCode()
	}
	return 0
}

// again: the call may be repeated, as it did not happen or comes to the same.
func again(err error) bool {
	return !noCapacity(err) && (!refused(err) || settling(err)) && !unknownHost(err) && !withoutCredentials(err)
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

// settling: roles and profiles of a foundation that was just made are not known everywhere yet, and AWS says so in the
// words of a refusal.
func settling(err error) bool {
	return (hasCode(err, "InvalidParameterValue") && says(err, "IAM instance profile")) ||
		(hasCode(err, "ValidationException") && says(err, "assume the role"))
}

// noCapacity: this type, zone and market have nothing, for certain; EC2 says some of it as if it were a fault of its
// own, with a status of 500. A token whose machine has ended already is the same: a reply was lost, and AWS took the
// machine back before the repeat.
func noCapacity(err error) bool {
	return hasCode(err,
		"InsufficientInstanceCapacity", "InsufficientHostCapacity", "InsufficientCapacity", "InsufficientFreeAddressesInSubnet",
		"SpotMaxPriceTooLow", "MaxSpotInstanceCountExceeded", "VcpuLimitExceeded", "InstanceLimitExceeded", "Unsupported", "IdempotentInstanceTerminated",
	)
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
