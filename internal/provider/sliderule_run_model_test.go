package provider

import (
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/run"
	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/run/script"
)

// runInput says all that a configuration can say of a run.
func runInput() slideruleRunInput {
	return slideruleRunInput{
		Cluster: types.StringValue("dev"), Version: types.StringValue("v5.5.1"), TimeLimit: types.Int64Value(45), AllowOnDemand: types.BoolValue(true),
		InstanceTypes: listOf("m8g.2xlarge", "m7g.2xlarge"), Architecture: types.StringValue("arm64"), Zones: listOf("us-west-2b"), Subnets: listOf("subnet-1"),
		SecurityGroup: types.StringValue("sg-1"), VolumeGB: types.Int64Value(80), Retries: types.Int64Value(2), Repository: types.StringValue("https://example.org/a/b.git"),
	}
}

func TestRunInputToEngine(t *testing.T) {
	t.Parallel()
	in, none := runInput(), noRunInput()
	all := run.Wanted{
		Kind: script.Test, Cluster: "dev", Version: "v5.5.1", TimeLimit: 45 * time.Minute, AllowOnDemand: true, InstanceTypes: []string{"m8g.2xlarge", "m7g.2xlarge"}, Architecture: "arm64",
		VolumeGB: 80, Zones: []string{"us-west-2b"}, Subnets: []string{"subnet-1"}, SecurityGroup: "sg-1", Retries: 2, Repository: "https://example.org/a/b.git",
	}
	if got := in.test(); !reflect.DeepEqual(got, all) {
		t.Errorf("got  %+v\nwant %+v", got, all)
	}
	all.Kind, all.Overwrite, all.MoveLatest, all.Images = script.Release, true, true, []string{"ilb"}
	more := slideruleReleaseInput{Overwrite: types.BoolValue(true), MoveLatest: types.BoolValue(true), ImageNames: listOf("ilb")}
	if got := in.release(&more); !reflect.DeepEqual(got, all) {
		t.Errorf("got  %+v\nwant %+v", got, all)
	}
	// What is left out, or not known yet, is the engine's to decide.
	if got := none.test(); !reflect.DeepEqual(got, run.Wanted{Kind: script.Test}) {
		t.Errorf("of nothing it makes %+v", got)
	}
	none.InstanceTypes, none.TimeLimit, none.Version = types.ListUnknown(types.StringType), types.Int64Unknown(), types.StringUnknown()
	if got := none.test(); !reflect.DeepEqual(got, run.Wanted{Kind: script.Test}) {
		t.Errorf("of what is not known it makes %+v", got)
	}
}

// Every attribute that the engine has to do with is among those that are judged and that replace.
func TestDeclaredOfRuns(t *testing.T) {
	t.Parallel()
	in, more := runInput(), noReleaseInput()
	inputs, releases := len(in.declared()), len(more.declared())
	if fields := reflect.TypeFor[slideruleRunInput]().NumField(); inputs != fields {
		t.Errorf("%d of %d attributes are declared", inputs, fields)
	}
	if fields := reflect.TypeFor[slideruleReleaseInput]().NumField(); releases != fields {
		t.Errorf("%d of %d attributes of a release are declared", releases, fields)
	}
}

var endedRun = run.Run{
	ID: "test-20260102030405-abc", Attempt: 2, Previous: []string{"test-20260102020405-abc"}, Status: run.Failed, Reason: "ams failed",
	InstanceID: "i-1", InstanceType: "m8g.2xlarge", Zone: "us-west-2a", Spot: true, StartedAt: slideruleNow, EndsAt: slideruleNow.Add(time.Hour), EndedAt: slideruleNow.Add(time.Minute),
	SummaryURI: "s3://b/s", LogURI: "s3://b/l", Commit: "abc", Suites: map[string]script.Suite{"ams": {Status: "failed", Passed: 10, Failed: 2, Skipped: 1, Errors: 3, Seconds: 1.5}},
}

