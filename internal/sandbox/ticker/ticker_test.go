//go:build unix

package ticker_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	cfn "github.com/aws/aws-sdk-go-v2/service/cloudformation/types"
	"github.com/aws/aws-sdk-go-v2/service/scheduler"
	"github.com/aws/aws-sdk-go-v2/service/scheduler/types"

	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/moto"
	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/ticker"
)

var shared = sync.OnceValues(func() (*moto.Server, error) {
	return moto.Start(context.Background(), moto.NewFinder(""), moto.Options{})
})

func TestMain(m *testing.M) {
	code := m.Run()
	if server, err := shared(); err == nil {
		server.Close()
	}
	os.Exit(code)
}

// foundation has what a schedule needs: a group, and a role that may delete clusters' stacks and end tagged instances.
const foundation = `
Resources:
  Group: {Type: AWS::Scheduler::ScheduleGroup, Properties: {Name: sliderule}}
  Role:
    Type: AWS::IAM::Role
    Properties:
      RoleName: ends-clusters
      AssumeRolePolicyDocument: {Version: "2012-10-17", Statement: [{Effect: Allow, Principal: {Service: scheduler.amazonaws.com}, Action: "sts:AssumeRole"}]}
      Policies:
        - PolicyName: ends
          PolicyDocument:
            Version: "2012-10-17"
            Statement:
              - {Effect: Allow, Action: "cloudformation:DeleteStack", Resource: "arn:aws:cloudformation:*:*:stack/*-cluster/*"}
              - {Effect: Allow, Action: "ec2:TerminateInstances", Resource: "*", Condition: {StringEquals: {"aws:ResourceTag/run": "test"}}}
  Stranger:
    Type: AWS::IAM::Role
    Properties:
      RoleName: stranger
      AssumeRolePolicyDocument: {Version: "2012-10-17", Statement: [{Effect: Allow, Principal: {Service: ec2.amazonaws.com}, Action: "sts:AssumeRole"}]}
`

const anything = `{"Resources": {"Network": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.9.0.0/16"}}}}`

const (
	endsClusters = "arn:aws:iam::123456789012:role/ends-clusters"
	deleteStack  = "arn:aws:scheduler:::aws-sdk:cloudformation:deleteStack"
)

type cloud struct {
	*testing.T
	server    *moto.Server
	ticker    *ticker.Ticker
	stacks    *cloudformation.Client
	schedules *scheduler.Client
}

func newCloud(t *testing.T) cloud {
	t.Helper()
	server, err := shared()
	if err != nil {
		t.Fatal(err)
	}
	if err := server.Reset(t.Context()); err != nil {
		t.Fatal(err)
	}
	config := aws.Config{
		Region: "us-west-2", BaseEndpoint: &server.URL, Credentials: credentials.NewStaticCredentialsProvider("sandbox", "sandbox", ""),
		Retryer: func() aws.Retryer { return aws.NopRetryer{} },
	}
	c := cloud{t, server, ticker.New(ticker.Options{Endpoint: server.URL, Clock: server}), cloudformation.NewFromConfig(config), scheduler.NewFromConfig(config)}
	c.stack("sliderule-foundation", foundation)
	c.pass(time.Hour)
	return c
}

func (c cloud) must(err error) {
	c.Helper()
	if err != nil {
		c.Fatal(err)
	}
}

func (c cloud) stack(name, template string) {
	c.Helper()
	_, err := c.stacks.CreateStack(c.Context(), &cloudformation.CreateStackInput{StackName: &name, TemplateBody: &template, Capabilities: []cfn.Capability{cfn.CapabilityCapabilityNamedIam}})
	c.must(err)
}

func (c cloud) pass(d time.Duration) []ticker.Firing {
	c.Helper()
	fired, err := c.ticker.Advance(c.Context(), d)
	c.must(err)
	return fired
}

func (c cloud) now() time.Time {
	c.Helper()
	now, err := c.server.Now(c.Context())
	c.must(err)
	return now
}

func in(now time.Time, d time.Duration) *string {
	return aws.String(now.Add(d).UTC().Format("at(2006-01-02T15:04:05)"))
}

