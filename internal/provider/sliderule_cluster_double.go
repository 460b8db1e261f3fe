package provider

import (
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
)

// Two resources for one cluster: Terraform makes and destroys at the same time, and whichever comes last wins. Plans and
// reads come in any order, so each of the two sides looks for the other.

// What a run notes of a cluster, by its name.
func plannedSliderule(cluster string) string  { return "planned sliderule cluster " + cluster }
func leavingSliderule(cluster string) string  { return "leaving sliderule cluster " + cluster }
func readSliderule(cluster string) string     { return "read sliderule cluster " + cluster }
func replacedSliderule(cluster string) string { return "replaced sliderule cluster " + cluster }

// keptSliderule is what a run made or found for a resource: no other resource of the run destroys it.
func keptSliderule(cluster string) string { return "kept sliderule cluster " + cluster }

// refuseDouble refuses a new cluster of a name that another new one has, or one that the same plan destroys.
func (r *slideruleClusterResource) refuseDouble(plan *slideruleClusterModel, diags *diag.Diagnostics) {
	cluster := plan.Cluster.ValueString()
	if r.clouds == nil || plan.Cluster.IsUnknown() || diags.HasError() || r.clouds.noted(replacedSliderule(cluster)) {
		return
	}
	switch {
	case !r.clouds.first(plannedSliderule(cluster)):
		diags.AddAttributeError(path.Root("cluster"), "Two clusters would have one name", fmt.Sprintf(
			"The configuration asks for the cluster %s twice. Give each its own name, or keep one of them.", cluster))
	case r.clouds.noted(leavingSliderule(cluster)):
		diags.AddAttributeError(path.Root("cluster"), destroyedAndMade, movesSliderule(cluster))
	case r.clouds.noted(readSliderule(cluster)):
		diags.AddWarning(twoOfOneSliderule, fmt.Sprintf("The state has the cluster %s already. If it is being replaced, all is well. %s", cluster, keepOneSliderule))
	}
}

// refuseMove refuses to destroy a cluster that another resource of the same plan makes.
func (r *slideruleClusterResource) refuseMove(state *slideruleClusterModel, diags *diag.Diagnostics) {
	if r.clouds == nil {
		return
	}
	cluster := state.Cluster.ValueString()
	r.clouds.first(leavingSliderule(cluster))
	if r.clouds.noted(plannedSliderule(cluster)) {
		diags.AddError(destroyedAndMade, movesSliderule(cluster))
	}
}

// noteRead warns of a cluster that two resources of the state have, or that a new one asks for.
func (r *slideruleClusterResource) noteRead(state *slideruleClusterModel, diags *diag.Diagnostics) {
	cluster := state.Cluster.ValueString()
	if !r.clouds.first(readSliderule(cluster)) || r.clouds.noted(plannedSliderule(cluster)) {
		diags.AddWarning(twoOfOneSliderule, fmt.Sprintf("Another resource has, or asks for, the cluster %s. %s", cluster, keepOneSliderule))
	}
}

const (
	twoOfOneSliderule = "Two resources for one cluster"
	keepOneSliderule  = "Removing one of two resources destroys the cluster of both: keep one, and take the other out of the state with terraform state rm. If the resource got another address, or another for_each key, say so with a moved block."

	destroyedAndMade = "A cluster would be destroyed and made anew"
)

func movesSliderule(cluster string) string {
	return fmt.Sprintf("The plan destroys the cluster %s at one address, and makes it at another. If the resource got another address, or another for_each key, say so with a moved block: "+
		"moved { from = OLD_ADDRESS, to = NEW_ADDRESS }. If it is to be made anew, apply its removal first. If neither is so, as after a create_before_destroy that failed, take it out of the state with terraform state rm, and import it.", cluster)
}
