// Package call makes calls of AWS, one attempt at a time, and says what their errors mean. What may be repeated is
// repeated by a clock that tests can move.
//
// It makes no client and holds none, see ADR 0009: who calls makes one for each call.
package call

import (
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"

	"github.com/data-access/terraform-provider-provisioner/internal/await"
)

// Timeout is how long one attempt may take.
const Timeout = time.Minute

// Singly is a configuration with which the SDK makes one attempt a call. Connections are shared by all clients that are
// made of it.
func Singly(cfg aws.Config) aws.Config {
	cfg = cfg.Copy()
	cfg.Retryer = func() aws.Retryer { return aws.NopRetryer{} }
	cfg.RetryMaxAttempts = 0 // it would wrap the retryer
	if cfg.HTTPClient == nil {
		cfg.HTTPClient = awshttp.NewBuildableClient()
	}
	return cfg
}

// Line is how AWS is called: what [Again] says of an error holds, unless a judge of one's own knows better. A nil judge
// is none.
func Line(clock await.Clock, judge func(error) bool) *await.Line {
	if judge == nil {
		judge = Again
	}
	return &await.Line{
		Clock:      clock,
		Judge:      func(err error) await.Verdict { return await.Verdict{Again: judge(err)} },
		Unanswered: func(err error) bool { return Status(err) == 0 },
	}
}

// Operation is a call of any of the SDK's clients.
type Operation[I, O, P any] func(context.Context, *I, ...func(*P)) (*O, error)

// Once makes one attempt.
func Once[I, O, P any](ctx context.Context, do Operation[I, O, P], input *I) (*O, error) {
	ctx, done := context.WithTimeout(ctx, Timeout)
	defer done()
	return do(ctx, input)
}

// Ask repeats a read.
func Ask[I, O, P any](ctx context.Context, line *await.Line, do Operation[I, O, P], input *I) (answer *O, err error) {
	err = line.Ask(ctx, func(ctx context.Context) error {
		answer, err = Once(ctx, do, input)
		return err
	})
	return answer, err
}

// Repeat repeats a write that comes to the same when done twice.
func Repeat[I, O, P any](ctx context.Context, line *await.Line, do Operation[I, O, P], input *I) (answer *O, err error) {
	err = line.Repeat(ctx, func(ctx context.Context) error {
		answer, err = Once(ctx, do, input)
		return err
	})
	return answer, err
}

// Whole lets a few calls end although somebody pressed Ctrl-C: their half is worse than their whole. They have so long
// for it. What has not begun does not begin, which is the error interrupted, with the context's behind it.
func Whole(ctx context.Context, limit time.Duration, interrupted error, do func(context.Context) error) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("%w (%w)", interrupted, err)
	}
	ctx, done := context.WithTimeout(context.WithoutCancel(ctx), limit)
	defer done()
	return do(ctx)
}
