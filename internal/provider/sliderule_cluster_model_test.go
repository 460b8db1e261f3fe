package provider

import (
	"math"
	"reflect"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/data-access/terraform-provider-provisioner/internal/sliderule"
	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/budget"
)

var slideruleNow = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

// slideruleModelOf is a cluster that runs, in the state.
func slideruleModelOf(changes ...func(*slideruleClusterModel)) slideruleClusterModel {
	m := emptySlideruleCluster()
	m.Cluster, m.ID = types.StringValue("dev"), types.StringValue("dev")
	m.IsPublic, m.Version = types.BoolValue(false), types.StringValue("latest")
	m.NodeCapacity, m.TimeToLive = types.Int64Value(3), types.Int64Value(60)
	m.Wait, m.WhenExpired = types.BoolValue(true), types.StringValue(stayDown)
	m.Status, m.StackStatus = types.StringValue("running"), types.StringValue("CREATE_COMPLETE")
	m.ExpiresAt, m.Outcome = types.StringValue("2026-01-02T04:04:05Z"), types.StringValue("created")
	for _, change := range changes {
		change(&m)
	}
	return m
}

func listOf(texts ...string) types.List { return textList(texts) }

func nodesOf(machines []string, share int64, price float64, volume types.Int64) types.Object {
	list := types.ListNull(types.StringType)
	if machines != nil {
		list = textList(machines)
	}
	return types.ObjectValueMust(nodesTypes, map[string]attr.Value{
		"instance_types": list, "spot_share": types.Int64Value(share), "spot_max_price": types.Float64Value(price), "volume_gb": volume,
	})
}

func budgetOf(limit float64, hours types.Float64, emails ...string) types.Object {
	return types.ObjectValueMust(budgetTypes, map[string]attr.Value{
		"limit_usd": types.Float64Value(limit), "start_hours": hours, "emails": setOf(emails),
	})
}

func TestSlideruleModelToEngine(t *testing.T) {
	t.Parallel()
	m := slideruleModelOf(func(m *slideruleClusterModel) {
		m.MinNodes, m.MaxNodes, m.AvailabilityZones = types.Int64Value(1), types.Int64Value(8), listOf("us-west-2a", "us-west-2b")
		m.Nodes = nodesOf([]string{"r8g.2xlarge", "t4g.2xlarge"}, 50, 0.17, types.Int64Null())
		m.Budget = budgetOf(100, types.Float64Null(), "ana@example.org")
		m.Sleep = types.ObjectValueMust(sleepTypes, map[string]attr.Value{"down": listOf("0 20 * * *"), "up": listOf("0 7 * * 1-5"), "time_zone": types.StringNull()})
	})
	want := sliderule.Wanted{
		Cluster: "dev", NodeCapacity: 3, MinNodes: 1, MaxNodes: 8, TimeToLive: time.Hour, Version: "latest",
		Nodes:  sliderule.Nodes{InstanceTypes: []string{"r8g.2xlarge", "t4g.2xlarge"}, SpotShare: 50, SpotMaxPrice: 0.17, VolumeGB: 40},
		Zones:  []string{"us-west-2a", "us-west-2b"},
		Budget: &sliderule.Budget{Budget: budget.Budget{LimitUSD: 100, StartHours: 24}, Emails: []string{"ana@example.org"}},
		Sleep:  &sliderule.Sleep{Down: []string{"0 20 * * *"}, Up: []string{"0 7 * * 1-5"}, TimeZone: "UTC"},
	}
	if got := m.wanted(); !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	bare := slideruleModelOf()
	want = sliderule.Wanted{Cluster: "dev", NodeCapacity: 3, TimeToLive: time.Hour, Version: "latest", Nodes: sliderule.Nodes{VolumeGB: 40}}
	if got := bare.wanted(); !reflect.DeepEqual(got, want) {
		t.Errorf("bare: got  %+v\nwant %+v", got, want)
	}
}

// A number beyond any range is not one within it, on whatever machine the provider runs.
func TestSlideruleNumbersDoNotWrap(t *testing.T) {
	t.Parallel()
	for _, n := range []int64{math.MinInt64, -1, 0, 1 << 32, 1<<32 + 5, math.MaxInt64} {
		m := slideruleModelOf(func(m *slideruleClusterModel) {
			m.NodeCapacity, m.TimeToLive = types.Int64Value(n), types.Int64Value(n)
		})
		w := m.wanted()
		if (n > 100) != (w.NodeCapacity > 100) || (n < 0) != (w.NodeCapacity < 0) || (n > 525600) != (w.TimeToLive > 525600*time.Minute) || (n < 0) != (w.TimeToLive < 0) || w.TimeToLive%time.Minute != 0 {
			t.Errorf("%d became %d nodes for %s", n, w.NodeCapacity, w.TimeToLive)
		}
	}
}

