package notebook

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/data-access/terraform-provider-provisioner/internal/await"
	"github.com/data-access/terraform-provider-provisioner/internal/notebook/google"
	"github.com/data-access/terraform-provider-provisioner/internal/step"
)

// held is how a name is waited for that Google says is in use by what is not to be seen: a deletion ends a while after
// its notebook is out of sight. About eight minutes in all.
var held = await.Backoff{Attempts: 20, First: 2 * time.Second, Max: 30 * time.Second}

// errHeld says that a name is in use, and by nothing that could be looked at.
var errHeld = errors.New("the name is in use by a notebook that cannot be seen, such as one that is being deleted")

// make creates a notebook and waits until it is up.
func (f *Fleet) make(ctx context.Context, p product, w Wanted) (made *Notebook, err error) {
	again := func(err error) await.Verdict { return await.Verdict{Again: errors.Is(err, errHeld)} }
	err = await.Retry(ctx, f.cloud.Clock, held, again, func(ctx context.Context) (err error) {
		made, err = f.makeOnce(ctx, p, w)
		return err
	})
	return made, err
}

func (f *Fleet) makeOnce(ctx context.Context, p product, w Wanted) (*Notebook, error) {
	operation, err := f.begin(ctx, f.creating(w.Environment), func(ctx context.Context, request string) (string, error) { return p.create(ctx, w, request) })
	if err != nil {
		return f.doubt(ctx, p, w, err)
	}
	return f.complete(ctx, p, w, operation)
}

// creating is how a create may be repeated: where the request carries an id, doing it twice comes to the same.
func (f *Fleet) creating(environment Environment) repeater {
	if environment == DataprocHub {
		return f.cloud.Once
	}
	return f.cloud.Repeat
}

// doubt looks what became of a create that brought no operation.
func (f *Fleet) doubt(ctx context.Context, p product, w Wanted, err error) (*Notebook, error) {
	doing := "creating the notebook " + w.Name
	sent := !errors.Is(err, google.ErrInterrupted)
	if !sent || (google.Refused(err) && !google.IsTaken(err)) || google.NotNow(err) { // not begun
		return nil, google.Failed(doing, w.Person, err)
	}
	found, lookErr := f.appeared(ctx, p, w.id())
	switch {
	case google.IsGone(lookErr) && google.IsTaken(err):
		return nil, google.Failed(doing, w.Person, fmt.Errorf("%w (%w)", errHeld, err))
	case lookErr != nil:
		return nil, google.Failed(doing, w.Person, err)
	}
	n, resumeErr := f.resume(ctx, p, found, w)
	if resumeErr == nil && !google.IsTaken(err) { // the answer was lost, and the notebook is what it would have told
		n.Outcome = outcomeOf(n.Outcome, Created)
	}
	return n, resumeErr
}

// outcomeOf: what failed stays failed.
func outcomeOf(now, better Outcome) Outcome {
	if now == Failed {
		return now
	}
	return better
}

// appeared looks for what may be there in a moment, for as long as the caller waits.
func (f *Fleet) appeared(ctx context.Context, p product, id string) (*Notebook, error) {
	n, err := f.seen(ctx, p, id)
	if !google.IsGone(err) {
		return n, err
	}
	begun := f.cloud.Clock.Now()
	_ = await.Until(ctx, f.cloud.Clock, await.Patient, func(context.Context) (bool, error) {
		n, err = f.seen(ctx, p, id)
		return !google.IsGone(err) || f.cloud.Clock.Now().Sub(begun) > unseen, nil
	})
	return n, err
}

// complete waits until a notebook that Google makes is up, and brings it to the state that is wanted.
func (f *Fleet) complete(ctx context.Context, p product, w Wanted, operation string) (*Notebook, error) {
	err := f.finish(ctx, p, operation)
	var failed *google.OperationError
	if errors.As(err, &failed) {
		return f.cleanUp(ctx, p, w, err, failed.Code == codeAlreadyExists)
	}
	var n *Notebook
	if err == nil {
		n, err = f.up(ctx, p, w.id())
	}
	if google.IsGone(err) || (err != nil && google.Refused(err)) {
		return nil, google.Failed("waiting for the notebook "+w.Name, w.Person, err)
	}
	if err != nil {
		n = f.known(ctx, p, w)
		n.Outcome = Created
		if !errors.Is(err, google.ErrInterrupted) {
			n.Outcome = Failed
		}
		n.Problem = google.Failed("waiting for the notebook "+w.Name, w.Person, err)
		return n, nil
	}
	n.Outcome = Created
	return f.desired(ctx, p, n, w), nil
}

// known is what can be said of a notebook that Google makes when the wait for it was cut short.
func (f *Fleet) known(ctx context.Context, p product, w Wanted) *Notebook {
	n, err := f.seen(ctx, p, w.id())
	if err != nil {
		n = &Notebook{
			ID: w.id(), Environment: w.Environment, Project: w.Project, Location: w.Location, Name: w.Name, State: provisioning,
			Identity: w.Identity, MachineType: w.MachineType, Labels: f.cloud.Mark(w.Labels, w.Person), IdleShutdown: w.IdleShutdown,
		}
	}
	return n.with(w)
}

// desired brings a notebook that was just made or found to the state that is wanted, if any. It is there in any case.
func (f *Fleet) desired(ctx context.Context, p product, n *Notebook, w Wanted) *Notebook {
	now, err := f.inState(ctx, p, n, w.DesiredState)
	if now == nil {
		now = n
	}
	now.Outcome, now.Problem = n.Outcome, n.Problem
	if err != nil && now.Problem == nil {
		now.Problem = google.Failed("bringing the notebook "+w.Name+" to "+w.DesiredState, w.Person, err)
	}
	return now.with(w)
}

// inState starts or stops a notebook that is not as desired; "" leaves it alone.
func (f *Fleet) inState(ctx context.Context, p product, n *Notebook, desired string) (*Notebook, error) {
	switch {
	case desired == Active && !n.running():
		return f.start(ctx, p, n)
	case desired == Stopped && !n.Resting():
		return f.stop(ctx, p, n)
	}
	return n, nil
}

// cleanUp deletes what a failed creation left behind, so that nothing is there that nobody knows of. another says that
// it failed because another creation came first, maybe of a run of our own.
func (f *Fleet) cleanUp(ctx context.Context, p product, w Wanted, failed error, another bool) (*Notebook, error) {
	doing, id := "creating the notebook "+w.Name, w.id()
	left, err := f.seen(ctx, p, id)
	switch {
	case google.IsGone(err):
		return nil, google.Failed(doing, w.Person, failed)
	case err == nil && another:
		return f.resume(ctx, p, left, w)
	case err == nil && !f.cloud.Ours(left.Labels, w.Person):
		return nil, google.Failed(doing, w.Person, failed)
	case err == nil:
		err = f.remove(ctx, p, left)
	}
	if err == nil {
		return nil, google.Failed(doing, w.Person, failed)
	}
	return nil, &step.Error{
		Step: doing, Person: w.Person, Err: errors.Join(failed, err),
		Words:  fmt.Sprintf("%v; what it left behind, %s, could not be deleted: %v", failed, id, err),
		Remedy: "Apply again: that is deleted first. Or delete it by hand",
	}
}
