package provider

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-log/tflog"

	"github.com/data-access/terraform-provider-provisioner/internal/sliderule"
)

var (
	_ resource.Resource                   = (*slideruleFoundationResource)(nil)
	_ resource.ResourceWithConfigure      = (*slideruleFoundationResource)(nil)
	_ resource.ResourceWithValidateConfig = (*slideruleFoundationResource)(nil)
	_ resource.ResourceWithModifyPlan     = (*slideruleFoundationResource)(nil)
	_ resource.ResourceWithImportState    = (*slideruleFoundationResource)(nil)
	_ resource.ResourceWithIdentity       = (*slideruleFoundationResource)(nil)
)

func newSlideruleFoundationResource() resource.Resource { return &slideruleFoundationResource{} }

type slideruleFoundationResource struct{ clouds *clouds }

// foundedTimeout is the default of create, update and delete: a stack of a dozen things that are made within minutes.
const foundedTimeout = 15 * time.Minute

func (r *slideruleFoundationResource) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_sliderule_foundation"
}

func (r *slideruleFoundationResource) Configure(_ context.Context, req resource.ConfigureRequest, resp *resource.ConfigureResponse) {
	r.clouds = configured(req.ProviderData, &resp.Diagnostics)
}

func (r *slideruleFoundationResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var plan slideruleFoundationModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	timeout, diags := plan.Timeouts.Create(ctx, foundedTimeout)
	resp.Diagnostics.Append(diags...)
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()

	r.ensure(ctx, &plan, "The foundation could not be made", &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, &plan)...)
	resp.Diagnostics.Append(plan.identity(ctx, resp.Identity)...)
}

// ensure makes the stack as planned, and writes into the plan what that came to. A wait that ended early is a warning:
// the stack goes on, and the next plan sees that it is not whole.
func (r *slideruleFoundationResource) ensure(ctx context.Context, plan *slideruleFoundationModel, summary string, diags *diag.Diagnostics) {
	if diags.HasError() {
		return
	}
	diags.Append(plan.judge()...) // what was not known at plan
	region := r.clouds.reachSliderule(ctx, diags)
	if diags.HasError() {
		return
	}
	made, err := region.EnsureFoundation(ctx, plan.wanted())
	if err != nil {
		diags.AddError(summary, sentence(err))
		return
	}
	plan.took(made)
	plan.Outcome, plan.Template = types.StringValue(made.Outcome), types.StringValue(sliderule.FoundationTemplate())
	if made.Outcome == "" { // another change was under way, and ours has not begun: any template differs from none
		plan.Outcome, plan.Template = types.StringValue(outcomeNoAction), types.StringValue("")
	}
	if made.Problem != nil {
		diags.AddWarning("The wait for a foundation ended early", sentence(made.Problem))
	}
	tflog.Info(ctx, "ensured a foundation", map[string]any{"name": made.Name, "outcome": made.Outcome, "status": made.StackStatus})
}

func (r *slideruleFoundationResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var state slideruleFoundationModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	timeout, diags := state.Timeouts.Read(ctx, promptTimeout)
	resp.Diagnostics.Append(diags...)
	region := r.clouds.reachSliderule(ctx, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()

	found, err := region.ReadFoundation(ctx, state.Name.ValueString())
	switch {
	case errors.Is(err, sliderule.ErrGone):
		resp.Diagnostics.Append(state.identity(ctx, resp.Identity)...) // wanted even of what is gone
		resp.State.RemoveResource(ctx)
		return
	case err != nil:
		resp.Diagnostics.AddError("The foundation could not be read", sentence(err))
		return
	case state.Domain.IsNull() && !found.Managed:
		resp.Diagnostics.AddError("This cannot be imported", foreignFoundation(found, r.clouds.installation()))
		return
	case state.Domain.IsNull(): // imported a moment ago
		state = foundedFound(found)
	default:
		state.saw(found)
	}
	r.clouds.first(readFoundation(state.Name.ValueString()))
	resp.Diagnostics.Append(resp.State.Set(ctx, &state)...)
	resp.Diagnostics.Append(state.identity(ctx, resp.Identity)...)
}

func (r *slideruleFoundationResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var plan, state slideruleFoundationModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	timeout, diags := plan.Timeouts.Update(ctx, foundedTimeout)
	resp.Diagnostics.Append(diags...)
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()

	if plan.differs(state) { // otherwise only what we do with it has changed
		r.ensure(ctx, &plan, "The foundation could not be changed", &resp.Diagnostics)
	}
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, &plan)...)
	resp.Diagnostics.Append(plan.identity(ctx, resp.Identity)...)
}

func (r *slideruleFoundationResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	var state slideruleFoundationModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	timeout, diags := state.Timeouts.Delete(ctx, foundedTimeout)
	resp.Diagnostics.Append(diags...)
	region := r.clouds.reachSliderule(ctx, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()

	err := region.RemoveFoundation(ctx, state.Name.ValueString())
	switch {
	case err == nil, errors.Is(err, sliderule.ErrGone):
	case errors.Is(err, sliderule.ErrInUse):
		resp.Diagnostics.AddError("Clusters still need the foundation", sentence(err))
	default:
		resp.Diagnostics.AddError("The foundation could not be removed", sentence(err))
	}
}

// ImportState takes the name of the stack.
func (r *slideruleFoundationResource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	name, place := types.StringValue(req.ID), types.StringNull()
	if req.ID == "" && req.Identity != nil {
		resp.Diagnostics.Append(req.Identity.GetAttribute(ctx, path.Root("name"), &name)...)
		resp.Diagnostics.Append(req.Identity.GetAttribute(ctx, path.Root("region"), &place)...)
	}
	for _, problem := range sliderule.JudgeFoundation(sliderule.FoundationWanted{Name: name.ValueString()}) {
		resp.Diagnostics.AddError("This cannot be imported", "The "+ended(problem.Detail))
	}
	if name.ValueString() == "" {
		resp.Diagnostics.AddError("This cannot be imported", "The name of the foundation is empty: give that of its stack, such as "+sliderule.DefaultFoundation+".")
	}
	if r.clouds.reachSliderule(ctx, &resp.Diagnostics); resp.Diagnostics.HasError() {
		return
	}
	if at := r.clouds.slideruleRegion(); place.ValueString() != "" && place.ValueString() != at {
		resp.Diagnostics.AddError("This cannot be imported", fmt.Sprintf("It is in %s, and the provider works in %s: use a provider whose aws.region is that one.", place.ValueString(), at))
		return
	}
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root("name"), name)...)
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root("id"), name)...)
	m := slideruleFoundationModel{Name: name}
	resp.Diagnostics.Append(m.identity(ctx, resp.Identity)...)
}

// identity writes what tells a foundation from all others.
func (m *slideruleFoundationModel) identity(ctx context.Context, identity *tfsdk.ResourceIdentity) diag.Diagnostics {
	region, account := m.place()
	var diags diag.Diagnostics
	for attribute, value := range map[string]types.String{"name": m.Name, "region": stringOrNull(region), "account": stringOrNull(account)} {
		diags.Append(identity.SetAttribute(ctx, path.Root(attribute), value)...)
	}
	return diags
}
