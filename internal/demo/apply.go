package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/data-access/terraform-provider-provisioner/internal/sandbox"
)

func everyoneIsServed(ctx context.Context, d *demo) error {
	r, _, err := d.applied(ctx, "first apply")
	if err != nil {
		return err
	}
	things := 0
	for _, e := range d.roster {
		things += e.things()
	}
	for _, once := range []func(entry) bool{usesGoogle, hasSlideRule} { // the bucket and SlideRule's foundation, for everybody
		if len(those(d.roster, once)) > 0 {
			things++
		}
	}
	return d.claims(claim{fmt.Sprintf("%d things were made, and nothing else was changed.", things), planned(changes{Add: things}, r.plan)})
}

func everyoneHas(_ context.Context, d *demo) error {
	w := d.before
	libraries, err := libraryCount(filepath.Join(root, "cluster-defaults.json"))
	if err != nil {
		return err
	}
	d.screen.table(clusterTable(d.roster, w, time.Local))
	d.screen.say("  TERMINATED is a cluster at rest: it costs nothing, and is ready whenever its owner starts it.")
	for _, p := range d.roster {
		if p.cold {
			d.screen.say("  The libraries of " + p.email + " wait for the first start: the roster says warm_up: false.")
		}
	}
	notebooks := len(those(d.roster, hasNotebook))
	if notebooks > 0 {
		d.screen.table(notebookTable(d.roster, w))
	}
	for _, t := range []table{templateTable(d.roster, w), slideRuleTable(d.roster, w)} {
		if len(t.rows) > 0 {
			d.screen.table(t)
		}
	}
	env := d.clouds.Env()
	return d.claims(
		claim{fmt.Sprintf("%d clusters on Databricks: one each, only theirs, stopped, with every library of the settings file.", len(those(d.roster, hasCluster))), cmp.Or(everyoneServed(d.roster, w), librariesReady(d.roster, w, libraries))},
		claim{fmt.Sprintf("%d notebooks: one each, only theirs, and it reads data as its owner.", notebooks), notebooksServed(d.roster, w)},
		claim{"The templates are made so that what is started from them reads data as a person, never as a service account.", templatesServed(d.roster, w)},
		claim{"Each SlideRule cluster has its nodes, and an end that AWS sees to by itself; a second schedule stands behind it.", slideRulesServed(d.roster, w)},
		claim{"Everyone was told once of what they can open now.", toldOnce(d.roster, w)},
		claim{"", secretsRead(d.clouds.Wire.Calls(), sandbox.SecretsBucket, sandbox.DatabricksSecretKey, sandbox.SlackSecretKey)},
		claim{"No token is in the state, in the log or anywhere else in the checkout.", withoutSecrets(checkout, env["DATABRICKS_TOKEN"], env["SLACK_BOT_TOKEN"], env["GOOGLE_OAUTH_ACCESS_TOKEN"])},
	)
}

func applyAgain(ctx context.Context, d *demo) error {
	before := d.before
	r, w, err := d.applied(ctx, "again")
	if err != nil {
		return err
	}
	calls := d.bill[len(d.bill)-1].calls
	return d.claims(
		claim{"Terraform changed nothing: everything is as it was.", cmp.Or(planned(changes{}, r.plan), untouched(d.roster, before, w), sameWords(d.roster, before, w))},
		claim{"Nobody got a second message.", nobodyTold(len(before.messages), w)},
		claim{fmt.Sprintf("It cost %d calls, and all of them were reads.", len(calls)), onlyReads(calls)},
	)
}

// applied applies, puts the calls on the bill, and takes stock.
func (d *demo) applied(ctx context.Context, what string) (result, world, error) {
	r, err := d.charged(ctx, what, d.apply)
	if err != nil {
		return r, world{}, err
	}
	w, err := settled(ctx, d.clouds)
	if err != nil {
		return r, w, err
	}
	if w.people, err = readPeople(r.people); err == nil {
		err = readCosts(stateFile(), w.people)
	}
	d.before = w
	return r, w, err
}

// charged puts the calls of a run on the bill.
func (d *demo) charged(ctx context.Context, what string, run func(context.Context) (result, error)) (result, error) {
	paid := len(d.clouds.Wire.Calls())
	r, err := run(ctx)
	d.bill = append(d.bill, charge{what: what, calls: since(paid, d.clouds.Wire.Calls())})
	return r, err
}

// libraryCount is how many libraries a settings file asks for.
func libraryCount(path string) (int, error) {
	document, err := os.ReadFile(path)
	if err != nil {
		return 0, err
	}
	var settings struct {
		Libraries []json.RawMessage `json:"libraries"`
	}
	if err := json.Unmarshal(document, &settings); err != nil {
		return 0, fmt.Errorf("%s: %w", path, err)
	}
	return len(settings.Libraries), nil
}
