package singleuser

import (
	"context"
	"errors"
	"time"

	"github.com/databricks/databricks-sdk-go/apierr"

	"github.com/data-access/terraform-provider-provisioner/internal/await"
)

// impatience is how long a workspace that could not be reached is asked only once for each thing: a plan over a
// thousand people must not try a dead address a thousand times a minute each.
const impatience = time.Minute

// retry repeats what can be repeated without harm: reads, and writes that come to the same when done twice.
func (f *Fleet) retry(ctx context.Context, do func(context.Context) error) error {
	return f.attempt(ctx, await.Gentle, do)
}

// ask is retry for reads, of which a run has thousands: of a workspace that just did not answer it asks once.
func (f *Fleet) ask(ctx context.Context, do func(context.Context) error) error {
	backoff := await.Gentle
	if f.clock.Now().UnixNano()-f.unreached.Load() < int64(impatience) {
		backoff.Attempts = 1
	}
	return f.attempt(ctx, backoff, do)
}

func (f *Fleet) attempt(ctx context.Context, backoff await.Backoff, do func(context.Context) error) error {
	err := await.Retry(ctx, f.clock, backoff, func(err error) await.Verdict {
		return await.Verdict{Again: ctx.Err() == nil && !refused(err) && !unknownHost(err), After: retryAfter(err)}
	}, func(ctx context.Context) error {
		ctx, done := context.WithCancel(ctx) // the SDK watches each call for a minute unless its context ends
		defer done()
		return do(ctx)
	})
	switch {
	case err == nil:
		f.unreached.Store(0)
	case ctx.Err() == nil && unanswered(err):
		f.unreached.Store(f.clock.Now().UnixNano())
	}
	return err
}

// unanswered: no answer came, not even a refusal.
func unanswered(err error) bool {
	var api *apierr.APIError
	return !errors.As(err, &api)
}
