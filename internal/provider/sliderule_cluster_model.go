package provider

import (
	"math"
	"reflect"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/data-access/terraform-provider-provisioner/internal/sliderule"
	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/budget"
)

// slideruleClusterModel is the resource in Terraform's terms.
type slideruleClusterModel struct {
	Cluster           types.String   `tfsdk:"cluster"`
	IsPublic          types.Bool     `tfsdk:"is_public"`
	NodeCapacity      types.Int64    `tfsdk:"node_capacity"`
	TimeToLive        types.Int64    `tfsdk:"time_to_live"`
	MinNodes          types.Int64    `tfsdk:"min_nodes"`
	MaxNodes          types.Int64    `tfsdk:"max_nodes"`
	Renew             types.String   `tfsdk:"renew"`
	Version           types.String   `tfsdk:"version"`
	Nodes             types.Object   `tfsdk:"nodes"`
	AvailabilityZones types.List     `tfsdk:"availability_zones"`
	Wait              types.Bool     `tfsdk:"wait"`
	Budget            types.Object   `tfsdk:"budget"`
	Sleep             types.Object   `tfsdk:"sleep"`
	WhenExpired       types.String   `tfsdk:"when_expired"`
	ID                types.String   `tfsdk:"id"`
	Status            types.String   `tfsdk:"status"`
	Outcome           types.String   `tfsdk:"outcome"`
	ExpiresAt         types.String   `tfsdk:"expires_at"`
	Endpoint          types.String   `tfsdk:"endpoint"`
	ILBAddress        types.String   `tfsdk:"ilb_address"`
	GroupName         types.String   `tfsdk:"group_name"`
	CurrentNodes      types.Int64    `tfsdk:"current_nodes"`
	HourlyCostUSD     types.Float64  `tfsdk:"hourly_cost_usd"`
	AccruedCostUSD    types.Float64  `tfsdk:"accrued_cost_usd"`
	StackID           types.String   `tfsdk:"stack_id"`
	StackStatus       types.String   `tfsdk:"stack_status"`
	Reason            types.String   `tfsdk:"reason"`
	AMI               types.String   `tfsdk:"ami"`
	ImageDigest       types.String   `tfsdk:"image_digest"`
	Timeouts          timeouts.Value `tfsdk:"timeouts"`
}

// The values of when_expired, and the defaults of what the configuration need not say.
const (
	stayDown = "stay_down"
	redeploy = "redeploy"

	defaultIsPublic = false
	defaultWait     = true
	defaultTimeZone = "UTC"
)

var (
	textsType  = types.ListType{ElemType: types.StringType}
	nodesTypes = map[string]attr.Type{
		"instance_types": textsType, "spot_share": types.Int64Type, "spot_max_price": types.Float64Type, "volume_gb": types.Int64Type,
	}
	budgetTypes = map[string]attr.Type{
		"limit_usd": types.Float64Type, "start_hours": types.Float64Type, "emails": types.SetType{ElemType: types.StringType},
	}
	sleepTypes = map[string]attr.Type{"down": textsType, "up": textsType, "time_zone": types.StringType}
)

// emptySlideruleCluster is a model without a value: every null knows its type.
func emptySlideruleCluster() slideruleClusterModel {
	return slideruleClusterModel{
		Nodes: types.ObjectNull(nodesTypes), AvailabilityZones: types.ListNull(types.StringType),
		Budget: types.ObjectNull(budgetTypes), Sleep: types.ObjectNull(sleepTypes), Timeouts: noTimeouts(),
	}
}

// wanted is what the model asks of the engine. What is not known yet is the zero value, which [slideruleClusterModel.judge]
// does not hold against it.
func (m *slideruleClusterModel) wanted() sliderule.Wanted {
	return sliderule.Wanted{
		Cluster: m.Cluster.ValueString(), IsPublic: m.IsPublic.ValueBool(),
		NodeCapacity: number(m.NodeCapacity), MinNodes: number(m.MinNodes), MaxNodes: number(m.MaxNodes),
		TimeToLive: minutes(m.TimeToLive), Version: m.Version.ValueString(),
		Nodes: m.nodes(), Zones: textsOrNone(m.AvailabilityZones.Elements()), Budget: m.budget(), Sleep: m.sleep(),
	}
}

