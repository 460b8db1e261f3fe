package sliderule

import (
	"context"
	"errors"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/costexplorer"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/scheduler"
	"github.com/aws/aws-sdk-go-v2/service/ssm"

	"github.com/data-access/terraform-provider-provisioner/internal/await"
)

// clients are AWS's own, each call one attempt: what may be repeated is repeated here, by a clock that tests can move.
type clients struct {
	stacks    *cloudformation.Client
	schedules *scheduler.Client
	groups    *autoscaling.Client
	costs     *costexplorer.Client
	keys      *kms.Client
	settings  *ssm.Client
}

func newClients(cfg aws.Config) clients {
	cfg = cfg.Copy()
	cfg.Retryer = func() aws.Retryer { return aws.NopRetryer{} }
	cfg.RetryMaxAttempts = 0 // it would wrap the retryer
	return clients{
		stacks: cloudformation.NewFromConfig(cfg), schedules: scheduler.NewFromConfig(cfg), groups: autoscaling.NewFromConfig(cfg),
		costs: costexplorer.NewFromConfig(cfg), keys: kms.NewFromConfig(cfg), settings: ssm.NewFromConfig(cfg),
	}
}

const (
	callTimeout = time.Minute     // of one attempt
	shortCalls  = 2 * time.Minute // for a few calls that must not be left half-done
)

func newLine(clock await.Clock) *await.Line {
	return &await.Line{
		Clock: clock,
		Judge: func(err error) await.Verdict {
			return await.Verdict{Again: !refused(err) && !unknownHost(err) && !withoutCredentials(err)}
		},
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
func ask[I, O, P any](ctx context.Context, r *Region, call operation[I, O, P], input *I) (answer *O, err error) {
	err = r.line.Ask(ctx, func(ctx context.Context) error {
		answer, err = once(ctx, call, input)
		return err
	})
	return answer, err
}

// repeat repeats a write that comes to the same when done twice.
func repeat[I, O, P any](ctx context.Context, r *Region, call operation[I, O, P], input *I) (answer *O, err error) {
	err = r.line.Repeat(ctx, func(ctx context.Context) error {
		answer, err = once(ctx, call, input)
		return err
	})
	return answer, err
}

// whole lets short calls end although somebody pressed Ctrl-C: their half is worse than their whole. What has not begun
// does not begin.
func whole(ctx context.Context, do func(context.Context) error) error {
	if err := ctx.Err(); err != nil {
		return errors.Join(ErrInterrupted, err)
	}
	ctx, done := context.WithTimeout(context.WithoutCancel(ctx), shortCalls)
	defer done()
	return do(ctx)
}
