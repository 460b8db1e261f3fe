package run_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/data-access/terraform-provider-provisioner/internal/sliderule"
	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/run"
	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/run/script"
)

// told is a machine that writes its log and summary while it is being ended.
func told(c *cloud, m *fakeMachine) {
	m.after(time.Minute, func(m *fakeMachine) { c.objects["runs/"+m.id()+"/run.log"] = []byte("begun\n") })
}

func TestStopEndsARunAndLeavesItsLogs(t *testing.T) {
	c := newCloud(t)
	c.lives = []life{told}
	r := c.runner(private)
	begun, err := r.Start(t.Context(), tests())
	if err != nil {
		t.Fatal(err)
	}
	c.sleep(10 * time.Minute)
	if err := r.Stop(t.Context(), begun.ID, false); err != nil {
		t.Fatal(err)
	}
	if len(c.working()) != 0 || len(c.schedules) != 0 || len(c.parameters) != 0 || len(c.objects) != 1 {
		t.Errorf("%d machines, schedules %v, parameters %v, %d objects", len(c.working()), c.schedules, c.parameters, len(c.objects))
	}
	c.sleep(time.Minute)
	if got := c.read(begun.ID); got.Status != run.Stopped {
		t.Errorf("got %+v", got)
	}
	for range 2 { // again, with nothing left to do but its group
		if err := r.Stop(t.Context(), begun.ID, false); err != nil {
			t.Error(err)
		}
	}
	if len(c.groups) != 0 {
		t.Error("its group keeps the network from being deleted")
	}
}

// Logs are deleted when nobody writes any more: a program that is told to end uploads them then.
func TestStopDeletesLogsWhenTheMachineHasEnded(t *testing.T) {
	c := newCloud(t)
	c.lives = []life{told, told}
	r := c.runner()
	one, err := r.Start(t.Context(), tests())
	two, err2 := r.Start(t.Context(), tests())
	if err != nil || err2 != nil {
		t.Fatal(err, err2)
	}
	c.sleep(10 * time.Minute)
	c.during = func(call string) {
		if m := c.machines[0]; call == "DescribeInstances" && m.State.Name == "shutting-down" {
			c.summarize(m, c.clock.Now(), script.Summary{Status: script.Interrupted, Suites: suites()}, "the end")
		}
	}
	if err := r.Stop(t.Context(), one.ID, true); err != nil {
		t.Fatal(err)
	}
	if len(c.objects) != 1 || c.objects["runs/"+two.ID+"/run.log"] == nil {
		t.Errorf("left are %v", c.objects)
	}
	if len(c.working()) != 1 || len(c.schedules) != 1 || len(c.groups) != 1 {
		t.Errorf("of the other run there are %d machines, %d schedules, %d groups", len(c.working()), len(c.schedules), len(c.groups))
	}
}

func TestStopTouchesNoOtherInstallationsRun(t *testing.T) {
	c := newCloud(t)
	begun := c.started(tests())
	for i := range c.machines[0].Tags {
		if *c.machines[0].Tags[i].Key == "provisioner_managed_by" {
			c.machines[0].Tags[i].Value = aws.String("b")
		}
	}
	if err := c.runner().Stop(t.Context(), begun.ID, true); !errors.Is(err, run.ErrForeign) || len(c.working()) != 1 || len(c.schedules) != 1 {
		t.Errorf("got %v; %d machines", err, len(c.working()))
	}
	if got := c.read(begun.ID); got.Managed || got.ManagedBy != "b" {
		t.Errorf("got %+v", got)
	}
}

// What cannot be ended keeps its schedule. Without the foundation a machine is ended all the same.
func TestAStopThatFailsLeavesTheSchedule(t *testing.T) {
	c := newCloud(t)
	begun := c.started(tests())
	c.fail("TerminateInstances", fault{err: errDenied})
	if err := c.runner().Stop(t.Context(), begun.ID, false); err == nil || len(c.schedules) != 1 || !strings.Contains(err.Error(), "stopping the run "+begun.ID) {
		t.Errorf("got %v, %v", err, c.schedules)
	}
	gone := func(o *run.Options) {
		o.Foundation = func(context.Context) (*sliderule.Foundation, error) { return nil, sliderule.ErrGone }
	}
	if err := c.runner(gone).Stop(t.Context(), begun.ID, true); err != nil || len(c.working()) != 0 {
		t.Errorf("got %v", err)
	}
}
