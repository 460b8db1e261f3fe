package provider_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/runner"
)

const (
	testType    = "provisioner_sliderule_test"
	releaseType = "provisioner_sliderule_release"
)

// mainTest is a test that can be had.
var mainTest = fields{"cluster": "dev", "version": "main"}

// An apply that is interrupted leaves the run as it is, and the next one waits for it again.
func TestASlideruleTestIsWaitedForAgain(t *testing.T) {
	t.Parallel()
	w := newRunWorld(t)
	d := w.drives(testType)
	ctx, interrupt := context.WithCancel(t.Context())
	defer interrupt()
	go func() {
		for len(w.Runner.Machines()) == 0 && t.Context().Err() == nil {
			_ = w.clock.Sleep(t.Context(), 0)
		}
		interrupt()
	}()
	says(t, "the interrupted apply", d.applies(ctx, d.plans(mainTest), mainTest), "WARNING: The wait for a run was cut short", "goes on, and its machine ends at 20", "the next apply waits for it again")
	id := d.attribute("run_id")
	if d.attribute("status") != "running" || len(w.schedules()) != 1 {
		t.Errorf("it is %s, and these are scheduled: %v", d.attribute("status"), w.schedules())
	}
	planned := d.plans(mainTest)
	_, of := d.process()
	if status, kept := textOf(t, planned.PlannedState, of, "status"), textOf(t, planned.PlannedState, of, "run_id"); status != "unknown" || kept != id || replacedFor(planned) != "" {
		t.Errorf("the plan has the status %s of the run %s, and replaces it for %q", status, kept, replacedFor(planned))
	}
	says(t, "the next apply", d.applies(t.Context(), planned, mainTest))
	if d.attribute("status") != "passed" || d.attribute("run_id") != id || w.acted("RunInstances") != 1 {
		t.Errorf("it is %s, as %s after %s", d.attribute("status"), d.attribute("run_id"), id)
	}
	w.listsAndImports(d, id)
}

var runIdentityType = tftypes.Object{AttributeTypes: map[string]tftypes.Type{"run_id": tftypes.String, "region": tftypes.String, "account": tftypes.String}}

