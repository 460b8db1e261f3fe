package provider

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"

	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/access"
	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/budget"
)

// slideruleModel is the sliderule block of the provider.
type slideruleModel struct {
	Domain     types.String `tfsdk:"domain"`
	Foundation types.String `tfsdk:"foundation"`
	JWTUser    types.String `tfsdk:"jwt_user"`
	Limits     types.Object `tfsdk:"limits"`
	Prices     types.Object `tfsdk:"prices"`
}

// noSliderule is the block of who writes none.
func noSliderule() slideruleModel {
	return slideruleModel{Limits: types.ObjectNull(nil), Prices: types.ObjectNull(nil)}
}

type slideruleLimitsModel struct {
	OrganizationMember *slideruleLimitModel `tfsdk:"organization_member"`
	Administrator      *slideruleLimitModel `tfsdk:"administrator"`
}

type slideruleLimitModel struct {
	NodeCapacity types.Int64 `tfsdk:"node_capacity"`
	TimeToLive   types.Int64 `tfsdk:"time_to_live"`
}

type sliderulePricesModel struct {
	Date          types.String  `tfsdk:"date"`
	Region        types.String  `tfsdk:"region"`
	Instances     types.Map     `tfsdk:"instances"`
	NATGateway    types.Float64 `tfsdk:"nat_gateway"`
	PublicAddress types.Float64 `tfsdk:"public_address"`
	VolumeGBMonth types.Float64 `tfsdk:"volume_gb_month"`
}

// settled refuses a block of which something will be known only after an apply, except the login: clusters of an unknown
// domain, or limits that nobody knows, are none.
func (m slideruleModel) settled(ctx context.Context) error {
	if err := known("sliderule", map[string]types.String{"domain": m.Domain, "foundation": m.Foundation}); err != nil {
		return err
	}
	for name, object := range map[string]types.Object{"limits": m.Limits, "prices": m.Prices} {
		value, err := object.ToTerraformValue(ctx)
		if err != nil {
			return fmt.Errorf("sliderule.%s in the provider block: %w", name, err)
		}
		if !value.IsFullyKnown() {
			return known("sliderule", map[string]types.String{name: types.StringUnknown()})
		}
	}
	return nil
}

// absent reads null as nothing.
var absent = basetypes.ObjectAsOptions{UnhandledNullAsEmpty: true, UnhandledUnknownAsEmpty: true}

// rules is the table of rights, with the limits that were configured in place of the designed ones.
func (m slideruleModel) rules(ctx context.Context) access.Table {
	table := access.Default()
	var limits slideruleLimitsModel
	m.Limits.As(ctx, &limits, absent) // the schema has made sure of its form
	for level, limit := range map[access.Level]*slideruleLimitModel{access.OrganizationMember: limits.OrganizationMember, access.Administrator: limits.Administrator} {
		if limit == nil {
			continue
		}
		rights := table.Levels[level]
		if most := limit.NodeCapacity; !most.IsNull() {
			rights.NodeCapacity.Max = int(most.ValueInt64())
		}
		if most := limit.TimeToLive; !most.IsNull() {
			rights.TimeToLive.Max = int(most.ValueInt64())
		}
		table.Levels[level] = rights
	}
	return table
}

// prices is the list that costs are reckoned with: the default one, with what was configured in its place.
func (m slideruleModel) prices(ctx context.Context) budget.PriceList {
	list := budget.DefaultPrices()
	var prices sliderulePricesModel
	m.Prices.As(ctx, &prices, absent)
	for text, to := range map[*types.String]*string{&prices.Date: &list.Date, &prices.Region: &list.Region} {
		if !text.IsNull() {
			*to = text.ValueString()
		}
	}
	for number, to := range map[*types.Float64]*float64{
		&prices.NATGateway: &list.NATGateway, &prices.PublicAddress: &list.PublicAddress, &prices.VolumeGBMonth: &list.VolumeGBMonth,
	} {
		if !number.IsNull() {
			*to = number.ValueFloat64()
		}
	}
	for machine, usd := range numbersOf(prices.Instances) {
		list.Instances[machine] = usd
	}
	return list
}

// numbersOf is a map of numbers, without those that are not known yet.
func numbersOf(m types.Map) map[string]float64 {
	numbers := map[string]float64{}
	for key, value := range m.Elements() {
		if number, ok := value.(types.Float64); ok && !number.IsUnknown() && !number.IsNull() {
			numbers[key] = number.ValueFloat64()
		}
	}
	return numbers
}
