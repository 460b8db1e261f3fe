package provider_test

import (
	"context"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"

	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/moto"
	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/wire"
	"github.com/data-access/terraform-provider-provisioner/internal/sliderule"
)

func (w *slideruleWorld) fails(f moto.Failure) func(*resource.TestStep) {
	return first(func() {
		f.Stack = "dev-cluster"
		w.must(w.AWS().Fail(context.Background(), f))
	})
}

var noAddress = moto.Failure{Resource: "AWS::EC2::NatGateway", Reason: "The maximum number of addresses has been reached."}

// Defect 16: a failure tells its first failing event, taints nothing, and what was begun has its end. The next apply
// clears it away.
func TestAFailedSlideruleClusterIsMadeGoodByTheNextApply(t *testing.T) {
	t.Parallel()
	w := newFoundedWorld(t)
	w.run(
		w.onAWS(sized(), w.fails(noAddress), fails("The cluster could not be deployed", "AWS::EC2::NatGateway", "CREATE_FAILED", "maximum number of addresses")),
		w.onAWS(sized(), planned(devAddress, plancheck.ResourceActionCreate), holds(devAddress, "outcome", "created", "status", "running")),
		// A change that fails keeps what was: the plan shows it again.
		w.onAWS(sized("node_capacity = 3"), w.fails(moto.Failure{Resource: "Nodes", Operation: "update", Reason: "Not today."}), fails("The cluster could not be changed", "UPDATE_FAILED", "Not today")),
		w.onAWS(sized("node_capacity = 3"), first(func() { w.pass(10 * time.Minute) }), planned(devAddress, plancheck.ResourceActionUpdate, promised("stack_id", knownvalue.NotNull())),
			holds(devAddress, "outcome", "resized", "current_nodes", knownvalue.Int64Exact(3))),
		w.onAWS(sized("node_capacity = 3"), nothing),
	)
}

// A cluster that was not waited for, and failed, is told with its reason and repaired by the next plan.
func TestASlideruleClusterThatFailsLaterIsRepaired(t *testing.T) {
	t.Parallel()
	w := newFoundedWorld(t)
	shows := func(s *resource.TestStep) { s.ExpectNonEmptyPlan = true }
	config := sized("wait = false")
	w.run(
		w.onAWS(config, w.fails(noAddress), holds(devAddress, "outcome", "created", "status", "in-progress deployment", "expires_at", knownvalue.NotNull(), "stack_id", knownvalue.NotNull())),
		w.onAWS(config, nothing), // it is on its way, and nobody wants to wait
		w.onAWS(config, first(func() { w.pass(20 * time.Minute) }), shows, func(s *resource.TestStep) { s.PlanOnly = true }),
		w.onAWS(sized(), planned(devAddress, plancheck.ResourceActionUpdate, opened("status", "stack_id", "ilb_address")...), holds(devAddress, "outcome", "created", "status", "running", "reason", knownvalue.Null())),
		w.onAWS(sized(), nothing),
	)
}

// Without waiting, an apply is done when the stack is on its way, and a later one that waits tells what came of it.
func TestASlideruleClusterNeedNotBeWaitedFor(t *testing.T) {
	t.Parallel()
	w := newFoundedWorld(t)
	w.run(
		w.onAWS(sized("wait = false"), holds(devAddress, "status", "in-progress deployment", "ilb_address", knownvalue.Null())),
		w.onAWS(sized(), planned(devAddress, plancheck.ResourceActionUpdate, opened("status", "ilb_address", "endpoint")...),
			holds(devAddress, "status", "running", "outcome", "created", "ilb_address", knownvalue.NotNull(), "endpoint", "https://dev.example.org")),
		w.onAWS(sized(), nothing, check(func() error { return same(1, w.acted("CreateStack")) })),
		w.onAWS(sized("wait = false"), planned(devAddress, plancheck.ResourceActionUpdate, promised("expires_at", knownvalue.NotNull()))),
	)
	if s := w.stack("dev-cluster"); s == nil || s.StackStatus != "DELETE_IN_PROGRESS" {
		t.Errorf("after a destroy that did not wait, the stack is %+v", s)
	}
}

