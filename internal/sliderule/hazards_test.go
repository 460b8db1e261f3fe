package sliderule_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	cfn "github.com/aws/aws-sdk-go-v2/service/cloudformation/types"
	sch "github.com/aws/aws-sdk-go-v2/service/scheduler/types"

	"github.com/data-access/terraform-provider-provisioner/internal/sliderule"
)

// A lost answer leads to a look, never to a second create.
func TestACreateIsNeverMadeTwice(t *testing.T) {
	for name, what := range map[string]struct {
		faults []fault
		calls  int
		fails  bool
	}{
		"lost after it happened":         {[]fault{{true, errLost}}, 1, false},
		"refused service after it did":   {[]fault{{true, errUnavailable}}, 1, false},
		"lost before it happened":        {[]fault{{false, errLost}}, 1, true},
		"turned away for now":            {[]fault{{false, errSlowDown}, {false, errSlowDown}}, 3, false},
		"turned away, then lost":         {[]fault{{false, errSlowDown}, {true, errLost}}, 2, false},
		"refused: nothing was made":      {[]fault{{false, errDenied}}, 1, true},
		"somebody of ours was faster":    {[]fault{{true, apiError(400, &cfn.AlreadyExistsException{Message: aws.String("exists")})}}, 1, false},
		"turned away until it gives up":  {slices.Repeat([]fault{{false, errSlowDown}}, 8), 8, true},
		"lost before, and no look helps": {[]fault{{false, errUnavailable}}, 1, true},
	} {
		t.Run(name, func(t *testing.T) {
			c := newCloud(t)
			c.fail("CreateStack", what.faults...)
			made, err := c.region().Deploy(t.Context(), wanted(), true)
			if (err != nil) != what.fails || c.count("CreateStack") != what.calls {
				t.Fatalf("got %+v, %v after %d calls", made, err, c.count("CreateStack"))
			}
			if err == nil && (made.State != sliderule.Running || made.Action != sliderule.Created) {
				t.Errorf("got %+v", made)
			}
			if err != nil && c.deployed(wanted()).State != sliderule.Running {
				t.Error("the next run did not finish it")
			}
			if got := c.names(); len(got) != 1 {
				t.Errorf("there are %v", got)
			}
		})
	}
}

func TestARefusedCreateLeavesNoSchedule(t *testing.T) {
	c := newCloud(t)
	c.fail("CreateStack", fault{false, errDenied})
	_, err := c.region().Deploy(t.Context(), wanted(), true)
	if err == nil || !strings.Contains(err.Error(), "CreateStack of CloudFormation") || !strings.Contains(err.Error(), "you may not") {
		t.Errorf("got %v", err)
	}
	if end := c.end("dev-cluster"); !end.IsZero() {
		t.Errorf("nothing is to end at %s", end)
	}
	c = newCloud(t)
	c.fail("CreateStack", fault{false, errLost}) // it may yet come: its end stays
	if _, err := c.region().Deploy(t.Context(), wanted(), true); err == nil || c.end("dev-cluster").IsZero() {
		t.Errorf("got %v, and an end at %s", err, c.end("dev-cluster"))
	}
}

// Defect 16: whatever hangs or fails, its end stands first. The fake itself checks it after every call.
func TestDefect16NothingIsMadeWithoutAnEnd(t *testing.T) {
	for _, operation := range []string{"CreateSchedule"} {
		for n := range 2 {
			c := newCloud(t)
			c.fail(operation, append(slices.Repeat([]fault{{}}, n), slices.Repeat([]fault{{false, errDenied}}, 1)...)...)
			_, err := c.region().Deploy(t.Context(), wanted(), true)
			if err == nil || !strings.Contains(err.Error(), "scheduling the end of the cluster dev") || c.count("CreateStack") != 0 {
				t.Errorf("got %v after %v", err, c.writes())
			}
		}
	}
	c := newCloud(t)
	c.fail("CreateSchedule", fault{true, errLost}, fault{}, fault{false, errUnavailable})
	c.deployed(wanted())
	if c.end("dev-cluster").IsZero() {
		t.Error("it has no end")
	}
}

