package notebook

import (
	"context"

	"github.com/data-access/terraform-provider-provisioner/internal/notebook/google"
)

// Ensure gives a person their notebook: it looks first, creates or finishes only what is missing, waits until it is
// up, and says what happened.
//
// An error means that nothing was made, or that what was made carries our labels, to be found and finished or cleaned
// up by the next run. A notebook that is there and did not come up, or whose wait was cut short, is no error:
// [Notebook.Problem] tells. It fails with google.ErrExists when the name is somebody else's, with [ErrOther] when the
// notebook cannot be brought to what is wanted, and with [ledger.ErrClaimed].
func (f *Fleet) Ensure(ctx context.Context, w Wanted) (*Notebook, error) {
	doing := "ensuring the notebook " + w.Name
	p, err := f.product(w.Environment)
	if err != nil {
		return nil, google.Failed(doing, w.Person, err)
	}
	id := w.id()
	release, err := f.run.Claim(id, doing, w.Person)
	if err != nil {
		return nil, err
	}
	defer f.run.Turn(id)()
	n, err := f.ensure(ctx, p, w)
	if err != nil {
		release()
		return nil, google.Failed(doing, w.Person, err)
	}
	f.run.Keep(id)
	return n, nil
}

func (f *Fleet) ensure(ctx context.Context, p product, w Wanted) (*Notebook, error) {
	id := w.id()
	found, err := f.look(ctx, p, place{w.Environment, w.Project, w.Location}, id)
	switch {
	case google.IsGone(err):
		return f.make(ctx, p, w)
	case err != nil:
		return nil, google.Failed("looking for the notebook "+w.Name, w.Person, err)
	}
	return f.resume(ctx, p, found, w)
}
