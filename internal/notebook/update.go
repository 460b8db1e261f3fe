package notebook

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/data-access/terraform-provider-provisioner/internal/notebook/google"
	"github.com/data-access/terraform-provider-provisioner/internal/person"
	"github.com/data-access/terraform-provider-provisioner/internal/step"
)

// Update brings a notebook from one configuration to the next, patching only what differs from what Google has; keys
// of maps that before had and after has not are removed. A notebook at rest stays at rest, and one that must be at rest
// for a change is brought back to where it was, unless after says otherwise. It fails with [ErrTaken] when the notebook
// became somebody else's; one without anybody's labels was imported, and gets ours.
//
// Where all changes are made and only the wait for the notebook to come up or to rest was cut short, [Notebook.Problem]
// tells. Every other failure is an error, so that what was not done stays planned.
func (f *Fleet) Update(ctx context.Context, id string, before, after Wanted) (*Notebook, error) {
	doing := "changing the notebook " + after.Name
	p, err := f.product(after.Environment)
	if err != nil {
		return nil, google.Failed(doing, after.Person, err)
	}
	defer f.run.Turn(id)()
	n, err := f.update(ctx, p, id, before, after)
	if err != nil {
		return nil, google.Failed(doing, after.Person, err)
	}
	f.run.Keep(id)
	return n, nil
}

func (f *Fleet) update(ctx context.Context, p product, id string, before, after Wanted) (*Notebook, error) {
	n, err := f.fresh(ctx, p, id)
	if err == nil && n.leaving() {
		err = fmt.Errorf("%w: %s is being deleted", google.ErrGone, id)
	}
	if err != nil {
		return nil, google.Failed("reading the notebook "+id, after.Person, err)
	}
	if err := f.taken("changing the notebook "+after.Name, n, after.Person); err != nil {
		return nil, err
	}
	if n.halfMade() { // an apply was cut short
		n, err = f.finished(ctx, p, n, after)
		if err != nil || n.Problem != nil {
			return n, err
		}
	}
	edits := p.edits(n, before, after)
	if len(edits) == 0 {
		return f.desired(ctx, p, n, after), nil
	}
	if n, err = f.settle(ctx, p, n); err != nil {
		return nil, google.Failed("waiting for the notebook "+after.Name, after.Person, err)
	}
	problem, err := f.change(ctx, p, n, edits, after)
	if err != nil {
		return nil, err
	}
	if n, err = f.seen(ctx, p, id); err != nil {
		return nil, google.Failed("reading the notebook "+id, after.Person, err)
	}
	if err := kept(n, before, after); err != nil {
		return nil, err
	}
	n.Problem = problem
	if problem != nil {
		return n.with(after), nil
	}
	return f.desired(ctx, p, n, after), nil
}

// finished waits for a notebook that an earlier run began to make.
func (f *Fleet) finished(ctx context.Context, p product, n *Notebook, w Wanted) (*Notebook, error) {
	operation, failed := f.creation(ctx, p, n)
	if failed {
		return nil, &step.Error{
			Step: "waiting for the notebook " + w.Name, Person: w.Person, Err: fmt.Errorf("%w: its creation failed: %s", ErrDown, n.ID),
			Remedy: "Replace it: terraform apply -replace=ADDRESS",
		}
	}
	return f.complete(ctx, p, w, operation)
}

// change makes all edits. Those that need rest come last, together, so that a running notebook is stopped once; it is
// started again even when one of them failed. problem says why the notebook did not come up again.
func (f *Fleet) change(ctx context.Context, p product, n *Notebook, edits []edit, w Wanted) (problem, err error) {
	var live, rest []edit
	for _, e := range edits {
		if e.rest {
			rest = append(rest, e)
		} else {
			live = append(live, e)
		}
	}
	if err := f.apply(ctx, p, live, w); err != nil || len(rest) == 0 {
		return nil, err
	}
	if n.Resting() {
		return nil, f.apply(ctx, p, rest, w)
	}
	atRest, err := f.stop(ctx, p, n)
	if err != nil {
		if errors.Is(err, google.ErrInterrupted) && w.DesiredState != Stopped {
			err = errors.Join(err, notInterrupted(f.restart(ctx, p, n)))
		}
		return nil, google.Failed("stopping the notebook "+w.Name+" to change it", w.Person, err)
	}
	failed := f.apply(ctx, p, rest, w)
	if w.DesiredState == Stopped {
		return nil, failed
	}
	problem = google.Failed("starting the notebook "+w.Name+" again", w.Person, f.restart(ctx, p, atRest))
	if failed != nil {
		return nil, errors.Join(failed, problem)
	}
	return problem, nil
}

// restart brings a notebook up again that we stopped. It ran before, and its person may be waiting for it: so this goes
// on for a while although the caller left, until the start is begun.
func (f *Fleet) restart(ctx context.Context, p product, n *Notebook) error {
	if ctx.Err() == nil {
		_, err := f.start(ctx, p, n)
		return err
	}
	patient, done := context.WithTimeout(context.WithoutCancel(ctx), restarting)
	defer done()
	now, err := f.fresh(patient, p, n.ID)
	if err == nil {
		now, err = f.settle(patient, p, now)
	}
	if err != nil {
		return err
	}
	if !now.running() {
		if _, err := f.begin(patient, f.cloud.Repeat, func(ctx context.Context, request string) (string, error) { return p.start(ctx, n.ID, request) }); err != nil {
			return err
		}
	}
	return interrupted(ctx.Err())
}

// restarting is how long a caller who left is kept for that: longer than a notebook takes to stop.
const restarting = 3 * time.Minute

// notInterrupted leaves out that the caller left, which was said.
func notInterrupted(err error) error {
	if errors.Is(err, google.ErrInterrupted) {
		return nil
	}
	return err
}

// taken: it bears another's labels.
func (f *Fleet) taken(doing string, n *Notebook, who person.Person) error {
	by := n.Labels[google.LabelManagedBy]
	if by == "" || f.cloud.Ours(n.Labels, who) {
		return nil
	}
	return &step.Error{
		Step: doing, Person: who,
		Err:    fmt.Errorf("%w: %s is managed by the installation %q for %q", ErrTaken, n.ID, by, n.Labels[google.LabelOwner]),
		Remedy: "Remove it from this state, or take the labels " + google.LabelManagedBy + " and " + google.LabelOwner + " off it",
	}
}

// kept: Google still has what was to be removed. A key without a value counts as gone.
func kept(n *Notebook, before, after Wanted) error {
	var still []string
	for _, pair := range []struct {
		what              string
		is, before, after map[string]string
	}{
		{"label", n.Labels, before.Labels, after.Labels},
		{"metadata key", n.Metadata, before.Metadata, after.Metadata},
	} {
		for _, key := range dropped(pair.before, pair.after) {
			if value := pair.is[key]; value != "" && !isFrozen(key, n.Identity) {
				still = append(still, fmt.Sprintf("%s %q (%q)", pair.what, key, value))
			}
		}
	}
	if len(still) == 0 {
		return nil
	}
	return &step.Error{
		Step: "changing the notebook " + after.Name, Person: after.Person, Err: fmt.Errorf("%w: %s", ErrKept, strings.Join(still, ", ")),
		Remedy: "Remove it in the Cloud console, or declare it again",
	}
}

// dropped are the keys that before had and after has not, in order.
func dropped(before, after map[string]string) (keys []string) {
	for key := range before {
		if _, stays := after[key]; !stays {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	return keys
}
