package foundation

import (
	"fmt"
	"maps"
	"net"
	"regexp"
	"slices"
	"strings"

	"github.com/data-access/terraform-provider-provisioner/internal/notebook/google"
	"github.com/data-access/terraform-provider-provisioner/internal/person"
)

// Problem is one thing that a configuration asks for and cannot have, or should know.
type Problem struct{ Attribute, Summary, Detail string }

const (
	maxLabels = 64   // of which one is ours
	maxUsers  = 1500 // members of one policy
)

var (
	bucketForm   = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]{1,61}[a-z0-9]$`)
	likeGoogle   = regexp.MustCompile(`^goog|g[o0][o0]g[l1]e`)
	locationForm = regexp.MustCompile(`(?i)^([a-z]+[0-9]*|[a-z]+-[a-z]+[0-9]+)$`)
	accountForm  = regexp.MustCompile(`^[a-z][-a-z0-9]{4,28}[a-z0-9]$`)
	roleForm     = regexp.MustCompile(`^(roles|projects/[^/]+/roles|organizations/[0-9]+/roles)/[A-Za-z0-9_.]+$`)
)

// basic are roles that let an account do nearly everything in a project, and so everybody who may act as it.
var basic = map[string]bool{"roles/owner": true, "roles/editor": true}

// Judge is everything about a configuration that cannot work, known without asking Google. What is not known yet, the
// zero value, is not judged; a foundation of nothing is the caller's to refuse.
func Judge(w Wanted) []Problem {
	var j judge
	if w.Bucket != "" {
		j.unless(bucketForm.MatchString(w.Bucket) && !likeGoogle.MatchString(w.Bucket) && net.ParseIP(w.Bucket) == nil, "bucket", "A bucket's name has a form",
			"%q is none: 3 to 63 of a-z, 0-9, hyphens and underscores, a letter or digit first and last, without goog in front or google within.", w.Bucket)
	}
	j.unless(w.BucketLocation == "" || locationForm.MatchString(w.BucketLocation), "bucket_location", "A bucket is kept in a region or a wider place",
		"%q is neither. Give a region such as us-central1, or US, EU, ASIA or a pair such as NAM4; a zone is none.", w.BucketLocation)
	j.unless(w.ServiceAccount == "" || accountForm.MatchString(w.ServiceAccount), "service_account_id", "A service account's id has a form",
		"%q is none: 6 to 30 of a-z, 0-9 and hyphens, a letter first and no hyphen last; not the whole address.", w.ServiceAccount)
	for _, role := range w.Roles {
		j.unless(roleForm.MatchString(role), "roles", "A role has a form", "%q is none: roles/NAME, or projects/PROJECT/roles/NAME for one of your own.", role)
		j.unless(!basic[role], "roles", "A basic role is too much",
			"%s would let everybody who may act as the service account do nearly everything in the project. Name the roles that notebooks need, such as roles/dataproc.hubAgent.", role)
	}
	for _, email := range w.Users {
		_, err := person.Parse(email)
		j.unless(err == nil && !strings.HasSuffix(strings.ToLower(email), ".gserviceaccount.com"), "users", "A user is a person's e-mail",
			"%q is none: give addresses such as ana.diaz@example.com; groups and service accounts are not for personal notebooks.", email)
	}
	j.unless(len(w.Users) <= maxUsers, "users", "There are too many users",
		"%d are given, and one account's policy holds %d. Divide them over several foundations.", len(w.Users), maxUsers)
	j.labels(w.Labels)
	return j.problems
}

// Warn is what somebody should know about a configuration before it is applied.
func Warn(w Wanted) []Problem {
	var j judge
	for _, role := range w.Roles {
		why, wide := wideRoles[role]
		j.unless(!wide, "roles", "A role reaches further than notebooks need",
			"%s in the whole project: %s. Everybody who may act as the service account can do that.", role, why)
	}
	return j.problems
}

// wideRoles are what the published deployer gave, and what comes of it.
var wideRoles = map[string]string{
	"roles/storage.objectAdmin":             "any notebook could rewrite anybody's template, and every other file. The account may read this foundation's bucket without it",
	"roles/storage.admin":                   "any notebook could delete every bucket. The account may read this foundation's bucket without it",
	"roles/storage.objectViewer":            "any notebook could read every file of the project. The account may read this foundation's bucket without it",
	"roles/compute.admin":                   "any notebook could change or enter every machine",
	"roles/compute.instanceAdmin.v1":        "any notebook could change or enter every machine",
	"roles/iam.serviceAccountUser":          "any notebook could act as every service account",
	"roles/iam.serviceAccountTokenCreator":  "any notebook could act as every service account",
	"roles/resourcemanager.projectIamAdmin": "any notebook could give itself every right",
	"roles/iam.serviceAccountAdmin":         "any notebook could take over every service account",
	"roles/bigquery.admin":                  "queries could run as the service account, with every right",
	"roles/bigquery.dataOwner":              "data could be changed as the service account",
	"roles/notebooks.admin":                 "any notebook could change everybody's notebooks",
	"roles/dataproc.admin":                  "any notebook could change everybody's clusters",
}

// judge gathers problems.
type judge struct{ problems []Problem }

func (j *judge) unless(fine bool, attribute, summary, detail string, values ...any) {
	if !fine {
		j.problems = append(j.problems, Problem{Attribute: attribute, Summary: summary, Detail: fmt.Sprintf(detail, values...)})
	}
}

func (j *judge) labels(labels map[string]string) {
	for _, key := range slices.Sorted(maps.Keys(labels)) {
		j.unless(!google.IsReservedLabel(key), "labels", "A label is reserved", "%q belongs to this provider or to Google: take another.", key)
		j.unless(google.IsLabelKey(key) && google.IsLabelValue(labels[key]), "labels", "A label has a form",
			"%s = %q is none: lower-case letters, digits, hyphens and underscores, at most 63, a letter first in the key.", key, labels[key])
	}
	j.unless(len(labels) <= maxLabels-1, "labels", "There are too many labels", "%d are given. Google keeps %d, and one is this provider's.", len(labels), maxLabels)
}
