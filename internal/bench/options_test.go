package main

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestFlags(t *testing.T) {
	var said bytes.Buffer
	o, _ := parse(nil, &said)
	if o == nil || !slices.Equal(o.people, []int{100, 1000}) || !slices.Equal(o.latencies, []time.Duration{0, 20 * time.Millisecond}) ||
		o.repeat(100) != 3 || o.repeat(1000) != 1 || o.out != "docs/benchmarks.md" || !o.limits {
		t.Errorf("without flags: %+v %s", o, &said)
	}
	o, _ = parse([]string{"-quick"}, &said)
	if o == nil || !slices.Equal(o.people, []int{20}) || o.runs != 1 || o.out != "" {
		t.Errorf("-quick: %+v", o)
	}
	o, _ = parse([]string{"-quick", "-n", "3, 5", "-runs=2", "-out", "x.md"}, &said)
	if o == nil || !slices.Equal(o.people, []int{3, 5}) || o.runs != 2 || o.out != "x.md" {
		t.Errorf("-quick and more: %+v", o)
	}
	for name, c := range map[string]struct {
		args   []string
		status int
		said   string
	}{
		"help":        {[]string{"-help"}, 0, "-latency"},
		"no people":   {[]string{"-n", "0"}, 2, "from 1 on"},
		"no number":   {[]string{"-latency", "0,fast"}, 2, `"fast"`},
		"no runs":     {[]string{"-runs", "0"}, 2, "1 or more"},
		"an argument": {[]string{"all"}, 2, "only flags"},
	} {
		said.Reset()
		o, status := parse(c.args, &said)
		if o != nil || status != c.status || !strings.Contains(said.String(), c.said) {
			t.Errorf("%s: got %+v, status %d, %s", name, o, status, &said)
		}
	}
}

func TestEnvironments(t *testing.T) {
	got := cleaned([]string{"PATH=/bin", "AWS_PROFILE=production", "TF_LOG=TRACE", "DATABRICKS_HOST=x", "HOME=/h"}, "TF_IN_AUTOMATION=1")
	if want := []string{"PATH=/bin", "HOME=/h", "TF_IN_AUTOMATION=1"}; !slices.Equal(got, want) {
		t.Errorf("got %v", got)
	}
	environ := unquoted("export A='b=c'\nexport D='it'\\''s'\n\n")
	if variable(environ, "A") != "b=c" || variable(environ, "D") != "it's" || variable(environ, "E") != "" {
		t.Errorf("got %q", environ)
	}
}
