package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/data-access/terraform-provider-provisioner/internal/notebook/foundation"
)

// ValidateConfig refuses what cannot work, as far as it is known.
func (r *googleFoundationResource) ValidateConfig(ctx context.Context, req resource.ValidateConfigRequest, resp *resource.ValidateConfigResponse) {
	var config googleFoundationModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(config.judge()...)
	if config.Bucket.IsNull() && config.ServiceAccountID.IsNull() {
		resp.Diagnostics.AddError("A foundation of nothing", "Neither bucket nor service_account_id is set: name at least one of them, or remove the resource.")
	}
	if !config.ServiceAccountID.IsNull() {
		return
	}
	for attribute, set := range map[string]types.Set{"roles": config.Roles, "users": config.Users} {
		if !set.IsNull() {
			resp.Diagnostics.AddAttributeError(path.Root(attribute), "Grants need a service account", attribute+" says what is granted to, or on, the service account, and service_account_id is not set: set it, or remove "+attribute+".")
		}
	}
}

// judge is every problem of a configuration, at its attribute.
func (m *googleFoundationModel) judge() (diags diag.Diagnostics) {
	for _, problem := range foundation.Judge(m.wanted()) {
		diags.AddAttributeError(path.Root(problem.Attribute), problem.Summary, "In "+problem.Attribute+", "+ended(problem.Detail))
	}
	return diags
}

// ModifyPlan says in the plan what an apply would do.
func (r *googleFoundationResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if req.Plan.Raw.IsNull() {
		return
	}
	var plan, state googleFoundationModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	if resp.Diagnostics.HasError() || r.clouds == nil {
		return
	}
	proposed := plan
	nowhere := types.StringValue("-")
	resp.Diagnostics.Append(r.clouds.place(&plan.Project, &nowhere, false)...)
	if req.State.Raw.IsNull() {
		plan.planParts()
		resp.Diagnostics.Append(plan.judge()...)
		resp.Diagnostics.Append(plan.warn()...)
		r.clouds.probeGoogle(ctx, &resp.Diagnostics)
	} else {
		resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
		if !plan.Bucket.IsNull() && plan.Bucket.Equal(state.Bucket) && !plan.BucketLocation.Equal(state.BucketLocation) {
			resp.RequiresReplace = append(resp.RequiresReplace, path.Root("bucket_location"))
		}
		if plan.differs(state) {
			resp.Diagnostics.Append(plan.planChange(state)...)
		}
	}
	if bucket := plan.Bucket.ValueString(); bucket != "" {
		r.clouds.first("bucket " + bucket) // it will be there: templates that go into it need not look
	}
	if !plan.same(proposed) {
		resp.Diagnostics.Append(resp.Plan.Set(ctx, &plan)...)
	}
}

// planParts shows what is known of the parts before they are made.
func (m *googleFoundationModel) planParts() {
	m.BucketClosed, m.BucketReadable = types.BoolUnknown(), types.BoolUnknown()
	switch {
	case m.Bucket.IsNull():
		m.BucketURL, m.BucketSelfLink, m.BucketClosed, m.BucketReadable = types.StringNull(), types.StringNull(), types.BoolNull(), types.BoolNull()
	case !m.Bucket.IsUnknown():
		m.BucketURL, m.BucketClosed = types.StringValue("gs://"+m.Bucket.ValueString()), types.BoolValue(true)
	}
	switch {
	case m.ServiceAccountID.IsNull():
		m.ServiceAccountEmail, m.BucketReadable = types.StringNull(), types.BoolNull()
	case !m.ServiceAccountID.IsUnknown() && !m.Bucket.IsUnknown() && !m.Bucket.IsNull():
		m.BucketReadable = types.BoolValue(true)
	}
	if !m.ServiceAccountID.IsNull() && !m.ServiceAccountID.IsUnknown() && !m.Project.IsUnknown() {
		m.ServiceAccountEmail = types.StringValue(m.wanted().Email())
	}
	m.ID = types.StringUnknown()
	if !m.Project.IsUnknown() && !m.Bucket.IsUnknown() && !m.ServiceAccountID.IsUnknown() {
		m.identify()
	}
}

// planChange shows what an apply would change.
func (m *googleFoundationModel) planChange(state googleFoundationModel) diag.Diagnostics {
	if !m.Bucket.Equal(state.Bucket) {
		m.BucketURL, m.BucketSelfLink = types.StringUnknown(), types.StringUnknown()
	}
	if !m.ServiceAccountID.Equal(state.ServiceAccountID) {
		m.ServiceAccountEmail = types.StringUnknown()
	}
	m.planParts()
	diags := m.judge()
	if !m.Roles.Equal(state.Roles) {
		diags.Append(m.warn()...)
	}
	return diags
}

// warn is what somebody should know about a configuration before it is applied.
func (m *googleFoundationModel) warn() (diags diag.Diagnostics) {
	for _, problem := range foundation.Warn(m.wanted()) {
		diags.AddAttributeWarning(path.Root(problem.Attribute), problem.Summary, ended(problem.Detail))
	}
	return diags
}
