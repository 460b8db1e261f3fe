//go:build unix

package moto_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"

	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/moto"
)

const vpc = `{"Resources": {"Network": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.9.0.0/16"}}}}`

func TestWhatIsRefusedAtOnce(t *testing.T) {
	c := newCloud(t)
	for name, k := range map[string]struct {
		change  func(*cloudformation.CreateStackInput)
		code    string
		message string
	}{
		"a name that begins with a digit": {func(i *cloudformation.CreateStackInput) { i.StackName = aws.String("9lab-cluster") }, "ValidationError", "'stackName' failed to satisfy constraint"},
		"a name with _":                   {func(i *cloudformation.CreateStackInput) { i.StackName = aws.String("my_team-cluster") }, "ValidationError", "'stackName' failed to satisfy constraint"},
		"no capability":                   {func(i *cloudformation.CreateStackInput) { i.Capabilities = nil }, "InsufficientCapabilitiesException", "Requires capabilities : [CAPABILITY_NAMED_IAM]"},
		"a lesser capability":             {func(i *cloudformation.CreateStackInput) { i.Capabilities = []types.Capability{"CAPABILITY_IAM"} }, "InsufficientCapabilitiesException", "Requires capabilities : [CAPABILITY_NAMED_IAM]"},
		"an unknown parameter":            {func(i *cloudformation.CreateStackInput) { i.Parameters = parameters("Group", "g", "Nods", "3") }, "ValidationError", "Parameters: [Nods] do not exist in the template"},
		"a missing parameter":             {func(i *cloudformation.CreateStackInput) { i.Parameters = nil }, "ValidationError", "Parameters: [Group] must have values"},
		"too many":                        {func(i *cloudformation.CreateStackInput) { i.Parameters = parameters("Group", "g", "Nodes", "11") }, "ValidationError", "Parameter 'Nodes' must be a number not greater than 10"},
		"too few":                         {func(i *cloudformation.CreateStackInput) { i.Parameters = parameters("Group", "g", "Nodes", "-1") }, "ValidationError", "Parameter 'Nodes' must be a number not less than 0"},
		"no number":                       {func(i *cloudformation.CreateStackInput) { i.Parameters = parameters("Group", "g", "Nodes", "x") }, "ValidationError", "Parameter 'Nodes' must be a number"},
		"none of the values":              {func(i *cloudformation.CreateStackInput) { i.Parameters = parameters("Group", "g", "Public", "maybe") }, "ValidationError", "Parameter 'Public' must be one of AllowedValues"},
		"another pattern":                 {func(i *cloudformation.CreateStackInput) { i.Parameters = parameters("Group", "g", "Version", "x$(id)") }, "ValidationError", "Parameter 'Version' must match pattern"},
		"a long value": {func(i *cloudformation.CreateStackInput) {
			i.Parameters = parameters("Group", strings.Repeat("x", 4097))
		}, "ValidationError", "is too long"},
		"an unknown image": {func(i *cloudformation.CreateStackInput) { i.Parameters = parameters("Group", "g", "Image", "/none") }, "ValidationError", "Unable to fetch parameters [/none]"},
		"a long body": {func(i *cloudformation.CreateStackInput) {
			i.TemplateBody = aws.String(vpc + strings.Repeat(" ", 51200))
		}, "ValidationError", "less than or equal to 51200"},
		"an unknown type": {func(i *cloudformation.CreateStackInput) {
			i.TemplateBody, i.Parameters = aws.String(`{"Resources": {"A": {"Type": "AWS::EC2::Wonder"}}}`), nil
		}, "ValidationError", "Unrecognized resource types: [AWS::EC2::Wonder]"},
		"a reference to nothing": {func(i *cloudformation.CreateStackInput) {
			i.TemplateBody, i.Parameters = aws.String(`{"Resources": {"A": {"Type": "AWS::EC2::Subnet", "Properties": {"VpcId": {"Ref": "Gone"}}}}}`), nil
		}, "ValidationError", "Unresolved resource dependencies [Gone] in the Resources block"},
		"a circle": {func(i *cloudformation.CreateStackInput) {
			i.TemplateBody, i.Parameters = aws.String(`{"Resources": {"A": {"Type": "AWS::EC2::EIP", "DependsOn": "B"}, "B": {"Type": "AWS::EC2::EIP", "DependsOn": "A"}}}`), nil
		}, "ValidationError", "Circular dependency between resources: [A, B]"},
		"no resources": {func(i *cloudformation.CreateStackInput) {
			i.TemplateBody, i.Parameters = aws.String(`{"Resources": {}}`), nil
		}, "ValidationError", "At least one Resources member"},
		"no template": {func(i *cloudformation.CreateStackInput) {
			i.TemplateBody, i.Parameters = aws.String(`{"Resources": `), nil
		}, "ValidationError", "Template format error"},
	} {
		input := &cloudformation.CreateStackInput{StackName: aws.String("dev-cluster"), TemplateBody: &clusterTemplate, Parameters: parameters("Group", "g"), Capabilities: iam}
		k.change(input)
		_, err := c.stacks.CreateStack(t.Context(), input)
		t.Run(name, func(t *testing.T) { refused(t, err, k.code, k.message) })
	}
	list, err := c.stacks.ListStacks(t.Context(), nil)
	c.must(err)
	if len(list.StackSummaries) != 0 {
		t.Errorf("what was refused left a stack: %+v", list.StackSummaries)
	}
}

