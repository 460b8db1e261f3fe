package provider_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/hashicorp/terraform-plugin-testing/compare"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/runner"
)

const testedAddress = "provisioner_sliderule_test.test"

// newRunWorld has a foundation and machines. Time stands still in it while they work, as they do so in real time.
func newRunWorld(t *testing.T) *slideruleWorld {
	t.Helper()
	w := newFoundedWorld(t)
	needsMachines(t, w)
	w.clock.frozen.Store(true)
	return w
}

// tested is a test of main against dev, with more attributes.
func tested(attributes ...string) string {
	return "resource \"provisioner_sliderule_test\" \"test\" {\n cluster = \"dev\"\n version = \"main\"\n" + strings.Join(attributes, "\n") + "\n}\n"
}

// left are the names of the objects that runs have left in the foundation's bucket: id/file.
func (w *slideruleWorld) left() (names []string) {
	w.t.Helper()
	base, err := w.region().ReadFoundation(context.Background(), "sliderule-foundation")
	w.must(err)
	client := s3.NewFromConfig(w.awsConfig(), func(o *s3.Options) { o.UsePathStyle = true })
	all, err := client.ListObjectsV2(context.Background(), &s3.ListObjectsV2Input{Bucket: &base.LogBucket})
	w.must(err)
	for _, object := range all.Contents {
		names = append(names, aws.ToString(object.Key))
	}
	return names
}

// leaves asserts how many objects runs have left: two each, a summary and a log.
func (w *slideruleWorld) leaves(n int) func() error {
	return func() error {
		if names := w.left(); len(names) != n {
			return fmt.Errorf("%d objects are left: %v", len(names), names)
		}
		return nil
	}
}

// runThen runs steps, and asserts something once all is destroyed.
func (w *slideruleWorld) runThen(after func() error, steps ...resource.TestStep) {
	w.t.Helper()
	resource.Test(w.t.(*testing.T), resource.TestCase{Steps: steps, CheckDestroy: func(*terraform.State) error { return after() }})
}

func suitePassed(passed int64) knownvalue.Check {
	return knownvalue.ObjectPartial(map[string]knownvalue.Check{"status": knownvalue.StringExact("passed"), "passed": knownvalue.Int64Exact(passed), "failed": knownvalue.Int64Exact(0)})
}

// A run that passes is in the state with its results, runs again when a trigger changes, and leaves its logs behind.
func TestASlideruleTestThatPasses(t *testing.T) {
	t.Parallel()
	w := newRunWorld(t)
	runs := statecheck.CompareValue(compare.ValuesDiffer())
	remembered := func(s *resource.TestStep) {
		s.ConfigStateChecks = append(s.ConfigStateChecks, runs.AddStateValue(testedAddress, tfjsonpath.New("run_id")))
	}
	w.runThen(w.leaves(4),
		w.onAWS(tested(`triggers = { night = "1" }`), planned(testedAddress, plancheck.ResourceActionCreate), remembered, holds(testedAddress,
			"status", "passed", "reason", knownvalue.Null(), "attempt", knownvalue.Int64Exact(1), "spot", knownvalue.Bool(true), "instance_type", "m8g.2xlarge", "zone", "us-west-2a",
			"commit", knownvalue.NotNull(), "ended_at", knownvalue.NotNull(), "ends_at", knownvalue.NotNull(), "previous_run_ids", knownvalue.ListSizeExact(0),
			"log_uri", knownvalue.StringRegexp(inThisOrder("s3://", "/test-", "/run.log")), "suites", knownvalue.MapPartial(map[string]knownvalue.Check{"python": suitePassed(214), "node": suitePassed(17)}))),
		w.onAWS(tested(`triggers = { night = "1" }`), nothing),
		// How it is treated is no reason to run again.
		w.onAWS(tested(`triggers = { night = "1" }`, "wait = false", "retries = 2", "timeouts = { create = \"3h\" }"), planned(testedAddress, plancheck.ResourceActionUpdate,
			plancheck.ExpectKnownValue(testedAddress, tfjsonpath.New("status"), knownvalue.StringExact("passed"))), check(func() error { return same(1, w.acted("RunInstances")) })),
		// A run that nobody waited for is waited for once that is asked for, unless it has ended meanwhile.
		w.onAWS(tested(`triggers = { night = "2" }`, "wait = false"), planned(testedAddress, plancheck.ResourceActionDestroyBeforeCreate), remembered),
		w.onAWS(tested(`triggers = { night = "2" }`), planned(testedAddress, plancheck.ResourceActionUpdate), holds(testedAddress, "status", "passed")),
		w.onAWS(tested(`triggers = { night = "2" }`), importsRun(testedAddress, "run_id", "triggers", "attempt")),
	)
	if n := w.acted("RunInstances"); n != 2 {
		t.Errorf("%d machines were started, want 2", n)
	}
}

// importsRun asserts that an import by an attribute gives what the state has.
func importsRun(address, by string, ignore ...string) func(*resource.TestStep) {
	return func(s *resource.TestStep) {
		s.ResourceName, s.ImportState, s.ImportStateVerify, s.ImportStateVerifyIdentifierAttribute = address, true, true, by
		s.ImportStateIdFunc = func(state *terraform.State) (string, error) {
			return state.RootModule().Resources[address].Primary.Attributes[by], nil
		}
		s.ImportStateVerifyIgnore = append([]string{"timeouts"}, ignore...)
	}
}

// A suite that fails fails the apply, which says all that is needed; the next one replaces the run.
func TestASlideruleTestThatFails(t *testing.T) {
	t.Parallel()
	w := newRunWorld(t)
	w.Runner.Suite("ams", runner.Result{Passed: 10, Failed: 2})
	mended := func(s *resource.TestStep) { s.PreConfig = func() { w.Runner.Suite("ams", runner.Result{Passed: 12}) } }
	w.runThen(w.leaves(2),
		w.onAWS(tested(), fails("The test did not pass", "replaced by the next apply", "the test of main against dev (test-", "ended as failed", "Suites that did not pass: ams (2 failed, 0 errors, 10 passed)", "The end of its log:", "The whole log: s3://", "/run.log")),
		w.onAWS(tested(), mended, planned(testedAddress, plancheck.ResourceActionDestroyBeforeCreate), holds(testedAddress, "status", "passed"), check(w.leaves(4))),
		w.onAWS(tested("delete_logs = true"), planned(testedAddress, plancheck.ResourceActionUpdate)),
	)
	if n := w.acted("RunInstances"); n != 2 {
		t.Errorf("%d machines were started, want 2", n)
	}
}
