package sliderule

import (
	"context"
	"errors"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/costexplorer"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/scheduler"
	"github.com/aws/aws-sdk-go-v2/service/ssm"

	"github.com/data-access/terraform-provider-provisioner/internal/await"
)

// singly is a configuration with which each call is one attempt: what may be repeated is repeated here, by a clock that
// tests can move. Connections are shared by all clients that are made of it.
func singly(cfg aws.Config) aws.Config {
	cfg = cfg.Copy()
	cfg.Retryer = func() aws.Retryer { return aws.NopRetryer{} }
	cfg.RetryMaxAttempts = 0 // it would wrap the retryer
	if cfg.HTTPClient == nil {
		cfg.HTTPClient = awshttp.NewBuildableClient()
	}
	return cfg
}

// AWS's clients are made for each call, by functions, and held by nothing: the linker keeps all methods of a client that
// reflection can reach, which for these is as much as the rest of the provider. ADR 0009.

func cloudFormation(cfg aws.Config) *cloudformation.Client { return cloudformation.NewFromConfig(cfg) }

func eventScheduler(cfg aws.Config) *scheduler.Client { return scheduler.NewFromConfig(cfg) }

func autoScaling(cfg aws.Config) *autoscaling.Client { return autoscaling.NewFromConfig(cfg) }

func costExplorer(cfg aws.Config) *costexplorer.Client { return costexplorer.NewFromConfig(cfg) }

func keyService(cfg aws.Config) *kms.Client { return kms.NewFromConfig(cfg) }

func systemsManager(cfg aws.Config) *ssm.Client { return ssm.NewFromConfig(cfg) }

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
