package wire

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
)

// rpcCodes are Google's own words beside an HTTP status.
var rpcCodes = map[int]string{
	400: "INVALID_ARGUMENT", 401: "UNAUTHENTICATED", 403: "PERMISSION_DENIED", 404: "NOT_FOUND", 409: "ALREADY_EXISTS",
	412: "FAILED_PRECONDITION", 429: "RESOURCE_EXHAUSTED", 499: "CANCELLED",
	500: "INTERNAL", 501: "UNIMPLEMENTED", 503: "UNAVAILABLE", 504: "DEADLINE_EXCEEDED",
}

// moreRPCCodes share an HTTP status with one of the others.
var moreRPCCodes = []string{"OUT_OF_RANGE", "ABORTED", "UNKNOWN", "DATA_LOSS"}

// googleShape takes any of the words that Google's APIs use as a reason. One of the codes above is the status; another
// in capitals, such as SERVICE_DISABLED, is a detail of today's form; any other, such as rateLimitExceeded, one of the
// form of old, which comes through from Compute.
func googleShape(_ http.Header, _ *http.Request, fault Fault) string {
	reason := fault.Reason
	fault.Reason = ""
	body := map[string]any{"code": fault.Status, "message": fault.message(), "status": fault.word(rpcCodes)}
	switch {
	case reason == "":
	case isRPCCode(reason):
		body["status"] = reason
	case reason == strings.ToUpper(reason):
		body["details"] = []any{map[string]any{
			"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": reason, "domain": "googleapis.com", "metadata": map[string]any{},
		}}
	default:
		body["errors"] = []any{classic(fault, reason)}
	}
	return toJSON(map[string]any{"error": body})
}

func isRPCCode(word string) bool {
	return slices.Contains(moreRPCCodes, word) || slices.Contains(slices.Collect(maps.Values(rpcCodes)), word)
}

// classic is one problem in the form that Google's older APIs use.
func classic(fault Fault, reason string) map[string]any {
	domain := "global"
	if strings.HasSuffix(strings.ToLower(reason), "limitexceeded") {
		domain = "usageLimits"
	}
	return map[string]any{"domain": domain, "reason": reason, "message": fault.message()}
}

var storageReasons = map[int]string{
	400: "invalid", 401: "authError", 403: "forbidden", 404: "notFound", 409: "conflict", 412: "conditionNotMet", 429: "rateLimitExceeded",
	500: "backendError", 501: "notImplemented",
}

var storageXMLCodes = map[int]string{
	400: "InvalidArgument", 401: "AuthenticationRequired", 403: "AccessDenied", 404: "NoSuchKey", 409: "Conflict",
	412: "PreconditionFailed", 429: "SlowDown", 500: "InternalError", 501: "NotImplemented", 503: "ServiceUnavailable",
}

// storageShape follows the way in which Cloud Storage is asked: for a resource, for content, or by its XML API.
func storageShape(header http.Header, req *http.Request, fault Fault) string {
	address := strings.TrimPrefix(strings.TrimPrefix(req.URL.Path, "/upload"), "/download")
	switch {
	case !strings.HasPrefix(address, "/storage/v1/"):
		header.Set("Content-Type", "application/xml; charset=UTF-8")
		return fmt.Sprintf(`<?xml version='1.0' encoding='UTF-8'?><Error><Code>%s</Code><Message>%s</Message></Error>`, escape(fault.word(storageXMLCodes)), escape(fault.message()))
	case req.URL.Query().Get("alt") == "media":
		header.Set("Content-Type", "text/html; charset=UTF-8")
		return fault.message()
	default:
		return toJSON(map[string]any{"error": map[string]any{
			"code": fault.Status, "message": fault.message(), "errors": []any{classic(fault, fault.word(storageReasons))},
		}})
	}
}
