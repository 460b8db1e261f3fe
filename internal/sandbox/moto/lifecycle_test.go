//go:build unix

package moto_test

import (
	"bytes"
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"
	"github.com/aws/smithy-go"

	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/moto"
)

//go:embed testdata/cluster.yaml
var clusterTemplate string

// shared is one server for all the tests of this package: moto needs a second to start, and a reset is enough.
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

// cloud is an empty AWS whose clock stands for its tests to move: at speed 1 nothing settles by itself.
type cloud struct {
	*testing.T
	*moto.Server
	config aws.Config
	stacks *cloudformation.Client
	groups *autoscaling.Client
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
		Region:       "us-west-2",
		BaseEndpoint: &server.URL,
		Credentials:  credentials.NewStaticCredentialsProvider("sandbox", "sandbox", ""),
		Retryer:      func() aws.Retryer { return aws.NopRetryer{} },
	}
	return cloud{t, server, config, cloudformation.NewFromConfig(config), autoscaling.NewFromConfig(config)}
}

func (c cloud) must(err error) {
	c.Helper()
	if err != nil {
		c.Fatal(err)
	}
}

func (c cloud) pass(d time.Duration) {
	c.Helper()
	c.must(c.Advance(c.Context(), d))
}

func parameters(pairs ...string) []types.Parameter {
	var list []types.Parameter
	for i := 0; i < len(pairs); i += 2 {
		list = append(list, types.Parameter{ParameterKey: &pairs[i], ParameterValue: &pairs[i+1]})
	}
	return list
}

var iam = []types.Capability{types.CapabilityCapabilityNamedIam}

func (c cloud) create(name string, pairs ...string) {
	c.Helper()
	_, err := c.stacks.CreateStack(c.Context(), &cloudformation.CreateStackInput{
		StackName: &name, TemplateBody: &clusterTemplate, Capabilities: iam,
		Parameters: parameters(append(pairs, "Group", name)...),
		Tags:       []types.Tag{{Key: aws.String("Project"), Value: &name}},
	})
	c.must(err)
}

// update changes dev-cluster.
func (c cloud) update(pairs ...string) error {
	name := "dev-cluster"
	given := parameters(append(pairs, "Group", name)...)
	_, err := c.stacks.UpdateStack(c.Context(), &cloudformation.UpdateStackInput{
		StackName: &name, UsePreviousTemplate: aws.Bool(true), Capabilities: iam, Parameters: given,
	})
	return err
}

func (c cloud) stack(name string) types.Stack {
	c.Helper()
	answer, err := c.stacks.DescribeStacks(c.Context(), &cloudformation.DescribeStacksInput{StackName: &name})
	c.must(err)
	return answer.Stacks[0]
}

func (c cloud) is(name string, want types.StackStatus) {
	c.Helper()
	if got := c.stack(name); got.StackStatus != want {
		c.Fatalf("%s is %s (%s), want %s; events: %v", name, got.StackStatus, aws.ToString(got.StackStatusReason), want, c.events(name))
	}
}

// events are the stack's, oldest first, as "LogicalId STATUS: reason".
func (c cloud) events(name string) []string {
	c.Helper()
	var list []string
	pages := cloudformation.NewDescribeStackEventsPaginator(c.stacks, &cloudformation.DescribeStackEventsInput{StackName: &name})
	for pages.HasMorePages() {
		page, err := pages.NextPage(c.Context())
		c.must(err)
		for _, e := range page.StackEvents {
			list = append(list, fmt.Sprintf("%s %s: %s", *e.LogicalResourceId, e.ResourceStatus, aws.ToString(e.ResourceStatusReason)))
		}
	}
	slices.Reverse(list)
	return list
}

