package session

import (
	"context"
	"fmt"

	"github.com/data-access/terraform-provider-provisioner/internal/notebook/google"
	"github.com/data-access/terraform-provider-provisioner/internal/person"
)

// Delete removes a template. What is gone already is no error. left says that it stays, because another resource of
// this run has it: it only got another address. One that another installation took over is google.ErrExists. Whose it
// was the caller knows, who says so with google.Failed.
func (d *Desk) Delete(ctx context.Context, id string) (left bool, err error) {
	if _, err := parse(id); err != nil {
		return false, err
	}
	defer d.run.Turn(id)()
	if d.run.Kept(id) {
		return true, nil
	}
	is, err := d.get(ctx, id)
	switch {
	case google.IsGone(err):
		return false, nil
	case err != nil:
		return false, err
	case d.foreign(is.Labels, person.Person{}):
		return false, fmt.Errorf("%w: %s is managed by %q", google.ErrExists, id, is.Labels[google.LabelManagedBy])
	}
	return false, d.delete(ctx, id)
}

// delete makes the call. What is gone already is no error.
func (d *Desk) delete(ctx context.Context, id string) error {
	t, err := parse(id)
	if err != nil {
		return err
	}
	d.listOf(t.parent()).Forget(id)
	err = d.cloud.Repeat(ctx, func(ctx context.Context) error {
		_, err := google.Dataproc(d.cloud).Projects.Locations.SessionTemplates.Delete(id).Context(ctx).Do()
		return err
	})
	if google.IsGone(err) {
		return nil
	}
	return err
}
