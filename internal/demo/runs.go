package main

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/runner"
	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/run/script"
)

const (
	testKind    = "provisioner_sliderule_test"
	releaseKind = "provisioner_sliderule_release"
)

// tokenStart is how a token begins that the foundation's key has signed.
const tokenStart = "eyJhbGciOi"

// runWords is what Terraform says of a run.
type runWords struct {
	ID         string                  `json:"run_id"`
	Status     string                  `json:"status"`
	Instance   string                  `json:"instance_id"`
	Spot       bool                    `json:"spot"`
	LogURI     string                  `json:"log_uri"`
	SummaryURI string                  `json:"summary_uri"`
	Suites     map[string]script.Suite `json:"suites"` // of a test
	Images     map[string]string       `json:"images"` // of a release: the digest, by name
}

func isTestedAndReleased(ctx context.Context, d *demo) error {
	if why := d.readyMachines(); why != nil {
		d.screen.say(wrap("  This cannot be shown on this machine, which would have to execute the programs of runs: "+why.Error()+".", 100)...)
		return nil
	}
	who, err := scientist(d.roster)
	if err != nil {
		return err
	}
	tested, released, err := d.passes(ctx, who)
	if err != nil {
		return err
	}
	failed, err := d.fails(ctx, who, tested)
	if err != nil {
		return err
	}
	return d.passesAgain(ctx, failed, released)
}

// readyMachines has machines of runs executed by the time of this machine: what their programs do is done for real, and
// no sooner because the clouds hurry. It says why there are none, where that is so.
func (d *demo) readyMachines() error {
	machines, err := runner.New(runner.Options{Endpoint: d.clouds.AWS().URL, Regions: []string{awsOf(d.clouds).Region}, Asleep: d.clouds.Runner == nil})
	if err != nil {
		return err
	}
	if d.clouds.Runner != nil {
		d.clouds.Runner.Close()
	}
	d.clouds.Runner = machines // the clouds end it
	return nil
}

// passes has a version tested and released.
func (d *demo) passes(ctx context.Context, who entry) (test, release runWords, err error) {
	cfg, before := awsOf(d.clouds), d.before
	latest, err := digestsOf(ctx, cfg, "latest")
	if err != nil {
		return test, release, err
	}
	if err := d.writeRuns(runsDocument(who.sliderule, 1)); err != nil {
		return test, release, err
	}
	r, w, err := d.applied(ctx, "runs")
	if err != nil {
		return test, release, err
	}
	if test, err = theOne(testKind); err != nil {
		return test, release, err
	}
	if release, err = theOne(releaseKind); err != nil {
		return test, release, err
	}
	d.screen.table(suiteTable(test))
	d.screen.say("  The programs ran on this machine, with stand-ins for git, conda, npm, make and docker; the seconds are theirs.")
	d.screen.table(imageTable(release))
	pushed, err := digestsOf(ctx, cfg, candidate)
	if err != nil {
		return test, release, err
	}
	isLatest, err := digestsOf(ctx, cfg, "latest")
	if err != nil {
		return test, release, err
	}
	return test, release, d.claims(
		claim{"", cmp.Or(planned(changes{Add: 2}, r.plan), passed(test), passed(release))},
		claim{"Each had a spot machine to itself, and nothing of it is left: no machine, no schedule, and not the token that opened the cluster to the tests.", cmp.Or(ranOnce(w, test, release), nothingOfRuns(before, w), withoutSecrets(checkout, tokenStart))},
		claim{"The log and the summary of each are in the bucket, and Terraform says what the summary says.", d.kept(ctx, test, release)},
		claim{fmt.Sprintf("The images are in the registry as %s, with these digests, and latest is as it was.", candidate), cmp.Or(pushedAs(release, pushed), sameDigests(latest, isLatest))},
		claim{"", cmp.Or(untouched(d.roster, before, w), sameWords(d.roster, before, w))},
	)
}