// ec2 calls EC2, whose SDK is large and not needed by the product, and returns the answer's XML.
func (c cloud) ec2(action string, pairs ...string) string {
	c.Helper()
	form := url.Values{"Action": {action}, "Version": {"2016-11-15"}}
	for i := 0; i < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	req, err := http.NewRequestWithContext(c.Context(), http.MethodPost, c.URL+"/", bytes.NewBufferString(form.Encode()))
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

func (c cloud) instances(group string) []string {
	c.Helper()
	answer, err := c.groups.DescribeAutoScalingGroups(c.Context(), &autoscaling.DescribeAutoScalingGroupsInput{AutoScalingGroupNames: []string{group}})
	c.must(err)
	var ids []string
	for _, i := range answer.AutoScalingGroups[0].Instances {
		ids = append(ids, *i.InstanceId)
	}
	slices.Sort(ids)
	return ids
}

func refused(t *testing.T, err error, code, message string) {
	t.Helper()
	var refusal smithy.APIError
	if !errors.As(err, &refusal) || refusal.ErrorCode() != code || !strings.Contains(refusal.ErrorMessage(), message) {
		t.Errorf("got %v, want %s: … %s …", err, code, message)
	}
}

func TestAStackTakesItsTime(t *testing.T) {
	c := newCloud(t)
	c.create("dev-cluster")
	c.is("dev-cluster", "CREATE_IN_PROGRESS")
	if got := c.stack("dev-cluster"); len(got.Outputs) != 0 {
		t.Errorf("outputs before the end: %v", got.Outputs)
	}
	c.pass(2 * time.Minute)
	c.is("dev-cluster", "CREATE_IN_PROGRESS")
	c.pass(10 * time.Minute)
	c.is("dev-cluster", "CREATE_COMPLETE")

	s := c.stack("dev-cluster")
	outputs := map[string]string{}
	for _, o := range s.Outputs {
		outputs[*o.OutputKey] = *o.OutputValue
	}
	if outputs["Group"] != "dev-cluster-asg" || outputs["HostIP"] != "10.0.128.5" || !strings.HasPrefix(outputs["Ami"], "ami-") || !strings.HasPrefix(outputs["Arn"], "arn:aws:scheduler:us-west-2:") {
		t.Errorf("got %v", outputs)
	}
	events := c.events("dev-cluster")
	if events[0] != "dev-cluster CREATE_IN_PROGRESS: User Initiated" || events[len(events)-1] != "dev-cluster CREATE_COMPLETE: " {
		t.Errorf("got %q", events)
	}
	parts, err := c.stacks.DescribeStackResources(t.Context(), &cloudformation.DescribeStackResourcesInput{StackName: s.StackName})
	c.must(err)
	for _, p := range parts.StackResources {
		if p.ResourceStatus != "CREATE_COMPLETE" || aws.ToString(p.PhysicalResourceId) == "" {
			t.Errorf("%s is %s, %q", *p.LogicalResourceId, p.ResourceStatus, aws.ToString(p.PhysicalResourceId))
		}
	}
	if n := len(parts.StackResources); n != 28 { // all but Fixed
		t.Errorf("there are %d resources", n)
	}
	for _, tag := range []string{"<key>Project</key>", "<key>aws:cloudformation:stack-name</key>", "<key>Name</key>"} {
		if got := c.ec2("DescribeInstances", "Filter.1.Name", "tag:aws:autoscaling:groupName", "Filter.1.Value.1", "dev-cluster-asg"); strings.Count(got, tag) != 2 {
			t.Errorf("nodes lack the tag %s: %s", tag, got)
		}
	}
}

func TestAnUpdateChangesInPlace(t *testing.T) {
	c := newCloud(t)
	c.create("dev-cluster")
	c.pass(time.Hour)
	before := c.instances("dev-cluster-asg")
	refused(t, c.update(), "ValidationError", "No updates are to be performed.")

	c.must(c.update("Nodes", "5"))
	c.is("dev-cluster", "UPDATE_IN_PROGRESS")
	refused(t, c.update("Nodes", "6"), "ValidationError", "is in UPDATE_IN_PROGRESS state and can not be updated.")
	c.pass(time.Hour)
	c.is("dev-cluster", "UPDATE_COMPLETE")
	after := c.instances("dev-cluster-asg")
	if len(before) != 2 || len(after) != 5 || !slices.Contains(after, before[0]) || !slices.Contains(after, before[1]) {
		t.Errorf("nodes %v became %v", before, after)
	}
	if got := c.stack("dev-cluster"); got.LastUpdatedTime == nil || !got.LastUpdatedTime.After(*got.CreationTime) {
		t.Errorf("updated %v, created %v", got.LastUpdatedTime, got.CreationTime)
	}
	for _, want := range []string{"dev-cluster UPDATE_COMPLETE_CLEANUP_IN_PROGRESS: ", "Fleet UPDATE_COMPLETE: ", "Host UPDATE_COMPLETE: "} {
		if !slices.Contains(c.events("dev-cluster"), want) {
			t.Errorf("no event %q in %q", want, c.events("dev-cluster"))
		}
	}

	// Somebody, or the scheduled action, puts it to sleep: what changes something else does not wake it.
	_, err := c.groups.SetDesiredCapacity(t.Context(), &autoscaling.SetDesiredCapacityInput{AutoScalingGroupName: aws.String("dev-cluster-asg"), DesiredCapacity: aws.Int32(0)})
	c.must(err)
	c.must(c.update("Nodes", "5", "Version", "v2"))
	c.pass(time.Hour)
	c.is("dev-cluster", "UPDATE_COMPLETE")
	if got := c.instances("dev-cluster-asg"); len(got) != 0 {
		t.Errorf("the update woke the sleeper: %v", got)
	}
	c.must(c.update("Nodes", "3", "Version", "v2"))
	c.pass(time.Hour)
	if got := c.instances("dev-cluster-asg"); len(got) != 3 {
		t.Errorf("a changed number counts: %v", got)
	}

	c.must(c.update("Nodes", "0", "Version", "v2", "Public", "true"))
	c.pass(time.Hour)
	events := c.events("dev-cluster")
	if !slices.Contains(events, "Fixed CREATE_COMPLETE: ") || !slices.Contains(events, "Alarm DELETE_COMPLETE: ") {
		t.Errorf("conditions changed, but not what hangs on them: %q", events)
	}
}

func TestAFailedCreateIsRolledBack(t *testing.T) {
	c := newCloud(t)
	c.must(c.Fail(t.Context(), moto.Failure{Resource: "Fleet", Reason: "You have exceeded your limit of vCPUs"}))
	c.create("dev-cluster")
	c.pass(7 * time.Minute)
	c.is("dev-cluster", "ROLLBACK_IN_PROGRESS")
	c.pass(time.Hour)
	c.is("dev-cluster", "ROLLBACK_COMPLETE")
	if reason := *c.stack("dev-cluster").StackStatusReason; !strings.Contains(reason, "failed to create: [Fleet]") {
		t.Errorf("got %q", reason)
	}
	if events := c.events("dev-cluster"); !slices.Contains(events, "Fleet CREATE_FAILED: You have exceeded your limit of vCPUs") {
		t.Errorf("got %q", events)
	}
	c.leavesNothing()
	refused(t, c.update("Nodes", "3"), "ValidationError", "is in ROLLBACK_COMPLETE state and can not be updated.")
	_, err := c.stacks.DeleteStack(t.Context(), &cloudformation.DeleteStackInput{StackName: aws.String("dev-cluster")})
	c.must(err)
	c.pass(time.Hour)
	c.create("dev-cluster") // the name is free again
}

func TestAFailedUpdateIsRolledBack(t *testing.T) {
	c := newCloud(t)
	c.create("dev-cluster")
	c.pass(time.Hour)
	before := c.instances("dev-cluster-asg")
	c.must(c.Fail(t.Context(), moto.Failure{Resource: "AWS::CloudWatch::Alarm", Operation: "delete", Times: -1}))
	c.must(c.Fail(t.Context(), moto.Failure{Resource: "Fixed", Stack: "dev-cluster", Reason: "AddressLimitExceeded"}))
	c.must(c.update("Nodes", "4", "Public", "true"))
	c.pass(time.Hour)
	c.is("dev-cluster", "UPDATE_ROLLBACK_COMPLETE")
	s := c.stack("dev-cluster")
	if reason := aws.ToString(s.StackStatusReason); !strings.Contains(reason, "failed to create: [Fixed]") {
		t.Errorf("got %q", reason)
	}
	if i := slices.IndexFunc(s.Parameters, func(p types.Parameter) bool { return *p.ParameterKey == "Nodes" }); *s.Parameters[i].ParameterValue != "2" {
		t.Error("it kept the parameter of the failed update")
	}
	if after := c.instances("dev-cluster-asg"); !slices.Equal(before, after) && len(after) != 2 {
		t.Errorf("nodes %v became %v", before, after)
	}
	c.must(c.update("Nodes", "3"))
	c.pass(time.Hour)
	c.is("dev-cluster", "UPDATE_COMPLETE")
}

func TestADeletedStackLeavesNothing(t *testing.T) {
	c := newCloud(t)
	c.create("dev-cluster", "Public", "true")
	c.create("dev-cluster-ana-asg") // as near in name as can be
	c.pass(time.Hour)
	id := c.stack("dev-cluster").StackId
	drop := func() {
		t.Helper()
		_, err := c.stacks.DeleteStack(t.Context(), &cloudformation.DeleteStackInput{StackName: aws.String("dev-cluster")})
		c.must(err)
	}
	c.must(c.Fail(t.Context(), moto.Failure{Resource: "PublicSubnet", Operation: "delete", Reason: "The subnet has dependencies and cannot be deleted."}))
	drop()
	c.is("dev-cluster", "DELETE_IN_PROGRESS")
	c.pass(time.Hour)
	c.is("dev-cluster", "DELETE_FAILED")
	if reason := *c.stack("dev-cluster").StackStatusReason; !strings.Contains(reason, "failed to delete: [PublicSubnet]") {
		t.Errorf("got %q", reason)
	}
	drop()
	c.pass(time.Hour)
	_, err := c.stacks.DescribeStacks(t.Context(), &cloudformation.DescribeStacksInput{StackName: aws.String("dev-cluster")})
	refused(t, err, "ValidationError", "Stack with id dev-cluster does not exist")
	c.is(*id, "DELETE_COMPLETE")
	c.is("dev-cluster-ana-asg", "CREATE_COMPLETE")
	list, err := c.stacks.ListStacks(t.Context(), &cloudformation.ListStacksInput{StackStatusFilter: []types.StackStatus{"DELETE_COMPLETE"}})
	c.must(err)
	if len(list.StackSummaries) != 1 || *list.StackSummaries[0].StackName != "dev-cluster" || list.StackSummaries[0].DeletionTime == nil {
		t.Errorf("got %+v", list.StackSummaries)
	}
	_, err = c.stacks.DeleteStack(t.Context(), &cloudformation.DeleteStackInput{StackName: aws.String("dev-cluster-ana-asg")})
	c.must(err)
	c.pass(time.Hour)
	c.leavesNothing()
	c.pass(91 * 24 * time.Hour)
	if list, err = c.stacks.ListStacks(t.Context(), nil); err != nil || len(list.StackSummaries) != 0 {
		t.Errorf("remembered for more than 90 days: %+v, %v", list.StackSummaries, err)
	}
}

// leavesNothing looks for what a stack could have left behind.
func (c cloud) leavesNothing() {
	c.Helper()
	for action, thing := range map[string]string{
		"DescribeNatGateways": "<natGatewayId>", "DescribeAddresses": "<allocationId>", "DescribeInternetGateways": "<internetGatewayId>",
		"DescribeVpcEndpoints": "<vpcEndpointId>", "DescribeLaunchTemplates": "<launchTemplateId>",
	} {
		if got := c.ec2(action); strings.Contains(got, thing) {
			c.Errorf("%s left something: %s", action, got)
		}
	}
	if got := c.ec2("DescribeVpcs", "Filter.1.Name", "cidr", "Filter.1.Value.1", "10.0.0.0/16"); strings.Contains(got, "<vpcId>") {
		c.Errorf("a VPC is left: %s", got)
	}
	if got := c.ec2("DescribeInstances", "Filter.1.Name", "instance-state-name", "Filter.1.Value.1", "running"); strings.Contains(got, "<instanceId>") {
		c.Errorf("an instance is left: %s", got)
	}
	if got := c.ec2("DescribeSubnets"); strings.Contains(got, "10.0.") {
		c.Errorf("a subnet is left: %s", got)
	}
}
