package main

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/ticker"
	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/wire"
	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/naming"
)

// slideRulesServed fails unless everybody who is to have one has a SlideRule cluster that is up, with the nodes of the
// roster and an end, and nobody else has any; and unless Terraform says so in the same words as AWS.
func slideRulesServed(roster []entry, w world) error {
	var names []string
	for _, e := range those(roster, hasSlideRule) {
		names = append(names, e.sliderule)
		is, there := w.aws.clusters[e.sliderule]
		said := w.people[e.email].SlideRule
		if !there || said == nil {
			return fmt.Errorf("%s should have the SlideRule cluster %s, and has none", e.email, e.sliderule)
		}
		switch {
		case said.Cluster != e.sliderule || said.StackID != is.Stack:
			return fmt.Errorf("Terraform gives %s the cluster %s with the stack %s, AWS has %s", e.email, said.Cluster, said.StackID, is.Stack)
		case !strings.HasSuffix(is.Status, "E_COMPLETE") || said.Status != "running":
			return fmt.Errorf("the cluster %s should be up; AWS says %s, Terraform %q", e.sliderule, is.Status, said.Status)
		case len(is.Nodes) != e.nodes || said.CurrentNodes != e.nodes:
			return fmt.Errorf("the cluster %s should have %d nodes; AWS has %d, Terraform speaks of %d", e.sliderule, e.nodes, len(is.Nodes), said.CurrentNodes)
		case is.endsAt().IsZero() || is.Again == "" || !is.endsAt().Equal(said.ExpiresAt):
			return fmt.Errorf("the cluster %s should end at %s; its schedules say %q and %q", e.sliderule, said.ExpiresAt, is.End, is.Again)
		case said.HourlyCostUSD <= 0 || said.AccruedCostUSD == nil:
			return fmt.Errorf("Terraform does not say what the cluster %s costs", e.sliderule)
		}
	}
	if strangers := beyond(w.aws.clusters, names); len(strangers) > 0 {
		return fmt.Errorf("nobody else should have a SlideRule cluster, and there are: %s", strings.Join(strangers, ", "))
	}
	return nil
}

// grown fails unless a cluster is the same with more nodes: those that were there stay.
func grown(was, is slideRule) error {
	switch {
	case is.Stack != was.Stack:
		return fmt.Errorf("the stack was %s, and is %s", was.Stack, is.Stack)
	case len(is.Nodes) <= len(was.Nodes):
		return fmt.Errorf("there were %d nodes, and are %d", len(was.Nodes), len(is.Nodes))
	}
	for _, node := range was.Nodes {
		if !slices.Contains(is.Nodes, node) {
			return fmt.Errorf("the node %s is gone", node)
		}
	}
	return nil
}

// later fails unless a cluster ends later than before, by about so much.
func later(was, is slideRule, by time.Duration) error {
	const about = 3 * time.Minute // a slow machine takes that long between two steps, at most
	if moved := is.endsAt().Sub(was.endsAt()); moved < by || moved > by+about {
		return fmt.Errorf("the end should move by %s, and went from %s to %s", by, was.End, is.End)
	}
	return nil
}

// onlyMoved fails unless nothing but its end is other than before.
func onlyMoved(was, is slideRule) error {
	is.End, is.Again = was.End, was.Again
	if !same(was, is) {
		return fmt.Errorf("only the end should have changed: it was %+v, and is %+v", was, is)
	}
	return nil
}

// onlyRescheduled fails unless the calls that changed something wrote the two schedules of a cluster's end. A schedule is
// made or, where AWS says that there is one, written anew.
func onlyRescheduled(cluster string, calls []wire.Call) error {
	stack := naming.ClusterStack(cluster)
	written := map[string]bool{"/schedules/" + naming.Schedule(stack): false, "/schedules/" + naming.RetrySchedule(stack): false}
	for _, c := range calls {
		if _, expected := written[c.Path]; isRead(c) || expected && c.Method == http.MethodPost && c.Status >= http.StatusBadRequest {
			continue
		}
		if done, expected := written[c.Path]; !expected || done || c.Method != http.MethodPut || c.Status != http.StatusOK {
			return fmt.Errorf("only the two schedules should have been written, and there was %s (%d)", kindOf(c), c.Status)
		}
		written[c.Path] = true
	}
	for path, done := range written {
		if !done {
			return fmt.Errorf("nobody wrote %s", path)
		}
	}
	return nil
}

// endedByAWS fails unless the schedule of a cluster's end was due, and nothing but that and the one behind it, and AWS took
// their calls.
func endedByAWS(cluster string, due []ticker.Firing) error {
	stack, first := naming.ClusterStack(cluster), false
	for _, f := range due {
		_, name, _ := strings.Cut(f.Schedule, "/")
		first = first || name == naming.Schedule(stack)
		if name != naming.Schedule(stack) && name != naming.RetrySchedule(stack) || f.Target != "cloudformation:deleteStack" || !f.OK() {
			return fmt.Errorf("only the end of %s should have come: %+v", cluster, f)
		}
	}
	if !first {
		return fmt.Errorf("the schedule that ends %s should have been due, and these were: %+v", cluster, due)
	}
	return nil
}

// noneDue fails when a schedule was due.
func noneDue(due []ticker.Firing) error {
	if len(due) > 0 {
		return fmt.Errorf("no schedule should have been due, and there were: %+v", due)
	}
	return nil
}

// slideRuleGone fails unless nothing of a cluster is left that costs money.
func slideRuleGone(cluster string, w world) error {
	if is, there := w.aws.clusters[cluster]; there {
		return fmt.Errorf("the cluster %s should be gone: %+v", cluster, is)
	}
	if len(w.aws.clusters) == 0 && len(w.aws.machines) > 0 {
		return fmt.Errorf("nothing should run any more, and there is: %s", strings.Join(w.aws.machines, ", "))
	}
	return nil
}

// onlyLogs fails unless there is no stack, no schedule and no machine, and of buckets that of the logs alone.
func onlyLogs(w world) error {
	var left []string
	for name := range w.aws.clusters {
		left = append(left, "the cluster "+name)
	}
	left = slices.Concat(left, w.aws.others, w.aws.ends, w.aws.machines, w.aws.groups, w.aws.tokens)
	if len(left) > 0 {
		return fmt.Errorf("nothing should be left on AWS, and there is: %s", strings.Join(left, ", "))
	}
	if len(w.aws.buckets) != 1 || !strings.Contains(w.aws.buckets[0], "-logs-") {
		return fmt.Errorf("the bucket of logs should be left on AWS, and there are these: %s", strings.Join(w.aws.buckets, ", "))
	}
	return nil
}

// toldExpired fails unless the plan had nothing to do and said of the cluster that it has expired, and how to get it back.
func toldExpired(cluster string, r result) error {
	return cmp.Or(planned(changes{}, r.plan), warned(r.warnings, "The cluster "+cluster+" expired at"), warned(r.warnings, "change renew"))
}

// costsMore fails unless Terraform says that a person's cluster costs more an hour than before.
func costsMore(before, after world, who entry) error {
	was, is := before.people[who.email].SlideRule, after.people[who.email].SlideRule
	if was == nil || is == nil || is.HourlyCostUSD <= was.HourlyCostUSD {
		return fmt.Errorf("%s should cost more an hour than before: it was %+v, and is %+v", who.sliderule, was, is)
	}
	return nil
}
