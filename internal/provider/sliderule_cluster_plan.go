package provider

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/data-access/terraform-provider-provisioner/internal/sliderule"
	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/naming"
)

// ModifyPlan says in the plan what an apply would do.
func (r *slideruleClusterResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	var plan, state slideruleClusterModel
	if req.Plan.Raw.IsNull() {
		resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
		if !resp.Diagnostics.HasError() {
			r.refuseMove(&state, &resp.Diagnostics)
		}
		return
	}
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	if resp.Diagnostics.HasError() || r.clouds == nil {
		return
	}
	if req.State.Raw.IsNull() {
		r.planCreate(ctx, &plan, &resp.Diagnostics)
		resp.Diagnostics.Append(resp.Plan.Set(ctx, &plan)...)
		return
	}
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if resp.Diagnostics.HasError() {
		return
	}
	if fixed := r.planUpdate(ctx, &plan, &state, &resp.Diagnostics); len(fixed) > 0 {
		for _, attribute := range fixed {
			resp.RequiresReplace.Append(path.Root(attribute))
		}
	}
	resp.Diagnostics.Append(resp.Plan.Set(ctx, &plan)...)
}

func (r *slideruleClusterResource) planCreate(ctx context.Context, plan *slideruleClusterModel, diags *diag.Diagnostics) {
	plan.ID = plan.Cluster
	region := r.clouds.probeSliderule(ctx, diags)
	plan.judge(region, diags)
	r.warnOfPrices(region, plan, diags)
	r.checkDomain(ctx, region, diags)
	r.refuseDouble(plan, diags)
	r.lookAhead(ctx, region, plan, diags)
	plan.checkFunds(ctx, region, diags)
}

// lookAhead tells what a new resource will find at its name.
func (r *slideruleClusterResource) lookAhead(ctx context.Context, region *sliderule.Region, plan *slideruleClusterModel, diags *diag.Diagnostics) {
	cluster := plan.Cluster.ValueString()
	if region == nil || diags.HasError() || !whollyKnown(plan.Cluster) {
		return
	}
	found, err := region.Status(ctx, cluster)
	switch {
	case err != nil:
		diags.AddWarning("Whether the cluster is there could not be looked up", sentence(err)+" The apply looks again.")
	case found.StackID == "":
	case !found.Managed:
		diags.AddAttributeError(path.Root("cluster"), "This cluster is somebody else's", foreignSliderule(found, r.clouds.installation())+" Choose another name, or let whoever made it delete it.")
	case found.State != sliderule.Running && found.State != sliderule.Deploying, r.clouds.noted(readSliderule(cluster)):
	default:
		if !refuseOtherKind(found, plan, diags) {
			diags.AddWarning("The cluster is there already", fmt.Sprintf(
				"The stack %s is this installation's, and %s: the apply takes it over, and gives it what the configuration says of its size, and a new end.", naming.ClusterStack(cluster), found.State))
		}
	}
}

// refuseOtherKind refuses to take over a cluster that cannot become what is wanted.
func refuseOtherKind(found *sliderule.Cluster, plan *slideruleClusterModel, diags *diag.Diagnostics) bool {
	refuse := func(attribute string, is, wanted any) bool {
		diags.AddAttributeError(path.Root(attribute), "The cluster is there already, and is another", fmt.Sprintf(
			"The cluster %s is %s with %s = %v, and the configuration says %v, which cannot change once it is deployed. Set %s to %v, or destroy that cluster first.",
			found.Name, found.State, attribute, is, wanted, attribute, is))
		return true
	}
	switch {
	case !plan.IsPublic.IsUnknown() && found.IsPublic != plan.IsPublic.ValueBool():
		return refuse("is_public", found.IsPublic, plan.IsPublic.ValueBool())
	case !plan.Version.IsUnknown() && found.Version != "" && found.Version != plan.Version.ValueString():
		return refuse("version", found.Version, plan.Version.ValueString())
	}
	return false
}

// foreignSliderule says whose a cluster is.
func foreignSliderule(found *sliderule.Cluster, installation string) string {
	if found.ManagedBy == "" {
		return fmt.Sprintf("The stack %s is there, and has no tag that says that this provider made it.", naming.ClusterStack(found.Name))
	}
	if found.ManagedBy == installation {
		return fmt.Sprintf("The stack %s is there, and its tags say that it is no cluster of that name.", naming.ClusterStack(found.Name))
	}
	return fmt.Sprintf("The stack %s is managed by the installation %q, and this provider's installation is %q.", naming.ClusterStack(found.Name), found.ManagedBy, installation)
}

