package runner

import (
	"context"
	"errors"
	"os"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecr"
	"github.com/aws/aws-sdk-go-v2/service/ecr/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	ssmtypes "github.com/aws/aws-sdk-go-v2/service/ssm/types"
	"github.com/aws/smithy-go"
)

// amazon is as much of the AWS CLI as the programs use, at the emulator.
func amazon(ctx context.Context, m *machine, q question) (reply, error) {
	if len(q.words) < 3 {
		return failed(252, "aws: error: the following arguments are required: operation")
	}
	region := q.option("--region")
	if region == "" {
		region = q.env["AWS_DEFAULT_REGION"]
	}
	if region == "" {
		return failed(253, "You must specify a region. You can also configure your region by running \"aws configure\".")
	}
	config := m.runner.config(region)
	switch q.words[1] + " " + q.words[2] {
	case "s3 cp":
		return m.copy(ctx, config, q.words[len(q.words)-2], q.words[len(q.words)-1])
	case "s3 sync":
		return done("")
	case "ssm get-parameter":
		if err := m.mayRead(ctx, config, q.option("--name")); err != nil {
			return told("GetParameter", err)
		}
		answer, err := ssm.NewFromConfig(config).GetParameter(ctx, &ssm.GetParameterInput{Name: aws.String(q.option("--name")), WithDecryption: aws.Bool(true)})
		if err != nil {
			return told("GetParameter", err)
		}
		return done(aws.ToString(answer.Parameter.Value) + "\n")
	case "ssm delete-parameter":
		_, err := ssm.NewFromConfig(config).DeleteParameter(ctx, &ssm.DeleteParameterInput{Name: aws.String(q.option("--name"))})
		return told("DeleteParameter", err)
	case "ecr get-login-password":
		return done("password-of-the-registry\n")
	case "ecr describe-images":
		repository, id := imageOf(q)
		answer, err := ecr.NewFromConfig(config).DescribeImages(ctx, &ecr.DescribeImagesInput{RepositoryName: &repository, ImageIds: []types.ImageIdentifier{id}})
		if err != nil {
			return told("DescribeImages", err)
		}
		return done(aws.ToString(answer.ImageDetails[0].ImageDigest) + "\n")
	case "ecr batch-get-image":
		repository, id := imageOf(q)
		answer, err := ecr.NewFromConfig(config).BatchGetImage(ctx, &ecr.BatchGetImageInput{RepositoryName: &repository, ImageIds: []types.ImageIdentifier{id}})
		if err != nil {
			return told("BatchGetImage", err)
		}
		if len(answer.Images) == 0 {
			return done("None\n")
		}
		return done(aws.ToString(answer.Images[0].ImageManifest) + "\n")
	}
	return failed(252, "aws: error: the sandbox has no aws %s %s", q.words[1], q.words[2])
}

// mayRead: the role of runs lets a machine read the parameter that is tagged with its own ARN, and moto does not judge by
// roles.
func (m *machine) mayRead(ctx context.Context, config aws.Config, name string) error {
	answer, err := ssm.NewFromConfig(config).ListTagsForResource(ctx, &ssm.ListTagsForResourceInput{ResourceType: ssmtypes.ResourceTypeForTaggingParameter, ResourceId: &name})
	if err != nil {
		return err
	}
	for _, tag := range answer.TagList {
		if aws.ToString(tag.Key) == "provisioner_run_instance" && strings.HasSuffix(aws.ToString(tag.Value), ":instance/"+m.id) {
			return nil
		}
	}
	return &smithy.GenericAPIError{Code: "AccessDeniedException", Message: "not authorized to perform: ssm:GetParameter on " + name + " because no identity-based policy allows it"}
}

func imageOf(q question) (repository string, id types.ImageIdentifier) {
	tag := strings.TrimPrefix(q.option("--image-ids"), "imageTag=")
	return q.option("--repository-name"), types.ImageIdentifier{ImageTag: &tag}
}

// told is an error as the AWS CLI tells it.
func told(operation string, err error) (reply, error) {
	if err == nil {
		return done("")
	}
	var api smithy.APIError
	if errors.As(err, &api) {
		return failed(254, "\nAn error occurred (%s) when calling the %s operation: %s", api.ErrorCode(), operation, api.ErrorMessage())
	}
	return failed(255, "%v", err)
}

// copy uploads a file; the emulator takes buckets in the path of the URL.
func (m *machine) copy(ctx context.Context, config aws.Config, from, to string) (reply, error) {
	bucket, key, ok := strings.Cut(strings.TrimPrefix(to, "s3://"), "/")
	if !ok || !strings.HasPrefix(to, "s3://") {
		return failed(252, "aws: error: the sandbox copies files to s3:// only")
	}
	file, err := os.Open(from)
	if err != nil {
		return failed(255, "The user-provided path %s does not exist.", from)
	}
	defer file.Close()
	client := s3.NewFromConfig(config, func(o *s3.Options) { o.UsePathStyle = true })
	_, err = client.PutObject(ctx, &s3.PutObjectInput{Bucket: &bucket, Key: &key, Body: file})
	return told("PutObject", err)
}
