package notebook

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/data-access/terraform-provider-provisioner/internal/await"
	"github.com/data-access/terraform-provider-provisioner/internal/notebook/google"
)

// unseen is how long a notebook may look as before after Google said that an operation is done: not every reader of
// Google's sees it at once.
const unseen = 20 * time.Second

// shortCalls is how long a call may take that is not cut off.
const shortCalls = time.Minute

// unhurried lets short calls end although somebody pressed Ctrl-C: their half is worse than their whole.
func unhurried(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(ctx), shortCalls)
}

// begin makes the call that begins an operation. What is sent is not cut off, for then nobody would know whether it
// was done; but nothing is sent, or sent again, for a caller who left. again says how it may be repeated.
func (f *Fleet) begin(ctx context.Context, again repeater, call func(ctx context.Context, request string) (operation string, err error)) (operation string, err error) {
	if ctx.Err() != nil {
		return "", interrupted(ctx.Err())
	}
	request := f.request()
	err = again(ctx, func(context.Context) (err error) {
		whole, done := unhurried(ctx)
		defer done()
		operation, err = call(whole, request)
		return err
	})
	return operation, err
}

// repeater repeats a call as far as that does no harm.
type repeater func(context.Context, func(context.Context) error) error

// finish waits for an operation. It fails with a [*google.OperationError] when Google says so, and with
// google.ErrInterrupted when the wait ended on our side. An operation that may not be looked at, or that Google forgot,
// is no failure: the notebook itself tells how it ended.
func (f *Fleet) finish(ctx context.Context, p product, operation string) error {
	if operation == "" {
		return nil
	}
	err := p.finish(ctx, operation)
	var failed *google.OperationError
	switch {
	case err == nil, errors.As(err, &failed):
		return err
	case ctx.Err() == nil && google.Refused(err):
		return nil
	}
	return interrupted(err)
}

// interrupted: the wait ended on our side, by Ctrl-C, a time-out or a lost line.
func interrupted(err error) error {
	if errors.Is(err, google.ErrInterrupted) {
		return err
	}
	return fmt.Errorf("%w (%w)", google.ErrInterrupted, err)
}

// watch looks at a notebook until done says so. It fails with google.ErrGone when it vanished, and with
// google.ErrInterrupted when the wait ended on our side.
func (f *Fleet) watch(ctx context.Context, p product, id string, done func(n *Notebook, waited time.Duration) (bool, error)) (seen *Notebook, err error) {
	begun := f.cloud.Clock.Now()
	err = await.Until(ctx, f.cloud.Clock, await.Patient, func(ctx context.Context) (bool, error) {
		n, err := f.fresh(ctx, p, id)
		waited := f.cloud.Clock.Now().Sub(begun)
		switch {
		case google.IsGone(err) && waited < unseen:
			return false, nil
		case google.IsGone(err), err != nil && google.Refused(err):
			return false, err
		case err != nil:
			return false, interrupted(err)
		}
		seen = n
		return done(n, waited)
	})
	if err != nil && ctx.Err() != nil {
		err = interrupted(err)
	}
	return seen, err
}

// up waits until a notebook runs. One that comes to rest instead fails with [ErrDown] at once, not at the time-out.
func (f *Fleet) up(ctx context.Context, p product, id string) (*Notebook, error) {
	return f.watch(ctx, p, id, func(n *Notebook, waited time.Duration) (bool, error) {
		switch {
		case n.State == Active:
			return true, nil
		case n.leaving():
			return false, fmt.Errorf("%w: somebody deletes it", google.ErrGone)
		case n.State == orphaned:
			return false, ErrOrphaned
		case n.Resting() && waited >= unseen:
			return false, fmt.Errorf("%w: Google says %s", ErrDown, n.State)
		}
		return false, nil
	})
}