// listsAndImports finds the one run that passed.
func (w *slideruleWorld) listsAndImports(d *driven, id string) {
	t := w.t
	t.Helper()
	p, of := d.process()
	list := func(typeName string, config fields, whole bool) []tfprotov6.ListResourceResult {
		stream, err := p.ListResource(context.Background(), &tfprotov6.ListResourceRequest{
			TypeName: typeName, Config: p.dynamic(valueOf(p.schemas.ListResourceSchemas[typeName].ValueType(), config)), IncludeResource: whole,
		})
		w.must(err)
		return slices.Collect(stream.Results)
	}
	all := list(testType, fields{"status": "passed"}, true)
	if len(all) != 1 || all[0].DisplayName != id+" (passed)" || len(all[0].Diagnostics) > 0 || textOf(t, all[0].Resource, of, "version") != "main" {
		t.Fatalf("listed are %+v", all)
	}
	for name, want := range map[string]string{"run_id": id, "region": slideruleRegion, "account": awsAccount} {
		if got := p.field(all[0].Identity.IdentityData, runIdentityType, name); got != want {
			t.Errorf("%s of its identity is %q, want %q", name, got, want)
		}
	}
	if failed, releases := list(testType, fields{"status": "failed"}, false), list(releaseType, fields{}, false); len(failed)+len(releases) != 0 {
		t.Errorf("listed are %+v and %+v", failed, releases)
	}
	for name, c := range map[string]struct {
		identity fields
		want     []string
	}{
		"by its id":          {fields{"run_id": id}, nil},
		"by all of it":       {fields{"run_id": id, "region": slideruleRegion, "account": awsAccount}, nil},
		"in another region":  {fields{"run_id": id, "region": "eu-west-1"}, []string{"ERROR: This cannot be imported", `region = "eu-west-1"`}},
		"in another account": {fields{"run_id": id, "account": "210987654321"}, []string{"ERROR: This cannot be imported", `account = "210987654321"`}},
		"one that is gone":   {fields{"run_id": "test-20200101000000-abc"}, []string{"ERROR: This cannot be imported", "neither a machine nor a summary of the run test-20200101000000-abc"}},
		"a release":          {fields{"run_id": "release-20200101000000-abc"}, []string{"ERROR: This cannot be imported", `"release-20200101000000-abc" is not the id of a test`}},
	} {
		reply, err := p.ImportResourceState(context.Background(), &tfprotov6.ImportResourceStateRequest{TypeName: testType, Identity: &tfprotov6.ResourceIdentityData{IdentityData: p.dynamic(valueOf(runIdentityType, c.identity))}})
		w.must(err)
		said := told(reply.Diagnostics)
		if len(reply.ImportedResources) == 1 && said == "" {
			imported := reply.ImportedResources[0]
			read, err := p.ReadResource(context.Background(), &tfprotov6.ReadResourceRequest{TypeName: testType, CurrentState: imported.State, CurrentIdentity: imported.Identity, Private: imported.Private})
			w.must(err)
			said = told(read.Diagnostics)
			if len(c.want) == 0 {
				w.adopts(read, of)
			}
		}
		if len(c.want) == 0 && said != "" {
			t.Errorf("%s: %s", name, said)
		}
		if err := contains(said, c.want...); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// adopts asserts that a run which was imported takes what could not be read back from the configuration, and is not run
// again for it; another version is another run all the same.
func (w *slideruleWorld) adopts(read *tfprotov6.ReadResourceResponse, of tftypes.Type) {
	w.t.Helper()
	d := &driven{w: w, typeName: testType, state: read.NewState, private: read.Private}
	all := mainTest.with("time_limit", 60).with("allow_on_demand", true).with("zones", []any{"us-west-2a"})
	if why := replacedFor(d.plans(all)); why != "" || textOf(w.t, d.state, of, "status") != "passed" {
		w.t.Errorf("an import is replaced for %s", why)
	}
	if why := replacedFor(d.plans(all.with("version", "v5.5.0"))); why == "" {
		w.t.Error("another version is no other run")
	}
}

// What a run came to never changes. One that nobody knows the end of is run again.
func TestASlideruleTestOfWhichNothingIsLeft(t *testing.T) {
	t.Parallel()
	w := newFoundedWorld(t)
	state := func(status string, ago time.Duration) *driven {
		return w.drives(testType).has(mainTest.with("run_id", "test-20260101000000-abc").with("id", "test-20260101000000-abc").with("status", status).with("wait", true).with("delete_logs", false).
			with("retries", 0).with("allow_on_demand", false).with("reason", "ams (2 failed)").with("log_uri", "s3://logs/test-20260101000000-abc/run.log").
			with("started_at", w.clock.Now().Add(-ago).UTC().Format(time.RFC3339)))
	}
	passed := state("passed", 900*time.Hour)
	says(t, "a run that passed", passed.refreshes())
	if planned := passed.plans(mainTest); passed.attribute("status") != "passed" || replacedFor(planned) != "" || len(planned.Diagnostics) != 0 {
		t.Errorf("a run that passed is %s, and planned as %s%s", passed.attribute("status"), replacedFor(planned), told(planned.Diagnostics))
	}
	failed := state("failed", 900*time.Hour)
	says(t, "a run that failed", failed.refreshes())
	planned := failed.plans(mainTest)
	says(t, "its plan", told(planned.Diagnostics), "WARNING: A run did not pass, and runs again", "test-20260101000000-abc, has ended as failed: ams (2 failed).", "Its log stays at s3://logs/test-20260101000000-abc/run.log.")
	if why := replacedFor(planned); why == "" {
		t.Error("it is not replaced")
	}
	young := state("running", time.Minute)
	says(t, "a run that AWS does not show yet", young.refreshes())
	if young.attribute("status") != "running" {
		t.Errorf("a run that AWS does not show yet is %s", young.attribute("status"))
	}
	old := state("running", 5*time.Hour)
	says(t, "a run that vanished", old.refreshes(), "WARNING: A run has vanished", "test-20260101000000-abc", "The next apply runs again")
	if old.state != nil {
		t.Error("a run that vanished is still in the state")
	}
}

// A run that nobody waited for is told of by a later plan.
func TestASlideruleTestThatNobodyWaitsFor(t *testing.T) {
	t.Parallel()
	w := newRunWorld(t)
	w.Runner.Suite("node", runner.Result{Passed: 1, Failed: 16})
	config := mainTest.with("wait", false)
	d := w.drives(testType)
	says(t, "the apply", d.applies(t.Context(), d.plans(config), config))
	w.settles()
	says(t, "the refresh", d.refreshes())
	planned := d.plans(config)
	says(t, "the plan", told(planned.Diagnostics), "WARNING: A run did not pass, and runs again", "has ended as failed", "Its log stays at s3://")
	if why := replacedFor(planned); why == "" || d.attribute("status") != "failed" {
		t.Errorf("it is %s, and replaced for %q", d.attribute("status"), why)
	}
}
