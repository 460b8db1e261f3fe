package run_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	vm "github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/run"
)

func TestARunIsOneSpotMachineThatNobodyReachesAndThatEndsItself(t *testing.T) {
	c := newCloud(t)
	begun := c.clock.Now()
	got := c.started(tests(func(w *run.Wanted) { w.Owner = "ana.diaz@example.org" }))
	if len(c.machines) != 1 || len(c.requests) != 1 {
		t.Fatalf("%d machines of %d requests", len(c.machines), len(c.requests))
	}
	in := c.requests[0]
	spot := in.InstanceMarketOptions
	if spot == nil || spot.MarketType != vm.MarketTypeSpot || spot.SpotOptions.SpotInstanceType != vm.SpotInstanceTypeOneTime || spot.SpotOptions.InstanceInterruptionBehavior != vm.InstanceInterruptionBehaviorTerminate {
		t.Errorf("market %+v", spot)
	}
	if in.InstanceInitiatedShutdownBehavior != vm.ShutdownBehaviorTerminate || *in.MinCount != 1 || *in.MaxCount != 1 {
		t.Errorf("a shutdown is to %s", in.InstanceInitiatedShutdownBehavior)
	}
	if m := in.MetadataOptions; m.HttpTokens != vm.HttpTokensStateRequired || *m.HttpPutResponseHopLimit != 2 {
		t.Errorf("metadata %+v", m)
	}
	if *in.IamInstanceProfile.Arn != c.foundation.RunProfile || in.KeyName != nil {
		t.Errorf("profile %v, key %v", *in.IamInstanceProfile.Arn, in.KeyName)
	}
	if *in.ImageId != "ami-of-aws-service-ami-amazon-linux-latest-al2023-ami-kernel-default-arm64" || got.AMI != *in.ImageId {
		t.Errorf("image %s, told as %s", *in.ImageId, got.AMI)
	}
	if disk := in.BlockDeviceMappings[0].Ebs; *disk.VolumeSize != run.DefaultVolumeGB || !*disk.Encrypted || !*disk.DeleteOnTermination {
		t.Errorf("disk %+v", disk)
	}
	if group := c.groups[in.NetworkInterfaces[0].Groups[0]]; group == nil || len(group.IpPermissions) != 0 || *group.VpcId != "vpc-0" || tagOf(group.Tags, "provisioner_managed_by") != installation {
		t.Errorf("group %+v", group)
	}
	if *in.NetworkInterfaces[0].SubnetId != "subnet-0a" || !*in.NetworkInterfaces[0].AssociatePublicIpAddress || len(in.NetworkInterfaces) != 1 {
		t.Errorf("interface %+v", in.NetworkInterfaces)
	}
	kinds := map[vm.ResourceType]bool{}
	for _, s := range in.TagSpecifications {
		kinds[s.ResourceType] = true
		for key, want := range map[string]string{
			"provisioner_run": got.ID, "provisioner_managed_by": installation, "provisioner_owner": "ana.diaz@example.org", "provisioner_cluster": "dev",
			"provisioner_version": "main", "Project": "cluster-dev", "Name": got.ID, "provisioner_run_ends": got.EndsAt.Format(time.RFC3339),
		} {
			if has := tagOf(s.Tags, key); has != want {
				t.Errorf("tag %s of the %s is %q, want %q", key, s.ResourceType, has, want)
			}
		}
	}
	if !kinds[vm.ResourceTypeInstance] || !kinds[vm.ResourceTypeVolume] || !kinds[vm.ResourceTypeSpotInstancesRequest] {
		t.Errorf("tagged are %v", kinds)
	}
	if len(*in.ClientToken) > 64 || !strings.HasPrefix(*in.ClientToken, got.ID) {
		t.Errorf("token %s", *in.ClientToken)
	}

	s := c.schedules[got.ID]
	if s == nil {
		t.Fatal("there is no schedule")
	}
	ends := begun.Add(run.DefaultTestLimit + 5*time.Minute)
	if *s.ScheduleExpression != ends.Format("at(2006-01-02T15:04:05)") || !got.EndsAt.Equal(ends) || *s.GroupName != "sliderule" || *s.Target.RoleArn != c.foundation.SchedulerRole {
		t.Errorf("schedule %s in %s by %s, told as %s", *s.ScheduleExpression, *s.GroupName, *s.Target.RoleArn, got.EndsAt)
	}
	if *s.Target.Arn != "arn:aws:scheduler:::aws-sdk:ec2:terminateInstances" || *s.Target.Input != fmt.Sprintf(`{"InstanceIds":[%q]}`, got.InstanceID) || s.ActionAfterCompletion != "DELETE" || len(*s.Name) > 64 {
		t.Errorf("target %+v", s.Target)
	}
	if got.Status != run.Running || !got.Spot || got.InstanceType != "m8g.2xlarge" || got.Zone != "us-west-2a" || got.Attempt != 1 || !got.Managed ||
		got.LogURI != "s3://logs/runs/"+got.ID+"/run.log" {
		t.Errorf("got %+v", got)
	}
}

