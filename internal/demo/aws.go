package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/scheduler"

	"github.com/data-access/terraform-provider-provisioner/internal/sandbox"
	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/naming"
)

// onAWS is what there is on AWS.
type onAWS struct {
	clusters map[string]slideRule // by name
	others   []string             // stacks that are no cluster's: the foundation
	ends     []string             // schedules, by name
	machines []string             // and networks: what costs money by the hour, or holds what does
	buckets  []string             // but for those that were there before anybody came
	runs     []runMachine         // machines of runs, also those that have ended
	tokens   []string             // parameters that runs read, by name
	groups   []string             // of the machines of runs: who may reach them
	moving   bool                 // CloudFormation is at work on a stack
}

// slideRule is a cluster as AWS holds it.
type slideRule struct {
	Stack  string // its id
	Status string
	Nodes  []string // ids of the machines
	End    string   // the expression of the schedule that deletes the stack; "": there is none
	Again  string   // that of the one which repeats it, should the first fail
}

// endsAt is when the cluster ends; the zero time: never.
func (c slideRule) endsAt() time.Time {
	at, err := time.Parse("at(2006-01-02T15:04:05)", c.End)
	if err != nil {
		return time.Time{}
	}
	return at
}

// awsOf leads an SDK to the emulated AWS, past the list of calls.
func awsOf(s *sandbox.Sandbox) aws.Config {
	return aws.Config{
		Region:       s.Env()["AWS_REGION"],
		BaseEndpoint: &s.AWS().URL,
		Credentials:  credentials.NewStaticCredentialsProvider("demo", "demo", ""),
	}
}

// lookAtAWS takes stock.
func lookAtAWS(ctx context.Context, s *sandbox.Sandbox) (found onAWS, err error) {
	cfg := awsOf(s)
	found.clusters = map[string]slideRule{}
	ends, err := schedulesOf(ctx, cfg)
	if err != nil {
		return found, err
	}
	for name := range ends {
		found.ends = append(found.ends, name)
	}
	slices.Sort(found.ends)
	nodes, err := nodesOf(ctx, cfg)
	if err != nil {
		return found, err
	}
	pages := cloudformation.NewDescribeStacksPaginator(cloudformation.NewFromConfig(cfg), &cloudformation.DescribeStacksInput{})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return found, fmt.Errorf("list the stacks: %w", err)
		}
		for _, stack := range page.Stacks {
			name, status := aws.ToString(stack.StackName), string(stack.StackStatus)
			if status == "DELETE_COMPLETE" {
				continue
			}
			found.moving = found.moving || strings.HasSuffix(status, "_IN_PROGRESS")
			cluster, is := strings.CutSuffix(name, naming.ClusterStack(""))
			if !is {
				found.others = append(found.others, name)
				continue
			}
			found.clusters[cluster] = slideRule{
				Stack: aws.ToString(stack.StackId), Status: status, Nodes: nodes[naming.Group(cluster)],
				End: ends[naming.Schedule(name)], Again: ends[naming.RetrySchedule(name)],
			}
		}
	}
	instances, err := instancesOf(ctx, cfg)
	if err != nil {
		return found, err
	}
	found.runs = runsOf(instances)
	for _, m := range found.runs {
		found.moving = found.moving || m.State == ec2types.InstanceStateNameShuttingDown
	}
	if found.machines, err = machinesOf(ctx, cfg, instances); err != nil {
		return found, err
	}
	if found.tokens, err = tokensOf(ctx, cfg); err != nil {
		return found, err
	}
	if found.groups, err = groupsOf(ctx, cfg); err != nil {
		return found, err
	}
	found.buckets, err = bucketsOf(ctx, cfg)
	return found, err
}