func TestRunResultToModel(t *testing.T) {
	t.Parallel()
	m := &slideruleTestModel{slideruleRunModel: emptyRun()}
	m.Retries = types.Int64Value(5)
	m.blur()
	m.began(&endedRun)
	m.took(&endedRun)
	suite := types.ObjectValueMust(suiteTypes, map[string]attr.Value{
		"status": types.StringValue("failed"), "passed": types.Int64Value(10), "failed": types.Int64Value(2), "skipped": types.Int64Value(1), "errors": types.Int64Value(3), "seconds": types.Float64Value(1.5),
	})
	for name, got := range map[string][2]attr.Value{
		"id": {m.ID, types.StringValue("test-20260102030405-abc")}, "run_id": {m.RunID, m.ID}, "status": {m.Status, types.StringValue("failed")}, "reason": {m.Reason, types.StringValue("ams failed")},
		"attempt": {m.Attempt, types.Int64Value(2)}, "previous_run_ids": {m.Previous, listOf("test-20260102020405-abc")}, "started_at": {m.StartedAt, types.StringValue("2026-01-02T03:04:05Z")},
		"ended_at": {m.EndedAt, types.StringValue("2026-01-02T03:05:05Z")}, "ends_at": {m.EndsAt, types.StringValue("2026-01-02T04:04:05Z")}, "instance_id": {m.InstanceID, types.StringValue("i-1")},
		"instance_type": {m.InstanceType, types.StringValue("m8g.2xlarge")}, "spot": {m.Spot, types.BoolValue(true)}, "zone": {m.Zone, types.StringValue("us-west-2a")}, "commit": {m.Commit, types.StringValue("abc")},
		"log_uri": {m.LogURI, types.StringValue("s3://b/l")}, "summary_uri": {m.SummaryURI, types.StringValue("s3://b/s")},
		"suites": {m.Suites, types.MapValueMust(types.ObjectType{AttrTypes: suiteTypes}, map[string]attr.Value{"ams": suite})},
	} {
		if !got[0].Equal(got[1]) {
			t.Errorf("%s is %s, want %s", name, got[0], got[1])
		}
	}
	// What only the machine told stays known when EC2 has forgotten it.
	m.saw(&run.Run{ID: "test-20260102030405-abc", Status: run.Passed, StartedAt: slideruleNow.Add(time.Second)})
	if m.InstanceID.ValueString() != "i-1" || m.StartedAt.ValueString() != "2026-01-02T03:04:05Z" || m.Status.ValueString() != "passed" || !m.Reason.IsNull() {
		t.Errorf("it has forgotten: %+v", m)
	}
}

func TestReleaseResultToModel(t *testing.T) {
	t.Parallel()
	m := &slideruleReleaseModel{slideruleRunModel: emptyRun(), Images: types.MapUnknown(types.StringType)}
	if m.took(&run.Run{}); !m.Images.IsNull() {
		t.Errorf("without a result its images are %s", m.Images)
	}
	if m.took(&run.Run{Digests: map[string]string{"ilb": "sha256:1"}}); !m.Images.Equal(mapOf(map[string]string{"ilb": "sha256:1"})) {
		t.Errorf("its images are %s", m.Images)
	}
	if m.took(&run.Run{}); m.Images.IsNull() {
		t.Error("a look at a run without a summary takes its images away")
	}
}

// A run that is waited for again has what only we know: what it was started for, and the attempts before it.
func TestResumedRun(t *testing.T) {
	t.Parallel()
	plan, state := &slideruleTestModel{slideruleRunModel: emptyRun()}, emptyRun()
	plan.Retries, plan.Version = types.Int64Value(3), types.StringValue("main")
	state.Previous, state.Attempt = listOf("test-1"), types.Int64Value(2)
	on := resumed(&run.Run{ID: "test-2", Wanted: run.Wanted{Kind: script.Test}, InstanceID: "i-1"}, plan, &state)
	if on.ID != "test-2" || on.Retries != 3 || on.Version != "main" || !slices.Equal(on.Previous, []string{"test-1"}) || on.Attempt != 2 || on.InstanceID != "i-1" {
		t.Errorf("got %+v", on)
	}
	if first := resumed(&run.Run{}, plan, &slideruleRunModel{}); first.Attempt != 1 || first.Previous != nil {
		t.Errorf("got %+v", first)
	}
}

