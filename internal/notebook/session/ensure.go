package session

import (
	"context"
	"fmt"
	"time"

	"google.golang.org/api/dataproc/v1"

	"github.com/data-access/terraform-provider-provisioner/internal/await"
	"github.com/data-access/terraform-provider-provisioner/internal/notebook/google"
)

const (
	createTimeout = 90 * time.Second // for one call; it is not cut short by an interrupt, so that its answer is not lost
	lookTimeout   = 10 * time.Second // how long a template whose creation was not answered may take to appear
)

// lookPace is how often to look for a template whose creation was not answered.
var lookPace = await.Pace{Min: time.Second, Max: 5 * time.Second, Share: 0.5}

// Ensure makes a template that is not there; one of ours is brought up to date, somebody else's is google.ErrExists.
//
// An error means that nothing was made, or that what was made carries our labels and is found by the next run: the API
// knows no half-made templates.
func (d *Desk) Ensure(ctx context.Context, wanted Template) (made *Template, created bool, err error) {
	id, doing := wanted.id(), "ensuring "+wanted.title()
	release, err := d.run.Claim(id, doing, wanted.Person)
	if err != nil {
		return nil, false, err
	}
	defer func() {
		if err != nil { // it may be tried again
			release()
		}
	}()
	defer d.run.Turn(id)()
	is, err := d.get(ctx, id)
	if google.IsGone(err) {
		var body *dataproc.SessionTemplate
		if body, err = d.planned(&dataproc.SessionTemplate{}, Template{}, wanted); err == nil {
			is, created, err = d.create(ctx, wanted, body)
		}
	}
	switch {
	case err != nil:
		return nil, false, google.Failed(doing, wanted.Person, err)
	case !d.cloud.Ours(is.Labels, wanted.Person):
		return nil, false, google.Failed(doing, wanted.Person, fmt.Errorf("%w: %s", google.ErrExists, id))
	case !created:
		if is, err = d.bring(ctx, is, Template{}, wanted); err != nil {
			return nil, false, google.Failed("updating "+wanted.title(), wanted.Person, err)
		}
	}
	d.run.Keep(id)
	return read(is), created, nil
}

// create makes a template. The API knows no request ids: what is not answered clearly leads to a look, never to a
// second call. An interrupt does not cut the call short, so that its answer is not lost.
func (d *Desk) create(ctx context.Context, at Template, body *dataproc.SessionTemplate) (is *dataproc.SessionTemplate, created bool, err error) {
	if err := ctx.Err(); err != nil {
		return nil, false, err
	}
	d.listOf(at.parent()).Forget(at.id())
	err = d.cloud.Once(ctx, func(ctx context.Context) (err error) {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), createTimeout)
		defer cancel()
		is, err = google.Dataproc(d.cloud).Projects.Locations.SessionTemplates.Create(at.parent(), body).Context(ctx).Do()
		return err
	})
	switch {
	case err == nil:
		is.Name = at.id()
		return is, true, nil
	case google.IsTaken(err): // since we looked: whose it is decides the caller
		is, lookErr := d.get(ctx, at.id())
		if lookErr != nil {
			return nil, false, err
		}
		return is, false, nil
	case google.Refused(err), google.NotNow(err):
		return nil, false, err
	}
	is, lookErr := d.lookFor(ctx, at)
	switch {
	case lookErr != nil && !google.IsGone(lookErr):
		return nil, false, fmt.Errorf("%w; whether it happened could not be found out: %w", err, lookErr)
	case lookErr != nil:
		return nil, false, err
	}
	return is, true, nil
}

// lookFor looks for what a call may have made that was not answered. An interrupt shortens it to one look.
func (d *Desk) lookFor(ctx context.Context, at Template) (is *dataproc.SessionTemplate, err error) {
	begun := d.cloud.Clock.Now()
	_ = await.Until(context.WithoutCancel(ctx), d.cloud.Clock, lookPace, func(look context.Context) (bool, error) {
		is, err = d.get(look, at.id())
		return !google.IsGone(err) || ctx.Err() != nil || d.cloud.Clock.Now().Sub(begun) >= lookTimeout, nil
	})
	return is, err
}
