// Package step tells of a failure by its step, its person and the remedy.
package step

import (
	"errors"
	"strings"

	"github.com/data-access/terraform-provider-provisioner/internal/person"
)

// Error is a failure that names the step, the person and the remedy. It wraps its cause.
type Error struct {
	Step   string        // what was being done, such as "creating the cluster x"
	Person person.Person // for whom; the zero Person is nobody in particular
	Err    error         // the cause
	Words  string        // the cause as people should read it; "" is the cause's own text
	Remedy string        // what to do about it; "" when there is nothing to say
}

// Error reads: step for person: what happened. Remedy.
func (e *Error) Error() string {
	message := e.Step
	if e.Person != (person.Person{}) {
		message += " for " + e.Person.Email()
	}
	words := e.Words
	if words == "" {
		words = e.Err.Error()
	}
	message += ": " + strings.TrimRight(words, ". ")
	if e.Remedy != "" {
		message += ". " + e.Remedy
	}
	return message
}

// Unwrap is the cause.
func (e *Error) Unwrap() error { return e.Err }

// Told reports whether an error names its step already: the innermost step is the one that helps.
func Told(err error) bool {
	var already *Error
	return errors.As(err, &already)
}
