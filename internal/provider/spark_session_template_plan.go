package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/data-access/terraform-provider-provisioner/internal/notebook/google"
	"github.com/data-access/terraform-provider-provisioner/internal/notebook/leftover"
	"github.com/data-access/terraform-provider-provisioner/internal/notebook/session"
	"github.com/data-access/terraform-provider-provisioner/internal/person"
)

// ValidateConfig refuses what cannot work, as far as it is known.
func (r *sparkSessionTemplateResource) ValidateConfig(ctx context.Context, req resource.ValidateConfigRequest, resp *resource.ValidateConfigResponse) {
	var config sparkSessionTemplateModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if !resp.Diagnostics.HasError() {
		resp.Diagnostics.Append(config.judge()...)
	}
}

// judge is every problem of a configuration, at its attribute.
func (m *sparkSessionTemplateModel) judge() (diags diag.Diagnostics) {
	for _, problem := range session.Judge(m.wanted()) {
		diags.AddAttributeError(path.Root(problem.Attribute), problem.Summary, "In "+problem.Attribute+", "+ended(problem.Detail))
	}
	return diags
}

// ModifyPlan says in the plan what an apply would do.
func (r *sparkSessionTemplateResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	var plan, state sparkSessionTemplateModel
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
	switch {
	case req.State.Raw.IsNull():
		resp.Diagnostics.Append(plan.planNew(r.clouds)...)
		resp.Diagnostics.Append(plan.warn()...)
		r.warnOfDouble(plan, &resp.Diagnostics)
		r.clouds.probeGoogle(ctx, &resp.Diagnostics)
	case plan.replaces(state):
		r.leftovers(state).plan(ctx, r.clouds, &resp.Diagnostics)
	default:
		stored, diags := req.Private.GetKey(ctx, importedKey)
		resp.Diagnostics.Append(diags...)
		resp.Diagnostics.Append(plan.planChange(state, originOf(stored), r.clouds.plannedInstallation())...)
	}
	if !plan.same(proposed) { // most plans of most people change nothing, and writing one takes its time
		resp.Diagnostics.Append(resp.Plan.Set(ctx, &plan)...)
	}
}

// planNew fills in what a new template will have.
func (m *sparkSessionTemplateModel) planNew(c *clouds) diag.Diagnostics {
	diags := c.place(&m.Project, &m.Location, true)
	if who, err := person.Parse(m.UserEmail.ValueString()); m.Name.IsUnknown() && !m.UserEmail.IsUnknown() && err == nil {
		m.Name = types.StringValue(session.DefaultName(who))
	}
	m.EffectiveIdentity, m.ManagedBy = types.StringValue(identityUser), c.plannedInstallation()
	diags.Append(m.judge()...)
	return diags
}

// warn is what somebody should know about a configuration before it is applied.
func (m *sparkSessionTemplateModel) warn() (diags diag.Diagnostics) {
	for _, problem := range session.Warn(m.wanted()) {
		diags.AddAttributeWarning(path.Root(problem.Attribute), problem.Summary, ended(problem.Detail))
	}
	return diags
}

// planChange shows what an apply would change.
func (m *sparkSessionTemplateModel) planChange(state sparkSessionTemplateModel, from origin, installation types.String) (diags diag.Diagnostics) {
	// What the configuration does not declare of them, and an import found, was never ours to take away.
	if from.imports("properties") && !m.Properties.IsNull() && coversKeys(state.Properties, m.Properties) {
		m.Properties = state.Properties
	}
	if from.imports("labels") && !m.Labels.IsNull() && coversKeys(state.Labels, m.Labels) {
		m.Labels = state.Labels
	}
	differs := m.differs(state)
	if !installation.IsUnknown() && isForeign(state.ManagedBy, installation.ValueString()) {
		if differs {
			warnOfForeign(state.ManagedBy, "session template "+state.ID.ValueString(), m.UserEmail.ValueString(), "gcloud beta dataproc session-templates delete "+state.Name.ValueString(), &diags)
		}
		return diags
	}
	if differs {
		diags.Append(m.judge()...)
		diags.Append(m.warn()...)
	}
	m.EffectiveIdentity, m.ManagedBy = types.StringValue(identityUser), installation
	if differs || !m.EffectiveIdentity.Equal(state.EffectiveIdentity) || !m.ManagedBy.Equal(state.ManagedBy) { // Google's API takes some changes by a new template of the same name only
		m.UUID, m.Creator = types.StringUnknown(), types.StringUnknown()
	}
	return diags
}

// warnOfDouble tells of a new resource for a template that another one has.
func (r *sparkSessionTemplateResource) warnOfDouble(plan sparkSessionTemplateModel, diags *diag.Diagnostics) {
	if plan.Project.IsUnknown() || plan.Location.IsUnknown() || plan.Name.IsUnknown() {
		return
	}
	id, err := session.ParseID(plan.Project.ValueString()+"/"+plan.Location.ValueString()+"/"+plan.Name.ValueString(), "")
	if err == nil {
		r.clouds.notePlanned(sessionTemplateOf(id, plan.UserEmail.ValueString()), diags)
	}
}

func sessionTemplateOf(id, who string) thing { return thing{"session template", id, who} }

// leftovers are the sessions of a template.
func (r *sparkSessionTemplateResource) leftovers(state sparkSessionTemplateModel) leftovers {
	l := leftovers{
		project: state.Project.ValueString(), region: state.Location.ValueString(),
		deletes: state.DeleteLeftoverSessions.ValueBool(), attribute: "delete_leftover_sessions",
	}
	l.who, _ = person.Parse(state.UserEmail.ValueString())
	l.find = func(ctx context.Context, cloud *google.Cloud) ([]leftover.Leftover, error) {
		return leftover.Sessions(ctx, cloud, l.project, l.region, state.ID.ValueString(), l.who)
	}
	return l
}
