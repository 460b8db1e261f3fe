package main

import (
	"cmp"
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/wire"
)

// bill is what each part of the demo cost in calls.
type bill []charge

type charge struct {
	what  string
	calls []wire.Call
}

// since is what was called after the first n calls.
func since(n int, calls []wire.Call) []wire.Call { return calls[min(n, len(calls)):] }

// vendors are the clouds, as people call them.
var vendors = map[string]string{"aws": "AWS", "databricks": "Databricks", "google": "Google Cloud", "slack": "Slack", "storage": "Cloud Storage"}

// table has two rows for each cloud, and a column for each charge.
func (b bill) table() table {
	return b.rows([]string{"CLOUD", "CALLS"}, func(c wire.Call) []string {
		what := "changes"
		if isRead(c) {
			what = "reads"
		}
		return []string{cmp.Or(vendors[c.Vendor], c.Vendor), what}
	})
}

// details has a row for each kind of call.
func (b bill) details() table {
	return b.rows([]string{"CLOUD", "CALL"}, func(c wire.Call) []string {
		cloud, what, _ := strings.Cut(kindOf(c), " ")
		return []string{cloud, what}
	})
}

// rows has one for each kind of call, in order, and one for all.
func (b bill) rows(heads []string, kind func(wire.Call) []string) table {
	t := table{heads: heads, right: map[int]bool{}}
	counts := map[string][]int{}
	var columns []string // charges of one name have one column
	for _, c := range b {
		if !slices.Contains(columns, c.what) {
			columns = append(columns, c.what)
			t.right[len(t.heads)] = true
			t.heads = append(t.heads, strings.ToUpper(c.what))
		}
	}
	totals := make([]int, len(columns))
	for _, c := range b {
		i := slices.Index(columns, c.what)
		for _, call := range c.calls {
			key := strings.Join(kind(call), "\x00")
			if counts[key] == nil {
				counts[key] = make([]int, len(columns))
			}
			counts[key][i]++
			totals[i]++
		}
	}
	for _, key := range slices.Sorted(maps.Keys(counts)) {
		t.rows = append(t.rows, append(strings.Split(key, "\x00"), numbers(counts[key])...))
	}
	t.rows = append(t.rows, append([]string{"all of them", ""}, numbers(totals)...))
	return t
}

func numbers(counts []int) []string {
	var texts []string
	for _, n := range counts {
		if n == 0 {
			texts = append(texts, "·")
			continue
		}
		texts = append(texts, strconv.Itoa(n))
	}
	return texts
}

var (
	apiVersion = regexp.MustCompile(`^/api/(\d\.\d/)?`)
	clusterID  = regexp.MustCompile(`\b\d{4}-\d{6}-[0-9a-z]{8}\b`)
	googleName = regexp.MustCompile(`/(instances|runtimes|operations|clusters|sessions|sessionTemplates)/[^/:]+`)
	objectName = regexp.MustCompile(`/o/.+`)

	runName      = regexp.MustCompile(`^(/[^/]+/runs/)[^/]+`)
	scheduleName = regexp.MustCompile(`^(/schedules|/schedule-groups)/[^/]+`)
)

// restServices are those of AWS that have paths in place of actions, as S3 has, by where their paths begin.
var restServices = map[string]string{"schedules": "/schedules", "schedule-groups": "/schedule-groups", "route53": "/2013-04-01"}

// kindOf is a call without what is one person's own.
func kindOf(c wire.Call) string {
	if c.Vendor == "aws" {
		if c.Action != "" {
			return "aws " + c.Action
		}
		for service, place := range restServices {
			if strings.HasPrefix(c.Path, place) {
				return "aws " + c.Method + " " + service + strings.TrimPrefix(scheduleName.ReplaceAllString(c.Path, "$1/{name}"), place)
			}
		}
		return "aws " + c.Method + " s3:/" + runName.ReplaceAllString(c.Path, "$1{run}")
	}
	path := clusterID.ReplaceAllString(apiVersion.ReplaceAllString(c.Path, ""), "{id}")
	switch c.Vendor {
	case "google":
		path = googleName.ReplaceAllString(path, "/$1/{name}")
	case "storage":
		path = objectName.ReplaceAllString(path, "/o/{name}")
	}
	return c.Vendor + " " + c.Method + " " + strings.TrimPrefix(path, "/")
}

// isRead tells whether a call could not have changed anything. Slack asks for people with a POST, and AWS for nearly all.
func isRead(c wire.Call) bool {
	switch {
	case c.Method == http.MethodGet, c.Method == http.MethodHead:
		return true
	case c.Vendor == "aws":
		return awsReads.MatchString(c.Action)
	}
	return c.Vendor == "slack" && strings.HasSuffix(c.Path, "/users.lookupByEmail")
}

var awsReads = regexp.MustCompile(`^(BatchGet|Describe|Get|List)[A-Z]`)

// onlyReads fails when one of the calls could have changed something.
func onlyReads(calls []wire.Call) error {
	for _, c := range calls {
		if !isRead(c) {
			return fmt.Errorf("only reads were expected, and there was %s", kindOf(c))
		}
	}
	return nil
}

// secretsRead fails unless somebody read the object, so that a token came from where it is meant to be.
func secretsRead(calls []wire.Call, bucket string, keys ...string) error {
	for _, key := range keys {
		path := "/" + bucket + "/" + key
		if !slices.ContainsFunc(calls, func(c wire.Call) bool { return c.Vendor == "aws" && c.Path == path && c.Status == http.StatusOK }) {
			return fmt.Errorf("nobody read s3:/%s, so the token came from somewhere else", path)
		}
	}
	return nil
}

// complete fails when the clouds were asked more than what is on the bill.
func (b bill) complete(all []wire.Call) error {
	n := 0
	for _, c := range b {
		n += len(c.calls)
	}
	if n != len(all) {
		return fmt.Errorf("the bill has %d calls, and the clouds counted %d", n, len(all))
	}
	return nil
}

// absences are calls to which AWS answers that something is not there, and calls that a bad request: of stacks, of
// images, and of the token that the machine of a run has deleted itself.
var absences = map[string]bool{"DescribeStacks": true, "DescribeImages": true, "DeleteParameter": true}

// refusals lists what the clouds answered with an error: such as that a pinned cluster must be unpinned first. Who
// looks for what is not there yet, or deletes what is gone, was not refused.
func refusals(calls []wire.Call) []string {
	times := map[string]int{}
	for _, c := range calls {
		absent := c.Status == http.StatusNotFound && (isRead(c) || c.Method == http.MethodDelete) || c.Status == http.StatusBadRequest && absences[c.Action]
		if c.Status >= http.StatusBadRequest && !absent {
			times[fmt.Sprintf("%s (%d)", kindOf(c), c.Status)]++
		}
	}
	var all []string
	for _, what := range slices.Sorted(maps.Keys(times)) {
		if n := times[what]; n > 1 {
			what = fmt.Sprintf("%s %d times", what, n)
		}
		all = append(all, what)
	}
	return all
}
