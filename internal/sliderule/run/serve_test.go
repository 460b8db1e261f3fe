package run_test

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	vm "github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/aws/aws-sdk-go-v2/service/ecr"
	ecrtypes "github.com/aws/aws-sdk-go-v2/service/ecr/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/aws-sdk-go-v2/service/scheduler"
	sch "github.com/aws/aws-sdk-go-v2/service/scheduler/types"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	ssmtypes "github.com/aws/aws-sdk-go-v2/service/ssm/types"
)

type fakeSubnet struct {
	id, zone, vpc string
	byDefault     bool
}

type fakeGroup struct {
	vm.SecurityGroup
}

type fakeSchedule struct {
	scheduler.CreateScheduleInput
}

// serve answers one call.
func (c *cloud) serve(in any) (any, error) {
	switch in := in.(type) {
	case *ec2.RunInstancesInput:
		return c.runInstances(in)
	case *ec2.DescribeInstancesInput:
		return c.describeInstances(in)
	case *ec2.TerminateInstancesInput:
		return c.terminateInstances(in)
	case *ec2.DescribeSubnetsInput:
		return c.describeSubnets(in)
	case *ec2.DescribeSecurityGroupsInput:
		return c.describeGroups(in)
	case *ec2.CreateSecurityGroupInput:
		return c.createGroup(in)
	case *ec2.DeleteSecurityGroupInput:
		delete(c.groups, *in.GroupId)
		return &ec2.DeleteSecurityGroupOutput{}, nil
	case *scheduler.CreateScheduleInput:
		if c.schedules[*in.Name] != nil {
			return nil, apiError(409, &sch.ConflictException{Message: aws.String("Schedule " + *in.Name + " already exists.")})
		}
		if at, err := time.Parse("at(2006-01-02T15:04:05)", *in.ScheduleExpression); err != nil || !at.After(c.clock.Now()) {
			return nil, apiError(400, &sch.ValidationException{Message: aws.String("Invalid Schedule Expression")})
		}
		c.schedules[*in.Name] = &fakeSchedule{*in}
		return &scheduler.CreateScheduleOutput{}, nil
	case *scheduler.DeleteScheduleInput:
		if c.schedules[*in.Name] == nil {
			return nil, apiError(404, &sch.ResourceNotFoundException{Message: aws.String("Schedule " + *in.Name + " does not exist.")})
		}
		delete(c.schedules, *in.Name)
		return &scheduler.DeleteScheduleOutput{}, nil
	case *ssm.GetParameterInput:
		return &ssm.GetParameterOutput{Parameter: &ssmtypes.Parameter{Name: in.Name, Value: aws.String("ami-of" + strings.ReplaceAll(*in.Name, "/", "-"))}}, nil
	case *ssm.PutParameterInput:
		if _, there := c.parameters[*in.Name]; there {
			return nil, refusal("ParameterAlreadyExists", "The parameter already exists.")
		}
		c.parameters[*in.Name] = *in.Value
		return &ssm.PutParameterOutput{}, nil
	case *ssm.AddTagsToResourceInput:
		if _, there := c.parameters[*in.ResourceId]; !there || in.ResourceType != ssmtypes.ResourceTypeForTaggingParameter {
			return nil, refusal("InvalidResourceId", "")
		}
		c.readers[*in.ResourceId] = *in.Tags[0].Value
		return &ssm.AddTagsToResourceOutput{}, nil
	case *ssm.DeleteParameterInput:
		if _, there := c.parameters[*in.Name]; !there {
			return nil, refusal("ParameterNotFound", "")
		}
		delete(c.parameters, *in.Name)
		return &ssm.DeleteParameterOutput{}, nil
	case *ecr.DescribeImagesInput:
		return c.describeImages(in)
	}
	return c.serveObjects(in)
}

func (c *cloud) serveObjects(in any) (any, error) {
	switch in := in.(type) {
	case *s3.GetObjectInput:
		content, there := c.objects[*in.Key]
		if !there {
			return nil, apiError(404, &s3types.NoSuchKey{})
		}
		if in.Range != nil {
			last, err := strconv.Atoi(strings.TrimPrefix(*in.Range, "bytes=-"))
			if err != nil {
				return nil, fmt.Errorf("range %s", *in.Range)
			}
			if len(content) == 0 {
				return nil, apiError(416, refusal("InvalidRange", "The requested range is not satisfiable"))
			}
			content = content[max(len(content)-last, 0):]
		}
		return &s3.GetObjectOutput{Body: io.NopCloser(bytes.NewReader(content))}, nil
	case *s3.ListObjectsV2Input:
		return c.listObjects(in), nil
	case *s3.DeleteObjectInput:
		delete(c.objects, *in.Key)
		return &s3.DeleteObjectOutput{}, nil
	}
	return nil, fmt.Errorf("the fake has no %T", in)
}

