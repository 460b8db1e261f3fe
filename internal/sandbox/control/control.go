// Package control has what the control addresses of the sandbox share: strict JSON in, JSON or a sentence out.
package control

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/data-access/terraform-provider-provisioner/internal/strictjson"
)

const longestBody = 10 << 20

// Decode reads a request's body as exactly one T. When it is not, Decode answers 400 with a sentence and returns false.
func Decode[T any](w http.ResponseWriter, r *http.Request) (T, bool) {
	var value T
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, longestBody))
	if err == nil {
		err = Unmarshal(body, &value)
	}
	if err != nil {
		http.Error(w, fmt.Sprintf("cannot use this body: %v", err), http.StatusBadRequest)
		return value, false
	}
	return value, true
}

// Unmarshal is json.Unmarshal for people: unknown names and wrong types are errors that say where and what instead.
func Unmarshal[T any](document []byte, into *T) error {
	var problems []error
	for _, p := range strictjson.Check(document, *into) {
		problems = append(problems, p)
	}
	if err := errors.Join(problems...); err != nil {
		return err
	}
	return json.Unmarshal(document, into)
}

// Answer writes value as JSON.
func Answer(w http.ResponseWriter, value any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(value) // a client that left needs no answer
}

// Done answers that all is well and there is nothing more to say.
func Done(w http.ResponseWriter) { Answer(w, map[string]string{"status": "ok"}) }
