package provider

import (
	"context"
	"errors"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/data-access/terraform-provider-provisioner/internal/sliderule"
	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/budget"
)

// What a plan and a look say of money. Nothing of it keeps anybody from taking a cluster, or its budget, away.

// checkFunds refuses, in a plan, what the funds do not last for.
func (m *slideruleClusterModel) checkFunds(ctx context.Context, region *sliderule.Region, diags *diag.Diagnostics) {
	if err := m.shortage(ctx, region, diags); err != nil {
		tellFailure("The funds do not last", err, diags)
	}
}

// shortage is why the funds do not last for what is planned; nil when they do. Whatever else keeps the look-up from being
// made may be mended by the time of the apply, which looks again.
func (m *slideruleClusterModel) shortage(ctx context.Context, region *sliderule.Region, diags *diag.Diagnostics) error {
	if region == nil || diags.HasError() || m.Budget.IsNull() || !m.isKnown() {
		return nil
	}
	err := region.CheckFunds(ctx, m.wanted())
	var shortage *budget.Shortage
	if err == nil || errors.As(err, &shortage) {
		return err
	}
	diags.AddAttributeWarning(path.Root("budget"), "The funds could not be looked up", sentence(err)+" The apply looks again, and does not start a cluster that they do not last for.")
	return nil
}

// warnOfCosts says, once in a run, that nobody may tell what clusters have cost. A cluster that can be seen is seen all
// the same.
func (c *clouds) warnOfCosts(found *sliderule.Cluster, diags *diag.Diagnostics) {
	if found.CostsProblem != nil && c.first("the costs of sliderule clusters") {
		diags.AddWarning("What clusters have cost could not be looked up", sentence(found.CostsProblem)+
			" That takes the right ce:GetCostAndUsage. Until then accrued_cost_usd is null, and no cluster with a budget is deployed or renewed.")
	}
}

// warnOfPrices says, once in a run, that budgets are kept by the prices of another region.
func (r *slideruleClusterResource) warnOfPrices(region *sliderule.Region, plan *slideruleClusterModel, diags *diag.Diagnostics) {
	if region == nil || plan.Budget.IsNull() || region.PricesHold() || !r.clouds.first("the prices of sliderule clusters") {
		return
	}
	diags.AddAttributeWarning(path.Root("budget"), "The prices are of another region", fmt.Sprintf(
		"Budgets are kept by a list of prices of %s, and the clusters are in %s, where others may hold: a cluster may cost more than its budget, or end too early. Give the prices of %s in sliderule.prices of the provider block, with region = %q.",
		region.PricesOf(), region.Name(), region.Name(), region.Name()))
}
