package provider

import (
	"context"
	"errors"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/data-access/terraform-provider-provisioner/internal/sliderule"
)

// What a plan of a cluster says of the foundation that it is made on.

// checkDomain refuses, once in a run, a domain of the provider's under which the foundation's role may make no addresses.
// A foundation that is not there yet, or whose own domain the same plan changes, is left to the apply.
func (r *slideruleClusterResource) checkDomain(ctx context.Context, region *sliderule.Region, diags *diag.Diagnostics) {
	domain := r.clouds.slideruleConfig().Domain.ValueString()
	name := r.clouds.slideruleFoundation().ValueString()
	if region == nil || domain == "" || r.clouds.noted(movedFoundation(name)) || !r.clouds.first("the domain of sliderule clusters") {
		return
	}
	if err := region.CheckFoundation(ctx); errors.Is(err, sliderule.ErrDomain) {
		diags.AddError("The domain of the clusters is not the foundation's", sentence(err))
	}
}

// movedFoundation is what a run notes of a foundation whose domain it plans to change.
func movedFoundation(name string) string { return "moved sliderule foundation " + name }

// warnOfOtherFoundation looks for the end of a cluster that has none here among this installation's other foundations:
// the provider's may have got another name while the cluster ran. It says whether there was one to warn of.
func (r *slideruleClusterResource) warnOfOtherFoundation(ctx context.Context, region *sliderule.Region, state *slideruleClusterModel, diags *diag.Diagnostics) bool {
	if region == nil {
		return false
	}
	cluster, here := state.Cluster.ValueString(), r.clouds.slideruleFoundation().ValueString()
	all, err := region.ListFoundations(ctx)
	if err != nil { // the plan goes on: it schedules an end here
		return false
	}
	for _, other := range all {
		if other.Name == here {
			continue
		}
		found, err := r.clouds.slideruleOn(ctx, other.Name).Status(ctx, cluster)
		if err != nil || found.ExpiresAt.IsZero() {
			continue
		}
		diags.AddWarning("A cluster belongs to another foundation", fmt.Sprintf(
			"The cluster %s runs, and the foundation %s ends it at %s; the provider's foundation is %s, which knows of no end. This apply schedules another end there, and the first of the two holds. "+
				"Set sliderule.foundation to %q until the cluster has ended or is destroyed, and deploy it again on %s then.",
			cluster, other.Name, momentOrNull(found.ExpiresAt).ValueString(), here, other.Name, here))
		return true
	}
	return false
}

// slideruleOn is the clusters of the same place as another foundation has them. AWS was connected before.
func (c *clouds) slideruleOn(ctx context.Context, foundation string) *sliderule.Region {
	c.sliderules.mu.Lock()
	located := c.sliderules.located
	c.sliderules.mu.Unlock()
	m := c.slideruleConfig()
	return sliderule.New(located, sliderule.Options{
		Installation: c.installation(), Foundation: foundation, Domain: m.Domain.ValueString(), Clock: c.clock, Rules: m.rules(ctx), Prices: m.prices(ctx),
	})
}