// listObjects has pages of two.
func (c *cloud) listObjects(in *s3.ListObjectsV2Input) *s3.ListObjectsV2Output {
	var found []string
	for key := range maps.Keys(c.objects) {
		if rest, ok := strings.CutPrefix(key, *in.Prefix); ok {
			if folder, _, deeper := strings.Cut(rest, "/"); in.Delimiter != nil && deeper {
				key = *in.Prefix + folder + "/"
			}
			found = append(found, key)
		}
	}
	slices.Sort(found)
	found = slices.Compact(found)
	from := slices.Index(found, aws.ToString(in.ContinuationToken)) + 1
	out := &s3.ListObjectsV2Output{IsTruncated: aws.Bool(from+2 < len(found))}
	for _, key := range found[from:min(from+2, len(found))] {
		if out.NextContinuationToken = &key; strings.HasSuffix(key, "/") {
			out.CommonPrefixes = append(out.CommonPrefixes, s3types.CommonPrefix{Prefix: &key})
		} else {
			out.Contents = append(out.Contents, s3types.Object{Key: &key})
		}
	}
	return out
}

func (c *cloud) describeImages(in *ecr.DescribeImagesInput) (any, error) {
	if *in.RegistryId != "123456789012" {
		return nil, fmt.Errorf("registry %s", *in.RegistryId)
	}
	there := false
	for image := range c.images {
		there = there || strings.HasPrefix(image, *in.RepositoryName+":")
	}
	if !there {
		return nil, apiError(400, &ecrtypes.RepositoryNotFoundException{Message: aws.String("The repository with name '" + *in.RepositoryName + "' does not exist")})
	}
	digest, there := c.images[*in.RepositoryName+":"+*in.ImageIds[0].ImageTag]
	if !there {
		return nil, apiError(400, &ecrtypes.ImageNotFoundException{Message: aws.String("not found")})
	}
	return &ecr.DescribeImagesOutput{ImageDetails: []ecrtypes.ImageDetail{{ImageDigest: &digest}}}, nil
}

func (c *cloud) describeSubnets(in *ec2.DescribeSubnetsInput) (any, error) {
	out := &ec2.DescribeSubnetsOutput{}
	for _, s := range c.subnets {
		if (len(in.SubnetIds) == 0 && s.byDefault) || slices.Contains(in.SubnetIds, s.id) {
			out.Subnets = append(out.Subnets, vm.Subnet{SubnetId: &s.id, AvailabilityZone: &s.zone, VpcId: &s.vpc})
		}
	}
	if len(out.Subnets) < len(in.SubnetIds) {
		return nil, refusal("InvalidSubnetID.NotFound", "The subnet ID does not exist")
	}
	return out, nil
}

func (c *cloud) describeGroups(in *ec2.DescribeSecurityGroupsInput) (any, error) {
	out := &ec2.DescribeSecurityGroupsOutput{}
	for _, g := range c.groups {
		fits := true
		for _, f := range in.Filters {
			is := map[string]*string{"group-id": g.GroupId, "group-name": g.GroupName, "vpc-id": g.VpcId, "tag:provisioner_managed_by": aws.String(tagOf(g.Tags, "provisioner_managed_by"))}[*f.Name]
			fits = fits && is != nil && slices.Contains(f.Values, *is)
		}
		if fits {
			out.SecurityGroups = append(out.SecurityGroups, g.SecurityGroup)
		}
	}
	return out, nil
}

func (c *cloud) createGroup(in *ec2.CreateSecurityGroupInput) (any, error) {
	id := fmt.Sprintf("sg-0%d", len(c.groups))
	for _, g := range c.groups {
		if *g.GroupName == *in.GroupName && *g.VpcId == *in.VpcId {
			return nil, refusal("InvalidGroup.Duplicate", "The security group already exists")
		}
	}
	c.groups[id] = &fakeGroup{vm.SecurityGroup{GroupId: &id, GroupName: in.GroupName, VpcId: in.VpcId, Tags: in.TagSpecifications[0].Tags}}
	return &ec2.CreateSecurityGroupOutput{GroupId: &id}, nil
}

func tagOf(tags []vm.Tag, key string) string {
	for _, tag := range tags {
		if *tag.Key == key {
			return *tag.Value
		}
	}
	return ""
}
