package notebook

import (
	"context"
	"errors"

	"github.com/data-access/terraform-provider-provisioner/internal/notebook/google"
	"github.com/data-access/terraform-provider-provisioner/internal/person"
)

// Remove deletes a notebook and waits until it is gone. One that is gone already is no error. left says that it stays,
// because another resource of this run has ensured it: it only got another address. It fails with [ErrTaken] when the
// notebook became another installation's.
func (f *Fleet) Remove(ctx context.Context, environment Environment, id string) (left bool, err error) {
	return f.leave(ctx, environment, id, "deleting the notebook "+id, f.remove)
}

// Stop brings a notebook to rest and waits for it. One that is gone is no error; it fails, and
// is left alone, as [Fleet.Remove] has it.
func (f *Fleet) Stop(ctx context.Context, environment Environment, id string) (left bool, err error) {
	return f.leave(ctx, environment, id, "stopping the notebook "+id, func(ctx context.Context, p product, n *Notebook) error {
		if _, err := f.stop(ctx, p, n); !errors.Is(err, google.ErrGone) {
			return err
		}
		return nil
	})
}

// leave ends our care for a notebook in some way.
func (f *Fleet) leave(ctx context.Context, environment Environment, id, doing string, how func(context.Context, product, *Notebook) error) (left bool, err error) {
	p, err := f.product(environment)
	if err == nil {
		_, _, err = split(id, environment)
	}
	if err != nil {
		return false, google.Failed(doing, person.Person{}, err)
	}
	defer f.run.Turn(id)()
	if f.run.Kept(id) {
		return true, nil
	}
	n, err := f.fresh(ctx, p, id)
	if google.IsGone(err) {
		return false, nil
	}
	if err != nil {
		return false, google.Failed("reading the notebook "+id, person.Person{}, err)
	}
	if err := f.taken(doing, n, person.Person{}); err != nil {
		return false, err
	}
	return false, google.Failed(doing, person.Person{}, how(ctx, p, n))
}
