package provider

import (
	"context"
	"fmt"
	"strings"

	"github.com/databricks/databricks-sdk-go/service/compute"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/data-access/terraform-provider-provisioner/internal/person"
	"github.com/data-access/terraform-provider-provisioner/internal/singleuser"
)

// ModifyPlan says in the plan what an apply would do.
func (r *singleUserClusterResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if req.Plan.Raw.IsNull() {
		r.planDestroy(ctx, req, resp)
		return
	}
	var plan, state singleUserClusterModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	if resp.Diagnostics.HasError() {
		return
	}
	proposed := plan
	resp.Diagnostics.Append(plan.planName(ctx, req)...)
	resp.Diagnostics.Append(plan.judgePermissions(ctx)...)
	if req.State.Raw.IsNull() {
		if r.clouds != nil && !plan.Name.IsUnknown() && !plan.UserEmail.IsUnknown() {
			r.clouds.notePlanned(plan.cluster(), &resp.Diagnostics)
		}
		r.probe(ctx, plan, &resp.Diagnostics)
		resp.Diagnostics.Append(resp.Plan.Set(ctx, &plan)...)
		return
	}
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	imported, diags := req.Private.GetKey(ctx, importedKey)
	resp.Diagnostics.Append(diags...)
	untold, diags := req.Private.GetKey(ctx, untoldKey)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	plan.planSettings(state, imported != nil)
	plan.planComputed(state, untold != nil)
	warnOfPlan(plan, state, &resp.Diagnostics)
	if !plan.same(proposed) { // most plans of most people change nothing, and writing one takes its time
		resp.Diagnostics.Append(resp.Plan.Set(ctx, &plan)...)
	}
}

// planName shows the default name as soon as the person is known.
func (m *singleUserClusterModel) planName(ctx context.Context, req resource.ModifyPlanRequest) diag.Diagnostics {
	var configured types.String
	diags := req.Config.GetAttribute(ctx, path.Root("name"), &configured)
	if !configured.IsNull() || m.UserEmail.IsUnknown() {
		return diags
	}
	if who, err := person.Parse(m.UserEmail.ValueString()); err == nil { // otherwise told by the validator
		m.Name = types.StringValue(defaultName(who))
	}
	return diags
}

// judgePermissions refuses two entries for one principal, of which the cluster would have only one.
func (m *singleUserClusterModel) judgePermissions(ctx context.Context) diag.Diagnostics {
	var diags diag.Diagnostics
	if m.Permissions.IsUnknown() || m.UserEmail.IsUnknown() {
		return diags
	}
	var permissions []permissionModel
	diags.Append(m.Permissions.ElementsAs(ctx, &permissions, false)...)
	seen := map[string]bool{strings.ToLower(string(singleuser.User) + " " + m.UserEmail.ValueString()): true}
	for _, p := range permissions {
		if p.UserName.IsUnknown() || p.GroupName.IsUnknown() || p.ServicePrincipalName.IsUnknown() {
			continue
		}
		e := p.entry()
		key := strings.ToLower(string(e.Kind) + " " + e.Principal)
		if seen[key] {
			diags.AddAttributeError(path.Root("permissions"), "A principal has two permissions", fmt.Sprintf(
				"In permissions of %s, the %s %q stands twice, or is the owner: Databricks keeps one level for each. Keep one entry, and give the owner theirs by owner_level.", m.UserEmail.ValueString(), e.Kind, e.Principal))
		}
		seen[key] = true
	}
	return diags
}

// cluster is the cluster as two resources could ask for it: names are unique only for one person.
func (m *singleUserClusterModel) cluster() thing {
	return thing{"cluster", m.Name.ValueString(), m.UserEmail.ValueString()}
}

