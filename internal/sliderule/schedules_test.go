package sliderule_test

import (
	"encoding/json"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/scheduler"
	sch "github.com/aws/aws-sdk-go-v2/service/scheduler/types"
)

type fakeSchedule struct {
	sch.Target
	expression string
	start, end *time.Time
	state      sch.ScheduleState
	completion sch.ActionAfterCompletion
}

func noSchedule(name string) error {
	return apiError(404, &sch.ResourceNotFoundException{Message: aws.String("Schedule " + name + " does not exist.")})
}

func (c *cloud) createSchedule(in *scheduler.CreateScheduleInput) (any, error) {
	if aws.ToString(in.GroupName) != "sliderule" {
		return nil, apiError(404, &sch.ResourceNotFoundException{Message: aws.String("Schedule group " + aws.ToString(in.GroupName) + " does not exist.")})
	}
	if c.schedules[*in.Name] != nil {
		return nil, apiError(409, &sch.ConflictException{Message: aws.String("Schedule " + *in.Name + " already exists.")})
	}
	if len(*in.Name) > 64 {
		return nil, apiError(400, &sch.ValidationException{Message: aws.String("name")})
	}
	return &scheduler.CreateScheduleOutput{}, c.put(*in.Name, &fakeSchedule{*in.Target, *in.ScheduleExpression, in.StartDate, in.EndDate, sch.ScheduleStateEnabled, in.ActionAfterCompletion})
}

func (c *cloud) updateSchedule(in *scheduler.UpdateScheduleInput) (any, error) {
	if c.schedules[*in.Name] == nil {
		return nil, noSchedule(*in.Name)
	}
	return &scheduler.UpdateScheduleOutput{}, c.put(*in.Name, &fakeSchedule{*in.Target, *in.ScheduleExpression, in.StartDate, in.EndDate, sch.ScheduleStateEnabled, in.ActionAfterCompletion})
}

// put refuses an end that has passed, as AWS is believed to.
func (c *cloud) put(name string, s *fakeSchedule) error {
	if at, err := time.Parse("at(2006-01-02T15:04:05)", s.expression); err == nil && !at.After(c.clock.Now()) {
		return apiError(400, &sch.ValidationException{Message: aws.String("Invalid Schedule Expression " + s.expression + ".")})
	}
	c.schedules[name] = s
	return nil
}

// end is when a stack ends by its schedules, which must agree; the zero time is none.
func (c *cloud) end(stackName string) time.Time {
	c.Helper()
	c.mu.Lock()
	defer c.mu.Unlock()
	first, again := c.schedules[stackName+"-auto-shutdown"], c.schedules[stackName+"-auto-shutdown-retry"]
	if first == nil && again == nil {
		return time.Time{}
	}
	if first == nil || again == nil {
		c.Fatalf("one of the schedules of %s is missing", stackName)
	}
	at, err := time.Parse("at(2006-01-02T15:04:05)", first.expression)
	if err != nil {
		c.Fatal(err)
	}
	if again.start == nil || !again.start.Equal(at) || !again.end.Equal(at.Add(24*time.Hour)) || again.expression != "rate(60 minutes)" {
		c.Errorf("the second schedule is %s from %v to %v, and the first at %s", again.expression, again.start, again.end, at)
	}
	for _, s := range []*fakeSchedule{first, again} {
		var input map[string]string
		if err := json.Unmarshal([]byte(*s.Input), &input); err != nil || len(input) != 1 || input["StackName"] != stackName {
			c.Errorf("the input of the schedule is %s", *s.Input)
		}
		if *s.Arn != "arn:aws:scheduler:::aws-sdk:cloudformation:deleteStack" || *s.RoleArn != foundationOutputs()["SchedulerRole"] || s.completion != sch.ActionAfterCompletionDelete {
			c.Errorf("the target of the schedule is %s by %s, and then %s", *s.Arn, *s.RoleArn, s.completion)
		}
	}
	return at
}
