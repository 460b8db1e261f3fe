package provider

import (
	"slices"
	"strings"
)

// sameAddress reports whether two spellings mean one network or subnetwork: a name, a path, or a whole address. Google
// may tell a project's number in place of its id.
func sameAddress(a, b string) bool {
	a, b = withoutHost(a), withoutHost(b)
	if a == b {
		return true
	}
	partsA, partsB := strings.Split(a, "/"), strings.Split(b, "/")
	if a == "" || b == "" || partsA[len(partsA)-1] != partsB[len(partsB)-1] {
		return false
	}
	if len(partsA) == 1 || len(partsB) == 1 {
		return true
	}
	if len(partsA) != len(partsB) || len(partsA) < 2 || !slices.Equal(partsA[2:], partsB[2:]) {
		return false
	}
	return onlyDigits(partsA[1]) != onlyDigits(partsB[1])
}

func withoutHost(address string) string {
	if at := strings.Index(address, "projects/"); at > 0 {
		return address[at:]
	}
	return address
}

func onlyDigits(text string) bool { return text != "" && strings.Trim(text, "0123456789") == "" }
