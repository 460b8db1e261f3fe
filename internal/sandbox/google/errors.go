package google

import (
	"fmt"
	"net/http"
	"strings"
	"time"
)

// apiError is a refusal in Google's shape.
type apiError struct {
	status     int    // of HTTP
	code       string // of google.rpc: INVALID_ARGUMENT
	message    string
	details    []any
	retryAfter time.Duration
}

func (e *apiError) Error() string { return e.message }

func (e *apiError) body() any {
	body := map[string]any{"code": e.status, "message": e.message, "status": e.code}
	if len(e.details) > 0 {
		body["details"] = e.details
	}
	return map[string]any{"error": body}
}

func (e *apiError) with(detail any) *apiError {
	e.details = append(e.details, detail)
	return e
}

// errorInfo is the detail that says in one word, for machines, what is wrong.
func errorInfo(reason, domain string, metadata map[string]string) any {
	detail := map[string]any{"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": reason, "domain": domain}
	if len(metadata) > 0 {
		detail["metadata"] = metadata
	}
	return detail
}

func invalid(format string, values ...any) *apiError {
	return &apiError{status: http.StatusBadRequest, code: "INVALID_ARGUMENT", message: fmt.Sprintf(format, values...)}
}

func precondition(format string, values ...any) *apiError {
	return &apiError{status: http.StatusBadRequest, code: "FAILED_PRECONDITION", message: fmt.Sprintf(format, values...)}
}

func notFound(format string, values ...any) *apiError {
	return &apiError{status: http.StatusNotFound, code: "NOT_FOUND", message: fmt.Sprintf(format, values...)}
}

func alreadyExists(format string, values ...any) *apiError {
	return &apiError{status: http.StatusConflict, code: "ALREADY_EXISTS", message: fmt.Sprintf(format, values...)}
}

func aborted(format string, values ...any) *apiError {
	return &apiError{status: http.StatusConflict, code: "ABORTED", message: fmt.Sprintf(format, values...)}
}

func unavailable(format string, values ...any) *apiError {
	return &apiError{status: http.StatusServiceUnavailable, code: "UNAVAILABLE", message: fmt.Sprintf(format, values...)}
}

func noSuchResource(name string) *apiError { return notFound("Resource '%s' was not found", name) }

func unauthenticated(reason string) *apiError {
	e := &apiError{
		status: http.StatusUnauthorized,
		code:   "UNAUTHENTICATED",
		message: "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication credential. " +
			"See https://developers.google.com/identity/sign-in/web/devconsole-project.",
	}
	return e.with(errorInfo(reason, "googleapis.com", nil))
}

// denied is what a caller without access to a project gets, whether or not the project exists.
func denied(m *method, project string) *apiError {
	words := strings.Split(m.ID, ".")
	permission := m.doc.Name + "." + strings.Join(words[len(words)-2:], ".")
	resource := "projects/" + project
	e := &apiError{
		status:  http.StatusForbidden,
		code:    "PERMISSION_DENIED",
		message: fmt.Sprintf("Permission '%s' denied on resource '//%s.googleapis.com/%s' (or it may not exist).", permission, m.doc.Name, resource),
	}
	return e.with(errorInfo("IAM_PERMISSION_DENIED", "iam.googleapis.com", map[string]string{"permission": permission, "resource": resource}))
}

func unimplemented() *apiError {
	return &apiError{status: http.StatusNotImplemented, code: "UNIMPLEMENTED", message: "Operation is not implemented, or supported, or enabled."}
}

// rpcError is how an operation fails: a google.rpc.Status.
type rpcError struct {
	Code    int    `json:"code"`
	Message string `json:"message"`
}

// The codes of google.rpc that the fake gives operations by itself.
const (
	codeCancelled       = 1
	codeInvalidArgument = 3
	codeNotFound        = 5
	codeInternal        = 13
)
