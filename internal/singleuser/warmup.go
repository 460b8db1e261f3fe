package singleuser

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/databricks/databricks-sdk-go/apierr"
	"github.com/databricks/databricks-sdk-go/service/compute"

	"github.com/data-access/terraform-provider-provisioner/internal/await"
)

const (
	stopTimeout = time.Minute      // for asking a cluster to stop, which must happen even when everything else was cancelled
	staleAfter  = 30 * time.Second // how long a reading may lag behind a call
)

// definite marks a failure that the vendor told: waiting longer would not help.
type definite struct{ error }

func (d definite) Unwrap() error { return d.error }

func definitely(format string, args ...any) error { return definite{fmt.Errorf(format, args...)} }

// warmth classifies how a warm-up ended. What is neither the vendor's word about the cluster nor a refusal is a wait
// that ended on our side.
func warmth(err error) WarmUp {
	var told definite
	switch {
	case err == nil:
		return Succeeded
	case errors.As(err, &told), refused(err):
		return WarmUpFailed
	}
	return Interrupted
}

// warmUp starts a cluster that is at rest, waits until every wanted library is installed, and stops it again: always,
// even when it was cancelled. A cluster that a person is running is left running.
func (f *Fleet) warmUp(ctx context.Context, c *Cluster, wanted []library, ours bool) (err error) {
	defer func() {
		if ours {
			err = errors.Join(err, f.stop(ctx, c))
		}
	}()
	if err := f.install(ctx, c.ID, missing(wanted, c.statuses)); err != nil {
		return fmt.Errorf("installing the libraries: %w", err)
	}
	if c.Resting() {
		if ours, err = f.start(ctx, c); err != nil {
			return fmt.Errorf("starting the cluster: %w", err)
		}
	}
	return f.waitWarm(ctx, c, wanted)
}

// stuck marks a cluster that could not be stopped.
type stuck struct{ error }

func (s stuck) Unwrap() error { return s.error }

// unstopped is the part of a warm-up's error that leaves a cluster running.
func unstopped(err error) error {
	var s stuck
	if errors.As(err, &s) {
		return s
	}
	return nil
}

// waitWarm ends as soon as the outcome is certain, good or bad: the vendor's own waits look at libraries only, and sit
// out their full time when the cluster has died.
func (f *Fleet) waitWarm(ctx context.Context, c *Cluster, wanted []library) error {
	var running time.Time
	seen := map[string]bool{}
	return await.Until(ctx, f.clock, await.Patient, func(ctx context.Context) (bool, error) {
		if err := f.refresh(ctx, c); err != nil {
			if IsGone(err) {
				return false, definite{err}
			}
			return false, err
		}
		if state := compute.State(c.State); atRest(state) || state == compute.StateUnknown {
			return false, definitely("the cluster went to %s: %s", c.State, c.Reason)
		}
		if compute.State(c.State) != compute.StateRunning {
			return false, nil
		}
		if running.IsZero() {
			running = f.clock.Now()
		}
		if len(wanted) == 0 {
			return true, nil
		}
		statuses, err := f.getLibraries(ctx, c.ID)
		if err != nil {
			return false, err
		}
		c.setLibraries(statuses)
		return f.allReady(attachedLibraries(statuses), wanted, seen, f.clock.Now().Sub(running))
	})
}

// allReady judges one look at the libraries. One that was never seen may still be on its way; one that was seen and is
// gone is not coming back.
func (f *Fleet) allReady(have map[string]libraryStatus, wanted []library, seen map[string]bool, running time.Duration) (bool, error) {
	done := true
	for _, l := range wanted {
		status, there := have[l.key]
		switch {
		case !there && (seen[l.key] || running > staleAfter):
			return false, definitely("the library %s is no longer on the cluster", l.name)
		case status.Status == compute.LibraryInstallStatusFailed:
			return false, definitely("the library %s failed: %s", l.name, strings.Join(status.Messages, "; "))
		}
		seen[l.key] = seen[l.key] || there
		done = done && there && ready(status.Status)
	}
	return done, nil
}

