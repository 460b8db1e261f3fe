package provider

import (
	"context"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/data-access/terraform-provider-provisioner/internal/sliderule"
	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/budget"
)

// imported fills in what an import found and a configuration may say. How long a cluster lives cannot be read back: the
// configuration's is taken. Nor can what its nodes are, its zones, its budget and its sleep, unless the stack keeps its
// settings; those that it does not keep are nil.
func (m *slideruleClusterModel) imported(c *sliderule.Cluster, settings *sliderule.Settings) {
	m.IsPublic, m.Version = types.BoolValue(c.IsPublic), types.StringValue(c.Version)
	m.NodeCapacity = types.Int64Value(int64(c.NodeCapacity))
	if c.MinNodes != 0 {
		m.MinNodes = types.Int64Value(int64(c.MinNodes))
	}
	if c.MaxNodes != c.NodeCapacity {
		m.MaxNodes = types.Int64Value(int64(c.MaxNodes))
	}
	m.Wait, m.WhenExpired = types.BoolValue(defaultWait), types.StringValue(stayDown)
	m.Outcome = types.StringValue(outcomeNoAction)
	if settings != nil {
		m.Nodes, m.AvailabilityZones = nodesOfEngine(settings.Nodes), textsOrNull(settings.Zones)
		m.Budget, m.Sleep = budgetOfEngine(settings.Budget), sleepOfEngine(settings.Sleep)
	}
}

// isImported: no configuration was applied to it yet, which says how long it lives.
func (m *slideruleClusterModel) isImported() bool { return m.TimeToLive.IsNull() }

// settingsOf looks up what a cluster that is being imported was asked for; nil when that cannot be known. Without it the
// first apply may change in place what is as it should be, and renew the end by that.
func settingsOf(ctx context.Context, region *sliderule.Region, cluster string, diags *diag.Diagnostics) *sliderule.Settings {
	settings, err := region.Settings(ctx, cluster)
	if err != nil {
		diags.AddWarning("What a cluster was asked for could not be looked up", sentence(err)+
			" It is imported without its nodes, zones, budget and sleep: the next apply may change it to what the configuration says of them, and renews its end then.")
	}
	return settings
}

// What has the value of a default is left out, as a configuration would.

func nodesOfEngine(n sliderule.Nodes) types.Object {
	parts := map[string]attr.Value{
		"instance_types": textsOrNull(n.InstanceTypes), "spot_share": types.Int64Null(), "spot_max_price": types.Float64Null(), "volume_gb": types.Int64Null(),
	}
	if slices.Equal(n.InstanceTypes, []string{sliderule.DefaultInstanceType}) {
		parts["instance_types"] = textsOrNull(nil)
	}
	if n.SpotShare != 0 {
		parts["spot_share"] = types.Int64Value(int64(n.SpotShare))
	}
	if n.SpotMaxPrice != 0 {
		parts["spot_max_price"] = types.Float64Value(n.SpotMaxPrice)
	}
	if n.VolumeGB != 0 && n.VolumeGB != sliderule.DefaultVolumeGB {
		parts["volume_gb"] = types.Int64Value(int64(n.VolumeGB))
	}
	for _, part := range parts {
		if !part.IsNull() {
			return types.ObjectValueMust(nodesTypes, parts)
		}
	}
	return types.ObjectNull(nodesTypes)
}

func budgetOfEngine(b *sliderule.Budget) types.Object {
	if b == nil {
		return types.ObjectNull(budgetTypes)
	}
	parts := map[string]attr.Value{
		"limit_usd": types.Float64Value(b.LimitUSD), "start_hours": types.Float64Null(), "emails": types.SetNull(types.StringType),
	}
	if b.StartHours != budget.DefaultStartHours {
		parts["start_hours"] = types.Float64Value(b.StartHours)
	}
	if len(b.Emails) > 0 {
		parts["emails"] = setOf(b.Emails)
	}
	return types.ObjectValueMust(budgetTypes, parts)
}

func sleepOfEngine(s *sliderule.Sleep) types.Object {
	if s == nil {
		return types.ObjectNull(sleepTypes)
	}
	parts := map[string]attr.Value{"down": textsOrNull(s.Down), "up": textsOrNull(s.Up), "time_zone": types.StringNull()}
	if s.TimeZone != "" && s.TimeZone != defaultTimeZone {
		parts["time_zone"] = types.StringValue(s.TimeZone)
	}
	return types.ObjectValueMust(sleepTypes, parts)
}

// textsOrNull is a list of texts; null for none.
func textsOrNull(texts []string) types.List {
	if len(texts) == 0 {
		return types.ListNull(types.StringType)
	}
	return textList(texts)
}
