package provider_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/ec2"
	vm "github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/aws/aws-sdk-go-v2/service/scheduler"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"

	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/runner"
	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/login"
)

// machines are those that work: no run may have one any more once it has ended.
func (w *slideruleWorld) machines() (working []string) {
	w.t.Helper()
	found, err := ec2.NewFromConfig(w.awsConfig()).DescribeInstances(context.Background(), &ec2.DescribeInstancesInput{})
	w.must(err)
	for _, reservation := range found.Reservations {
		for _, m := range reservation.Instances {
			if m.State.Name == vm.InstanceStateNameRunning || m.State.Name == vm.InstanceStateNamePending {
				working = append(working, *m.InstanceId)
			}
		}
	}
	return working
}

// schedules are the names of those that end runs.
func (w *slideruleWorld) schedules() (names []string) {
	w.t.Helper()
	found, err := scheduler.NewFromConfig(w.awsConfig()).ListSchedules(context.Background(), &scheduler.ListSchedulesInput{})
	w.must(err)
	for _, s := range found.Schedules {
		names = append(names, *s.Name)
	}
	return names
}

// works waits until a machine executes a program, and a suite of it hangs.
func (w *slideruleWorld) works() {
	w.t.Helper()
	for len(w.pytests()) == 0 {
		w.must(w.clock.Sleep(w.t.(*testing.T).Context(), 0))
	}
}

// settles waits until no program works any more.
func (w *slideruleWorld) settles() {
	w.t.Helper()
	for len(w.machines()) > 0 {
		w.must(w.clock.Sleep(w.t.(*testing.T).Context(), 0))
	}
}

func before(do func()) func(*resource.TestStep) {
	return func(s *resource.TestStep) { s.PreConfig = do }
}

// Without spot capacity there is no run, and no machine, unless an on-demand one may be taken.
func TestASlideruleTestWithoutSpotCapacity(t *testing.T) {
	t.Parallel()
	w := newRunWorld(t)
	w.must(w.Runner.Lack(context.Background(), runner.Shortage{Market: "spot", Times: -1}))
	types := `instance_types = ["m8g.2xlarge", "m7g.2xlarge"]`
	w.run(
		w.onAWS(tested(types), fails("The test could not be started", "with provisioner_sliderule_test.test", "m8g.2xlarge spot in us-west-2a", "m7g.2xlarge spot in", "allow_on_demand")),
		w.onAWS(tested(types, "allow_on_demand = true"), planned(testedAddress, plancheck.ResourceActionCreate), holds(testedAddress, "status", "passed", "spot", knownvalue.Bool(false), "instance_type", "m8g.2xlarge")),
	)
}

// AWS takes a spot machine back: the apply tries again, and the state has the attempt that counts.
func TestASlideruleTestThatIsInterrupted(t *testing.T) {
	t.Parallel()
	w := newRunWorld(t)
	w.Runner.Suite("python", runner.Result{Hang: true})
	go func() {
		for len(w.Runner.Machines()) == 0 && t.Context().Err() == nil {
			_ = w.clock.Sleep(t.Context(), 0)
		}
		if machines := w.Runner.Machines(); len(machines) > 0 {
			w.takeBack(machines[0].ID)
		}
	}()
	w.run(w.onAWS(tested("retries = 1"), holds(testedAddress, "status", "passed", "attempt", knownvalue.Int64Exact(2), "previous_run_ids", knownvalue.ListSizeExact(1))))
	if n := w.acted("RunInstances"); n != 2 {
		t.Errorf("%d machines were started, want 2", n)
	}
}

// A run that somebody ended did not pass: the next plan replaces it, and its apply waits for the new one.
func TestASlideruleTestThatSomebodyEnds(t *testing.T) {
	t.Parallel()
	w := newRunWorld(t)
	w.Runner.Suite("python", runner.Result{Hang: true})
	end := func() {
		w.Runner.Suite("python", runner.Result{Passed: 12})
		_, err := ec2.NewFromConfig(w.awsConfig()).TerminateInstances(t.Context(), &ec2.TerminateInstancesInput{InstanceIds: w.machines()})
		w.must(err)
	}
	w.run(
		w.onAWS(tested("wait = false"), holds(testedAddress, "status", "running")),
		w.onAWS(tested(), before(end), planned(testedAddress, plancheck.ResourceActionDestroyBeforeCreate), holds(testedAddress, "status", "passed")),
		w.onAWS(tested(), nothing),
	)
}

// A private cluster's tests have a token: the machine's own parameter has it, and nothing else. Destroying the resource
// ends the run and takes the parameter away; its log stays.
func TestASlideruleTestThatIsDestroyedWhileItRuns(t *testing.T) {
	t.Parallel()
	w := newRunWorld(t)
	w.clock.frozen.Store(false)
	w.deployTwoNodes("latest", false)
	w.clock.frozen.Store(true)
	w.Runner.Suite("python", runner.Result{Hang: true})
	token := ""
	parameters := ssm.NewFromConfig(w.awsConfig())
	running := func() error {
		w.works()
		decrypted := true
		found, err := parameters.GetParametersByPath(context.Background(), &ssm.GetParametersByPathInput{Path: new("/sliderule-foundation/runs/"), Recursive: &decrypted, WithDecryption: &decrypted})
		if err != nil || len(found.Parameters) != 1 {
			return fmt.Errorf("the parameters are %v, %w", found, err)
		}
		token = *found.Parameters[0].Value
		return nil
	}
	idle := len(w.machines())
	w.runThen(
		func() error {
			if n, all := len(w.machines()), w.schedules(); n != idle || strings.Contains(strings.Join(all, " "), "test-") {
				return fmt.Errorf("%d machines work, and these are scheduled: %v", n, all)
			}
			if found, err := parameters.GetParametersByPath(context.Background(), &ssm.GetParametersByPathInput{Path: new("/sliderule-foundation/runs/"), Recursive: new(true)}); err != nil || len(found.Parameters) != 0 {
				return fmt.Errorf("the parameters are %v, %w", found, err)
			}
			return nil
		},
		w.onAWS(tested("wait = false"), holds(testedAddress, "status", "running", "suites", knownvalue.Null(), "ended_at", knownvalue.Null(), "ends_at", knownvalue.NotNull()), check(running)),
		w.onAWS(tested("wait = false"), nothing),
	)
	base, err := w.region().ReadFoundation(t.Context(), "sliderule-foundation")
	w.must(err)
	if keys := w.signingKeys(base.SigningKey); token == "" {
		t.Error("it had no token")
	} else if claims, err := login.Verify(token, keys, "https://login."+slideruleDomain, "dev", w.clock.Now()); err != nil || claims.ExpiresAt().Sub(w.clock.Now()) < 12*60*60e9 {
		t.Errorf("the cluster would not take it: %+v, %v", claims, err)
	}
	if _, err := login.Verify(token, w.signingKeys(base.SigningKey), "https://login."+slideruleDomain, login.ProvisionerAudience, w.clock.Now()); err == nil {
		t.Error("it is a login")
	}
	if _, err := login.Verify(token, w.signingKeys(base.SigningKey), "https://login."+slideruleDomain, "other", w.clock.Now()); err == nil {
		t.Error("another cluster would take it")
	}
}