// Another architecture has its own image and its own machines.
func TestARunOnAnotherArchitecture(t *testing.T) {
	c := newCloud(t)
	got := c.started(tests(func(w *run.Wanted) { w.Architecture, w.InstanceTypes = "x86_64", nil }))
	if !strings.HasSuffix(got.AMI, "al2023-ami-kernel-default-x86_64") || got.InstanceType != run.DefaultInstanceTypes("x86_64")[0] || *c.requests[0].ImageId != got.AMI {
		t.Errorf("got %+v", got)
	}
}

// The machine that nobody waits for is ended by its schedule, and not before.
func TestTheScheduleEndsAMachineThatDoesNotEndItself(t *testing.T) {
	c := newCloud(t)
	c.lives = []life{hangs}
	got := c.started(tests())
	c.sleep(run.DefaultTestLimit + 4*time.Minute)
	if len(c.working()) != 1 {
		t.Fatal("it ended too soon")
	}
	c.sleep(2 * time.Minute)
	if len(c.working()) != 0 {
		t.Error("it works on")
	}
	c.sleep(time.Minute)
	if r := c.read(got.ID); r.Status != run.TimedOut {
		t.Errorf("got %+v", r)
	}
}

// Defect 29: a second run while one goes on gets a host of its own.
func TestDefect29TwoRunsAtOnceHaveTwoHosts(t *testing.T) {
	c := newCloud(t)
	r := c.runner()
	one, err := r.Start(t.Context(), tests())
	two, err2 := r.Start(t.Context(), tests())
	if err != nil || err2 != nil || one.ID == two.ID || one.InstanceID == two.InstanceID || one.LogURI == two.LogURI {
		t.Errorf("got %+v and %+v, %v, %v", one, two, err, err2)
	}
	if len(c.groups) != 1 {
		t.Errorf("%d groups", len(c.groups))
	}
	ids := map[string]bool{}
	plain := run.New(c.config(), run.Options{Installation: installation, Clock: c.clock, Foundation: c.lookup})
	for range 3 {
		got, err := plain.Start(t.Context(), tests())
		if err != nil || ids[got.ID] {
			t.Fatalf("got %+v, %v", got, err)
		}
		ids[got.ID] = true
	}
}

func TestALostReplyNeverMakesTwoMachines(t *testing.T) {
	for name, faults := range map[string][]fault{
		"lost before it took effect": {{err: errLost}},
		"lost after it took effect":  {{effect: true, err: errLost}},
		"a fault of EC2's, twice":    {{effect: true, err: errUnavailable}, {err: errUnavailable}},
		"never an answer":            append([]fault{{effect: true, err: errLost}}, always(fault{err: errLost})...),
	} {
		t.Run(name, func(t *testing.T) {
			c := newCloud(t)
			c.fail("RunInstances", faults...)
			c.hidden = 3
			got := c.started(tests())
			if len(c.machines) != 1 || got.InstanceID != *c.machines[0].InstanceId || c.schedules[got.ID] == nil {
				t.Errorf("%d machines, got %+v", len(c.machines), got)
			}
			for _, in := range c.requests {
				if *in.ClientToken != *c.requests[0].ClientToken {
					t.Errorf("another token, %s", *in.ClientToken)
				}
			}
		})
	}
}

func TestWithoutAnyAnswerNobodyKnowsAndNothingElseIsTried(t *testing.T) {
	c := newCloud(t)
	c.fail("RunInstances", always(fault{err: errLost})...)
	_, err := c.runner().Start(t.Context(), tests())
	if !errors.Is(err, run.ErrUnknown) || !strings.Contains(err.Error(), "provisioner_run=test-") || !strings.Contains(err.Error(), "starting the test of main against dev") {
		t.Errorf("got %v", err)
	}
	if len(c.machines) != 0 || c.count("DescribeInstances") < 2 {
		t.Errorf("%d machines after %d looks", len(c.machines), c.count("DescribeInstances"))
	}
}

