package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/data-access/terraform-provider-provisioner/internal/sandbox"
)

func steps() []step {
	return []step{
		{"Start the clouds", "Databricks, Slack and AWS run inside this program: no account, no network, no cost.", startClouds},
		{"Check out the admin's repository", "All that a governance admin keeps is a roster of people and one settings file.", setUp},
		{"Apply: everyone gets a cluster", "Each is started once so that its libraries install, and stopped; then its owner is told on Slack.", everyoneGetsOne},
		{"Apply again", "Nothing is left to do, so nothing may happen.", applyAgain},
		{"Someone leaves", "Taking a person off the roster takes their cluster away, and touches nobody else's.", someoneLeaves},
		{"What it cost", "Every call that the clouds were asked, as they counted it themselves.", showBill},
	}
}

func startClouds(ctx context.Context, d *demo) (err error) {
	d.clouds, err = sandbox.Start(ctx, sandbox.Options{Speed: d.options.speed})
	if err != nil {
		return err
	}
	d.screen.say(
		"  Databricks  "+d.clouds.DatabricksURL,
		"  Slack       "+d.clouds.SlackURL,
		"  AWS         "+d.clouds.AWSURL+"  (the tokens of the other two are objects in its S3)",
		fmt.Sprintf("  Time passes %g times as fast: what takes a cloud four minutes takes %.0f seconds here.", d.options.speed, 240/d.options.speed),
	)
	return nil
}

func setUp(ctx context.Context, d *demo) error {
	if err := checkOut(checkout, "examples", "modules"); err != nil {
		return err
	}
	roster, err := readRoster(filepath.Join(root, "users.yaml"))
	if err != nil {
		return err
	}
	if len(roster) < 3 {
		return fmt.Errorf("the roster has %d people, and the demo needs 3", len(roster))
	}
	d.roster = roster
	d.screen.say("  On the roster: " + strings.Join(emails(roster), ", "))
	if d.cli, err = d.terraform(); err != nil {
		return err
	}
	if err := d.cli.run(ctx, func(event) {}, "init", "-input=false", "-no-color"); err != nil {
		return err
	}
	return d.claims(claim{"terraform init took the provider that was built here, and needed no registry.", installedFrom(filepath.Join(filepath.Dir(d.options.cliConfig), "mirror"), root)})
}

// terraform is the CLI in the admin's folder, and in an environment where all there is of clouds are ours.
func (d *demo) terraform() (*cli, error) {
	path, err := absolute(d.options.terraform)
	if err != nil {
		return nil, err
	}
	config, err := filepath.Abs(d.options.cliConfig)
	if err == nil {
		_, err = os.Stat(config)
	}
	if err != nil {
		return nil, fmt.Errorf("there is no CLI configuration, run scripts/mirror.sh: %w", err)
	}
	log, err := os.Create(logFile)
	if err != nil {
		return nil, err
	}
	env := slices.DeleteFunc(d.clouds.Environ(os.Environ()), func(variable string) bool {
		name, _, _ := strings.Cut(variable, "=")
		// The tokens are to be read from S3, and nobody's own settings for Terraform change what is shown.
		return name == "DATABRICKS_TOKEN" || name == "SLACK_BOT_TOKEN" || strings.HasPrefix(name, "TF_")
	})
	env = append(env, "TF_CLI_CONFIG_FILE="+config, "TF_IN_AUTOMATION=1", "CHECKPOINT_DISABLE=1")
	return &cli{path: path, dir: root, env: env, log: log, hurry: d.hurry, patience: defaultPatience}, nil
}

