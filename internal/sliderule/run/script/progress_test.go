//go:build linux

package script_test

import (
	"strings"
	"testing"

	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/runner"
	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/run/script"
)

// While a program works, its summary says how far it is, and the log is there too; the end replaces both.
func TestHowFarAProgramIs(t *testing.T) {
	for name, c := range map[string]struct {
		in     script.Inputs
		hang   func(*runner.Runner)
		at     []string // words of the call that does not end
		step   string
		suites string
	}{
		"a test": {
			test(), func(r *runner.Runner) { r.Suite("build", runner.Result{Hang: true}) },
			[]string{"docker", "run", "build"},
			"suite build", "python passed, node passed, build , selftest , ams , manager ",
		},
		"a test that has just begun": {
			test(), func(r *runner.Runner) { r.Order(runner.Order{Command: "dnf", Hang: true}) },
			[]string{"dnf"},
			"install", "python , node , build , selftest , ams , manager ",
		},
		"a release": {
			release(), func(r *runner.Runner) { r.Order(runner.Order{Command: "make", Hang: true}) },
			[]string{"make", "cluster-docker"},
			"build", "python , node , build , selftest , ams , manager ",
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			if err := emulator.SetSpeed(t.Context(), speed); err != nil {
				t.Fatal(err)
			}
			c.hang(w.runner)
			instance := w.begin(c.in)
			w.until("its place", func() bool { return w.called(c.at...) })
			s, err := script.ParseSummary([]byte(w.object(c.in, "summary.json")))
			if err != nil || s.Status != script.Running || s.Step != c.step || suites(s) != c.suites || s.Failure != nil || !s.Ended.IsZero() || s.Started.IsZero() || len(s.Images) != 0 {
				t.Errorf("%+v, %v", s, err)
			}
			if log := w.object(c.in, "run.log"); !strings.Contains(log, c.step) {
				t.Errorf("the log is %q", log)
			}
			if err := w.runner.Interrupt(t.Context(), instance); err != nil {
				t.Fatal(err)
			}
			w.end(instance)
			if s := w.summary(c.in); s.Status != script.Interrupted || s.Step != "" || s.Failure.Step != c.step || s.Ended.IsZero() {
				t.Errorf("%+v", s)
			}
		})
	}
}

// To tell how far it is must not hold a run up, nor fail it.
func TestHowFarAProgramIsCannotBeTold(t *testing.T) {
	for name, order := range map[string]runner.Order{
		"it fails":        {Command: "aws s3 cp", Containing: "/progress.json", Status: 1, Times: -1},
		"it does not end": {Command: "aws s3 cp", Containing: "/progress.json", Hang: true, Times: 2},
	} {
		t.Run(name, func(t *testing.T) {
			w, in := newWorld(t), test()
			w.runner.Order(order)
			if s := w.run(in); s.Status != script.Passed {
				t.Errorf("%+v, %+v\n%s", s, s.Failure, w.object(in, "run.log"))
			}
		})
	}
}
