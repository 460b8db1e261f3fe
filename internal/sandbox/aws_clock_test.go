package sandbox_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"
	"github.com/aws/aws-sdk-go-v2/service/scheduler"
	scheduled "github.com/aws/aws-sdk-go-v2/service/scheduler/types"

	"github.com/data-access/terraform-provider-provisioner/internal/sandbox"
)

// endsItself is a foundation and what it ends: the role may delete the one stack.
const endsItself = `{"Resources": {
  "Group": {"Type": "AWS::Scheduler::ScheduleGroup", "Properties": {"Name": "sliderule"}},
  "Role": {"Type": "AWS::IAM::Role", "Properties": {"RoleName": "ends", "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "scheduler.amazonaws.com"}, "Action": "sts:AssumeRole"}]},
    "Policies": [{"PolicyName": "ends", "PolicyDocument": {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "cloudformation:DeleteStack", "Resource": "*"}]}}]}}}}`

func TestAStackEndsByItsSchedule(t *testing.T) {
	s := start(t, sandbox.Options{Speed: 1e6})
	for name, value := range s.Env() {
		t.Setenv(name, value)
	}
	cfg, err := config.LoadDefaultConfig(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	stacks, schedules := cloudformation.NewFromConfig(cfg), scheduler.NewFromConfig(cfg)
	name := aws.String("dev-cluster")
	if _, err := stacks.CreateStack(t.Context(), &cloudformation.CreateStackInput{StackName: name, TemplateBody: aws.String(endsItself), Capabilities: []types.Capability{"CAPABILITY_NAMED_IAM"}}); err != nil {
		t.Fatal(err)
	}
	status := func() string {
		answer, err := stacks.DescribeStacks(t.Context(), &cloudformation.DescribeStacksInput{StackName: name})
		if err != nil {
			return "none"
		}
		return string(answer.Stacks[0].StackStatus)
	}
	if got := status(); got != "CREATE_COMPLETE" {
		t.Fatalf("it is %s", got)
	}
	now, err := s.AWS().Now(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := schedules.CreateSchedule(t.Context(), &scheduler.CreateScheduleInput{
		Name: aws.String("end"), GroupName: aws.String("sliderule"), ScheduleExpression: aws.String(now.Add(2 * time.Hour).UTC().Format("at(2006-01-02T15:04:05)")),
		FlexibleTimeWindow: &scheduled.FlexibleTimeWindow{Mode: "OFF"},
		Target:             &scheduled.Target{Arn: aws.String("arn:aws:scheduler:::aws-sdk:cloudformation:deleteStack"), RoleArn: aws.String("arn:aws:iam::123456789012:role/ends"), Input: aws.String(`{"StackName":"dev-cluster"}`)},
	}); err != nil {
		t.Fatal(err)
	}
	calls := len(s.Wire.Calls())
	for _, step := range []struct{ method, path, body, answer, status string }{
		{"POST", "/aws/clock", `{"advance":"1h59m"}`, "[]", "CREATE_COMPLETE"},
		{"POST", "/aws/tick", "", "[]", "CREATE_COMPLETE"},
		{"POST", "/aws/clock", `{"advance":"2m"}`, `[{"at":`, "none"},
		{"GET", "/aws/fired", "", `[{"at":`, "none"},
		{"GET", "/aws/clock", "", `{"now":`, "none"},
		{"POST", "/aws/speed", `{"speed":60}`, `{"status":"ok"}`, "none"},
		{"POST", "/aws/speed", `{"speed":0}`, "moto: POST clock: 400", "none"},
		{"POST", "/aws/failures", `{"resource":"AWS::EC2::VPC","operation":"delete","times":-1}`, `{"status":"ok"}`, "none"},
		{"POST", "/aws/failures", `{"resource":"A","operation":"think"}`, "moto: POST failures: 400", "none"},
	} {
		if _, answer := call(t, step.method, s.ControlURL+step.path, "", step.body); !strings.HasPrefix(answer, step.answer) {
			t.Errorf("%s %s %s: got %s", step.method, step.path, step.body, answer)
		}
		if got := status(); got != step.status {
			t.Errorf("after %s %s it is %s, want %s", step.path, step.body, got, step.status)
		}
	}
	if got := len(s.Wire.Calls()) - calls; got != 9 {
		t.Errorf("the sandbox's own calls were recorded: %d", got)
	}

	if err := s.Reset(t.Context()); err != nil {
		t.Fatal(err)
	}
	_, answer := call(t, "GET", s.ControlURL+"/aws/clock", "", "")
	var clock struct {
		Now   time.Time
		Speed float64
	}
	if err := json.Unmarshal([]byte(answer), &clock); err != nil || clock.Speed != 1e6 || clock.Now.Sub(now) > time.Hour {
		t.Errorf("after a reset the clock says %s, %v", answer, err)
	}
	if _, answer := call(t, "GET", s.ControlURL+"/aws/fired", "", ""); answer != "[]" {
		t.Errorf("a reset forgot nothing: %s", answer)
	}
}

func TestPlainMotoCanBeHad(t *testing.T) {
	s := start(t, sandbox.Options{PlainAWS: true})
	for path, want := range map[string]string{"/aws/tick": "[]", "/aws/clock": "[]"} {
		if _, answer := call(t, "POST", s.ControlURL+path, "", `{"advance":"2h"}`); answer != want {
			t.Errorf("%s: got %s", path, answer)
		}
	}
	if status, answer := call(t, "POST", s.ControlURL+"/aws/speed", "", `{"speed":2}`); status != 409 || !strings.Contains(answer, "plain moto") {
		t.Errorf("got %d %s", status, answer)
	}
}

func TestTheEnvironmentLeadsToGitHub(t *testing.T) {
	s := start(t, sandbox.Options{WithoutAWS: true})
	env := s.Env()
	if status, answer := call(t, "GET", env["GITHUB_API_URL"]+"/orgs/SlideRuleEarth/memberships/sandbox-member", env["SLIDERULE_GITHUB_TOKEN"], ""); status != 200 || !strings.Contains(answer, `"role":"member"`) {
		t.Errorf("got %d %s", status, answer)
	}
	if status, _ := call(t, "POST", s.ControlURL+"/faults", "", `{"vendor":"github","kind":"status","status":403}`); status != 200 {
		t.Fatalf("got %d", status)
	}
	if status, answer := call(t, "GET", env["GITHUB_API_URL"]+"/user", env["SLIDERULE_GITHUB_TOKEN"], ""); status != 403 || !strings.Contains(answer, `"documentation_url"`) {
		t.Errorf("got %d %s", status, answer)
	}
	if status, _ := call(t, "POST", s.ControlURL+"/github/people", "", `{"login":"ana","token":"ghp_ana","role":"admin"}`); status != 200 {
		t.Errorf("got %d", status)
	}
	if status, _ := call(t, "GET", env["GITHUB_API_URL"]+"/user", "ghp_ana", ""); status != 200 {
		t.Errorf("got %d", status)
	}
}
