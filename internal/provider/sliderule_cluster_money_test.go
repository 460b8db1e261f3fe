package provider_test

import (
	"strings"
	"testing"
	"time"

	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/wire"
	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/budget"
)

// beginMonth lets time go by until a month has begun: a test that runs for hours must not see fresh funds.
func (w *slideruleWorld) beginMonth() {
	w.t.Helper()
	now := w.clock.Now()
	w.pass(budget.NextMonth(now).Sub(now) + 24*time.Hour)
}

// A cluster that is to come back, and has spent its month, stays down without failing the plans of everything else.
func TestAnExhaustedSlideruleClusterFailsNoPlan(t *testing.T) {
	t.Parallel()
	w := newFoundedWorld(t)
	w.beginMonth()
	r := w.newRun()
	config := small.with("when_expired", "redeploy").with("budget", fields{"limit_usd": 1.2, "start_hours": 1})
	says(t, "the first apply", r.apply(t.Context(), config))
	w.passEnd()
	w.pass(30 * time.Minute)

	planned, said := r.plan(r.process(), config)
	says(t, "the plan", said, "WARNING: An expired cluster waits for funds", "dev expired at "+r.has("expires_at"), "limit_usd 1.20 leaves funds for", "Raise limit_usd")
	if strings.Contains(said, "ERROR") || r.changes(planned) {
		t.Errorf("the plan changes it, or fails: %s", said)
	}
	says(t, "the apply", r.apply(t.Context(), config), "WARNING: An expired cluster waits for funds")
	if n := w.acted("CreateStack"); n != 1 || r.has("status") != "not running" {
		t.Errorf("%d stacks were made, and it is %s", n, r.has("status"))
	}
	// This month's costs are still told, although nothing else is left of it.
	if cost := r.has("accrued_cost_usd"); cost == "" || cost == "0" {
		t.Errorf("it has cost %q", cost)
	}
	// What somebody asks for is refused, and what there are funds for comes back.
	says(t, "somebody's wish", r.apply(t.Context(), config.with("renew", "today")), "ERROR: The funds do not last")
	says(t, "with more funds", r.apply(t.Context(), config.with("budget", fields{"limit_usd": 50, "start_hours": 1})))
	if n := w.acted("CreateStack"); n != 2 || r.has("status") != "running" {
		t.Errorf("%d stacks were made, and it is %s", n, r.has("status"))
	}
	// Another month begins, and what the last one cost is not this one's.
	w.passEnd()
	w.beginMonth()
	r.refresh(r.process())
	if r.has("status") != "not running" || strings.Contains(r.has("accrued_cost_usd"), "1.") {
		t.Errorf("it is %s and has cost %s this month", r.has("status"), r.has("accrued_cost_usd"))
	}
}

// Who may not ask for costs can look at a cluster, take its budget away, and destroy it.
func TestCostsOfASlideruleClusterMayBeRefused(t *testing.T) {
	t.Parallel()
	w := newFoundedWorld(t)
	r := w.newRun()
	config := small.with("budget", fields{"limit_usd": 500})
	says(t, "the first apply", r.apply(t.Context(), config))
	if r.has("accrued_cost_usd") == "" {
		t.Error("nobody knows what it has cost")
	}
	w.must(w.Wire.AddFault(wire.Fault{Vendor: "aws", Path: "GetCostAndUsage", Kind: wire.Status, Status: 400, Reason: "AccessDeniedException", Times: -1}))
	const refused = "WARNING: What clusters have cost could not be looked up"
	planned, said := r.plan(r.process(), config)
	says(t, "a plan", said, refused, "ce:GetCostAndUsage")
	if strings.Count(said, "ce:GetCostAndUsage") != 1 || strings.Contains(said, "ERROR") || r.changes(planned) || r.has("accrued_cost_usd") != "" {
		t.Errorf("it has cost %q, and the plan says %s", r.has("accrued_cost_usd"), said)
	}
	says(t, "without a budget", r.apply(t.Context(), small), refused)
	if r.has("outcome") != "resized" || r.has("accrued_cost_usd") != "" {
		t.Errorf("outcome %s", r.has("outcome"))
	}
	says(t, "without costs", r.apply(t.Context(), small))
	says(t, "the destroy", r.apply(t.Context(), nil))
	if w.stack("dev-cluster") != nil {
		t.Error("the stack is left")
	}
}

// A budget needs the price of each machine, and prices of the region.
func TestPricesOfASlideruleBudget(t *testing.T) {
	t.Parallel()
	w := newFoundedWorld(t)
	r := w.newRun()
	machines := small.with("nodes", fields{"instance_types": []any{"t4g.2xlarge", "x2gd.metal"}})
	_, said := r.plan(r.process(), machines)
	says(t, "without a budget", said)
	planned, said := r.plan(r.process(), machines.with("budget", fields{"limit_usd": 500}))
	says(t, "a machine of unknown price", said, "ERROR", "x2gd.metal", "sliderule.prices.instances")
	if len(planned.Diagnostics) != 1 || planned.Diagnostics[0].Attribute.String() != `AttributeName("nodes").AttributeName("instance_types")` {
		t.Errorf("it is told at %v", planned.Diagnostics)
	}
	r.block = fields{"prices": fields{"date": "2026-01-31", "region": "eu-central-1"}}
	p := r.process()
	config := small.with("budget", fields{"limit_usd": 500})
	_, said = r.plan(p, config)
	says(t, "prices of another region", said, "WARNING: The prices are of another region", "eu-central-1", slideruleRegion, "sliderule.prices")
	_, said = r.plan(p, config.with("cluster", "other"))
	says(t, "told once", said)
	_, said = r.plan(r.process(), small)
	says(t, "without a budget", said)
}
