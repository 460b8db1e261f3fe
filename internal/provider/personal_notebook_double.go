package provider

import (
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
)

// Two resources for one notebook: Terraform makes and destroys at the same time, and a notebook that is destroyed takes
// its person's files along. Plans and reads come in any order, so each of the two sides looks for the other.

// What a run notes of a notebook, by its id.
func plannedNotebook(id string) string { return "planned notebook " + id }
func leavingNotebook(id string) string { return "leaving notebook " + id }
func readNotebook(id string) string    { return "read notebook " + id }

// refuseDouble refuses a new notebook of a name that another new one has, or one that the same plan deletes.
func (r *personalNotebookResource) refuseDouble(plan *personalNotebookModel, diags *diag.Diagnostics) {
	if r.clouds == nil || diags.HasError() {
		return
	}
	id, ok := plan.idToBe()
	if !ok {
		return
	}
	who := plan.UserEmail.ValueString()
	switch {
	case !r.clouds.first(plannedNotebook(id)):
		diags.AddAttributeError(path.Root("name"), "Two notebooks would have one name", fmt.Sprintf(
			"The configuration asks for the notebook %s twice; this one is of %s. Give each its own name, or keep one of them.", id, who))
	case r.clouds.noted(leavingNotebook(id)):
		diags.AddAttributeError(path.Root("name"), deletedAndMade, moves(id, who))
	case r.clouds.noted(readNotebook(id)):
		diags.AddWarning(twoOfOne, fmt.Sprintf("The state has the notebook %s of %s already. If it is being replaced, all is well. %s", id, who, keepOne))
	}
}

// refuseMove refuses to delete a notebook that another resource of the same plan makes.
func (r *personalNotebookResource) refuseMove(state *personalNotebookModel, diags *diag.Diagnostics) {
	if r.clouds == nil || state.OnDestroy.ValueString() == abandonNotebook {
		return
	}
	id := state.ID.ValueString()
	r.clouds.first(leavingNotebook(id))
	if r.clouds.noted(plannedNotebook(id)) {
		diags.AddError(deletedAndMade, moves(id, state.UserEmail.ValueString()))
	}
}

// noteRead warns of a notebook that two resources of the state have, or that a new one asks for.
func (r *personalNotebookResource) noteRead(state *personalNotebookModel, diags *diag.Diagnostics) {
	id := state.ID.ValueString()
	if !r.clouds.first(readNotebook(id)) || r.clouds.noted(plannedNotebook(id)) {
		diags.AddWarning(twoOfOne, fmt.Sprintf("Another resource has, or asks for, the notebook %s of %s. %s", id, state.UserEmail.ValueString(), keepOne))
	}
}

const (
	twoOfOne = "Two resources for one notebook"
	keepOne  = "Removing one of two resources deletes the notebook of both: keep one, and take the other out of the state with terraform state rm. If the resource got another address, or another for_each key, say so with a moved block."

	deletedAndMade = "A notebook would be deleted and made anew"
)

func moves(id, who string) string {
	return fmt.Sprintf("The plan deletes the notebook %s of %s at one address, with all the files on it, and makes it at another. If the resource got another address, or another for_each key, say so with a moved block: "+
		"moved { from = OLD_ADDRESS, to = NEW_ADDRESS }. If it is to be made anew, apply its removal first.", id, who)
}
