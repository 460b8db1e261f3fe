package provider

import (
	"slices"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/data-access/terraform-provider-provisioner/internal/sliderule"
)

type change = func(*slideruleClusterModel)

// The changes that a plan may have, and the plights that a cluster may be in.
var (
	bigger     change = func(m *slideruleClusterModel) { m.NodeCapacity = types.Int64Value(5) }
	longer     change = func(m *slideruleClusterModel) { m.TimeToLive = types.Int64Value(120) }
	again      change = func(m *slideruleClusterModel) { m.Renew = types.StringValue("again") }
	reshaped   change = func(m *slideruleClusterModel) { m.MinNodes = types.Int64Value(1) }
	newer      change = func(m *slideruleClusterModel) { m.Version = types.StringValue("v5.5.0") }
	public     change = func(m *slideruleClusterModel) { m.IsPublic = types.BoolValue(true) }
	elsewhere  change = func(m *slideruleClusterModel) { m.AvailabilityZones = listOf("us-west-2d") }
	notWaiting change = func(m *slideruleClusterModel) { m.Wait = types.BoolValue(false) }
	comingBack change = func(m *slideruleClusterModel) { m.WhenExpired = types.StringValue(redeploy) }

	stands = func(status, stack string) change {
		return func(m *slideruleClusterModel) {
			m.Status, m.StackStatus = types.StringValue(status), stringOrNull(stack)
		}
	}
	running    = stands("running", "CREATE_COMPLETE")
	onItsWay   = stands("in-progress deployment", "CREATE_IN_PROGRESS")
	rolledBack = stands("not running", "ROLLBACK_COMPLETE")
	rolling    = stands("in-progress destruction", "ROLLBACK_IN_PROGRESS")
	dying      = stands("in-progress destruction", "DELETE_IN_PROGRESS")
	held       = stands("in-progress destruction", "DELETE_FAILED")
	gone       = stands("not running", "")

	endless  change = func(m *slideruleClusterModel) { m.ExpiresAt = types.StringNull() }
	imported change = func(m *slideruleClusterModel) { m.TimeToLive = types.Int64Null() }
)

func TestWhatAnApplyDoes(t *testing.T) {
	t.Parallel()
	alive, dead := slideruleNow, slideruleNow.Add(2*time.Hour) // its end is after an hour
	all := func(changes ...change) []change { return changes }
	for name, c := range map[string]struct {
		state []change
		plan  []change
		now   time.Time
		want  deed
	}{
		"as it is":                         {all(running), nil, alive, leaves},
		"another size":                     {all(running), all(bigger), alive, renews},
		"a longer life":                    {all(running), all(longer), alive, renews},
		"renewed":                          {all(running), all(again), alive, renews},
		"another shape":                    {all(running), all(reshaped), alive, renews},
		"another version":                  {all(running), all(newer), alive, replaces},
		"other zones":                      {all(running), all(elsewhere), alive, replaces},
		"imported, its zones told":         {all(running, imported), all(elsewhere), alive, leaves},
		"expired, other zones":             {all(gone), all(elsewhere), dead, leaves},
		"public":                           {all(running), all(public, bigger), alive, replaces},
		"only what we do with it":          {all(running), all(notWaiting, comingBack), alive, leaves},
		"late to end":                      {all(running), nil, dead, leaves},
		"without an end":                   {all(running, endless), nil, alive, renews},
		"imported":                         {all(running, imported), all(again), alive, leaves},
		"imported, of another size":        {all(running, imported), all(bigger), alive, renews},
		"under way":                        {all(onItsWay), nil, alive, renews},
		"under way, not waited for":        {all(onItsWay, notWaiting), all(notWaiting), alive, leaves},
		"under way, and to be bigger":      {all(onItsWay, notWaiting), all(notWaiting, bigger), alive, renews},
		"under way, and another version":   {all(onItsWay), all(newer), alive, replaces},
		"rolled back":                      {all(rolledBack), nil, alive, remakes},
		"rolled back, not waited for":      {all(rolledBack), all(notWaiting), alive, remakes},
		"rolled back, and another version": {all(rolledBack), all(newer), alive, remakes},
		"rolling back":                     {all(rolling), nil, alive, remakes},
		"rolling back, not waited for":     {all(rolling, notWaiting), all(notWaiting), alive, leaves},
		"being deleted by hand":            {all(dying), nil, alive, remakes},
		"expired":                          {all(gone), nil, dead, leaves},
		"expired a moment early":           {all(gone), nil, slideruleNow.Add(58 * time.Minute), leaves},
		"expired, being deleted":           {all(dying), nil, dead, leaves},
		"expired, deletion failed":         {all(held), nil, dead, leaves},
		"expired, another shape":           {all(gone), all(reshaped), dead, leaves},
		"expired, another version":         {all(gone), all(newer), dead, leaves},
		"expired, not waited for":          {all(gone), all(notWaiting), dead, leaves},
		"expired, to come back":            {all(gone), all(comingBack), dead, remakes},
		"expiring, to come back":           {all(dying, notWaiting), all(notWaiting, comingBack), dead, remakes},
		"expired, renewed":                 {all(gone), all(again), dead, remakes},
		"expired, bigger":                  {all(gone), all(bigger, newer), dead, remakes},
		"expired, longer":                  {all(gone), all(longer), dead, remakes},
		"expired before it was imported":   {all(gone, imported), nil, dead, leaves},
	} {
		state := slideruleModelOf(c.state...)
		plan := slideruleModelOf(append(slices.Clone(c.state), c.plan...)...)
		if plan.TimeToLive.IsNull() {
			plan.TimeToLive = types.Int64Value(60)
		}
		if got := plan.deed(&state, plan.differs(&state), c.now); got != c.want {
			t.Errorf("%s: %d, want %d", name, got, c.want)
		}
	}
}

