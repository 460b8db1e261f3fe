package provider

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-log/tflog"

	"github.com/data-access/terraform-provider-provisioner/internal/sliderule"
	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/naming"
)

var (
	_ resource.Resource                   = (*slideruleClusterResource)(nil)
	_ resource.ResourceWithConfigure      = (*slideruleClusterResource)(nil)
	_ resource.ResourceWithValidateConfig = (*slideruleClusterResource)(nil)
	_ resource.ResourceWithModifyPlan     = (*slideruleClusterResource)(nil)
	_ resource.ResourceWithImportState    = (*slideruleClusterResource)(nil)
	_ resource.ResourceWithIdentity       = (*slideruleClusterResource)(nil)
)

func newSlideruleClusterResource() resource.Resource { return &slideruleClusterResource{} }

type slideruleClusterResource struct{ clouds *clouds }

// slideruleTimeout is the default of a deployment and of a deletion. A cold deployment takes 15 to 20 minutes.
const slideruleTimeout = 30 * time.Minute

func (r *slideruleClusterResource) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_sliderule_cluster"
}

func (r *slideruleClusterResource) Configure(_ context.Context, req resource.ConfigureRequest, resp *resource.ConfigureResponse) {
	r.clouds = configured(req.ProviderData, &resp.Diagnostics)
}

func (r *slideruleClusterResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var plan slideruleClusterModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	timeout, diags := plan.Timeouts.Create(ctx, slideruleTimeout)
	resp.Diagnostics.Append(diags...)
	region := r.clouds.reachSliderule(ctx, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()

	if plan.judge(region, &resp.Diagnostics); resp.Diagnostics.HasError() { // what was not known at plan
		return
	}
	// A deployment would give a cluster that is there its size, and keep the rest: look before it does.
	found, err := region.Status(ctx, plan.Cluster.ValueString())
	if err != nil {
		tellFailure("The cluster could not be deployed", err, &resp.Diagnostics)
		return
	}
	if found.Managed && (found.State == sliderule.Running || found.State == sliderule.Deploying) && refuseOtherKind(found, &plan, &resp.Diagnostics) {
		return
	}
	if !r.deploy(ctx, region, &plan, nil, &resp.Diagnostics) {
		return
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, &plan)...)
	resp.Diagnostics.Append(plan.identity(ctx, resp.Identity)...)
}

