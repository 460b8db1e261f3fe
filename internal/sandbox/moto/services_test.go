//go:build unix

package moto_test

import (
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/budgets"
	budget "github.com/aws/aws-sdk-go-v2/service/budgets/types"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/scheduler"
	"github.com/aws/aws-sdk-go-v2/service/scheduler/types"
)

func TestSchedulesAreChecked(t *testing.T) {
	c := newCloud(t)
	client := scheduler.NewFromConfig(c.config)
	now, err := c.Now(t.Context())
	c.must(err)
	at := func(d time.Duration) *string { return aws.String(now.Add(d).UTC().Format("at(2006-01-02T15:04:05)")) }
	create := func(change func(*scheduler.CreateScheduleInput)) error {
		input := &scheduler.CreateScheduleInput{
			Name: aws.String("dev-cluster-auto-shutdown"), ScheduleExpression: at(2 * time.Hour),
			FlexibleTimeWindow: &types.FlexibleTimeWindow{Mode: types.FlexibleTimeWindowModeOff},
			Target:             &types.Target{Arn: aws.String("arn:aws:scheduler:::aws-sdk:cloudformation:deleteStack"), RoleArn: aws.String("arn:aws:iam::123456789012:role/r")},
		}
		change(input)
		_, err := client.CreateSchedule(t.Context(), input)
		return err
	}
	for name, k := range map[string]struct {
		change        func(*scheduler.CreateScheduleInput)
		code, message string
	}{
		"a long name": {func(s *scheduler.CreateScheduleInput) {
			s.Name = aws.String("a123456789012345678901234567890123456789012345678901234567890123-")
		}, "ValidationException", "less than or equal to 64"},
		"another character": {func(s *scheduler.CreateScheduleInput) { s.Name = aws.String("a+b") }, "ValidationException", "failed to satisfy constraint"},
		"no time":           {func(s *scheduler.CreateScheduleInput) { s.ScheduleExpression = aws.String("at(2027-02-30T10:00:00)") }, "ValidationException", "Invalid Schedule Expression"},
		"a time with Z":     {func(s *scheduler.CreateScheduleInput) { s.ScheduleExpression = aws.String("at(2027-02-03T10:00:00Z)") }, "ValidationException", "Invalid Schedule Expression"},
		"a short time":      {func(s *scheduler.CreateScheduleInput) { s.ScheduleExpression = aws.String("at(2027-2-3T10:00:00)") }, "ValidationException", "Invalid Schedule Expression"},
		"the past":          {func(s *scheduler.CreateScheduleInput) { s.ScheduleExpression = at(-time.Minute) }, "ValidationException", "Invalid Schedule Expression"},
		"the past there":    {func(s *scheduler.CreateScheduleInput) { s.ScheduleExpressionTimezone = aws.String("Asia/Tokyo") }, "ValidationException", "Invalid Schedule Expression"},
		"rate(1 hours)":     {func(s *scheduler.CreateScheduleInput) { s.ScheduleExpression = aws.String("rate(1 hours)") }, "ValidationException", "Invalid Schedule Expression"},
		"rate(0 hours)":     {func(s *scheduler.CreateScheduleInput) { s.ScheduleExpression = aws.String("rate(0 hours)") }, "ValidationException", "Invalid Schedule Expression"},
		"five fields":       {func(s *scheduler.CreateScheduleInput) { s.ScheduleExpression = aws.String("cron(0 20 * * ?)") }, "ValidationException", "Invalid Schedule Expression"},
		"no zone":           {func(s *scheduler.CreateScheduleInput) { s.ScheduleExpressionTimezone = aws.String("Mars/Base") }, "ValidationException", "Invalid TimeZone"},
		"no group":          {func(s *scheduler.CreateScheduleInput) { s.GroupName = aws.String("none") }, "ResourceNotFoundException", "Schedule group none does not exist"},
		"a strange target":  {func(s *scheduler.CreateScheduleInput) { s.Target.Arn = aws.String("deleteStack") }, "ValidationException", "not in correct format"},
		"a strange role":    {func(s *scheduler.CreateScheduleInput) { s.Target.RoleArn = aws.String("r") }, "ValidationException", "execution role"},
	} {
		t.Run(name, func(t *testing.T) { refused(t, create(k.change), k.code, k.message) })
	}
	token := func(s *scheduler.CreateScheduleInput) { s.ClientToken = aws.String("once") }
	c.must(create(token))
	c.must(create(token))
	taken := create(func(*scheduler.CreateScheduleInput) {})
	refused(t, taken, "ConflictException", "already exists")
	var response interface{ HTTPStatusCode() int }
	if !errors.As(taken, &response) || response.HTTPStatusCode() != http.StatusConflict {
		t.Errorf("a name that is taken answered %v, want %d", taken, http.StatusConflict)
	}
	c.must(create(func(s *scheduler.CreateScheduleInput) {
		s.Name, s.ScheduleExpression, s.StartDate, s.EndDate = aws.String("r"), aws.String("rate(1 hour)"), aws.Time(now.Add(time.Hour)), aws.Time(now.Add(25*time.Hour))
	}))

	_, err = client.CreateScheduleGroup(t.Context(), &scheduler.CreateScheduleGroupInput{Name: aws.String("sliderule")})
	c.must(err)
	_, err = client.CreateScheduleGroup(t.Context(), &scheduler.CreateScheduleGroupInput{Name: aws.String("sliderule")})
	refused(t, err, "ConflictException", "already exists")
	_, err = client.DeleteScheduleGroup(t.Context(), &scheduler.DeleteScheduleGroupInput{Name: aws.String("none")})
	refused(t, err, "ResourceNotFoundException", "does not exist")

	update := &scheduler.UpdateScheduleInput{
		Name: aws.String("dev-cluster-auto-shutdown"), ScheduleExpression: at(3 * time.Hour), ActionAfterCompletion: types.ActionAfterCompletionDelete,
		FlexibleTimeWindow: &types.FlexibleTimeWindow{Mode: types.FlexibleTimeWindowModeOff},
		Target:             &types.Target{Arn: aws.String("arn:aws:scheduler:::aws-sdk:cloudformation:deleteStack"), RoleArn: aws.String("arn:aws:iam::123456789012:role/r")},
	}
	_, err = client.UpdateSchedule(t.Context(), update)
	c.must(err)
	got, err := client.GetSchedule(t.Context(), &scheduler.GetScheduleInput{Name: update.Name})
	c.must(err)
	if got.ActionAfterCompletion != types.ActionAfterCompletionDelete || *got.ScheduleExpression != *at(3 * time.Hour) || got.State != types.ScheduleStateEnabled {
		t.Errorf("got %+v", got)
	}
}