// fails has the same version tested again, in which a suite fails.
func (d *demo) fails(ctx context.Context, who entry, tested runWords) (failed runWords, err error) {
	const suite, bad = "ams", 2
	d.screen.say("", fmt.Sprintf("  The next night, %d tests of the suite %s fail:", bad, suite))
	d.clouds.Runner.Suite(suite, runner.Result{Passed: tested.Suites[suite].Passed - bad, Failed: bad})
	if err := d.writeRuns(runsDocument(who.sliderule, 2)); err != nil {
		return failed, err
	}
	r, err := d.charged(ctx, "runs", d.apply)
	if ctx.Err() != nil {
		return failed, context.Cause(ctx)
	}
	told, err := failure(r, err)
	if err != nil {
		return failed, err
	}
	d.screen.say("", "  Error: "+told.Summary, "")
	d.screen.say(append(excerpt(told.Detail, 5), "")...)
	if failed, err = theOne(testKind); err != nil {
		return failed, err
	}
	w, err := settled(ctx, d.clouds)
	if err != nil {
		return failed, err
	}
	d.clouds.Runner.Suite(suite, runner.Result{Passed: tested.Suites[suite].Passed})
	return failed, d.claims(
		claim{"The apply failed, and the error says which suite did, how the log ends and where all of it is.", cmp.Or(planned(changes{Add: 1, Remove: 1}, r.plan), tells(told, suite, failed))},
		claim{"All other suites ran nevertheless, and the machine is gone as well.", cmp.Or(failedIn(suite, failed), ranOnce(w, failed), nothingOfRuns(d.before, w), d.kept(ctx, tested, failed))},
	)
}

// passesAgain applies once more, when all is well again.
func (d *demo) passesAgain(ctx context.Context, failed, released runWords) error {
	before := d.before
	d.screen.say("", "  The suite is well again, and the admin applies once more:")
	r, w, err := d.applied(ctx, "runs")
	if err != nil {
		return err
	}
	again, err := theOne(testKind)
	if err != nil {
		return err
	}
	still, err := theOne(releaseKind)
	if err != nil {
		return err
	}
	return d.claims(
		claim{"Another run took the place of the failed one, and passed; what was released was not touched.", cmp.Or(planned(changes{Add: 1, Remove: 1}, r.plan), passed(again), another(failed, again), unchanged(released, still))},
		claim{"", cmp.Or(ranOnce(w, again), nothingOfRuns(before, w), d.kept(ctx, failed, again), untouched(d.roster, before, w), sameWords(d.roster, before, w))},
	)
}

// theOne is the only run of a kind in the state.
func theOne(kind string) (runWords, error) {
	all, err := inState[runWords](stateFile(), kind)
	if err == nil && len(all) != 1 {
		err = fmt.Errorf("the state should have one %s, and has %d", kind, len(all))
	}
	if err != nil {
		return runWords{}, err
	}
	return all[0], nil
}

// suiteTable is what each suite of a test came to, in the order in which they ran.
func suiteTable(test runWords) table {
	t := table{heads: []string{"SUITE", "STATUS", "PASSED", "FAILED", "SKIPPED", "ERRORS", "SECONDS"}, right: map[int]bool{2: true, 3: true, 4: true, 5: true, 6: true}}
	for _, name := range script.Suites() {
		if s, there := test.Suites[name]; there {
			t.rows = append(t.rows, []string{name, s.Status, strconv.Itoa(s.Passed), strconv.Itoa(s.Failed), strconv.Itoa(s.Skipped), strconv.Itoa(s.Errors), strconv.FormatFloat(s.Seconds, 'f', -1, 64)})
		}
	}
	return t
}

// imageTable is what a release pushed.
func imageTable(release runWords) table {
	t := table{heads: []string{"IMAGE", "DIGEST, AS THE REGISTRY HAS IT"}}
	for _, name := range slices.Sorted(maps.Keys(release.Images)) {
		t.rows = append(t.rows, []string{name + ":" + candidate, release.Images[name]})
	}
	return t
}
