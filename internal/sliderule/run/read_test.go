package run_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	vm "github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/run"
	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/run/script"
)

// Defect 28: a run without a summary yet, and branches of any form.
func TestDefect28ARunIsReadWhateverItsBranchAndBeforeItHasASummary(t *testing.T) {
	for _, branch := range []string{"main", "feature/x", "fix-1", "v5.5.0", strings.Repeat("a1", 20)} {
		c := newCloud(t)
		begun := c.started(tests(func(w *run.Wanted) { w.Version = branch }))
		got := c.read(begun.ID)
		if got.Status != run.Running || got.Version != branch || got.Cluster != "dev" || got.Kind != script.Test || !got.Managed || got.InstanceID != begun.InstanceID || !got.EndsAt.Equal(begun.EndsAt) {
			t.Errorf("%s: got %+v", branch, got)
		}
		c.sleep(time.Hour)
		if got = c.read(begun.ID); got.Status != run.Passed || got.Suites["python"].Passed != 10 || got.EndedAt.IsZero() {
			t.Errorf("%s: got %+v", branch, got)
		}
		c.forget() // EC2 does, after an hour
		if got = c.read(begun.ID); got.Status != run.Passed || got.Version != branch || got.Kind != script.Test || !got.Managed {
			t.Errorf("%s: got %+v", branch, got)
		}
		clear(c.objects)
		if got = c.read(begun.ID); got.Status != run.Vanished || got.Reason == "" || got.ID != begun.ID {
			t.Errorf("%s: got %+v", branch, got)
		}
	}
}

// A look that failed is an error, and never a run that vanished.
func TestALookThatFailedIsAnError(t *testing.T) {
	for _, operation := range []string{"DescribeInstances", "GetObject"} {
		c := newCloud(t)
		begun := c.started(tests())
		c.fail(operation, fault{err: errDenied})
		if got, err := c.runner().Read(t.Context(), begun.ID); err == nil || !strings.Contains(err.Error(), "looking at the run "+begun.ID) || !strings.Contains(err.Error(), operation) {
			t.Errorf("got %+v, %v", got, err)
		}
		c.fail(operation, fault{err: errUnavailable}, fault{err: errLost})
		if got := c.read(begun.ID); got.Status != run.Running {
			t.Errorf("got %+v", got)
		}
	}
}

// Should there be two machines of one run, what counts is the one that works, and both are ended.
func TestOfTwoMachinesTheOneThatWorksCounts(t *testing.T) {
	c := newCloud(t)
	begun := c.started(tests())
	dead := *c.machines[0]
	dead.InstanceId, dead.due = aws.String("i-dead"), nil
	dead.is(vm.InstanceStateNameTerminated)
	c.machines = []*fakeMachine{&dead, c.machines[0]}
	if got := c.read(begun.ID); got.Status != run.Running || got.InstanceID != begun.InstanceID {
		t.Errorf("got %+v", got)
	}
	dead.is(vm.InstanceStateNameRunning)
	if err := c.runner().Stop(t.Context(), begun.ID, false); err != nil || len(c.working()) != 0 {
		t.Errorf("got %v; %d machines", err, len(c.working()))
	}
}

func TestReadChangesNothing(t *testing.T) {
	c := newCloud(t)
	begun := c.started(tests())
	c.sleep(time.Hour)
	c.calls = nil
	c.read(begun.ID)
	if !slices.Equal(c.calls, []string{"DescribeInstances", "GetObject"}) {
		t.Errorf("calls %v", c.calls)
	}
}

func TestAnIdThatIsNoneIsRefused(t *testing.T) {
	for _, id := range []string{"", "../x", "test-1-a", "test-20260102030405-A", "test-20260102030405-a/b", "deploy-20260102030405-a", "test-20260102030405-a\n"} {
		c := newCloud(t)
		var invalid *run.Invalid
		if _, err := c.runner().Read(t.Context(), id); !errors.As(err, &invalid) || len(c.calls) != 0 {
			t.Errorf("%q: %v", id, err)
		}
		if err := c.runner().Stop(t.Context(), id, true); !errors.As(err, &invalid) || len(c.calls) != 0 {
			t.Errorf("%q: %v", id, err)
		}
	}
}

func TestEveryRunIsListedOnceAndOnlyOurs(t *testing.T) {
	c := newCloud(t)
	r := c.runner()
	var want []string
	for range 3 {
		begun, err := r.Start(t.Context(), tests())
		if err != nil {
			t.Fatal(err)
		}
		want = append(want, begun.ID)
		c.sleep(time.Hour)
	}
	c.machines = c.machines[1:] // the first is forgotten, and left its summary
	c.lives = []life{hangs}
	released, err := r.Start(t.Context(), tests())
	if err != nil {
		t.Fatal(err)
	}
	want = append(want, released.ID)
	foreign := *c.machines[0]
	foreign.Tags = []vm.Tag{{Key: aws.String("provisioner_run"), Value: aws.String("test-20250101000000-x")}, {Key: aws.String("provisioner_managed_by"), Value: aws.String("b")}}
	c.machines = append(c.machines, &foreign)
	c.objects["runs/readme.txt"] = nil
	got, err := r.List(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, each := range got {
		ids = append(ids, each.ID)
	}
	if !slices.Equal(ids, want) || got[0].Status != run.Passed || got[3].Status != run.Running {
		t.Errorf("got %q, want %q", ids, want)
	}
	c.fail("GetObject", fault{err: errDenied})
	if _, err = r.List(t.Context()); err == nil {
		t.Error("a look that failed is left out")
	}
}
