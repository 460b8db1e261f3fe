package provider

import (
	"context"
	"math"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/data-access/terraform-provider-provisioner/internal/sliderule"
)

// slideruleOutcomes are the words for what a deploy came to.
var slideruleOutcomes = map[sliderule.Action]string{
	sliderule.Created: "created", sliderule.Resized: "resized", sliderule.Renewed: "renewed", sliderule.NoAction: outcomeNoAction,
}

// took fills in what a deploy came to, where the plan left it open. What was planned stays as planned: should it have
// come otherwise, the next look tells.
// before is the state, nil for a resource that is new.
func (m *slideruleClusterModel) took(c *sliderule.Cluster, before *slideruleClusterModel) {
	outcome := slideruleOutcomes[c.Action]
	switch {
	case c.Action != sliderule.Renewed:
	case before == nil: // it was there already, and is ours
		outcome = outcomeNoAction
	case before.isBegun() && before.Outcome.ValueString() == outcomeCreated:
		outcome = outcomeCreated // an apply that did not wait, or was cut short, began what is whole now
	}
	fill(&m.ID, m.Cluster)
	fill(&m.Outcome, types.StringValue(outcome))
	fill(&m.Status, types.StringValue(string(c.State)))
	fill(&m.ExpiresAt, momentOrNull(c.ExpiresAt))
	fill(&m.Endpoint, stringOrNull(c.Endpoint))
	fill(&m.ILBAddress, stringOrNull(c.Address))
	fill(&m.GroupName, stringOrNull(c.Group))
	fill(&m.StackID, stringOrNull(c.StackID))
	fill(&m.StackStatus, stringOrNull(c.StackStatus))
	fill(&m.Reason, stringOrNull(c.Reason))
	fill(&m.AMI, stringOrNull(c.AMI))
	fill(&m.ImageDigest, stringOrNull(c.ImageDigest))
	if m.CurrentNodes.IsUnknown() {
		m.CurrentNodes = types.Int64Value(int64(c.CurrentNodes))
		if c.Problem != nil && c.CurrentNodes == 0 { // it may be that only our look failed
			m.CurrentNodes = types.Int64Null()
		}
	}
	if m.HourlyCostUSD.IsUnknown() {
		m.HourlyCostUSD = hourlyCost(c)
	}
	if m.AccruedCostUSD.IsUnknown() {
		m.AccruedCostUSD = accruedCost(c)
	}
}

// saw writes what a look at a cluster that is there found into the model.
func (m *slideruleClusterModel) saw(c *sliderule.Cluster, now time.Time) {
	m.ID = m.Cluster
	if c.State == sliderule.Running { // one on its way may show what it was before, or will never be
		m.IsPublic, m.Version = types.BoolValue(c.IsPublic), types.StringValue(c.Version)
		m.NodeCapacity = types.Int64Value(int64(c.NodeCapacity))
		if !m.MinNodes.IsNull() {
			m.MinNodes = types.Int64Value(int64(c.MinNodes))
		}
		if !m.MaxNodes.IsNull() {
			m.MaxNodes = types.Int64Value(int64(c.MaxNodes))
		}
	}
	// The one-time schedule is gone once it has fired, and what it began takes its time.
	if !c.ExpiresAt.IsZero() || !m.hasExpired(now) {
		m.ExpiresAt = momentOrNull(c.ExpiresAt)
	}
	m.Status, m.StackStatus, m.Reason = types.StringValue(string(c.State)), stringOrNull(c.StackStatus), stringOrNull(c.Reason)
	m.StackID, m.ILBAddress, m.GroupName = stringOrNull(c.StackID), stringOrNull(c.Address), stringOrNull(c.Group)
	follow(&m.Endpoint, c.Endpoint)
	m.AMI, m.ImageDigest = stringOrNull(c.AMI), stringOrNull(c.ImageDigest)
	m.CurrentNodes, m.HourlyCostUSD, m.AccruedCostUSD = types.Int64Value(int64(c.CurrentNodes)), hourlyCost(c), accruedCost(c)
}

// learnEnd takes over the end that AWS still tells of a cluster that is gone, when that has come: a run that failed, or
// somebody else, may have scheduled it without this state. One that lies ahead says that the cluster was deleted before
// it; unless AWS has ended it, by a clock that is ahead of this machine's: then it ended now, for all that we know.
func (m *slideruleClusterModel) learnEnd(c *sliderule.Cluster, now time.Time) {
	switch {
	case m.hasExpired(now) || c.ExpiresAt.IsZero():
	case hasCome(c.ExpiresAt, now):
		m.ExpiresAt = momentOrNull(c.ExpiresAt)
	case c.Ended:
		m.ExpiresAt = momentOrNull(now)
	}
}

// ended writes that nothing is left of a cluster whose end has come. What it has cost is this month's, or not known: the
// state may have that of another month.
func (m *slideruleClusterModel) ended(c *sliderule.Cluster) {
	m.AccruedCostUSD = accruedCost(c)
	m.Status, m.StackStatus = types.StringValue(string(sliderule.NotRunning)), types.StringNull()
	m.Reason = types.StringValue("it expired at " + m.ExpiresAt.ValueString())
	m.ILBAddress, m.GroupName = types.StringNull(), types.StringNull()
	m.CurrentNodes, m.HourlyCostUSD = types.Int64Value(0), types.Float64Value(0)
}

func (m *slideruleClusterModel) isBegun() bool {
	return m.Status.ValueString() == string(sliderule.Deploying)
}

// hourlyCost is null when the price of a running cluster's machines is not known.
func hourlyCost(c *sliderule.Cluster) types.Float64 {
	if c.HourlyUSD == 0 && c.State != sliderule.NotRunning {
		return types.Float64Null()
	}
	return types.Float64Value(c.HourlyUSD)
}

// accruedCost is in whole cents, and null when it is not known.
func accruedCost(c *sliderule.Cluster) types.Float64 {
	if !c.CostsKnown {
		return types.Float64Null()
	}
	return types.Float64Value(math.Round(c.AccruedUSD*100) / 100)
}

func momentOrNull(t time.Time) types.String {
	if t.IsZero() {
		return types.StringNull()
	}
	return types.StringValue(t.UTC().Format(time.RFC3339))
}

// identity writes what tells a cluster from all others: the ARN of its stack has the region and the account.
func (m *slideruleClusterModel) identity(ctx context.Context, identity *tfsdk.ResourceIdentity) diag.Diagnostics {
	if identity == nil {
		return nil
	}
	region, account := placeOfStack(m.StackID.ValueString())
	diags := identity.SetAttribute(ctx, path.Root("cluster"), m.Cluster)
	diags.Append(identity.SetAttribute(ctx, path.Root("region"), stringOrNull(region))...)
	return append(diags, identity.SetAttribute(ctx, path.Root("account"), stringOrNull(account))...)
}

// placeOfStack reads arn:aws:cloudformation:REGION:ACCOUNT:stack/NAME/ID.
func placeOfStack(arn string) (region, account string) {
	if parts := strings.SplitN(arn, ":", 6); len(parts) == 6 {
		return parts[3], parts[4]
	}
	return "", ""
}