func TestSlideruleShape(t *testing.T) {
	t.Parallel()
	plain := slideruleModelOf()
	for name, other := range map[string]struct {
		change func(*slideruleClusterModel)
		same   bool
	}{
		"nothing":                 {func(*slideruleClusterModel) {}, true},
		"another size":            {func(m *slideruleClusterModel) { m.NodeCapacity = types.Int64Value(5) }, true},
		"another time to live":    {func(m *slideruleClusterModel) { m.TimeToLive = types.Int64Value(90) }, true},
		"the default minimum":     {func(m *slideruleClusterModel) { m.MinNodes = types.Int64Value(0) }, true},
		"the default maximum":     {func(m *slideruleClusterModel) { m.MaxNodes = types.Int64Value(3) }, true},
		"another maximum":         {func(m *slideruleClusterModel) { m.MaxNodes = types.Int64Value(4) }, false},
		"another minimum":         {func(m *slideruleClusterModel) { m.MinNodes = types.Int64Value(1) }, false},
		"the default nodes":       {func(m *slideruleClusterModel) { m.Nodes = nodesOf(nil, 0, 0, types.Int64Null()) }, true},
		"the default, told":       {func(m *slideruleClusterModel) { m.Nodes = nodesOf([]string{"t4g.2xlarge"}, 0, 0, types.Int64Value(40)) }, true},
		"other nodes":             {func(m *slideruleClusterModel) { m.Nodes = nodesOf([]string{"r8g.2xlarge"}, 0, 0, types.Int64Null()) }, false},
		"a budget":                {func(m *slideruleClusterModel) { m.Budget = budgetOf(10, types.Float64Null()) }, false},
		"nodes yet to be known":   {func(m *slideruleClusterModel) { m.Nodes = types.ObjectUnknown(nodesTypes) }, false},
		"a sleep yet to be known": {func(m *slideruleClusterModel) { m.Sleep = types.ObjectUnknown(sleepTypes) }, false},
	} {
		plan := slideruleModelOf(other.change)
		if got := plan.sameShape(&plain); got != other.same {
			t.Errorf("%s: the same shape: %t", name, got)
		}
	}
}

func liveCluster(changes ...func(*sliderule.Cluster)) *sliderule.Cluster {
	c := &sliderule.Cluster{
		Name: "dev", StackID: "arn:aws:cloudformation:us-west-2:123456789012:stack/dev-cluster/1", State: sliderule.Running, StackStatus: "UPDATE_COMPLETE",
		ExpiresAt: slideruleNow.Add(time.Hour), Endpoint: "https://dev.example.org", Address: "192.0.2.1", Group: "dev-asg",
		CurrentNodes: 3, NodeCapacity: 3, MaxNodes: 3, Version: "latest", AMI: "ami-1", HourlyUSD: 1.5, Managed: true, ManagedBy: "default",
	}
	for _, change := range changes {
		change(c)
	}
	return c
}