func TestGroupsKeepTheirLimits(t *testing.T) {
	c := newCloud(t)
	c.create("dev-cluster")
	c.create("two-cluster")
	c.pass(time.Hour)
	group := aws.String("dev-cluster-asg")
	_, err := c.groups.SetDesiredCapacity(t.Context(), &autoscaling.SetDesiredCapacityInput{AutoScalingGroupName: group, DesiredCapacity: aws.Int32(11)})
	refused(t, err, "ValidationError", "above max value 10")
	_, err = c.groups.UpdateAutoScalingGroup(t.Context(), &autoscaling.UpdateAutoScalingGroupInput{AutoScalingGroupName: group, MinSize: aws.Int32(3), DesiredCapacity: aws.Int32(2)})
	refused(t, err, "ValidationError", "below min value 3")
	_, err = c.groups.UpdateAutoScalingGroup(t.Context(), &autoscaling.UpdateAutoScalingGroupInput{AutoScalingGroupName: group, MinSize: aws.Int32(3), DesiredCapacity: aws.Int32(4)})
	c.must(err)
	if n := len(c.instances(*group)); n != 4 {
		t.Errorf("there are %d", n)
	}
	for _, name := range []string{"dev-cluster-asg", "two-cluster-asg"} {
		actions, err := c.groups.DescribeScheduledActions(t.Context(), &autoscaling.DescribeScheduledActionsInput{AutoScalingGroupName: &name})
		c.must(err)
		if len(actions.ScheduledUpdateGroupActions) != 1 || *actions.ScheduledUpdateGroupActions[0].Recurrence != "0 20 * * *" {
			t.Errorf("%s: %+v", name, actions.ScheduledUpdateGroupActions)
		}
	}
}