// schedule is one that deletes dev-cluster, changed as the test wants it.
func (c cloud) schedule(change func(*scheduler.CreateScheduleInput)) error {
	input := &scheduler.CreateScheduleInput{
		Name: aws.String("dev-cluster-auto-shutdown"), GroupName: aws.String("sliderule"),
		ScheduleExpression: in(c.now(), 2*time.Hour), ScheduleExpressionTimezone: aws.String("UTC"),
		FlexibleTimeWindow:    &types.FlexibleTimeWindow{Mode: types.FlexibleTimeWindowModeOff},
		ActionAfterCompletion: types.ActionAfterCompletionDelete,
		Target:                &types.Target{Arn: aws.String(deleteStack), RoleArn: aws.String(endsClusters), Input: aws.String(`{"StackName":"dev-cluster"}`)},
	}
	if change != nil {
		change(input)
	}
	_, err := c.schedules.CreateSchedule(c.Context(), input)
	return err
}

// status is dev-cluster's.
func (c cloud) status() string {
	answer, err := c.stacks.DescribeStacks(c.Context(), &cloudformation.DescribeStacksInput{StackName: aws.String("dev-cluster")})
	if err != nil {
		return "none"
	}
	return string(answer.Stacks[0].StackStatus)
}

func (c cloud) scheduled(name string) bool {
	c.Helper()
	_, err := c.schedules.GetSchedule(c.Context(), &scheduler.GetScheduleInput{Name: &name, GroupName: aws.String("sliderule")})
	var missing *types.ResourceNotFoundException
	if err != nil && !errors.As(err, &missing) {
		c.Fatal(err)
	}
	return err == nil
}

func TestAClusterEndsWhenItsTimeHasCome(t *testing.T) {
	c := newCloud(t)
	c.must(c.schedule(nil))
	c.stack("dev-cluster", anything)
	if fired := c.pass(time.Hour + 59*time.Minute); len(fired) != 0 || c.status() != "CREATE_COMPLETE" || !c.scheduled("dev-cluster-auto-shutdown") {
		t.Fatalf("after 1:59: fired %+v, stack %s", fired, c.status())
	}
	fired := c.pass(2 * time.Minute)
	if len(fired) != 1 || !fired[0].OK() || fired[0].Schedule != "sliderule/dev-cluster-auto-shutdown" || fired[0].Target != "cloudformation:deleteStack" {
		t.Fatalf("after 2:01: fired %+v", fired)
	}
	if c.status() != "none" || c.scheduled("dev-cluster-auto-shutdown") {
		t.Errorf("the stack is %s, the schedule there: %t", c.status(), c.scheduled("dev-cluster-auto-shutdown"))
	}
	if fired := c.pass(24 * time.Hour); len(fired) != 0 {
		t.Errorf("it fired again: %+v", fired)
	}
	if len(c.ticker.Fired()) != 1 {
		t.Errorf("remembered: %+v", c.ticker.Fired())
	}
}

func TestADeletionThatFailsIsTriedEveryHour(t *testing.T) {
	c := newCloud(t)
	begin := c.now()
	c.must(c.schedule(nil))
	c.must(c.schedule(func(s *scheduler.CreateScheduleInput) {
		s.Name, s.ScheduleExpression = aws.String("dev-cluster-auto-shutdown-retry"), aws.String("rate(1 hour)")
		s.StartDate, s.EndDate = aws.Time(begin.Add(3*time.Hour)), aws.Time(begin.Add(27*time.Hour))
	}))
	c.stack("dev-cluster", anything)
	c.must(c.server.Fail(t.Context(), moto.Failure{Resource: "Network", Operation: "delete", Times: 2}))
	fired := c.pass(4*time.Hour - time.Minute)
	if len(fired) != 2 || c.status() != "DELETE_FAILED" {
		t.Fatalf("fired %+v, stack %s", fired, c.status())
	}
	if fired = c.pass(2 * time.Minute); len(fired) != 1 || c.status() != "none" {
		t.Errorf("fired %+v, stack %s", fired, c.status())
	}
	if !c.scheduled("dev-cluster-auto-shutdown-retry") {
		t.Error("the retry went before its end")
	}
	fired = c.pass(40 * time.Hour)
	if len(fired) != 23 || c.scheduled("dev-cluster-auto-shutdown-retry") { // 5:00 to 27:00
		t.Errorf("it fired %d times more; still there: %t", len(fired), c.scheduled("dev-cluster-auto-shutdown-retry"))
	}
}

