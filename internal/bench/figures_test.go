package main

import (
	"strings"
	"testing"
	"time"
)

func TestMedian(t *testing.T) {
	for want, values := range map[float64][]float64{
		0:   nil,
		1:   {1},
		2:   {9, 1, 2},
		2.5: {4, 1, 3, 2},
	} {
		if got := median(values); got != want {
			t.Errorf("%v: got %v, want %v", values, got, want)
		}
	}
	values := []float64{3, 1, 2}
	if median(values); values[0] != 3 {
		t.Error("the values were sorted in place")
	}
}

// planned is a no-op plan of so many people.
func planned(people int, floor, ours float64, calls tally) figure {
	return figure{
		campaign: campaign{kind: clusters, people: people}, phase: plan,
		floor: []cost{{Seconds: floor}}, ours: []cost{{Seconds: ours, Calls: calls, Provider: resources{Peak: 70e6, CPU: 1.5}}},
	}
}

func TestVerdicts(t *testing.T) {
	good := tally{Lists: 11, PermissionReads: 1000, Others: map[string]int{discovery: 1}}
	extra := tally{Lists: 11, PermissionReads: 1000, Others: map[string]int{"clusters/get": 8}}
	twice := tally{Lists: 11, PermissionReads: 1001}
	applied := func(floor, ours float64, creates int) figure {
		f := planned(1000, floor, ours, tally{Lists: 1, Others: map[string]int{"clusters/create": creates, discovery: 2}, Once: 2})
		f.phase = apply
		return f
	}
	limited := planned(1000, 1, 20, good)
	limited.limited = true
	fat := planned(1000, 1, 1, good)
	fat.ours[0].Provider.Peak = 81e6
	unmeasured := planned(1000, 1, 1, good)
	unmeasured.ours[0].Provider.Peak = 0
	cases := map[string]struct{ got, want string }{
		"a plan in time":                         {judgeTime(planned(1000, 1, 2.5, good)).says, "meets"},
		"a plan too late":                        {judgeTime(planned(1000, 1, 2.51, good)).says, "misses"},
		"a plan for a few is not judged":         {judgeTime(planned(100, 1, 9, good)).says, ""},
		"a plan under rate limits is not judged": {judgeTime(limited).says, ""},
		"an apply in time":                       {judgeTime(applied(20, 30, 4000)).says, "meets"},
		"an apply too late":                      {judgeTime(applied(20, 30.1, 4000)).says, "misses"},
		"lists and permission reads":             {judgeCalls(planned(1000, 1, 1, good)).says, "meets"},
		"other reads beyond the budget":          {judgeCalls(planned(1000, 1, 1, extra)).says, "misses"},
		"no permission reads at Google":          {judgeCalls(atGoogle(tally{Lists: 2, PermissionReads: 0, Others: map[string]int{"GET instances": 13}})).target, "≤ 15"},
		"gets beyond the budget at Google":       {judgeCalls(atGoogle(tally{Lists: 2, Others: map[string]int{"GET instances": 14}})).says, "misses"},
		"two for each of five hundred":           {judgeTime(ofTwo(500)).says, "misses"},
		"two for each of fewer":                  {judgeTime(ofTwo(499)).says, ""},
		"a person's permissions read twice":      {judgeCalls(planned(1000, 1, 1, twice)).says, "misses"},
		"four calls a person":                    {judgeCalls(applied(1, 1, 4000)).says, "meets"},
		"more than four":                         {judgeCalls(applied(1, 1, 4001)).says, "misses"},
		"little memory":                          {judgeMemory(planned(1000, 1, 1, good)).says, "meets"},
		"much memory":                            {judgeMemory(fat).says, "misses"},
		"no /proc":                               {judgeMemory(unmeasured).says, ""},
		"a wait of which little is ours":         {judgeWait(wait{cloud: 30, floor: 0.1, ours: cost{Seconds: 31}}).says, "meets"},
		"a wait of which much is ours":           {judgeWait(wait{cloud: 30, floor: 0.1, ours: cost{Seconds: 31.2}}).says, "misses"},
		"3 % of a long wait is more":             {judgeWait(wait{cloud: 240, floor: 0.1, ours: cost{Seconds: 247}}).says, "meets"},
		"a small binary":                         {judgeSize(providerAlone{bytes: 40e6}).says, "meets"},
		"a large one":                            {judgeSize(providerAlone{bytes: 40e6 + 1}).says, "misses"},
		"a quick schema":                         {judgeSchema(providerAlone{schema: []float64{0.05, 0.09, 0.5}}).says, "meets"},
		"a slow one":                             {judgeSchema(providerAlone{schema: []float64{0.05, 0.11, 0.5}}).says, "misses"},
	}
	for name, c := range cases {
		if c.got != c.want {
			t.Errorf("%s: got %q, want %q", name, c.got, c.want)
		}
	}
}

