package sliderule

import (
	"context"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"
)

// nodeGroup is how many nodes a cluster has, and is to have now.
type nodeGroup struct {
	current, desired int
}

func groupOf(g types.AutoScalingGroup) *nodeGroup {
	found := &nodeGroup{desired: int(aws.ToInt32(g.DesiredCapacity))}
	for _, i := range g.Instances {
		if counts(i) {
			found.current++
		}
	}
	return found
}

// counts: a node is there when it is pending or running. One that somebody stopped is still in service until Auto
// Scaling has seen it, but not healthy.
func counts(i types.Instance) bool {
	if strings.EqualFold(aws.ToString(i.HealthStatus), "Unhealthy") {
		return false
	}
	switch i.LifecycleState {
	case types.LifecycleStatePending, types.LifecycleStatePendingWait, types.LifecycleStatePendingProceed, types.LifecycleStateInService:
		return true
	}
	return false
}

// findGroup looks at one group; nil is one that does not exist.
func (r *Region) findGroup(ctx context.Context, name string) (*nodeGroup, error) {
	answer, err := ask(ctx, r, autoScaling(r.config).DescribeAutoScalingGroups, &autoscaling.DescribeAutoScalingGroupsInput{AutoScalingGroupNames: []string{name}})
	if err != nil {
		return nil, failed("looking up the group "+name, err)
	}
	for _, g := range answer.AutoScalingGroups {
		if aws.ToString(g.AutoScalingGroupName) == name {
			return groupOf(g), nil
		}
	}
	return nil, nil
}

// allGroups reads every group of the region, page by page.
func (r *Region) allGroups(ctx context.Context) (map[string]*nodeGroup, error) {
	byName := map[string]*nodeGroup{}
	var token *string
	for {
		page, err := ask(ctx, r, autoScaling(r.config).DescribeAutoScalingGroups, &autoscaling.DescribeAutoScalingGroupsInput{NextToken: token, MaxRecords: aws.Int32(100)})
		if err != nil {
			return nil, failed("listing the groups of nodes", err)
		}
		for _, g := range page.AutoScalingGroups {
			byName[aws.ToString(g.AutoScalingGroupName)] = groupOf(g)
		}
		if token = page.NextToken; aws.ToString(token) == "" {
			return byName, nil
		}
	}
}
