package provider_test

import (
	"context"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/data-access/terraform-provider-provisioner/internal/sandbox"
	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/runner"
	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/wire"
	"github.com/data-access/terraform-provider-provisioner/internal/sliderule"
)

func TestTheTestActionShowsHowItGetsOn(t *testing.T) {
	t.Parallel()
	w := newFoundedWorld(t)
	needsMachines(t, w)
	if err := w.Runner.Lack(context.Background(), runner.Shortage{InstanceType: "m8g.2xlarge", Times: -1}); err != nil {
		t.Fatal(err)
	}
	a := newActor(w, "")

	lines, said := a.invokes(context.Background(), testAction, fields{"cluster": "dev", "version": "main", "instance_types": []any{"m8g.2xlarge", "m7g.2xlarge"}}, nil)
	if said != "" {
		t.Fatalf("it ended with %s", said)
	}
	inOrder(t, lines, "m8g.2xlarge spot in us-west-2a: InsufficientInstanceCapacity", "started the machine i-", "its log will be at s3://", "is running", "python passed: ", "manager ", ": passed")
	id := regexp.MustCompile(`^test-\d{14}-[a-z0-9]+: `)
	if i := slices.IndexFunc(lines, func(line string) bool { return !id.MatchString(line) }); i >= 0 {
		t.Errorf("%q does not say which run it is about", lines[i])
	}
}

func TestTheTestActionFailsWithASuite(t *testing.T) {
	t.Parallel()
	w := newFoundedWorld(t)
	needsMachines(t, w)
	w.Runner.Suite("node", runner.Result{Passed: 7, Failed: 3})
	_, said := newActor(w, "").invokes(context.Background(), testAction, fields{"cluster": "dev", "version": "v5.5.0"}, nil)
	if err := contains(said, "ERROR: The tests did not pass: The test of v5.5.0 against dev (test-", "Suites that did not pass: node (3 failed, 0 errors, 7 passed).", "The end of its log:\n", "The whole log: s3://"); err != nil {
		t.Error(err)
	}
	if strings.HasSuffix(said, ".") {
		t.Errorf("an address that ends with a full stop cannot be opened: %s", said[max(0, len(said)-200):])
	}
}

// AWS takes the machine of the first attempt back.
func TestTheTestActionTriesAgain(t *testing.T) {
	t.Parallel()
	w := newFoundedWorld(t)
	needsMachines(t, w)
	w.Runner.Suite("python", runner.Result{Hang: true})
	started := regexp.MustCompile(`started the machine (i-[0-9a-f]+),`)
	attempts := 0
	lines, said := newActor(w, "").invokes(context.Background(), testAction, fields{"cluster": "dev", "version": "main", "retries": 1}, func(line string) {
		if m := started.FindStringSubmatch(line); m != nil {
			if attempts++; attempts == 1 {
				go w.takeBack(m[1])
			}
		}
	})
	if said != "" {
		t.Errorf("it ended with %s", said)
	}
	inOrder(t, lines, "started the machine", "interrupted: ", "it is tried again", "started the machine", "python passed: 12 passed", ": passed")
}

// takeBack interrupts a machine once its first suite runs, and lets that suite pass from then on.
func (w *slideruleWorld) takeBack(instance string) {
	for len(w.Runner.Calls("npm"))+len(w.pytests()) == 0 {
		if err := w.clock.Sleep(context.Background(), 0); err != nil {
			w.t.Error(err)
			return
		}
	}
	w.Runner.Suite("python", runner.Result{Passed: 12})
	if err := w.Runner.Interrupt(context.Background(), instance); err != nil {
		w.t.Error(err)
	}
}

func (w *slideruleWorld) pytests() (calls []runner.Call) {
	for _, c := range w.Runner.Calls() {
		if len(c.Words) > 0 && strings.HasSuffix(c.Words[0], "pytest") {
			calls = append(calls, c)
		}
	}
	return calls
}

