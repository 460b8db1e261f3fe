package notebook

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/data-access/terraform-provider-provisioner/internal/notebook/google"
	"github.com/data-access/terraform-provider-provisioner/internal/step"
)

// codeAlreadyExists is google.rpc's ALREADY_EXISTS.
const codeAlreadyExists = 6

// resume brings a notebook that was found to what is wanted. What a killed run left half-made is finished, and counts
// as created; a whole one is no action, and is not started; what a failed creation left is deleted and made again.
func (f *Fleet) resume(ctx context.Context, p product, n *Notebook, w Wanted) (*Notebook, error) {
	if n.leaving() { // whosever it was
		if err := f.gone(ctx, p, n.ID); err != nil {
			return nil, google.Failed("waiting for the deletion of the former notebook "+w.Name, w.Person, err)
		}
		return f.make(ctx, p, w)
	}
	if err := f.ofOthers(n, w); err != nil {
		return nil, err
	}
	operation, failed := f.creation(ctx, p, n)
	switch {
	case failed:
		if err := f.remove(ctx, p, n); err != nil {
			return nil, google.Failed("deleting what a failed creation left of the notebook "+w.Name, w.Person, fmt.Errorf("%s: %w", n.ID, err))
		}
		return f.make(ctx, p, w)
	case n.halfMade():
		if err := f.differs(n, w); err != nil {
			return nil, err
		}
		return f.complete(ctx, p, w, operation)
	}
	return f.found(ctx, p, n, w)
}

// found brings a whole notebook of ours to what is wanted, without disturbing whoever works with it: what would stop it
// is left to a plan that can say so.
func (f *Fleet) found(ctx context.Context, p product, n *Notebook, w Wanted) (*Notebook, error) {
	if err := f.differs(n, w); err != nil {
		return nil, err
	}
	n.Outcome = NoAction
	if n.State == orphaned {
		n.Outcome = Failed
		n.Problem = &step.Error{
			Step: "ensuring the notebook " + w.Name, Person: w.Person, Err: ErrOrphaned,
			Remedy: "Retry the upgrade or roll it back in the Cloud console; or, to give its data up, delete " + n.ID + " and apply again",
		}
		return n.with(w), nil
	}
	gentle := func(now *Notebook) []edit {
		if now.Resting() {
			return p.edits(now, Wanted{}, w)
		}
		same := w
		same.MachineType, same.Accelerator = "", nil // Google stops a notebook for these, or has it stopped
		return slices.DeleteFunc(p.edits(now, Wanted{}, same), func(e edit) bool { return e.rest })
	}
	if todo := gentle(n); len(todo) > 0 {
		n, err := f.settle(ctx, p, n)
		if err == nil {
			err = f.apply(ctx, p, gentle(n), w)
		}
		if err != nil {
			return nil, google.Failed("changing the notebook "+w.Name, w.Person, err)
		}
		if n, err = f.fresh(ctx, p, n.ID); err != nil {
			return nil, google.Failed("reading the notebook "+w.Name, w.Person, err)
		}
		n.Outcome = NoAction
		return f.desired(ctx, p, n, w), nil
	}
	return f.desired(ctx, p, n, w), nil
}

// creation finds out how a notebook that may never have been up was made: the operation that makes it still, or that
// its making failed. Only Google's own word counts: a notebook at rest looks the same, and holds somebody's work.
func (f *Fleet) creation(ctx context.Context, p product, n *Notebook) (operation string, failed bool) {
	if n.ProxyURL != "" || n.State == Active || n.State == upgrading {
		return "", false
	}
	var now google.Progress
	err := f.cloud.Ask(ctx, func(ctx context.Context) (err error) {
		operation, now, err = p.creation(ctx, n.ID)
		return err
	})
	if err != nil || operation == "" || (now.Err != nil && now.Err.Code == codeAlreadyExists) { // that one made nothing
		return "", false
	}
	return operation, now.Done && now.Err != nil
}

// ofOthers: a notebook of that name is there that is not ours, or not this person's. It is never touched.
func (f *Fleet) ofOthers(n *Notebook, w Wanted) error {
	if f.cloud.Ours(n.Labels, w.Person) {
		return nil
	}
	whose := "it bears no label of ours"
	switch by := n.Labels[google.LabelManagedBy]; {
	case by == f.cloud.Installation:
		whose = fmt.Sprintf("it is labelled as %q's", n.Labels[google.LabelOwner])
	case by != "":
		whose = fmt.Sprintf("it is managed by the installation %q", by)
	case n.Owner != "":
		whose = n.Owner + " owns it, and it bears no label of ours"
	}
	return &step.Error{
		Step: "ensuring the notebook " + w.Name, Person: w.Person, Err: fmt.Errorf("%w: %s", google.ErrExists, n.ID),
		Words:  fmt.Sprintf("%s exists already, and was not made by this installation for this person: %s", n.ID, whose),
		Remedy: "Import it, or give this one another name",
	}
}

// differs: what decides whose data is read as whom is not as wanted, and Google cannot change it. What Google does not
// tell is no news.
func (f *Fleet) differs(n *Notebook, w Wanted) error {
	var differences []string
	if n.Owner != "" && !w.Person.Is(n.Owner) {
		differences = append(differences, fmt.Sprintf("its owner is %s", n.Owner))
	}
	if n.Identity != "" && w.Identity != "" && n.Identity != w.Identity {
		differences = append(differences, fmt.Sprintf("its identity is %q where %q is wanted", n.Identity, w.Identity))
	}
	if len(differences) == 0 {
		return nil
	}
	return &step.Error{
		Step: "ensuring the notebook " + w.Name, Person: w.Person, Err: fmt.Errorf("%w: %s", ErrOther, n.ID),
		Words:  fmt.Sprintf("%s is there, but %s, and Google cannot change that", n.ID, strings.Join(differences, " and ")),
		Remedy: "Import it, and the plan replaces it; or give this one another name",
	}
}

// with fills in what Google does not tell of a notebook that is known to be as wanted.
func (n *Notebook) with(w Wanted) *Notebook {
	if n.Identity == "" {
		n.Identity = w.Identity
	}
	if n.Owner == "" {
		n.Owner = w.Person.Email()
	}
	if n.EffectiveIdentity == "" && n.Identity == AsUser {
		n.EffectiveIdentity = "user:" + n.Owner
	}
	return n
}

// apply makes edits one after the other, each to its operation's end.
func (f *Fleet) apply(ctx context.Context, p product, edits []edit, w Wanted) error {
	for _, e := range edits {
		operation, err := f.begin(ctx, f.cloud.Repeat, e.begin)
		if err == nil {
			err = f.finish(ctx, p, operation)
		}
		if err != nil {
			return google.Failed("changing the "+e.what+" of the notebook "+w.Name, w.Person, err)
		}
	}
	return nil
}
