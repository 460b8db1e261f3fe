package storage

import (
	"fmt"
	"net"
	"regexp"
	"slices"
	"strings"
	"time"
)

var (
	bucketName   = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]{1,61}[a-z0-9]$`)
	closeToAName = regexp.MustCompile(`^goog|g[0o][0o]g[1l]e`)
	region       = regexp.MustCompile(`^[A-Z]+(-[A-Z]+)+[0-9]+$`)
	labelKey     = regexp.MustCompile(`^[\p{Ll}\p{Lo}][\p{Ll}\p{Lo}\p{N}_-]{0,62}$`)
	labelValue   = regexp.MustCompile(`^[\p{Ll}\p{Lo}\p{N}_-]{0,63}$`)
)

// checkBucketName knows the rules that Google publishes. Buckets that are named like domains are only for those who
// have proven that the domain is theirs, which nobody has done here.
func checkBucketName(name string) error {
	switch {
	case name == "":
		return required("Required")
	case strings.Contains(name, ".") && net.ParseIP(name) == nil && bucketName.MatchString(strings.ReplaceAll(name, ".", "-")):
		return &apiError{
			status: 403, reason: "forbidden",
			message: "Another user owns the domain " + name + " or a parent domain. You can either verify domain ownership at https://search.google.com/search-console/welcome?new_domain_name=" + name + " or find the current owner and ask that person to create the bucket for you",
		}
	case !bucketName.MatchString(name) || closeToAName.MatchString(name):
		return invalid("Invalid bucket name: '%s'", name)
	}
	return nil
}

var (
	storageClasses = []string{"STANDARD", "NEARLINE", "COLDLINE", "ARCHIVE", "MULTI_REGIONAL", "REGIONAL", "DURABLE_REDUCED_AVAILABILITY"}
	wideLocations  = []string{"US", "EU", "ASIA", "NAM4", "EUR4", "EUR5", "EUR7", "EUR8", "ASIA1"}

	// serversOwn are fields that Google fills and ignores in a request.
	serversOwn = []string{
		"kind", "id", "name", "selfLink", "projectNumber", "metageneration", "generation", "etag", "timeCreated", "updated", "owner",
		"locationType", "satisfiesPZI", "satisfiesPZS", "softDeleteTime", "hardDeleteTime", "objectRetention",
	}
)

// settle checks settings and adds what Google adds.
func (b *bucket) settle(settings map[string]any, now time.Time) (map[string]any, error) {
	for _, field := range serversOwn {
		delete(settings, field)
	}
	for _, field := range []string{"acl", "defaultObjectAcl", "hierarchicalNamespace", "ipFilter"} {
		if _, given := settings[field]; given {
			return nil, notEmulated("the field %s of a bucket", field)
		}
	}
	if err := b.settleLocation(settings); err != nil {
		return nil, err
	}
	if settings["storageClass"] == nil {
		settings["storageClass"] = "STANDARD"
	}
	if class := fmt.Sprint(settings["storageClass"]); !slices.Contains(storageClasses, class) {
		return nil, invalid("Invalid argument: storage class '%s'", class)
	}
	if err := settleLabels(settings); err != nil {
		return nil, err
	}
	if settings["softDeletePolicy"] == nil { // a new bucket keeps deleted objects for 7 days
		settings["softDeletePolicy"] = map[string]any{"retentionDurationSeconds": "604800", "effectiveTime": timestamp(b.created)}
	}
	return settings, settleAccess(settings, now)
}

// settleLocation writes a location as Google does. A bucket never moves.
func (b *bucket) settleLocation(settings map[string]any) error {
	location, _ := settings["location"].(string)
	if location == "" {
		location = "US"
	}
	location = strings.ToUpper(location)
	if !region.MatchString(location) && !slices.Contains(wideLocations, location) {
		return invalid("The specified location constraint is not valid.")
	}
	if before, exists := b.settings["location"]; exists && before != location {
		return invalid("The location of a bucket cannot be changed.")
	}
	settings["location"] = location
	return nil
}

const mostLabels = 64

func settleLabels(settings map[string]any) error {
	labels, _ := settings["labels"].(map[string]any)
	if len(labels) > mostLabels {
		return invalid("A bucket can have at most %d labels.", mostLabels)
	}
	for key, value := range labels {
		if !labelKey.MatchString(key) || !labelValue.MatchString(fmt.Sprint(value)) {
			return invalid("Invalid label '%s': '%v'", key, value)
		}
	}
	if len(labels) == 0 {
		delete(settings, "labels")
	}
	return nil
}

// uniformLock is how long uniform access can be taken back.
const uniformLock = 90 * 24 * time.Hour

// settleAccess completes iamConfiguration. Its part bucketPolicyOnly is an older name of uniformBucketLevelAccess, and
// Google always shows both.
func settleAccess(settings map[string]any, now time.Time) error {
	access, _ := settings["iamConfiguration"].(map[string]any)
	access = merge(access, nil)
	if access["publicAccessPrevention"] == nil || access["publicAccessPrevention"] == "unspecified" {
		access["publicAccessPrevention"] = "inherited"
	}
	if p := access["publicAccessPrevention"]; p != "inherited" && p != "enforced" {
		return invalid("Invalid argument: public access prevention '%v'", p)
	}
	given, _ := access["uniformBucketLevelAccess"].(map[string]any)
	if given == nil {
		given, _ = access["bucketPolicyOnly"].(map[string]any)
	}
	uniform := map[string]any{"enabled": given["enabled"] == true}
	if given["enabled"] == true {
		if uniform["lockedTime"] = given["lockedTime"]; given["lockedTime"] == nil {
			uniform["lockedTime"] = timestamp(now.Add(uniformLock))
		}
	}
	access["uniformBucketLevelAccess"], access["bucketPolicyOnly"] = uniform, uniform
	settings["iamConfiguration"] = access
	return nil
}

func (b *bucket) uniform() bool {
	return b.setting("iamConfiguration", "uniformBucketLevelAccess", "enabled") == true
}

func (b *bucket) versioned() bool { return b.setting("versioning", "enabled") == true }

// setting looks into the settings; what is not there is nil.
func (b *bucket) setting(path ...string) any {
	var value any = b.settings
	for _, field := range path {
		object, _ := value.(map[string]any)
		value = object[field]
	}
	return value
}
