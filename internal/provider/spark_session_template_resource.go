package provider

import (
	"context"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-log/tflog"

	"github.com/data-access/terraform-provider-provisioner/internal/notebook/google"
	"github.com/data-access/terraform-provider-provisioner/internal/notebook/session"
	"github.com/data-access/terraform-provider-provisioner/internal/person"
)

var (
	_ resource.Resource                   = (*sparkSessionTemplateResource)(nil)
	_ resource.ResourceWithConfigure      = (*sparkSessionTemplateResource)(nil)
	_ resource.ResourceWithValidateConfig = (*sparkSessionTemplateResource)(nil)
	_ resource.ResourceWithModifyPlan     = (*sparkSessionTemplateResource)(nil)
	_ resource.ResourceWithImportState    = (*sparkSessionTemplateResource)(nil)
	_ resource.ResourceWithIdentity       = (*sparkSessionTemplateResource)(nil)
)

func newSparkSessionTemplateResource() resource.Resource { return &sparkSessionTemplateResource{} }

type sparkSessionTemplateResource struct{ clouds *clouds }

func (r *sparkSessionTemplateResource) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_spark_session_template"
}

func (r *sparkSessionTemplateResource) Configure(_ context.Context, req resource.ConfigureRequest, resp *resource.ConfigureResponse) {
	r.clouds = configured(req.ProviderData, &resp.Diagnostics)
}

func (r *sparkSessionTemplateResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var plan sparkSessionTemplateModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	timeout, diags := plan.Timeouts.Create(ctx, promptTimeout)
	resp.Diagnostics.Append(diags...)
	resp.Diagnostics.Append(plan.planNew(r.clouds)...) // what was not known at plan
	wanted := plan.wanted()
	family := r.clouds.reachGoogle(ctx, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()

	made, created, err := family.sessions.Ensure(ctx, wanted)
	if err != nil {
		resp.Diagnostics.AddError("The session template could not be made", sentence(google.Failed("making the session template "+wanted.Name, wanted.Person, err)))
		return
	}
	plan.took(made, r.clouds.installation())
	plan.Outcome = outcomeOf(created)
	tflog.Info(ctx, "ensured a session template", map[string]any{"person": wanted.Person.Email(), "id": made.ID, "outcome": plan.Outcome.ValueString()})
	resp.Diagnostics.Append(resp.State.Set(ctx, &plan)...)
	resp.Diagnostics.Append(resp.Identity.SetAttribute(ctx, path.Root("id"), plan.ID)...)
}

func (r *sparkSessionTemplateResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var state sparkSessionTemplateModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	timeout, diags := state.Timeouts.Read(ctx, promptTimeout)
	resp.Diagnostics.Append(diags...)
	family := r.clouds.reachGoogle(ctx, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()

	before, id := state, state.ID.ValueString()
	who, _ := person.Parse(state.UserEmail.ValueString())
	resp.Diagnostics.Append(resp.Identity.SetAttribute(ctx, path.Root("id"), id)...) // wanted even of what is gone
	found, err := family.sessions.Read(ctx, id)
	switch {
	case google.IsGone(err):
		resp.State.RemoveResource(ctx)
		return
	case err != nil:
		resp.Diagnostics.AddError("The session template could not be read", sentence(google.Failed("reading the session template "+id, who, err)))
		return
	case state.Name.IsNull(): // imported a moment ago
		state.imported(found)
	}
	state.saw(found)
	if installation := r.clouds.installation(); isForeign(state.ManagedBy, installation) && !isForeign(before.ManagedBy, installation) {
		warnOfLoss("session template "+id, state.UserEmail.ValueString(), state.ManagedBy, installation, &resp.Diagnostics)
	}
	r.clouds.noteRead(sessionTemplateOf(id, state.UserEmail.ValueString()), &resp.Diagnostics)
	if !state.same(before) {
		resp.Diagnostics.Append(resp.State.Set(ctx, &state)...)
	}
}

func (r *sparkSessionTemplateResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var plan, state sparkSessionTemplateModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	timeout, diags := plan.Timeouts.Update(ctx, promptTimeout)
	resp.Diagnostics.Append(diags...)
	stored, diags := req.Private.GetKey(ctx, importedKey)
	resp.Diagnostics.Append(diags...)
	resp.Diagnostics.Append(plan.judge()...) // what was not known at plan
	if resp.Diagnostics.HasError() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()

	installation := r.clouds.installation()
	repaired := state.EffectiveIdentity.ValueString() == identityUser && state.ManagedBy.ValueString() == installation
	if isForeign(state.ManagedBy, installation) || (repaired && !plan.differs(state)) { // the template stays as it is
		plan.keep(state)
	} else {
		from := originOf(stored)
		r.update(ctx, &plan, state, from, &resp.Diagnostics)
		resp.Diagnostics.Append(resp.Private.SetKey(ctx, importedKey, plan.origin(state, from).stored())...)
	}
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, &plan)...)
	resp.Diagnostics.Append(resp.Identity.SetAttribute(ctx, path.Root("id"), plan.ID)...)
}

