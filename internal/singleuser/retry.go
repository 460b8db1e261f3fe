package singleuser

import (
	"context"
	"errors"

	"github.com/databricks/databricks-sdk-go/apierr"

	"github.com/data-access/terraform-provider-provisioner/internal/await"
)

// newLine is how a workspace is called.
func newLine(clock await.Clock) *await.Line {
	return &await.Line{
		Clock: clock,
		Judge: func(err error) await.Verdict {
			return await.Verdict{Again: !refused(err) && !unknownHost(err), After: retryAfter(err)}
		},
		Unanswered: func(err error) bool {
			var api *apierr.APIError
			return !errors.As(err, &api)
		},
	}
}

// retry repeats what can be repeated without harm: reads, and writes that come to the same when done twice.
func (f *Fleet) retry(ctx context.Context, do func(context.Context) error) error {
	return f.line.Repeat(ctx, bounded(do))
}

// ask is retry for reads.
func (f *Fleet) ask(ctx context.Context, do func(context.Context) error) error {
	return f.line.Ask(ctx, bounded(do))
}

// bounded ends each call's context with the call: the SDK watches it for a minute otherwise.
func bounded(do func(context.Context) error) func(context.Context) error {
	return func(ctx context.Context) error {
		ctx, done := context.WithCancel(ctx)
		defer done()
		return do(ctx)
	}
}
