package sliderule_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	as "github.com/aws/aws-sdk-go-v2/service/autoscaling/types"
	cfn "github.com/aws/aws-sdk-go-v2/service/cloudformation/types"

	"github.com/data-access/terraform-provider-provisioner/internal/sliderule"
)

func TestEveryStatusOfCloudFormationIsAState(t *testing.T) {
	want := map[sliderule.State]string{
		sliderule.NotRunning: "DELETE_COMPLETE CREATE_FAILED ROLLBACK_COMPLETE ROLLBACK_FAILED",
		sliderule.Deploying: "REVIEW_IN_PROGRESS CREATE_IN_PROGRESS UPDATE_IN_PROGRESS UPDATE_COMPLETE_CLEANUP_IN_PROGRESS UPDATE_ROLLBACK_IN_PROGRESS " +
			"UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS IMPORT_IN_PROGRESS IMPORT_ROLLBACK_IN_PROGRESS",
		sliderule.Destroying: "DELETE_IN_PROGRESS ROLLBACK_IN_PROGRESS DELETE_FAILED",
		sliderule.Running: "CREATE_COMPLETE UPDATE_COMPLETE UPDATE_ROLLBACK_COMPLETE UPDATE_FAILED UPDATE_ROLLBACK_FAILED " +
			"IMPORT_COMPLETE IMPORT_ROLLBACK_COMPLETE IMPORT_ROLLBACK_FAILED",
	}
	states := map[string]sliderule.State{}
	for state, words := range want {
		for _, word := range strings.Fields(words) {
			states[word] = state
		}
	}
	for _, status := range cfn.StackStatus("").Values() {
		state, listed := states[string(status)]
		if !listed {
			t.Errorf("the SDK knows %s: which state is it?", status)
		}
		if got := sliderule.StateOf(string(status)); got != state {
			t.Errorf("%s is %q, want %q", status, got, state)
		}
		delete(states, string(status))
	}
	if len(states) != 0 {
		t.Errorf("the SDK does not know %v", states)
	}
}

func TestAnUnknownStatusIsToldAsItIs(t *testing.T) {
	c := newCloud(t)
	c.deployed(wanted())
	c.stack("dev-cluster").StackStatus = "REPAIR_PENDING"
	got, err := c.region().Status(t.Context(), "dev")
	if err != nil || got.State != sliderule.Deploying || got.StackStatus != "REPAIR_PENDING" {
		t.Errorf("got %+v, %v", got, err)
	}
	if _, err := c.region().Deploy(t.Context(), wanted(), false); !errors.Is(err, sliderule.ErrBusy) {
		t.Errorf("got %v", err)
	}
}

func TestAClusterThatIsNotThereIsNotRunning(t *testing.T) {
	c := newCloud(t)
	got, err := c.region().Status(t.Context(), "dev")
	if err != nil || got.State != sliderule.NotRunning || got.StackID != "" || got.Name != "dev" {
		t.Errorf("got %+v, %v", got, err)
	}
	if _, err := c.region().Status(t.Context(), "my_team"); err == nil {
		t.Error("no error")
	}
}

// Defect 25: a look-up that fails is an error, never a zero.
func TestDefect25AFailedLookUpIsAnError(t *testing.T) {
	c := newCloud(t)
	c.deployed(wanted(costing(1000)))
	for _, operation := range []string{"DescribeStacks", "DescribeAutoScalingGroups", "GetSchedule"} {
		c.fail(operation, fault{false, errDenied})
		if got, err := c.region().Status(t.Context(), "dev"); err == nil || !strings.Contains(err.Error(), "you may not") {
			t.Errorf("%s: got %+v, %v", operation, got, err)
		}
		if _, err := c.region().Status(t.Context(), "dev"); err != nil {
			t.Errorf("%s: the failure was remembered: %v", operation, err)
		}
	}
}

