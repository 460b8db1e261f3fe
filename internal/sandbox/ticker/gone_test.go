//go:build unix

package ticker_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	cfn "github.com/aws/aws-sdk-go-v2/service/cloudformation/types"
	"github.com/aws/aws-sdk-go-v2/service/scheduler"

	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/ticker"
)

// ours is a role that may delete the clusters of one installation.
const ours = `
Resources:
  Role:
    Type: AWS::IAM::Role
    Properties:
      RoleName: ours
      AssumeRolePolicyDocument: {Version: "2012-10-17", Statement: [{Effect: Allow, Principal: {Service: scheduler.amazonaws.com}, Action: "sts:AssumeRole"}]}
      Policies:
        - PolicyName: ends
          PolicyDocument:
            Version: "2012-10-17"
            Statement: [{Effect: Allow, Action: "cloudformation:DeleteStack", Resource: "arn:aws:cloudformation:*:*:stack/*-cluster/*", Condition: {StringEquals: {"aws:ResourceTag/installation": default}}}]
`

// tagged makes dev-cluster, tagged as an installation's.
func (c cloud) tagged(installation string) (id string) {
	c.Helper()
	answer, err := c.stacks.CreateStack(c.Context(), &cloudformation.CreateStackInput{
		StackName: aws.String("dev-cluster"), TemplateBody: aws.String(anything), Tags: []cfn.Tag{{Key: aws.String("installation"), Value: &installation}},
	})
	c.must(err)
	c.pass(time.Hour)
	return *answer.StackId
}

func (c cloud) scheduleOurs(name, stack string, change func(*scheduler.CreateScheduleInput)) {
	c.Helper()
	c.must(c.schedule(func(s *scheduler.CreateScheduleInput) {
		s.Name, s.Target.RoleArn = &name, aws.String("arn:aws:iam::123456789012:role/ours")
		s.Target.Input = aws.String(`{"StackName":"` + stack + `"}`)
		if change != nil {
			change(s)
		}
	}))
}

func TestTheRetryOfAnEndThatWorkedIsAccepted(t *testing.T) {
	c := newCloud(t)
	c.stack("roles", ours)
	c.pass(time.Hour)
	id := c.tagged("default")
	begin := c.now()
	hourly := func(s *scheduler.CreateScheduleInput) {
		s.ScheduleExpression, s.StartDate, s.EndDate = aws.String("rate(1 hour)"), aws.Time(begin.Add(2*time.Hour)), aws.Time(begin.Add(5*time.Hour))
	}
	c.scheduleOurs("by-name", "dev-cluster", nil)
	c.scheduleOurs("by-name-retry", "dev-cluster", hourly)
	c.scheduleOurs("by-arn-retry", id, hourly)
	c.scheduleOurs("never-there", "ghost-cluster", nil)
	fired := c.pass(8 * time.Hour)
	if len(fired) != 10 || c.status() != "none" {
		t.Errorf("fired %d, the stack is %s", len(fired), c.status())
	}
	for _, f := range fired {
		if !f.OK() {
			t.Errorf("not accepted: %+v", f)
		}
	}
}

func TestTheTagsOfAStackCountByNameAndByARN(t *testing.T) {
	c := newCloud(t)
	c.stack("roles", ours)
	c.pass(time.Hour)
	id := c.tagged("another")
	c.scheduleOurs("by-name", "dev-cluster", nil)
	c.scheduleOurs("by-arn", id, nil)
	c.scheduleOurs("of-another-name", "sliderule-ghost", nil)
	_, err := c.ticker.Advance(t.Context(), 2*time.Hour)
	if err == nil || strings.Count(err.Error(), "role ours may not cloudformation:DeleteStack on "+id) != 2 || !strings.Contains(err.Error(), "stack/sliderule-ghost/*") {
		t.Errorf("got %v", err)
	}
	if c.status() != "CREATE_COMPLETE" {
		t.Errorf("another installation's stack is %s", c.status())
	}
}

func TestAnARNOfOursDeletes(t *testing.T) {
	c := newCloud(t)
	c.stack("roles", ours)
	c.pass(time.Hour)
	c.scheduleOurs("by-arn", c.tagged("default"), nil)
	if fired := c.pass(3 * time.Hour); len(fired) != 1 || !fired[0].OK() || c.status() != "none" {
		t.Errorf("fired %+v, the stack is %s", fired, c.status())
	}
}

func TestWhatTheEmulatorDidItselfIsListed(t *testing.T) {
	c := newCloud(t)
	var done []ticker.Firing
	watched := ticker.New(ticker.Options{Endpoint: c.server.URL, Clock: c.server, Actions: func(context.Context) ([]ticker.Firing, error) { return done, nil }})
	names := func() (names []string) {
		for _, f := range watched.Fired() {
			names = append(names, f.Schedule)
		}
		return names
	}
	done = []ticker.Firing{{Schedule: "fleet/sleep", Status: 200}}
	for range 2 {
		if fired, err := watched.Tick(t.Context()); err != nil || len(fired) > 1 {
			t.Errorf("got %+v, %v", fired, err)
		}
	}
	done = append(done, ticker.Firing{Schedule: "fleet/wake", Status: 200, Problem: "above max value"})
	if fired, err := watched.Advance(t.Context(), time.Hour); err == nil || err.Error() != "schedule fleet/wake: above max value" || len(fired) != 1 {
		t.Errorf("got %+v, %v", fired, err)
	}
	if got := strings.Join(names(), " "); got != "fleet/sleep fleet/wake" {
		t.Errorf("remembered %s", got)
	}
	done = []ticker.Firing{{Schedule: "fleet/after-a-reset", Status: 200}}
	if fired, err := watched.Tick(t.Context()); err != nil || len(fired) != 1 {
		t.Errorf("got %+v, %v", fired, err)
	}
	watched.Reset()
	if fired, err := watched.Tick(t.Context()); err != nil || len(fired) != 1 || len(watched.Fired()) != 1 {
		t.Errorf("got %+v, %v", fired, err)
	}
}
