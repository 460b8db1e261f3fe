package sliderule

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/scheduler"
	"github.com/aws/aws-sdk-go-v2/service/scheduler/types"

	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/naming"
)

const (
	deleteTarget = "arn:aws:scheduler:::aws-sdk:cloudformation:deleteStack"
	atLayout     = "at(2006-01-02T15:04:05)"
	hourly       = "rate(60 minutes)"

	retryFor  = 24 * time.Hour // how long the hourly schedule stands in for a first end that failed
	soonest   = time.Minute    // a schedule must lie ahead when AWS reads it
	oldestEnd = 900            // seconds that AWS may go on trying a call: an old end must not fall on a younger cluster
)

// setEnd schedules the end of a stack, in place of an earlier one: once at its time, and hourly after that for a day,
// because a one-time schedule is used up by a call that was accepted, even if the deletion then fails.
//
// The end may be scheduled before the stack exists. Both are written or, when AWS does not take one, that is an error.
func (r *Region) setEnd(ctx context.Context, f *Foundation, stackName string, end time.Time) error {
	input, err := json.Marshal(map[string]string{"StackName": stackName})
	if err != nil {
		return err
	}
	schedule := scheduler.CreateScheduleInput{
		GroupName: &f.ScheduleGroup, ScheduleExpressionTimezone: aws.String("UTC"),
		FlexibleTimeWindow: &types.FlexibleTimeWindow{Mode: types.FlexibleTimeWindowModeOff}, ActionAfterCompletion: types.ActionAfterCompletionDelete,
		Target: &types.Target{
			Arn: aws.String(deleteTarget), RoleArn: &f.SchedulerRole, Input: aws.String(string(input)),
			RetryPolicy: &types.RetryPolicy{MaximumEventAgeInSeconds: aws.Int32(oldestEnd), MaximumRetryAttempts: aws.Int32(10)},
		},
	}
	return whole(ctx, func(ctx context.Context) error {
		first := schedule
		first.Name, first.ScheduleExpression = aws.String(naming.Schedule(stackName)), aws.String(end.UTC().Format(atLayout))
		first.Description = aws.String("Deletes the stack " + stackName)
		if err := r.putSchedule(ctx, first); err != nil {
			return err
		}
		again := schedule
		again.Name, again.ScheduleExpression = aws.String(naming.RetrySchedule(stackName)), aws.String(hourly)
		again.StartDate, again.EndDate = aws.Time(end.UTC()), aws.Time(end.UTC().Add(retryFor))
		again.Description = aws.String("Deletes the stack " + stackName + " should its first end fail")
		return r.putSchedule(ctx, again)
	})
}

// putSchedule writes a schedule whether or not it exists. One that is used up may vanish between two calls.
func (r *Region) putSchedule(ctx context.Context, in scheduler.CreateScheduleInput) error {
	const attempts = 3
	for attempt := 1; ; attempt++ {
		_, err := repeat(ctx, r, eventScheduler(r.config).CreateSchedule, &in)
		var taken *types.ConflictException
		if !errors.As(err, &taken) {
			return err
		}
		_, err = repeat(ctx, r, eventScheduler(r.config).UpdateSchedule, &scheduler.UpdateScheduleInput{
			Name: in.Name, GroupName: in.GroupName, Description: in.Description,
			ScheduleExpression: in.ScheduleExpression, ScheduleExpressionTimezone: in.ScheduleExpressionTimezone,
			StartDate: in.StartDate, EndDate: in.EndDate, FlexibleTimeWindow: in.FlexibleTimeWindow,
			ActionAfterCompletion: in.ActionAfterCompletion, State: types.ScheduleStateEnabled, Target: in.Target,
		})
		if !missingSchedule(err) || attempt == attempts {
			return err
		}
	}
}

// dropEnd takes both schedules of a stack away. It is for stacks that do not exist any more.
func (r *Region) dropEnd(ctx context.Context, f *Foundation, stackName string) error {
	return whole(ctx, func(ctx context.Context) error {
		for _, name := range []string{naming.Schedule(stackName), naming.RetrySchedule(stackName)} {
			_, err := repeat(ctx, r, eventScheduler(r.config).DeleteSchedule, &scheduler.DeleteScheduleInput{Name: &name, GroupName: &f.ScheduleGroup})
			if err != nil && !missingSchedule(err) {
				return err
			}
		}
		return nil
	})
}

// readEnd is when a stack is to end: by its first schedule, or when that is used up, by when the hourly one began. The
// zero time is none.
func (r *Region) readEnd(ctx context.Context, group, stackName string) (end, error) {
	first, err := r.getSchedule(ctx, group, naming.Schedule(stackName))
	if err != nil {
		return end{}, err
	}
	if first != nil && first.State != types.ScheduleStateDisabled {
		location, err := time.LoadLocation(aws.ToString(first.ScheduleExpressionTimezone)) // "" is UTC
		if err != nil {
			return end{}, err
		}
		at, err := time.ParseInLocation(atLayout, aws.ToString(first.ScheduleExpression), location)
		return end{at: at.UTC()}, err
	}
	again, err := r.getSchedule(ctx, group, naming.RetrySchedule(stackName))
	if err != nil || again == nil || again.State == types.ScheduleStateDisabled {
		return end{}, err
	}
	return end{at: aws.ToTime(again.StartDate).UTC(), fired: first == nil}, nil
}

func (r *Region) getSchedule(ctx context.Context, group, name string) (*scheduler.GetScheduleOutput, error) {
	found, err := ask(ctx, r, eventScheduler(r.config).GetSchedule, &scheduler.GetScheduleInput{GroupName: &group, Name: &name})
	if missingSchedule(err) {
		return nil, nil
	}
	return found, err
}

func missingSchedule(err error) bool {
	var missing *types.ResourceNotFoundException
	return errors.As(err, &missing)
}