func TestSlideruleModelSees(t *testing.T) {
	t.Parallel()
	m := slideruleModelOf(func(m *slideruleClusterModel) { m.MaxNodes = types.Int64Value(3) })
	// Somebody resized it by hand, and it sleeps: the one is drift, the other is not.
	m.saw(liveCluster(func(c *sliderule.Cluster) {
		c.NodeCapacity, c.MaxNodes, c.MinNodes, c.CurrentNodes, c.HourlyUSD = 5, 7, 2, 0, 0.2
	}), slideruleNow)
	if m.NodeCapacity.ValueInt64() != 5 || m.MaxNodes.ValueInt64() != 7 || !m.MinNodes.IsNull() || m.CurrentNodes.ValueInt64() != 0 || m.HourlyCostUSD.ValueFloat64() != 0.2 || !m.AccruedCostUSD.IsNull() {
		t.Errorf("got %+v", m)
	}
	// What is under way may tell of before, or of what will never be.
	m.saw(liveCluster(func(c *sliderule.Cluster) {
		c.State, c.NodeCapacity, c.Version, c.IsPublic = sliderule.Deploying, 9, "v1", true
	}), slideruleNow)
	if m.NodeCapacity.ValueInt64() != 5 || m.Version.ValueString() != "latest" || m.IsPublic.ValueBool() || m.Status.ValueString() != "in-progress deployment" {
		t.Errorf("got %+v", m)
	}
	// A price that nobody knows is not zero, and what nobody looked up is not either. Defect 25.
	m.saw(liveCluster(func(c *sliderule.Cluster) { c.HourlyUSD, c.AccruedUSD, c.CostsKnown = 0, 7, false }), slideruleNow)
	if !m.HourlyCostUSD.IsNull() || !m.AccruedCostUSD.IsNull() {
		t.Errorf("costs %s and %s", m.HourlyCostUSD, m.AccruedCostUSD)
	}
	m.saw(liveCluster(func(c *sliderule.Cluster) { c.AccruedUSD, c.CostsKnown = 0, true }), slideruleNow)
	if !m.AccruedCostUSD.Equal(types.Float64Value(0)) {
		t.Errorf("accrued %s", m.AccruedCostUSD)
	}
	m.saw(liveCluster(func(c *sliderule.Cluster) { c.AccruedUSD, c.CostsKnown = 1.23456, true }), slideruleNow)
	if !m.AccruedCostUSD.Equal(types.Float64Value(1.23)) {
		t.Errorf("in cents it is %s", m.AccruedCostUSD)
	}
	// Its schedule was taken away by hand: it has no end. After its end, the schedule has fired.
	unscheduled := liveCluster(func(c *sliderule.Cluster) { c.ExpiresAt = time.Time{} })
	end := m.ExpiresAt
	m.saw(unscheduled, slideruleNow.Add(2*time.Hour))
	if !m.ExpiresAt.Equal(end) {
		t.Errorf("it ended at %s", m.ExpiresAt)
	}
	m.saw(unscheduled, slideruleNow)
	if !m.ExpiresAt.IsNull() {
		t.Errorf("it ends at %s", m.ExpiresAt)
	}
}

func TestSlideruleModelTakes(t *testing.T) {
	t.Parallel()
	open := func(m *slideruleClusterModel) { m.planDeed(m, difference{}, remakes) }
	begun := slideruleModelOf(func(m *slideruleClusterModel) { m.Status = types.StringValue("in-progress deployment") })
	up := slideruleModelOf()
	for name, c := range map[string]struct {
		action sliderule.Action
		before *slideruleClusterModel
		want   string
	}{
		"made":                    {sliderule.Created, nil, "created"},
		"there already":           {sliderule.Renewed, nil, "no_action"},
		"there, of another size":  {sliderule.Resized, nil, "resized"},
		"begun by an apply":       {sliderule.Renewed, &begun, "created"},
		"joined":                  {sliderule.Created, &begun, "created"},
		"renewed":                 {sliderule.Renewed, &up, "renewed"},
		"resized":                 {sliderule.Resized, &up, "resized"},
		"made again after a fall": {sliderule.Created, &up, "created"},
	} {
		m := slideruleModelOf(open)
		m.took(liveCluster(func(a *sliderule.Cluster) { a.Action = c.action }), c.before)
		if got := m.Outcome.ValueString(); got != c.want {
			t.Errorf("%s: outcome %q, want %q", name, got, c.want)
		}
		if m.ExpiresAt.ValueString() != "2026-01-02T04:04:05Z" || m.StackID.IsUnknown() || m.CurrentNodes.ValueInt64() != 3 || m.ILBAddress.ValueString() != "192.0.2.1" || m.ImageDigest.IsUnknown() {
			t.Errorf("%s: got %+v", name, m)
		}
	}
	// A look that failed is no false zero. Defect 25.
	unseen := slideruleModelOf(open)
	unseen.took(liveCluster(func(c *sliderule.Cluster) { c.CurrentNodes, c.HourlyUSD, c.Problem = 0, 0, sliderule.ErrInterrupted }), nil)
	if !unseen.CurrentNodes.IsNull() || !unseen.HourlyCostUSD.IsNull() {
		t.Errorf("%s nodes for %s", unseen.CurrentNodes, unseen.HourlyCostUSD)
	}
	// What the plan has promised is kept: the next look tells otherwise.
	m := slideruleModelOf(func(m *slideruleClusterModel) { m.StackID = types.StringValue("promised") })
	m.took(liveCluster(), &up)
	if m.StackID.ValueString() != "promised" || m.Outcome.ValueString() != "created" {
		t.Errorf("got %+v", m)
	}
}

func TestPlaceOfStack(t *testing.T) {
	t.Parallel()
	if region, account := placeOfStack("arn:aws-us-gov:cloudformation:us-gov-west-1:123456789012:stack/dev-cluster/6f:1"); region != "us-gov-west-1" || account != "123456789012" {
		t.Errorf("got %q, %q", region, account)
	}
	if region, account := placeOfStack("dev-cluster"); region+account != "" {
		t.Errorf("got %q, %q", region, account)
	}
}
