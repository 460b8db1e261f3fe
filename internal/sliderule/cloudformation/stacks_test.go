//go:build unix

package cloudformation_test

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	aws_cloudformation "github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"
	"github.com/aws/aws-sdk-go-v2/service/kms"

	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/moto"
	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/cloudformation"
	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/login"
)

// emulator is an AWS whose clock the test moves.
type emulator struct {
	*testing.T
	*moto.Server
	config aws.Config
	stacks *aws_cloudformation.Client
}

func newEmulator(t *testing.T) emulator {
	t.Helper()
	server, err := moto.Start(t.Context(), moto.NewFinder(""), moto.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Close)
	config := aws.Config{
		Region: "us-west-2", BaseEndpoint: &server.URL, Credentials: credentials.NewStaticCredentialsProvider("sandbox", "sandbox", ""),
		Retryer: func() aws.Retryer { return aws.NopRetryer{} },
	}
	return emulator{t, server, config, aws_cloudformation.NewFromConfig(config)}
}

func (e emulator) must(err error) {
	e.Helper()
	if err != nil {
		e.Fatal(err)
	}
}

func parameters(made cloudformation.Template) []types.Parameter {
	var list []types.Parameter
	for key, value := range made.Parameters {
		list = append(list, types.Parameter{ParameterKey: &key, ParameterValue: &value})
	}
	return list
}

func (e emulator) create(name string, made cloudformation.Template, role string) map[string]string {
	e.Helper()
	input := &aws_cloudformation.CreateStackInput{
		StackName: &name, TemplateBody: &made.Body, Parameters: parameters(made), Capabilities: []types.Capability{types.CapabilityCapabilityIam},
	}
	if role != "" { // clusters make nothing of IAM
		input.RoleARN, input.Capabilities = &role, nil
	}
	_, err := e.stacks.CreateStack(e.Context(), input)
	e.must(err)
	return e.settled(name, types.StackStatusCreateComplete)
}

func (e emulator) update(name string, made cloudformation.Template) {
	e.Helper()
	_, err := e.stacks.UpdateStack(e.Context(), &aws_cloudformation.UpdateStackInput{StackName: &name, TemplateBody: &made.Body, Parameters: parameters(made)})
	e.must(err)
	e.settled(name, types.StackStatusUpdateComplete)
}

// settled lets an hour pass, and returns the outputs of the stack.
func (e emulator) settled(name string, want types.StackStatus) map[string]string {
	e.Helper()
	e.must(e.Advance(e.Context(), time.Hour))
	answer, err := e.stacks.DescribeStacks(e.Context(), &aws_cloudformation.DescribeStacksInput{StackName: &name})
	e.must(err)
	if got := answer.Stacks[0]; got.StackStatus != want {
		events, err := e.stacks.DescribeStackEvents(e.Context(), &aws_cloudformation.DescribeStackEventsInput{StackName: &name})
		e.must(err)
		for _, event := range events.StackEvents {
			e.Logf("%s %s %s", *event.LogicalResourceId, event.ResourceStatus, aws.ToString(event.ResourceStatusReason))
		}
		e.Fatalf("%s is %s: %s", name, got.StackStatus, aws.ToString(got.StackStatusReason))
	}
	outputs := map[string]string{}
	for _, output := range answer.Stacks[0].Outputs {
		outputs[*output.OutputKey] = *output.OutputValue
	}
	return outputs
}

// remove deletes a stack to its end.
func (e emulator) remove(name string) {
	e.Helper()
	answer, err := e.stacks.DescribeStacks(e.Context(), &aws_cloudformation.DescribeStacksInput{StackName: &name})
	e.must(err)
	_, err = e.stacks.DeleteStack(e.Context(), &aws_cloudformation.DeleteStackInput{StackName: &name})
	e.must(err)
	e.must(e.Advance(e.Context(), time.Hour))
	answer, err = e.stacks.DescribeStacks(e.Context(), &aws_cloudformation.DescribeStacksInput{StackName: answer.Stacks[0].StackId})
	e.must(err)
	if got := answer.Stacks[0]; got.StackStatus != types.StackStatusDeleteComplete {
		e.Fatalf("%s is %s: %s", name, got.StackStatus, aws.ToString(got.StackStatusReason))
	}
}

// zone makes a hosted zone; Route 53's SDK is not the product's.
func (e emulator) zone(domain string) {
	e.Helper()
	body := `<CreateHostedZoneRequest xmlns="https://route53.amazonaws.com/doc/2013-04-01/"><Name>` + domain + `</Name><CallerReference>x</CallerReference></CreateHostedZoneRequest>`
	e.post("/2013-04-01/hostedzone", "route53", "application/xml", body)
}

func (e emulator) ec2(action string) string {
	e.Helper()
	return e.post("/", "ec2", "application/x-www-form-urlencoded", url.Values{"Action": {action}, "Version": {"2016-11-15"}}.Encode())
}

func (e emulator) post(path, service, kind, body string) string {
	e.Helper()
	req, err := http.NewRequestWithContext(e.Context(), http.MethodPost, e.URL+path, strings.NewReader(body))
	e.must(err)
	req.Header.Set("Content-Type", kind)
	req.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=K/20260102/us-west-2/"+service+"/aws4_request, SignedHeaders=host, Signature=x")
	resp, err := http.DefaultClient.Do(req)
	e.must(err)
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	e.must(err)
	if resp.StatusCode >= 300 {
		e.Fatalf("%s: %d %s", service, resp.StatusCode, text)
	}
	return string(text)
}

