//go:build linux

package run_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ecr"
	"github.com/aws/aws-sdk-go-v2/service/ecr/types"

	"github.com/data-access/terraform-provider-provisioner/internal/await"
	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/runner"
	"github.com/data-access/terraform-provider-provisioner/internal/sliderule"
	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/run"
	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/run/script"
)

// speed is how many times faster than on AWS time passes: a second is two minutes.
const speed = 120

// executing is an emulated AWS whose machines really execute the programs of runs: nothing that is read of a run was
// written by a test. Its time passes by itself.
type executing struct {
	*account
	machines *runner.Runner

	mu     sync.Mutex
	events []string
	once   func() bool // asked while the run is waited for, until it says that it is done
}

func newExecuting(t *testing.T) *executing {
	t.Helper()
	e := &executing{account: newAccount(t)}
	if err := e.server.SetSpeed(t.Context(), speed); err != nil {
		t.Fatal(err)
	}
	machines, err := runner.New(runner.Options{Endpoint: e.server.URL, Regions: []string{"us-west-2"}, Speed: speed, Poll: 50 * time.Millisecond, Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	e.machines = machines
	t.Cleanup(func() {
		if err := machines.Err(); err != nil {
			t.Error(err)
		}
		machines.Close()
		if err := e.server.SetSpeed(context.WithoutCancel(t.Context()), 1); err != nil {
			t.Error(err)
		}
	})
	return e
}

// Sleep lets time pass, in which schedules fire and machines work.
func (e *executing) Sleep(ctx context.Context, d time.Duration) error {
	if err := (await.RealClock{}).Sleep(ctx, max(d/speed, 50*time.Millisecond)); err != nil {
		return err
	}
	if e.once != nil && e.once() {
		e.once = nil
	}
	_, err := e.ticker.Tick(ctx)
	return err
}

// waited starts a run and waits for it. A token makes its cluster a private one.
func (e *executing) waited(w run.Wanted, token string) (*run.Run, error) {
	e.Helper()
	r := run.New(e.config, run.Options{
		Installation: installation, Clock: e,
		Foundation: func(context.Context) (*sliderule.Foundation, error) { return e.foundation, nil },
		Token:      func(context.Context, string) (string, error) { return token, nil },
		Progress: func(_ context.Context, event run.Event) {
			e.mu.Lock()
			defer e.mu.Unlock()
			e.events = append(e.events, event.String())
		},
	})
	w.TimeLimit = 4 * time.Hour // two minutes here: time enough on a busy machine
	begun := e.started(r, w)
	ctx, cancel := context.WithTimeout(e.Context(), 3*time.Minute)
	defer cancel()
	got, err := r.Wait(ctx, begun)
	if got.Problem != nil {
		e.Fatal(got.Problem)
	}
	if schedules, parameters := e.left(); schedules != 0 || parameters != 0 {
		e.Errorf("left are %d schedules, %d parameters", schedules, parameters)
	}
	return got, err
}

// told says whether all these were told, in this order.
func (e *executing) told(words ...string) {
	e.Helper()
	at := 0
	for _, each := range words {
		next := slices.IndexFunc(e.events[at:], func(event string) bool { return strings.Contains(event, each) })
		if next < 0 {
			e.Fatalf("%q is not in its place of\n%s", each, strings.Join(e.events, "\n"))
		}
		at += next + 1
	}
}

// in says whether some machine is in a suite, which hangs.
func (e *executing) in(suite string) bool {
	return slices.ContainsFunc(e.machines.Calls("docker", "run"), func(c runner.Call) bool { return slices.Contains(c.Words, suite) })
}

func TestATestRunThatIsExecutedPasses(t *testing.T) {
	e := newExecuting(t)
	got, err := e.waited(tests(), "")
	if err != nil || got.Status != run.Passed || len(got.Suites) != 6 || got.Suites["python"].Passed != 214 || got.Suites["manager"].Status != script.Skipped || len(got.Commit) != 40 || got.EndedAt.IsZero() {
		t.Fatalf("got %+v, %v", got, err)
	}
	if m := e.machine(got.InstanceID); aws.ToString(m.StateReason.Code) != "Client.InstanceInitiatedShutdown" {
		t.Errorf("its machine ended by %+v", m.StateReason)
	}
	e.told("started the machine", "python passed: 214 passed, 6 skipped", "build passed", "manager skipped", ": passed")
	e.told("started the machine", "it is at the step suite", ": passed")
}

func TestATestRunThatIsExecutedFailsInOneSuite(t *testing.T) {
	e := newExecuting(t)
	e.machines.Suite("selftest", runner.Result{Passed: 90, Failed: 3})
	got, err := e.waited(tests(), "")
	var failure *run.Failure
	if !errors.As(err, &failure) || got.Status != run.Failed || !slices.Equal(failure.Failing, []string{"selftest (3 failed, 0 errors, 90 passed)"}) || got.Suites["ams"].Status != script.Passed {
		t.Fatalf("got %+v, %v", got, err)
	}
	for _, words := range []string{"suites: selftest: 3 failed", "number of errors: 3", "The whole log: " + got.LogURI} {
		if !strings.Contains(err.Error(), words) {
			t.Errorf("%q is not in %v", words, err)
		}
	}
	e.told("python passed", "selftest failed: 3 failed, 90 passed", "ams passed", ": failed: suites: selftest: 3 failed")
}

// The token reaches the clients and nothing else, by a parameter that this one machine may read.
func TestAPrivateTestRunThatIsExecuted(t *testing.T) {
	e := newExecuting(t)
	got, err := e.waited(tests(), secret)
	if err != nil || got.Status != run.Passed {
		t.Fatalf("got %+v, %v", got, err)
	}
	calls := e.machines.Calls("pytest")
	if len(calls) == 0 || calls[0].Env["SLIDERULE_GITHUB_TOKEN"] != secret {
		t.Errorf("the clients had %+v", calls)
	}
	if deleted := e.machines.Calls("aws", "ssm", "delete-parameter"); len(deleted) != 1 || deleted[0].Status != 0 {
		t.Errorf("it was deleted by %v", deleted)
	}
	if strings.Contains(strings.Join(e.events, "\n"), secret) {
		t.Error("the token was told")
	}
}

func TestAReleaseThatIsExecuted(t *testing.T) {
	e := newExecuting(t)
	registry := ecr.NewFromConfig(e.config)
	for _, image := range script.ClusterImages() {
		if _, err := registry.CreateRepository(t.Context(), &ecr.CreateRepositoryInput{RepositoryName: &image}); err != nil {
			t.Fatal(err)
		}
	}
	profile := "" // a machine that has ended has none any more
	e.once = func() bool {
		for _, m := range e.machines.Machines() {
			if as := e.machine(m.ID).IamInstanceProfile; as != nil {
				profile = *as.Arn
			}
		}
		return profile != ""
	}
	got, err := e.waited(release(func(w *run.Wanted) { w.Images = nil }), "")
	if err != nil || got.Status != run.Passed || len(got.Digests) != len(script.ClusterImages()) {
		t.Fatalf("got %+v, %v", got, err)
	}
	for image, told := range got.Digests {
		answer, err := registry.DescribeImages(t.Context(), &ecr.DescribeImagesInput{RepositoryName: &image, ImageIds: []types.ImageIdentifier{{ImageTag: &got.Version}}})
		if err != nil || aws.ToString(answer.ImageDetails[0].ImageDigest) != told {
			t.Errorf("%s: told was %s, the registry has %+v, %v", image, told, answer, err)
		}
	}
	if profile != e.foundation.ReleaseProfile {
		t.Errorf("its profile is %s", profile)
	}
	e.told("started the machine", ": passed")
	if _, err := e.runner().Start(t.Context(), release(func(w *run.Wanted) { w.Images = nil })); !errors.Is(err, run.ErrExists) {
		t.Errorf("the same tag again: %v", err)
	}
}

func TestAnInterruptedTestRunThatIsExecutedIsTriedAgain(t *testing.T) {
	e := newExecuting(t)
	e.machines.Suite("build", runner.Result{Hang: true})
	e.once = func() bool {
		if !e.in("build") {
			return false
		}
		e.machines.Suite("build", runner.Result{Passed: 1}) // of the next attempt
		if err := e.machines.Interrupt(t.Context(), e.machines.Machines()[0].ID); err != nil {
			t.Error(err)
		}
		return true
	}
	got, err := e.waited(tests(func(w *run.Wanted) { w.Retries = 1 }), secret)
	if err != nil || got.Status != run.Passed || got.Attempt != 2 || len(got.Previous) != 1 || len(e.machines.Machines()) != 2 {
		t.Fatalf("got %+v, %v", got, err)
	}
	before, err := e.runner().Read(t.Context(), got.Previous[0])
	if err != nil || before.Status != run.Interrupted || before.Suites["python"].Status != script.Passed || before.Suites["build"].Status != script.Errored {
		t.Errorf("the first attempt is %+v, %v", before, err)
	}
	e.told("python passed", "interrupted: suite build: AWS takes the spot machine back", "it is tried again: attempt 2 of at most 2", "(attempt 2, after "+got.Previous[0]+")", "build passed", ": passed")
}

func TestATestRunThatIsTerminatedFromOutside(t *testing.T) {
	e := newExecuting(t)
	e.machines.Suite("build", runner.Result{Hang: true})
	e.once = func() bool {
		if !e.in("build") {
			return false
		}
		if _, err := ec2.NewFromConfig(e.config).TerminateInstances(t.Context(), &ec2.TerminateInstancesInput{InstanceIds: []string{e.machines.Machines()[0].ID}}); err != nil {
			t.Error(err)
		}
		return true
	}
	got, err := e.waited(tests(func(w *run.Wanted) { w.Retries = 1 }), secret)
	var failure *run.Failure
	if !errors.As(err, &failure) || got.Status != run.Stopped || got.Attempt != 1 || len(e.machines.Machines()) != 1 || !strings.Contains(err.Error(), "suite build") {
		t.Errorf("got %+v, %v", got, err)
	}
	e.told("python passed", ": stopped")
}
