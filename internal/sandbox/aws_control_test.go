package sandbox_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/costexplorer"
	"github.com/aws/aws-sdk-go-v2/service/costexplorer/types"

	"github.com/data-access/terraform-provider-provisioner/internal/sandbox"
	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/ticker"
)

// sleeps is a group of two that is asleep from eight to seven.
const sleeps = `{"Resources": {
  "Template": {"Type": "AWS::EC2::LaunchTemplate", "Properties": {"LaunchTemplateData": {"ImageId": "ami-12345678", "InstanceType": "t4g.2xlarge"}}},
  "Nodes": {"Type": "AWS::AutoScaling::AutoScalingGroup", "Properties": {"AutoScalingGroupName": "dev-asg", "MinSize": "0", "MaxSize": "4", "DesiredCapacity": "2", "AvailabilityZones": ["us-east-1a"],
    "LaunchTemplate": {"LaunchTemplateId": {"Ref": "Template"}, "Version": {"Fn::GetAtt": ["Template", "LatestVersionNumber"]}}}},
  "Sleep": {"Type": "AWS::AutoScaling::ScheduledAction", "Properties": {"AutoScalingGroupName": {"Ref": "Nodes"}, "Recurrence": "0 20 * * *", "MinSize": 0, "DesiredCapacity": 0}},
  "Wake": {"Type": "AWS::AutoScaling::ScheduledAction", "Properties": {"AutoScalingGroupName": {"Ref": "Nodes"}, "Recurrence": "0 7 * * *", "DesiredCapacity": 2}}}}`

func TestAClusterSleepsAndWakesByTheClock(t *testing.T) {
	s := start(t, sandbox.Options{Speed: 1e6})
	cfg := inside(t, s)
	if _, err := cloudformation.NewFromConfig(cfg).CreateStack(t.Context(), &cloudformation.CreateStackInput{StackName: aws.String("dev-cluster"), TemplateBody: aws.String(sleeps)}); err != nil {
		t.Fatal(err)
	}
	nodes := func() int {
		t.Helper()
		answer, err := autoscaling.NewFromConfig(cfg).DescribeAutoScalingGroups(t.Context(), &autoscaling.DescribeAutoScalingGroupsInput{AutoScalingGroupNames: []string{"dev-asg"}})
		if err != nil || len(answer.AutoScalingGroups) != 1 {
			t.Fatalf("got %+v, %v", answer, err)
		}
		return len(answer.AutoScalingGroups[0].Instances)
	}
	advance := func(to func(time.Time) time.Time) string {
		t.Helper()
		now, err := s.AWS().Now(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		_, answer := call(t, "POST", s.ControlURL+"/aws/clock", "", `{"advance":"`+to(now).Sub(now).String()+`"}`)
		return answer
	}
	noon := func(now time.Time) time.Time { return now.Truncate(24 * time.Hour).Add(36 * time.Hour) }
	if advance(noon); nodes() != 2 {
		t.Fatalf("awake there are %d", nodes())
	}
	before := len(s.Ticker.Fired())
	answer := advance(func(now time.Time) time.Time { return now.Truncate(time.Hour).Add(9 * time.Hour) })
	if nodes() != 0 || !strings.Contains(answer, `"target":"autoscaling:scheduledAction"`) || !strings.Contains(answer, `"schedule":"dev-asg/dev-cluster-Sleep-`) {
		t.Errorf("asleep there are %d: %s", nodes(), answer)
	}
	// Time that passes by other means counts too.
	if err := s.AWS().Advance(t.Context(), 12*time.Hour); err != nil || nodes() != 2 {
		t.Errorf("the next day there are %d, %v", nodes(), err)
	}
	_, answer = call(t, "GET", s.ControlURL+"/aws/fired", "", "")
	var fired []ticker.Firing
	if err := json.Unmarshal([]byte(answer), &fired); err != nil || len(fired) != before+2 {
		t.Fatalf("got %s, %v", answer, err)
	}
	if last := fired[len(fired)-1]; !last.OK() || last.At.Hour() != 7 || last.Input != `{"DesiredCapacity":2}` || last.Region != "us-east-1" || !strings.HasPrefix(last.Schedule, "dev-asg/dev-cluster-Wake-") {
		t.Errorf("got %+v", last)
	}
}

func TestCostsCanBeTold(t *testing.T) {
	s := start(t, sandbox.Options{})
	cfg := inside(t, s)
	ask := func(start string) string {
		t.Helper()
		answer, err := costexplorer.NewFromConfig(cfg).GetCostAndUsage(t.Context(), &costexplorer.GetCostAndUsageInput{
			TimePeriod: &types.DateInterval{Start: &start, End: aws.String("2026-08-03")}, Granularity: types.GranularityDaily, Metrics: []string{"UnblendedCost"},
			Filter: &types.Expression{Tags: &types.TagValues{Key: aws.String("Project"), Values: []string{"cluster-dev"}}},
		})
		if err != nil {
			t.Fatal(err)
		}
		if len(answer.ResultsByTime) == 0 {
			return "none"
		}
		return *answer.ResultsByTime[0].Total["UnblendedCost"].Amount
	}
	const queued = `{"results":[{"ResultsByTime":[{"TimePeriod":{"Start":"2026-08-01","End":"2026-08-02"},"Total":{"UnblendedCost":{"Amount":"7.25","Unit":"USD"}},"Groups":[],"Estimated":false}]}]}`
	if status, answer := call(t, "POST", s.AWSURL+"/moto-api/static/ce/cost-and-usage-results", "", queued); status != 201 {
		t.Fatalf("got %d %s", status, answer)
	}
	if got := ask("2026-08-01"); got != "7.25" {
		t.Errorf("what was queued is %s", got)
	}
	for body, want := range map[string]int{
		`{"cluster":"dev","days":[{"date":"2026-08-01","usd":12.5},{"date":"2026-08-02","usd":1}]}`: 200,
		`{"cluster":"ana","days":[{"date":"2026-08-01","usd":3}]}`:                                  200,
		`{"cluster":"dev","days":[{"date":"1 August","usd":3}]}`:                                    409,
		`{"cluster":"dev","day":"2026-08-01"}`:                                                      400,
	} {
		if status, answer := call(t, "POST", s.ControlURL+"/aws/costs", "", body); status != want {
			t.Errorf("%s: got %d %s", body, status, answer)
		}
	}
	if got := ask("2026-08-01"); got != "12.5000000000" {
		t.Errorf("dev cost %s", got)
	}
	if got := ask("2026-08-02"); got != "1.0000000000" {
		t.Errorf("dev cost %s", got)
	}
	if err := s.Reset(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := ask("2026-08-02"); got != "none" {
		t.Errorf("after a reset dev cost %s", got)
	}
}