// A cluster whose end has come is made anew by somebody's wish, or because it is to come back: only the latter may wait.
func TestWhatNobodyWants(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		state, plan []change
		want        bool
	}{
		"expired, to come back":                         {[]change{gone}, []change{comingBack}, true},
		"expired, to come back, of another shape":       {[]change{gone}, []change{comingBack, reshaped}, true},
		"being deleted, to come back, not waited for":   {[]change{dying, notWaiting}, []change{comingBack}, true},
		"expired, to come back, and renewed":            {[]change{gone}, []change{comingBack, again}, false},
		"expired, and stays down":                       {[]change{gone}, nil, false},
		"running, and to come back when it has expired": {[]change{running}, []change{comingBack}, false},
	} {
		state := slideruleModelOf(c.state...)
		plan := slideruleModelOf(append(slices.Clone(c.state), c.plan...)...)
		if got := plan.isUnbidden(&state, plan.differs(&state), slideruleNow.Add(2*time.Hour)); got != c.want {
			t.Errorf("%s: %t", name, got)
		}
	}
	rolled := slideruleModelOf(rolledBack, comingBack)
	if rolled.isUnbidden(&rolled, difference{}, slideruleNow) {
		t.Error("a cluster that is down before its end is wanted")
	}
}

// AWS may know of an earlier end than the state, and what a state says of costs may be another month's.
func TestWhatIsLeftOfAClusterThatIsGone(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		told sliderule.Cluster
		want string
	}{
		"nothing is told":          {sliderule.Cluster{}, "2026-01-02T04:04:05Z"},
		"an end that came":         {sliderule.Cluster{ExpiresAt: slideruleNow.Add(-time.Hour), Ended: true}, "2026-01-02T02:04:05Z"},
		"an end that comes":        {sliderule.Cluster{ExpiresAt: slideruleNow.Add(30 * time.Minute)}, "2026-01-02T04:04:05Z"},
		"an end a moment ago":      {sliderule.Cluster{ExpiresAt: slideruleNow.Add(time.Minute)}, "2026-01-02T03:05:05Z"},
		"a clock of AWS's, ahead":  {sliderule.Cluster{ExpiresAt: slideruleNow.Add(30 * time.Minute), Ended: true}, "2026-01-02T03:04:05Z"},
		"a state that knew it all": {sliderule.Cluster{ExpiresAt: slideruleNow.Add(time.Hour), Ended: true}, "2026-01-02T03:04:05Z"},
	} {
		m := slideruleModelOf()
		if m.learnEnd(&c.told, slideruleNow); m.ExpiresAt.ValueString() != c.want {
			t.Errorf("%s: it ends at %s", name, m.ExpiresAt)
		}
	}
	m := slideruleModelOf(func(m *slideruleClusterModel) { m.AccruedCostUSD = types.Float64Value(99) })
	if m.ended(&sliderule.Cluster{}); !m.AccruedCostUSD.IsNull() {
		t.Errorf("last month's %s is told", m.AccruedCostUSD)
	}
	if m.ended(&sliderule.Cluster{CostsKnown: true, AccruedUSD: 12.345}); !m.AccruedCostUSD.Equal(types.Float64Value(12.35)) {
		t.Errorf("it has cost %s", m.AccruedCostUSD)
	}
}