func TestTheSameTokenIsTheSameRequest(t *testing.T) {
	c := newCloud(t)
	create := func(token string) (string, error) {
		answer, err := c.stacks.CreateStack(t.Context(), &cloudformation.CreateStackInput{StackName: aws.String("dev-cluster"), TemplateBody: aws.String(vpc), ClientRequestToken: &token})
		if err != nil {
			return "", err
		}
		return *answer.StackId, nil
	}
	first, err := create("one")
	c.must(err)
	if again, err := create("one"); err != nil || again != first {
		t.Errorf("got %s, %v", again, err)
	}
	_, err = create("two")
	refused(t, err, "AlreadyExistsException", "Stack [dev-cluster] already exists")

	run := func(token, kind string) string {
		return c.ec2("RunInstances", "ImageId", "ami-12345678", "MinCount", "1", "MaxCount", "1", "ClientToken", token, "InstanceType", kind)
	}
	id := func(answer string) string {
		_, rest, _ := strings.Cut(answer, "<instanceId>")
		id, _, _ := strings.Cut(rest, "<")
		return id
	}
	if one, two := id(run("a", "t4g.small")), id(run("a", "t4g.small")); one == "" || one != two {
		t.Errorf("the same token ran %q and %q", one, two)
	}
	if got := run("a", "t4g.large"); !strings.Contains(got, "IdempotentParameterMismatch") {
		t.Errorf("got %s", got)
	}
	if got := c.ec2("DescribeInstances"); strings.Count(got, "<instanceId>") != 1 {
		t.Errorf("got %s", got)
	}
}

func TestAProtectedStackStays(t *testing.T) {
	c := newCloud(t)
	name := aws.String("dev-cluster")
	_, err := c.stacks.CreateStack(t.Context(), &cloudformation.CreateStackInput{StackName: name, TemplateBody: aws.String(vpc), EnableTerminationProtection: aws.Bool(true)})
	c.must(err)
	c.pass(time.Hour)
	_, err = c.stacks.DeleteStack(t.Context(), &cloudformation.DeleteStackInput{StackName: name})
	refused(t, err, "ValidationError", "cannot be deleted while TerminationProtection is enabled")
	_, err = c.stacks.UpdateTerminationProtection(t.Context(), &cloudformation.UpdateTerminationProtectionInput{StackName: name, EnableTerminationProtection: aws.Bool(false)})
	c.must(err)
	_, err = c.stacks.DeleteStack(t.Context(), &cloudformation.DeleteStackInput{StackName: name})
	c.must(err)
	c.is("dev-cluster", "DELETE_IN_PROGRESS")
	c.pass(time.Hour)
	_, err = c.stacks.DeleteStack(t.Context(), &cloudformation.DeleteStackInput{StackName: aws.String("never-was")})
	c.must(err) // as on AWS: what is not there needs no error
}

