package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/data-access/terraform-provider-provisioner/internal/sandbox"
)

func steps() []step {
	return []step{
		{"Start the clouds", "Databricks, Google Cloud, Slack and AWS run inside this program: no account, no network, no cost.", startClouds},
		{"Check out the admin's repository", "All that a governance admin keeps is a roster of people, and one settings file for each kind of thing.", setUp},
		{"Apply: everyone gets what the roster says", "Clusters are warmed up and stopped, notebooks come up as their owner, and people are told on Slack.", everyoneIsServed},
		{"What everyone has", "As the clouds tell it, not as Terraform does.", everyoneHas},
		{"Apply again", "Nothing is left to do, so nothing may happen.", applyAgain},
		{"A notebook falls idle", "Google stops a notebook that nobody uses. That is its rest: no plan and no edit may start it.", fallsIdle},
		{"Someone leaves", "Taking a person off the roster takes away what they had, and what they left running; nobody else's is touched.", someoneLeaves},
		{"A SlideRule cluster grows, and stays longer", "More nodes join those that work, and a word in users.yaml moves the end. Nothing is started anew.", growsAndStays},
		{"A version is tested against it, and released", "Each on a spot machine of its own, which does nothing else and ends itself.", isTestedAndReleased},
		{"It ends by itself", "Every cluster has its end scheduled on AWS before it exists, so that none is forgotten.", endsByItself},
		{"What it cost", "Every call that the clouds were asked, as they counted it themselves.", showBill},
	}
}

// haste is how many times faster than the others AWS is, where a cluster with its network takes longest.
const haste = 4

func startClouds(ctx context.Context, d *demo) (err error) {
	d.clouds, err = sandbox.Start(ctx, sandbox.Options{Speed: d.options.speed})
	if err != nil {
		return err
	}
	fast := d.options.speed * haste
	if err := d.clouds.AWS().SetSpeed(ctx, fast); err != nil {
		return err
	}
	d.screen.say(
		"  Databricks    "+d.clouds.DatabricksURL,
		"  Google Cloud  "+d.clouds.GoogleURL+"  and its Cloud Storage  "+d.clouds.StorageURL,
		"  Slack         "+d.clouds.SlackURL,
		"  AWS           "+d.clouds.AWSURL+"  (the tokens of Databricks and Slack are objects in its S3)",
		fmt.Sprintf("  Time passes %g times as fast, and %g times on AWS: a cluster of Databricks' starts in %.0f seconds here, one of SlideRule's in %.0f.", d.options.speed, fast, 240/d.options.speed, 360/fast),
	)
	return nil
}

func setUp(ctx context.Context, d *demo) error {
	if err := checkOut(checkout, "examples", "modules"); err != nil {
		return err
	}
	roster, err := readRoster(usersFile())
	if err != nil {
		return err
	}
	if len(roster) < 3 {
		return fmt.Errorf("the roster has %d people, and the demo needs 3", len(roster))
	}
	d.roster = roster
	d.screen.say("  On the roster:")
	for _, e := range roster {
		d.screen.say("    " + pad(e.email, widest(roster)) + "  " + strings.Join(wishes(e), ", "))
	}
	if d.cli, err = d.terraform(); err != nil {
		return err
	}
	if err := d.cli.run(ctx, func(event) {}, "init", "-input=false", "-no-color"); err != nil {
		return err
	}
	return d.claims(claim{"terraform init took the provider that was built here, and needed no registry.", installedFrom(filepath.Join(filepath.Dir(d.options.cliConfig), "mirror"), root)})
}

func usersFile() string { return filepath.Join(root, "users.yaml") }

// wishes are the things that a person is to get, in words.
func wishes(e entry) []string {
	var all []string
	for word, has := range map[string]bool{
		"a cluster": e.cluster && !e.cold, "a cluster that is not warmed up": e.cold,
		"a SlideRule cluster": e.sliderule != "", "a notebook": e.notebook, "a template for Dataproc clusters": e.template, "a template for Spark sessions": e.session,
	} {
		if has {
			all = append(all, word)
		}
	}
	slices.Sort(all)
	return all
}

func widest(roster []entry) int {
	width := 0
	for _, email := range emails(roster) {
		width = max(width, cells(email))
	}
	return width
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
		// These tokens are to be read from S3, and nobody's own settings for Terraform change what is shown.
		return name == "DATABRICKS_TOKEN" || name == "SLACK_BOT_TOKEN" || strings.HasPrefix(name, "TF_")
	})
	env = append(env, "TF_CLI_CONFIG_FILE="+config, "TF_IN_AUTOMATION=1", "CHECKPOINT_DISABLE=1")
	return &cli{path: path, dir: root, env: env, log: log, hurry: d.hurry, patience: defaultPatience}, nil
}

func showBill(_ context.Context, d *demo) error {
	calls := d.clouds.Wire.Calls()
	d.screen.table(d.bill.table())
	if refused := refusals(calls); len(refused) > 0 {
		d.screen.say("  Refused, and then done another way: " + strings.Join(refused, ", "))
	}
	details := strings.Join(d.bill.details().render(0, func(text string) string { return text }), "\n") + "\n"
	if err := os.WriteFile(billFile, []byte(details), 0o644); err != nil {
		return err
	}
	return d.claims(claim{"The bill is complete: nothing else was asked of the clouds. " + billFile + " has it call by call.", d.bill.complete(calls)})
}
