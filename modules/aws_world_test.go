package modules_test

import (
	"context"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"

	"github.com/data-access/terraform-provider-provisioner/internal/sandbox"
)

// stacks are the ids of those that are there, by name. A look that fails is an entry too: nobody expects it.
func stacks(s *sandbox.Sandbox) map[string]string {
	all := map[string]string{}
	if s.AWS() == nil {
		return all
	}
	client := cloudformation.NewFromConfig(aws.Config{
		Region: "us-east-1", BaseEndpoint: &s.AWSURL, Credentials: credentials.NewStaticCredentialsProvider("sandbox", "sandbox", ""),
	})
	told, err := client.DescribeStacks(context.Background(), &cloudformation.DescribeStacksInput{})
	if err != nil {
		return map[string]string{"the stacks cannot be listed": err.Error()}
	}
	for _, stack := range told.Stacks {
		if !strings.HasPrefix(string(stack.StackStatus), "DELETE_COMPLETE") {
			all["stack "+aws.ToString(stack.StackName)] = aws.ToString(stack.StackId)
		}
	}
	return all
}
