package sliderule

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"

	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/naming"
)

// Deploy makes a cluster that is not there, or resizes the one that runs and renews its end. The end is scheduled
// before anything runs. wait says whether to return only when it is up; the roll-back of a stack that was being made, and
// a deletion, are waited for in any case, and whatever else stands in the way is [ErrBusy] then.
//
// Of a cluster that is there, the version and the machine image stay as they are, is_public must be the same
// ([ErrFixed]), and so must the zones, if any are asked for ([ErrZones]). A stack that was rolled back is deleted and
// made again. One that another installation made, or nobody of ours, is [ErrExists], and is not touched.
//
// An error means that there is no new cluster, or that a change was not made; whatever was begun carries our tags and
// has its end. A wait that was cut short is no error: [Cluster.Problem] tells.
func (r *Region) Deploy(ctx context.Context, w Wanted, wait bool) (*Cluster, error) {
	doing := "deploying the cluster " + w.Cluster
	w, err := r.check(w)
	if err != nil {
		return nil, failed(doing, err)
	}
	name := naming.ClusterStack(w.Cluster)
	done, err := r.turn(ctx, name)
	if err != nil {
		return nil, failed(doing, err)
	}
	defer done()
	r.forget(name, naming.Group(w.Cluster)) // every look is to be a fresh one, now and after this
	defer r.forget(name, naming.Group(w.Cluster))
	f, err := r.fittingFoundation(ctx)
	if err != nil {
		return nil, err
	}
	c, err := r.deploy(ctx, f, w, wait)
	return c, failed(doing, err)
}

// passes is how many states of a stack one deploy goes through before it gives up: busy, failed, gone is three.
const passes = 8

func (r *Region) deploy(ctx context.Context, f *Foundation, w Wanted, wait bool) (*Cluster, error) {
	for range passes {
		s, err := r.find(ctx, naming.ClusterStack(w.Cluster))
		if err != nil {
			return nil, err
		}
		if s == nil {
			return r.start(ctx, f, w, wait)
		}
		if err := r.mayChange(s, w); err != nil {
			return nil, err
		}
		if !moving(s.StackStatus) && !spent(s.StackStatus) {
			return r.renew(ctx, f, s, w, wait)
		}
		joined, err := r.underWay(ctx, s, w)
		switch {
		case err != nil:
			return nil, err
		case joined:
			return r.join(ctx, f, s, w, wait)
		case spent(s.StackStatus):
			err = r.clear(ctx, s)
		default:
			// What leaves nothing but a deletion to do, or is one, is waited for as clear does: nothing can be made before.
			if err = busy(s, wait || StateOf(string(s.StackStatus)) == Destroying); err == nil {
				_, err = r.settled(ctx, s)
			}
		}
		if err != nil {
			return nil, err
		}
	}
	return nil, fmt.Errorf("%w: it changed %d times meanwhile", ErrBusy, passes)
}

// mayChange refuses what must never be touched.
func (r *Region) mayChange(s *stack, w Wanted) error {
	cluster, isUser, ok := s.cluster()
	if !r.owns(s) || !ok || isUser || cluster != w.Cluster {
		return r.foreign(s)
	}
	gone := spent(s.StackStatus) || StateOf(string(s.StackStatus)) == Destroying
	if !gone && s.parameter(parameterPublic) != "" && s.public() != w.IsPublic {
		return fmt.Errorf("%w: it is %t, and %t was asked for", ErrFixed, s.public(), w.IsPublic)
	}
	if has := s.zones(); !gone && len(has) > 0 && len(w.Zones) > 0 && !slices.Equal(has, w.Zones) { // the first has the first addresses
		return fmt.Errorf("%w: they are %s, in this order, and %s was asked for", ErrZones, strings.Join(has, ", "), strings.Join(w.Zones, ", "))
	}
	return nil
}

func (r *Region) foreign(s *stack) error {
	other := s.tag(tagManagedBy)
	switch other {
	case "":
		return fmt.Errorf("%w: %s has no tag %s", ErrExists, s.name(), tagManagedBy)
	case r.options.Installation:
		return fmt.Errorf("%w: %s says that it is no cluster of that name", ErrExists, s.name())
	}
	return fmt.Errorf("%w: %s is the installation %s's", ErrExists, s.name(), other)
}

