package run

import (
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/data-access/terraform-provider-provisioner/internal/await"
)

// eachCallOnce has the SDK make one attempt a call: what may be repeated is repeated here, by a clock that tests can
// move.
func eachCallOnce(cfg aws.Config) aws.Config {
	cfg = cfg.Copy()
	cfg.Retryer = func() aws.Retryer { return aws.NopRetryer{} }
	cfg.RetryMaxAttempts = 0 // it would wrap the retryer
	return cfg
}

// s3Options suits any endpoint: one of our own has no host name for each bucket, and a part of an object has no
// checksum to validate.
func s3Options(o *s3.Options) {
	o.UsePathStyle = o.UsePathStyle || o.BaseEndpoint != nil
	o.DisableLogOutputChecksumValidationSkipped = true
}

const (
	callTimeout = time.Minute     // of one attempt
	shortCalls  = 5 * time.Minute // for a few calls that must not be left half-done
)

func newLine(clock await.Clock) *await.Line {
	return &await.Line{
		Clock:      clock,
		Judge:      func(err error) await.Verdict { return await.Verdict{Again: again(err)} },
		Unanswered: func(err error) bool { return status(err) == 0 },
	}
}

// operation is a call of any of the SDK's clients.
type operation[I, O, P any] func(context.Context, *I, ...func(*P)) (*O, error)

// once makes one attempt.
func once[I, O, P any](ctx context.Context, call operation[I, O, P], input *I) (*O, error) {
	ctx, done := context.WithTimeout(ctx, callTimeout)
	defer done()
	return call(ctx, input)
}

// ask repeats a read.
func ask[I, O, P any](ctx context.Context, r *Runner, call operation[I, O, P], input *I) (answer *O, err error) {
	err = r.line.Ask(ctx, func(ctx context.Context) error {
		answer, err = once(ctx, call, input)
		return err
	})
	return answer, err
}

// repeat repeats a write that comes to the same when done twice.
func repeat[I, O, P any](ctx context.Context, r *Runner, call operation[I, O, P], input *I) (answer *O, err error) {
	err = r.line.Repeat(ctx, func(ctx context.Context) error {
		answer, err = once(ctx, call, input)
		return err
	})
	return answer, err
}

// whole lets short calls end although somebody pressed Ctrl-C: a machine without its schedule is worse than one with
// it. What has not begun does not begin.
func whole(ctx context.Context, do func(context.Context) error) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("%w (%w)", ErrCutShort, err)
	}
	ctx, done := context.WithTimeout(context.WithoutCancel(ctx), shortCalls)
	defer done()
	return do(ctx)
}
