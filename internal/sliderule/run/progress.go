package run

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/run/script"
)

// tellEvery is how often it is told that a run still works.
const tellEvery = 5 * time.Minute

// teller tells who waits for a run what is new of it: of the machine, the step that the program is at, and the suites
// that are done.
type teller struct {
	tell   func(format string, values ...any)
	state  types.InstanceStateName
	step   string
	suites map[string]bool
	last   time.Time // that the machine was told
}

func (r *Runner) teller(ctx context.Context, run *Run) *teller {
	return &teller{
		tell:   func(format string, values ...any) { r.tell(ctx, run.ID, format, values...) },
		suites: map[string]bool{}, last: r.options.Clock.Now(),
	}
}

// look tells what changed since it last looked.
func (t *teller) look(run *Run, m *machine, now time.Time) {
	for _, name := range script.Suites() {
		suite, done := run.Suites[name]
		if done && !t.suites[name] && run.Status.worked() {
			t.suites[name] = true
			t.tell("%s %s", name, outcome(suite))
		}
	}
	if run.Step != t.step && run.Step != "" {
		t.step = run.Step
		t.tell("it is at the step %s", t.step)
	}
	if m != nil && (m.state() != t.state || now.Sub(t.last) >= tellEvery) {
		t.state, t.last = m.state(), now
		t.tell("the machine %s is %s, %s after its start%s", m.id(), t.state, now.Sub(run.StartedAt).Round(time.Second), run.at())
	}
}

// worked reports whether the suites of a run mean something: when it was cut off, those that it did not reach count as
// errors.
func (s Status) worked() bool { return s == Running || s == Passed || s == Failed }

// at is the step that a run was last known to be at, in words; "" when it is not known.
func (run *Run) at() string {
	if run.Step == "" {
		return ""
	}
	return ", at the step " + run.Step
}

// outcome is a suite's result in words, such as "passed: 214 passed, 6 skipped, in 12m20s".
func outcome(s script.Suite) string {
	if s.Status == script.Skipped {
		return "skipped: this version has no such suite"
	}
	var counts []string
	for _, c := range []struct {
		number int
		what   string
	}{{s.Failed, "failed"}, {s.Errors, "errors"}, {s.Passed, "passed"}, {s.Skipped, "skipped"}} {
		if c.number > 0 {
			counts = append(counts, fmt.Sprintf("%d %s", c.number, c.what))
		}
	}
	if len(counts) == 0 {
		counts = []string{"it ended without a result"}
	}
	return fmt.Sprintf("%s: %s, in %s", s.Status, strings.Join(counts, ", "), time.Duration(s.Seconds*float64(time.Second)).Round(time.Second))
}
