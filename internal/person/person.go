// Package person turns an e-mail into names, tags and labels that cannot collide.
package person

import (
	"crypto/sha256"
	"encoding/base32"
	"errors"
	"fmt"
	"net/mail"
	"strings"
)

// ErrNotEmail says that a text is not one plain e-mail address.
var ErrNotEmail = errors.New("not an e-mail address")

// Person is somebody with an e-mail. The zero Person is nobody.
type Person struct {
	email string
}

// Parse reads a plain e-mail such as "ana.diaz@example.com". Case and surrounding space do not matter.
// It fails with [ErrNotEmail].
func Parse(text string) (Person, error) {
	trimmed := strings.ToLower(strings.TrimSpace(text))
	address, err := mail.ParseAddress(trimmed)
	if err != nil || address.Address != trimmed || address.Name != "" || strings.ContainsAny(trimmed, " \"\t\r\n") || !strings.Contains(trimmed[strings.LastIndex(trimmed, "@"):], ".") {
		return Person{}, fmt.Errorf("%q: %w (expected a form such as ana.diaz@example.com)", text, ErrNotEmail)
	}
	return Person{email: trimmed}, nil
}

// Email is the normalised address: lower case, no surrounding space.
func (p Person) Email() string { return p.email }

// String is the e-mail.
func (p Person) String() string { return p.email }

// Is reports whether an address is this person's, whatever its case.
func (p Person) Is(email string) bool { return strings.EqualFold(strings.TrimSpace(email), p.email) }

const hashLength = 8 // 40 bits: two people of one company share a hash about once in a million companies of 1,000 people

func (p Person) hash() string {
	sum := sha256.Sum256([]byte(p.email))
	return strings.ToLower(base32.StdEncoding.EncodeToString(sum[:])[:hashLength])
}

// slug is the part before the @ in the alphabet a-z, 0-9 and single hyphens.
func (p Person) slug() string {
	local, _, _ := strings.Cut(p.email, "@")
	return strings.Join(strings.FieldsFunc(local, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9')
	}), "-")
}

// Label identifies the person in the strictest of alphabets: readable, at most 63 characters, unique by its hash.
// For ana.diaz@example.com it is "ana-diaz-" and eight characters of a hash of the whole address.
func (p Person) Label() string {
	name, _ := p.Name("", 63)
	return name
}

// MinNameLength is the smallest maximum that [Person.Name] accepts beyond the length of the prefix.
const MinNameLength = hashLength + 1

// Name is prefix, a readable part of the address and a hash of the whole, joined by hyphens, at most max characters
// long: the readable part is shortened, never the hash, so two people cannot share a name. The prefix is kept as given.
func (p Person) Name(prefix string, max int) (string, error) {
	if prefix != "" {
		prefix = strings.TrimRight(prefix, "-") + "-"
	}
	room := max - len(prefix) - hashLength - 1
	if room < 0 {
		return "", fmt.Errorf("prefix %q leaves no room for a person in %d characters: at least %d are needed", prefix, max, len(prefix)+MinNameLength)
	}
	slug := p.slug()
	if len(slug) > room {
		slug = slug[:room]
	}
	if slug = strings.Trim(slug, "-"); slug != "" {
		slug += "-"
	}
	name := prefix + slug + p.hash()
	if prefix == "" && (name[0] < 'a' || name[0] > 'z') {
		name = "p" + name // labels and names of most vendors begin with a letter
		if len(name) > max {
			name = name[:1] + name[len(name)-hashLength:]
		}
	}
	return name, nil
}

// Folder is a name for what a person keeps where others keep theirs too: a hash of always the same length, then a
// readable part of the address. No person's folder is the beginning of another's, even where a path is compared letter
// by letter. For ana.diaz@example.com it is eight characters and "-ana-diaz"; at most 63 characters.
func (p Person) Folder() string {
	const room = 63 - hashLength - 1
	slug := p.slug()
	if slug = strings.Trim(slug[:min(len(slug), room)], "-"); slug == "" {
		return p.hash()
	}
	return p.hash() + "-" + slug
}
