package secret

import (
	"errors"
	"fmt"
	"net/http"

	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/smithy-go"
)

// What the three services call an absent thing.
var absentCodes = map[string]bool{
	"NoSuchKey": true, "NoSuchBucket": true, "NotFound": true, // the last is a 404 of S3 without a body
	"ResourceNotFoundException": true,
	"ParameterNotFound":         true, "ParameterVersionNotFound": true,
}

// What they call credentials that are unknown or worn out. They answer some of these with 400.
var credentialCodes = map[string]bool{
	"ExpiredToken": true, "ExpiredTokenException": true, "RequestExpired": true, "TokenRefreshRequired": true,
	"InvalidAccessKeyId": true, "InvalidClientTokenId": true, "InvalidToken": true, "UnrecognizedClientException": true,
	"SignatureDoesNotMatch": true, "InvalidSignatureException": true, "IncompleteSignature": true,
	"MissingAuthenticationToken": true, "MissingAuthenticationTokenException": true,
}

// What they call a missing right. Those of KMS come back through them.
var rightCodes = map[string]bool{
	"AccessDenied": true, "AccessDeniedException": true, "AllAccessDisabled": true,
	"DecryptionFailure": true, "KMS.AccessDeniedException": true,
}

// awsError sorts an error of the SDK. The remedies are for a thing that is absent and for a right that is missing.
func awsError(err error, absent, denied string) error {
	code, status := "", 0
	var api smithy.APIError
	if errors.As(err, &api) {
		code = api.ErrorCode()
	}
	var response *awshttp.ResponseError
	if errors.As(err, &response) && response.Response != nil {
		status = response.HTTPStatusCode()
	}
	var malformed *smithy.DeserializationError
	if errors.As(err, &malformed) { // it holds and quotes the reply, which may hold the secret: it is not wrapped
		err = fmt.Errorf("HTTP status %d and a reply that is not in the expected form; check AWS_ENDPOINT_URL and proxies", status)
	}
	switch {
	case absentCodes[code]:
		return fmt.Errorf("%w: %s: %w", ErrMissing, absent, err)
	case credentialCodes[code]:
		return fmt.Errorf("%w: the AWS credentials are not valid or have expired; renew them: %w", ErrDenied, err)
	case code == "InvalidObjectState": // a 403 that no right would mend
		return fmt.Errorf("%w: the object is archived; restore it, or store it in a class for immediate access: %w", ErrUnreadable, err)
	case rightCodes[code], status == http.StatusForbidden, status == http.StatusUnauthorized:
		return fmt.Errorf("%w: %s: %w", ErrDenied, denied, err)
	case status == 0:
		return fmt.Errorf("%w: no answer; check the AWS credentials, the region and the network: %w", ErrUnreadable, err)
	}
	return fmt.Errorf("%w: the service refused or failed; see its message: %w", ErrUnreadable, err)
}
