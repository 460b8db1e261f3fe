package provider

import (
	"context"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/data-access/terraform-provider-provisioner/internal/notebook/google"
	"github.com/data-access/terraform-provider-provisioner/internal/notebook/leftover"
	"github.com/data-access/terraform-provider-provisioner/internal/notebook/template"
	"github.com/data-access/terraform-provider-provisioner/internal/person"
)

// ModifyPlan says in the plan what an apply would do.
func (r *dataprocTemplateResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	var plan, state dataprocTemplateModel
	if !req.State.Raw.IsNull() {
		resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	}
	if req.Plan.Raw.IsNull() {
		if !resp.Diagnostics.HasError() {
			r.leftovers(state).plan(ctx, r.clouds, &resp.Diagnostics)
		}
		return
	}
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	if resp.Diagnostics.HasError() || r.clouds == nil {
		return
	}
	proposed := plan
	if req.State.Raw.IsNull() {
		resp.Diagnostics.Append(plan.planNew(r.clouds.plannedInstallation())...)
		if !plan.URI.IsUnknown() {
			r.clouds.notePlanned(plan.file(), &resp.Diagnostics)
		}
		r.warnOfTemplate(plan, &resp.Diagnostics)
		r.probe(ctx, plan, &resp.Diagnostics)
	} else if plan.replaces(state) {
		r.leftovers(state).plan(ctx, r.clouds, &resp.Diagnostics)
	} else {
		resp.Diagnostics.Append(plan.planChange(state, r.clouds.plannedInstallation())...)
		if !plan.YAML.Equal(state.YAML) {
			r.warnOfTemplate(plan, &resp.Diagnostics)
		}
	}
	if plan.DeleteLeftoverClusters.ValueBool() && !plan.DeleteLeftoverClusters.Equal(state.DeleteLeftoverClusters) {
		r.clouds.judgePlace(plan.Project, plan.Region, "delete_leftover_clusters", &resp.Diagnostics)
	}
	if !plan.same(proposed) { // most plans of most people change nothing, and writing one takes its time
		resp.Diagnostics.Append(resp.Plan.Set(ctx, &plan)...)
	}
}

// planText is the person's file as far as it is known; unknown otherwise.
func (m *dataprocTemplateModel) planText(installation types.String) (types.String, diag.Diagnostics) {
	var diags diag.Diagnostics
	if m.Template.IsUnknown() || m.UserEmail.IsUnknown() || installation.IsUnknown() {
		return types.StringUnknown(), diags
	}
	text, _, err := renderTemplate(m.Template.ValueString(), m.UserEmail.ValueString(), installation.ValueString())
	refuseFile(path.Root("template"), m.UserEmail.ValueString(), err, &diags)
	return types.StringValue(text), diags
}

// planNew shows where the file will stand and what it will say.
func (m *dataprocTemplateModel) planNew(installation types.String) diag.Diagnostics {
	text, diags := m.planText(installation)
	m.ManagedBy = installation
	if !text.IsUnknown() {
		m.holds(text.ValueString())
	}
	if m.UserEmail.IsUnknown() || m.Bucket.IsUnknown() || m.Prefix.IsUnknown() || m.Name.IsUnknown() {
		return diags
	}
	stands, err := m.path()
	if err != nil {
		diags.AddAttributeError(path.Root("name"), "The file has no place", sentence(err))
		return diags
	}
	m.stands(template.Object{Bucket: m.Bucket.ValueString(), Name: stands})
	return diags
}

// path is where the file stands in the bucket.
func (m *dataprocTemplateModel) path() (string, error) {
	who, err := person.Parse(m.UserEmail.ValueString())
	if err != nil {
		return "", err
	}
	return template.Path(m.Prefix.ValueString(), who, m.Name.ValueString())
}

// planChange shows the text that an apply would upload. A template that means the same keeps the one in the state.
func (m *dataprocTemplateModel) planChange(state dataprocTemplateModel, installation types.String) (diags diag.Diagnostics) {
	if isForeign(state.ManagedBy, installation.ValueString()) && !installation.IsUnknown() {
		if !m.Template.Equal(state.Template) {
			warnOfForeign(state.ManagedBy, "file "+state.URI.ValueString(), state.UserEmail.ValueString(), "gcloud storage rm "+state.URI.ValueString(), &diags)
		}
		return diags
	}
	text, diags := m.planText(installation)
	if diags.HasError() {
		return diags
	}
	if text.Equal(state.YAML) && installation.Equal(state.ManagedBy) {
		m.Template = state.Template
		return diags
	}
	m.ManagedBy, m.Generation = installation, types.Int64Unknown()
	if text.IsUnknown() {
		m.YAML, m.MD5 = types.StringUnknown(), types.StringUnknown()
	} else {
		m.holds(text.ValueString())
	}
	return diags
}

// warnOfTemplate tells, once for each, what of an admin's file works today and will not for long.
func (r *dataprocTemplateResource) warnOfTemplate(plan dataprocTemplateModel, diags *diag.Diagnostics) {
	if plan.Template.IsUnknown() || diags.HasError() {
		return
	}
	parsed, err := parseTemplate(plan.Template.ValueString())
	if err != nil {
		return // told already
	}
	var told []string
	for _, warning := range parsed.WarningsOn(r.clouds.clock.Now()) {
		if text := problemSentence(warning); r.clouds.first("template " + text) {
			told = append(told, text)
		}
	}
	if len(told) > 0 {
		diags.AddAttributeWarning(path.Root("template"), "The cluster file needs attention", inFile("template", told))
	}
}

// probe looks, once for each, whether the bucket is there. One that is missing may be made in the same apply.
func (r *dataprocTemplateResource) probe(ctx context.Context, plan dataprocTemplateModel, diags *diag.Diagnostics) {
	family := r.clouds.probeGoogle(ctx, diags)
	bucket := plan.Bucket.ValueString()
	if family == nil || plan.Bucket.IsUnknown() || !r.clouds.first("bucket "+bucket) {
		return
	}
	there, err := family.templates.HasBucket(ctx, bucket)
	switch {
	case err != nil:
		diags.AddWarning("A bucket could not be looked at", sentence(err))
	case !there:
		diags.AddWarning("A bucket is not there yet", "There is no bucket "+bucket+". The apply will fail unless it is made by then: by a provisioner_google_foundation in the same configuration, for example.")
	}
}

// leftovers are the clusters of a person.
func (r *dataprocTemplateResource) leftovers(state dataprocTemplateModel) leftovers {
	l := leftovers{deletes: state.DeleteLeftoverClusters.ValueBool(), attribute: "delete_leftover_clusters"}
	l.who, _ = person.Parse(state.UserEmail.ValueString())
	if r.clouds != nil {
		l.project, l.region = r.clouds.projectOf(state.Project), r.clouds.regionOf(state.Region)
	}
	l.find = func(ctx context.Context, cloud *google.Cloud) ([]leftover.Leftover, error) {
		return leftover.Clusters(ctx, cloud, l.project, l.region, l.who)
	}
	return l
}

// isRenderedFrom reports whether a text is what the template makes for the person.
func isRenderedFrom(templateText, email, installation, text string) bool {
	rendered, _, err := renderTemplate(templateText, email, installation)
	return err == nil && strings.Compare(rendered, text) == 0
}
