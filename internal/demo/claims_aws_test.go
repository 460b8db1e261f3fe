package main

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/ticker"
	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/wire"
)

const tideStack = "arn:aws:cloudformation:us-east-1:123456789012:stack/tide-cluster/1"

// servedOnAWS is what is there, and what Terraform says of it.
func servedOnAWS(said map[string]personal) onAWS {
	cost := 1.5
	p := said[nora]
	p.SlideRule = &slideRuleWords{
		Cluster: "tide", StackID: tideStack, Status: "running", CurrentNodes: 2, Endpoint: "https://tide.example.org",
		ExpiresAt: time.Date(2026, 11, 20, 18, 30, 0, 0, time.UTC), HourlyCostUSD: 0.767, AccruedCostUSD: &cost,
	}
	said[nora] = p
	return onAWS{
		clusters: map[string]slideRule{"tide": {
			Stack: tideStack, Status: "CREATE_COMPLETE", Nodes: []string{"i-1", "i-2"}, End: "at(2026-11-20T18:30:00)", Again: "rate(60 minutes)",
		}},
		others: []string{"sliderule-foundation"}, ends: []string{"tide-cluster-auto-shutdown", "tide-cluster-auto-shutdown-retry"}, machines: []string{"the machine i-1"},
	}
}

// with changes a cluster of a world.
func with(w world, change func(*slideRule)) world {
	c := w.aws.clusters["tide"]
	change(&c)
	w.aws.clusters["tide"] = c
	return w
}

