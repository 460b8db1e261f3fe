package provider

import (
	"context"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-log/tflog"

	"github.com/data-access/terraform-provider-provisioner/internal/notebook/google"
	"github.com/data-access/terraform-provider-provisioner/internal/person"
)

var (
	_ resource.Resource                   = (*googleFoundationResource)(nil)
	_ resource.ResourceWithConfigure      = (*googleFoundationResource)(nil)
	_ resource.ResourceWithValidateConfig = (*googleFoundationResource)(nil)
	_ resource.ResourceWithModifyPlan     = (*googleFoundationResource)(nil)
	_ resource.ResourceWithImportState    = (*googleFoundationResource)(nil)
	_ resource.ResourceWithIdentity       = (*googleFoundationResource)(nil)
)

func newGoogleFoundationResource() resource.Resource { return &googleFoundationResource{} }

type googleFoundationResource struct{ clouds *clouds }

// Default time-outs: a new service account takes a while to be known everywhere, and so do grants.
const (
	foundationTimeout       = 10 * time.Minute
	foundationDeleteTimeout = 20 * time.Minute
)

func (r *googleFoundationResource) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_google_foundation"
	resp.ResourceBehavior.MutableIdentity = true // a bucket or an account can be added
}

func (r *googleFoundationResource) Configure(_ context.Context, req resource.ConfigureRequest, resp *resource.ConfigureResponse) {
	r.clouds = configured(req.ProviderData, &resp.Diagnostics)
}

func (r *googleFoundationResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var plan googleFoundationModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	timeout, diags := plan.Timeouts.Create(ctx, foundationTimeout)
	resp.Diagnostics.Append(diags...)
	resp.Diagnostics.Append(plan.judge()...) // what was not known at plan
	family := r.clouds.reachGoogle(ctx, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()

	made, err := family.foundations.Ensure(ctx, plan.wanted())
	if err != nil {
		resp.Diagnostics.AddError("The foundation could not be made", sentence(google.Failed("making the foundation of "+plan.Project.ValueString(), person.Person{}, err)))
		return
	}
	plan.took(made)
	plan.Outcome = types.StringValue(made.Outcome)
	tflog.Info(ctx, "ensured a foundation", map[string]any{"id": plan.ID.ValueString(), "outcome": made.Outcome})
	resp.Diagnostics.Append(resp.State.Set(ctx, &plan)...)
	resp.Diagnostics.Append(plan.identity(ctx, resp.Identity)...)
}

func (r *googleFoundationResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var state googleFoundationModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	timeout, diags := state.Timeouts.Read(ctx, promptTimeout)
	resp.Diagnostics.Append(diags...)
	family := r.clouds.reachGoogle(ctx, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()

	before := state
	found, err := family.foundations.Read(ctx, state.wanted())
	switch {
	case google.IsGone(err):
		resp.Diagnostics.Append(state.identity(ctx, resp.Identity)...) // wanted even of what is gone
		resp.State.RemoveResource(ctx)
		return
	case err != nil:
		resp.Diagnostics.AddError("The foundation could not be read", sentence(google.Failed("reading the foundation "+state.ID.ValueString(), person.Person{}, err)))
		return
	case state.ForceDestroy.IsNull(): // imported a moment ago
		state.imported()
	}
	state.saw(found)
	resp.Diagnostics.Append(state.identity(ctx, resp.Identity)...)
	if !state.same(before) {
		resp.Diagnostics.Append(resp.State.Set(ctx, &state)...)
	}
}

func (r *googleFoundationResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var plan, state googleFoundationModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	timeout, diags := plan.Timeouts.Update(ctx, foundationTimeout)
	resp.Diagnostics.Append(diags...)
	resp.Diagnostics.Append(plan.judge()...) // what was not known at plan
	if resp.Diagnostics.HasError() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()

	if plan.differs(state) {
		r.update(ctx, &plan, state, &resp.Diagnostics)
	} else { // only what we do with it has changed
		plan.keep(state)
	}
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, &plan)...)
	resp.Diagnostics.Append(plan.identity(ctx, resp.Identity)...)
}

// update brings a foundation to the plan and writes the answer into it.
func (r *googleFoundationResource) update(ctx context.Context, plan *googleFoundationModel, state googleFoundationModel, diags *diag.Diagnostics) {
	family := r.clouds.reachGoogle(ctx, diags)
	if diags.HasError() {
		return
	}
	changed, err := family.foundations.Update(ctx, state.wanted(), plan.wanted())
	if err != nil {
		diags.AddError("The foundation could not be changed", sentence(google.Failed("changing the foundation "+state.ID.ValueString(), person.Person{}, err)))
		return
	}
	plan.took(changed)
	plan.Outcome = state.Outcome
}

func (r *googleFoundationResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	var state googleFoundationModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	timeout, diags := state.Timeouts.Delete(ctx, foundationDeleteTimeout)
	resp.Diagnostics.Append(diags...)
	family := r.clouds.reachGoogle(ctx, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()

	if err := family.foundations.Remove(ctx, state.wanted()); err != nil {
		resp.Diagnostics.AddError("The foundation could not be removed", sentence(google.Failed("removing the foundation "+state.ID.ValueString(), person.Person{}, err)))
	}
}

// ImportState takes project/bucket/service_account_id, with - for what there is none of.
func (r *googleFoundationResource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	var m googleFoundationModel
	if req.ID == "" && req.Identity != nil {
		resp.Diagnostics.Append(req.Identity.GetAttribute(ctx, path.Root("project"), &m.Project)...)
		resp.Diagnostics.Append(req.Identity.GetAttribute(ctx, path.Root("bucket"), &m.Bucket)...)
		resp.Diagnostics.Append(req.Identity.GetAttribute(ctx, path.Root("service_account_id"), &m.ServiceAccountID)...)
		m.identify()
	} else {
		m.ID = types.StringValue(req.ID)
	}
	project, bucket, account, err := parseFoundationID(m.ID.ValueString())
	if err != nil {
		resp.Diagnostics.AddError("This cannot be imported", sentence(err))
	}
	if resp.Diagnostics.HasError() {
		return
	}
	m.Project, m.Bucket, m.ServiceAccountID = types.StringValue(project), stringOrNull(bucket), stringOrNull(account)
	m.identify()
	for attribute, value := range map[string]types.String{"id": m.ID, "project": m.Project, "bucket": m.Bucket, "service_account_id": m.ServiceAccountID} {
		resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root(attribute), value)...)
	}
	resp.Diagnostics.Append(m.identity(ctx, resp.Identity)...)
}

// identity writes what tells a foundation from all others.
func (m *googleFoundationModel) identity(ctx context.Context, identity *tfsdk.ResourceIdentity) diag.Diagnostics {
	var diags diag.Diagnostics
	for attribute, value := range map[string]types.String{"project": m.Project, "bucket": m.Bucket, "service_account_id": m.ServiceAccountID} {
		diags.Append(identity.SetAttribute(ctx, path.Root(attribute), value)...)
	}
	return diags
}
