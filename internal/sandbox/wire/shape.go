package wire

import (
	"cmp"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"net/http"
	"strconv"
	"strings"
)

// A shape is how a vendor words an error; it may set headers and returns the body.
type shape func(header http.Header, req *http.Request, fault Fault) string

var shapes = map[string]shape{
	"databricks": databricksShape,
	"slack":      slackShape,
	"aws":        awsShape,
	"google":     googleShape,
	"storage":    storageShape,
	"github":     githubShape,
}

func answerError(w http.ResponseWriter, req *http.Request, vendor string, fault Fault) {
	inShape, known := shapes[vendor]
	if !known {
		inShape = plainShape
	}
	w.Header().Set("Content-Type", "application/json")
	if fault.RetryAfter > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(fault.RetryAfter))
	}
	body := inShape(w.Header(), req, fault)
	w.WriteHeader(fault.Status)
	_, _ = w.Write([]byte(body)) // a client that left needs no answer
}

func plainShape(_ http.Header, _ *http.Request, fault Fault) string {
	return toJSON(map[string]any{"error": map[string]any{"code": fault.Status, "message": fault.message()}})
}

func (f Fault) message() string { return cmp.Or(f.Message, "the sandbox was told to answer this") }

// word is the one that was asked for, else the vendor's for the status, else its word for the whole class.
func (f Fault) word(words map[int]string) string {
	return cmp.Or(f.Reason, words[f.Status], words[f.Status/100*100])
}

func toJSON(value any) string {
	text, err := json.Marshal(value)
	if err != nil {
		panic(err) // only maps of text and numbers come here
	}
	return string(text)
}

// escape makes any text one of XML.
func escape(text string) string {
	var escaped strings.Builder
	_ = xml.EscapeText(&escaped, []byte(text)) // a builder takes everything
	return escaped.String()
}

var databricksCodes = map[int]string{
	400: "INVALID_PARAMETER_VALUE", 401: "UNAUTHENTICATED", 403: "PERMISSION_DENIED", 404: "RESOURCE_DOES_NOT_EXIST",
	409: "RESOURCE_CONFLICT", 429: "REQUEST_LIMIT_EXCEEDED",
	500: "INTERNAL_ERROR", 501: "NOT_IMPLEMENTED", 503: "TEMPORARILY_UNAVAILABLE", 504: "DEADLINE_EXCEEDED",
}

func databricksShape(_ http.Header, _ *http.Request, fault Fault) string {
	return toJSON(map[string]any{"error_code": fault.word(databricksCodes), "message": fault.message()})
}

var slackCodes = map[int]string{
	400: "invalid_arguments", 401: "invalid_auth", 403: "access_denied", 404: "unknown_method", 408: "request_timeout",
	429: "ratelimited", 500: "internal_error", 503: "service_unavailable",
}

func slackShape(_ http.Header, _ *http.Request, fault Fault) string {
	return toJSON(map[string]any{"ok": false, "error": fault.word(slackCodes)})
}

var awsCodes = map[int]string{
	400: "ValidationError", 403: "AccessDenied", 404: "ResourceNotFound", 409: "Conflict", 429: "Throttling",
	500: "InternalFailure", 503: "ServiceUnavailable",
}

var s3Codes = map[int]string{
	400: "InvalidRequest", 403: "AccessDenied", 404: "NoSuchKey", 409: "OperationAborted", 412: "PreconditionFailed",
	429: "SlowDown", 500: "InternalError", 503: "SlowDown",
}

// awsShape follows the protocol of the service that is called: XML of three kinds, or JSON.
func awsShape(header http.Header, req *http.Request, fault Fault) string {
	code, service := fault.word(awsCodes), signedFor(req)
	inXML := func(format string, code string) string {
		header.Set("Content-Type", "text/xml")
		return fmt.Sprintf(format, escape(code), escape(fault.message()))
	}
	switch {
	case service == "ec2":
		return inXML(`<Response><Errors><Error><Code>%s</Code><Message>%s</Message></Error></Errors><RequestID>sandbox</RequestID></Response>`, code)
	case isForm(req):
		return inXML(`<ErrorResponse><Error><Code>%s</Code><Message>%s</Message></Error><RequestId>sandbox</RequestId></ErrorResponse>`, code)
	case req.Header.Get("X-Amz-Target") == "" && (service == "s3" || service == ""):
		return inXML(`<Error><Code>%s</Code><Message>%s</Message><RequestId>sandbox</RequestId></Error>`, fault.word(s3Codes))
	default:
		if fault.Reason == "" {
			code = strings.TrimSuffix(code, "Error") + "Exception" // so these services call them: ThrottlingException
		}
		header.Set("X-Amzn-Errortype", code)
		return toJSON(map[string]any{"__type": code, "message": fault.message()})
	}
}

// signedFor is the service in the scope of an AWS signature, as in Credential=KEY/20260102/us-east-1/s3/aws4_request.
func signedFor(req *http.Request) string {
	scope := strings.Split(req.Header.Get("Authorization"), "/")
	if len(scope) < 5 {
		return ""
	}
	return scope[3]
}

var githubMessages = map[int]string{
	400: "Problems parsing JSON", 401: "Bad credentials", 403: "Resource not accessible by personal access token", 404: "Not Found",
	422: "Validation Failed", 429: "API rate limit exceeded", 500: "Server Error",
}

// githubShape tells a limit by its headers, as GitHub does with 429 and with 403; the status alone is only a refusal.
func githubShape(header http.Header, _ *http.Request, fault Fault) string {
	if fault.Status == http.StatusTooManyRequests {
		header.Set("X-Ratelimit-Remaining", "0")
	}
	return toJSON(map[string]any{
		"message": fault.word(githubMessages) + ": " + fault.message(), "documentation_url": "https://docs.github.com/rest", "status": strconv.Itoa(fault.Status),
	})
}
