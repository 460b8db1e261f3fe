package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/aws/aws-sdk-go-v2/service/ecr"
	ecrtypes "github.com/aws/aws-sdk-go-v2/service/ecr/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/ssm"

	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/cloudformation"
	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/run/script"
)

// runMachine is the machine of a run, which EC2 remembers for a while after its end.
type runMachine struct {
	Run   string // the run's id
	ID    string
	State ec2types.InstanceStateName
	Spot  bool
}

// runsOf are the machines of runs.
func runsOf(instances []ec2types.Instance) (all []runMachine) {
	for _, i := range instances {
		for _, tag := range i.Tags {
			if aws.ToString(tag.Key) == cloudformation.RunTag {
				all = append(all, runMachine{aws.ToString(tag.Value), aws.ToString(i.InstanceId), i.State.Name, i.InstanceLifecycle == ec2types.InstanceLifecycleTypeSpot})
			}
		}
	}
	slices.SortFunc(all, func(a, b runMachine) int { return strings.Compare(a.Run, b.Run) })
	return all
}

// groupsOf are the ids of the security groups that were made for runs.
func groupsOf(ctx context.Context, cfg aws.Config) (ids []string, err error) {
	found, err := ec2.NewFromConfig(cfg).DescribeSecurityGroups(ctx, &ec2.DescribeSecurityGroupsInput{
		Filters: []ec2types.Filter{{Name: aws.String("group-name"), Values: []string{"*-runs"}}},
	})
	if err != nil {
		return nil, fmt.Errorf("list the security groups: %w", err)
	}
	for _, g := range found.SecurityGroups {
		ids = append(ids, "the security group "+aws.ToString(g.GroupId))
	}
	return ids, nil
}

// tokensOf are the names of the parameters with tokens of runs.
func tokensOf(ctx context.Context, cfg aws.Config) (names []string, err error) {
	pages := ssm.NewDescribeParametersPaginator(ssm.NewFromConfig(cfg), &ssm.DescribeParametersInput{})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("list the parameters: %w", err)
		}
		for _, p := range page.Parameters {
			if name := aws.ToString(p.Name); strings.Contains(name, "/runs/") {
				names = append(names, name)
			}
		}
	}
	return names, nil
}

// digestsOf are the digests that the registry has under a tag, by image.
func digestsOf(ctx context.Context, cfg aws.Config, tag string) (map[string]string, error) {
	digests := map[string]string{}
	for _, image := range script.ClusterImages() {
		found, err := ecr.NewFromConfig(cfg).DescribeImages(ctx, &ecr.DescribeImagesInput{RepositoryName: &image, ImageIds: []ecrtypes.ImageIdentifier{{ImageTag: &tag}}})
		var none *ecrtypes.ImageNotFoundException
		if errors.As(err, &none) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("look at %s:%s in the registry: %w", image, tag, err)
		}
		for _, is := range found.ImageDetails {
			digests[image] = aws.ToString(is.ImageDigest)
		}
	}
	return digests, nil
}

// object is what a bucket has at an address, s3://bucket/key.
func object(ctx context.Context, cfg aws.Config, uri string) ([]byte, error) {
	bucket, key, _ := strings.Cut(strings.TrimPrefix(uri, "s3://"), "/")
	found, err := s3.NewFromConfig(cfg, func(o *s3.Options) { o.UsePathStyle = true }).GetObject(ctx, &s3.GetObjectInput{Bucket: &bucket, Key: &key})
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", uri, err)
	}
	defer found.Body.Close()
	return io.ReadAll(found.Body)
}
