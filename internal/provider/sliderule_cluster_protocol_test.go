package provider_test

import (
	"context"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/moto"
	"github.com/data-access/terraform-provider-provisioner/internal/sliderule"
)

// says asserts that something was said, or that nothing was.
func says(t *testing.T, what, said string, want ...string) {
	t.Helper()
	if len(want) == 0 && strings.TrimSpace(said) != "" {
		t.Errorf("%s: %s", what, said)
	}
	if err := contains(said, want...); err != nil {
		t.Errorf("%s: %v", what, err)
	}
}

// A plan says in words how a cluster stands, each time.
func TestPlansSayHowASlideruleClusterStands(t *testing.T) {
	t.Parallel()
	w := newFoundedWorld(t)
	r := w.newRun()
	plan := func(config fields) string {
		_, said := r.plan(r.process(), config)
		return said
	}
	says(t, "the first apply", r.apply(t.Context(), small))
	says(t, "a plan while it runs", plan(small))

	w.unschedule()
	says(t, "without a schedule", plan(small), "WARNING: A cluster runs without an end", "dev")
	says(t, "the apply that schedules", r.apply(t.Context(), small), "without an end")

	end := r.has("expires_at")
	w.passEnd()
	w.pass(30 * time.Minute)
	for range 2 {
		says(t, "expired", plan(small), "WARNING: A cluster has expired", "dev expired at "+end, "change renew", `when_expired = "redeploy"`)
	}
	says(t, "expired and reshaped", plan(small.with("min_nodes", 1)), "WARNING: An expired cluster stays down", end, "holds when it is deployed again")
	says(t, "expired and wanted", plan(small.with("renew", "1")), "WARNING: An expired cluster is deployed anew", "because renew changed")
	says(t, "to be redeployed", plan(small.with("when_expired", "redeploy")))

	// Its deletion fails: it may cost, and the plan says so.
	says(t, "redeployed", r.apply(t.Context(), small.with("renew", "1")), "deployed anew")
	w.must(w.AWS().Fail(t.Context(), moto.Failure{Stack: "dev-cluster", Resource: "Network", Operation: "delete", Reason: "held", Times: -1}))
	w.passEnd()
	w.pass(30 * time.Minute)
	says(t, "held", plan(small.with("renew", "1")), "A cluster has expired", "DELETE_FAILED", "may cost")
}

// A run that is killed leaves a cluster with our tags and its end, and the next one finds it.
func TestAKilledSlideruleDeploymentIsFound(t *testing.T) {
	t.Parallel()
	w := newFoundedWorld(t)
	r := w.newRun()
	ctx, kill := context.WithCancel(t.Context())
	var dead atomic.Bool
	w.clock.frozen.Store(true)
	go func() { // the wait for the stack begins when it was made
		for w.stack("dev-cluster") == nil && !dead.Load() {
			time.Sleep(20 * time.Millisecond)
		}
		kill()
	}()
	if said := r.apply(ctx, small); !strings.HasSuffix(said, "killed") || r.state != nil {
		t.Fatalf("it was not killed: %s", said)
	}
	dead.Store(true)
	w.clock.frozen.Store(false)
	found, err := w.region().Status(t.Context(), "dev")
	w.must(err)
	if found.State != sliderule.Deploying || found.ExpiresAt.IsZero() || !found.Managed {
		t.Errorf("left is %+v", found)
	}
	says(t, "the next apply", r.apply(t.Context(), small), "WARNING: The cluster is there already", "takes it over")
	if r.has("outcome") != "created" || r.has("status") != "running" || r.has("stack_id") != found.StackID {
		t.Errorf("outcome %s, status %s, stack %s", r.has("outcome"), r.has("status"), r.has("stack_id"))
	}
	// A state that was lost finds what is complete, and says so.
	lost := w.newRun()
	says(t, "with a lost state", lost.apply(t.Context(), small), "takes it over")
	if lost.has("outcome") != "no_action" || w.acted("CreateStack") != 1 {
		t.Errorf("outcome %s, %d stacks", lost.has("outcome"), w.acted("CreateStack"))
	}
	// One that is public, or another version, cannot become what is wanted.
	says(t, "public", w.newRun().apply(t.Context(), small.with("is_public", true)), "ERROR: The cluster is there already, and is another", "is_public = false", "Set is_public to false, or destroy")
}

