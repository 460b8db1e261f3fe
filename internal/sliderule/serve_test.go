package sliderule_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	as "github.com/aws/aws-sdk-go-v2/service/autoscaling/types"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	cfn "github.com/aws/aws-sdk-go-v2/service/cloudformation/types"
	"github.com/aws/aws-sdk-go-v2/service/costexplorer"
	ce "github.com/aws/aws-sdk-go-v2/service/costexplorer/types"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	kmstypes "github.com/aws/aws-sdk-go-v2/service/kms/types"
	"github.com/aws/aws-sdk-go-v2/service/scheduler"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	ssmtypes "github.com/aws/aws-sdk-go-v2/service/ssm/types"
)

type fakeGroup struct {
	as.AutoScalingGroup
}

const aPage = 2 // small, so that every list has several

var publicKey = sync.OnceValue(func() []byte {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	der, err := x509.MarshalPKIXPublicKey(&key.PublicKey)
	if err != nil {
		panic(err)
	}
	return der
})

// serve answers one call.
func (c *cloud) serve(in any) (any, error) {
	switch in := in.(type) {
	case *cloudformation.CreateStackInput:
		return c.createStack(in)
	case *cloudformation.UpdateStackInput:
		return c.updateStack(in)
	case *cloudformation.DeleteStackInput:
		return c.deleteStack(in)
	case *cloudformation.DescribeStacksInput:
		return c.describeStacks(in)
	case *cloudformation.DescribeStackEventsInput:
		return c.describeEvents(in)
	case *cloudformation.GetTemplateInput:
		s := c.live(*in.StackName)
		if s == nil {
			return nil, validation("Stack with id %s does not exist", *in.StackName)
		}
		return &cloudformation.GetTemplateOutput{TemplateBody: &s.body}, nil
	case *cloudformation.ListStacksInput:
		return c.listStacks(in)
	case *scheduler.CreateScheduleInput:
		return c.createSchedule(in)
	case *scheduler.UpdateScheduleInput:
		return c.updateSchedule(in)
	case *scheduler.DeleteScheduleInput:
		if c.schedules[*in.Name] == nil {
			return nil, noSchedule(*in.Name)
		}
		delete(c.schedules, *in.Name)
		return &scheduler.DeleteScheduleOutput{}, nil
	case *scheduler.GetScheduleInput:
		s := c.schedules[*in.Name]
		if s == nil {
			return nil, noSchedule(*in.Name)
		}
		return &scheduler.GetScheduleOutput{
			Name: in.Name, ScheduleExpression: &s.expression, ScheduleExpressionTimezone: aws.String("UTC"), StartDate: s.start, EndDate: s.end, State: s.state, Target: &s.Target,
		}, nil
	case *autoscaling.DescribeAutoScalingGroupsInput:
		return c.describeGroups(in)
	case *autoscaling.UpdateAutoScalingGroupInput:
		c.groups[*in.AutoScalingGroupName].resize(*in.DesiredCapacity)
		return &autoscaling.UpdateAutoScalingGroupOutput{}, nil
	case *costexplorer.GetCostAndUsageInput:
		return c.costs(in)
	case *kms.GetPublicKeyInput:
		return &kms.GetPublicKeyOutput{KeyId: in.KeyId, PublicKey: publicKey(), KeyUsage: kmstypes.KeyUsageTypeSignVerify, KeySpec: kmstypes.KeySpecRsa2048}, nil
	case *ssm.GetParameterInput:
		return &ssm.GetParameterOutput{Parameter: &ssmtypes.Parameter{Name: in.Name, Value: aws.String("ami-newest")}}, nil
	}
	return nil, fmt.Errorf("the fake has no %T", in)
}

