package run

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/data-access/terraform-provider-provisioner/internal/await"
	"github.com/data-access/terraform-provider-provisioner/internal/sliderule"
	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/call"
	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/run/script"
)

// leave is how long a machine may take to end after its run has a result.
const leave = 3 * time.Minute

// Wait waits until a run has come to its end, and its machine too. A run that AWS interrupted is tried again, Retries
// times in all, under another id: the run that is returned is the last attempt, and names those before it.
//
// A run that did not pass is a [*Failure], and the run is returned beside it. A wait that ended on our side is no error:
// Run.Problem tells why, the run goes on and ends by itself, and Wait may be called again with what was returned.
func (r *Runner) Wait(ctx context.Context, run *Run) (*Run, error) {
	last := *run
	last.Problem = nil
	doing := "waiting for the run " + last.ID
	if err := checkID(last.ID); err != nil {
		return &last, err
	}
	f, err := r.foundation(ctx)
	if err != nil {
		last.Problem = failed(doing, fmt.Errorf("%w (%w)", ErrCutShort, err))
		return &last, nil
	}
	for {
		m, err := r.untilEnded(ctx, f, &last)
		if err != nil {
			last.Problem = failed("waiting for the run "+last.ID, fmt.Errorf("%w (%w)", ErrCutShort, err))
			return &last, nil
		}
		r.tell(ctx, last.ID, "%s", last.ended())
		r.tidy(ctx, f, &last, m)
		if last.Status != Interrupted || len(last.Previous) >= last.Retries {
			return &last, r.verdict(ctx, f, &last)
		}
		r.tell(ctx, last.ID, "it is tried again: attempt %d of at most %d", len(last.Previous)+2, last.Retries+1)
		next, err := r.start(ctx, last.Wanted, append(slices.Clone(last.Previous), last.ID))
		if err != nil && ctx.Err() != nil { // it is tried again when it is waited for again
			last.Problem = err
			return &last, nil
		}
		if err != nil {
			return &last, err
		}
		last = *next
	}
}

func (run *Run) ended() string {
	if run.Reason == "" {
		return string(run.Status)
	}
	return string(run.Status) + ": " + run.Reason
}

// untilEnded waits until nothing more will come of a run. It returns the machine; nil when EC2 does not know it any
// more. An error is always the end of the wait on our side, never the run's.
func (r *Runner) untilEnded(ctx context.Context, f *sliderule.Foundation, run *Run) (m *machine, err error) {
	began, started := r.options.Clock.Now(), run.InstanceID != ""
	var since time.Time // of the result
	news := r.teller(ctx, run)
	err = await.Until(ctx, r.options.Clock, await.Patient, func(ctx context.Context) (bool, error) {
		if m, err = r.look(ctx, f, run); err != nil {
			return false, err
		}
		now := r.options.Clock.Now()
		news.look(run, m, now)
		if m == nil {
			if started && run.Status == Vanished && now.Sub(began) < lag { // it was started a moment ago
				run.Status, run.Reason = Running, ""
				return false, nil
			}
			return true, nil
		}
		if m.gone() || (run.Status == Passed && !m.works() && m.state() != types.InstanceStateNameStopped) {
			return true, nil
		}
		if run.Status.Ended() && since.IsZero() {
			since = now
		}
		if !run.Status.Ended() || (now.Sub(since) < leave && !run.overdue(now)) {
			return false, nil
		}
		r.tell(ctx, run.ID, "the machine %s did not end by itself: terminating it", m.id())
		return true, r.terminate(ctx, m.id())
	})
	return m, err
}

// tidy takes away what a run needs no longer: its schedule and its token. What stays is harmless, and ends by itself:
// failing at it is told, and is no failure of the run.
func (r *Runner) tidy(ctx context.Context, f *sliderule.Foundation, run *Run, m *machine) {
	ctx, done := context.WithTimeout(context.WithoutCancel(ctx), shortCalls)
	defer done()
	var errs []error
	if m == nil || !m.works() { // else it was terminated just now, and the schedule sees to it
		errs = append(errs, r.dropSchedule(ctx, f, run.ID))
	}
	if run.Kind == script.Test {
		errs = append(errs, r.dropToken(ctx, f, run.ID))
	}
	for _, err := range errs {
		if err != nil {
			r.tell(ctx, run.ID, "left behind, until it ends by itself: %s", call.Words(err))
		}
	}
}

// verdict is nil for a run that passed, and its failure otherwise.
func (r *Runner) verdict(ctx context.Context, f *sliderule.Foundation, run *Run) error {
	if run.Status == Passed && run.Kind == script.Release {
		differing, err := r.compare(ctx, f, run)
		if err != nil {
			run.Status, run.Problem = Running, failed("reading back the images of "+run.Version, fmt.Errorf("%w (%w)", ErrCutShort, err))
			return nil // it is not known to have passed until they are read
		}
		if differing != "" {
			run.Status, run.Reason = Failed, differing
		}
	}
	if run.Status == Passed {
		return nil
	}
	failure := &Failure{Run: run, Failing: run.failing()}
	failure.Tail, failure.NoLog = r.tail(ctx, f, run.ID)
	return failure
}