func TestAFailedCreateMayBeKeptOrDeleted(t *testing.T) {
	for onFailure, want := range map[types.OnFailure]types.StackStatus{"DO_NOTHING": "CREATE_FAILED", "DELETE": "DELETE_COMPLETE"} {
		c := newCloud(t)
		c.must(c.Fail(t.Context(), moto.Failure{Resource: "AWS::EC2::VPC"}))
		answer, err := c.stacks.CreateStack(t.Context(), &cloudformation.CreateStackInput{StackName: aws.String("dev-cluster"), TemplateBody: aws.String(vpc), OnFailure: onFailure})
		c.must(err)
		c.pass(time.Hour)
		c.is(*answer.StackId, want)
	}
}

func TestACreateCanBeGivenUp(t *testing.T) {
	c := newCloud(t)
	c.create("dev-cluster")
	c.pass(4 * time.Minute)
	_, err := c.stacks.DeleteStack(t.Context(), &cloudformation.DeleteStackInput{StackName: aws.String("dev-cluster")})
	c.must(err)
	c.pass(time.Hour)
	c.leavesNothing()
}

func TestPages(t *testing.T) {
	c := newCloud(t)
	for i := range 120 {
		_, err := c.stacks.CreateStack(t.Context(), &cloudformation.CreateStackInput{StackName: aws.String(fmt.Sprintf("s%d", i)), TemplateBody: aws.String(`{"Resources": {"A": {"Type": "AWS::CloudWatch::Alarm"}}}`)})
		c.must(err)
	}
	c.pass(time.Hour)
	var described, listed int
	for pages := cloudformation.NewDescribeStacksPaginator(c.stacks, &cloudformation.DescribeStacksInput{}); pages.HasMorePages(); {
		page, err := pages.NextPage(t.Context())
		c.must(err)
		described += len(page.Stacks)
	}
	for pages := cloudformation.NewListStacksPaginator(c.stacks, &cloudformation.ListStacksInput{}); pages.HasMorePages(); {
		page, err := pages.NextPage(t.Context())
		c.must(err)
		listed += len(page.StackSummaries)
	}
	if described != 120 || listed != 120 {
		t.Errorf("described %d, listed %d", described, listed)
	}
	for i := range 20 { // six events each
		_, err := c.stacks.UpdateStack(t.Context(), &cloudformation.UpdateStackInput{StackName: aws.String("s0"), TemplateBody: aws.String(fmt.Sprintf(`{"Resources": {"A": {"Type": "AWS::CloudWatch::Alarm", "Properties": {"Threshold": %d}}}}`, i))})
		c.must(err)
		c.pass(time.Hour)
	}
	if events := c.events("s0"); len(events) != 104 || !slices.Contains(events, "s0 CREATE_COMPLETE: ") {
		t.Errorf("%d events: %q", len(events), events)
	}
}

func TestWhatIsInUseStays(t *testing.T) {
	c := newCloud(t)
	c.create("dev-cluster")
	c.pass(time.Hour)
	subnet, err := c.stacks.DescribeStackResource(t.Context(), &cloudformation.DescribeStackResourceInput{StackName: aws.String("dev-cluster"), LogicalResourceId: aws.String("PrivateSubnet")})
	c.must(err)
	answer := c.ec2("RunInstances", "ImageId", "ami-12345678", "MinCount", "1", "MaxCount", "1", "SubnetId", *subnet.StackResourceDetail.PhysicalResourceId)
	_, rest, _ := strings.Cut(answer, "<instanceId>")
	id, _, _ := strings.Cut(rest, "<")
	drop := func() {
		t.Helper()
		_, err := c.stacks.DeleteStack(t.Context(), &cloudformation.DeleteStackInput{StackName: aws.String("dev-cluster")})
		c.must(err)
		c.pass(time.Hour)
	}
	drop()
	c.is("dev-cluster", "DELETE_FAILED")
	if events := c.events("dev-cluster"); !slices.ContainsFunc(events, func(e string) bool {
		return strings.HasPrefix(e, "PrivateSubnet DELETE_FAILED: ") && strings.Contains(e, "has dependencies and cannot be deleted")
	}) || slices.ContainsFunc(events, func(e string) bool { return strings.HasPrefix(e, "Vpc DELETE") }) {
		t.Errorf("got %q", events)
	}
	c.ec2("TerminateInstances", "InstanceId.1", id)
	drop()
	c.leavesNothing()
}