// Nor is one of the costs; but it keeps nobody from seeing the cluster, taking its budget away and destroying it.
func TestDefect25CostsThatCannotBeLookedUpAreAProblemAndNoZero(t *testing.T) {
	c := newCloud(t)
	c.deployed(wanted(costing(1000)))
	for _, operation := range []string{"GetCostAndUsage", "ListStacks", "DescribeStackEvents"} {
		r := c.region()
		c.fail(operation, fault{false, errDenied})
		got, err := r.Status(t.Context(), "dev")
		if err != nil || got.State != sliderule.Running || got.CurrentNodes != 3 || got.ExpiresAt.IsZero() {
			t.Fatalf("%s: got %+v, %v", operation, got, err)
		}
		if got.CostsKnown || got.CostsProblem == nil || !strings.Contains(got.CostsProblem.Error(), "you may not") {
			t.Errorf("%s: got %v, %v", operation, got.CostsKnown, got.CostsProblem)
		}
		c.fail(operation, fault{false, errDenied})
		if list, err := r.List(t.Context()); err != nil || list[0].CostsProblem == nil {
			t.Errorf("%s: got %v, %v", operation, list, err)
		}
		if got, err = r.Status(t.Context(), "dev"); err != nil || !got.CostsKnown || got.CostsProblem != nil {
			t.Errorf("%s: the failure was remembered: %+v, %v", operation, got, err)
		}
		for _, err := range []error{r.CheckFunds(t.Context(), wanted(costing(1000))), func() error { _, err := r.Deploy(t.Context(), wanted(costing(1000)), true); return err }()} {
			if err != nil {
				t.Errorf("%s: got %v", operation, err)
			}
		}
		r = c.region()
		for _, decides := range []func() error{
			func() error { return r.CheckFunds(t.Context(), wanted(costing(1000))) },
			func() error { _, err := r.Deploy(t.Context(), wanted(costing(1000)), true); return err },
			func() error { _, err := r.Extend(t.Context(), "dev", time.Hour); return err },
		} {
			c.fail(operation, fault{false, errDenied})
			if err := decides(); err == nil || !strings.Contains(err.Error(), "you may not") {
				t.Errorf("%s: got %v", operation, err)
			}
		}
	}
	r := c.region()
	c.fail("GetCostAndUsage", fault{false, errDenied}, fault{false, errDenied})
	if made, err := r.Deploy(t.Context(), wanted(), true); err != nil || made.Problem != nil { // without a budget
		t.Errorf("got %+v, %v", made, err)
	}
	if err := r.Destroy(t.Context(), "dev", true); err != nil {
		t.Error(err)
	}
}

// What ended by itself says when, for as long as its hourly schedule stands; what was destroyed does not.
func TestTheEndOfAClusterThatIsGone(t *testing.T) {
	c := newCloud(t)
	made := c.deployed(wanted(costing(1000)))
	s := c.stack("dev-cluster")
	s.StackStatus, s.DeletionTime = cfn.StackStatusDeleteComplete, aws.Time(made.ExpiresAt)
	if got, err := c.region().Status(t.Context(), "dev"); err != nil || got.Ended || !got.ExpiresAt.Equal(made.ExpiresAt) { // by hand: its end still lies ahead
		t.Errorf("got %+v, %v", got, err)
	}
	delete(c.schedules, "dev-cluster-auto-shutdown") // it has fired, by a clock that may be ahead of ours
	if got, err := c.region().Status(t.Context(), "dev"); err != nil || !got.Ended || !got.ExpiresAt.Equal(made.ExpiresAt) {
		t.Errorf("got %+v, %v", got, err)
	}
	c.clock.Advance(3 * time.Hour)
	c.forgetCalls()
	got, err := c.region().Status(t.Context(), "dev")
	if err != nil || !got.Ended || got.State != sliderule.NotRunning || got.StackID != "" || !got.ExpiresAt.Equal(made.ExpiresAt) || got.CostsKnown {
		t.Errorf("got %+v, %v", got, err)
	}
	if n := c.count("ListStacks") + c.count("GetCostAndUsage"); n != 0 {
		t.Errorf("%d calls for costs that nobody asked for", n)
	}
	r := c.region()
	got, err = r.StatusAndCosts(t.Context(), "dev")
	if err != nil || !got.CostsKnown || got.AccruedUSD < 1 || !got.ExpiresAt.Equal(made.ExpiresAt) {
		t.Errorf("got %+v, %v", got, err)
	}
	c.fail("GetSchedule", fault{false, errDenied})
	if got, err = c.region().Status(t.Context(), "dev"); err == nil || !strings.Contains(err.Error(), "the end of the cluster dev") {
		t.Errorf("got %+v, %v", got, err)
	}
	c.fail("GetCostAndUsage", fault{false, errDenied})
	if got, err = c.region().StatusAndCosts(t.Context(), "dev"); err != nil || got.CostsKnown || got.CostsProblem == nil {
		t.Errorf("got %+v, %v", got, err)
	}
	c.deployed(wanted())
	if got, err = c.region().StatusAndCosts(t.Context(), "dev"); err != nil || !got.CostsKnown || got.AccruedUSD < 1 {
		t.Errorf("got %+v, %v", got, err)
	}
	if err = c.destroy("dev", true); err != nil {
		t.Fatal(err)
	}
	if got, err = c.region().Status(t.Context(), "dev"); err != nil || !got.ExpiresAt.IsZero() {
		t.Errorf("got %+v, %v", got, err)
	}
}

// Defect 26: only nodes that are pending or running count.
func TestDefect26OnlyNodesThatWorkAreCounted(t *testing.T) {
	c := newCloud(t)
	c.deployed(wanted(nodes(1)))
	g := c.groups["dev-asg"]
	g.Instances = nil
	for state, health := range map[as.LifecycleState]string{
		as.LifecycleStateInService: "Healthy", as.LifecycleStatePending: "Healthy", as.LifecycleStatePendingWait: "Healthy", as.LifecycleStatePendingProceed: "HEALTHY",
		as.LifecycleStateTerminating: "Healthy", as.LifecycleStateTerminated: "Healthy", as.LifecycleStateStandby: "Healthy", as.LifecycleStateDetached: "Healthy",
		as.LifecycleStateWarmedStopped: "Healthy", as.LifecycleStateWarmedRunning: "Healthy",
	} {
		g.Instances = append(g.Instances, as.Instance{LifecycleState: state, HealthStatus: &health})
	}
	g.Instances = append(g.Instances, as.Instance{LifecycleState: as.LifecycleStateInService, HealthStatus: aws.String("Unhealthy")}) // stopped
	got, err := c.region().Status(t.Context(), "dev")
	if err != nil || got.CurrentNodes != 4 {
		t.Errorf("got %+v, %v", got, err)
	}
}