// A wait that ended on our side taints nothing: what is known is kept, and the next apply goes on.
func TestATimeOutOfASlideruleClusterIsResumed(t *testing.T) {
	t.Parallel()
	w := newFoundedWorld(t)
	config := sized(`timeouts = { create = "2s" }`)
	w.run(
		w.onAWS(config, first(func() { w.clock.frozen.Store(true) }), func(s *resource.TestStep) { s.ExpectNonEmptyPlan = true },
			holds(devAddress, "status", "in-progress deployment", "outcome", "created", "expires_at", knownvalue.NotNull())),
		w.onAWS(config, first(func() { w.clock.frozen.Store(false) }), planned(devAddress, plancheck.ResourceActionUpdate, opened("status", "outcome", "expires_at")...),
			holds(devAddress, "status", "running", "outcome", "created")),
		w.onAWS(config, nothing, check(func() error { return same(1, w.acted("CreateStack")) })),
	)
}

// An answer that never came leads to a look, and not to a second cluster.
func TestALostAnswerMakesNoSecondSlideruleCluster(t *testing.T) {
	t.Parallel()
	w := newFoundedWorld(t)
	w.must(w.Wire.AddFault(wire.Fault{Vendor: "aws", Path: "CreateStack", Kind: wire.ResetAfter}))
	w.run(
		w.onAWS(sized(), holds(devAddress, "status", "running", "outcome", "created")),
		w.onAWS(sized(), nothing, check(func() error { return same(1, w.acted("CreateStack")) })),
	)
}

// What another installation made, or nobody of ours, is never touched.
func TestASlideruleClusterOfSomebodyElse(t *testing.T) {
	t.Parallel()
	w := newFoundedWorld(t)
	theirs := sliderule.New(w.awsConfig(), sliderule.Options{Installation: "theirs", Foundation: "theirs", Clock: w.clock})
	_, err := theirs.EnsureFoundation(context.Background(), sliderule.FoundationWanted{
		Name: "theirs", Domain: slideruleDomain, CertificateSource: "s3://" + slideruleBucket + "/cf/" + slideruleDomain + ".pem",
		Registry: "registry.example.org", GitHubOrganization: slideruleOrg, LogRetentionDays: 90,
	})
	w.must(err)
	_, err = theirs.Deploy(context.Background(), sliderule.Wanted{Cluster: "dev", NodeCapacity: 1, TimeToLive: time.Hour}, true)
	w.must(err)
	w.run(
		w.onAWS(sized(), fails("This cluster is somebody else's", "dev-cluster", `managed by the installation "theirs"`, `"default"`, "Choose another name")),
		w.onAWS("import {\n to = "+devAddress+"\n id = \"dev\"\n}\n"+sized(), fails("cannot be imported", `"theirs"`)),
		w.onAWSAs("theirs", `foundation = "theirs"`, sized("node_capacity = 1"), holds(devAddress, "outcome", "no_action")),
		// The same state with another installation: warned of, and nothing is done to it.
		w.onAWS(sized("node_capacity = 1"), nothing),
		w.onAWS(sized("node_capacity = 1"), func(s *resource.TestStep) { s.Destroy = true }),
	)
	if s := w.stack("dev-cluster"); s == nil || s.StackStatus != "CREATE_COMPLETE" {
		t.Errorf("the stack of another installation is %+v", s)
	}
}

// Defect 9: a destroy that fails says what held it, and the schedules stay until the stack is gone.
func TestASlideruleClusterThatCannotBeDestroyed(t *testing.T) {
	t.Parallel()
	w := newFoundedWorld(t)
	w.run(
		w.onAWS(sized()),
		w.onAWS(sized(), w.fails(moto.Failure{Resource: "Network", Operation: "delete", Reason: "has dependencies and cannot be deleted", Times: 3}), func(s *resource.TestStep) { s.Destroy = true },
			fails("The cluster could not be destroyed", "Network (AWS::EC2::VPC)", "DELETE_FAILED", "has dependencies")),
	)
	if w.stack("dev-cluster") != nil {
		t.Error("the destroy at the end of the test left the stack")
	}
}
