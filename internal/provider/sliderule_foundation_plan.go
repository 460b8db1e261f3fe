package provider

import (
	"context"
	"errors"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/data-access/terraform-provider-provisioner/internal/sliderule"
	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/access"
)

// ValidateConfig refuses what cannot work, as far as it is known.
func (r *slideruleFoundationResource) ValidateConfig(ctx context.Context, req resource.ValidateConfigRequest, resp *resource.ValidateConfigResponse) {
	var config slideruleFoundationModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if !resp.Diagnostics.HasError() {
		resp.Diagnostics.Append(config.judge()...)
	}
}

// judge is every problem of a configuration, at its attribute.
func (m *slideruleFoundationModel) judge() (diags diag.Diagnostics) {
	wanted := m.wanted()
	if days := m.LogRetentionDays; !days.IsNull() && !days.IsUnknown() && days.ValueInt64() == 0 { // 0 would read as nothing said
		diags.AddAttributeError(path.Root("log_retention_days"), "Logs cannot be kept so long", "The log retention 0: choose a number of days from 1 to 3650, such as 90.")
	}
	for _, problem := range sliderule.JudgeFoundation(wanted) {
		diags.AddAttributeError(path.Root(problem.Attribute), problem.Summary, "The "+ended(problem.Detail))
	}
	return diags
}

// ModifyPlan says in the plan what an apply would do.
func (r *slideruleFoundationResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if r.clouds == nil {
		return
	}
	if req.Plan.Raw.IsNull() {
		mayFound(r.clouds.probeSliderule(ctx, &resp.Diagnostics), &resp.Diagnostics)
		return
	}
	var config, plan slideruleFoundationModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	if resp.Diagnostics.HasError() {
		return
	}
	if config.Name.IsNull() {
		plan.Name = r.clouds.slideruleFoundation()
	}
	if req.State.Raw.IsNull() {
		plan.planNew(r.clouds)
		resp.Diagnostics.Append(plan.judge()...)
		region := r.clouds.probeSliderule(ctx, &resp.Diagnostics)
		mayFound(region, &resp.Diagnostics)
		r.lookAhead(ctx, region, &plan, &resp.Diagnostics)
	} else {
		var state slideruleFoundationModel
		resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
		if !plan.Name.Equal(state.Name) {
			resp.RequiresReplace = append(resp.RequiresReplace, path.Root("name"))
		}
		if plan.differs(state) {
			mayFound(r.clouds.probeSliderule(ctx, &resp.Diagnostics), &resp.Diagnostics)
			resp.Diagnostics.Append(plan.planChange(state, r.clouds)...)
			if !plan.Domain.Equal(state.Domain) {
				r.clouds.first(movedFoundation(state.Name.ValueString()))
			}
		}
	}
	resp.Diagnostics.Append(resp.Plan.Set(ctx, &plan)...)
}

// mayFound refuses whoever is no administrator, as the apply would.
func mayFound(region *sliderule.Region, diags *diag.Diagnostics) {
	if region == nil {
		return
	}
	if err := region.Rules().Decide(region.Caller(), access.Request{Function: access.Foundation}); err != nil {
		diags.AddError("A foundation is for administrators", sentence(err)+" Or leave jwt_user out of the provider's sliderule block: who has AWS credentials is administrator.")
	}
}

// lookAhead tells what a new resource will find at its name.
func (r *slideruleFoundationResource) lookAhead(ctx context.Context, region *sliderule.Region, plan *slideruleFoundationModel, diags *diag.Diagnostics) {
	if region == nil || diags.HasError() || plan.Name.IsUnknown() {
		return
	}
	name := plan.Name.ValueString()
	found, err := region.ReadFoundation(ctx, name)
	switch {
	case errors.Is(err, sliderule.ErrGone):
	case err != nil:
		diags.AddWarning("Whether the foundation is there could not be looked up", sentence(err)+" The apply looks again.")
	case !found.Managed:
		diags.AddAttributeError(path.Root("name"), "This foundation is somebody else's", foreignFoundation(found, r.clouds.installation())+" Choose another name, or let whoever made it delete it.")
	case r.clouds.noted(readFoundation(name)): // it is being replaced
	case sliderule.StateOf(found.StackStatus) == sliderule.Running || sliderule.StateOf(found.StackStatus) == sliderule.Deploying:
		diags.AddWarning("The foundation is there already", fmt.Sprintf(
			"The stack %s is this installation's, and %s: the apply takes it over, and gives it what the configuration says.", name, found.StackStatus))
	}
}

// readFoundation is what a run notes of a foundation that its state has.
func readFoundation(name string) string { return "read sliderule foundation " + name }

// foreignFoundation says whose a stack is.
func foreignFoundation(found *sliderule.Foundation, installation string) string {
	if found.ManagedBy == "" {
		return fmt.Sprintf("The stack %s is there, and has no tag that says that this provider made it.", found.Name)
	}
	return fmt.Sprintf("The stack %s is managed by the installation %q, and this provider's installation is %q.", found.Name, found.ManagedBy, installation)
}

// planNew shows what is known of a foundation before it is made.
func (m *slideruleFoundationModel) planNew(c *clouds) {
	m.ID, m.ManagedBy = m.Name, types.StringUnknown()
	if !c.config.Installation.IsUnknown() {
		m.ManagedBy = types.StringValue(c.installation())
	}
}

// planChange shows what an apply would change: of a stack that is whole, what it is made of stays.
func (m *slideruleFoundationModel) planChange(state slideruleFoundationModel, c *clouds) (diags diag.Diagnostics) {
	m.Outcome, m.StackStatus, m.Template = types.StringUnknown(), types.StringUnknown(), types.StringUnknown()
	if !state.whole() {
		for _, field := range m.outputs() {
			*field = types.StringUnknown()
		}
	}
	if by := state.ManagedBy.ValueString(); by != c.installation() && !c.config.Installation.IsUnknown() {
		diags.AddWarning("A foundation is not this installation's", fmt.Sprintf(
			"The stack %s is managed by %q, and this provider's installation is %q: the apply will not change it. Give this installation a foundation of its own, by another name, or take the resource out of this configuration with a removed block.",
			state.Name.ValueString(), by, c.installation()))
	}
	if !m.Domain.IsUnknown() && !m.Domain.Equal(state.Domain) && m.Name.Equal(state.Name) {
		diags.AddAttributeWarning(path.Root("domain"), "The domain of the foundation changes", fmt.Sprintf(
			"From %s to %s: clusters that run keep their old address until they are deployed anew, and people have to log in again.", state.Domain.ValueString(), m.Domain.ValueString()))
	}
	return diags
}
