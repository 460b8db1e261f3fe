package storage

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"net/http"
)

// apiError is a refusal. How it is written depends on what was asked for: see face.
type apiError struct {
	status   int
	reason   string // the JSON API's word, such as conditionNotMet
	message  string
	domain   string // default: global
	location string // the header or parameter at fault; most refusals name none
}

func (e *apiError) Error() string { return e.message }

func invalid(format string, values ...any) *apiError {
	return &apiError{status: http.StatusBadRequest, reason: "invalid", message: fmt.Sprintf(format, values...)}
}

func required(format string, values ...any) *apiError {
	return &apiError{status: http.StatusBadRequest, reason: "required", message: fmt.Sprintf(format, values...)}
}

func notFound(format string, values ...any) *apiError {
	return &apiError{status: http.StatusNotFound, reason: "notFound", message: fmt.Sprintf(format, values...)}
}

func noBucket() *apiError { return notFound("The specified bucket does not exist.") }

func conflict(message string) *apiError {
	return &apiError{status: http.StatusConflict, reason: "conflict", message: message}
}

func conditionNotMet(message string) *apiError {
	return &apiError{status: http.StatusPreconditionFailed, reason: "conditionNotMet", message: message, location: "If-Match"}
}

// notEmulated is the sandbox's own word. Without it a test would trust something that has no effect.
func notEmulated(format string, values ...any) *apiError {
	return &apiError{status: http.StatusNotImplemented, reason: "notImplemented", message: "the sandbox does not emulate " + fmt.Sprintf(format, values...)}
}

// A face is one of the ways in which Cloud Storage can be asked.
type face int

const (
	jsonFace    face = iota // resources
	contentFace             // ?alt=media: on success the content itself, on failure a bare sentence
	xmlFace                 // /bucket/object: on success the content itself, on failure XML
)

// write answers with a refusal.
func (e *apiError) write(w http.ResponseWriter, as face) {
	if e.status == http.StatusNotModified {
		w.WriteHeader(e.status)
		return
	}
	var body []byte
	switch as {
	case contentFace:
		w.Header().Set("Content-Type", "text/html; charset=UTF-8")
		body = []byte(e.message)
	case xmlFace:
		w.Header().Set("Content-Type", "application/xml; charset=UTF-8")
		body = e.asXML()
	default:
		w.Header().Set("Content-Type", "application/json; charset=UTF-8")
		body = e.asJSON()
	}
	if e.status == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", `Bearer realm="https://accounts.google.com/"`)
	}
	w.WriteHeader(e.status)
	_, _ = w.Write(body) // a client that left needs no answer
}

func (e *apiError) asJSON() []byte {
	detail := map[string]any{"domain": "global", "reason": e.reason, "message": e.message}
	if e.domain != "" {
		detail["domain"] = e.domain
	}
	if e.location != "" {
		detail["locationType"], detail["location"] = "header", e.location
	}
	return marshal(map[string]any{"error": map[string]any{
		"code": e.status, "message": e.message, "errors": []any{detail},
	}})
}

// xmlWords are the XML API's code and sentence for a status; what the JSON API says goes into the details.
var xmlWords = map[int][2]string{
	400: {"InvalidArgument", "Invalid argument."},
	401: {"AuthenticationRequired", "Authentication required."},
	403: {"AccessDenied", "Access denied."},
	404: {"NoSuchKey", "The specified key does not exist."},
	412: {"PreconditionFailed", "At least one of the pre-conditions you specified did not hold."},
	416: {"InvalidRange", "The requested range cannot be satisfied."},
	429: {"SlowDown", "Please reduce your request rate."},
	500: {"InternalError", "We encountered an internal error. Please try again."},
	501: {"NotImplemented", "A header or query you provided requested a function that is not implemented."},
}

func (e *apiError) asXML() []byte {
	words := xmlWords[e.status]
	if e.message == noBucket().message {
		words = [2]string{"NoSuchBucket", e.message}
	}
	text, err := xml.Marshal(struct {
		XMLName xml.Name `xml:"Error"`
		Code    string
		Message string
		Details string
	}{Code: words[0], Message: words[1], Details: e.message})
	if err != nil {
		panic(err) // three texts
	}
	return append([]byte("<?xml version='1.0' encoding='UTF-8'?>"), text...)
}

// refusal makes any error one that can be written.
func refusal(err error) *apiError {
	var refused *apiError
	if !errors.As(err, &refused) {
		refused = &apiError{status: http.StatusInternalServerError, reason: "internalError", message: err.Error()}
	}
	return refused
}

func marshal(value any) []byte {
	text, err := json.Marshal(value)
	if err != nil {
		panic(err) // what comes here was read from JSON, or is plain text and numbers
	}
	return text
}