// update brings a template to the plan and writes the answer into it.
func (r *sparkSessionTemplateResource) update(ctx context.Context, plan *sparkSessionTemplateModel, state sparkSessionTemplateModel, from origin, diags *diag.Diagnostics) {
	before, after := state.wanted(), plan.wanted()
	family := r.clouds.reachGoogle(ctx, diags)
	if diags.HasError() {
		return
	}
	if from.imports("properties") {
		before.Properties = nil
	}
	if from.imports("labels") {
		before.Labels = nil
	}
	changed, err := family.sessions.Update(ctx, state.ID.ValueString(), before, after)
	if err != nil {
		diags.AddError("The session template could not be changed", sentence(google.Failed("changing the session template "+after.Name, after.Person, err)))
		return
	}
	plan.took(changed, r.clouds.installation())
	plan.Outcome = state.Outcome
}

// Delete removes the template first: while it is there, its person can start another session from it.
func (r *sparkSessionTemplateResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	var state sparkSessionTemplateModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	timeout, diags := state.Timeouts.Delete(ctx, leftoversTimeout)
	resp.Diagnostics.Append(diags...)
	family := r.clouds.reachGoogle(ctx, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()

	id := state.ID.ValueString()
	who, _ := person.Parse(state.UserEmail.ValueString())
	remove := func() (left bool, err error) { return family.sessions.Delete(ctx, id) }
	if r.clouds.deleted(state.ManagedBy, "session template "+id, who, "The session template could not be removed", remove, &resp.Diagnostics) {
		r.leftovers(state).remove(ctx, family.cloud, &resp.Diagnostics)
	}
}

// ImportState takes an id, project/location/name or location/name; or a person, with or without the name of a
// template: ana@example.com or ana@example.com/my-template. Only a person's address tells whose it is at once.
func (r *sparkSessionTemplateResource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	text := req.ID
	if text == "" && req.Identity != nil {
		resp.Diagnostics.Append(req.Identity.GetAttribute(ctx, path.Root("id"), &text)...)
	}
	if resp.Diagnostics.HasError() {
		return
	}
	email := types.StringNull()
	if first, name, _ := strings.Cut(text, "/"); strings.Contains(first, "@") {
		who, err := person.Parse(first)
		if err != nil {
			resp.Diagnostics.AddError("This cannot be imported", sentence(err))
			return
		}
		if name == "" {
			name = session.DefaultName(who)
		}
		text, email = r.clouds.regionOf(types.StringNull())+"/"+name, types.StringValue(who.Email())
	}
	id, err := session.ParseID(text, r.clouds.projectOf(types.StringNull()))
	if err != nil {
		resp.Diagnostics.AddError("This cannot be imported", sentence(err)+" Or give a person whose template is in the provider's project and location: ana@example.com, or ana@example.com/my-template.")
		return
	}
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root("id"), id)...)
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root("user_email"), email)...)
	resp.Diagnostics.Append(resp.Identity.SetAttribute(ctx, path.Root("id"), id)...)
	resp.Diagnostics.Append(resp.Private.SetKey(ctx, importedKey, origin{"properties", "labels"}.stored())...)
}
