package databricks

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/data-access/terraform-provider-provisioner/internal/strictjson"
)

// apiError is a refusal in the vendor's shape.
type apiError struct {
	status     int
	code       string // absent from the body when empty, as it often is in a 401
	message    string
	retryAfter time.Duration
}

func (e *apiError) Error() string { return e.message }

func (e *apiError) body() any {
	body := map[string]any{"message": e.message}
	if e.code != "" {
		body["error_code"] = e.code
	}
	return body
}

// scimError is a refusal in the shape of the SCIM endpoints, which the SDK reads as SCIM_<status>.
type scimError struct {
	status int
	detail string
}

func (e *scimError) Error() string { return e.detail }

func (e *scimError) body() any {
	return map[string]any{
		"schemas": []string{"urn:ietf:params:scim:api:messages:2.0:Error"},
		"detail":  e.detail,
		"status":  fmt.Sprint(e.status),
	}
}

// oauthError is a refusal in the shape of RFC 6749.
type oauthError struct {
	status            int
	code, description string
}

func (e *oauthError) Error() string { return e.description }

func (e *oauthError) body() any {
	return map[string]any{"error": e.code, "error_description": e.description}
}

func malformed(format string, values ...any) error {
	return &apiError{status: http.StatusBadRequest, code: "MALFORMED_REQUEST", message: fmt.Sprintf(format, values...)}
}

func invalidParameter(format string, values ...any) error {
	return &apiError{status: http.StatusBadRequest, code: "INVALID_PARAMETER_VALUE", message: fmt.Sprintf(format, values...)}
}

func invalidState(format string, values ...any) error {
	return &apiError{status: http.StatusBadRequest, code: "INVALID_STATE", message: fmt.Sprintf(format, values...)}
}

func notFound(format string, values ...any) error {
	return &apiError{status: http.StatusNotFound, code: "RESOURCE_DOES_NOT_EXIST", message: fmt.Sprintf(format, values...)}
}

func permissionDenied(format string, values ...any) error {
	return &apiError{status: http.StatusForbidden, code: "PERMISSION_DENIED", message: fmt.Sprintf(format, values...)}
}

func missingField(name string) error { return invalidParameter("Missing required field: %s", name) }

// unexpectedState names the state as the vendor writes it: Pending, not PENDING.
func unexpectedState(c *cluster) error {
	state := string(c.state)
	return invalidState("Cluster %s is in unexpected state %s.", c.id, state[:1]+strings.ToLower(state[1:]))
}

// decode reads a request body into the SDK's own request type, and refuses what that type does not say.
func decode[T any](document []byte) (T, error) {
	var request T
	if problems := strictjson.Check(document, request); len(problems) > 0 {
		return request, refuse(problems)
	}
	if err := json.Unmarshal(document, &request); err != nil {
		return request, malformed("Could not parse request object: %v", err)
	}
	return request, nil
}

// refuse turns what is wrong with a body into one refusal. A body that cannot be read is MALFORMED_REQUEST; one that
// can, but lacks a field or has a value outside an enumeration, is INVALID_PARAMETER_VALUE.
func refuse(problems []strictjson.Problem) error {
	code, texts := "INVALID_PARAMETER_VALUE", make([]string, len(problems))
	for i, problem := range problems {
		switch problem.Kind {
		case strictjson.Missing:
			texts[i] = "Missing required field: " + problem.Path
		case strictjson.NotAllowed:
			texts[i] = "Invalid value: " + problem.Error()
		default:
			code = "MALFORMED_REQUEST"
			texts[i] = "Could not parse request object: " + problem.Error()
		}
	}
	return &apiError{status: http.StatusBadRequest, code: code, message: strings.Join(texts, "; ")}
}