func TestAnEndThatCannotBeScheduledEndsTheMachine(t *testing.T) {
	c := newCloud(t)
	c.fail("CreateSchedule", fault{err: errDenied})
	_, err := c.runner().Start(t.Context(), tests())
	if err == nil || !strings.Contains(err.Error(), "scheduling the end of the run") || !strings.Contains(err.Error(), "was terminated") || !strings.Contains(err.Error(), "you may not") {
		t.Errorf("got %v", err)
	}
	if len(c.working()) != 0 || len(c.machines) != 1 {
		t.Errorf("%d of %d machines work", len(c.working()), len(c.machines))
	}
	c.fail("CreateSchedule", fault{err: errDenied})
	c.fail("TerminateInstances", fault{err: errDenied})
	_, err = c.runner().Start(t.Context(), tests())
	if err == nil || !strings.Contains(err.Error(), "ends itself at its time limit. Terminate it") {
		t.Errorf("got %v", err)
	}
}

// A reply about a schedule that is lost leads to one schedule, and no terminated machine. A role that is not known
// everywhere yet is waited for.
func TestASchedulesLostReplyIsNoFailure(t *testing.T) {
	c := newCloud(t)
	c.fail("CreateSchedule", fault{err: refusal("ValidationException", "The execution role you provide must allow AWS EventBridge Scheduler to assume the role.")}, fault{effect: true, err: errLost})
	c.fail("RunInstances", fault{err: refusal("InvalidParameterValue", "Value (runs) for parameter iamInstanceProfile.arn is invalid. Invalid IAM Instance Profile ARN")})
	got := c.started(tests())
	if len(c.working()) != 1 || len(c.schedules) != 1 || c.schedules[got.ID] == nil {
		t.Errorf("%d machines, %d schedules", len(c.working()), len(c.schedules))
	}
}

// Who presses Ctrl-C while a machine starts has it, and its end.
func TestAnInterruptBetweenAMachineAndItsScheduleLeavesBoth(t *testing.T) {
	c := newCloud(t)
	ctx, cancel := context.WithCancel(t.Context())
	c.during = func(call string) {
		if call == "RunInstances" {
			cancel()
		}
	}
	got, err := c.runner().Start(ctx, tests())
	if err != nil || len(c.schedules) != 1 || len(c.working()) != 1 {
		t.Errorf("got %+v, %v; %d schedules, %d machines", got, err, len(c.schedules), len(c.working()))
	}
	if _, err = c.runner().Start(ctx, tests()); err == nil || len(c.machines) != 1 {
		t.Errorf("what has not begun began: %v", err)
	}
}

// Defect 31: boot scripts are in nothing that people are shown. Defect 33: the image of the machine is recorded.
func TestDefects31And33NoProgramIsToldAndTheImageIs(t *testing.T) {
	c := newCloud(t)
	got := c.started(tests(func(w *run.Wanted) { w.Version = "feature/x" }))
	text, err := json.Marshal(got)
	if err != nil {
		t.Fatal(err)
	}
	program := c.machines[0].userData
	if !strings.Contains(program, "VERSION='feature/x'") || !strings.Contains(program, "DATA_FOLDER='cf'") || strings.Index(program, "shutdown -h +80") > 30 {
		t.Errorf("the program begins %.200s", program)
	}
	for _, words := range append(c.events, string(text)) {
		if strings.Contains(words, "#!/bin") || strings.Contains(words, "shutdown") {
			t.Errorf("told is %s", words)
		}
	}
	if !strings.HasPrefix(got.AMI, "ami-") {
		t.Errorf("got %+v", got)
	}
}

func TestAFoundationThatARunCannotStandOnIsRefused(t *testing.T) {
	for want, change := range map[string]func(*cloud){
		"tells no profile of test runs": func(c *cloud) { c.foundation.RunProfile = "" },
		"tells no schedule group":       func(c *cloud) { c.foundation.ScheduleGroup = "" },
		`it is the installation "b"'s`:  func(c *cloud) { c.foundation.ManagedBy = "b" },
	} {
		c := newCloud(t)
		change(c)
		if _, err := c.runner().Start(t.Context(), tests()); err == nil || !strings.Contains(err.Error(), want) || len(c.calls) != 0 {
			t.Errorf("got %v after %v", err, c.calls)
		}
	}
}
