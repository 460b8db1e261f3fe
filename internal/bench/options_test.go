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
	o, _ = parse([]string{"-families", "google"}, &said)
	if o == nil || !slices.Equal(o.kinds(), []*kind{notebooks, templates}) {
		t.Errorf("-families: %+v", o)
	}
	o, _ = parse([]string{"-families", "sliderule"}, &said)
	if o == nil || !slices.Equal(o.kinds(), []*kind{slideRules}) || len(o.rounds()) > 0 {
		t.Errorf("-families sliderule: %+v", o)
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
		"no family":   {[]string{"-families", "google,azure"}, 2, `"azure"`},
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

func TestARosterOfTwoEachIsMeasuredOnceAtItsLargest(t *testing.T) {
	o := options{families: []string{"google"}, people: []int{3000, 700, 1000}, latencies: []time.Duration{0}}
	var got []int
	for _, r := range o.rounds() {
		if r.floor == two {
			got = append(got, r.people)
		}
	}
	if !slices.Equal(got, []int{500}) {
		t.Errorf("got %d", got)
	}
}

func TestEveryKindIsMeasuredBesideItsOwnFloor(t *testing.T) {
	var said bytes.Buffer
	o, _ := parse(nil, &said)
	var got []string
	for _, r := range o.rounds() {
		for _, c := range r.campaigns {
			if c.kind.floor != r.floor || c.people != r.people {
				t.Errorf("%s of %s is in a round of %d people with another floor", c, c.kind.title, r.people)
			}
			got = append(got, c.kind.title+": "+c.String())
		}
	}
	want := []string{
		"Clusters on Databricks: 100 people, 0 ms", "Clusters on Databricks: 100 people, 20 ms",
		"Notebooks on Google Cloud: 100 people, 0 ms", "Notebooks on Google Cloud: 100 people, 20 ms", "Notebooks on Google Cloud: 100 people, 0 ms, rate limits on",
		"Templates on Google Cloud: 100 people, 0 ms", "Templates on Google Cloud: 100 people, 20 ms",
		"Clusters on Databricks: 1,000 people, 0 ms", "Clusters on Databricks: 1,000 people, 20 ms", "Clusters on Databricks: 1,000 people, 0 ms, rate limits on",
		"Notebooks on Google Cloud: 1,000 people, 0 ms",
		"Templates on Google Cloud: 500 people, 0 ms",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
}
