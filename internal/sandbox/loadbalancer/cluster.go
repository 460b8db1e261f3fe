package loadbalancer

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	groups "github.com/aws/aws-sdk-go-v2/service/autoscaling/types"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	stacks "github.com/aws/aws-sdk-go-v2/service/cloudformation/types"
	"github.com/aws/smithy-go"
)

// cluster is one whose load balancer is up.
type cluster struct {
	name       string
	domain     string
	public     bool
	version    string
	registered int
	door       door
}

// config leads an SDK to the emulator.
func (f *Fake) config(region string) aws.Config {
	return aws.Config{
		Region:       region,
		BaseEndpoint: &f.options.Endpoint,
		Credentials:  credentials.NewStaticCredentialsProvider("loadbalancer", "loadbalancer", ""),
		Retryer:      func() aws.Retryer { return aws.NopRetryer{} },
	}
}

// findIn looks in one region; nil is a cluster that has no load balancer there.
func (f *Fake) findIn(ctx context.Context, region, name string) (*cluster, error) {
	client, stackName := cloudformation.NewFromConfig(f.config(region)), name+"-cluster"
	found, err := client.DescribeStacks(ctx, &cloudformation.DescribeStacksInput{StackName: &stackName})
	var refused smithy.APIError
	if errors.As(err, &refused) && refused.ErrorCode() == "ValidationError" {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("describe the stack %s: %w", stackName, err)
	}
	if len(found.Stacks) == 0 || !serves(found.Stacks[0].StackStatus) {
		return nil, nil
	}
	said := settings(found.Stacks[0])
	c := &cluster{name: name, domain: said["Domain"], public: said["IsPublic"] == "true", version: said["Version"]}
	if c.version == "latest" {
		c.version = Latest
	}
	if c.registered, err = f.inService(ctx, region, said["Group"]); err != nil {
		return nil, err
	}
	template, err := client.GetTemplate(ctx, &cloudformation.GetTemplateInput{StackName: &stackName})
	if err != nil {
		return nil, fmt.Errorf("read the template of the stack %s: %w", stackName, err)
	}
	c.door = doorOf(aws.ToString(template.TemplateBody))
	return c, nil
}

// serves: the machines of a stack are there. A new one may have some before it is complete, and one that goes may have
// some left; nobody can count on either.
func serves(status stacks.StackStatus) bool {
	return status == stacks.StackStatusCreateComplete || strings.HasPrefix(string(status), "UPDATE_")
}

// settings are a stack's parameters and outputs.
func settings(s stacks.Stack) map[string]string {
	said := map[string]string{}
	for _, p := range s.Parameters {
		said[aws.ToString(p.ParameterKey)] = aws.ToString(p.ParameterValue)
	}
	for _, o := range s.Outputs {
		said[aws.ToString(o.OutputKey)] = aws.ToString(o.OutputValue)
	}
	return said
}

// inService counts the nodes of a group that could have registered.
func (f *Fake) inService(ctx context.Context, region, group string) (int, error) {
	if group == "" {
		return 0, nil
	}
	found, err := autoscaling.NewFromConfig(f.config(region)).DescribeAutoScalingGroups(ctx, &autoscaling.DescribeAutoScalingGroupsInput{AutoScalingGroupNames: []string{group}})
	if err != nil {
		return 0, fmt.Errorf("describe the group %s: %w", group, err)
	}
	nodes := 0
	for _, g := range found.AutoScalingGroups {
		for _, i := range g.Instances {
			if i.LifecycleState == groups.LifecycleStateInService {
				nodes++
			}
		}
	}
	return nodes, nil
}
