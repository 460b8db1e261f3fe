package probe

import (
	"regexp"
	"strconv"
	"strings"
)

// Fit is whether a client and a server go together.
type Fit int

// The ways they do.
const (
	Unknown Fit = iota // one of the versions has no number
	Same               // of one major version
	Differs            // of two: what one says, the other may not understand
)

// versionNumber is a version as releases are called: v5.2.1, 4.20.0, 5.0.0-rc1.
var versionNumber = regexp.MustCompile(`^v?([0-9]{1,6})([.+-][0-9A-Za-z.+-]*)?$`)

// Compatible compares the major versions of a client and a server, with or without their v. A version such as latest has
// no number.
func Compatible(client, server string) Fit {
	ours, known := Major(client)
	theirs, alsoKnown := Major(server)
	switch {
	case !known || !alsoKnown:
		return Unknown
	case ours == theirs:
		return Same
	}
	return Differs
}

// Major is the first number of a version; false when it has none.
func Major(version string) (int, bool) {
	match := versionNumber.FindStringSubmatch(strings.TrimSpace(version))
	if match == nil {
		return 0, false
	}
	major, err := strconv.Atoi(match[1])
	return major, err == nil
}
