package session

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/data-access/terraform-provider-provisioner/internal/notebook/google"
)

const (
	maxName        = 63
	maxDisplayName = 63
	maxLabels      = 32 // of which two are ours
	minTTL         = 10 * time.Minute
	maxTTL         = 14 * 24 * time.Hour
)

var (
	nameForm   = regexp.MustCompile(`^[a-z][a-z0-9-]{2,61}[a-z0-9]$`)
	bucketForm = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{1,220}[a-z0-9]$`)
	metaForm   = regexp.MustCompile(`^projects/[^/]+/locations/[^/]+/services/[^/]+$`)
	server     = regexp.MustCompile(`^projects/[^/]+/regions/[^/]+/clusters/[^/]+$`)
	keyForm    = regexp.MustCompile(`^projects/[^/]+/locations/[^/]+/keyRings/[^/]+/cryptoKeys/[^/]+$`)
	tagForm    = regexp.MustCompile(`^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$`)
)

// Judge is everything about a configuration that cannot work, known without asking Google. What is not known yet, the
// zero value, is not judged.
func Judge(t Template) []Problem {
	var j judge
	j.unless(t.Location == "" || google.IsRegion(t.Location), "location", "A session template is kept in a region",
		"%q is no region. Give one, such as us-central1: a template has no zone.", t.Location)
	j.unless(t.Name == "" || nameForm.MatchString(t.Name), "name", "A session template's name has a form",
		"%q is none: 4 to 63 of a-z, 0-9 and hyphens, a letter first and no hyphen last. Leave it out for a name made from the e-mail.", t.Name)
	j.unless(len([]rune(t.DisplayName)) <= maxDisplayName, "display_name", "A display name is too long",
		"It has %d characters, and may have %d.", len([]rune(t.DisplayName)), maxDisplayName)
	j.unless(t.Kernel == "" || t.Kernel == Python || t.Kernel == Scala, "kernel", "A kernel is PYTHON, SCALA or SPARK_CONNECT",
		"%q is none of them; the last is a session for Spark Connect clients.", t.Kernel)
	j.ttl("idle_minutes", t.IdleTTL)
	j.ttl("max_minutes", t.TTL)
	j.runtime(t.RuntimeVersion)
	j.unless(t.ServiceAccount == "", "service_account", "A session with end-user credentials has no service account to choose",
		"%q cannot be given: sessions run as whoever starts them, so that every query is logged as that person. Leave it out.", t.ServiceAccount)
	j.unless(t.StagingBucket == "" || bucketForm.MatchString(t.StagingBucket), "staging_bucket", "A staging bucket is a bare name",
		"%q is none. Give the bucket's name alone, without gs:// and without a path.", t.StagingBucket)
	j.unless(t.KMSKey == "" || keyForm.MatchString(t.KMSKey), "customer_managed_key", "A key is given by its full name",
		"%q is none. The form is projects/PROJECT/locations/LOCATION/keyRings/RING/cryptoKeys/KEY.", t.KMSKey)
	j.unless(t.Metastore == "" || metaForm.MatchString(t.Metastore), "metastore_service", "A metastore is given by its full name",
		"%q is none. The form is projects/PROJECT/locations/LOCATION/services/SERVICE.", t.Metastore)
	j.unless(t.HistoryServer == "" || server.MatchString(t.HistoryServer), "history_server_cluster", "A history server is given by its cluster's full name",
		"%q is none. The form is projects/PROJECT/regions/REGION/clusters/CLUSTER.", t.HistoryServer)
	for _, tag := range t.NetworkTags {
		j.unless(tagForm.MatchString(tag), "network_tags", "A network tag has a form", "%q is none: up to 63 of a-z, 0-9 and hyphens, a letter first.", tag)
	}
	j.properties(t.Properties)
	j.labels(t.Labels)
	return j.problems
}

// Warn is what somebody should know about a configuration before it is applied.
func Warn(t Template) []Problem {
	var j judge
	if end, ended := unsupported[t.RuntimeVersion]; ended {
		j.unless(false, "runtime_version", "Google no longer supports this Spark runtime",
			"Support of runtime %s ended on %s; sessions still start until Google takes it away. Move to %s.", t.RuntimeVersion, end, currentRuntime)
	}
	j.unless(t.IdleTTL == 0 || t.TTL == 0 || t.IdleTTL <= t.TTL, "idle_minutes", "A session ends before it can be idle for so long",
		"It ends after %d minutes whatever happens (max_minutes), so that idle_minutes = %d never counts. Lower the one, or raise the other.", t.TTL/time.Minute, t.IdleTTL/time.Minute)
	return j.problems
}

// judge gathers problems.
type judge struct{ problems []Problem }

func (j *judge) unless(fine bool, attribute, summary, detail string, values ...any) {
	if !fine {
		j.problems = append(j.problems, Problem{Attribute: attribute, Summary: summary, Detail: fmt.Sprintf(detail, values...)})
	}
}

func (j *judge) ttl(attribute string, d time.Duration) {
	j.unless(d == 0 || d >= minTTL && d <= maxTTL && d%time.Minute == 0, attribute, "A session lives for 10 minutes to 14 days",
		"%g minutes are not allowed: give whole minutes from %d to %d.", d.Minutes(), minTTL/time.Minute, maxTTL/time.Minute)
}

// Runtimes of Serverless for Apache Spark, by Google's page of versions. A runtime remains for two years after the end
// of its support.
const currentRuntime = "2.3"

var (
	runtimeForm = regexp.MustCompile(`^[0-9]+\.[0-9]+$`)
	dead        = map[string]bool{"1.0": true, "2.0": true} // taken away by 2026-06-30
	unsupported = map[string]string{"1.1": "2025-07-31", "1.2": "2026-09-30", "2.1": "2024-09-30", "2.2": "2026-09-30"}
)

func (j *judge) runtime(version string) {
	switch {
	case version == "":
	case dead[version]:
		j.unless(false, "runtime_version", "This Spark runtime is gone", "Google took runtime %s away. Give a living one, such as %s.", version, currentRuntime)
	default:
		j.unless(runtimeForm.MatchString(version), "runtime_version", "A runtime version is a major and a minor number",
			"%q is none. Give one such as %s: Google picks the patch, and the images of clusters (2.2-debian12) are no runtimes.", version, currentRuntime)
	}
}

// impostor matches properties that would have a session read data as somebody else than the person who started it:
// the credentials of the Cloud Storage, Hadoop and BigQuery connectors, and what the driver and executors take them from.
var impostor = regexp.MustCompile(`(?i)(^|\.)(fs\.gs|google\.cloud|fs\.gs\.delegation\.token)\.auth\.|` +
	`(^|\.)fs\.gs\.(enable\.service\.account|client\.id|client\.secret)|` +
	`(^|\.)fs\.gs\..*impersonation|` +
	`^spark\.datasource\.bigquery\.(credentials|credentialsFile|gcpAccessToken|gcpAccessTokenProvider|gcpImpersonation.*)|` +
	`^(credentials|credentialsFile|gcpAccessToken)$|` +
	`GOOGLE_APPLICATION_CREDENTIALS|` +
	`authenticat.*(type|service.?account)|user.?workload.?authentication|personal-auth|dynamic\.multi\.tenancy`)

func (j *judge) properties(properties map[string]string) {
	for _, key := range slices.Sorted(maps.Keys(properties)) {
		switch {
		case strings.HasPrefix(key, sparkPrefix):
			j.unless(false, "properties", "A property is given without its prefix", "%q: write %q.", key, strings.TrimPrefix(key, sparkPrefix))
		case key == "" || strings.ContainsAny(key, " \t\r\n=:"):
			j.unless(false, "properties", "A property has no usable name", "%q: names such as spark.executor.instances have no spaces, colons or equal signs.", key)
		case impostor.MatchString(key):
			j.unless(false, "properties", "A property would change who reads the data",
				"%q decides with which credentials data is read. Sessions run as whoever starts them: take it out.", key)
		case strings.ContainsAny(properties[key], "\r\n\x00"):
			j.unless(false, "properties", "A property's value is one line", "That of %q has more.", key)
		}
	}
}

func (j *judge) labels(labels map[string]string) {
	for _, key := range slices.Sorted(maps.Keys(labels)) {
		switch {
		case google.IsReservedLabel(key):
			j.unless(false, "labels", "A label is reserved", "%q belongs to this provider or to Google: take another.", key)
		case !google.IsLabelKey(key):
			j.unless(false, "labels", "A label's key has a form", "%q is none: 1 to 63 lower-case letters, digits, hyphens and underscores, a letter first.", key)
		case !google.IsLabelValue(labels[key]):
			j.unless(false, "labels", "A label's value has a form", "%s = %q is none: up to 63 lower-case letters, digits, hyphens and underscores.", key, labels[key])
		}
	}
	j.unless(len(labels) <= maxLabels-2, "labels", "There are too many labels", "%d are given. Google keeps %d, and two are this provider's.", len(labels), maxLabels)
}
