package call

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws/retry"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/smithy-go"
)

// Words are what AWS said, without the SDK's ornaments; the error's own text when AWS said nothing.
func Words(err error) string {
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

// Remedy is what helps against an error whichever call it is of; "" when it may help to do the same again.
func Remedy(err error) string {
	var operation *smithy.OperationError
	switch {
	case WithoutCredentials(err):
		return "Give the provider AWS credentials: AWS_PROFILE, AWS_ACCESS_KEY_ID, or its aws block"
	case HasCode(err, "AccessDenied", "AccessDeniedException", "UnauthorizedOperation") && errors.As(err, &operation):
		return fmt.Sprintf("Let the provider's AWS identity call %s of %s", operation.Operation(), operation.Service())
	case HasCode(err, "ExpiredToken", "ExpiredTokenException", "RequestExpired", "InvalidClientTokenId", "UnrecognizedClientException", "SignatureDoesNotMatch", "AuthFailure"):
		return "Renew the AWS credentials"
	case UnknownHost(err):
		return "Check the region and the endpoint: no host has that name"
	case Throttled(err):
		return "AWS takes no more calls for now: apply again"
	case HasCode(err, "LimitExceededException", "ServiceQuotaExceededException"):
		return "Have the quota raised, or destroy what is not needed"
	case Refused(err):
		return "Correct the configuration and apply again"
	}
	return ""
}

// Again: a call may be repeated, as it did not happen or comes to the same, and another attempt may fare better.
func Again(err error) bool { return !Refused(err) && !UnknownHost(err) && !WithoutCredentials(err) }

// HasCode reports whether AWS answered with one of the codes.
func HasCode(err error, codes ...string) bool {
	var api smithy.APIError
	return errors.As(err, &api) && slices.Contains(codes, api.ErrorCode())
}

// Says reports whether AWS's message has some words, in whatever case: several services have one code for many things.
func Says(err error, words string) bool {
	var api smithy.APIError
	return errors.As(err, &api) && strings.Contains(strings.ToLower(api.ErrorMessage()), strings.ToLower(words))
}

// Status is the one of HTTP that AWS answered with; 0 when it did not answer.
func Status(err error) int {
	var response *awshttp.ResponseError
	if errors.As(err, &response) && response.Response != nil && response.Response.Response != nil {
		return response.HTTPStatusCode()
	}
	return 0
}

// Throttled: the call did not happen, and may be repeated after a pause.
func Throttled(err error) bool {
	var api smithy.APIError
	if errors.As(err, &api) {
		if _, known := retry.DefaultThrottleErrorCodes[api.ErrorCode()]; known {
			return true
		}
	}
	return Status(err) == http.StatusTooManyRequests
}

// Refused: AWS said no, and nothing happened.
func Refused(err error) bool {
	code := Status(err)
	return code >= 400 && code < 500 && code != http.StatusRequestTimeout && !Throttled(err) && !HasCode(err, "RequestTimeout", "RequestTimeoutException")
}

// UnknownHost: nobody has this name, and nobody will have it in a minute.
func UnknownHost(err error) bool {
	var dns *net.DNSError
	return errors.As(err, &dns) && dns.IsNotFound
}

// WithoutCredentials: the call was never sent. The SDK has no type for it.
func WithoutCredentials(err error) bool {
	return Status(err) == 0 && strings.Contains(err.Error(), "get identity:")
}
