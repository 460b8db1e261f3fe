package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path"

	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/google"
)

// anotherValue is what the label of the idle notebook becomes.
const anotherValue = "planning"

func fallsIdle(ctx context.Context, d *demo) error {
	document, err := os.ReadFile(usersFile())
	if err != nil {
		return err
	}
	email := idler(document, d.roster)
	if email == "" {
		return errors.New("nobody on the roster has a notebook with a label, and the demo needs one")
	}
	id := d.before.google.notebooks[email][0].ID
	if err := d.clouds.Google.IdleStop(google.Workbench, id); err != nil {
		return err
	}
	d.screen.say("  Nobody has used " + path.Base(id) + " for its idle time: Google stopped it.")

	r, err := d.charged(ctx, "idle", d.plan)
	if err != nil {
		return err
	}
	asked := d.bill[len(d.bill)-1].calls
	if err := d.claims(claim{"The plan has nothing to do: a stopped notebook is no drift.", cmp.Or(planned(changes{}, r.plan), onlyReads(asked), atRest(email, look(d.clouds)))}); err != nil {
		return err
	}

	changed, label, line, err := relabel(document, email, anotherValue)
	if err != nil {
		return err
	}
	if err := os.WriteFile(usersFile(), changed, 0o644); err != nil {
		return err
	}
	d.screen.say("", "  users.yaml: another label for the same notebook", "  - "+line.was, "  + "+line.is)
	before := d.before
	r, w, err := d.applied(ctx, "idle")
	if err != nil {
		return err
	}
	asked = d.bill[len(d.bill)-1].calls
	others := those(d.roster, func(e entry) bool { return e.email != email })
	return d.claims(
		claim{"", planned(changes{Change: 1}, r.plan)},
		claim{"The label is changed, and the notebook is still stopped.", cmp.Or(labelled(email, label, anotherValue, w), atRest(email, w))},
		claim{fmt.Sprintf("Of %d calls one changed something, a patch: none started it.", len(asked)), onlyPatched(id, asked)},
		claim{"", untouched(others, before, w)},
	)
}