// sizes are the group's minimum, wanted nodes and maximum. The nodes that run are not counted: of a share of spot
// instances the emulator rounds both parts down.
func (e emulator) sizes(group string) string {
	e.Helper()
	answer, err := autoscaling.NewFromConfig(e.config).DescribeAutoScalingGroups(e.Context(), &autoscaling.DescribeAutoScalingGroupsInput{AutoScalingGroupNames: []string{group}})
	e.must(err)
	g := answer.AutoScalingGroups[0]
	return fmt.Sprintf("%d %d %d", *g.MinSize, *g.DesiredCapacity, *g.MaxSize)
}

// The whole way on an emulator: what it cannot show is that AWS's roles suffice, for which there is
// [TestStackRoleMayDoWhatClustersTake].
func TestStacksLiveAndDie(t *testing.T) {
	e := newEmulator(t)
	e.zone("sr.test")

	f := foundation()
	f.Domain = "sr.test:8443"
	base, err := cloudformation.RenderFoundation(f)
	e.must(err)
	outputs := e.create("sliderule-foundation", base, "")
	for name, want := range map[string]string{
		"SchedulerRole": "arn:aws:iam::123456789012:role/", "StackRole": "arn:aws:iam::123456789012:role/", "NodeRole": "arn:aws:iam::123456789012:role/",
		"BalancerRole": "arn:aws:iam::123456789012:role/", "BalancerProfile": "arn:aws:iam::123456789012:instance-profile/",
		"RunRole": "arn:aws:iam::123456789012:role/", "NodeProfile": "arn:aws:iam::123456789012:instance-profile/", "RunProfile": "arn:aws:iam::123456789012:instance-profile/",
		"ReleaseRole": "arn:aws:iam::123456789012:role/", "ReleaseProfile": "arn:aws:iam::123456789012:instance-profile/",
		"ScheduleGroup": "sliderule-foundation", "ScheduleGroupArn": "arn:aws:scheduler:us-west-2:", "LogBucket": "s", "LogBucketArn": "arn:aws:s3:::",
		"SigningKey": "arn:aws:kms:us-west-2:", "SigningKeyAlias": "alias/sliderule-foundation",
		"Installation": "default", "Domain": "sr.test:8443", "CertificateSource": "s3://project/cf/example.org.pem",
		"Registry": "123456789012.dkr.ecr", "GitHubOrganization": "ExampleOrg", "LogRetentionDays": "90",
	} {
		if !strings.HasPrefix(outputs[name], want) {
			t.Errorf("the output %s is %q, want %q", name, outputs[name], want)
		}
	}

	c := full()
	c.MinNodes = 0
	// Its hours pass, at whatever time of the day this runs: none of them is one to sleep at.
	c.Sleep.Down, c.Sleep.Up = []string{"0 0 29 2 *", "0 2 29 2 *"}, []string{"0 1 29 2 *"}
	signer, err := login.NewKMSSigner(t.Context(), kms.NewFromConfig(e.config), outputs["SigningKey"])
	e.must(err)
	key, err := signer.PublicKey(t.Context())
	e.must(err)
	c.PublicKeyPEM, err = login.PEM(key)
	e.must(err)
	c.LogBucket, c.BalancerProfile, c.NodeProfile = outputs["LogBucket"], outputs["BalancerProfile"], outputs["NodeProfile"]
	made := e.create("team-ice-cluster", cluster(t, c), outputs["StackRole"])
	if made["Endpoint"] != "https://team-ice.sr.test:8443" || made["Group"] != "team-ice-asg" || made["Version"] != "v5.5.0" || !strings.HasPrefix(made["Ami"], "ami-") || strings.Count(made["Address"], ".") != 3 {
		t.Errorf("got %v", made)
	}
	if got := e.sizes("team-ice-asg"); got != "0 5 20" {
		t.Errorf("the group has %s", got)
	}

	// Resized while it sleeps, it sleeps on.
	_, err = autoscaling.NewFromConfig(e.config).SetDesiredCapacity(t.Context(), &autoscaling.SetDesiredCapacityInput{
		AutoScalingGroupName: aws.String("team-ice-asg"), DesiredCapacity: aws.Int32(0),
	})
	e.must(err)
	c.NodeCapacity, c.Asleep = 7, true
	e.update("team-ice-cluster", cluster(t, c))
	if got := e.sizes("team-ice-asg"); got != "0 0 20" {
		t.Errorf("a sleeper was resized to %s", got)
	}
	c.NodeCapacity, c.MinNodes, c.Asleep = 6, 1, false
	e.update("team-ice-cluster", cluster(t, c))
	if got := e.sizes("team-ice-asg"); got != "1 6 20" {
		t.Errorf("it was resized to %s", got)
	}
	c.Sleep, c.Budget = nil, nil
	e.update("team-ice-cluster", cluster(t, c))

	// Version and is_public cannot be changed beside the scripts that were made for them.
	for name, value := range map[string]string{"Version": "v5.6.0", "IsPublic": "false", "Domain": "example.com"} {
		changed := cluster(t, c)
		changed.Parameters[name] = value
		_, err := e.stacks.UpdateStack(t.Context(), &aws_cloudformation.UpdateStackInput{StackName: aws.String("team-ice-cluster"), TemplateBody: &changed.Body, Parameters: parameters(changed)})
		if err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: got %v", name, err)
		}
	}

	e.remove("team-ice-cluster")
	for _, action := range []string{"DescribeNatGateways", "DescribeAddresses", "DescribeVpcEndpoints", "DescribeLaunchTemplates"} {
		if got := e.ec2(action); strings.Contains(got, "<item>") {
			t.Errorf("%s: %s", action, got)
		}
	}
	if got := e.ec2("DescribeVpcs"); strings.Contains(got, "team-ice") {
		t.Error(got)
	}
	e.remove("sliderule-foundation")
}