// Whoever waits is interrupted: the run goes on, and what is said is enough to find it.
func TestTheTestActionIsCutShort(t *testing.T) {
	t.Parallel()
	w := newFoundedWorld(t)
	needsMachines(t, w)
	w.Runner.Suite("python", runner.Result{Hang: true})
	ctx, interrupt := context.WithCancel(context.Background())
	defer interrupt()
	_, said := newActor(w, "").invokes(ctx, testAction, fields{"cluster": "dev", "version": "main"}, func(line string) {
		if strings.Contains(line, "is running") {
			interrupt()
		}
	})
	if err := contains(said, "ERROR: The wait for a test run was cut short: ", "goes on, and ends by itself at 20", "at the latest. Its log will be at s3://", "/run.log, and what it came to at s3://"); err != nil {
		t.Error(err)
	}
	if strings.Contains(said, "goes on where") {
		t.Errorf("nobody waits for it again: %s", said)
	}
	made, dropped := 0, 0
	for _, call := range w.Wire.Calls() {
		if strings.HasPrefix(call.Path, "/schedules/") && call.Method == http.MethodPost {
			made++
		} else if strings.HasPrefix(call.Path, "/schedules/") && call.Method == http.MethodDelete {
			dropped++
		}
	}
	if made != 1 || dropped != 0 || w.acted("RunInstances") != 1 || w.acted("TerminateInstances") != 0 {
		t.Errorf("the run did not go on, with its scheduled end: %v", w.Wire.Calls())
	}
}

func TestTheReleaseActionShowsTheDigests(t *testing.T) {
	t.Parallel()
	w := newFoundedWorld(t)
	needsMachines(t, w)
	a := newActor(w, "")
	asked := fields{"cluster": "dev", "version": "v5.5.1", "image_names": []any{"sliderule", "ilb"}}
	// The registry of this world is none of ECR's: what could not be pushed is refused before a machine is paid for.
	_, said := a.invokes(context.Background(), releaseAction, asked, nil)
	if err := contains(said, "ERROR: The release could not be started: ", "registry.example.org"); err != nil || w.acted("RunInstances") != 0 {
		t.Error(err, w.acted("RunInstances"))
	}

	w.pushesToECR()
	a = newActor(w, "")
	lines, said := a.invokes(context.Background(), releaseAction, asked, nil)
	if said != "" {
		t.Fatalf("it ended with %s", said)
	}
	inOrder(t, lines, "started the machine i-", ": passed", "image ilb:v5.5.1 is sha256:", "image sliderule:v5.5.1 is sha256:")

	_, said = a.invokes(context.Background(), releaseAction, asked, nil)
	if err := contains(said, "ERROR: The release could not be started: ", "ilb:v5.5.1 (sha256:", "set overwrite"); err != nil || w.acted("RunInstances") != 1 {
		t.Error(err, w.acted("RunInstances"))
	}
}

// The machine says that all is pushed, and the registry is not to be asked: nobody knows that it is released.
func TestTheReleaseActionReadsTheDigestsBack(t *testing.T) {
	t.Parallel()
	w := newFoundedWorld(t)
	needsMachines(t, w)
	w.pushesToECR()
	_, said := newActor(w, "").invokes(context.Background(), releaseAction, fields{"cluster": "dev", "version": "v5.5.2", "image_names": []any{"ilb"}}, func(line string) {
		if strings.Contains(line, "its log will be at") { // what was there before is known by then
			w.must(w.Wire.AddFault(wire.Fault{Vendor: "aws", Path: "DescribeImages", Kind: wire.Status, Status: 403, Reason: "AccessDeniedException", Times: -1}))
		}
	})
	if err := contains(said, "ERROR: The wait for a release was cut short: Reading back the images of v5.5.2: ", "has ended. Its log is at s3://"); err != nil {
		t.Error(err)
	}
}

// pushesToECR gives the foundation the emulated registry.
func (w *slideruleWorld) pushesToECR() {
	w.t.Helper()
	w.clock.frozen.Store(false) // what CloudFormation does takes its time
	made, err := w.region().EnsureFoundation(context.Background(), sliderule.FoundationWanted{
		Name: sliderule.DefaultFoundation, Domain: slideruleDomain, CertificateSource: "s3://" + slideruleBucket + "/cf/" + slideruleDomain + ".pem",
		Registry: sandbox.Registry, GitHubOrganization: slideruleOrg, LogRetentionDays: 90,
	})
	if err != nil || made.Problem != nil {
		w.t.Fatalf("the foundation: %+v, %v", made, err)
	}
}
