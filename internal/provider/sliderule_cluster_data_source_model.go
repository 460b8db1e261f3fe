package provider

import (
	"github.com/hashicorp/terraform-plugin-framework-timeouts/datasource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// slideruleClusterDataModel is the data source in Terraform's terms.
type slideruleClusterDataModel struct {
	Cluster         types.String   `tfsdk:"cluster"`
	Probe           types.Bool     `tfsdk:"probe"`
	ClientVersion   types.String   `tfsdk:"client_version"`
	Status          types.String   `tfsdk:"status"`
	IsPublic        types.Bool     `tfsdk:"is_public"`
	NodeCapacity    types.Int64    `tfsdk:"node_capacity"`
	MinNodes        types.Int64    `tfsdk:"min_nodes"`
	MaxNodes        types.Int64    `tfsdk:"max_nodes"`
	Version         types.String   `tfsdk:"version"`
	ExpiresAt       types.String   `tfsdk:"expires_at"`
	Endpoint        types.String   `tfsdk:"endpoint"`
	ILBAddress      types.String   `tfsdk:"ilb_address"`
	GroupName       types.String   `tfsdk:"group_name"`
	CurrentNodes    types.Int64    `tfsdk:"current_nodes"`
	HourlyCostUSD   types.Float64  `tfsdk:"hourly_cost_usd"`
	AccruedCostUSD  types.Float64  `tfsdk:"accrued_cost_usd"`
	StackID         types.String   `tfsdk:"stack_id"`
	StackStatus     types.String   `tfsdk:"stack_status"`
	Reason          types.String   `tfsdk:"reason"`
	AMI             types.String   `tfsdk:"ami"`
	ImageDigest     types.String   `tfsdk:"image_digest"`
	ManagedBy       types.String   `tfsdk:"managed_by"`
	Up              types.Bool     `tfsdk:"up"`
	ServerVersion   types.String   `tfsdk:"server_version"`
	RegisteredNodes types.Int64    `tfsdk:"registered_nodes"`
	Message         types.String   `tfsdk:"message"`
	Timeouts        timeouts.Value `tfsdk:"timeouts"`
}

// saw takes over everything that AWS and the cluster tell. What nobody told is null.
func (m *slideruleClusterDataModel) saw(r slideruleReport) {
	c := r.cluster
	m.Status, m.StackStatus, m.Reason = types.StringValue(string(c.State)), stringOrNull(c.StackStatus), stringOrNull(c.Reason)
	m.StackID, m.ManagedBy = stringOrNull(c.StackID), stringOrNull(c.ManagedBy)
	m.Version, m.AMI, m.ImageDigest = stringOrNull(c.Version), stringOrNull(c.AMI), stringOrNull(c.ImageDigest)
	m.Endpoint, m.ILBAddress, m.GroupName = stringOrNull(c.Endpoint), stringOrNull(c.Address), stringOrNull(c.Group)
	m.ExpiresAt, m.CurrentNodes = momentOrNull(c.ExpiresAt), types.Int64Value(int64(c.CurrentNodes))
	m.HourlyCostUSD, m.AccruedCostUSD = hourlyCost(c), accruedCost(c)
	m.IsPublic, m.NodeCapacity, m.MinNodes, m.MaxNodes = types.BoolNull(), types.Int64Null(), types.Int64Null(), types.Int64Null()
	if c.StackID != "" {
		m.IsPublic = types.BoolValue(c.IsPublic)
	}
	if c.NodeCapacity > 0 { // a stack without it is none of ours, and has no minimum either
		m.NodeCapacity, m.MinNodes, m.MaxNodes = types.Int64Value(int64(c.NodeCapacity)), types.Int64Value(int64(c.MinNodes)), types.Int64Value(int64(max(c.MaxNodes, c.NodeCapacity)))
	}

	m.Up, m.ServerVersion, m.RegisteredNodes = types.BoolNull(), types.StringNull(), types.Int64Null()
	if r.answer != nil {
		m.Up, m.ServerVersion = types.BoolValue(r.answer.Up), stringOrNull(r.answer.Version)
		if r.answer.NodesKnown {
			m.RegisteredNodes = types.Int64Value(int64(r.answer.Nodes))
		}
	}
	m.Message = stringOrNull(r.message())
}
