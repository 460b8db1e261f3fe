package run

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/run/script"
)

// patience is how long after its scheduled end a machine may still be seen to work.
const patience = 10 * time.Minute

// overdue reports whether a machine should have ended long ago.
func (run *Run) overdue(now time.Time) bool {
	return !run.EndsAt.IsZero() && now.Sub(run.EndsAt) >= patience
}

// judge says what a run has come to, by its machine and its summary as they are at a time; either is nil for none. The
// machine was looked at before the summary: where it has ended, no summary will come.
func (run *Run) judge(m *machine, s *script.Summary, now time.Time) {
	if m != nil {
		m.describe(run)
	}
	run.Status, run.Reason, run.Step = Running, "", ""
	if s != nil && s.Status == script.Running { // it tells how far the run is, and not what it came to
		run.progress(s)
		s = nil
	}
	switch {
	case s != nil:
		run.judgeSummary(m, s, now)
	case m == nil:
		run.Status, run.Reason = Vanished, "it has no machine any more, and left no summary of its end"+run.at()
	case m.works():
		if run.overdue(now) {
			run.Status, run.Reason = TimedOut, "its machine should have ended at "+run.EndsAt.Format(time.RFC3339)+", and still works"
		}
	case m.state() == types.InstanceStateNameShuttingDown, m.state() == types.InstanceStateNameStopping: // the summary may come
	default:
		run.judgeEnd(m, now)
	}
}

// progress is what a run that goes on tells of itself.
func (run *Run) progress(s *script.Summary) {
	run.identify(s)
	run.Step, run.Commit, run.Suites = s.Step, s.Commit, s.Suites
}

// identify takes from a summary what no machine tells any more.
func (run *Run) identify(s *script.Summary) {
	if run.Kind == "" {
		run.Kind, run.Version = s.Kind, s.Version
	}
	if run.StartedAt.IsZero() {
		run.StartedAt = s.Started.UTC()
	}
}

// judgeEnd is what the end of a machine means that left no summary.
func (run *Run) judgeEnd(m *machine, now time.Time) {
	run.EndedAt = m.endedAt()
	at := run.EndedAt
	if at.IsZero() {
		at = now
	}
	why := m.why()
	if why == "" {
		why = "for no known reason"
	}
	switch {
	case m.byAWS():
		run.Status, run.Reason = Interrupted, fmt.Sprintf("AWS ended its machine (%s)%s", why, run.at())
	case run.dueBy(at):
		run.Status, run.Reason = TimedOut, "its machine ended at the time limit, without a summary of its end"+run.at()
	case m.byCall(), m.state() == types.InstanceStateNameStopped:
		run.Status, run.Reason = Stopped, "somebody ended its machine before it was done"+run.at()
	default:
		run.Status, run.Reason = Failed, fmt.Sprintf("its machine ended without a summary of its end (%s)%s", why, run.at())
	}
}

// dueBy reports whether the machine's own shutdown, which comes before its scheduled end, was due.
func (run *Run) dueBy(at time.Time) bool {
	return !run.EndsAt.IsZero() && !at.Before(run.EndsAt.Add(-margin))
}

func (run *Run) judgeSummary(m *machine, s *script.Summary, now time.Time) {
	run.identify(s)
	run.Commit, run.Suites, run.Digests, run.EndedAt = s.Commit, s.Suites, s.Images, s.Ended.UTC()
	run.Reason = said(s)
	switch s.Status {
	case script.Passed:
		run.Status = Passed
		if run.Reason = run.lacks(); run.Reason != "" {
			run.Status = Failed
		}
		return
	case script.TimedOut:
		run.Status = TimedOut
	case script.Interrupted:
		run.Status = Interrupted
		if m != nil && m.byCall() {
			run.Status = Stopped
			if run.dueBy(orElse(m.endedAt(), now)) {
				run.Status = TimedOut
			}
		}
	case script.Failed:
		run.Status = Failed
	default:
		run.Status, run.Reason = Failed, fmt.Sprintf("its summary has the status %.40q, which is none", s.Status)
	}
	if run.Status == Failed && m != nil && m.byAWS() { // what fails while a machine is taken away says nothing
		run.Status = Interrupted
	}
	if run.Reason == "" {
		run.Reason = map[Status]string{
			TimedOut: "it reached its time limit", Interrupted: "its machine was taken away", Stopped: "somebody ended its machine before it was done", Failed: "it failed",
		}[run.Status]
	}
}

func orElse(at, other time.Time) time.Time {
	if at.IsZero() {
		return other
	}
	return at
}

// said is what a summary gives as the reason.
func said(s *script.Summary) string {
	if s.Failure == nil {
		return ""
	}
	return strings.Trim(s.Failure.Step+": "+s.Failure.Words, ": ")
}

// lacks is what a run that says that it passed lacks for it: a missing result is no success.
func (run *Run) lacks() string {
	if failing := run.failing(); len(failing) > 0 {
		return "its summary says passed, but not of " + strings.Join(failing, ", ")
	}
	var missing []string
	if run.Kind == script.Test {
		missing = without(script.Suites(), run.Suites)
	} else if missing = without(run.Images, run.Digests); len(run.Digests) == 0 {
		missing = []string{"any image"}
	}
	if len(missing) == 0 {
		return ""
	}
	return "its summary has no result of " + strings.Join(missing, ", ")
}

func without[V any](names []string, results map[string]V) (missing []string) {
	for _, name := range names {
		if _, ok := results[name]; !ok {
			missing = append(missing, name)
		}
	}
	return missing
}

// failing are the suites that did not pass, with their counts, by name.
func (run *Run) failing() (suites []string) {
	for _, name := range slices.Sorted(maps.Keys(run.Suites)) {
		s := run.Suites[name]
		if s.Status == script.Passed || s.Status == script.Skipped {
			continue
		}
		if s.Status == script.Failed {
			suites = append(suites, fmt.Sprintf("%s (%d failed, %d errors, %d passed)", name, s.Failed, s.Errors, s.Passed))
			continue
		}
		suites = append(suites, fmt.Sprintf("%s (%s)", name, s.Status))
	}
	return suites
}
