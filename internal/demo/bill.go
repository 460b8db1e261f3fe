package main

import (
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

// table has a row for each kind of call and a column for each charge.
func (b bill) table() table {
	t := table{heads: []string{"CLOUD", "CALL"}, right: map[int]bool{}}
	counts := map[string][]int{}
	totals := make([]int, len(b))
	for i, c := range b {
		t.heads = append(t.heads, strings.ToUpper(c.what))
		t.right[i+2] = true
		for _, call := range c.calls {
			kind := kindOf(call)
			if counts[kind] == nil {
				counts[kind] = make([]int, len(b))
			}
			counts[kind][i]++
			totals[i]++
		}
	}
	for _, kind := range slices.Sorted(maps.Keys(counts)) {
		cloud, what, _ := strings.Cut(kind, " ")
		t.rows = append(t.rows, append([]string{cloud, what}, numbers(counts[kind])...))
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
	return c.Vendor + " " + c.Method + " " + strings.TrimPrefix(path, "/")
}

// onlyReads fails when one of the calls could have changed something.
func onlyReads(calls []wire.Call) error {
	for _, c := range calls {
		if c.Method != http.MethodGet && c.Method != http.MethodHead {
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

// refusals lists what the clouds answered with an error: such as that a pinned cluster must be unpinned first.
func refusals(calls []wire.Call) []string {
	var all []string
	for _, c := range calls {
		if c.Status >= http.StatusBadRequest {
			all = append(all, fmt.Sprintf("%s (%d)", kindOf(c), c.Status))
		}
	}
	return all
}