// number is a whole number as plain Go has it. One that is out of any range stays so on every machine.
func number(n types.Int64) int {
	return int(min(max(n.ValueInt64(), math.MinInt32), math.MaxInt32))
}

// minutes are whole minutes. What is beyond any range stays so, and within what can be reckoned with.
func minutes(n types.Int64) time.Duration {
	const most = int64(math.MaxInt64 / time.Minute)
	return time.Duration(min(max(n.ValueInt64(), -most), most)) * time.Minute
}

func (m *slideruleClusterModel) nodes() sliderule.Nodes {
	parts := m.Nodes.Attributes()
	return sliderule.Nodes{
		InstanceTypes: textsOrNone(elementsOf(parts["instance_types"])), SpotShare: numberOr(parts["spot_share"], 0),
		SpotMaxPrice: decimalOr(parts["spot_max_price"], 0), VolumeGB: numberOr(parts["volume_gb"], sliderule.DefaultVolumeGB),
	}
}

// budget is nil for none.
func (m *slideruleClusterModel) budget() *sliderule.Budget {
	if m.Budget.IsNull() || m.Budget.IsUnknown() {
		return nil
	}
	parts := m.Budget.Attributes()
	return &sliderule.Budget{
		Budget: budget.Budget{LimitUSD: decimalOr(parts["limit_usd"], 0), StartHours: decimalOr(parts["start_hours"], budget.DefaultStartHours)},
		Emails: textsOrNone(elementsOf(parts["emails"])),
	}
}

// sleep is nil for never.
func (m *slideruleClusterModel) sleep() *sliderule.Sleep {
	if m.Sleep.IsNull() || m.Sleep.IsUnknown() {
		return nil
	}
	parts := m.Sleep.Attributes()
	s := &sliderule.Sleep{Down: textsOrNone(elementsOf(parts["down"])), Up: textsOrNone(elementsOf(parts["up"])), TimeZone: defaultTimeZone}
	if zone, ok := parts["time_zone"].(types.String); ok && !zone.IsNull() {
		s.TimeZone = zone.ValueString()
	}
	return s
}

// sameShape reports whether two models ask for the same of what can change in place, but for the time to live: what is
// left out asks for its default.
func (m *slideruleClusterModel) sameShape(other *slideruleClusterModel) bool {
	a, b := m.wanted(), other.wanted()
	for _, w := range []*sliderule.Wanted{&a, &b} {
		w.Cluster, w.IsPublic, w.Version, w.Zones, w.TimeToLive, w.NodeCapacity = "", false, "", nil, 0, 0
		if len(w.Nodes.InstanceTypes) == 0 {
			w.Nodes.InstanceTypes = []string{sliderule.DefaultInstanceType}
		}
	}
	// A maximum that is left out goes with the capacity.
	a.MaxNodes, b.MaxNodes = m.most(), other.most()
	if m.MaxNodes.IsNull() && other.MaxNodes.IsNull() {
		a.MaxNodes, b.MaxNodes = 0, 0
	}
	return m.shapeIsKnown() && reflect.DeepEqual(a, b)
}

// most is the largest size that people may scale a cluster to.
func (m *slideruleClusterModel) most() int {
	if m.MaxNodes.IsNull() {
		return number(m.NodeCapacity)
	}
	return number(m.MaxNodes)
}

// shapeIsKnown: nothing that a shape is made of has to wait for the apply.
func (m *slideruleClusterModel) shapeIsKnown() bool {
	for _, part := range []attr.Value{m.MinNodes, m.MaxNodes, m.Nodes, m.Budget, m.Sleep} {
		if !whollyKnown(part) {
			return false
		}
	}
	return true
}