// Defect 27: a cluster is listed with its state whatever there is of it yet. Defect 31: and without its boot scripts.
func TestDefects27And31EveryClusterIsListed(t *testing.T) {
	c := newCloud(t)
	for i := range 5 {
		c.deployed(wanted(called(fmt.Sprint("c", i))))
	}
	if _, err := c.region().Deploy(t.Context(), wanted(called("young")), false); err != nil {
		t.Fatal(err)
	}
	c.stack("c0-cluster").StackStatus = cfn.StackStatusRollbackComplete
	delete(c.groups, "c1-asg")
	c.person("c2", "ana")
	c.add("other-cluster", "another", nil)
	c.add("unrelated", installation, nil)
	list, err := c.region().List(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, one := range list {
		got = append(got, fmt.Sprintf("%s %s %d", one.Name, one.State, one.CurrentNodes))
		if one.ExpiresAt.IsZero() {
			t.Errorf("%s has no end", one.Name)
		}
		if text := fmt.Sprintf("%+v", one); strings.Contains(text, "cluster of") || strings.Contains(text, "PUBLIC KEY") {
			t.Errorf("it tells its template: %s", text)
		}
	}
	want := "c0 not running 0, c1 running 0, c2 running 3, c3 running 3, c4 running 3, young in-progress deployment 0"
	if strings.Join(got, ", ") != want {
		t.Errorf("got %v", got)
	}
	if !strings.Contains(list[1].Reason, "c1-asg, does not exist") {
		t.Errorf("got %q", list[1].Reason)
	}
}

func TestManyReadsShareOneList(t *testing.T) {
	c := newCloud(t)
	const many = 60
	for i := range many {
		c.deployed(wanted(called(fmt.Sprint("c", i))))
	}
	c.forgetCalls()
	r := c.region()
	for i := range many {
		if got, err := r.Status(t.Context(), fmt.Sprint("c", i)); err != nil || got.CurrentNodes != 3 || got.ExpiresAt.IsZero() {
			t.Fatalf("got %+v, %v", got, err)
		}
	}
	pages := (many + 1 + aPage - 1) / aPage
	if n := c.count("DescribeStacks"); n > pages+8+1 {
		t.Errorf("%d looks at stacks", n)
	}
	if n := c.count("DescribeAutoScalingGroups"); n > pages+8 {
		t.Errorf("%d looks at groups", n)
	}
	if n := c.count("GetSchedule"); n > many+8 {
		t.Errorf("%d looks at schedules", n)
	}
}

func TestTheEndIsToldWhileTheSecondScheduleTries(t *testing.T) {
	c := newCloud(t)
	made := c.deployed(wanted())
	delete(c.schedules, "dev-cluster-auto-shutdown") // it has fired, and its deletion failed
	c.stack("dev-cluster").holds = 1
	c.clock.Advance(3 * time.Hour)
	got, err := c.region().Status(t.Context(), "dev")
	if err != nil || !got.ExpiresAt.Equal(made.ExpiresAt) {
		t.Errorf("got %+v, %v", got, err)
	}
	delete(c.schedules, "dev-cluster-auto-shutdown-retry")
	c.stack("dev-cluster").Tags = append(c.stack("dev-cluster").Tags, cfn.Tag{Key: aws.String("seeded"), Value: aws.String("yes")})
	if got, err = c.region().Status(t.Context(), "dev"); err != nil || !got.ExpiresAt.IsZero() {
		t.Errorf("got %+v, %v", got, err)
	}
}

// Defect 20: the first failing event may be pages away.
func TestDefect20EveryPageOfEventsIsRead(t *testing.T) {
	c := newCloud(t)
	c.deployed(wanted())
	s := c.stack("dev-cluster")
	s.holds = 1
	if err := c.region().Destroy(t.Context(), "dev", false); err != nil {
		t.Fatal(err)
	}
	c.clock.Advance(10 * time.Minute)
	c.names() // the deletion has failed by now
	for i := range 50 {
		s.event(c.clock.Now(), fmt.Sprint("Later", i), "x", "AWS::EC2::Subnet", cfn.ResourceStatusDeleteFailed, "and another", "")
	}
	got, err := c.region().Status(t.Context(), "dev")
	if err != nil || got.State != sliderule.Destroying || !strings.HasPrefix(got.Reason, "Network (AWS::EC2::VPC) DELETE_FAILED") {
		t.Errorf("got %+v, %v", got, err)
	}
}
