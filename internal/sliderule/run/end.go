package run

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/scheduler"
	"github.com/aws/aws-sdk-go-v2/service/scheduler/types"

	"github.com/data-access/terraform-provider-provisioner/internal/sliderule"
	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/call"
	"github.com/data-access/terraform-provider-provisioner/internal/step"
)

const (
	terminateTarget = "arn:aws:scheduler:::aws-sdk:ec2:terminateInstances"
	atLayout        = "at(2006-01-02T15:04:05)"

	// margin is how long after the time limit the schedule ends a machine: the program, which ends itself at the limit,
	// needs time to boot before and to write its summary at the end.
	margin = 5 * time.Minute
	// endTries bound how long AWS goes on asking for the end of a machine that has ended already.
	endTries, endAge = 20, 3600
)

// scheduleName is the name of the schedule that ends a run.
func scheduleName(id string) string { return id }

// secureEnd schedules the end of a machine that was just started; one whose end cannot be scheduled is terminated.
func (r *Runner) secureEnd(ctx context.Context, f *sliderule.Foundation, run *Run, m *machine) error {
	return r.orTerminated(ctx, "scheduling the end of the run "+run.ID, m, r.schedule(ctx, f, run, m))
}

// orTerminated ends a machine that a step after its start failed for, and tells so; without an error it does nothing.
func (r *Runner) orTerminated(ctx context.Context, doing string, m *machine, err error) error {
	if err == nil {
		return nil
	}
	whatBecame := "its machine " + m.id() + " was terminated"
	if ending := r.terminate(ctx, m.id()); ending != nil {
		whatBecame = fmt.Sprintf("its machine %s could not be terminated either (%s), and ends itself at its time limit. Terminate it", m.id(), call.Words(ending))
	}
	return &step.Error{
		Step: doing, Err: err, Words: call.Words(err) + "; " + whatBecame, Remedy: remedy(err),
	}
}

func (r *Runner) schedule(ctx context.Context, f *sliderule.Foundation, run *Run, m *machine) error {
	input, err := json.Marshal(map[string][]string{"InstanceIds": {m.id()}})
	if err != nil {
		return err
	}
	_, err = repeat(ctx, r, scheduler.NewFromConfig(r.config).CreateSchedule, &scheduler.CreateScheduleInput{
		Name: aws.String(scheduleName(run.ID)), GroupName: &f.ScheduleGroup, Description: aws.String("Terminates the machine of the run " + run.ID),
		ScheduleExpression: aws.String(run.EndsAt.UTC().Format(atLayout)), ScheduleExpressionTimezone: aws.String("UTC"),
		FlexibleTimeWindow: &types.FlexibleTimeWindow{Mode: types.FlexibleTimeWindowModeOff}, ActionAfterCompletion: types.ActionAfterCompletionDelete,
		Target: &types.Target{
			Arn: aws.String(terminateTarget), RoleArn: &f.SchedulerRole, Input: aws.String(string(input)),
			RetryPolicy: &types.RetryPolicy{MaximumEventAgeInSeconds: aws.Int32(endAge), MaximumRetryAttempts: aws.Int32(endTries)},
		},
	})
	// No other run has its id: a schedule of that name is this one, and only the reply was lost.
	var taken *types.ConflictException
	if errors.As(err, &taken) {
		return nil
	}
	return err
}

// dropSchedule takes the schedule of a run away. It is for runs whose machine has ended.
func (r *Runner) dropSchedule(ctx context.Context, f *sliderule.Foundation, id string) error {
	_, err := repeat(ctx, r, scheduler.NewFromConfig(r.config).DeleteSchedule, &scheduler.DeleteScheduleInput{Name: aws.String(scheduleName(id)), GroupName: &f.ScheduleGroup})
	var missing *types.ResourceNotFoundException
	if errors.As(err, &missing) {
		return nil
	}
	return err
}

// terminate ends a machine; one that is not there any more is no error.
func (r *Runner) terminate(ctx context.Context, instance string) error {
	_, err := repeat(ctx, r, ec2.NewFromConfig(r.config).TerminateInstances, &ec2.TerminateInstancesInput{InstanceIds: []string{instance}})
	if call.HasCode(err, "InvalidInstanceID.NotFound") {
		return nil
	}
	return err
}