// down waits until a notebook is at rest.
func (f *Fleet) down(ctx context.Context, p product, id string) (*Notebook, error) {
	return f.watch(ctx, p, id, func(n *Notebook, waited time.Duration) (bool, error) {
		switch {
		case n.leaving():
			return false, fmt.Errorf("%w: somebody deletes it", google.ErrGone)
		case n.State == Active && waited >= unseen:
			return false, fmt.Errorf("the notebook did not stop: Google says %s", n.State)
		}
		return n.Resting() || n.State == orphaned, nil
	})
}

// settle waits until a notebook is in a state that it stays in by itself.
func (f *Fleet) settle(ctx context.Context, p product, n *Notebook) (*Notebook, error) {
	if n.Settled() {
		return n, nil
	}
	return f.watch(ctx, p, n.ID, func(n *Notebook, _ time.Duration) (bool, error) {
		if n.leaving() {
			return false, fmt.Errorf("%w: somebody deletes it", google.ErrGone)
		}
		return n.Settled(), nil
	})
}

// start brings a notebook up.
func (f *Fleet) start(ctx context.Context, p product, n *Notebook) (*Notebook, error) {
	return f.turnTo(ctx, p, n, p.start, (*Notebook).running, f.up)
}

// stop brings a notebook to rest.
func (f *Fleet) stop(ctx context.Context, p product, n *Notebook) (*Notebook, error) {
	return f.turnTo(ctx, p, n, p.stop, (*Notebook).Resting, f.down)
}

// running: it is up.
func (n *Notebook) running() bool { return n.State == Active }

// turnTo begins a change of state and waits for it. A call that failed is no failure when the notebook is there, or on
// its way: somebody else may have begun it, or the answer was lost.
func (f *Fleet) turnTo(ctx context.Context, p product, n *Notebook,
	call func(ctx context.Context, id, request string) (string, error), there func(*Notebook) bool,
	wait func(context.Context, product, string) (*Notebook, error),
) (*Notebook, error) {
	n, err := f.settle(ctx, p, n)
	if err != nil || there(n) {
		return n, err
	}
	operation, err := f.begin(ctx, f.cloud.Repeat, func(ctx context.Context, request string) (string, error) { return call(ctx, n.ID, request) })
	if err != nil {
		now, lookErr := f.seen(ctx, p, n.ID)
		if lookErr != nil || (!there(now) && now.Settled()) {
			return n, err
		}
		n = now
	}
	if err := f.finish(ctx, p, operation); err != nil {
		return n, err
	}
	return wait(ctx, p, n.ID)
}

// seen looks at a notebook although the caller may have left.
func (f *Fleet) seen(ctx context.Context, p product, id string) (*Notebook, error) {
	ctx, done := unhurried(ctx)
	defer done()
	return f.fresh(ctx, p, id)
}

// remove deletes a notebook and waits until it is gone.
func (f *Fleet) remove(ctx context.Context, p product, n *Notebook) error {
	id := n.ID
	if !n.leaving() {
		operation, err := f.begin(ctx, f.cloud.Repeat, func(ctx context.Context, request string) (string, error) { return p.remove(ctx, id, request) })
		if err != nil && !google.IsGone(err) && !f.isLeaving(ctx, p, id) {
			return err
		}
		var failed *google.OperationError
		if err := f.finish(ctx, p, operation); errors.As(err, &failed) {
			if !f.isLeaving(ctx, p, id) { // somebody else may have deleted it meanwhile
				return err
			}
		} else if err != nil {
			return err
		}
	}
	return f.gone(ctx, p, id)
}

// isLeaving: it is being deleted, or deleted.
func (f *Fleet) isLeaving(ctx context.Context, p product, id string) bool {
	n, err := f.seen(ctx, p, id)
	return google.IsGone(err) || (err == nil && n.leaving())
}

// gone waits until a notebook that is being deleted is no more.
func (f *Fleet) gone(ctx context.Context, p product, id string) error {
	err := await.Until(ctx, f.cloud.Clock, await.Patient, func(ctx context.Context) (bool, error) {
		_, err := f.fresh(ctx, p, id)
		if google.IsGone(err) {
			return true, nil
		}
		return false, err
	})
	if err != nil && !google.Refused(err) {
		return interrupted(err)
	}
	return err
}
