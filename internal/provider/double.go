package provider

import (
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
)

// thing is what two resources of one configuration could ask for. A name may go from one person to the next, so that
// the person is part of it.
type thing struct {
	kind string // for people, such as "notebook"
	id   string // an id, an address or a name, whichever a plan knows
	who  string // e-mail
}

// note is what a run notes of a thing.
func (t thing) note(what string) string {
	return what + " " + t.kind + " " + t.id + " of " + strings.ToLower(strings.TrimSpace(t.who))
}

// Two resources for one thing: Terraform makes and destroys at the same time, and who removes one of them removes the
// thing of both. Plans and reads come in any order, so each of the two sides looks for the other.

// notePlanned warns of a new resource for a thing that the state has.
func (c *clouds) notePlanned(t thing, diags *diag.Diagnostics) {
	c.first(t.note("planned"))
	if c.noted(t.note("read")) {
		t.warnOfDouble("The state has the %s %s of %s already. If it is being replaced, all is well.", diags)
	}
}

// noteRead warns of a thing that two resources of the state have, or that a new one asks for.
func (c *clouds) noteRead(t thing, diags *diag.Diagnostics) {
	if !c.first(t.note("read")) || c.noted(t.note("planned")) {
		t.warnOfDouble("Another resource has, or asks for, the %s %s of %s.", diags)
	}
}

func (t thing) warnOfDouble(why string, diags *diag.Diagnostics) {
	diags.AddWarning("Two resources for one "+t.kind, fmt.Sprintf(why+" If the resource got another address, or another for_each key, say so with a moved block. "+
		"Otherwise give one of them another name, or keep one and take the other out of the state with terraform state rm: removing one of two resources deletes the %[1]s of both.", t.kind, t.id, t.who))
}