// What came between a plan and its apply is looked for again, before anything is changed.
func TestASlideruleClusterThatCameAfterThePlan(t *testing.T) {
	t.Parallel()
	w := newFoundedWorld(t)
	config := small.with("version", "v5.5.0")
	r := w.newRun()
	planned, said := r.plan(r.process(), config)
	says(t, "the plan", said)
	made, err := w.region().Deploy(t.Context(), sliderule.Wanted{Cluster: "dev", NodeCapacity: 1, TimeToLive: 5 * time.Hour}, true)
	w.must(err)
	says(t, "the apply", r.applyPlan(t.Context(), planned, config), "ERROR: The cluster is there already, and is another", "version = latest", "v5.5.0")
	found, err := w.region().Status(t.Context(), "dev")
	w.must(err)
	if found.NodeCapacity != 1 || !found.ExpiresAt.Equal(made.ExpiresAt) || r.state != nil {
		t.Errorf("it became %+v", found)
	}
	// It expires between a plan that resizes it and the apply: it is somebody's wish that it runs.
	r = w.newRun()
	says(t, "taken over", r.apply(t.Context(), small), "takes it over")
	planned, _ = r.plan(r.process(), small.with("node_capacity", 3))
	w.passEnd()
	w.pass(30 * time.Minute)
	says(t, "the late apply", r.applyPlan(t.Context(), planned, small.with("node_capacity", 3)))
	says(t, "the plan after it", func() string { _, said := r.plan(r.process(), small.with("node_capacity", 3)); return said }())
	if r.has("outcome") != "created" || r.has("status") != "running" || w.stack("dev-cluster") == nil {
		t.Errorf("outcome %s, status %s", r.has("outcome"), r.has("status"))
	}
}

// Two resources for one cluster are refused, as is one that goes and comes in one plan.
func TestTwoResourcesForOneSlideruleCluster(t *testing.T) {
	t.Parallel()
	w := newFoundedWorld(t)
	r := w.newRun()
	p := r.process()
	_, said := r.plan(p, small)
	says(t, "one", said)
	_, said = w.newRun().plan(p, small)
	says(t, "two", said, "ERROR: Two clusters would have one name", "dev", "Give each its own name")

	says(t, "made", r.apply(t.Context(), small))
	moved := w.newRun()
	p = r.process()
	_, said = r.plan(p, nil)
	says(t, "going", said)
	_, said = moved.plan(p, small)
	says(t, "coming", said, "ERROR: A cluster would be destroyed and made anew", "moved block")
	p = r.process()
	_, said = moved.plan(p, small)
	says(t, "coming first", said, "takes it over")
	_, said = r.plan(p, nil)
	says(t, "going last", said, "A cluster would be destroyed and made anew")

	// When both happen all the same, what one of them has is not destroyed by the other.
	p = r.process()
	of := p.clusterValue()
	planned, _ := w.newRun().plan(r.process(), small)
	made, err := p.ApplyResourceChange(t.Context(), &tfprotov6.ApplyResourceChangeRequest{
		TypeName: slideruleClusterType, PriorState: p.dynamic(tftypes.NewValue(of, nil)), PlannedState: planned.PlannedState, Config: p.dynamic(valueOf(of, small)), PlannedIdentity: planned.PlannedIdentity,
	})
	w.must(err)
	says(t, "made at the other address", told(made.Diagnostics))
	null := p.dynamic(tftypes.NewValue(of, nil))
	gone, err := p.ApplyResourceChange(t.Context(), &tfprotov6.ApplyResourceChangeRequest{TypeName: slideruleClusterType, PriorState: r.state, PlannedState: null, Config: null})
	w.must(err)
	says(t, "destroyed at the first", told(gone.Diagnostics), "WARNING: A cluster was left in place", "another resource of this configuration has it now")
	if w.stack("dev-cluster") == nil {
		t.Error("the cluster is gone")
	}
}