func (r *slideruleClusterResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var state slideruleClusterModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	timeout, diags := state.Timeouts.Read(ctx, promptTimeout)
	resp.Diagnostics.Append(diags...)
	region := r.clouds.reachSliderule(ctx, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()

	cluster, importing := state.Cluster.ValueString(), state.IsPublic.IsNull()
	look := region.Status
	if !state.Budget.IsNull() { // a stack that is gone does not tell that it had one
		look = region.StatusAndCosts
	}
	found, err := look(ctx, cluster)
	if err != nil {
		resp.Diagnostics.AddError("The cluster could not be read", sentence(err))
		return
	}
	r.clouds.warnOfCosts(found, &resp.Diagnostics)
	now := r.clouds.clock.Now()
	if found.StackID == "" && !importing {
		state.learnEnd(found, now)
	}
	switch foreign := found.StackID != "" && !found.Managed; {
	case foreign && importing:
		resp.Diagnostics.AddError("This cannot be imported", foreignSliderule(found, r.clouds.installation()))
		return
	case (foreign || found.StackID == "") && state.hasExpired(now):
		state.ended(found)
	case foreign:
		resp.Diagnostics.AddWarning("A cluster is not this installation's", foreignSliderule(found, r.clouds.installation())+
			" Nothing about it is changed, and destroy leaves it. Give the provider its former installation back, or remove the cluster from one of the two states.")
	case found.StackID == "": // deleted before its end, by hand or by a destroy elsewhere
		resp.Diagnostics.Append(state.identity(ctx, resp.Identity)...) // wanted even of what is gone
		resp.State.RemoveResource(ctx)
		return
	case importing:
		if refuseOtherPlace(ctx, found, req.Identity, &resp.Diagnostics); resp.Diagnostics.HasError() {
			return
		}
		state.imported(found, settingsOf(ctx, region, cluster, &resp.Diagnostics))
		state.saw(found, now)
	default:
		state.saw(found, now)
	}
	r.noteRead(&state, &resp.Diagnostics)
	resp.Diagnostics.Append(resp.State.Set(ctx, &state)...)
	resp.Diagnostics.Append(state.identity(ctx, resp.Identity)...)
}

func (r *slideruleClusterResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var plan, state slideruleClusterModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	timeout, diags := plan.Timeouts.Update(ctx, slideruleTimeout)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	if plan.Status.IsUnknown() { // otherwise the plan said that AWS has nothing to do with it
		region := r.clouds.reachSliderule(ctx, &resp.Diagnostics)
		if resp.Diagnostics.HasError() {
			return
		}
		ctx, cancel := context.WithTimeout(ctx, timeout)
		defer cancel()
		if plan.judge(region, &resp.Diagnostics); resp.Diagnostics.HasError() {
			return
		}
		if !r.deploy(ctx, region, &plan, &state, &resp.Diagnostics) {
			// Its end comes before its size, and may be another by now: what is known goes to the state.
			if found, err := region.Status(ctx, state.Cluster.ValueString()); err == nil && found.StackID != "" && found.Managed {
				state.saw(found, r.clouds.clock.Now())
				resp.Diagnostics.Append(resp.State.Set(ctx, &state)...)
			}
			return
		}
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, &plan)...)
	resp.Diagnostics.Append(plan.identity(ctx, resp.Identity)...)
}

func (r *slideruleClusterResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	var state slideruleClusterModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	timeout, diags := state.Timeouts.Delete(ctx, slideruleTimeout)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	cluster := state.Cluster.ValueString()
	if r.clouds.noted(keptSliderule(cluster)) {
		leaveSliderule(cluster, "another resource of this configuration has it now", &resp.Diagnostics)
		return
	}
	region := r.clouds.reachSliderule(ctx, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()

	err := region.Destroy(ctx, cluster, state.Wait.ValueBool() || state.Wait.IsNull())
	switch {
	case err == nil:
		tflog.Info(ctx, "destroyed a SlideRule cluster", map[string]any{"cluster": cluster})
	case errors.Is(err, sliderule.ErrGone):
	case errors.Is(err, sliderule.ErrExists):
		// It may be the cluster that is somebody else's, or only nodes on it, which keep it.
		if found, lookErr := region.Status(ctx, cluster); lookErr == nil && found.StackID != "" && !found.Managed {
			leaveSliderule(cluster, foreignSliderule(found, r.clouds.installation()), &resp.Diagnostics)
			return
		}
		tellFailure("The cluster could not be destroyed", err, &resp.Diagnostics)
	default:
		tellFailure("The cluster could not be destroyed", err, &resp.Diagnostics)
	}
}

// ImportState takes the name of a cluster.
func (r *slideruleClusterResource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	cluster := types.StringValue(req.ID)
	if req.ID == "" && req.Identity != nil {
		resp.Diagnostics.Append(req.Identity.GetAttribute(ctx, path.Root("cluster"), &cluster)...)
	}
	if err := naming.CheckCluster(cluster.ValueString()); err != nil && !naming.IsPublic(cluster.ValueString()) {
		resp.Diagnostics.AddError("This cannot be imported", fmt.Sprintf("%s Give the name of the cluster, as in dev: not that of its stack.", sentence(err)))
	}
	if resp.Diagnostics.HasError() {
		return
	}
	state := emptySlideruleCluster()
	state.Cluster, state.ID = cluster, cluster
	resp.Diagnostics.Append(resp.State.Set(ctx, &state)...)
	if resp.Identity != nil {
		resp.Diagnostics.Append(resp.Identity.SetAttribute(ctx, path.Root("cluster"), cluster)...)
	}
}
