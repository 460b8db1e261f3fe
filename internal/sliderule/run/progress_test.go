package run_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/run"
	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/run/script"
)

// tells is a machine that leaves a summary of how far it is.
func tells(c *cloud, m *fakeMachine, after time.Duration, step string, done map[string]script.Suite) {
	m.after(after, func(m *fakeMachine) {
		c.summarize(m, c.clock.Now(), script.Summary{Status: script.Running, Step: step, Suites: done}, "so far\n")
	})
}

var (
	pythonPassed = script.Suite{Status: script.Passed, Passed: 214, Skipped: 6, Seconds: 740}
	nodeFailed   = script.Suite{Status: script.Failed, Failed: 2, Passed: 15, Seconds: 61}
)

func TestWhoWaitsIsToldHowFarARunIs(t *testing.T) {
	c := newCloud(t)
	c.lives = []life{
		func(c *cloud, m *fakeMachine) {
			tells(c, m, time.Minute, "suite python", nil)
			tells(c, m, 14*time.Minute, "suite node", map[string]script.Suite{"python": pythonPassed})
			m.after(15*time.Minute, func(m *fakeMachine) { m.end(c.clock.Now(), "Server.SpotInstanceTermination") })
		},
		func(c *cloud, m *fakeMachine) {
			tells(c, m, time.Minute, "suite build", map[string]script.Suite{"python": pythonPassed, "node": nodeFailed})
			leaves(9*time.Minute, script.Summary{Status: script.Failed, Suites: suites(func(s map[string]script.Suite) {
				s["python"], s["node"], s["manager"] = pythonPassed, nodeFailed, script.Suite{Status: script.Skipped}
			})}, "log\n")(c, m)
		},
	}
	got, err := c.waited(tests(func(w *run.Wanted) { w.Retries = 1 }))
	if err == nil || got.Status != run.Failed || got.Step != "" || got.Attempt != 2 {
		t.Errorf("got %+v, %v", got, err)
	}
	at := 0
	for _, words := range []string{
		"u1: started the machine i-", // its type, zone and market are in the same words
		"u1: it is at the step suite python",
		"u1: python passed: 214 passed, 6 skipped, in 12m20s",
		"u1: it is at the step suite node",
		"u1: interrupted: AWS ended its machine (Server.SpotInstanceTermination), at the step suite node",
		"u1: it is tried again: attempt 2 of at most 2",
		"u2: started the machine i-",
		"u2: python passed", "u2: node failed: 2 failed, 15 passed, in 1m1s",
		"u2: it is at the step suite build",
		"u2: build passed", "u2: manager skipped: this version has no such suite",
		"u2: failed",
	} {
		next := slices.IndexFunc(c.events[at:], func(e string) bool { return strings.Contains(e, words) })
		if next < 0 {
			t.Fatalf("%q is not in its place of\n%s", words, strings.Join(c.events, "\n"))
		}
		at += next + 1
	}
	for _, words := range []string{"m8g.2xlarge spot in us-west-2a; it ends at", "(attempt 2, after test-20260102030405-u1)", "after its start, at the step suite python"} {
		if !c.told(words) {
			t.Errorf("%q is not in\n%s", words, strings.Join(c.events, "\n"))
		}
	}
	for _, once := range []string{"u1: python passed", "u2: node failed", "u1: it is at the step suite python"} {
		if n := strings.Count(strings.Join(c.events, "\n"), once); n != 1 {
			t.Errorf("%q was told %d times", once, n)
		}
	}
}

// How far a run is, is no result: not while its machine works, and not when the machine was lost without a word.
func TestASummaryOfHowFarARunIsIsNoResult(t *testing.T) {
	c := newCloud(t)
	c.lives = []life{func(c *cloud, m *fakeMachine) {
		tells(c, m, time.Minute, "suite node", map[string]script.Suite{"python": pythonPassed})
		m.after(time.Hour, func(m *fakeMachine) { m.end(c.clock.Now(), "Client.UserInitiatedShutdown") })
	}}
	begun := c.started(tests())
	c.sleep(2 * time.Minute)
	if got := c.read(begun.ID); got.Status != run.Running || got.Step != "suite node" || got.Suites["python"] != pythonPassed || len(got.Suites) != 1 || got.Commit == "" || !got.EndedAt.IsZero() {
		t.Errorf("got %+v", got)
	}
	got, err := c.runner().Wait(t.Context(), begun)
	var failure *run.Failure
	if !errors.As(err, &failure) || got.Status != run.Stopped || !strings.Contains(err.Error(), "before it was done, at the step suite node") || !strings.Contains(err.Error(), "so far") {
		t.Errorf("got %+v, %v", got, err)
	}
	c.forget()
	if got = c.read(begun.ID); got.Status != run.Vanished || got.Kind != script.Test || got.Version != "main" || got.Suites["python"] != pythonPassed {
		t.Errorf("got %+v", got)
	}
}
