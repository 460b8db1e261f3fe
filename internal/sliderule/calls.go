package sliderule

import (
	"context"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/costexplorer"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/scheduler"
	"github.com/aws/aws-sdk-go-v2/service/ssm"

	"github.com/data-access/terraform-provider-provisioner/internal/await"
	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/call"
)

// AWS's clients are made for each call, by functions, and held by nothing: the linker keeps all methods of a client that
// reflection can reach, which for these is as much as the rest of the provider. ADR 0009.

func cloudFormation(cfg aws.Config) *cloudformation.Client { return cloudformation.NewFromConfig(cfg) }

func eventScheduler(cfg aws.Config) *scheduler.Client { return scheduler.NewFromConfig(cfg) }

func autoScaling(cfg aws.Config) *autoscaling.Client { return autoscaling.NewFromConfig(cfg) }

func costExplorer(cfg aws.Config) *costexplorer.Client { return costexplorer.NewFromConfig(cfg) }

func keyService(cfg aws.Config) *kms.Client { return kms.NewFromConfig(cfg) }

func systemsManager(cfg aws.Config) *ssm.Client { return ssm.NewFromConfig(cfg) }

const callTimeout = call.Timeout

func singly(cfg aws.Config) aws.Config { return call.Singly(cfg) }

func newLine(clock await.Clock) *await.Line { return call.Line(clock, nil) }

// ask repeats a read.
func ask[I, O, P any](ctx context.Context, r *Region, do call.Operation[I, O, P], input *I) (*O, error) {
	return call.Ask(ctx, r.line, do, input)
}

// repeat repeats a write that comes to the same when done twice.
func repeat[I, O, P any](ctx context.Context, r *Region, do call.Operation[I, O, P], input *I) (*O, error) {
	return call.Repeat(ctx, r.line, do, input)
}

// whole lets short calls end although somebody pressed Ctrl-C.
func whole(ctx context.Context, do func(context.Context) error) error {
	return call.Whole(ctx, 2*time.Minute, ErrInterrupted, do)
}
