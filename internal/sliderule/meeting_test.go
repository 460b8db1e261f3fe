package sliderule_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	cfn "github.com/aws/aws-sdk-go-v2/service/cloudformation/types"

	"github.com/data-access/terraform-provider-provisioner/internal/sliderule"
)

// meanwhile has another run do something in the middle of the next call of an operation, before it takes effect.
func (c *cloud) meanwhile(operation string, do func()) {
	c.during = func(call string) {
		if call == operation {
			c.during = nil
			do()
		}
	}
}

// another deploys the same cluster in a run of its own, for longer.
func (c *cloud) another() *sliderule.Cluster {
	c.Helper()
	made, err := c.region().Deploy(c.Context(), wanted(living(7*time.Hour)), false)
	if err != nil {
		c.Fatal(err)
	}
	return made
}

// The fake checks after every call that whatever runs has an end.
func TestARefusedCreateLeavesAnotherRunsEnd(t *testing.T) {
	for name, faults := range map[string][]fault{
		"refused": {{false, errDenied}}, "turned away": slices.Repeat([]fault{{false, errSlowDown}}, 8),
	} {
		t.Run(name, func(t *testing.T) {
			c := newCloud(t)
			var theirs *sliderule.Cluster
			c.meanwhile("CreateStack", func() {
				theirs = c.another()
				c.fail("CreateStack", faults...)
			})
			if _, err := c.region().Deploy(t.Context(), wanted(), true); err == nil {
				t.Fatal("no error")
			}
			if !c.end("dev-cluster").Equal(theirs.ExpiresAt) {
				t.Errorf("it ends at %s, want %s", c.end("dev-cluster"), theirs.ExpiresAt)
			}
		})
	}
}

// A destroy of what is not there falls between the schedules of another run and its stack, which are no call apart: the
// run that made the stack sees what is missing.
func TestADestroyBetweenTheEndAndTheStackOfAnotherRun(t *testing.T) {
	c := newCloud(t)
	c.patience = 2 // the call that made it, and a look
	c.meanwhile("CreateStack", func() {
		if err := c.destroy("dev", true); !errors.Is(err, sliderule.ErrGone) {
			t.Errorf("got %v", err)
		}
		if !c.end("dev-cluster").IsZero() {
			t.Error("the end was left: this test shows nothing")
		}
	})
	if made := c.another(); !c.end("dev-cluster").Equal(made.ExpiresAt) || made.Problem != nil {
		t.Errorf("it ends at %s, want %s: %v", c.end("dev-cluster"), made.ExpiresAt, made.Problem)
	}
}

// Or another run makes the stack between the look of a destroy and its taking away what is left of the schedules: then
// the run that took them away sees the stack.
func TestAStackThatAppearsDuringADestroy(t *testing.T) {
	for _, one := range []string{"dev-cluster-auto-shutdown", "dev-cluster-auto-shutdown-retry"} {
		c := newCloud(t)
		c.deployed(wanted())
		if err := c.destroy("dev", false); err != nil {
			t.Fatal(err)
		}
		c.clock.Advance(time.Hour)
		delete(c.schedules, one)
		c.patience = 2 // the second of two deletions, and a look
		c.meanwhile("DeleteSchedule", func() { c.another() })
		if err := c.destroy("dev", true); !errors.Is(err, sliderule.ErrGone) {
			t.Errorf("got %v", err)
		}
		if c.end("dev-cluster").Before(c.clock.Now().Add(15 * time.Minute).Truncate(time.Second)) {
			t.Errorf("it ends at %s, and it is %s", c.end("dev-cluster"), c.clock.Now())
		}
	}
}

// And a destroy that was waiting for a deletion leaves the end of the stack that has the name since.
func TestAStackThatHasTheNameSinceKeepsItsEnd(t *testing.T) {
	c := newCloud(t)
	c.deployed(wanted())
	var theirs *sliderule.Cluster
	c.after = func(call string) {
		if s := c.live("dev-cluster"); s == nil && call == "DescribeStacks" {
			c.after = nil
			theirs = c.another()
		}
	}
	if err := c.destroy("dev", true); err != nil {
		t.Fatal(err)
	}
	if theirs == nil || !c.end("dev-cluster").Equal(theirs.ExpiresAt) {
		t.Errorf("it ends at %s, want %+v", c.end("dev-cluster"), theirs)
	}
}

func TestAnEndThatIsLostForGoodTakesTheStackWithIt(t *testing.T) {
	c := newCloud(t)
	c.patience = 99
	c.meanwhile("CreateStack", func() {
		_ = c.destroy("dev", true)
		c.fail("CreateSchedule", fault{false, errDenied})
	})
	_, err := c.region().Deploy(t.Context(), wanted(), true)
	if err == nil || !strings.Contains(err.Error(), "The stack is being deleted") || c.stack("dev-cluster").StackStatus != cfn.StackStatusDeleteInProgress {
		t.Errorf("got %v", err)
	}
	c = newCloud(t)
	c.patience = 99
	c.meanwhile("CreateStack", func() {
		_ = c.destroy("dev", true)
		c.fail("CreateSchedule", fault{false, errDenied})
		c.fail("DeleteStack", fault{false, errDenied})
	})
	if _, err = c.region().Deploy(t.Context(), wanted(), true); err == nil || !strings.Contains(err.Error(), "Delete the stack in CloudFormation: it runs without an end") {
		t.Errorf("got %v", err)
	}
}

func TestAnEndThatCannotBeLookedAtIsToldAndTheClusterGoesOn(t *testing.T) {
	c := newCloud(t)
	c.meanwhile("CreateStack", func() {
		c.fail("GetSchedule", fault{false, errDenied})
		c.fail("CreateSchedule", fault{false, errDenied})
	})
	made, err := c.region().Deploy(t.Context(), wanted(), true)
	if err != nil || made.State != sliderule.Running || made.Problem == nil || !strings.Contains(made.Problem.Error(), "making sure of the end") {
		t.Errorf("got %+v, %v", made, err)
	}
}

// The schedules can only be of our own group: what another made has its end elsewhere.
func TestAStackThatAnotherMadeMeanwhileLeavesNoSchedule(t *testing.T) {
	for _, owner := range []string{"", "another"} {
		c := newCloud(t)
		c.meanwhile("CreateStack", func() {
			c.add("dev-cluster", owner, nil)
			c.fail("CreateStack", fault{false, apiError(400, &cfn.AlreadyExistsException{Message: aws.String("exists")})})
		})
		if _, err := c.region().Deploy(t.Context(), wanted(), true); !errors.Is(err, sliderule.ErrExists) || !c.end("dev-cluster").IsZero() {
			t.Errorf("got %v, and an end at %s", err, c.end("dev-cluster"))
		}
	}
}
