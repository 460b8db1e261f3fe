package sliderule_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	as "github.com/aws/aws-sdk-go-v2/service/autoscaling/types"
	cfn "github.com/aws/aws-sdk-go-v2/service/cloudformation/types"

	"github.com/data-access/terraform-provider-provisioner/internal/sliderule"
	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/access"
)

// Defect 6: what lacks its cluster is the asker's mistake, and told apart from a refusal of rights.
func TestDefect6ARequestWithoutAClusterIsIncomplete(t *testing.T) {
	c := newCloud(t)
	r := c.region()
	_, deployed := r.Deploy(t.Context(), wanted(called("")), true)
	_, extended := r.Extend(t.Context(), "", time.Hour)
	_, seen := r.Status(t.Context(), "")
	for verb, err := range map[string]error{"deploy": deployed, "extend": extended, "status": seen, "destroy": r.Destroy(t.Context(), "", true)} {
		var refusal *access.Refusal
		if !errors.As(err, &refusal) || !refusal.Incomplete || !strings.Contains(err.Error(), verb+" needs a cluster") {
			t.Errorf("%s: got %v", verb, err)
		}
	}
	if len(c.calls) != 0 {
		t.Errorf("AWS was asked: %v", c.calls)
	}
}

// Defect 17: who has dev-two has neither dev nor dev-two-x; and a cluster may be called run.
func TestDefect17NamesMatchExactly(t *testing.T) {
	c := newCloud(t)
	for _, name := range []string{"dev", "dev-two", "dev-two-x", "run"} {
		c.deployed(wanted(called(name)))
	}
	bob := access.Caller{Account: "bob", Level: access.OrganizationMember, Clusters: []string{"dev-two", "run"}}
	r := c.region(func(o *sliderule.Options) { o.Caller = &bob })
	for _, name := range []string{"dev", "dev-two-x"} {
		if err := r.Destroy(t.Context(), name, true); !errors.As(err, new(*access.Refusal)) {
			t.Errorf("%s: got %v", name, err)
		}
	}
	for _, name := range bob.Clusters {
		if err := r.Destroy(t.Context(), name, true); err != nil {
			t.Error(err)
		}
	}
	if got := c.names(); !slices.Equal(got, []string{"dev-cluster", "dev-two-x-cluster"}) {
		t.Errorf("left are %v", got)
	}
}

// Defect 18: what fails once the cluster is there does not make it a failure, to be made again.
func TestDefect18AFailureAfterTheCreateIsNoFailure(t *testing.T) {
	for _, operation := range []string{"DescribeAutoScalingGroups", "DescribeStackEvents", "GetCostAndUsage", "ListStacks"} {
		c := newCloud(t)
		c.after = func(call string) {
			if call == "CreateStack" {
				c.fail(operation, slices.Repeat([]fault{{false, errDenied}}, 100)...)
			}
		}
		told := 0
		made, err := c.region(watching(&told)).Deploy(t.Context(), wanted(costing(5000)), true)
		if err != nil || made.StackID == "" || made.Action != sliderule.Created || made.ExpiresAt.IsZero() {
			t.Errorf("%s: got %+v, %v", operation, made, err)
		}
		if made != nil && made.Problem != nil && !errors.Is(made.Problem, sliderule.ErrInterrupted) {
			t.Errorf("%s: got %v", operation, made.Problem)
		}
		if c.count("CreateStack") != 1 || c.count("DeleteStack") != 0 {
			t.Errorf("%s: got %v", operation, c.writes())
		}
	}
}

// Defect 19: a stack whose drift was checked has a time within a part of its description.
func TestDefect19AStackWhoseDriftWasChecked(t *testing.T) {
	c := newCloud(t)
	c.deployed(wanted())
	c.stack("dev-cluster").DriftInformation = &cfn.StackDriftInformation{StackDriftStatus: cfn.StackDriftStatusInSync, LastCheckTimestamp: aws.Time(c.clock.Now())}
	if got, err := c.region().Status(t.Context(), "dev"); err != nil || got.State != sliderule.Running || got.CurrentNodes != 3 {
		t.Errorf("got %+v, %v", got, err)
	}
}

// Issue #647 of the shipped system: a larger wish for a cluster that is growing is neither lost nor doubled, and its
// end is renewed before it is waited for.
func TestAnEndIsRenewedBeforeTheGrowth(t *testing.T) {
	c := newCloud(t)
	c.deployed(wanted())
	c.clock.Advance(100 * time.Minute)
	c.forgetCalls()
	c.deployed(wanted(nodes(9)))
	if got := strings.Join(c.writes(), " "); got != "CreateSchedule UpdateSchedule CreateSchedule UpdateSchedule UpdateStack" {
		t.Errorf("got %s", got)
	}
}

// Nodes that are still coming are told as they are, and not as a failure.
func TestRunningIsNotYetAllNodes(t *testing.T) {
	c := newCloud(t)
	c.deployed(wanted())
	c.groups["dev-asg"].Instances[0].LifecycleState = as.LifecycleStateTerminating
	if got, err := c.region().Status(t.Context(), "dev"); err != nil || got.CurrentNodes != 2 || got.NodeCapacity != 3 || got.State != sliderule.Running || got.Reason != "" {
		t.Errorf("got %+v, %v", got, err)
	}
}