func (c *cloud) createStack(in *cloudformation.CreateStackInput) (any, error) {
	if s := c.live(*in.StackName); s != nil {
		if s.tokens[*in.ClientRequestToken] {
			return &cloudformation.CreateStackOutput{StackId: s.StackId}, nil
		}
		return nil, apiError(400, &cfn.AlreadyExistsException{Message: aws.String("Stack [" + *in.StackName + "] already exists")})
	}
	if len(in.Capabilities) == 0 {
		return nil, refusal("InsufficientCapabilities", "Requires capabilities : [CAPABILITY_NAMED_IAM]")
	}
	s, token, now := c.newStack(*in.StackName), *in.ClientRequestToken, c.clock.Now()
	s.Parameters, s.Tags, s.RoleARN, s.body, s.tokens[token] = in.Parameters, in.Tags, in.RoleARN, *in.TemplateBody, true
	s.say(now, cfn.StackStatusCreateInProgress, "User Initiated", token)
	for i := range 3 {
		s.event(now, "Part"+strconv.Itoa(i), "part-"+strconv.Itoa(i), "AWS::EC2::Subnet", cfn.ResourceStatusCreateInProgress, "", token)
	}
	s.then(now.Add(createTakes), func(s *fakeStack) {
		at := s.due
		if s.failing != "" {
			s.fails(at, cfn.ResourceStatusCreateFailed, token)
			s.say(at, cfn.StackStatusRollbackInProgress, "The following resource(s) failed to create: ["+s.failing+"]. Rollback requested by user.", token)
			s.failing = ""
			s.then(at.Add(deleteTakes), func(s *fakeStack) { s.say(s.due, cfn.StackStatusRollbackComplete, "", token) })
			return
		}
		s.say(at, cfn.StackStatusCreateComplete, "", token)
		if cluster := s.value("Cluster"); cluster != "" {
			c.groups[cluster+"-asg"] = newGroup(cluster+"-asg", s.number("NodeCapacity"))
			s.Outputs = append(s.Outputs, output("Endpoint", "https://"+cluster+"."+s.value("Domain")), output("Address", "192.0.2.1"), output("Group", cluster+"-asg"), output("Ami", s.value("Image")), output("Zones", s.zones()))
		} else {
			for key, value := range foundationOutputs() {
				s.Outputs = append(s.Outputs, output(key, value))
			}
		}
	})
	return &cloudformation.CreateStackOutput{StackId: s.StackId}, nil
}

// fails writes the events of a failing operation: the cause, and what was cancelled because of it.
func (s *fakeStack) fails(at time.Time, status cfn.ResourceStatus, token string) {
	s.event(at, "Part1", "part-1", "AWS::EC2::Subnet", cfn.ResourceStatusCreateComplete, "", token)
	s.event(at, "Early", "", "AWS::EC2::Instance", status, "Resource creation cancelled", token) // AWS keeps no order within a second
	s.event(at, s.failing, "", "AWS::EC2::NatGateway", status, "The maximum number of addresses has been reached.", token)
	for i := range 4 {
		s.event(at, "Cancelled"+strconv.Itoa(i), "", "AWS::EC2::Instance", status, "Resource creation cancelled", token)
	}
}

func output(key, value string) cfn.Output { return cfn.Output{OutputKey: &key, OutputValue: &value} }

func (s *fakeStack) value(key string) string {
	for _, p := range s.Parameters {
		if *p.ParameterKey == key {
			return *p.ParameterValue
		}
	}
	return ""
}

func (s *fakeStack) number(key string) int32 {
	n, _ := strconv.Atoi(s.value(key))
	return int32(n)
}

// zones are those that a cluster's tag tells, and by default the first two.
func (s *fakeStack) zones() string {
	if asked := tagOf(s.Stack, "provisioner_zones"); asked != "" {
		return strings.ReplaceAll(asked, " ", ",")
	}
	return "us-west-2a,us-west-2b"
}

func newGroup(name string, nodes int32) *fakeGroup {
	g := &fakeGroup{as.AutoScalingGroup{AutoScalingGroupName: &name}}
	g.resize(nodes)
	return g
}

func (g *fakeGroup) resize(nodes int32) {
	g.DesiredCapacity, g.Instances = &nodes, nil
	for i := range nodes {
		g.Instances = append(g.Instances, as.Instance{InstanceId: aws.String(fmt.Sprint("i-", i)), LifecycleState: as.LifecycleStateInService, HealthStatus: aws.String("Healthy")})
	}
}