// What an apply that waits may still change is unknown in its plan; what it cannot is not.
func TestBlurredRun(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		retries types.Int64
		another bool // attempt may come
	}{
		"no retries": {types.Int64Value(0), false}, "one, which is used up": {types.Int64Value(1), false}, "two, of which one is left": {types.Int64Value(2), true}, "who knows how many": {types.Int64Unknown(), true},
	} {
		m := &slideruleTestModel{slideruleRunModel: emptyRun()}
		m.Retries, m.Previous, m.RunID = c.retries, listOf("test-1"), types.StringValue("test-2")
		m.blur()
		if !m.Status.IsUnknown() || !m.Suites.IsUnknown() || m.RunID.IsUnknown() != c.another || m.Previous.IsUnknown() != c.another {
			t.Errorf("%s: status %s, suites %s, run_id %s, previous_run_ids %s", name, m.Status, m.Suites, m.RunID, m.Previous)
		}
	}
}

func TestWhatReplacesARun(t *testing.T) {
	t.Parallel()
	state := func() *slideruleReleaseModel {
		m := &slideruleReleaseModel{slideruleRunModel: emptyRun(), slideruleReleaseInput: noReleaseInput()}
		m.slideruleRunInput = runInput()
		return m
	}
	imported := &slideruleReleaseModel{slideruleRunModel: emptyRun(), slideruleReleaseInput: noReleaseInput()}
	imported.Version = types.StringValue("v5.5.1")
	for name, c := range map[string]struct {
		change func(*slideruleReleaseModel)
		from   *slideruleReleaseModel
		want   []string
	}{
		"nothing":               {func(*slideruleReleaseModel) {}, state(), nil},
		"its version":           {func(m *slideruleReleaseModel) { m.Version = types.StringValue("v6.0.0") }, state(), []string{"version"}},
		"a trigger":             {func(m *slideruleReleaseModel) { m.Triggers = mapOf(map[string]string{"a": "1"}) }, state(), []string{"triggers"}},
		"its images":            {func(m *slideruleReleaseModel) { m.ImageNames = listOf("ilb") }, state(), []string{"image_names"}},
		"not known yet":         {func(m *slideruleReleaseModel) { m.Cluster = types.StringUnknown() }, state(), []string{"cluster"}},
		"how it is treated":     {func(m *slideruleReleaseModel) { m.Wait, m.DeleteLogs = types.BoolValue(false), types.BoolValue(true) }, state(), nil},
		"how often":             {func(m *slideruleReleaseModel) { m.Retries = types.Int64Value(4) }, state(), nil},
		"permission":            {func(m *slideruleReleaseModel) { m.Overwrite = types.BoolValue(true) }, state(), nil},
		"an import":             {func(*slideruleReleaseModel) {}, imported, nil},
		"another than imported": {func(m *slideruleReleaseModel) { m.Version = types.StringValue("v6.0.0") }, imported, []string{"version"}},
	} {
		plan := state()
		c.change(plan)
		if got := changedOfRun(plan, c.from, c.from == imported); !slices.Equal(got, c.want) {
			t.Errorf("%s: replaced for %v, want %v", name, got, c.want)
		}
	}
}

func TestHowLongARunMayTake(t *testing.T) {
	t.Parallel()
	m := emptyRun()
	for _, c := range []struct {
		kind    script.Kind
		limit   types.Int64
		retries int64
		want    time.Duration
	}{
		{script.Test, types.Int64Null(), 0, 110 * time.Minute},
		{script.Release, types.Int64Null(), 0, 150 * time.Minute},
		{script.Test, types.Int64Value(60), 0, 90 * time.Minute},
		{script.Test, types.Int64Value(60), 2, 210 * time.Minute},
	} {
		m.TimeLimit, m.Retries = c.limit, types.Int64Value(c.retries)
		if got := m.attempts(c.kind); got != c.want {
			t.Errorf("%s of %s, %d times: %s, want %s", c.kind, c.limit, c.retries, got, c.want)
		}
	}
}