func TestPlansMakeUnknownWhatMayChange(t *testing.T) {
	t.Parallel()
	made := func(m *slideruleClusterModel) {
		m.StackID, m.AMI, m.Endpoint, m.ILBAddress = types.StringValue("arn"), types.StringValue("ami-1"), types.StringValue("https://dev"), types.StringValue("192.0.2.1")
	}
	state := slideruleModelOf(made)
	resized := slideruleModelOf(made, bigger)
	resized.planDeed(&state, resized.differs(&state), renews)
	if !resized.Status.IsUnknown() || !resized.ExpiresAt.IsUnknown() || !resized.Outcome.IsUnknown() || !resized.CurrentNodes.IsUnknown() ||
		resized.StackID.IsUnknown() || resized.AMI.IsUnknown() || resized.Endpoint.IsUnknown() || resized.ILBAddress.IsUnknown() || resized.ImageDigest.IsUnknown() {
		t.Errorf("a resize: %+v", resized)
	}
	remade := slideruleModelOf(made)
	remade.planDeed(&state, difference{}, remakes)
	if !remade.StackID.IsUnknown() || !remade.AMI.IsUnknown() || !remade.ILBAddress.IsUnknown() || !remade.ImageDigest.IsUnknown() || remade.Endpoint.IsUnknown() {
		t.Errorf("a cluster made anew: %+v", remade)
	}
	// What an apply that did not wait could not tell yet, the one that waits does.
	begun := slideruleModelOf(onItsWay)
	joined := slideruleModelOf(onItsWay)
	joined.planDeed(&begun, difference{}, renews)
	if !joined.ILBAddress.IsUnknown() || !joined.Endpoint.IsUnknown() || !joined.GroupName.IsUnknown() {
		t.Errorf("a cluster that is waited for: %+v", joined)
	}
}

func TestWarningsSayHowAClusterStands(t *testing.T) {
	t.Parallel()
	alive, dead := slideruleNow, slideruleNow.Add(2*time.Hour)
	for name, c := range map[string]struct {
		state, plan []change
		now         time.Time
		want        string // the summary; "" is none
	}{
		"up":                        {[]change{running}, nil, alive, ""},
		"under way":                 {[]change{onItsWay}, nil, alive, ""},
		"without an end":            {[]change{running, endless}, nil, alive, "A cluster runs without an end"},
		"rolled back":               {[]change{rolledBack}, nil, alive, "A cluster is not up"},
		"expired":                   {[]change{gone}, nil, dead, "A cluster has expired"},
		"expired, and changed":      {[]change{gone}, []change{reshaped}, dead, "An expired cluster stays down"},
		"expired, and wanted":       {[]change{gone}, []change{again}, dead, "An expired cluster is deployed anew"},
		"expired, and to come back": {[]change{gone}, []change{comingBack}, dead, ""},
	} {
		state := slideruleModelOf(c.state...)
		plan := slideruleModelOf(append(slices.Clone(c.state), c.plan...)...)
		var diags diag.Diagnostics
		d := plan.differs(&state)
		warnOfStanding(&state, d, plan.deed(&state, d, c.now), c.now, &diags)
		got := ""
		if len(diags) > 0 {
			got = diags[0].Summary()
		}
		if got != c.want || len(diags) > 1 {
			t.Errorf("%s: %v, want %q", name, diags, c.want)
		}
	}
}