func (c *cloud) updateStack(in *cloudformation.UpdateStackInput) (any, error) {
	s := c.live(*in.StackName)
	if s == nil {
		return nil, validation("Stack [%s] does not exist", *in.StackName)
	}
	answer, token, now := &cloudformation.UpdateStackOutput{StackId: s.StackId}, *in.ClientRequestToken, c.clock.Now()
	if s.tokens[token] {
		return answer, nil
	}
	if s.next != nil || strings.Contains(string(s.StackStatus), "ROLLBACK_F") || s.StackStatus == cfn.StackStatusRollbackComplete {
		return nil, validation("Stack:%s is in %s state and can not be updated.", *s.StackId, s.StackStatus)
	}
	var given []cfn.Parameter
	body := s.body
	if !aws.ToBool(in.UsePreviousTemplate) {
		body = *in.TemplateBody
	}
	for _, p := range in.Parameters {
		value := aws.ToString(p.ParameterValue)
		if aws.ToBool(p.UsePreviousValue) {
			value = s.value(*p.ParameterKey)
		}
		given = append(given, cfn.Parameter{ParameterKey: p.ParameterKey, ParameterValue: &value})
	}
	tags := s.Tags
	if in.Tags != nil {
		tags = in.Tags
	}
	if body == s.body && fmt.Sprint(values(given)) == fmt.Sprint(values(s.Parameters)) && sameTags(tags, s.Tags) {
		return nil, validation("No updates are to be performed.")
	}
	for range c.stale {
		s.old = append(s.old, s.Stack)
	}
	before := s.Parameters
	beforeTags, beforeBody := s.Tags, s.body
	s.tokens[token], s.LastUpdatedTime, s.Tags, s.body = true, aws.Time(now), tags, body
	if !c.late {
		s.Parameters = given
	}
	s.say(now, cfn.StackStatusUpdateInProgress, "User Initiated", token)
	s.then(now.Add(c.updateTakes), func(s *fakeStack) {
		at := s.due
		if s.failing != "" {
			s.fails(at, cfn.ResourceStatusUpdateFailed, token)
			s.say(at, cfn.StackStatusUpdateRollbackInProgress, "The following resource(s) failed to update: ["+s.failing+"].", token)
			s.failing = ""
			s.then(at.Add(c.updateTakes), func(s *fakeStack) {
				s.Parameters, s.Tags, s.body = before, beforeTags, beforeBody
				s.say(s.due, cfn.StackStatusUpdateRollbackComplete, "", token)
			})
			return
		}
		s.Parameters = given
		if was, is := sizeOf(before), sizeOf(given); was != is { // IgnoreUnmodifiedGroupSizeProperties
			c.groups[s.value("Cluster")+"-asg"].resize(is)
		}
		s.say(at, cfn.StackStatusUpdateCompleteCleanupInProgress, "", token)
		s.then(at.Add(5*time.Second), func(s *fakeStack) { s.say(s.due, cfn.StackStatusUpdateComplete, "", token) })
	})
	return answer, nil
}

// sizeOf is the group's size by the template.
func sizeOf(list []cfn.Parameter) int32 {
	all := values(list)
	if all["Asleep"] == "true" {
		return 0
	}
	n, _ := strconv.Atoi(all["NodeCapacity"])
	return int32(n)
}

func values(list []cfn.Parameter) map[string]string {
	all := map[string]string{}
	for _, p := range list {
		all[*p.ParameterKey] = *p.ParameterValue
	}
	return all
}

func sameTags(a, b []cfn.Tag) bool {
	all := func(list []cfn.Tag) map[string]string {
		m := map[string]string{}
		for _, tag := range list {
			m[*tag.Key] = *tag.Value
		}
		return m
	}
	return maps.Equal(all(a), all(b))
}

func (c *cloud) deleteStack(in *cloudformation.DeleteStackInput) (any, error) {
	s := c.live(*in.StackName)
	if s == nil || s.StackStatus == cfn.StackStatusDeleteInProgress {
		return &cloudformation.DeleteStackOutput{}, nil
	}
	if strings.HasPrefix(string(s.StackStatus), "UPDATE") && strings.HasSuffix(string(s.StackStatus), "_IN_PROGRESS") {
		return nil, validation("Stack [%s] cannot be deleted while in status %s", *s.StackId, s.StackStatus)
	}
	token, now := aws.ToString(in.ClientRequestToken), c.clock.Now()
	s.say(now, cfn.StackStatusDeleteInProgress, "User Initiated", token)
	s.then(now.Add(deleteTakes), func(s *fakeStack) {
		at := s.due
		if s.holds != 0 {
			s.holds--
			s.event(at, "Network", "vpc-1", "AWS::EC2::VPC", cfn.ResourceStatusDeleteFailed, "The vpc 'vpc-1' has dependencies and cannot be deleted.", token)
			s.say(at, cfn.StackStatusDeleteFailed, "The following resource(s) failed to delete: [Network]. ", token)
			return
		}
		delete(c.groups, s.value("Cluster")+"-asg")
		s.DeletionTime = &at
		s.say(at, cfn.StackStatusDeleteComplete, "", token)
	})
	return &cloudformation.DeleteStackOutput{}, nil
}