func TestTheClock(t *testing.T) {
	c := newCloud(t)
	before, err := c.Now(t.Context())
	c.must(err)
	c.pass(24 * time.Hour)
	after, err := c.Now(t.Context())
	c.must(err)
	if passed := after.Sub(before); passed < 24*time.Hour || passed > 25*time.Hour {
		t.Errorf("%s passed", passed)
	}
	if err := c.Advance(t.Context(), -time.Hour); err == nil || !strings.Contains(err.Error(), "forward only") {
		t.Errorf("got %v", err)
	}
	c.create("dev-cluster")
	if created := c.stack("dev-cluster").CreationTime; created.Sub(after) < 0 || created.Sub(after) > time.Hour {
		t.Errorf("made at %s, by a clock at %s", created, after)
	}
	c.must(c.SetSpeed(t.Context(), 1e6))
	c.is("dev-cluster", "CREATE_COMPLETE") // the SDK's round trip is longer than an hour's millionth part
	if err := c.SetSpeed(t.Context(), 0); err == nil {
		t.Error("time stood still")
	}
	if err := c.Fail(t.Context(), moto.Failure{Resource: "A", Operation: "think"}); err == nil {
		t.Error("an unknown operation shall fail")
	}
}

// What passes against plain moto too leans on none of the patches.
func TestPlainMotoAgrees(t *testing.T) {
	t.Setenv("AWS_PROFILE", "production") // which this machine does not have
	plain, err := moto.Start(t.Context(), moto.NewFinder(""), moto.Options{Plain: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(plain.Close)
	if _, err := plain.Clock(t.Context()); err == nil {
		t.Error("plain moto has a clock")
	}
	for name, server := range map[string]*moto.Server{"plain": plain, "patched": nil} {
		t.Run(name, func(t *testing.T) {
			c := newCloud(t)
			settle := func() { c.pass(time.Hour) }
			if server != nil {
				c.stacks = cloudformation.NewFromConfig(c.config, func(o *cloudformation.Options) { o.BaseEndpoint = &server.URL })
				settle = func() {}
			}
			created, err := c.stacks.CreateStack(t.Context(), &cloudformation.CreateStackInput{StackName: aws.String("dev-cluster"), TemplateBody: aws.String(vpc), Tags: []types.Tag{{Key: aws.String("Project"), Value: aws.String("dev")}}})
			c.must(err)
			settle()
			c.is("dev-cluster", "CREATE_COMPLETE")
			if tags := c.stack(*created.StackId).Tags; len(tags) != 1 || *tags[0].Value != "dev" {
				t.Errorf("got %+v", tags)
			}
			_, err = c.stacks.CreateStack(t.Context(), &cloudformation.CreateStackInput{StackName: aws.String("dev-cluster"), TemplateBody: aws.String(vpc)})
			refused(t, err, "AlreadyExistsException", "already exists")
			_, err = c.stacks.DescribeStacks(t.Context(), &cloudformation.DescribeStacksInput{StackName: aws.String("none")})
			refused(t, err, "ValidationError", "Stack with id none does not exist")
			_, err = c.stacks.DeleteStack(t.Context(), &cloudformation.DeleteStackInput{StackName: aws.String("dev-cluster")})
			c.must(err)
			settle()
			_, err = c.stacks.DescribeStacks(t.Context(), &cloudformation.DescribeStacksInput{StackName: aws.String("dev-cluster")})
			refused(t, err, "ValidationError", "does not exist")
			c.is(*created.StackId, "DELETE_COMPLETE")
		})
	}
}