func TestAnExtensionReplacesTheEnd(t *testing.T) {
	c := newCloud(t)
	c.must(c.schedule(nil))
	c.stack("dev-cluster", anything)
	c.pass(time.Hour)
	_, err := c.schedules.UpdateSchedule(t.Context(), &scheduler.UpdateScheduleInput{
		Name: aws.String("dev-cluster-auto-shutdown"), GroupName: aws.String("sliderule"), ScheduleExpression: in(c.now(), 3*time.Hour),
		FlexibleTimeWindow: &types.FlexibleTimeWindow{Mode: types.FlexibleTimeWindowModeOff}, // and no ActionAfterCompletion
		Target:             &types.Target{Arn: aws.String(deleteStack), RoleArn: aws.String(endsClusters), Input: aws.String(`{"StackName":"dev-cluster"}`)},
	})
	c.must(err)
	if fired := c.pass(2*time.Hour + 59*time.Minute); len(fired) != 0 {
		t.Errorf("the old end counted: %+v", fired)
	}
	if fired := c.pass(2 * time.Minute); len(fired) != 1 || !c.scheduled("dev-cluster-auto-shutdown") {
		t.Errorf("fired %+v; what is left out is its default: kept %t", fired, c.scheduled("dev-cluster-auto-shutdown"))
	}
}

func TestWhatAWSWouldNotCallIsAProblem(t *testing.T) {
	for problem, change := range map[string]func(*types.Target){
		"no universal target":                     func(s *types.Target) { s.Arn = aws.String("arn:aws:lambda:us-west-2:123456789012:function:destroy") },
		"there is no operation dropStack":         func(s *types.Target) { s.Arn = aws.String("arn:aws:scheduler:::aws-sdk:cloudformation:dropStack") },
		"its input is no JSON object":             func(s *types.Target) { s.Input = aws.String("dev-cluster") },
		`deleteStack has no member "stack_name"`:  func(s *types.Target) { s.Input = aws.String(`{"stack_name":"dev-cluster"}`) },
		"deleteStack needs StackName":             func(s *types.Target) { s.Input = aws.String(`{}`) },
		"StackName of deleteStack has the wrong":  func(s *types.Target) { s.Input = aws.String(`{"StackName":["dev-cluster"]}`) },
		"there is no role ghost":                  func(s *types.Target) { s.RoleArn = aws.String("arn:aws:iam::123456789012:role/ghost") },
		"stranger does not let scheduler.amazona": func(s *types.Target) { s.RoleArn = aws.String("arn:aws:iam::123456789012:role/stranger") },
		"may not cloudformation:DeleteStack on":   func(s *types.Target) { s.Input = aws.String(`{"StackName":"sliderule-foundation"}`) },
	} {
		t.Run(problem, func(t *testing.T) {
			c := newCloud(t)
			c.must(c.schedule(func(s *scheduler.CreateScheduleInput) {
				s.Target.RetryPolicy = &types.RetryPolicy{MaximumRetryAttempts: aws.Int32(1), MaximumEventAgeInSeconds: aws.Int32(600)}
				change(s.Target)
			}))
			c.stack("dev-cluster", anything)
			for range 2 {
				_, err := c.ticker.Advance(t.Context(), 2*time.Hour)
				if err != nil && !strings.Contains(err.Error(), problem) {
					t.Errorf("got %v", err)
				}
			}
			fired := c.ticker.Fired()
			if len(fired) != 2 || !strings.Contains(fired[0].Problem, problem) || fired[1].Attempt != 2 || c.status() != "CREATE_COMPLETE" {
				t.Errorf("got %+v", fired)
			}
			if c.scheduled("dev-cluster-auto-shutdown") {
				t.Error("given up, and yet still there")
			}
		})
	}
}

