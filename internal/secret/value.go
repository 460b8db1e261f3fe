package secret

import (
	"fmt"
	"io"
	"log/slog"
)

const redacted = "(sensitive)"

// Value is a secret that does not show itself: printing, logging and encoding it gives "(sensitive)".
// The zero Value is empty.
type Value struct {
	// A pointer, because fmt does not call the methods of a Value that sits in an unexported field of another
	// struct: it prints what it finds there, which is now an address.
	text *string
}

// Wrap makes a Value of a token that did not come from a [Reader].
func Wrap(token string) Value { return Value{text: &token} }

// Reveal is the secret itself, for the one call that needs it.
func (v Value) Reveal() string {
	if v.text == nil {
		return ""
	}
	return *v.text
}

// String is "(sensitive)".
func (Value) String() string { return redacted }

// GoString is "(sensitive)".
func (Value) GoString() string { return redacted }

// Format writes "(sensitive)" whatever the verb.
func (Value) Format(state fmt.State, _ rune) { _, _ = io.WriteString(state, redacted) }

// MarshalJSON is the JSON string "(sensitive)".
func (Value) MarshalJSON() ([]byte, error) { return []byte(`"` + redacted + `"`), nil }

// MarshalText is "(sensitive)".
func (Value) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// LogValue is "(sensitive)".
func (Value) LogValue() slog.Value { return slog.StringValue(redacted) }
