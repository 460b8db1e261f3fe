package google

import (
	"regexp"
	"strings"
)

var (
	zoneForm   = regexp.MustCompile(`^[a-z]+-[a-z]+[0-9]+-[a-z]$`)
	regionForm = regexp.MustCompile(`^[a-z]+-[a-z]+[0-9]+$`)
)

// IsZone reports whether a location is a zone, such as us-central1-a.
func IsZone(location string) bool { return zoneForm.MatchString(location) }

// IsRegion reports whether a location is a region, such as us-central1.
func IsRegion(location string) bool { return regionForm.MatchString(location) }

// Region is the region of a zone, or the region itself: us-central1 for us-central1-a.
func Region(location string) string {
	if IsZone(location) {
		return location[:strings.LastIndex(location, "-")]
	}
	return location
}
