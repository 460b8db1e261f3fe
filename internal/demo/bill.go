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
	totals := make([]int, len(b))
	for i, c := range b {
		t.heads = append(t.heads, strings.ToUpper(c.what))
		t.right[i+len(heads)] = true
		for _, call := range c.calls {
			key := strings.Join(kind(call), "\x00")
			if counts[key] == nil {
				counts[key] = make([]int, len(b))
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
)

// kindOf is a call without what is one person's own.
func kindOf(c wire.Call) string {
	if c.Vendor == "aws" {
		if c.Action != "" {
			return "aws " + c.Action
		}
		return "aws " + c.Method + " s3:/" + c.Path
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

// isRead tells whether a call could not have changed anything. Slack asks for people with a POST.
func isRead(c wire.Call) bool {
	return c.Method == http.MethodGet || c.Method == http.MethodHead || c.Vendor == "slack" && strings.HasSuffix(c.Path, "/users.lookupByEmail")
}

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

// refusals lists what the clouds answered with an error: such as that a pinned cluster must be unpinned first. Who
// looks for what is not there yet was not refused.
func refusals(calls []wire.Call) []string {
	var all []string
	for _, c := range calls {
		if c.Status >= http.StatusBadRequest && (c.Status != http.StatusNotFound || !isRead(c)) {
			all = append(all, fmt.Sprintf("%s (%d)", kindOf(c), c.Status))
		}
	}
	return all
}
