package provider

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-log/tflog"

	"github.com/data-access/terraform-provider-provisioner/internal/sliderule"
)

// deploy brings a cluster to the plan and writes the answer into it. before is the state, nil for a resource that is
// new. It says false when nothing came of it, which is told: whatever was begun carries our tags and has its end, and the
// next apply finds it.
func (r *slideruleClusterResource) deploy(ctx context.Context, region *sliderule.Region, plan, before *slideruleClusterModel, diags *diag.Diagnostics) bool {
	c, err := region.Deploy(ctx, plan.wanted(), plan.Wait.ValueBool())
	if err != nil {
		summary := "The cluster could not be deployed"
		if before != nil && before.Status.ValueString() == string(sliderule.Running) {
			summary = "The cluster could not be changed"
		}
		tellFailure(summary, err, diags)
		return false
	}
	r.clouds.first(keptSliderule(c.Name))
	plan.took(c, before)
	tflog.Info(ctx, "deployed a SlideRule cluster", map[string]any{"cluster": c.Name, "outcome": plan.Outcome.ValueString(), "expires_at": plan.ExpiresAt.ValueString()})
	if c.Problem != nil {
		diags.AddWarning("The wait for a cluster was cut short", fmt.Sprintf("%s The cluster %s is %s, and ends at %s whatever happens; the next apply goes on with it.",
			sentence(c.Problem), c.Name, c.State, momentOrNull(c.ExpiresAt).ValueString()))
	}
	return true
}

// leaveSliderule tells that a destroy did not touch a cluster.
func leaveSliderule(cluster, why string, diags *diag.Diagnostics) {
	diags.AddWarning("A cluster was left in place", fmt.Sprintf("The cluster %s is no longer this resource's: %s It was left as it is.", cluster, ended(why)))
}

// refuseOtherPlace refuses an import by an identity that says another region or account than where the cluster is.
func refuseOtherPlace(ctx context.Context, found *sliderule.Cluster, identity *tfsdk.ResourceIdentity, diags *diag.Diagnostics) {
	if identity == nil {
		return
	}
	region, account := placeOfStack(found.StackID)
	for _, is := range []struct{ attribute, there string }{{"region", region}, {"account", account}} {
		var said types.String
		diags.Append(identity.GetAttribute(ctx, path.Root(is.attribute), &said)...)
		if text := said.ValueString(); text != "" && text != is.there {
			diags.AddError("This cannot be imported", fmt.Sprintf("The identity says %s = %q, and the provider's credentials lead to %q: use a provider for that %s, or leave %s out.", is.attribute, text, is.there, is.attribute, is.attribute))
		}
	}
}