// A run is killed after each of its calls; the next one finishes what it left.
func TestKilledAtAnyInstant(t *testing.T) {
	for name, prepare := range map[string]func(*cloud){
		"making": func(*cloud) {},
		"resizing": func(c *cloud) {
			c.deployed(wanted(nodes(1)))
		},
		"making again after a roll-back": func(c *cloud) {
			_, _ = c.region().Deploy(c.Context(), wanted(nodes(1)), false)
			c.stack("dev-cluster").failing = "Nat"
			c.clock.Advance(time.Hour)
		},
		"making again after its end": func(c *cloud) {
			c.deployed(wanted(nodes(1)))
			if err := c.region().Destroy(c.Context(), "dev", false); err != nil {
				c.Fatal(err)
			}
			c.clock.Advance(time.Hour)
		},
	} {
		t.Run(name, func(t *testing.T) {
			for kill := 1; ; kill++ {
				c := newCloud(t)
				prepare(c)
				ctx, cancel := context.WithCancel(t.Context())
				calls := 0
				c.during = func(string) {
					if calls++; calls == kill {
						cancel()
					}
				}
				_, _ = c.region().Deploy(ctx, wanted(), true)
				c.during = nil
				cancel()
				c.end("dev-cluster") // the two schedules agree
				got := c.deployed(wanted())
				if got.State != sliderule.Running || got.NodeCapacity != 3 || got.CurrentNodes != 3 || c.end("dev-cluster").IsZero() {
					t.Errorf("killed after call %d: %+v", kill, got)
				}
				if names := c.names(); !slices.Equal(names, []string{"dev-cluster"}) {
					t.Errorf("killed after call %d: there are %v", kill, names)
				}
				if calls < kill { // it was not killed at all
					if kill < 6 {
						t.Errorf("only %d calls", calls)
					}
					return
				}
			}
		})
	}
}

func TestAWaitThatIsCutShortIsNoError(t *testing.T) {
	for name, cut := range map[string]func(*cloud, context.CancelFunc){
		"interrupted": func(c *cloud, cancel context.CancelFunc) {
			c.clock.OnTick(func(now time.Time) {
				if c.count("CreateStack") == 1 {
					cancel()
				}
			})
		},
		"connection lost": func(c *cloud, _ context.CancelFunc) {
			c.after = func(call string) {
				if call == "CreateStack" {
					c.fail("DescribeStacks", slices.Repeat([]fault{{false, errLost}}, 8)...)
				}
			}
		},
		"not allowed to look": func(c *cloud, _ context.CancelFunc) {
			c.after = func(call string) {
				if call == "CreateStack" {
					c.fail("DescribeStacks", fault{false, errDenied})
				}
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			c := newCloud(t)
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			cut(c, cancel)
			made, err := c.region().Deploy(ctx, wanted(), true)
			if err != nil || !errors.Is(made.Problem, sliderule.ErrInterrupted) || made.StackID == "" || made.State != sliderule.Deploying || made.Action != sliderule.Created || made.ExpiresAt.IsZero() {
				t.Fatalf("got %+v, %v", made, err)
			}
			c.clock.OnTick(nil)
			c.after = nil
			if again := c.deployed(wanted()); again.StackID != made.StackID || again.Action != sliderule.Created || again.State != sliderule.Running {
				t.Errorf("got %+v", again)
			}
		})
	}
}

func TestWithoutWaitingADeployReturnsAtOnce(t *testing.T) {
	c := newCloud(t)
	begun := c.clock.Now()
	made, err := c.region().Deploy(t.Context(), wanted(), false)
	if err != nil || made.State != sliderule.Deploying || made.StackStatus != "CREATE_IN_PROGRESS" || made.Problem != nil || c.clock.Now() != begun {
		t.Errorf("got %+v, %v after %s", made, err, c.clock.Now().Sub(begun))
	}
}

func TestAFailedCreateTellsItsFirstFailingEvent(t *testing.T) {
	c := newCloud(t)
	begun := c.clock.Now()
	c.after = func(call string) {
		if call == "CreateStack" {
			c.live("dev-cluster").failing = "Nat"
		}
	}
	_, err := c.region().Deploy(t.Context(), wanted(), true)
	if !errors.Is(err, sliderule.ErrFailed) || !strings.Contains(err.Error(), "Nat (AWS::EC2::NatGateway) CREATE_FAILED: The maximum number of addresses has been reached") || strings.Contains(err.Error(), "cancelled") {
		t.Fatalf("got %v", err)
	}
	if waited := c.clock.Now().Sub(begun); waited > createTakes+deleteTakes/2 {
		t.Errorf("it was told after %s", waited)
	}
	c.after = nil
	made := c.deployed(wanted()) // the roll-back is awaited, deleted and made again
	if made.Action != sliderule.Created || made.State != sliderule.Running || c.count("DeleteStack") != 1 {
		t.Errorf("got %+v after %v", made, c.writes())
	}
}

