package run

import (
	"context"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/call"
)

// s3Options suits any endpoint: one of our own has no host name for each bucket, and a part of an object has no
// checksum to validate.
func s3Options(o *s3.Options) {
	o.UsePathStyle = o.UsePathStyle || o.BaseEndpoint != nil
	o.DisableLogOutputChecksumValidationSkipped = true
}

const shortCalls = 5 * time.Minute // for a few calls that must not be left half-done

// ask repeats a read.
func ask[I, O, P any](ctx context.Context, r *Runner, do call.Operation[I, O, P], input *I) (*O, error) {
	return call.Ask(ctx, r.line, do, input)
}

// repeat repeats a write that comes to the same when done twice.
func repeat[I, O, P any](ctx context.Context, r *Runner, do call.Operation[I, O, P], input *I) (*O, error) {
	return call.Repeat(ctx, r.line, do, input)
}

// whole lets short calls end although somebody pressed Ctrl-C: a machine without its schedule is worse than one with
// it.
func whole(ctx context.Context, do func(context.Context) error) error {
	return call.Whole(ctx, shortCalls, ErrCutShort, do)
}
