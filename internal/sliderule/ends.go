package sliderule

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/naming"
	"github.com/data-access/terraform-provider-provisioner/internal/step"
)

// Two runs may meet over one name: one takes the schedules of a stack away that is not there, while the other has
// written its own and is about to make the stack. AWS has no call that does either only if the other has not happened.
// So the one looks for a stack before and after it takes them away, and the other looks for its schedules after it made
// the stack: whichever comes last sees what the other did, and puts the end back.

// shortestLife is the end that a stack gets whose own one was lost: long enough for the run that made it to see to it.
const shortestLife = 15 * time.Minute

// withdrawEnd takes away the end of a stack that is not there. When there is one of ours by now, which another run made,
// it keeps its end.
func (r *Region) withdrawEnd(ctx context.Context, f *Foundation, name string) error {
	return whole(ctx, func(ctx context.Context) error {
		if there, err := r.ours(ctx, name); err != nil || there {
			return err
		}
		end, _ := r.readEnd(ctx, f.ScheduleGroup, name) // what cannot be read goes all the same
		dropErr := r.dropEnd(ctx, f, name)
		there, err := r.ours(ctx, name)
		if err == nil && !there {
			return dropErr
		}
		// Nobody can tell which end was taken away: the other run's, or what was left before it.
		back := later(end.at, r.options.Clock.Now().Add(shortestLife).Truncate(time.Second))
		if setErr := r.setEnd(ctx, f, name, back); setErr != nil {
			return fmt.Errorf("putting back the end of the stack %s, which another run is making: %w", name, setErr)
		}
		return err
	})
}

// ours reports whether there is a stack of a name, of this installation. Another's has its end elsewhere: the schedules
// in our group are never its.
func (r *Region) ours(ctx context.Context, name string) (bool, error) {
	s, err := r.find(ctx, name)
	return s != nil && r.owns(s), err
}

// withdrawBecause takes away the end of a stack that was not made, because of err.
func (r *Region) withdrawBecause(ctx context.Context, f *Foundation, name string, err error) error {
	if dropErr := r.withdrawEnd(context.WithoutCancel(ctx), f, name); dropErr != nil {
		return fmt.Errorf("%w; and its scheduled end is still there: %w", err, dropErr)
	}
	return err
}

// keepEnd looks whether a stack that was made still has its end, and schedules it again if not. A stack whose end is gone and cannot be scheduled is deleted, and that is an error. When AWS does not let us look either, it is only
// unsure: the schedules were written a moment ago.
func (r *Region) keepEnd(ctx context.Context, f *Foundation, s *stack, end time.Time) (unsure, err error) {
	ctx, done := context.WithTimeout(context.WithoutCancel(ctx), createTimeout)
	defer done()
	there, lookErr := r.hasEnd(ctx, f, s.name(), end)
	if there {
		return nil, nil
	}
	setErr := r.setEnd(ctx, f, s.name(), end)
	switch {
	case setErr == nil:
		return nil, nil
	case lookErr != nil:
		return failed("making sure of the end of the stack "+s.name(), fmt.Errorf("%w; %w", lookErr, setErr)), nil
	}
	told := &step.Error{
		Step: "putting back the end of the stack " + s.name() + ", which another run took away", Err: setErr,
		Words: inWords(setErr) + ". The stack is being deleted: it would have no end", Remedy: remedy(setErr),
	}
	if deleteErr := r.deleteStack(ctx, s); deleteErr != nil {
		told.Err = errors.Join(setErr, deleteErr)
		told.Words = inWords(setErr) + ", and deleting it failed: " + inWords(deleteErr)
		told.Remedy = "Delete the stack in CloudFormation: it runs without an end"
	}
	return nil, told
}

// hasEnd reports whether both schedules of a stack are there, for that end.
func (r *Region) hasEnd(ctx context.Context, f *Foundation, stackName string, end time.Time) (bool, error) {
	for _, name := range []string{naming.Schedule(stackName), naming.RetrySchedule(stackName)} {
		found, err := r.getSchedule(ctx, f.ScheduleGroup, name)
		if err != nil || found == nil {
			return false, err
		}
		once := aws.ToString(found.ScheduleExpression) == end.UTC().Format(atLayout)
		if !once && !aws.ToTime(found.StartDate).Equal(end) {
			return false, nil
		}
	}
	return true, nil
}
