package sliderule

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/access"
	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/naming"
)

// Destroy deletes a cluster: its persons' stacks first, which live in its network, then its own. The schedules go when
// the stack is gone, and not before: until then they are what ends it should we fail.
//
// A cluster that is not there is [ErrGone]; what may be left of its schedules is taken away then. With wait false its
// own deletion has begun when this returns, and the schedules stay: they fire harmlessly.
func (r *Region) Destroy(ctx context.Context, cluster string, wait bool) error {
	doing := "destroying the cluster " + cluster
	if err := r.allow(access.Request{Function: access.Destroy, Cluster: cluster}); err != nil {
		return failed(doing, err)
	}
	name := naming.ClusterStack(cluster)
	done, err := r.turn(ctx, name)
	if err != nil {
		return failed(doing, err)
	}
	defer done()
	defer r.forget(name, naming.Group(cluster))
	defer r.remains.forget()
	return failed(doing, r.destroy(ctx, cluster, wait))
}

func (r *Region) destroy(ctx context.Context, cluster string, wait bool) error {
	name := naming.ClusterStack(cluster)
	f, err := r.foundation(ctx)
	if err != nil && !isMissing(err) { // without a foundation there are no schedules either
		return err
	}
	s, err := r.find(ctx, name)
	if err != nil {
		return err
	}
	if s == nil {
		if err := r.dropEndOf(ctx, f, name); err != nil {
			return err
		}
		return fmt.Errorf("%w: there is no stack %s", ErrGone, name)
	}
	if !r.ownsCluster(s, cluster) {
		return r.foreign(s)
	}
	if err := r.destroyPersons(ctx, f, cluster); err != nil {
		return err
	}
	if !wait {
		if err := r.untilDeletable(ctx, s, false); err != nil {
			return err
		}
		return r.deleteStack(ctx, s)
	}
	if err := r.deleteAndWait(ctx, s); err != nil {
		return err
	}
	return r.dropEndOf(ctx, f, name)
}

func (r *Region) dropEndOf(ctx context.Context, f *Foundation, stackName string) error {
	if f == nil {
		return nil
	}
	return failed("taking away the schedules of the stack "+stackName, r.withdrawEnd(ctx, f, stackName))
}

// destroyPersons deletes the stacks of people's own nodes on a cluster, all at once, and waits until they are gone.
func (r *Region) destroyPersons(ctx context.Context, f *Foundation, cluster string) error {
	persons, err := r.personsOf(ctx, cluster)
	if err != nil {
		return err
	}
	for _, s := range persons {
		if !r.owns(s) {
			return fmt.Errorf("%w, and it needs this cluster's network", r.foreign(s))
		}
	}
	results := make(chan error, len(persons))
	for _, s := range persons {
		go func() {
			err := r.deleteAndWait(ctx, s)
			if err == nil {
				err = r.dropEndOf(ctx, f, s.name())
			}
			results <- failed("deleting the stack "+s.name(), err)
		}()
	}
	var problems []error
	for range persons {
		problems = append(problems, <-results)
	}
	return first(problems)
}

// first is one of several errors: they mostly say the same.
func first(errs []error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// personsOf are the stacks of people's own nodes on exactly this cluster.
func (r *Region) personsOf(ctx context.Context, cluster string) (persons []*stack, err error) {
	all, err := r.all(ctx)
	if err != nil {
		return nil, failed("looking for nodes of persons on the cluster "+cluster, err)
	}
	for _, s := range all {
		if of, isUser, ok := s.cluster(); ok && isUser && of == cluster {
			persons = append(persons, s)
		}
	}
	slices.SortFunc(persons, func(a, b *stack) int { return strings.Compare(a.name(), b.name()) })
	return persons, nil
}

const (
	deleteAttempts = 3                // a network interface that is slow to go holds a network once, not thrice
	deletePause    = 30 * time.Second // between two
)

// deleteAndWait deletes a stack until it is gone. What CloudFormation could not delete is tried again; then the error
// names the resource that held it.
func (r *Region) deleteAndWait(ctx context.Context, s *stack) error {
	if err := r.untilDeletable(ctx, s, true); err != nil {
		return err
	}
	for attempt := 1; ; attempt++ {
		if err := r.deleteStack(ctx, s); err != nil {
			return err
		}
		last, err := r.gone(ctx, s)
		if err != nil {
			return err
		}
		if last == nil {
			return nil
		}
		if attempt == deleteAttempts {
			return r.failure(ctx, last)
		}
		if err := r.options.Clock.Sleep(ctx, deletePause); err != nil {
			return errors.Join(ErrInterrupted, err)
		}
	}
}

// untilDeletable waits for an update to end, which AWS does not let anybody delete.
func (r *Region) untilDeletable(ctx context.Context, s *stack, wait bool) error {
	updating := func(s *stack) bool {
		return s != nil && strings.HasPrefix(string(s.StackStatus), "UPDATE") && moving(s.StackStatus)
	}
	if !updating(s) {
		return nil
	}
	if !wait {
		return fmt.Errorf("%w: %s is %s, and can be deleted when that has ended", ErrBusy, s.name(), s.StackStatus)
	}
	_, err := r.until(ctx, s, func(s *stack) bool { return !updating(s) })
	return err
}

// ownsCluster reports whether a stack is this installation's, and this very cluster's.
func (r *Region) ownsCluster(s *stack, cluster string) bool {
	of, isUser, ok := s.cluster()
	return r.owns(s) && ok && !isUser && of == cluster
}
