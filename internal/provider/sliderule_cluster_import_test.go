package provider

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/data-access/terraform-provider-provisioner/internal/sliderule"
	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/budget"
)

func TestSlideruleModelOfAnImport(t *testing.T) {
	t.Parallel()
	m := emptySlideruleCluster()
	m.Cluster = types.StringValue("dev")
	c := liveCluster(func(c *sliderule.Cluster) { c.MinNodes, c.MaxNodes, c.Version = 1, 8, "v5.5.0" })
	m.imported(c, nil)
	m.saw(c, slideruleNow)
	if m.MinNodes.ValueInt64() != 1 || m.MaxNodes.ValueInt64() != 8 || m.Version.ValueString() != "v5.5.0" || m.NodeCapacity.ValueInt64() != 3 || !m.isImported() || m.ID.ValueString() != "dev" {
		t.Errorf("got %+v", m)
	}
	plain := emptySlideruleCluster()
	plain.imported(liveCluster(), nil)
	if !plain.MinNodes.IsNull() || !plain.MaxNodes.IsNull() || !plain.Nodes.IsNull() || !plain.Budget.IsNull() || !plain.Sleep.IsNull() || !plain.AvailabilityZones.IsNull() {
		t.Errorf("defaults were imported: %+v", plain)
	}
}

// A configuration that asks for what the cluster was asked for changes nothing of it, however much of it is left out or
// spelt out.
func TestAnImportTakesTheSettingsOfItsStack(t *testing.T) {
	t.Parallel()
	asked := slideruleModelOf(func(m *slideruleClusterModel) {
		m.Nodes = nodesOf([]string{"r8g.2xlarge", "r7g.2xlarge"}, 50, 0.3, types.Int64Value(60))
		m.Budget = budgetOf(100, types.Float64Value(8), "ana@example.org")
		m.Sleep = types.ObjectValueMust(sleepTypes, map[string]attr.Value{"down": listOf("0 20 * * *"), "up": listOf("0 7 * * 1-5"), "time_zone": types.StringValue("Europe/Oslo")})
		m.AvailabilityZones = listOf("us-west-2b", "us-west-2c")
	})
	for name, config := range map[string]slideruleClusterModel{
		"everything": asked, "nothing": slideruleModelOf(),
		"the defaults, spelt out": slideruleModelOf(func(m *slideruleClusterModel) {
			m.Nodes = nodesOf([]string{sliderule.DefaultInstanceType}, 0, 0, types.Int64Value(sliderule.DefaultVolumeGB))
			m.Sleep = types.ObjectValueMust(sleepTypes, map[string]attr.Value{"down": listOf("0 20 * * *"), "up": listOf("0 7 * * 1-5"), "time_zone": types.StringValue("UTC")})
			m.Budget = budgetOf(100, types.Float64Value(budget.DefaultStartHours))
		}),
	} {
		w := config.wanted()
		state := emptySlideruleCluster()
		state.Cluster = config.Cluster
		state.imported(liveCluster(), &sliderule.Settings{Nodes: w.Nodes, Zones: w.Zones, Budget: w.Budget, Sleep: w.Sleep})
		state.saw(liveCluster(), slideruleNow)
		if d := config.differs(&state); d.any() {
			t.Errorf("%s: %+v", name, d)
		}
		if got := config.deed(&state, config.differs(&state), slideruleNow); got != leaves {
			t.Errorf("%s: the apply would do %d", name, got)
		}
	}
	state := emptySlideruleCluster()
	state.imported(liveCluster(), &sliderule.Settings{Nodes: sliderule.Nodes{InstanceTypes: []string{sliderule.DefaultInstanceType}, VolumeGB: sliderule.DefaultVolumeGB}, Zones: []string{"us-west-2d"}})
	if !state.Nodes.IsNull() {
		t.Errorf("what has its default is in the state: %s", state.Nodes)
	}
	if d := asked.differs(&state); !d.shape || len(d.fixed) != 1 || d.fixed[0] != "availability_zones" {
		t.Errorf("other settings and other zones: %+v", d)
	}
}