func everyoneGetsOne(ctx context.Context, d *demo) error {
	r, w, err := d.applied(ctx, "first apply")
	if err != nil {
		return err
	}
	libraries, err := libraryCount(filepath.Join(root, "cluster-defaults.json"))
	if err != nil {
		return err
	}
	d.screen.table(peopleTable(d.roster, w, time.Local))
	d.screen.say("  TERMINATED is a cluster at rest: it costs nothing, and is ready whenever its owner starts it.")
	for _, p := range d.roster {
		if p.cold {
			d.screen.say("  The libraries of " + p.email + " wait for the first start: the roster says warm_up: false.")
		}
	}
	env := d.clouds.Env()
	return d.claims(
		claim{"", planned(changes{Add: r.plan.Add}, r.plan)},
		claim{fmt.Sprintf("%d people, %d clusters: one each, only theirs, and stopped.", len(d.roster), len(d.roster)), everyoneServed(d.roster, w)},
		claim{"Every cluster has every library of the settings file.", librariesReady(d.roster, w, libraries)},
		claim{"Everyone was told once.", toldOnce(d.roster, w)},
		claim{"", secretsRead(d.clouds.Wire.Calls(), sandbox.SecretsBucket, sandbox.DatabricksSecretKey, sandbox.SlackSecretKey)},
		claim{"The tokens came from S3, and none is in the state, in the log or anywhere else in the checkout.", withoutSecrets(checkout, env["DATABRICKS_TOKEN"], env["SLACK_BOT_TOKEN"])},
	)
}

func applyAgain(ctx context.Context, d *demo) error {
	before := d.before
	r, w, err := d.applied(ctx, "second apply")
	if err != nil {
		return err
	}
	calls := d.bill[len(d.bill)-1].calls
	return d.claims(
		claim{"Terraform changed nothing: every cluster is as it was.", cmp.Or(planned(changes{}, r.plan), untouched(d.roster, before, w), sameWords(d.roster, before, w))},
		claim{"Nobody got a second message.", nobodyTold(len(before.messages), w)},
		claim{fmt.Sprintf("It cost %d calls, and all of them were reads.", len(calls)), onlyReads(calls)},
	)
}

func someoneLeaves(ctx context.Context, d *demo) error {
	before, file := d.before, filepath.Join(root, "users.yaml")
	leaver := d.roster[len(d.roster)/2].email
	document, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	left, struck, err := strike(document, leaver)
	if err != nil {
		return err
	}
	if err := os.WriteFile(file, left, 0o644); err != nil {
		return err
	}
	d.screen.say("  users.yaml")
	for _, line := range struck {
		d.screen.say("  - " + strings.TrimRight(line, "\r\n"))
	}
	r, w, err := d.applied(ctx, "one leaves")
	if err != nil {
		return err
	}
	everyone := d.roster
	d.roster = slices.DeleteFunc(slices.Clone(everyone), func(e entry) bool { return e.email == leaver })
	d.screen.table(leavingTable(everyone, before, w))
	return d.claims(
		claim{"", planned(changes{Remove: r.plan.Remove}, r.plan)},
		claim{"The cluster of " + leaver + " is gone for good.", gone(leaver, w)},
		claim{fmt.Sprintf("The other %d are the same in everything: id, state, settings, libraries, permissions.", len(d.roster)), cmp.Or(untouched(d.roster, before, w), sameWords(d.roster, before, w))},
		claim{"There is no other cluster in the workspace.", everyoneServed(d.roster, w)},
		claim{"Nobody was written to.", nobodyTold(len(before.messages), w)},
	)
}

func showBill(_ context.Context, d *demo) error {
	calls := d.clouds.Wire.Calls()
	d.screen.table(d.bill.table())
	if refused := refusals(calls); len(refused) > 0 {
		d.screen.say("  Refused, and then done another way: " + strings.Join(refused, ", "))
	}
	return d.claims(claim{"The bill is complete: nothing else was asked of the clouds.", d.bill.complete(calls)})
}

// applied applies, puts the calls on the bill, and takes stock.
func (d *demo) applied(ctx context.Context, what string) (result, world, error) {
	paid := len(d.clouds.Wire.Calls())
	r, err := d.apply(ctx)
	if err != nil {
		return r, world{}, err
	}
	d.bill = append(d.bill, charge{what: what, calls: since(paid, d.clouds.Wire.Calls())})
	w, err := settled(ctx, d.clouds)
	if err != nil {
		return r, w, err
	}
	w.people, err = readPeople(r.people)
	d.before = w
	return r, w, err
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