func (c *cloud) describeStacks(in *cloudformation.DescribeStacksInput) (any, error) {
	if in.StackName != nil {
		for _, s := range c.stacks {
			byName := *s.StackName == *in.StackName && s.StackStatus != cfn.StackStatusDeleteComplete
			if byName || *s.StackId == *in.StackName {
				told := s.Stack
				if len(s.old) > 0 {
					told, s.old = s.old[0], s.old[1:]
				}
				return &cloudformation.DescribeStacksOutput{Stacks: []cfn.Stack{told}}, nil
			}
		}
		return nil, validation("Stack with id %s does not exist", *in.StackName)
	}
	var all []cfn.Stack
	for _, s := range c.stacks {
		if s.StackStatus != cfn.StackStatusDeleteComplete {
			all = append(all, s.Stack)
		}
	}
	list, next := page(all, in.NextToken)
	return &cloudformation.DescribeStacksOutput{Stacks: list, NextToken: next}, nil
}

func page[V any](all []V, token *string) ([]V, *string) {
	from, _ := strconv.Atoi(aws.ToString(token))
	to := min(from+aPage, len(all))
	if to == len(all) {
		return all[from:to], nil
	}
	return all[from:to], aws.String(strconv.Itoa(to))
}

func (c *cloud) describeEvents(in *cloudformation.DescribeStackEventsInput) (any, error) {
	for _, s := range c.stacks {
		if *s.StackId == *in.StackName {
			newest := slices.Clone(s.events)
			slices.Reverse(newest)
			list, next := page(newest, in.NextToken)
			return &cloudformation.DescribeStackEventsOutput{StackEvents: list, NextToken: next}, nil
		}
	}
	return nil, validation("Stack [%s] does not exist", *in.StackName)
}

func (c *cloud) listStacks(in *cloudformation.ListStacksInput) (any, error) {
	var all []cfn.StackSummary
	for _, s := range c.stacks {
		if slices.Contains(in.StackStatusFilter, s.StackStatus) {
			all = append(all, cfn.StackSummary{StackId: s.StackId, StackName: s.StackName, StackStatus: s.StackStatus, CreationTime: s.CreationTime, DeletionTime: s.DeletionTime})
		}
	}
	list, next := page(all, in.NextToken)
	return &cloudformation.ListStacksOutput{StackSummaries: list, NextToken: next}, nil
}

func (c *cloud) describeGroups(in *autoscaling.DescribeAutoScalingGroupsInput) (any, error) {
	var all []as.AutoScalingGroup
	for _, name := range slices.Sorted(maps.Keys(c.groups)) {
		if len(in.AutoScalingGroupNames) == 0 || slices.Contains(in.AutoScalingGroupNames, name) {
			all = append(all, c.groups[name].AutoScalingGroup)
		}
	}
	list, next := page(all, in.NextToken)
	return &autoscaling.DescribeAutoScalingGroupsOutput{AutoScalingGroups: list, NextToken: next}, nil
}

// costs answers a page a day.
func (c *cloud) costs(in *costexplorer.GetCostAndUsageInput) (any, error) {
	var days []ce.ResultByTime
	for _, day := range slices.Sorted(maps.Keys(c.bill)) {
		if day < *in.TimePeriod.Start || day >= *in.TimePeriod.End {
			continue
		}
		result := ce.ResultByTime{TimePeriod: &ce.DateInterval{Start: aws.String(day)}}
		for _, key := range slices.Sorted(maps.Keys(c.bill[day])) {
			result.Groups = append(result.Groups, ce.Group{Keys: []string{key}, Metrics: map[string]ce.MetricValue{"UnblendedCost": {Amount: aws.String(c.bill[day][key]), Unit: aws.String("USD")}}})
		}
		days = append(days, result)
	}
	list, next := page(days, in.NextPageToken)
	return &costexplorer.GetCostAndUsageOutput{ResultsByTime: list, NextPageToken: next}, nil
}