// planUpdate plans a cluster that the state has. It returns the attributes that replace it.
func (r *slideruleClusterResource) planUpdate(ctx context.Context, plan, state *slideruleClusterModel, diags *diag.Diagnostics) (replaced []string) {
	cluster := state.Cluster.ValueString()
	if !plan.Cluster.Equal(state.Cluster) { // another cluster, which is planned as one that is made
		return nil
	}
	now := r.clouds.clock.Now()
	d := plan.differs(state)
	deed := plan.deed(state, d, now)
	if deed == replaces {
		r.clouds.first(replacedSliderule(cluster))
		return d.fixed
	}
	if deed == leaves && !d.any() {
		warnOfStanding(state, d, deed, now, diags)
		return nil
	}
	region := r.clouds.probeSliderule(ctx, diags)
	plan.judge(region, diags)
	if plan.isUnbidden(state, d, now) {
		// Nobody asks for it today: a month without funds is no reason to fail every plan of it.
		if err := plan.shortage(ctx, region, diags); err != nil {
			warnOfShortage(state, err, diags)
			return nil
		}
	}
	if state.standing(now) != isEndless || !r.warnOfOtherFoundation(ctx, region, state, diags) {
		warnOfStanding(state, d, deed, now, diags)
	}
	if deed == leaves {
		return nil
	}
	r.warnOfPrices(region, plan, diags)
	r.checkDomain(ctx, region, diags)
	plan.checkFunds(ctx, region, diags)
	plan.planDeed(state, d, deed)
	return nil
}

// planDeed makes unknown what a deed may change, and nothing else.
func (m *slideruleClusterModel) planDeed(state *slideruleClusterModel, d difference, deed deed) {
	changing := []*types.String{&m.Status, &m.Outcome, &m.ExpiresAt, &m.StackStatus, &m.Reason}
	lasting := []*types.String{&m.Endpoint, &m.GroupName, &m.ILBAddress, &m.StackID, &m.AMI, &m.ImageDigest}
	if deed == remakes {
		changing = append(changing, &m.GroupName, &m.ILBAddress, &m.StackID, &m.AMI, &m.ImageDigest)
	}
	if d.shape { // it takes a new template, which may replace the load balancer
		changing = append(changing, &m.ILBAddress)
	}
	for _, field := range changing {
		*field = types.StringUnknown()
	}
	for _, field := range lasting {
		if field.IsNull() && state.Status.ValueString() != string(sliderule.Running) {
			*field = types.StringUnknown()
		}
	}
	m.CurrentNodes, m.HourlyCostUSD, m.AccruedCostUSD = types.Int64Unknown(), types.Float64Unknown(), types.Float64Unknown()
}

// warnOfStanding says in every plan how a cluster stands that is not up, and what becomes of it.
func warnOfStanding(state *slideruleClusterModel, d difference, deed deed, now time.Time, diags *diag.Diagnostics) {
	cluster, end := state.Cluster.ValueString(), state.ExpiresAt.ValueString()
	because := ""
	if reason := state.Reason.ValueString(); reason != "" {
		because = " What happened first: " + ended(reason)
	}
	switch state.standing(now) {
	case hasEnded:
		warnOfEnd(state, d, deed, diags)
	case isEndless:
		diags.AddWarning("A cluster runs without an end", fmt.Sprintf("The schedule that ends the cluster %s is not there any more. This apply schedules its end again.", cluster))
	case isDownEarly:
		then := "This apply deploys it again."
		if deed == leaves {
			then = "With wait = false this apply leaves it at that; one after it has come to an end deploys the cluster again."
		}
		if end == "" {
			end = "later"
		}
		diags.AddWarning("A cluster is not up", fmt.Sprintf("The cluster %s is %s, and was to live until %s: its stack is %s. %s%s",
			cluster, state.Status.ValueString(), end, state.StackStatus.ValueString(), then, because))
	}
}

// warnOfEnd says what becomes of a cluster whose end has come.
func warnOfEnd(state *slideruleClusterModel, d difference, deed deed, diags *diag.Diagnostics) {
	cluster := fmt.Sprintf("The cluster %s expired at %s", state.Cluster.ValueString(), state.ExpiresAt.ValueString())
	lingering := ""
	if status := state.StackStatus.ValueString(); status != "" && !state.isMoving() {
		lingering = fmt.Sprintf(" Its stack could not be deleted yet, and may cost: it is %s. AWS tries again every hour for a day; destroying the resource tries at once, and tells what holds it.", status)
	}
	switch {
	case deed == remakes && len(d.wish) > 0:
		diags.AddWarning("An expired cluster is deployed anew", fmt.Sprintf("%s, and this apply deploys it again, because %s changed.", cluster, strings.Join(d.wish, " and ")))
	case deed == remakes:
	case d.any():
		diags.AddWarning("An expired cluster stays down", fmt.Sprintf("%s: what changed holds when it is deployed again. %s%s", cluster, howToBringBack, lingering))
	default:
		diags.AddWarning("A cluster has expired", fmt.Sprintf("%s, and stays down. %s%s", cluster, howToBringBack, lingering))
	}
}

// warnOfShortage says that an expired cluster waits for funds.
func warnOfShortage(state *slideruleClusterModel, shortage error, diags *diag.Diagnostics) {
	diags.AddAttributeWarning(path.Root("budget"), "An expired cluster waits for funds", fmt.Sprintf(
		"The cluster %s expired at %s, and stays down until an apply finds funds that last: %s", state.Cluster.ValueString(), state.ExpiresAt.ValueString(), sentence(shortage)))
}

const howToBringBack = `To bring it back, change renew (any other text), or set when_expired = "redeploy"; to forget it, remove the resource.`
