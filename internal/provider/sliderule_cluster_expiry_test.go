package provider_test

import (
	"context"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
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
