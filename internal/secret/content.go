package secret

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

const (
	maxSize    = 64 << 10 // bytes: the limit of Secrets Manager, far beyond any token
	defaultKey = "token"
)

// readLimited reads a whole stream that is at most maxSize bytes long. It reads one byte more than that at most.
func readLimited(stream io.Reader) ([]byte, error) {
	content, err := io.ReadAll(io.LimitReader(stream, maxSize+1))
	if err != nil {
		return nil, fmt.Errorf("%w: the content broke off: %w", ErrUnreadable, err)
	}
	if len(content) > maxSize {
		return nil, tooLarge()
	}
	return content, nil
}

func tooLarge() error {
	return fmt.Errorf("%w: name the place of a token, not of other data", ErrTooLarge)
}

// tokenOf finds the token in the content of a place: the content itself, or a field of a JSON object.
// Its errors never wrap those of the JSON decoder, which quote what they stumble over.
func tokenOf(content []byte, key string) (Value, error) {
	if len(content) > maxSize {
		return Value{}, tooLarge()
	}
	if !utf8.Valid(content) {
		return Value{}, fmt.Errorf("%w: the content is not UTF-8 text; store the token as plain text", ErrUnreadable)
	}
	token := strings.TrimSpace(strings.TrimPrefix(string(content), "\ufeff")) // some editors begin a file with a byte order mark
	if strings.HasPrefix(token, "{") || key != "" && token != "" {
		field, err := fieldOf(token, key)
		if err != nil {
			return Value{}, err
		}
		token = strings.TrimSpace(field)
	}
	switch {
	case token == "":
		return Value{}, fmt.Errorf("%w: store the token there", ErrEmpty)
	case strings.ContainsAny(token, "\r\n"):
		return Value{}, fmt.Errorf(`%w: store the token alone on one line, or as {"token":"…"}`, ErrMultiline)
	case hasControl(token):
		return Value{}, fmt.Errorf("%w: the content has control characters; store the token as plain text", ErrUnreadable)
	}
	return Wrap(token), nil
}

func fieldOf(text, key string) (string, error) {
	if key == "" {
		key = defaultKey
	}
	var fields map[string]json.RawMessage
	if json.Unmarshal([]byte(text), &fields) != nil {
		return "", fmt.Errorf(`%w: the content is not a JSON object, though it begins like one or #%s was asked for; store the token alone, or as {%q:"…"}`, ErrUnreadable, key, key)
	}
	raw, ok := fields[key]
	if !ok {
		return "", fmt.Errorf(`%w: the JSON object there has no key %q; add it, or (in Secrets Manager) name another after #`, ErrMissing, key)
	}
	var field *string
	if json.Unmarshal(raw, &field) != nil {
		return "", fmt.Errorf("%w: the JSON key %q does not hold a string", ErrUnreadable, key)
	}
	if field == nil {
		return "", nil
	}
	return *field, nil
}