func TestAFailedResizeIsAnErrorAndTheClusterGoesOn(t *testing.T) {
	c := newCloud(t)
	c.deployed(wanted())
	c.stack("dev-cluster").failing = "Nodes"
	_, err := c.region().Deploy(t.Context(), wanted(nodes(9)), true)
	if !errors.Is(err, sliderule.ErrFailed) || !strings.Contains(err.Error(), "Nodes (AWS::EC2::NatGateway) UPDATE_FAILED") {
		t.Fatalf("got %v", err)
	}
	c.clock.Advance(time.Hour)
	got, err := c.region().Status(t.Context(), "dev")
	if err != nil || got.State != sliderule.Running || got.NodeCapacity != 3 || !strings.Contains(got.Reason, "Nodes") {
		t.Errorf("got %+v, %v", got, err)
	}
	if again := c.deployed(wanted(nodes(9))); again.CurrentNodes != 9 || again.Reason != "" {
		t.Errorf("got %+v", again)
	}
}

func TestARollBackThatFailedIsToldWithItsRemedy(t *testing.T) {
	c := newCloud(t)
	c.deployed(wanted())
	c.stack("dev-cluster").StackStatus = cfn.StackStatusUpdateRollbackFailed
	c.forgetCalls()
	_, err := c.region().Deploy(t.Context(), wanted(nodes(9)), true)
	if !errors.Is(err, sliderule.ErrFailed) || !strings.Contains(err.Error(), "Continue its roll-back") || len(c.writes()) != 0 {
		t.Errorf("got %v after %v", err, c.writes())
	}
}

func TestWhatFailedIsDeletedAndMadeAgain(t *testing.T) {
	for _, status := range []cfn.StackStatus{cfn.StackStatusCreateFailed, cfn.StackStatusRollbackComplete, cfn.StackStatusRollbackFailed, cfn.StackStatusDeleteFailed} {
		c := newCloud(t)
		c.deployed(wanted())
		c.stack("dev-cluster").StackStatus = status
		made, err := c.region().Deploy(t.Context(), wanted(func(w *sliderule.Wanted) { w.IsPublic = true }), false)
		if err != nil || made.Action != sliderule.Created || !made.IsPublic || c.count("DeleteStack") != 1 {
			t.Errorf("%s: got %+v, %v", status, made, err)
		}
	}
}

func TestABusyClusterIsJoinedOrAwaitedOrRefused(t *testing.T) {
	for _, late := range []bool{false, true} { // whether a look tells the parameters before or after the update is unverified
		c := newCloud(t)
		c.late = late
		first, err := c.region().Deploy(t.Context(), wanted(), false)
		if err != nil {
			t.Fatal(err)
		}
		c.clock.Advance(time.Minute)
		now := c.clock.Now()
		joined, err := c.region().Deploy(t.Context(), wanted(), false)
		if err != nil || joined.StackID != first.StackID || !joined.ExpiresAt.Equal(now.Add(2*time.Hour).Truncate(time.Second)) || c.count("CreateStack") != 1 {
			t.Errorf("got %+v, %v", joined, err)
		}
		if _, err = c.region().Deploy(t.Context(), wanted(nodes(4)), false); !errors.Is(err, sliderule.ErrBusy) {
			t.Errorf("got %v", err)
		}
		if got := c.deployed(wanted(nodes(4))); got.CurrentNodes != 4 {
			t.Errorf("got %+v", got)
		}
		// The same of an update under way: to 6.
		if _, err = c.region().Deploy(t.Context(), wanted(nodes(6)), false); err != nil {
			t.Fatal(err)
		}
		if joined, err = c.region().Deploy(t.Context(), wanted(nodes(6)), false); err != nil || joined.Action != sliderule.Resized {
			t.Errorf("got %+v, %v", joined, err)
		}
		if _, err = c.region().Deploy(t.Context(), wanted(nodes(4)), false); !errors.Is(err, sliderule.ErrBusy) {
			t.Errorf("late %t: got %v", late, err)
		}
		if got := c.deployed(wanted(nodes(4))); got.CurrentNodes != 4 {
			t.Errorf("got %+v", got)
		}
	}
}

// A replacement, or a redeploy of what AWS has just begun to delete, has to wait for that, whether or not anybody waits
// for the cluster to be up.
func TestADeletionOrARollBackInTheWayIsAwaitedInAnyCase(t *testing.T) {
	for _, status := range []cfn.StackStatus{cfn.StackStatusDeleteInProgress, cfn.StackStatusRollbackInProgress} {
		c := newCloud(t)
		before := c.deployed(wanted())
		if status == cfn.StackStatusDeleteInProgress {
			if err := c.destroy("dev", false); err != nil {
				t.Fatal(err)
			}
		} else {
			c.stack("dev-cluster").say(c.clock.Now(), status, "", "")
			c.stack("dev-cluster").then(c.clock.Now().Add(time.Minute), func(s *fakeStack) { s.StackStatus = cfn.StackStatusRollbackComplete })
		}
		public := func(w *sliderule.Wanted) { w.IsPublic = true }
		made, err := c.region().Deploy(t.Context(), wanted(public), false)
		if err != nil || made.Action != sliderule.Created || made.StackID == before.StackID || made.State != sliderule.Deploying || !made.IsPublic {
			t.Errorf("%s: got %+v, %v", status, made, err)
		}
	}
}