func TestEveryClaimAboutAWSCanFail(t *testing.T) {
	is := func(change func(*slideRule)) func(*world) { return func(w *world) { with(*w, change) } }
	said := func(change func(*slideRuleWords)) func(*world) {
		return func(w *world) { change(w.people[nora].SlideRule) }
	}
	cases := map[string]struct {
		change func(*world)
		want   string
	}{
		"no cluster":            {func(w *world) { delete(w.aws.clusters, "tide") }, "has none"},
		"none in words":         {func(w *world) { p := w.people[nora]; p.SlideRule = nil; w.people[nora] = p }, "has none"},
		"another stack":         {is(func(c *slideRule) { c.Stack = "x" }), "AWS has x"},
		"rolled back":           {is(func(c *slideRule) { c.Status = "UPDATE_ROLLBACK_FAILED" }), "AWS says UPDATE_ROLLBACK_FAILED"},
		"down in words":         {said(func(s *slideRuleWords) { s.Status = "not running" }), `Terraform "not running"`},
		"a node less":           {is(func(c *slideRule) { c.Nodes = c.Nodes[:1] }), "AWS has 1"},
		"a node less in words":  {said(func(s *slideRuleWords) { s.CurrentNodes = 1 }), "Terraform speaks of 1"},
		"no end":                {is(func(c *slideRule) { c.End = "" }), "should end at"},
		"no second schedule":    {is(func(c *slideRule) { c.Again = "" }), "should end at"},
		"another end in words":  {said(func(s *slideRuleWords) { s.ExpiresAt = s.ExpiresAt.Add(time.Second) }), "18:30:01"},
		"no price":              {said(func(s *slideRuleWords) { s.HourlyCostUSD = 0 }), "costs"},
		"no costs":              {said(func(s *slideRuleWords) { s.AccruedCostUSD = nil }), "costs"},
		"a stranger's":          {func(w *world) { w.aws.clusters["x"] = slideRule{} }, "nobody else should have a SlideRule cluster"},
		"told of what is there": {func(w *world) { w.messages = append(w.messages, message(nora)) }, "has 1"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			w := served()
			c.change(&w)
			if err := first(w); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}

func TestWhatChangesOnAWSIsSeen(t *testing.T) {
	for name, change := range map[string]func(*slideRule){
		"a node": func(c *slideRule) { c.Nodes = []string{"i-1", "i-3"} },
		"an end": func(c *slideRule) { c.End = "at(2026-11-20T18:30:01)" },
		"all":    func(c *slideRule) { *c = slideRule{} },
	} {
		if untouched(people, served(), with(served(), change)) == nil {
			t.Errorf("%s went unnoticed", name)
		}
	}
	dearer := served()
	*dearer.people[nora].SlideRule.AccruedCostUSD = 2
	if err := sameWords(people, served(), dearer); err != nil {
		t.Errorf("what a cluster has cost grows while it runs: %v", err)
	}
	dearer.people[nora].SlideRule.CurrentNodes = 3
	if sameWords(people, served(), dearer) == nil {
		t.Error("other words went unnoticed")
	}
	if costsMore(served(), dearer, people[3]) == nil {
		t.Error("the same price passes for a higher one")
	}
	dearer.people[nora].SlideRule.HourlyCostUSD = 1
	if err := costsMore(served(), dearer, people[3]); err != nil {
		t.Error(err)
	}
}

func TestClaimsAboutAClusterThatGrows(t *testing.T) {
	was := served().aws.clusters["tide"]
	is := was
	is.Nodes, is.End = []string{"i-1", "i-2", "i-3"}, "at(2026-11-20T19:30:20)"
	if grown(was, is) != nil || later(was, is, time.Hour) != nil || onlyMoved(was, is) == nil {
		t.Error("a cluster that grew is not told")
	}
	replaced, fresh := is, is
	replaced.Nodes = []string{"i-1", "i-3", "i-4"}
	fresh.Stack = "x"
	for name, problem := range map[string]error{"as it was": grown(was, was), "a node replaced": grown(was, replaced), "another stack": grown(was, fresh)} {
		if problem == nil {
			t.Errorf("%s went unnoticed", name)
		}
	}
	if later(was, was, time.Hour) == nil || later(was, is, time.Minute) == nil || later(was, slideRule{}, time.Hour) == nil {
		t.Error("ends are mixed up")
	}
	is.Nodes = was.Nodes
	if err := onlyMoved(was, is); err != nil {
		t.Error(err)
	}
}

func TestOnlyTheEndIsWritten(t *testing.T) {
	call := func(method, path string, status int) wire.Call {
		return wire.Call{Vendor: "aws", Method: method, Path: path, Status: status}
	}
	const one, two = "/schedules/tide-cluster-auto-shutdown", "/schedules/tide-cluster-auto-shutdown-retry"
	first, second := call(http.MethodPut, one, 200), call(http.MethodPut, two, 200)
	look := wire.Call{Vendor: "aws", Method: http.MethodPost, Path: "/", Action: "DescribeStacks", Status: 200}
	update := wire.Call{Vendor: "aws", Method: http.MethodPost, Path: "/", Action: "UpdateStack", Status: 200}
	if err := onlyRescheduled("tide", []wire.Call{look, call(http.MethodPost, one, 409), first, call(http.MethodPost, two, 409), second}); err != nil {
		t.Error(err)
	}
	for name, calls := range map[string][]wire.Call{
		"nothing": nil, "one": {first}, "twice": {first, first, second}, "a stack": {first, update, second}, "another's": {first, second, call(http.MethodPut, "/schedules/x", 200)},
		"in vain": {first, call(http.MethodPut, two, 500)}, "made anew": {first, second, call(http.MethodPost, one, 200)}, "taken away": {first, second, call(http.MethodDelete, one, 200)},
	} {
		if onlyRescheduled("tide", calls) == nil {
			t.Errorf("%s went unnoticed", name)
		}
	}
}

func TestClaimsAboutAnEnd(t *testing.T) {
	fired := func(name string, status int) ticker.Firing {
		return ticker.Firing{Schedule: "sliderule/" + name, Target: "cloudformation:deleteStack", Status: status}
	}
	const one, two = "tide-cluster-auto-shutdown", "tide-cluster-auto-shutdown-retry"
	if endedByAWS("tide", []ticker.Firing{fired(two, 200), fired(one, 200)}) != nil || endedByAWS("tide", []ticker.Firing{fired(one, 200)}) != nil || noneDue(nil) != nil {
		t.Error("an end is not told")
	}
	for name, due := range map[string][]ticker.Firing{"nothing": nil, "only the second": {fired(two, 200)}, "refused": {fired(one, 400)}, "another's": {fired(one, 200), fired("x", 200)}} {
		if endedByAWS("tide", due) == nil {
			t.Errorf("%s went unnoticed", name)
		}
	}
	if noneDue([]ticker.Firing{fired(one, 200)}) == nil {
		t.Error("what was due went unnoticed")
	}

	w := served()
	if slideRuleGone("tide", w) == nil || onlyLogs(w) == nil {
		t.Error("a cluster that is there is not gone")
	}
	delete(w.aws.clusters, "tide")
	if slideRuleGone("tide", w) == nil || onlyLogs(w) == nil {
		t.Error("a machine that is left went unnoticed")
	}
	w.aws.machines = nil
	if err := slideRuleGone("tide", w); err != nil || onlyLogs(w) == nil {
		t.Errorf("%v; or a schedule went unnoticed", err)
	}
	w.aws.ends, w.aws.others = nil, nil
	for name, change := range map[string]func(*onAWS){"a group": func(a *onAWS) { a.groups = []string{"x"} }, "a token": func(a *onAWS) { a.tokens = []string{"x"} }} {
		left := w
		left.aws.buckets = []string{"sliderule-foundation-logs-1"}
		if change(&left.aws); onlyLogs(left) == nil {
			t.Errorf("%s went unnoticed", name)
		}
	}
	for _, buckets := range [][]string{nil, {"x"}, {"sliderule-foundation-logs-1", "x"}} {
		if w.aws.buckets = buckets; onlyLogs(w) == nil {
			t.Errorf("%q passes for the logs", buckets)
		}
	}
	w.aws.buckets = []string{"sliderule-foundation-logs-1"}
	if err := onlyLogs(w); err != nil {
		t.Error(err)
	}

	warning := diagnostic{Detail: "The cluster tide expired at 2026-11-20T18:30:00Z, and stays down. To bring it back, change renew."}
	if err := toldExpired("tide", result{warnings: []diagnostic{warning}}); err != nil {
		t.Error(err)
	}
	for name, r := range map[string]result{
		"no warning": {}, "another's": {warnings: []diagnostic{{Detail: strings.ReplaceAll(warning.Detail, "tide", "x")}}}, "a new one": {plan: changes{Add: 1}, warnings: []diagnostic{warning}},
	} {
		if toldExpired("tide", r) == nil {
			t.Errorf("%s went unnoticed", name)
		}
	}
}

func TestAClockThatWasMovedOn(t *testing.T) {
	by := 3 * time.Hour
	if ahead := time.Until(aheadClock{by: by}.Now()); ahead > by || ahead < by-time.Minute {
		t.Errorf("it is ahead by %s", ahead)
	}
	if serve([]string{"x"}) != 2 || serve([]string{"x", "soon"}) != 1 {
		t.Error("what is no time was taken")
	}
}

func TestWhereTerraformHasTheProviderFrom(t *testing.T) {
	dir := t.TempDir()
	if _, err := providerAddress(dir); err == nil {
		t.Error("a provider that is not installed has an address")
	}
	write(t, dir+"/.terraform/providers/registry.example.org/data-access/provisioner/99.0.0/any/x", "")
	if got, err := providerAddress(dir); err != nil || got != "registry.example.org/data-access/provisioner" {
		t.Errorf("got %q, %v", got, err)
	}
}
