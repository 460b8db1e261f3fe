package provider

import (
	"context"
	"fmt"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/data-access/terraform-provider-provisioner/internal/notebook"
	"github.com/data-access/terraform-provider-provisioner/internal/notebook/google"
)

var (
	_ resource.Resource                   = (*personalNotebookResource)(nil)
	_ resource.ResourceWithConfigure      = (*personalNotebookResource)(nil)
	_ resource.ResourceWithValidateConfig = (*personalNotebookResource)(nil)
	_ resource.ResourceWithModifyPlan     = (*personalNotebookResource)(nil)
	_ resource.ResourceWithImportState    = (*personalNotebookResource)(nil)
	_ resource.ResourceWithIdentity       = (*personalNotebookResource)(nil)
)

func newPersonalNotebookResource() resource.Resource { return &personalNotebookResource{} }

type personalNotebookResource struct{ clouds *clouds }

// Default time-outs. A notebook takes three to ten minutes; one with an accelerator may wait for a machine.
const (
	notebookCreateTimeout = 30 * time.Minute
	notebookReadTimeout   = 5 * time.Minute
	notebookDeleteTimeout = 20 * time.Minute
)

func (r *personalNotebookResource) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_personal_notebook"
}

func (r *personalNotebookResource) Configure(_ context.Context, req resource.ConfigureRequest, resp *resource.ConfigureResponse) {
	r.clouds = configured(req.ProviderData, &resp.Diagnostics)
}

func (r *personalNotebookResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var plan, config personalNotebookModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	timeout, diags := plan.Timeouts.Create(ctx, notebookCreateTimeout)
	resp.Diagnostics.Append(diags...)
	fleet := r.fleet(ctx, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()

	resp.Diagnostics.Append(plan.planDefaults(r.clouds, &config, nil, nil)...) // those of what the plan did not know
	n := r.ensure(ctx, fleet, &plan, &config, &resp.Diagnostics)
	if n == nil {
		return
	}
	switch {
	case n.Problem != nil:
		resp.Diagnostics.Append(resp.Private.SetKey(ctx, untoldKey, []byte("true"))...)
	case n.Outcome == notebook.Created:
		r.notify(ctx, &plan, n, &resp.Diagnostics)
	}
	plan.took(n)
	resp.Diagnostics.Append(resp.State.Set(ctx, &plan)...)
	resp.Diagnostics.Append(plan.identify(ctx, resp.Identity)...)
}

func (r *personalNotebookResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var state personalNotebookModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	timeout, diags := state.Timeouts.Read(ctx, notebookReadTimeout)
	resp.Diagnostics.Append(diags...)
	fleet := r.fleet(ctx, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()

	before, id := state, state.ID.ValueString()
	resp.Diagnostics.Append(state.identify(ctx, resp.Identity)...) // wanted even of what is gone
	n, err := fleet.Read(ctx, state.environment(), id)
	switch {
	case google.IsGone(err):
		resp.State.RemoveResource(ctx)
		return
	case err != nil:
		resp.Diagnostics.AddError("The notebook could not be read", fmt.Sprintf("The notebook of %s: %s", state.UserEmail.ValueString(), sentence(err)))
		return
	case state.Name.IsNull(): // imported a moment ago
		state.imported(n)
	}
	state.saw(n)
	r.warnOfOwner(&state, n, &resp.Diagnostics)
	r.clouds.noteRead(notebookOf(state.ID.ValueString(), state.UserEmail.ValueString()), &resp.Diagnostics)
	if !state.same(&before) {
		resp.Diagnostics.Append(resp.State.Set(ctx, &state)...)
	}
}

func (r *personalNotebookResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var plan, state, config personalNotebookModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	timeout, diags := plan.Timeouts.Update(ctx, notebookCreateTimeout)
	resp.Diagnostics.Append(diags...)
	last, diags := lastOf(ctx, req.Private)
	resp.Diagnostics.Append(diags...)
	fleet := r.fleet(ctx, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()

	resp.Diagnostics.Append(plan.planDefaults(r.clouds, &config, &state, last.from)...)
	if !plan.touches(&state) {
		plan.keep(&state)
	} else {
		n := r.update(ctx, fleet, &plan, &state, &config, &last, &resp.Diagnostics)
		if n == nil {
			resp.Diagnostics.Append(last.store(ctx, resp.Private)...)
			return
		}
		if last.untold && n.Problem == nil { // the first time that it is whole
			r.notify(ctx, &plan, n, &resp.Diagnostics)
			last.untold = false
		}
		plan.took(n)
		last.from = last.from.settled(&plan, &state)
	}
	resp.Diagnostics.Append(last.store(ctx, resp.Private)...)
	resp.Diagnostics.Append(resp.State.Set(ctx, &plan)...)
	resp.Diagnostics.Append(plan.identify(ctx, resp.Identity)...)
}

func (r *personalNotebookResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	var state personalNotebookModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	timeout, diags := state.Timeouts.Delete(ctx, notebookDeleteTimeout)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	if state.DeletionProtection.ValueBool() { // -replace and taint do not show in the plan of the old notebook
		resp.Diagnostics.AddError("A protected notebook would be destroyed", protected(&state)+" One that is tainted has to be untainted first: terraform untaint.")
		return
	}
	how := state.OnDestroy.ValueString()
	if how == abandonNotebook {
		return
	}
	fleet := r.fleet(ctx, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()

	id := state.ID.ValueString()
	remove := fleet.Remove
	if how == stopNotebook {
		remove = fleet.Stop
	}
	left, err := remove(ctx, state.environment(), id)
	switch {
	case err != nil && !google.IsGone(err):
		resp.Diagnostics.AddError("The notebook could not be removed", fmt.Sprintf("The notebook of %s: %s", state.UserEmail.ValueString(), sentence(err)))
	case left:
		resp.Diagnostics.AddWarning("A notebook was left in place", fmt.Sprintf("The notebook %s of %s is no longer this resource's: another resource of this configuration has it now. It was left as it is.", id, state.UserEmail.ValueString()))
	}
}

// ImportState takes an id, or PROJECT/LOCATION/NAME, or LOCATION/NAME in the provider's project, after the environment
// and a colon where it is not workbench: dataproc_hub:us-central1-a/hub-ana.
func (r *personalNotebookResource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	text, environment := req.ID, ""
	if text == "" && req.Identity != nil {
		resp.Diagnostics.Append(req.Identity.GetAttribute(ctx, path.Root("id"), &text)...)
		var of *string
		resp.Diagnostics.Append(req.Identity.GetAttribute(ctx, path.Root("environment"), &of)...)
		if of != nil {
			environment = *of
		}
	}
	if resp.Diagnostics.HasError() {
		return
	}
	id, of, err := r.findForImport(text, environment)
	if err != nil {
		resp.Diagnostics.AddError("This cannot be imported", sentence(err)+importForms)
		return
	}
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root("id"), id)...)
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root("environment"), string(of))...)
	if resp.Identity != nil {
		resp.Diagnostics.Append(resp.Identity.SetAttribute(ctx, path.Root("id"), id)...)
		resp.Diagnostics.Append(resp.Identity.SetAttribute(ctx, path.Root("environment"), string(of))...)
	}
	resp.Diagnostics.Append(resp.Private.SetKey(ctx, importedKey, importedOrigin().stored())...)
}
