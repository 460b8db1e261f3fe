package provider

import (
	"reflect"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/access"
	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/budget"
)

var (
	limitType  = map[string]attr.Type{"node_capacity": types.Int64Type, "time_to_live": types.Int64Type}
	limitsType = map[string]attr.Type{"organization_member": types.ObjectType{AttrTypes: limitType}, "administrator": types.ObjectType{AttrTypes: limitType}}
	pricesType = map[string]attr.Type{
		"date": types.StringType, "region": types.StringType, "instances": types.MapType{ElemType: types.Float64Type},
		"nat_gateway": types.Float64Type, "public_address": types.Float64Type, "volume_gb_month": types.Float64Type,
	}
)

func TestLimitsThatAreConfiguredHold(t *testing.T) {
	if got := noSliderule().rules(t.Context()); !reflect.DeepEqual(got, access.Default()) {
		t.Errorf("without any, they are %+v", got)
	}
	m := noSliderule()
	m.Limits = types.ObjectValueMust(limitsType, map[string]attr.Value{
		"organization_member": types.ObjectValueMust(limitType, map[string]attr.Value{"node_capacity": types.Int64Value(3), "time_to_live": types.Int64Null()}),
		"administrator":       types.ObjectNull(limitType),
	})
	rules := m.rules(t.Context())
	want := access.Default()
	rights := want.Levels[access.OrganizationMember]
	rights.NodeCapacity.Max = 3
	want.Levels[access.OrganizationMember] = rights
	if !reflect.DeepEqual(rules, want) || rules.Check() != nil {
		t.Errorf("got %+v", rules)
	}
}

func TestPricesThatAreConfiguredHold(t *testing.T) {
	if got := noSliderule().prices(t.Context()); !reflect.DeepEqual(got, budget.DefaultPrices()) {
		t.Errorf("without any, they are %+v", got)
	}
	m := noSliderule()
	m.Prices = types.ObjectValueMust(pricesType, map[string]attr.Value{
		"date": types.StringValue("2026-01-31"), "region": types.StringNull(), "nat_gateway": types.Float64Value(0.05), "public_address": types.Float64Null(), "volume_gb_month": types.Float64Value(0.1),
		"instances": types.MapValueMust(types.Float64Type, map[string]attr.Value{"t4g.2xlarge": types.Float64Value(0.3), "x8g.large": types.Float64Value(1)}),
	})
	want := budget.DefaultPrices()
	want.Date, want.NATGateway, want.VolumeGBMonth = "2026-01-31", 0.05, 0.1
	want.Instances["t4g.2xlarge"], want.Instances["x8g.large"] = 0.3, 1
	if got := m.prices(t.Context()); !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v", got)
	}
}

// What would decide where clusters are, or how many, must be known; whose limits hold, may be known later.
func TestABlockThatIsKnownOnlyAfterApply(t *testing.T) {
	for argument, change := range map[string]func(*slideruleModel){
		"sliderule.domain":     func(m *slideruleModel) { m.Domain = types.StringUnknown() },
		"sliderule.foundation": func(m *slideruleModel) { m.Foundation = types.StringUnknown() },
		"sliderule.limits":     func(m *slideruleModel) { m.Limits = types.ObjectUnknown(limitsType) },
		"sliderule.prices":     func(m *slideruleModel) { m.Prices = types.ObjectUnknown(pricesType) },
		"":                     func(m *slideruleModel) { m.JWTUser = types.StringUnknown() },
	} {
		m := noSliderule()
		change(&m)
		err := m.settled(t.Context())
		if (err == nil) != (argument == "") || err != nil && !strings.Contains(err.Error(), argument+" is not known before apply") {
			t.Errorf("%s: got %v", argument, err)
		}
	}
}
