package provider

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-log/tflog"

	"github.com/data-access/terraform-provider-provisioner/internal/notebook/google"
	"github.com/data-access/terraform-provider-provisioner/internal/notebook/template"
	"github.com/data-access/terraform-provider-provisioner/internal/person"
)

var (
	_ resource.Resource                = (*dataprocTemplateResource)(nil)
	_ resource.ResourceWithConfigure   = (*dataprocTemplateResource)(nil)
	_ resource.ResourceWithModifyPlan  = (*dataprocTemplateResource)(nil)
	_ resource.ResourceWithImportState = (*dataprocTemplateResource)(nil)
	_ resource.ResourceWithIdentity    = (*dataprocTemplateResource)(nil)
)

func newDataprocTemplateResource() resource.Resource { return &dataprocTemplateResource{} }

type dataprocTemplateResource struct{ clouds *clouds }

func (r *dataprocTemplateResource) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_dataproc_template"
}

func (r *dataprocTemplateResource) Configure(_ context.Context, req resource.ConfigureRequest, resp *resource.ConfigureResponse) {
	r.clouds = configured(req.ProviderData, &resp.Diagnostics)
}

func (r *dataprocTemplateResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var plan dataprocTemplateModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	timeout, diags := plan.Timeouts.Create(ctx, promptTimeout)
	resp.Diagnostics.Append(diags...)
	family := r.clouds.reachGoogle(ctx, &resp.Diagnostics)
	text, who := r.render(plan, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()

	stands, err := plan.path()
	if err != nil {
		resp.Diagnostics.AddError("The file has no place", sentence(err))
		return
	}
	stored, created, err := family.templates.Ensure(ctx, who, template.Object{Bucket: plan.Bucket.ValueString(), Name: stands, Text: text})
	if err != nil {
		resp.Diagnostics.AddError("The template could not be uploaded", sentence(google.Failed("uploading "+plan.Bucket.ValueString()+"/"+stands, who, err)))
		return
	}
	plan.took(stored, text, r.clouds.installation())
	plan.Outcome = outcomeOf(created)
	tflog.Info(ctx, "ensured a Dataproc template", map[string]any{"person": who.Email(), "uri": plan.URI.ValueString(), "outcome": plan.Outcome.ValueString()})
	resp.Diagnostics.Append(resp.State.Set(ctx, &plan)...)
	resp.Diagnostics.Append(identifyTemplate(ctx, resp.Identity, plan)...)
}

func (r *dataprocTemplateResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var state dataprocTemplateModel
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
	resp.Diagnostics.Append(identifyTemplate(ctx, resp.Identity, state)...) // wanted even of what is gone
	bucket, name := state.Bucket.ValueString(), state.Path.ValueString()
	found, err := family.templates.Read(ctx, bucket, name, state.MD5.ValueString())
	who, _ := person.Parse(state.UserEmail.ValueString())
	switch {
	case google.IsGone(err):
		resp.State.RemoveResource(ctx)
		return
	case err != nil:
		resp.Diagnostics.AddError("The template could not be read", sentence(google.Failed("reading gs://"+bucket+"/"+name, who, err)))
		return
	case state.UserEmail.IsNull(): // imported a moment ago
		if err := state.imported(found); err != nil {
			resp.Diagnostics.AddError("This cannot be imported", fmt.Sprintf("The file gs://%s/%s: %s.", bucket, name, err))
			return
		}
		who, _ = person.Parse(state.UserEmail.ValueString())
	}
	state.saw(found, who)
	if installation := r.clouds.installation(); isForeign(state.ManagedBy, installation) && !isForeign(before.ManagedBy, installation) {
		warnOfLoss("file "+state.URI.ValueString(), state.UserEmail.ValueString(), state.ManagedBy, installation, &resp.Diagnostics)
	}
	r.clouds.noteRead(state.file(), &resp.Diagnostics)
	if !state.same(before) {
		resp.Diagnostics.Append(resp.State.Set(ctx, &state)...)
	}
}

func (r *dataprocTemplateResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var plan, state dataprocTemplateModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	timeout, diags := plan.Timeouts.Update(ctx, promptTimeout)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	text, who := r.render(plan, &resp.Diagnostics)
	installation := r.clouds.installation()
	if isForeign(state.ManagedBy, installation) || (text == state.YAML.ValueString() && installation == state.ManagedBy.ValueString()) { // the file stays as it is
		plan.keep(state)
	} else if family := r.clouds.reachGoogle(ctx, &resp.Diagnostics); family != nil {
		ctx, cancel := context.WithTimeout(ctx, timeout)
		defer cancel()
		stored, err := family.templates.Update(ctx, who, state.object(text))
		if err != nil {
			resp.Diagnostics.AddError("The template could not be changed", sentence(google.Failed("uploading "+state.URI.ValueString(), who, err)))
			return
		}
		plan.took(stored, text, installation)
		plan.Outcome = state.Outcome
	}
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, &plan)...)
	resp.Diagnostics.Append(identifyTemplate(ctx, resp.Identity, plan)...)
}

// Delete removes the file first: while it is there, its person can make another cluster from it.
func (r *dataprocTemplateResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	var state dataprocTemplateModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	timeout, diags := state.Timeouts.Delete(ctx, leftoversTimeout)
	resp.Diagnostics.Append(diags...)
	family := r.clouds.reachGoogle(ctx, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()

	who, _ := person.Parse(state.UserEmail.ValueString())
	remove := func() (left bool, err error) { return family.templates.Delete(ctx, state.object("")) }
	if r.clouds.deleted(state.ManagedBy, "file "+state.URI.ValueString(), who, "The template could not be removed", remove, &resp.Diagnostics) {
		r.leftovers(state).remove(ctx, family.cloud, &resp.Diagnostics)
	}
}

// render is the person's file as the plan asks for it.
func (r *dataprocTemplateResource) render(plan dataprocTemplateModel, diags *diag.Diagnostics) (string, person.Person) {
	if diags.HasError() {
		return "", person.Person{}
	}
	text, who, err := renderTemplate(plan.Template.ValueString(), plan.UserEmail.ValueString(), r.clouds.installation())
	refuseFile(path.Root("template"), plan.UserEmail.ValueString(), err, diags)
	return text, who
}

// ImportState takes gs://bucket/path, or bucket/path.
func (r *dataprocTemplateResource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	var m dataprocTemplateModel
	id := req.ID
	if id == "" && req.Identity != nil {
		var bucket, name string
		resp.Diagnostics.Append(req.Identity.GetAttribute(ctx, path.Root("bucket"), &bucket)...)
		resp.Diagnostics.Append(req.Identity.GetAttribute(ctx, path.Root("path"), &name)...)
		id = bucket + "/" + name
	}
	bucket, name, err := parseTemplateID(id)
	if err != nil {
		resp.Diagnostics.AddError("This cannot be imported", sentence(err))
		return
	}
	m.stands(template.Object{Bucket: bucket, Name: name})
	for attribute, value := range map[string]types.String{"bucket": m.Bucket, "path": m.Path, "uri": m.URI, "id": m.ID} {
		resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root(attribute), value)...)
	}
	resp.Diagnostics.Append(identifyTemplate(ctx, resp.Identity, m)...)
}
