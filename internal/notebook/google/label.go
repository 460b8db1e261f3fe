package google

import (
	"unicode"
	"unicode/utf8"
)

// maxLabel is the length of a label's key and of its value, in characters.
const maxLabel = 63

// IsLabelKey reports whether Google takes a text as the key of a label: a lower-case letter (or one of a script without
// case), and then letters, digits, hyphens and underscores.
//
// Not a regular expression: the classes of Unicode, repeated 62 times, cost every start of the provider 10 ms and 8 MB.
func IsLabelKey(text string) bool {
	first, _ := utf8.DecodeRuneInString(text)
	return unicode.In(first, unicode.Ll, unicode.Lo) && IsLabelValue(text)
}

// IsLabelValue reports whether Google takes a text as the value of a label; it may be empty.
func IsLabelValue(text string) bool {
	for _, r := range text {
		if r == utf8.RuneError || r != '-' && r != '_' && !unicode.In(r, unicode.Ll, unicode.Lo, unicode.N) {
			return false
		}
	}
	return utf8.RuneCountInString(text) <= maxLabel
}
