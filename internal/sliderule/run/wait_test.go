package run_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	vm "github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/run"
	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/run/script"
)

// waited is a run that was started and waited for.
func (c *cloud) waited(w run.Wanted, changes ...func(*run.Options)) (*run.Run, error) {
	c.Helper()
	r := c.runner(changes...)
	begun, err := r.Start(c.Context(), w)
	if err != nil {
		c.Fatal(err)
	}
	return r.Wait(c.Context(), begun)
}

// Defect 30: a run that is done has no machine any more, and leaves nothing behind but its summary and log.
func TestDefect30ARunThatIsDoneHasEnded(t *testing.T) {
	c := newCloud(t)
	begun := c.clock.Now()
	got, err := c.waited(tests())
	if err != nil || got.Status != run.Passed || got.Problem != nil || len(got.Suites) != len(script.Suites()) || got.Suites["ams"].Passed != 10 || got.Commit == "" || got.Reason != "" {
		t.Fatalf("got %+v, %v", got, err)
	}
	if took := c.clock.Now().Sub(begun); took < 20*time.Minute || took > 21*time.Minute {
		t.Errorf("it took %s", took)
	}
	if len(c.working()) != 0 || len(c.schedules) != 0 || len(c.objects) != 2 {
		t.Errorf("%d machines, schedules %v, %d objects", len(c.working()), c.schedules, len(c.objects))
	}
	if !c.told("is running, 2") || !c.told(": passed") {
		t.Errorf("told was %q", c.events)
	}
	if c.count("TerminateInstances") != 0 {
		t.Error("it was ended, and had ended itself")
	}
}

// A machine that is done and does not end itself is ended.
func TestAMachineThatStaysAfterItsResultIsTerminated(t *testing.T) {
	c := newCloud(t)
	c.lives = []life{func(c *cloud, m *fakeMachine) {
		m.after(10*time.Minute, func(m *fakeMachine) {
			c.summarize(m, c.clock.Now(), script.Summary{Status: script.Passed, Suites: suites()}, "")
		})
	}}
	got, err := c.waited(tests())
	if err != nil || got.Status != run.Passed || len(c.working()) != 0 || !c.told("did not end by itself") {
		t.Errorf("got %+v, %v; %d machines", got, err, len(c.working()))
	}
}

func TestAFailedRunTellsSuitesThenTheEndOfTheLogThenItsAddress(t *testing.T) {
	c := newCloud(t)
	var log strings.Builder
	for i := range 100 {
		fmt.Fprintf(&log, "line %d\n", i)
	}
	c.lives = []life{leaves(20*time.Minute, script.Summary{
		Status: script.Failed, Failure: &script.Failure{Step: "suites", Words: "ams and python did not pass"}, Suites: suites(func(s map[string]script.Suite) {
			s["python"], s["ams"], s["manager"] = script.Suite{Status: script.Errored}, script.Suite{Status: script.Failed, Failed: 2, Passed: 8}, script.Suite{Status: script.Skipped}
		}),
	}, log.String())}
	got, err := c.waited(tests())
	var failure *run.Failure
	if !errors.As(err, &failure) || got.Status != run.Failed || failure.Run != got || len(failure.Tail) != 40 {
		t.Fatalf("got %+v, %v", got, err)
	}
	text := err.Error()
	at := 0
	for _, words := range []string{
		"the test of main against dev (test-20260102030405-u1) ended as failed: suites: ams and python did not pass.",
		"ams (2 failed, 0 errors, 8 passed), python (error)", "\nline 60\n", "\nline 99\n", "s3://logs/runs/test-20260102030405-u1/run.log",
	} {
		next := strings.Index(text[at:], words)
		if next < 0 {
			t.Fatalf("%q is not in its place in %s", words, text)
		}
		at += next
	}
	if strings.Contains(text, "line 59") || strings.Contains(text, "manager") || strings.Contains(text, "node") {
		t.Errorf("told is too much: %s", text)
	}
}

// A summary that says passed, and does not show it, is no success.
func TestAMissingResultIsAFailure(t *testing.T) {
	for want, s := range map[string]script.Summary{
		"no result of manager":          {Suites: suites(func(s map[string]script.Suite) { delete(s, "manager") })},
		"no result of python, node":     {},
		"not of ams (error)":            {Suites: suites(func(s map[string]script.Suite) { s["ams"] = script.Suite{Status: script.Errored} })},
		"not of selftest (1 failed, 0 ": {Suites: suites(func(s map[string]script.Suite) { s["selftest"] = script.Suite{Status: script.Failed, Failed: 1} })},
	} {
		c := newCloud(t)
		s.Status = script.Passed
		c.lives = []life{leaves(time.Minute, s, "")}
		got, err := c.waited(tests())
		if err == nil || got.Status != run.Failed || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "It left no log") {
			t.Errorf("got %+v, %v", got, err)
		}
	}
}