// refresh reads a cluster directly into c.
func (f *Fleet) refresh(ctx context.Context, c *Cluster) error {
	found, err := f.getCluster(ctx, c.ID)
	if err != nil {
		return err
	}
	fresh := f.describe(found, c.statuses, c.Entries)
	fresh.Outcome, fresh.WarmUp, fresh.Problem = c.Outcome, c.WarmUp, c.Problem
	*c = *fresh
	return nil
}

func (c *Cluster) setLibraries(statuses []libraryStatus) {
	c.statuses, c.Libraries = statuses, librariesOf(statuses)
}

// attach notes libraries that were attached to a cluster at rest: they wait for its next start.
func (c *Cluster) attach(libraries []library) {
	statuses := slices.Clone(c.statuses)
	for _, l := range libraries {
		statuses = append(statuses, libraryStatus{Library: l, Status: compute.LibraryInstallStatusPending})
	}
	c.setLibraries(statuses)
}

// start brings a cluster up and returns when that shows: a reading of the rest before the start is no failure. ours says
// that it runs because of us, and not because its person was quicker.
func (f *Fleet) start(ctx context.Context, c *Cluster) (ours bool, err error) {
	if compute.State(c.State) == compute.StateTerminating {
		if err := f.waitFor(ctx, c, compute.StateTerminated); err != nil {
			return false, err
		}
	}
	rested := c.details.TerminatedTime
	attempts := 0
	err = f.retry(ctx, func(ctx context.Context) error {
		attempts++
		_, err := f.api.Clusters.Start(ctx, compute.StartCluster{ClusterId: c.ID})
		return err
	})
	starting := errors.Is(err, apierr.ErrInvalidState) // already: by our own call whose answer was lost, or by its person
	if err != nil && !starting {
		return attempts > 1, asGone(err)
	}
	ours = !starting || attempts > 1
	f.forget(c.ID)
	asked := f.clock.Now()
	return ours, await.Until(ctx, f.clock, await.Patient, func(ctx context.Context) (bool, error) {
		if err := f.refresh(ctx, c); err != nil {
			return false, err
		}
		stale := compute.State(c.State) == compute.StateTerminated && c.details.TerminatedTime == rested
		return !stale || f.clock.Now().Sub(asked) > staleAfter, nil
	})
}

// stop asks a cluster to stop and waits for it. The asking is done even when ctx has ended; the waiting is not.
func (f *Fleet) stop(ctx context.Context, c *Cluster) error {
	if err := f.halt(ctx, c); err != nil {
		return err
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return f.waitFor(ctx, c, compute.StateTerminated)
}

// halt asks a cluster to stop.
func (f *Fleet) halt(ctx context.Context, c *Cluster) error {
	if err := f.terminate(ctx, c.ID); err != nil {
		return stuck{definitely("the cluster could not be stopped and runs on: %w", err)}
	}
	c.State = string(compute.StateTerminating)
	return nil
}

func (f *Fleet) terminate(ctx context.Context, id string) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTimeout)
	defer cancel()
	f.forget(id)
	err := asGone(f.retry(ctx, func(ctx context.Context) error { return f.api.Clusters.DeleteByClusterId(ctx, id) }))
	if IsGone(err) {
		return nil
	}
	return err
}

// waitFor waits until a cluster is in one of the states, or in ERROR, from which it does not come back.
func (f *Fleet) waitFor(ctx context.Context, c *Cluster, states ...compute.State) error {
	return await.Until(ctx, f.clock, await.Patient, func(ctx context.Context) (bool, error) {
		if err := f.refresh(ctx, c); err != nil {
			if IsGone(err) {
				return false, definite{err}
			}
			return false, err
		}
		for _, state := range append(states, compute.StateError) {
			if c.State == string(state) {
				return true, nil
			}
		}
		return false, nil
	})
}