// probe reads the secrets and finds the credentials that an apply will need. What is missing may be made in the same
// apply, so it is a warning, told once for all.
func (r *singleUserClusterResource) probe(ctx context.Context, plan singleUserClusterModel, diags *diag.Diagnostics) {
	if r.clouds == nil {
		return
	}
	if !plan.Notification.IsNull() {
		r.clouds.probeSlack(ctx, "clusters", diags)
	}
	if _, err := r.clouds.databricks(ctx); err != nil && r.clouds.first("databricks") {
		diags.AddWarning("The Databricks workspace cannot be reached yet", sentence(err)+" The apply will fail unless this is mended by then.")
	}
}

// planSettings keeps the state's settings when the configuration's mean the same.
func (m *singleUserClusterModel) planSettings(state singleUserClusterModel, imported bool) {
	if m.DefaultsJSON.IsUnknown() || state.DefaultsJSON.IsNull() || m.DefaultsJSON.Equal(state.DefaultsJSON) {
		return
	}
	now, err := parseSettings(m.DefaultsJSON.ValueString())
	if err != nil {
		return
	}
	before, err := storedSettings(state.DefaultsJSON.ValueString())
	if err != nil {
		return
	}
	if now.Equal(before) || (imported && now.Covers(before)) {
		m.DefaultsJSON = state.DefaultsJSON
	}
}

// planComputed makes unknown what an apply may change, and nothing else. untold: its person waits for the first message.
func (m *singleUserClusterModel) planComputed(state singleUserClusterModel, untold bool) {
	if !m.touches(state) {
		m.WarmUpStatus = m.keptWarmUp(state)
		return
	}
	m.State = types.StringUnknown()
	m.Outcome = types.StringUnknown()
	m.WarmUpStatus = types.StringUnknown()
	m.WarmUpMessage = types.StringUnknown()
	m.Libraries = types.ListUnknown(libraryType)
	if !state.Managed.ValueBool() {
		m.Managed = types.BoolUnknown()
	}
	if untold && !m.Notification.IsNull() {
		m.NotifiedAt = types.StringUnknown()
	}
	if state.isPurged() {
		m.ClusterID = types.StringUnknown()
		m.URL = types.StringUnknown()
		m.Managed = types.BoolUnknown()
	}
}

func warnOfPlan(plan, state singleUserClusterModel, diags *diag.Diagnostics) {
	who, id := state.UserEmail.ValueString(), state.ClusterID.ValueString()
	switch {
	case state.isPurged():
		diags.AddWarning("A cluster will be made again", fmt.Sprintf("Databricks removed the cluster %s of %s because nobody started it for 30 days. It will be made again under a new id; %s is not told a second time. Pin clusters that must stay.", id, who, who))
	case !state.Managed.ValueBool() && !plan.touches(state):
		if plan.differs(state) {
			diags.AddWarning("A cluster of somebody else's is not changed", fmt.Sprintf("The cluster %s of %s was not made by this installation: this change is remembered, but not applied to it. Set on_existing to \"adopt\" to take it over.", id, who))
		}
	case state.unfinished():
		diags.AddWarning("A warm-up will be tried again", fmt.Sprintf("The last warm-up of the cluster %s of %s ended %q. This apply starts it again, waits for its libraries and stops it.", id, who, state.WarmUpStatus.ValueString()))
	}
	if plan.touches(state) && state.State.ValueString() == string(compute.StateRunning) && (!plan.DefaultsJSON.Equal(state.DefaultsJSON) || !plan.Name.Equal(state.Name) || !state.Managed.ValueBool()) {
		diags.AddWarning("A running cluster will be restarted", fmt.Sprintf("The cluster %s of %s is running, and Databricks restarts a running cluster to edit it.", id, who))
	}
}

// planDestroy says when a destroy will leave the cluster.
func (r *singleUserClusterResource) planDestroy(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	var state singleUserClusterModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if !resp.Diagnostics.HasError() && !state.Managed.ValueBool() {
		resp.Diagnostics.AddWarning("A cluster will be left in place", fmt.Sprintf("The cluster %s of %s was not made by this installation: destroy forgets it and leaves it as it is.", state.ClusterID.ValueString(), state.UserEmail.ValueString()))
	}
}