func TestARunThatLeavesNothingIsToldByTheEndOfItsMachine(t *testing.T) {
	for name, end := range map[string]struct {
		life   life
		status run.Status
	}{
		"the program crashed":    {ends(10*time.Minute, "Client.InstanceInitiatedShutdown"), run.Failed},
		"its own shutdown":       {ends(80*time.Minute, "Client.InstanceInitiatedShutdown"), run.TimedOut},
		"its schedule":           {hangs, run.TimedOut},
		"somebody terminated it": {ends(10*time.Minute, "Client.UserInitiatedShutdown"), run.Stopped},
		"AWS took it":            {ends(10*time.Minute, "Server.SpotInstanceTermination"), run.Interrupted},
		"it never came up":       {ends(time.Second, "Server.InternalError"), run.Interrupted},
		"no key for its disk":    {ends(time.Second, "Client.InternalError"), run.Failed},
		"a summary that is broken": {func(c *cloud, m *fakeMachine) {
			passes(c, m)
			m.after(21*time.Minute, func(m *fakeMachine) {})
			m.after(20*time.Minute+time.Second, func(m *fakeMachine) { c.objects["runs/"+m.id()+"/summary.json"] = []byte("{") })
		}, run.Failed},
		"the summary of another": {func(c *cloud, m *fakeMachine) {
			passes(c, m)
			m.after(20*time.Minute+time.Second, func(m *fakeMachine) {
				text := string(c.objects["runs/"+m.id()+"/summary.json"])
				c.objects["runs/"+m.id()+"/summary.json"] = []byte(strings.ReplaceAll(text, m.id(), "test-20200101000000-x"))
			})
		}, run.Failed},
		"somebody terminated it, and it noticed": {func(c *cloud, m *fakeMachine) { m.after(10*time.Minute, func(m *fakeMachine) { interrupted(c, m) }) }, run.Stopped},
		"its schedule, and it noticed": {func(c *cloud, m *fakeMachine) {
			m.after(85*time.Minute-time.Second, func(m *fakeMachine) { interrupted(c, m) })
		}, run.TimedOut},
		"somebody stopped it": {func(_ *cloud, m *fakeMachine) {
			m.after(time.Minute, func(m *fakeMachine) { m.is(vm.InstanceStateNameStopped) })
		}, run.Stopped},
	} {
		c := newCloud(t)
		c.lives = []life{end.life}
		got, err := c.waited(tests())
		var failure *run.Failure
		if !errors.As(err, &failure) || got.Status != end.status || got.Reason == "" || len(c.working()) != 0 || len(c.schedules) != 0 {
			t.Errorf("%s: got %+v, %v", name, got, err)
		}
	}
}

// interrupted is a program that is told to end, while its machine is ended by a call.
func interrupted(c *cloud, m *fakeMachine) {
	c.summarize(m, c.clock.Now(), script.Summary{Status: script.Interrupted, Suites: suites()}, "")
	m.end(c.clock.Now(), "Client.UserInitiatedShutdown")
}

// The schedule failed too: who waits ends the machine.
func TestAMachineThatWorksAfterItsEndIsTerminated(t *testing.T) {
	c := newCloud(t)
	c.lives = []life{func(c *cloud, m *fakeMachine) {
		m.after(time.Hour, func(m *fakeMachine) { c.schedules[m.id()].ScheduleExpression = ptr("at(2030-01-01T00:00:00)") })
	}}
	got, err := c.waited(tests())
	if err == nil || got.Status != run.TimedOut || len(c.working()) != 0 || !strings.Contains(err.Error(), "still works") {
		t.Errorf("got %+v, %v", got, err)
	}
}

func ptr[T any](v T) *T { return &v }

func TestARunThatAWSInterruptedIsTriedAgain(t *testing.T) {
	noticed := leaves(5*time.Minute, script.Summary{Status: script.Interrupted, Failure: &script.Failure{Step: "python", Words: "AWS takes the spot machine back"}, Suites: suites()}, "")
	taken := ends(5*time.Minute, "Server.SpotInstanceTermination")
	c := newCloud(t)
	c.lives = []life{noticed, taken}
	got, err := c.waited(tests(func(w *run.Wanted) { w.Retries = 2 }))
	if err != nil || got.Status != run.Passed || got.Attempt != 3 || len(got.Previous) != 2 || slices.Contains(got.Previous, got.ID) || got.Previous[0] != "test-20260102030405-u1" {
		t.Errorf("got %+v, %v", got, err)
	}
	if len(c.machines) != 3 || len(c.working()) != 0 || len(c.schedules) != 0 || !c.told("attempt 2, after test-20260102030405-u1") {
		t.Errorf("%d machines, schedules %v, told %q", len(c.machines), c.schedules, c.events)
	}
	c = newCloud(t)
	c.lives = []life{noticed, taken, taken}
	got, err = c.waited(tests(func(w *run.Wanted) { w.Retries = 1 }))
	if err == nil || got.Status != run.Interrupted || len(c.machines) != 2 || !strings.Contains(err.Error(), "attempt 2, after test-20260102030405-u1") || !strings.Contains(err.Error(), "raise retries") {
		t.Errorf("got %+v, %v", got, err)
	}
	// What failed while the machine was taken away says nothing.
	c = newCloud(t)
	c.lives = []life{func(c *cloud, m *fakeMachine) {
		m.after(time.Minute, func(m *fakeMachine) {
			c.summarize(m, c.clock.Now(), script.Summary{Status: script.Failed, Suites: suites()}, "")
			m.end(c.clock.Now(), "Server.SpotInstanceTermination")
		})
	}}
	if got, err = c.waited(tests(func(w *run.Wanted) { w.Retries = 1 })); err != nil || got.Attempt != 2 {
		t.Errorf("got %+v, %v", got, err)
	}
	// What failed by itself is not tried again, nor what somebody stopped.
	for _, once := range []life{ends(time.Minute, "Client.UserInitiatedShutdown"), leaves(time.Minute, script.Summary{Status: script.Failed, Suites: suites()}, "")} {
		c = newCloud(t)
		c.lives = []life{once}
		if got, err = c.waited(tests(func(w *run.Wanted) { w.Retries = 2 })); err == nil || len(c.machines) != 1 {
			t.Errorf("got %+v, %v", got, err)
		}
	}
}

