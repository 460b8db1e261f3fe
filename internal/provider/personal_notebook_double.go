package provider

import (
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
)

// A notebook that is destroyed takes its person's files along, so that it needs more than a warning when one plan
// destroys it and makes it.

func notebookOf(id, who string) thing { return thing{"notebook", id, who} }

// refuseDouble refuses a new notebook of a name that another new one has, or one that the same plan deletes.
func (r *personalNotebookResource) refuseDouble(plan *personalNotebookModel, diags *diag.Diagnostics) {
	if r.clouds == nil || diags.HasError() {
		return
	}
	id, ok := plan.idToBe()
	if !ok {
		return
	}
	one := notebookOf(id, plan.UserEmail.ValueString())
	switch {
	case !r.clouds.first("a name for the notebook " + id):
		diags.AddAttributeError(path.Root("name"), "Two notebooks would have one name", fmt.Sprintf(
			"The configuration asks for the notebook %s twice; this one is of %s. Give each its own name, or keep one of them.", one.id, one.who))
	case r.clouds.noted(one.note("leaving")):
		diags.AddAttributeError(path.Root("name"), deletedAndMade, moves(one))
	default:
		r.clouds.notePlanned(one, diags)
	}
}

// refuseMove refuses to delete a notebook that another resource of the same plan makes.
func (r *personalNotebookResource) refuseMove(state *personalNotebookModel, diags *diag.Diagnostics) {
	if r.clouds == nil || state.OnDestroy.ValueString() == abandonNotebook {
		return
	}
	one := notebookOf(state.ID.ValueString(), state.UserEmail.ValueString())
	r.clouds.first(one.note("leaving"))
	if r.clouds.noted(one.note("planned")) {
		diags.AddError(deletedAndMade, moves(one))
	}
}

const deletedAndMade = "A notebook would be deleted and made anew"

func moves(notebook thing) string {
	return fmt.Sprintf("The plan deletes the notebook %s of %s at one address, with all the files on it, and makes it at another. If the resource got another address, or another for_each key, say so with a moved block: "+
		"moved { from = OLD_ADDRESS, to = NEW_ADDRESS }. If it is to be made anew, apply its removal first.", notebook.id, notebook.who)
}