func bucketsOf(ctx context.Context, cfg aws.Config) (all []string, err error) {
	buckets, err := s3.NewFromConfig(cfg, func(o *s3.Options) { o.UsePathStyle = true }).ListBuckets(ctx, &s3.ListBucketsInput{})
	if err != nil {
		return nil, fmt.Errorf("list the buckets: %w", err)
	}
	for _, b := range buckets.Buckets {
		if name := aws.ToString(b.Name); name != sandbox.SecretsBucket && name != sandbox.SlideRuleBucket {
			all = append(all, name)
		}
	}
	return all, nil
}

// schedulesOf are the expressions of all schedules, by name.
func schedulesOf(ctx context.Context, cfg aws.Config) (map[string]string, error) {
	client, all := scheduler.NewFromConfig(cfg), map[string]string{}
	pages := scheduler.NewListSchedulesPaginator(client, &scheduler.ListSchedulesInput{})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("list the schedules: %w", err)
		}
		for _, s := range page.Schedules {
			one, err := client.GetSchedule(ctx, &scheduler.GetScheduleInput{Name: s.Name, GroupName: s.GroupName})
			if err != nil {
				return nil, fmt.Errorf("read the schedule %s: %w", aws.ToString(s.Name), err)
			}
			all[aws.ToString(s.Name)] = aws.ToString(one.ScheduleExpression)
		}
	}
	return all, nil
}

// nodesOf are the ids of the machines of each group.
func nodesOf(ctx context.Context, cfg aws.Config) (map[string][]string, error) {
	all := map[string][]string{}
	pages := autoscaling.NewDescribeAutoScalingGroupsPaginator(autoscaling.NewFromConfig(cfg), &autoscaling.DescribeAutoScalingGroupsInput{})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("list the groups of nodes: %w", err)
		}
		for _, group := range page.AutoScalingGroups {
			var nodes []string
			for _, node := range group.Instances {
				nodes = append(nodes, aws.ToString(node.InstanceId))
			}
			slices.Sort(nodes)
			all[aws.ToString(group.AutoScalingGroupName)] = nodes
		}
	}
	return all, nil
}

func instancesOf(ctx context.Context, cfg aws.Config) (all []ec2types.Instance, err error) {
	found, err := ec2.NewFromConfig(cfg).DescribeInstances(ctx, &ec2.DescribeInstancesInput{})
	if err != nil {
		return nil, fmt.Errorf("list the machines: %w", err)
	}
	for _, r := range found.Reservations {
		all = append(all, r.Instances...)
	}
	return all, nil
}

// machinesOf lists the machines that cost, and the networks and addresses that were made for them.
func machinesOf(ctx context.Context, cfg aws.Config, instances []ec2types.Instance) (all []string, err error) {
	client := ec2.NewFromConfig(cfg)
	for _, i := range instances {
		if i.State.Name != ec2types.InstanceStateNameTerminated {
			all = append(all, "the machine "+aws.ToString(i.InstanceId))
		}
	}
	networks, err := client.DescribeVpcs(ctx, &ec2.DescribeVpcsInput{})
	if err != nil {
		return nil, fmt.Errorf("list the networks: %w", err)
	}
	for _, n := range networks.Vpcs {
		if !aws.ToBool(n.IsDefault) {
			all = append(all, "the network "+aws.ToString(n.VpcId))
		}
	}
	gateways, err := client.DescribeNatGateways(ctx, &ec2.DescribeNatGatewaysInput{})
	if err != nil {
		return nil, fmt.Errorf("list the gateways: %w", err)
	}
	for _, g := range gateways.NatGateways {
		if g.State != ec2types.NatGatewayStateDeleted {
			all = append(all, "the gateway "+aws.ToString(g.NatGatewayId))
		}
	}
	addresses, err := client.DescribeAddresses(ctx, &ec2.DescribeAddressesInput{})
	if err != nil {
		return nil, fmt.Errorf("list the addresses: %w", err)
	}
	for _, a := range addresses.Addresses {
		all = append(all, "the address "+aws.ToString(a.PublicIp))
	}
	return all, nil
}
