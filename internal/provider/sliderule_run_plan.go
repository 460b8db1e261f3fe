package provider

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/access"
	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/run"
)

// ValidateConfig refuses what the configuration alone shows to be impossible for anybody. Who asks is known at plan.
func (r *slideruleRunResource) ValidateConfig(ctx context.Context, req resource.ValidateConfigRequest, resp *resource.ValidateConfigResponse) {
	config := r.kind.empty()
	resp.Diagnostics.Append(req.Config.Get(ctx, config)...)
	if !resp.Diagnostics.HasError() {
		judgeRun(config.wanted(), config.declared(), nil, &resp.Diagnostics)
	}
}

// ModifyPlan says in the plan what an apply would do: run for the first time, run again, go on waiting, or nothing.
func (r *slideruleRunResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if r.clouds == nil {
		return
	}
	plan, state := r.kind.empty(), r.kind.empty()
	if !req.Plan.Raw.IsNull() {
		resp.Diagnostics.Append(req.Plan.Get(ctx, plan)...)
	}
	if !req.State.Raw.IsNull() {
		resp.Diagnostics.Append(req.State.Get(ctx, state)...)
	}
	switch {
	case resp.Diagnostics.HasError():
	case req.Plan.Raw.IsNull():
		r.refuseDestroy(ctx, state, &resp.Diagnostics)
	case req.State.Raw.IsNull():
		r.judge(ctx, plan, &resp.Diagnostics)
	default:
		imported, diags := req.Private.GetKey(ctx, importedKey)
		resp.Diagnostics.Append(diags...)
		r.planUpdate(ctx, plan, state, len(imported) > 0, resp)
	}
}

// planUpdate plans a run that the state has.
func (r *slideruleRunResource) planUpdate(ctx context.Context, plan, state slideruleRunData, imported bool, resp *resource.ModifyPlanResponse) {
	changed := changedOfRun(plan, state, imported)
	is := state.common()
	switch {
	case len(changed) > 0:
		for _, attribute := range changed {
			resp.RequiresReplace.Append(path.Root(attribute))
		}
	case is.notPassed():
		r.warnOfReplacement(is, &resp.Diagnostics)
		plan.common().Status = types.StringUnknown() // Terraform replaces for what changes
		resp.RequiresReplace.Append(path.Root("status"))
	case is.runStatus() == run.Running && plan.common().Wait.ValueBool():
		plan.blur()
	default:
		return
	}
	r.judge(ctx, plan, &resp.Diagnostics)
	resp.Diagnostics.Append(resp.Plan.Set(ctx, plan)...)
}

// changedOfRun are the attributes that make another run of it, in order. How often it is tried, and whether a release may
// overwrite, say nothing of a run that is there. What an import could not read back is no change.
func changedOfRun(plan, state slideruleRunData, imported bool) (changed []string) {
	before, wanted := state.declared(), plan.declared()
	before["triggers"], wanted["triggers"] = state.common().Triggers, plan.common().Triggers
	for _, attribute := range slices.Sorted(maps.Keys(wanted)) {
		switch {
		case attribute == "retries", attribute == "overwrite", wanted[attribute].Equal(before[attribute]):
		case imported && (before[attribute].IsNull() || unreadOfRun[attribute]):
		default:
			changed = append(changed, attribute)
		}
	}
	return changed
}

// unreadOfRun are the attributes that an import fills in with their defaults.
var unreadOfRun = map[string]bool{"allow_on_demand": true, "move_latest": true}

// warnOfReplacement says why a run that nobody changed runs again.
func (r *slideruleRunResource) warnOfReplacement(is *slideruleRunModel, diags *diag.Diagnostics) {
	logs := "Its log stays at " + is.LogURI.ValueString() + "."
	if is.DeleteLogs.ValueBool() {
		logs = "With delete_logs, its log at " + is.LogURI.ValueString() + " is deleted."
	}
	because := "."
	if reason := is.Reason.ValueString(); reason != "" {
		because = ": " + ended(reason)
	}
	diags.AddWarning("A run did not pass, and runs again", fmt.Sprintf("The %s of %s, %s, has ended as %s%s This apply replaces it. %s",
		r.kind.noun, is.Version.ValueString(), is.RunID.ValueString(), is.Status.ValueString(), because, logs))
}

// judge refuses what the caller cannot have.
func (r *slideruleRunResource) judge(ctx context.Context, data slideruleRunData, diags *diag.Diagnostics) {
	judgeRun(data.wanted(), data.declared(), r.clouds.probeSliderule(ctx, diags), diags)
}

// refuseDestroy refuses to end a run, or to delete its logs, for whom runs are not. What has ended may be forgotten by
// anybody.
func (r *slideruleRunResource) refuseDestroy(ctx context.Context, state slideruleRunData, diags *diag.Diagnostics) (refused bool) {
	is := state.common()
	region := r.clouds.probeSliderule(ctx, diags)
	if region == nil || (is.runStatus().Ended() && !is.DeleteLogs.ValueBool()) {
		return diags.HasError()
	}
	function := access.Function(r.kind.kind)
	if !slices.Contains(region.Rules().Functions(region.Caller()), function) {
		diags.AddError("Not allowed", fmt.Sprintf("A %s is for administrators alone, and so is ending one: leave sliderule.jwt_user out of the provider block, or ask an administrator. The run %s ends by itself.", r.kind.noun, is.RunID.ValueString()))
	}
	return diags.HasError()
}
