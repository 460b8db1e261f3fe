//go:build unix

package moto_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
)

// mixed is a group whose policy a fifth of its instances are on demand by.
const mixed = `
Parameters: {Nodes: {Type: Number, Default: 6}}
Resources:
  Vpc: {Type: "AWS::EC2::VPC", Properties: {CidrBlock: 10.0.0.0/16}}
  Subnet: {Type: "AWS::EC2::Subnet", Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.0.0/20}}
  Template: {Type: "AWS::EC2::LaunchTemplate", Properties: {LaunchTemplateName: fleet-lt, LaunchTemplateData: {ImageId: ami-12345678, InstanceType: t4g.2xlarge}}}
  Fleet:
    Type: AWS::AutoScaling::AutoScalingGroup
    Properties:
      AutoScalingGroupName: fleet
      MinSize: "0"
      MaxSize: "20"
      DesiredCapacity: !Ref Nodes
      VPCZoneIdentifier: [!Ref Subnet]
      MixedInstancesPolicy:
        LaunchTemplate:
          LaunchTemplateSpecification: {LaunchTemplateId: !Ref Template, Version: !GetAtt Template.LatestVersionNumber}
          Overrides: [{InstanceType: t4g.2xlarge}, {InstanceType: m7g.2xlarge}]
        InstancesDistribution: {OnDemandBaseCapacity: 0, OnDemandPercentageAboveBaseCapacity: 20, SpotAllocationStrategy: price-capacity-optimized}
`

func newFleet(t *testing.T) cloud {
	t.Helper()
	c := newCloud(t)
	_, err := c.stacks.CreateStack(t.Context(), &cloudformation.CreateStackInput{StackName: aws.String("fleet"), TemplateBody: aws.String(mixed)})
	c.must(err)
	c.pass(time.Hour)
	c.is("fleet", "CREATE_COMPLETE")
	return c
}

// spots is how many of the fleet are spot instances, as EC2 tells it.
func (c cloud) spots() int {
	c.Helper()
	running := c.ec2("DescribeInstances", "Filter.1.Name", "instance-state-name", "Filter.1.Value.1", "running")
	return strings.Count(running, "<instanceLifecycle>spot</instanceLifecycle>")
}

func TestAPercentageOfSpotIsRoundedTowardsOnDemand(t *testing.T) {
	c := newFleet(t)
	for _, k := range []struct{ wanted, spots int }{{6, 4}, {1, 0}, {5, 4}, {9, 7}, {0, 0}, {10, 8}} {
		_, err := c.groups.SetDesiredCapacity(t.Context(), &autoscaling.SetDesiredCapacityInput{AutoScalingGroupName: aws.String("fleet"), DesiredCapacity: aws.Int32(int32(k.wanted))})
		c.must(err)
		if n, spots := len(c.instances("fleet")), c.spots(); n != k.wanted || spots != k.spots {
			t.Errorf("of %d wanted there are %d, %d of them spot, want %d", k.wanted, n, spots, k.spots)
		}
	}
}

func TestAGroupOfMixedInstancesIsResizedInPlace(t *testing.T) {
	c := newFleet(t)
	resize := func(wanted int32) []string {
		t.Helper()
		_, err := c.groups.UpdateAutoScalingGroup(t.Context(), &autoscaling.UpdateAutoScalingGroupInput{AutoScalingGroupName: aws.String("fleet"), MaxSize: aws.Int32(30), DesiredCapacity: &wanted})
		c.must(err)
		if ids := c.instances("fleet"); len(ids) == int(wanted) {
			return ids
		}
		t.Fatalf("%v are not %d", c.instances("fleet"), wanted)
		return nil
	}
	within := func(some, all []string) bool {
		return !slices.ContainsFunc(some, func(id string) bool { return !slices.Contains(all, id) })
	}
	six := c.instances("fleet")
	nine := resize(9)
	three := resize(3)
	if !within(six, nine) || !within(three, nine) {
		t.Errorf("%v became %v became %v", six, nine, three)
	}
	groups, err := c.groups.DescribeAutoScalingGroups(t.Context(), &autoscaling.DescribeAutoScalingGroupsInput{AutoScalingGroupNames: []string{"fleet"}})
	c.must(err)
	if policy := groups.AutoScalingGroups[0].MixedInstancesPolicy; policy == nil || *policy.InstancesDistribution.OnDemandPercentageAboveBaseCapacity != 20 || len(policy.LaunchTemplate.Overrides) != 2 {
		t.Errorf("the policy became %+v", policy)
	}

	_, err = c.groups.UpdateAutoScalingGroup(t.Context(), &autoscaling.UpdateAutoScalingGroupInput{AutoScalingGroupName: aws.String("fleet"), LaunchTemplate: &types.LaunchTemplateSpecification{LaunchTemplateName: aws.String("fleet-lt")}})
	c.must(err)
	groups, err = c.groups.DescribeAutoScalingGroups(t.Context(), &autoscaling.DescribeAutoScalingGroupsInput{AutoScalingGroupNames: []string{"fleet"}})
	c.must(err)
	if got := groups.AutoScalingGroups[0]; got.MixedInstancesPolicy != nil {
		t.Errorf("a launch template takes the policy's place: %+v", got.MixedInstancesPolicy)
	}

	_, err = c.groups.SetDesiredCapacity(t.Context(), &autoscaling.SetDesiredCapacityInput{AutoScalingGroupName: aws.String("none"), DesiredCapacity: aws.Int32(1)})
	refused(t, err, "ValidationError", "AutoScalingGroup name not found")
}