func TestAWaitThatIsCutShortIsAProblemAndGoesOnLater(t *testing.T) {
	c := newCloud(t)
	r := c.runner()
	begun, err := r.Start(t.Context(), tests())
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	c.clock.OnTick(func(now time.Time) {
		if now.Sub(begun.StartedAt) > 5*time.Minute {
			cancel()
		}
	})
	got, err := r.Wait(ctx, begun)
	if err != nil || !errors.Is(got.Problem, run.ErrCutShort) || got.Status != run.Running || len(c.working()) != 1 || len(c.schedules) != 1 || !strings.Contains(got.Problem.Error(), "Apply again") {
		t.Fatalf("got %+v, %v", got, err)
	}
	c.fail("DescribeInstances", always(fault{err: errDenied})[:1]...)
	if got, err = c.runner().Wait(t.Context(), got); err != nil || got.Problem == nil || !strings.Contains(got.Problem.Error(), "you may not") {
		t.Errorf("got %+v, %v", got, err)
	}
	if got, err = c.runner().Wait(t.Context(), got); err != nil || got.Status != run.Passed || got.Problem != nil {
		t.Errorf("got %+v, %v", got, err)
	}
	// And a later process, which knows the id alone.
	if got, err = c.runner().Wait(t.Context(), c.read(begun.ID)); err != nil || got.Status != run.Passed {
		t.Errorf("got %+v, %v", got, err)
	}
}

// An interrupt in the middle of another attempt leaves no machine, and the attempt for later.
func TestAnAttemptThatIsCutShortIsMadeLater(t *testing.T) {
	c := newCloud(t)
	c.lives = []life{ends(time.Minute, "Server.SpotInstanceTermination")}
	begun := c.started(tests(func(w *run.Wanted) { w.Retries = 1 }))
	ctx, cancel := context.WithCancel(t.Context())
	c.during = func(call string) {
		if call == "DescribeSubnets" {
			cancel()
		}
	}
	got, err := c.runner().Wait(ctx, begun)
	if err != nil || got.Problem == nil || got.Status != run.Interrupted || len(c.machines) != 1 {
		t.Fatalf("got %+v, %v", got, err)
	}
	if got, err = c.runner().Wait(t.Context(), got); err != nil || got.Status != run.Passed || got.Attempt != 2 || got.Problem != nil {
		t.Errorf("got %+v, %v", got, err)
	}
	// No machine to be had for it is an error, which tells what became of the first.
	c = newCloud(t)
	c.lives = []life{ends(time.Minute, "Server.SpotInstanceTermination")}
	begun = c.started(tests(func(w *run.Wanted) { w.Retries = 1 }))
	c.capacity = func(string, string, bool) string { return "InsufficientInstanceCapacity" }
	var none *run.NoCapacity
	if got, err = c.runner().Wait(t.Context(), begun); !errors.As(err, &none) || got.Status != run.Interrupted || got.ID != begun.ID {
		t.Errorf("got %+v, %v", got, err)
	}
}

// EC2 may not show a machine at once.
func TestAMachineThatIsNotShownYetHasNotVanished(t *testing.T) {
	c := newCloud(t)
	r := c.runner()
	begun, err := r.Start(t.Context(), tests())
	if err != nil {
		t.Fatal(err)
	}
	c.hidden = 4
	if got, err := r.Wait(t.Context(), begun); err != nil || got.Status != run.Passed {
		t.Errorf("got %+v, %v", got, err)
	}
}

// What cannot be tidied away ends by itself: it is told, and is no failure of the run.
func TestWhatIsLeftBehindIsToldAndIsNoFailure(t *testing.T) {
	c := newCloud(t)
	c.fail("DeleteSchedule", fault{err: errDenied})
	if got, err := c.waited(tests()); err != nil || got.Status != run.Passed || !c.told("left behind") {
		t.Errorf("got %+v, %v, told %q", got, err, c.events)
	}
}
