package provider

import (
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
)

// Two resources for one notebook: Terraform makes and destroys at the same time, and a notebook that is destroyed takes
// its person's files along. Plans and reads come in any order, so each of the two sides looks for the other.

// What a run notes of a notebook, by its id and its person: a name may go from one person to the next.
func plannedNotebook(id, who string) string { return noteOf("planned", id, who) }
func leavingNotebook(id, who string) string { return noteOf("leaving", id, who) }
func readNotebook(id, who string) string    { return noteOf("read", id, who) }

func noteOf(what, id, who string) string {
	return what + " notebook " + id + " of " + strings.ToLower(strings.TrimSpace(who))
}

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
	r.clouds.first(plannedNotebook(id, who))
	switch {
	case !r.clouds.first("a name for the notebook " + id):
		diags.AddAttributeError(path.Root("name"), "Two notebooks would have one name", fmt.Sprintf(
			"The configuration asks for the notebook %s twice; this one is of %s. Give each its own name, or keep one of them.", id, who))
	case r.clouds.noted(leavingNotebook(id, who)):
		diags.AddAttributeError(path.Root("name"), deletedAndMade, moves(id, who))
	case r.clouds.noted(readNotebook(id, who)):
		diags.AddWarning(twoOfOne, fmt.Sprintf("The state has the notebook %s of %s already. If it is being replaced, all is well. %s", id, who, keepOne))
	}
}

// refuseMove refuses to delete a notebook that another resource of the same plan makes.
func (r *personalNotebookResource) refuseMove(state *personalNotebookModel, diags *diag.Diagnostics) {
	if r.clouds == nil || state.OnDestroy.ValueString() == abandonNotebook {
		return
	}
	id, who := state.ID.ValueString(), state.UserEmail.ValueString()
	r.clouds.first(leavingNotebook(id, who))
	if r.clouds.noted(plannedNotebook(id, who)) {
		diags.AddError(deletedAndMade, moves(id, who))
	}
}

// noteRead warns of a notebook that two resources of the state have, or that a new one asks for.
func (r *personalNotebookResource) noteRead(state *personalNotebookModel, diags *diag.Diagnostics) {
	id, who := state.ID.ValueString(), state.UserEmail.ValueString()
	if !r.clouds.first(readNotebook(id, who)) || r.clouds.noted(plannedNotebook(id, who)) {
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
