package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/data-access/terraform-provider-provisioner/internal/notebook"
)

// ValidateConfig refuses what the configuration alone shows to be impossible, one error an attribute.
func (r *personalNotebookResource) ValidateConfig(ctx context.Context, req resource.ValidateConfigRequest, resp *resource.ValidateConfigResponse) {
	var config personalNotebookModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if resp.Diagnostics.HasError() {
		return
	}
	problems, diags := config.configured().problems(ctx, &config)
	resp.Diagnostics.Append(diags...)
	refuse(problems, &resp.Diagnostics)
}

// configured is a configuration with the defaults that depend on nothing.
func (m personalNotebookModel) configured() personalNotebookModel {
	if m.Environment.IsNull() {
		m.Environment = types.StringValue(notebookDefaults["environment"])
	}
	if m.Identity.IsNull() {
		m.Identity = types.StringValue(notebookDefaults["identity"])
	}
	return m
}

func (m personalNotebookModel) problems(ctx context.Context, config *personalNotebookModel) ([]notebook.Problem, diag.Diagnostics) {
	w, diags := m.wanted(ctx, *config)
	if diags.HasError() {
		return nil, diags
	}
	return notebook.Judge(w), diags
}

// judge refuses what the defaults and what has become known show to be impossible. What ValidateConfig told is not told
// again.
func (r *personalNotebookResource) judge(ctx context.Context, plan, config *personalNotebookModel, diags *diag.Diagnostics) {
	problems, more := plan.problems(ctx, config)
	diags.Append(more...)
	before, more := config.configured().problems(ctx, config)
	diags.Append(more...)
	told := map[notebook.Problem]bool{}
	for _, p := range before {
		told[p] = true
	}
	var fresh []notebook.Problem
	for _, p := range problems {
		if !told[p] {
			fresh = append(fresh, p)
		}
	}
	refuse(fresh, diags)
}

func refuse(problems []notebook.Problem, diags *diag.Diagnostics) {
	for _, p := range problems {
		if p.Attribute == "" {
			diags.AddError(p.Summary, p.Detail)
			continue
		}
		diags.AddAttributeError(path.Root(p.Attribute), p.Summary, p.Detail)
	}
}

// warn tells what somebody should know, once for all who have it: a thousand people need no thousand warnings.
func (r *personalNotebookResource) warn(ctx context.Context, plan, config *personalNotebookModel, diags *diag.Diagnostics) {
	if r.clouds == nil {
		return
	}
	w, more := plan.wanted(ctx, *config)
	diags.Append(more...)
	if diags.HasError() {
		return
	}
	for _, p := range notebook.Warn(w) {
		if r.clouds.first("notebooks: " + p.Summary + string(w.Environment)) {
			diags.AddWarning(p.Summary, p.Detail)
		}
	}
}

// idToBe is the id that a planned notebook will have, once everything that makes it is known. A workbench and a hub of
// one name have one id: they would be one machine.
func (m *personalNotebookModel) idToBe() (string, bool) {
	for _, part := range []types.String{m.Environment, m.Project, m.Location, m.Name} {
		if part.IsUnknown() || part.ValueString() == "" {
			return "", false
		}
	}
	id, err := notebook.ParseID(m.Project.ValueString()+"/"+m.Location.ValueString()+"/"+m.Name.ValueString(), "", m.environment())
	if err != nil {
		return "", false
	}
	return id, true
}

// probe finds the credentials and secrets that an apply will need. What is missing may be made in the same apply, so it
// is a warning, told once for all.
func (r *personalNotebookResource) probe(ctx context.Context, plan *personalNotebookModel, diags *diag.Diagnostics) {
	if r.clouds == nil {
		return
	}
	if !plan.Notification.IsNull() {
		r.clouds.probeSlack(ctx, "notebooks", diags)
	}
	r.clouds.probeGoogle(ctx, diags)
}