func TestARunIsTerminated(t *testing.T) {
	c := newCloud(t)
	run := func(tag string) string {
		t.Helper()
		form := url.Values{"Action": {"RunInstances"}, "Version": {"2016-11-15"}, "ImageId": {"ami-12345678"}, "MinCount": {"1"}, "MaxCount": {"1"}, "TagSpecification.1.ResourceType": {"instance"}, "TagSpecification.1.Tag.1.Key": {"run"}, "TagSpecification.1.Tag.1.Value": {tag}}
		_, id, _ := strings.Cut(c.ec2(form), "<instanceId>")
		id, _, _ = strings.Cut(id, "<")
		return id
	}
	ours, other := run("test"), run("production")
	for name, id := range map[string]string{"ours": ours, "other": other} {
		c.must(c.schedule(func(s *scheduler.CreateScheduleInput) {
			s.Name, s.Target.Arn = aws.String(name), aws.String("arn:aws:scheduler:::aws-sdk:ec2:terminateInstances")
			s.Target.Input = aws.String(fmt.Sprintf(`{"InstanceIds":[%q]}`, id))
		}))
	}
	if _, err := c.ticker.Advance(t.Context(), 3*time.Hour); err == nil || !strings.Contains(err.Error(), "may not ec2:TerminateInstances on arn:aws:ec2:us-west-2:123456789012:instance/"+other) {
		t.Errorf("got %v", err)
	}
	state := c.ec2(url.Values{"Action": {"DescribeInstances"}, "Version": {"2016-11-15"}, "Filter.1.Name": {"instance-state-name"}, "Filter.1.Value.1": {"running"}})
	if strings.Contains(state, ours) || !strings.Contains(state, other) {
		t.Errorf("running: %s", state)
	}
}

func (c cloud) ec2(form url.Values) string {
	c.Helper()
	req, err := http.NewRequestWithContext(c.Context(), http.MethodPost, c.server.URL+"/", strings.NewReader(form.Encode()))
	c.must(err)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=K/20260102/us-west-2/ec2/aws4_request, SignedHeaders=host, Signature=x")
	resp, err := http.DefaultClient.Do(req)
	c.must(err)
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	c.must(err)
	return string(text)
}

func TestControl(t *testing.T) {
	c := newCloud(t)
	c.must(c.schedule(nil))
	c.stack("dev-cluster", anything)
	call := func(method, path, body string) (int, string) {
		t.Helper()
		answer := httptest.NewRecorder()
		c.ticker.Control().ServeHTTP(answer, httptest.NewRequestWithContext(t.Context(), method, path, strings.NewReader(body)))
		return answer.Code, strings.TrimSpace(answer.Body.String())
	}
	for _, step := range []struct {
		method, path, body string
		status             int
		answer             string
	}{
		{"POST", "/tick", "", 200, "[]"},
		{"POST", "/clock", `{"advance":"soon"}`, 400, "advance must be a duration"},
		{"POST", "/clock", `{"advance":"-1h"}`, 400, "advance must be a duration"},
		{"POST", "/clock", `{"advance":"1h59m"}`, 200, "[]"},
		{"GET", "/fired", "", 200, "[]"},
	} {
		if status, answer := call(step.method, step.path, step.body); status != step.status || !strings.HasPrefix(answer, step.answer) {
			t.Errorf("%s %s %s: %d %s", step.method, step.path, step.body, status, answer)
		}
	}
	_, answer := call("POST", "/clock", `{"advance":"2m"}`)
	var fired []ticker.Firing
	if err := json.Unmarshal([]byte(answer), &fired); err != nil || len(fired) != 1 || fired[0].Status != 200 {
		t.Errorf("got %s, %v", answer, err)
	}
	if _, again := call("GET", "/fired", ""); again != answer {
		t.Errorf("got %s, want %s", again, answer)
	}
	c.ticker.Reset()
	if len(c.ticker.Fired()) != 0 {
		t.Error("a reset forgot nothing")
	}
}