func TestBudgets(t *testing.T) {
	c := newCloud(t)
	client := budgets.NewFromConfig(c.config)
	account, name := aws.String("123456789012"), aws.String("dev-cluster")
	threshold := budget.Notification{ComparisonOperator: "GREATER_THAN", NotificationType: "ACTUAL", Threshold: 80, ThresholdType: "PERCENTAGE"}
	of := func(amount string) *budget.Budget {
		return &budget.Budget{BudgetName: name, BudgetType: "COST", TimeUnit: "MONTHLY", BudgetLimit: &budget.Spend{Amount: &amount, Unit: aws.String("USD")}}
	}
	_, err := client.CreateBudget(t.Context(), &budgets.CreateBudgetInput{
		AccountId: account, Budget: of("100"), ResourceTags: []budget.ResourceTag{{Key: aws.String("Project"), Value: aws.String("cluster-dev")}},
		NotificationsWithSubscribers: []budget.NotificationWithSubscribers{{Notification: &threshold, Subscribers: []budget.Subscriber{{Address: aws.String("ana@example.com"), SubscriptionType: "EMAIL"}}}},
	})
	c.must(err)
	_, err = client.UpdateBudget(t.Context(), &budgets.UpdateBudgetInput{AccountId: account, NewBudget: of("50")})
	c.must(err)
	got, err := client.DescribeBudget(t.Context(), &budgets.DescribeBudgetInput{AccountId: account, BudgetName: name})
	c.must(err)
	if *got.Budget.BudgetLimit.Amount != "50" {
		t.Errorf("got %+v", got.Budget)
	}
	subscribers, err := client.DescribeSubscribersForNotification(t.Context(), &budgets.DescribeSubscribersForNotificationInput{AccountId: account, BudgetName: name, Notification: &threshold})
	c.must(err)
	if len(subscribers.Subscribers) != 1 || *subscribers.Subscribers[0].Address != "ana@example.com" {
		t.Errorf("got %+v", subscribers.Subscribers)
	}
	tags, err := client.ListTagsForResource(t.Context(), &budgets.ListTagsForResourceInput{ResourceARN: aws.String("arn:aws:budgets::123456789012:budget/dev-cluster")})
	c.must(err)
	if len(tags.ResourceTags) != 1 || *tags.ResourceTags[0].Value != "cluster-dev" {
		t.Errorf("got %+v", tags.ResourceTags)
	}
	_, err = client.CreateNotification(t.Context(), &budgets.CreateNotificationInput{AccountId: account, BudgetName: name, Notification: &threshold, Subscribers: subscribers.Subscribers})
	refused(t, err, "DuplicateRecordException", "")
	_, err = client.DeleteNotification(t.Context(), &budgets.DeleteNotificationInput{AccountId: account, BudgetName: name, Notification: &threshold})
	c.must(err)
	_, err = client.UpdateBudget(t.Context(), &budgets.UpdateBudgetInput{AccountId: account, NewBudget: &budget.Budget{BudgetName: aws.String("none"), BudgetType: "COST", TimeUnit: "MONTHLY"}})
	refused(t, err, "NotFoundException", "none")
	_, err = client.DeleteBudget(t.Context(), &budgets.DeleteBudgetInput{AccountId: account, BudgetName: name})
	c.must(err)
}

func TestTheKeyOfAStackSigns(t *testing.T) {
	c := newCloud(t)
	c.create("dev-cluster")
	c.pass(time.Hour)
	for _, o := range c.stack("dev-cluster").Outputs {
		if *o.OutputKey == "Key" {
			got, err := kms.NewFromConfig(c.config).GetPublicKey(t.Context(), &kms.GetPublicKeyInput{KeyId: o.OutputValue})
			c.must(err)
			if got.KeySpec != "RSA_2048" || len(got.PublicKey) == 0 {
				t.Errorf("got %+v", got)
			}
		}
	}
}