func busy(s *stack, wait bool) error {
	if s.StackStatus == types.StackStatusReviewInProgress {
		return fmt.Errorf("%w: %s is REVIEW_IN_PROGRESS, a change set that somebody must execute or delete", ErrBusy, s.name())
	}
	if !wait {
		return fmt.Errorf("%w: %s is %s", ErrBusy, s.name(), s.StackStatus)
	}
	return nil
}

// clear deletes what is left of a stack that failed, and waits until it is gone: nothing can be made in its place
// before. It keeps its end meanwhile.
func (r *Region) clear(ctx context.Context, s *stack) error {
	return failed("deleting what is left of the stack "+s.name(), r.deleteAndWait(ctx, s))
}

// underWay reports whether what CloudFormation is doing comes to what is wanted: a run that was killed began it.
func (r *Region) underWay(ctx context.Context, s *stack, w Wanted) (bool, error) {
	want := w.target()
	switch s.StackStatus {
	case types.StackStatusCreateInProgress:
		sameZones := len(w.Zones) == 0 || slices.Equal(s.zones(), w.Zones) // the region's own are not told yet
		return sameZones && s.target() == want, nil
	case types.StackStatusUpdateInProgress, types.StackStatusUpdateCompleteCleanupInProgress:
		// The parameters may be those before the update: only its events say what it is going to.
		to, ours, err := r.goalOf(ctx, s)
		return ours && to.digest == want.digest(), err
	}
	return false, nil
}

// join gives an operation under way its new end, and waits for it.
func (r *Region) join(ctx context.Context, f *Foundation, s *stack, w Wanted, wait bool) (*Cluster, error) {
	end, err := r.renewEnd(ctx, f, s, w)
	if err != nil {
		return nil, err
	}
	action := Resized
	if s.StackStatus == types.StackStatusCreateInProgress {
		action = Created
	}
	return r.finish(ctx, s, action, end, wait, func(ctx context.Context) (*stack, error) {
		return r.until(ctx, s, func(s *stack) bool { return s == nil || !moving(s.StackStatus) || wentWrong(s.StackStatus) })
	})
}

// renewEnd sets the end of a cluster that is there.
func (r *Region) renewEnd(ctx context.Context, f *Foundation, s *stack, w Wanted) (time.Time, error) {
	rates, err := r.rates(w)
	if err != nil && w.Budget != nil {
		return time.Time{}, err
	}
	end, err := r.endOf(ctx, w.Cluster, w.budget(), rates, w.MaxNodes, w.TimeToLive, false)
	if err != nil {
		return time.Time{}, err
	}
	return end, failed("scheduling the end of the cluster "+w.Cluster, r.setEnd(ctx, f, s.name(), end))
}

// finish describes a cluster at the end of an operation, after waiting for it if asked to.
func (r *Region) finish(ctx context.Context, s *stack, action Action, end time.Time, wait bool, up func(context.Context) (*stack, error)) (*Cluster, error) {
	last := s
	var problem error
	if wait {
		last, problem = up(ctx)
		switch {
		case problem != nil:
		case last == nil:
			return nil, fmt.Errorf("%w on the stack %s: it was deleted meanwhile", ErrFailed, s.name())
		case wentWrong(last.StackStatus):
			return nil, r.failure(ctx, last)
		}
	}
	c, err := r.describe(ctx, last, &end)
	if err != nil { // the cluster is well: only our look at it failed
		c = r.outline(last)
		c.ExpiresAt = end
		problem = errors.Join(problem, fmt.Errorf("%w: looking at the cluster: %w", ErrInterrupted, err))
	}
	c.Action = action
	if problem != nil {
		c.Problem = failed("waiting for the cluster "+c.Name, problem)
	}
	return c, nil
}

// target is what the stack of a cluster is to come to.
func (w Wanted) target() target {
	return target{size: size{w.NodeCapacity, w.MinNodes, w.MaxNodes}, shape: shape(w)}
}

// target is what a stack was made or last changed to.
func (s *stack) target() target {
	return target{size: size{s.number(parameterCapacity), s.number(parameterMin), s.number(parameterMax)}, shape: s.tag(tagShape)}
}
