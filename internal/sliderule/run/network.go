package run

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/data-access/terraform-provider-provisioner/internal/sliderule"
	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/call"
	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/cloudformation"
)

// subnet is where a machine may be.
type subnet struct {
	id, zone, vpc string
	byDefault     bool // of the default VPC, and nobody chose it
}

// subnets are where machines may be, in the order in which they are tried.
func (r *Runner) subnets(ctx context.Context, w Wanted) ([]subnet, error) {
	input := &ec2.DescribeSubnetsInput{}
	if input.SubnetIds = w.Subnets; len(w.Subnets) == 0 {
		input.Filters = []types.Filter{filter("default-for-az", "true")}
	}
	var found []subnet
	for {
		page, err := ask(ctx, r, ec2.NewFromConfig(r.config).DescribeSubnets, input)
		if err != nil {
			return nil, err
		}
		for _, s := range page.Subnets {
			found = append(found, subnet{aws.ToString(s.SubnetId), aws.ToString(s.AvailabilityZone), aws.ToString(s.VpcId), len(w.Subnets) == 0})
		}
		if aws.ToString(page.NextToken) == "" {
			break
		}
		input.NextToken = page.NextToken
	}
	if len(found) == 0 {
		return nil, advice("the region %s has no default VPC with subnets. Name subnets that have a way out to the internet", r.config.Region)
	}
	order := func(s subnet) int { return slices.Index(w.Subnets, s.id) }
	if len(w.Zones) > 0 {
		zones := slices.Sorted(maps.Keys(byZone(found)))
		found = slices.DeleteFunc(found, func(s subnet) bool { return !slices.Contains(w.Zones, s.zone) })
		if len(found) == 0 {
			return nil, advice("zones %s: there is no subnet for runs in them. Name zones of %s", strings.Join(w.Zones, ", "), strings.Join(zones, ", "))
		}
		order = func(s subnet) int { return slices.Index(w.Zones, s.zone) }
	}
	slices.SortStableFunc(found, func(a, b subnet) int { return cmp.Or(order(a)-order(b), cmp.Compare(a.zone, b.zone)) })
	for _, s := range found[1:] {
		if s.vpc != found[0].vpc {
			return nil, advice("subnets %s and %s are of two networks, %s and %s: name subnets of one", found[0].id, s.id, found[0].vpc, s.vpc)
		}
	}
	return found, nil
}

func byZone(subnets []subnet) map[string]bool {
	zones := map[string]bool{}
	for _, s := range subnets {
		zones[s.zone] = true
	}
	return zones
}

// group is the security group of a run's machine: the given one, or one that all runs in a network share. It lets nobody
// in, which the default group of a network does not promise.
func (r *Runner) group(ctx context.Context, f *sliderule.Foundation, w Wanted, vpc string) (string, error) {
	if w.SecurityGroup != "" {
		found, err := r.groupsWhere(ctx, filter("group-id", w.SecurityGroup))
		if err != nil {
			return "", err
		}
		if len(found) == 0 {
			return "", advice("security_group %s: there is no such group. Name one of %s", w.SecurityGroup, r.config.Region)
		}
		return w.SecurityGroup, closed(found[0])
	}
	for range 3 {
		found, err := r.groupsWhere(ctx, filter("group-name", groupName(f)), filter("vpc-id", vpc))
		if err != nil {
			return "", err
		}
		if len(found) > 0 {
			return aws.ToString(found[0].GroupId), closed(found[0])
		}
		made, err := call.Once(ctx, ec2.NewFromConfig(r.config).CreateSecurityGroup, &ec2.CreateSecurityGroupInput{
			GroupName: aws.String(groupName(f)), Description: aws.String("SlideRule test runs and releases: nobody is let in"), VpcId: &vpc,
			TagSpecifications: specifications(map[string]string{"Name": groupName(f), cloudformation.ManagedByTag: r.options.Installation}, types.ResourceTypeSecurityGroup),
		})
		if err == nil {
			return aws.ToString(made.GroupId), nil
		}
		// Another run was faster, or the reply was lost: the next look tells.
		if call.Refused(err) && !call.HasCode(err, "InvalidGroup.Duplicate") {
			return "", err
		}
		if err := r.options.Clock.Sleep(ctx, groupPause); err != nil {
			return "", err
		}
	}
	return "", fmt.Errorf("the security group %s in %s can be neither made nor seen", groupName(f), vpc)
}

// groupPause is how long a group that was made may not be seen.
const groupPause = lag / 12

func groupName(f *sliderule.Foundation) string { return f.Name + "-runs" }

func (r *Runner) groupsWhere(ctx context.Context, filters ...types.Filter) ([]types.SecurityGroup, error) {
	answer, err := ask(ctx, r, ec2.NewFromConfig(r.config).DescribeSecurityGroups, &ec2.DescribeSecurityGroupsInput{Filters: filters})
	if err != nil {
		return nil, err
	}
	return answer.SecurityGroups, nil
}

func closed(group types.SecurityGroup) error {
	if len(group.IpPermissions) == 0 {
		return nil
	}
	return advice("the security group %s (%s) lets others in: a run executes what a branch says, and nobody may reach it. Remove its inbound rules, or name another group", aws.ToString(group.GroupId), aws.ToString(group.GroupName))
}

// removeGroups takes away the groups of runs that no machine needs any more: they would keep a network from being
// deleted. One that is in use stays.
func (r *Runner) removeGroups(ctx context.Context, f *sliderule.Foundation) error {
	found, err := r.groupsWhere(ctx, filter("group-name", groupName(f)), filter("tag:"+cloudformation.ManagedByTag, r.options.Installation))
	if err != nil {
		return err
	}
	for _, group := range found {
		users, err := r.machinesWhere(ctx, filter("instance.group-id", aws.ToString(group.GroupId)), filter("instance-state-name", "pending", "running", "shutting-down", "stopping", "stopped"))
		if err != nil {
			return err
		}
		if len(users) > 0 {
			continue
		}
		_, err = repeat(ctx, r, ec2.NewFromConfig(r.config).DeleteSecurityGroup, &ec2.DeleteSecurityGroupInput{GroupId: group.GroupId})
		if err != nil && !call.HasCode(err, "DependencyViolation", "InvalidGroup.NotFound", "InvalidGroup.InUse") {
			return err
		}
	}
	return nil
}

func specifications(tags map[string]string, kinds ...types.ResourceType) (all []types.TagSpecification) {
	var list []types.Tag
	for _, key := range slices.Sorted(maps.Keys(tags)) {
		list = append(list, types.Tag{Key: aws.String(key), Value: aws.String(tags[key])})
	}
	for _, kind := range kinds {
		all = append(all, types.TagSpecification{ResourceType: kind, Tags: list})
	}
	return all
}
