package sliderule

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/data-access/terraform-provider-provisioner/internal/await"
)

// lag is how long a look may show a stack as it was before the call that changed it.
const lag = 15 * time.Second

// until looks at a stack until done says so, and tells its events meanwhile. A nil stack is one that is gone. An error
// is always the end of the wait on our side, never the stack's.
func (r *Region) until(ctx context.Context, s *stack, done func(*stack) bool) (*stack, error) {
	told := r.teller(s)
	last := s
	err := await.Until(ctx, r.options.Clock, await.Patient, func(ctx context.Context) (bool, error) {
		found, err := r.find(ctx, s.id())
		if err != nil {
			return false, err
		}
		told(ctx)
		last = found
		return done(found), nil
	})
	if err != nil {
		return last, fmt.Errorf("%w (%w)", ErrInterrupted, err)
	}
	return last, nil
}

// settled waits until CloudFormation has come to an end with a stack, whatever it is.
func (r *Region) settled(ctx context.Context, s *stack) (*stack, error) {
	return r.until(ctx, s, func(s *stack) bool { return s == nil || !moving(s.StackStatus) })
}

// upAfter waits for the end of an operation that was begun on a stack: until it is up, or known not to come up, which
// is before CloudFormation has undone it all. before is the stack as it was, and a look may lag behind the call.
func (r *Region) upAfter(ctx context.Context, before *stack) (*stack, error) {
	begun := r.options.Clock.Now()
	return r.until(ctx, before, func(s *stack) bool {
		switch {
		case s == nil:
			return true
		case s.StackStatus == before.StackStatus && aws.ToTime(s.LastUpdatedTime).Equal(aws.ToTime(before.LastUpdatedTime)) && !moving(s.StackStatus):
			return r.options.Clock.Now().Sub(begun) >= lag
		}
		return !moving(s.StackStatus) || wentWrong(s.StackStatus)
	})
}

// gone waits until a stack is deleted. It returns the stack when that failed.
func (r *Region) gone(ctx context.Context, s *stack) (*stack, error) {
	begun := r.options.Clock.Now()
	return r.until(ctx, s, func(s *stack) bool {
		switch {
		case s == nil:
			return true
		case moving(s.StackStatus):
			return false
		}
		return r.options.Clock.Now().Sub(begun) >= lag // it may be the state before the call
	})
}

// teller tells the events of a stack's operation under way, oldest first, each once. Progress is for people to read: what
// cannot be read is not told.
func (r *Region) teller(s *stack) func(context.Context) {
	if r.options.Progress == nil {
		return func(context.Context) {}
	}
	seen := map[string]bool{}
	return func(ctx context.Context) {
		var fresh []stackEvent
		err := r.events(ctx, s.id(), func(e stackEvent) bool {
			if seen[aws.ToString(e.EventId)] {
				return false
			}
			fresh = append(fresh, e)
			return !e.begins()
		})
		if err != nil {
			return
		}
		for _, e := range slices.Backward(fresh) {
			seen[aws.ToString(e.EventId)] = true
			r.options.Progress(ctx, e.told())
		}
	}
}

// interrupted reports whether a wait ended on our side.
func interrupted(err error) bool { return errors.Is(err, ErrInterrupted) }