// atGoogle is a no-op plan of a thousand notebooks.
func atGoogle(calls tally) figure {
	f := planned(1000, 1, 1, calls)
	f.kind = notebooks
	return f
}

// ofTwo is a slow no-op plan of what a person has two of.
func ofTwo(people int) figure {
	f := planned(people, 1, 9, tally{})
	f.kind = templates
	return f
}

func sample() *results {
	free := planned(1000, 1, 2, tally{Lists: 11, PermissionReads: 1000, Others: map[string]int{discovery: 1, "clusters/get": 8}})
	limited := planned(1000, 1, 12, tally{Lists: 11, PermissionReads: 1003, Refused: 3})
	limited.limited = true
	notebook := atGoogle(tally{Lists: 2, Others: map[string]int{"GET instances": 8}})
	slow := free
	slow.latency = 20 * time.Millisecond
	return &results{
		options:  options{date: "2026-01-02"},
		machine:  machine{cores: 2, memory: 8e9, load: "0.10", platform: "linux/amd64", golang: "1.26.0", terraform: "1.11.4"},
		provider: providerAlone{bytes: 39e6, schema: []float64{0.03}, schemaBytes: 9000},
		waits: []wait{
			{kind: clusters, cloud: 30, floor: 0.1, ours: cost{Seconds: 33}},
			{kind: notebooks, cloud: 20, floor: 0.1, ours: cost{Seconds: 20.5}},
			{kind: slideRules, cloud: 25, floor: 0.1, ours: cost{Seconds: 25.6, Calls: tally{Lists: 10, Others: map[string]int{"DescribeStacks": 20, "DescribeStackEvents": 8, "CreateStack": 2}}}, then: []cost{{Calls: tally{Lists: 11}}, {Calls: tally{Lists: 30}}}},
		},
		figures: []figure{limited, notebook, free, slow},
	}
}

func TestThePageTellsEverything(t *testing.T) {
	page := sample().page("\nA thought.\n")
	for _, want := range []string{
		"Measured on 2026-01-02: linux/amd64, 2 cores, 8 GB of memory, Go 1.26.0, Terraform 1.11.4; load average when the run began: 0.10.",
		"12 of 15 targets are met.",
		"`make bench`",
		"| 1,000  | 0 ms    | off         | no-op plan | 1    | 1.00 s | 2.00 s | 2.00  | ≤ 2.5 × floor | meets |",
		"What the rate limits cost the no-op plan of 1,000 people: 10.0 s (12.0 s in place of 2.00 s; 3 calls were refused and repeated).",
		"Others, 1,000 people, 20 ms, no-op plan: 8 clusters/get, 1 discovery.",
		"| 33.00 s | 30.00 s              | 0.10 s | 2.90 s       | 0     | ≤ 1.0 s | misses |",
		"| size of the stripped binary | 39.0 MB",
		"\n## Clusters on Databricks\n", "\n### Calls\n", "\n## Notebooks on Google Cloud\n", "\n## The provider alone\n\n| What",
		"| 1,000  | 0 ms    | off         | no-op plan | 10  | 2     | 8      | 0.01     | ≤ 15   | meets |",
		"| 20.50 s | 20.00 s              | 0.10 s | 0.40 s       | 0     | ≤ 1.0 s | meets |",
		"\n## SlideRule clusters on AWS\n", "| 25.60 s | 25.00 s              | 0.10 s | 0.50 s       | 40    | ≤ 1.0 s | meets |",
		"\nCalls: 40 to create it, 28 of them looks meanwhile, 11 of a plan that changes nothing, 30 to renew its end.\n",
		"÷ 88.3", "measured elsewhere, at zero latency",
		remainsBegin + "\nA thought.\n" + remainsEnd,
	} {
		if !strings.Contains(page, want) {
			t.Errorf("%q is missing from\n%s", want, page)
		}
	}
}

func TestAReportOfNothingIsShort(t *testing.T) {
	text := (&results{}).text()
	if strings.Contains(text, "|") || !strings.Contains(text, "0 of 0 targets") {
		t.Errorf("got %s", text)
	}
}

func TestNumbersAreGrouped(t *testing.T) {
	for n, want := range map[int]string{0: "0", 999: "999", 1000: "1,000", 12005: "12,005", 1000000: "1,000,000"} {
		if got := number(n); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