var slideruleIdentity = tftypes.Object{AttributeTypes: map[string]tftypes.Type{"cluster": tftypes.String, "region": tftypes.String, "account": tftypes.String}}

func TestListOfSlideruleClusters(t *testing.T) {
	t.Parallel()
	w := newFoundedWorld(t)
	for _, name := range []string{"ana", "bob"} {
		_, err := w.region().Deploy(t.Context(), sliderule.Wanted{Cluster: name, NodeCapacity: 1, TimeToLive: time.Hour}, name == "ana")
		w.must(err)
	}
	p := w.newRun().process()
	list := func(limit int64, whole bool, config fields) []tfprotov6.ListResourceResult {
		of := p.schemas.ListResourceSchemas[slideruleClusterType].ValueType()
		stream, err := p.ListResource(t.Context(), &tfprotov6.ListResourceRequest{TypeName: slideruleClusterType, Config: p.dynamic(valueOf(of, config)), Limit: limit, IncludeResource: whole})
		w.must(err)
		return slices.Collect(stream.Results)
	}
	all := list(0, true, fields{})
	if len(all) != 2 || all[0].DisplayName != "ana (running)" {
		t.Fatalf("got %+v", all)
	}
	for i, name := range []string{"ana", "bob"} {
		for field, want := range map[string]string{"cluster": name, "region": slideruleRegion, "account": awsAccount} {
			if got := p.field(all[i].Identity.IdentityData, slideruleIdentity, field); got != want {
				t.Errorf("%s of %s is %q", field, name, got)
			}
		}
		if got := p.field(all[i].Resource, p.clusterValue(), "id"); got != name || len(all[i].Diagnostics) > 0 {
			t.Errorf("got %+v", all[i])
		}
	}
	if bare := list(1, false, fields{}); len(bare) != 1 || bare[0].Resource != nil {
		t.Errorf("one without its resource: %+v", bare)
	}
	if some := list(0, false, fields{"status": "in-progress deployment"}); len(some) != 1 || some[0].DisplayName != "bob (in-progress deployment)" {
		t.Errorf("those on their way: %+v", some)
	}
}

func TestImportOfASlideruleClusterByIdentity(t *testing.T) {
	t.Parallel()
	w := newFoundedWorld(t)
	_, err := w.region().Deploy(t.Context(), sliderule.Wanted{Cluster: "dev", NodeCapacity: 1, TimeToLive: time.Hour}, true)
	w.must(err)
	for name, c := range map[string]struct {
		identity fields
		want     []string
	}{
		"by its name":        {fields{"cluster": "dev"}, nil},
		"by all of it":       {fields{"cluster": "dev", "region": slideruleRegion, "account": awsAccount}, nil},
		"in another region":  {fields{"cluster": "dev", "region": "eu-west-1"}, []string{"ERROR: This cannot be imported", `region = "eu-west-1"`, slideruleRegion}},
		"in another account": {fields{"cluster": "dev", "account": "210987654321"}, []string{"ERROR: This cannot be imported", `account = "210987654321"`, awsAccount}},
	} {
		r := w.newRun()
		p := r.process()
		reply, err := p.ImportResourceState(t.Context(), &tfprotov6.ImportResourceStateRequest{
			TypeName: slideruleClusterType, Identity: &tfprotov6.ResourceIdentityData{IdentityData: p.dynamic(valueOf(slideruleIdentity, c.identity))},
		})
		if err != nil || len(reply.Diagnostics) > 0 || len(reply.ImportedResources) != 1 {
			t.Fatalf("%s: %+v, %v", name, reply, err)
		}
		imported := reply.ImportedResources[0]
		r.state, r.private, r.identity = imported.State, imported.Private, imported.Identity
		says(t, name, told(r.refresh(p)), c.want...)
		if len(c.want) == 0 && (r.has("version") != "latest" || p.field(r.identity.IdentityData, slideruleIdentity, "account") != awsAccount) {
			t.Errorf("%s: version %q", name, r.has("version"))
		}
	}
}
