package provider_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"

	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/wire"
)

// passEnd lets time go by until a minute after the scheduled end of the cluster.
func (w *slideruleWorld) passEnd() {
	w.t.Helper()
	found, err := w.region().Status(context.Background(), "dev")
	w.must(err)
	w.pass(found.ExpiresAt.Sub(w.clock.Now()) + time.Minute)
}

// expires lets a cluster of one hour end by its schedule, and everything of it go.
func (w *slideruleWorld) expires(s *resource.TestStep) {
	s.PreConfig = func() {
		w.passEnd()
		w.pass(30 * time.Minute)
		if w.stack("dev-cluster") != nil {
			w.t.Error("the schedule did not end the cluster")
		}
	}
}

// A cluster ends by itself, and no pipeline is surprised with a new one: only somebody's wish brings it back.
func TestSlideruleClusterExpires(t *testing.T) {
	t.Parallel()
	w := newFoundedWorld(t)
	update := func(more ...plancheck.PlanCheck) func(*resource.TestStep) {
		return planned(devAddress, plancheck.ResourceActionUpdate, more...)
	}
	made := func(n int) func(*resource.TestStep) {
		return check(func() error { return same(n, w.acted("CreateStack")) })
	}
	down := promised("status", knownvalue.StringExact("not running"))
	w.run(
		w.onAWS(sized(), made(1)),
		w.onAWS(sized(), w.expires, nothing, holds(devAddress, "status", "not running", "current_nodes", knownvalue.Int64Exact(0), "hourly_cost_usd", knownvalue.Float64Exact(0),
			"stack_status", knownvalue.Null(), "ilb_address", knownvalue.Null(), "expires_at", knownvalue.NotNull(), "reason", knownvalue.StringRegexp(inThisOrder("it expired at"))), made(1)),
		w.onAWS(sized(), nothing),
		// What a pipeline changes for all clusters waits for the day that it is wanted again.
		w.onAWS(sized("min_nodes = 1", "version = \"v5.5.0\"", "wait = false"), update(down), made(1)),
		w.onAWS(sized("min_nodes = 1", "version = \"v5.5.0\"", "wait = false"), nothing),
		w.onAWS(sized("min_nodes = 1", "version = \"v5.5.0\"", "renew = \"1\""), update(opened("status", "expires_at", "stack_id", "ami")...),
			holds(devAddress, "status", "running", "outcome", "created", "version", "v5.5.0", "current_nodes", knownvalue.Int64Exact(2)), made(2)),
		w.onAWS(sized("min_nodes = 1", "version = \"v5.5.0\"", "renew = \"1\""), nothing),
		w.onAWS(sized("version = \"v5.5.0\"", "renew = \"1\"", "when_expired = \"redeploy\""), update()),
		w.onAWS(sized("version = \"v5.5.0\"", "renew = \"1\"", "when_expired = \"redeploy\""), w.expires, update(opened("status", "expires_at")...), holds(devAddress, "status", "running", "outcome", "created"), made(3)),
		w.onAWS(sized("version = \"v5.5.0\"", "renew = \"1\""), update()),
		w.onAWS(sized("version = \"v5.5.0\"", "renew = \"1\"", "node_capacity = 3"), w.expires, update(opened("status")...), holds(devAddress, "current_nodes", knownvalue.Int64Exact(3), "outcome", "created"), made(4)),
		// Destroying what is not there any more is no failure.
		w.onAWS(sized("version = \"v5.5.0\"", "renew = \"1\"", "node_capacity = 3"), w.expires, nothing),
	)
}

// While AWS deletes an expired cluster, and while it cannot, the plan is as empty as afterwards.
func TestSlideruleClusterIsExpiring(t *testing.T) {
	t.Parallel()
	w := newFoundedWorld(t)
	w.run(
		w.onAWS(sized()),
		w.onAWS(sized(), first(w.passEnd), nothing, holds(devAddress, "status", "in-progress destruction", "expires_at", knownvalue.NotNull())),
		w.onAWS(sized(), first(func() { w.pass(30 * time.Minute) }), nothing, holds(devAddress, "status", "not running")),
	)
}

// AWS may know of an earlier end than the state: of a change that failed after its end was written, or of somebody else's
// extension. A cluster that is gone by then has expired, and a plan makes no other.
func TestSlideruleClusterExpiresBeforeItsStateSaysSo(t *testing.T) {
	t.Parallel()
	w := newFoundedWorld(t)
	long := small.with("time_to_live", 600)
	for name, shorten := range map[string]func(*clusterRun){
		"a change that failed": func(r *clusterRun) {
			w.must(w.Wire.AddFault(wire.Fault{Vendor: "aws", Path: "UpdateStack", Kind: wire.Status, Status: 400, Reason: "ValidationError", Message: "Not today"}))
			said := r.apply(t.Context(), long.with("time_to_live", 60).with("node_capacity", 4))
			says(t, "the change", said, "ERROR: The cluster could not be changed", "Not today")
			if end, err := time.Parse(time.RFC3339, r.has("expires_at")); err != nil || end.Sub(w.clock.Now()) > 61*time.Minute {
				t.Errorf("the state says that it ends at %s, at %s", r.has("expires_at"), w.clock.Now())
			}
		},
		"an end from elsewhere": func(*clusterRun) {
			_, err := w.region().Extend(t.Context(), "dev", time.Hour)
			w.must(err)
		},
	} {
		made := w.acted("CreateStack")
		r := w.newRun()
		says(t, name+": the first apply", r.apply(t.Context(), long))
		shorten(r)
		w.pass(2 * time.Hour)
		if w.stack("dev-cluster") != nil {
			t.Fatalf("%s: the stack is there", name)
		}
		planned, said := r.plan(r.process(), long)
		says(t, name+": the plan", said, "WARNING: A cluster has expired", "stays down")
		if strings.Contains(said, "ERROR") || r.changes(planned) || r.state == nil || r.has("status") != "not running" {
			t.Errorf("%s: it is %s, and the plan says %s", name, r.has("status"), said)
		}
		if n := w.acted("CreateStack"); n != made+1 {
			t.Errorf("%s: %d stacks were made", name, n-made)
		}
		says(t, name+": the destroy", r.apply(t.Context(), nil))
	}
}

// A cluster that is to come back comes back while AWS still deletes it, also for who does not want to wait.
func TestSlideruleClusterComesBackWhileItGoes(t *testing.T) {
	t.Parallel()
	w := newFoundedWorld(t)
	r := w.newRun()
	config := small.with("when_expired", "redeploy").with("wait", false)
	says(t, "the first apply", r.apply(t.Context(), config))
	w.pass(30 * time.Minute)
	w.passEnd()
	planned, said := r.plan(r.process(), config)
	says(t, "the plan", said)
	if s := w.stack("dev-cluster"); s == nil || s.StackStatus != "DELETE_IN_PROGRESS" || !r.changes(planned) {
		t.Errorf("the plan changes it: %t; the stack is %+v", r.changes(planned), s)
	}
	says(t, "the apply", r.apply(t.Context(), config))
	if n := w.acted("CreateStack"); n != 2 || r.has("status") != "in-progress deployment" {
		t.Errorf("%d stacks were made, and it is %s", n, r.has("status"))
	}
}