// Somebody may begin something between our look and our call.
func TestAnOperationThatGotInBetweenIsBusy(t *testing.T) {
	c := newCloud(t)
	c.deployed(wanted())
	c.fail("UpdateStack", fault{false, validation("Stack:x is in UPDATE_IN_PROGRESS state and can not be updated.")})
	if _, err := c.region().Deploy(t.Context(), wanted(nodes(5)), true); !errors.Is(err, sliderule.ErrBusy) || !strings.Contains(err.Error(), "Apply again when it has settled") {
		t.Errorf("got %v", err)
	}
	c.fail("DeleteStack", fault{false, validation("Stack [x] cannot be deleted while in status UPDATE_IN_PROGRESS")})
	if err := c.region().Destroy(t.Context(), "dev", true); !errors.Is(err, sliderule.ErrBusy) || c.end("dev-cluster").IsZero() {
		t.Errorf("got %v", err)
	}
}

// A look may lag behind the call that changed a stack.
func TestALookThatLagsIsNotTheEnd(t *testing.T) {
	c := newCloud(t)
	c.deployed(wanted())
	c.stale = 3
	if got := c.deployed(wanted(nodes(5))); got.CurrentNodes != 5 || got.StackStatus != "UPDATE_COMPLETE" {
		t.Errorf("got %+v", got)
	}
}

func TestALostAnswerOfAnUpdateIsNoFailure(t *testing.T) {
	for name, faults := range map[string][]fault{
		"after it happened": {{true, errLost}}, "before it happened": {{false, errLost}},
		"twice": {{true, errUnavailable}, {false, errUnavailable}}, "and then AWS does not know the token": {{true, errLost}, {false, validation("Stack:x is in UPDATE_IN_PROGRESS state and can not be updated.")}},
	} {
		c := newCloud(t)
		c.deployed(wanted())
		c.fail("UpdateStack", faults...)
		if got := c.deployed(wanted(nodes(5))); got.CurrentNodes != 5 || got.Action != sliderule.Resized {
			t.Errorf("%s: got %+v", name, got)
		}
	}
	c := newCloud(t)
	c.deployed(wanted())
	c.fail("UpdateStack", fault{false, validation("No updates are to be performed.")})
	if got := c.deployed(wanted(nodes(5))); got.Action != sliderule.Renewed {
		t.Errorf("got %+v", got)
	}
}

// A schedule that is used up may vanish between two calls.
func TestAScheduleIsWrittenWhetherOrNotItIsThere(t *testing.T) {
	c := newCloud(t)
	c.deployed(wanted())
	c.fail("CreateSchedule", fault{false, apiError(409, &sch.ConflictException{Message: aws.String("exists")})})
	c.fail("UpdateSchedule", fault{false, apiError(404, &sch.ResourceNotFoundException{Message: aws.String("gone")})})
	now := c.clock.Now()
	if _, err := c.region().Extend(t.Context(), "dev", time.Hour); err != nil || !c.end("dev-cluster").Equal(now.Add(time.Hour).Truncate(time.Second)) {
		t.Errorf("got %v, and an end at %s", err, c.end("dev-cluster"))
	}
	c.fail("CreateSchedule", fault{false, apiError(404, &sch.ResourceNotFoundException{Message: aws.String("Schedule group sliderule does not exist.")})})
	if _, err := c.region().Extend(t.Context(), "dev", time.Hour); err == nil || !strings.Contains(err.Error(), "Schedule group sliderule") {
		t.Errorf("got %v", err)
	}
}

// watching counts the events that progress tells.
func watching(told *int) func(*sliderule.Options) {
	return func(o *sliderule.Options) { o.Progress = func(context.Context, sliderule.Event) { *told++ } }
}

func TestProgressIsToldOnceAndInOrder(t *testing.T) {
	c := newCloud(t)
	var told []string
	seen := func(o *sliderule.Options) {
		o.Progress = func(_ context.Context, e sliderule.Event) { told = append(told, fmt.Sprint(e.Resource, " ", e.Status)) }
	}
	if _, err := c.region(seen).Deploy(t.Context(), wanted(), true); err != nil {
		t.Fatal(err)
	}
	want := "dev-cluster CREATE_IN_PROGRESS, Part0 CREATE_IN_PROGRESS, Part1 CREATE_IN_PROGRESS, Part2 CREATE_IN_PROGRESS, dev-cluster CREATE_COMPLETE"
	if got := strings.Join(told, ", "); got != want {
		t.Errorf("got %s", got)
	}
}
