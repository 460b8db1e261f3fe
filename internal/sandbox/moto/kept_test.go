//go:build unix

package moto_test

import (
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/moto"
)

// made makes a stack and lets it settle.
func (c cloud) made(name, template string, want types.StackStatus) {
	c.Helper()
	_, err := c.stacks.CreateStack(c.Context(), &cloudformation.CreateStackInput{StackName: &name, TemplateBody: &template, Capabilities: iam})
	c.must(err)
	c.pass(time.Hour)
	c.is(name, want)
}

func (c cloud) changed(name, template string, want types.StackStatus) {
	c.Helper()
	_, err := c.stacks.UpdateStack(c.Context(), &cloudformation.UpdateStackInput{StackName: &name, TemplateBody: &template, Capabilities: iam})
	c.must(err)
	c.pass(time.Hour)
	c.is(name, want)
}

func (c cloud) deleted(name string) {
	c.Helper()
	_, err := c.stacks.DeleteStack(c.Context(), &cloudformation.DeleteStackInput{StackName: &name})
	c.must(err)
	c.pass(time.Hour)
}

func (c cloud) buckets() []string {
	c.Helper()
	answer, err := s3.NewFromConfig(c.config, func(o *s3.Options) { o.UsePathStyle = true }).ListBuckets(c.Context(), nil)
	c.must(err)
	names := make([]string, len(answer.Buckets))
	for i, b := range answer.Buckets {
		names[i] = *b.Name
	}
	return names
}

const (
	network = `, Network: {Type: "AWS::EC2::VPC", Properties: {CidrBlock: 10.0.0.0/16}}`
	another = `, Second: {Type: "AWS::S3::Bucket", DeletionPolicy: RetainExceptOnCreate, Properties: {BucketName: second}}`
)

// keeping is a stack with a bucket that outlives it by a policy, and more.
func keeping(policy, more string) string {
	return `Resources: {Log: {Type: "AWS::S3::Bucket", DeletionPolicy: ` + policy + `, Properties: {BucketName: log}}` + more + `}`
}

func TestWhatIsRetainedExceptOnCreate(t *testing.T) {
	c := newCloud(t)
	fails := func() { c.must(c.Fail(t.Context(), moto.Failure{Resource: "Network"})) }
	has := func(when string, want ...string) {
		t.Helper()
		if got := c.buckets(); !slices.Equal(got, want) {
			t.Errorf("%s there are %q, want %q", when, got, want)
		}
	}
	fails()
	c.made("a", keeping("RetainExceptOnCreate", network), "ROLLBACK_COMPLETE")
	has("after a roll-back")
	c.deleted("a")

	c.made("a", keeping("RetainExceptOnCreate", ""), "CREATE_COMPLETE")
	fails()
	c.changed("a", keeping("RetainExceptOnCreate", another+network), "UPDATE_ROLLBACK_COMPLETE")
	has("after an update's roll-back", "log")
	c.changed("a", keeping("RetainExceptOnCreate", another), "UPDATE_COMPLETE")
	c.changed("a", keeping("RetainExceptOnCreate", network), "UPDATE_COMPLETE")
	has("out of the template", "log", "second")
	c.deleted("a")
	has("after the stack", "log", "second")
	c.must(c.Reset(t.Context()))

	fails()
	c.made("a", keeping("Retain", network), "ROLLBACK_COMPLETE")
	has("retained", "log")
	c.must(c.Reset(t.Context()))

	fails()
	c.made("a", keeping("Delete", network), "ROLLBACK_COMPLETE")
	has("not retained")
}

func TestAnInstanceWithoutItsProfileLeavesNothing(t *testing.T) {
	c := newCloud(t)
	c.made("a", `{"Resources": {"Host": {"Type": "AWS::EC2::Instance", "Properties": {"ImageId": "ami-12345678", "IamInstanceProfile": "none"}}}}`, "ROLLBACK_COMPLETE")
	if events := c.events("a"); !slices.ContainsFunc(events, func(e string) bool {
		return strings.HasPrefix(e, "Host CREATE_FAILED: ") && strings.Contains(e, "none")
	}) {
		t.Errorf("got %q", events)
	}
	if got := c.ec2("DescribeInstances", "Filter.1.Name", "instance-state-name", "Filter.1.Value.1", "running"); strings.Contains(got, "<instanceId>") {
		t.Errorf("an orphan: %s", got)
	}
}

// route53 asks the API, whose SDK nothing else needs.
func (c cloud) route53(method, path, body string) string {
	c.Helper()
	req, err := http.NewRequestWithContext(c.Context(), method, c.URL+"/2013-04-01/"+path, strings.NewReader(body))
	c.must(err)
	req.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=K/20260102/us-east-1/route53/aws4_request, SignedHeaders=host, Signature=x")
	resp, err := http.DefaultClient.Do(req)
	c.must(err)
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	c.must(err)
	return string(text)
}

func (c cloud) records(zone string) []string {
	c.Helper()
	var got struct {
		Sets []struct {
			Name, Type string
			Value      []string `xml:"ResourceRecords>ResourceRecord>Value"`
		} `xml:"ResourceRecordSets>ResourceRecordSet"`
	}
	c.must(xml.Unmarshal([]byte(c.route53("GET", "hostedzone/"+zone+"/rrset", "")), &got))
	var list []string
	for _, s := range got.Sets {
		if s.Type == "A" {
			list = append(list, s.Name+" "+strings.Join(s.Value, " "))
		}
	}
	return list
}

func TestARecordIsMadeInTheZoneOfAName(t *testing.T) {
	const record = `{"Resources": {"Record": {"Type": "AWS::Route53::RecordSet", "Properties": {"HostedZoneName": %q, "Name": %q, "Type": "A", "TTL": "300", "ResourceRecords": [%q]}}}}`
	of := func(zone, name, address string) string { return fmt.Sprintf(record, zone, name, address) }
	for _, zoneName := range []string{"example.org", "example.org."} {
		c := newCloud(t)
		_, id, _ := strings.Cut(c.route53("POST", "hostedzone", `<CreateHostedZoneRequest xmlns="https://route53.amazonaws.com/doc/2013-04-01/"><Name>`+zoneName+`</Name><CallerReference>a</CallerReference></CreateHostedZoneRequest>`), "/hostedzone/")
		id, _, _ = strings.Cut(id, "<")
		is := func(want ...string) {
			t.Helper()
			if got := c.records(id); !slices.Equal(got, want) {
				t.Errorf("in %s there are %q, want %q", zoneName, got, want)
			}
		}
		c.made("dotted", of("example.org.", "dev.example.org.", "192.0.2.1"), "CREATE_COMPLETE")
		c.made("bare", of("example.org", "ana.example.org", "192.0.2.2"), "CREATE_COMPLETE")
		is("ana.example.org. 192.0.2.2", "dev.example.org. 192.0.2.1")
		c.changed("bare", of("example.org", "ana.example.org", "192.0.2.3"), "UPDATE_COMPLETE")
		c.made("again", of("example.org", "dev.example.org", "192.0.2.9"), "ROLLBACK_COMPLETE")
		c.made("lost", of("example.net.", "dev.example.net.", "192.0.2.9"), "ROLLBACK_COMPLETE")
		is("ana.example.org. 192.0.2.3", "dev.example.org. 192.0.2.1")
		for stack, reason := range map[string]string{"again": "but it already exists", "lost": "No hosted zones named example.net. found"} {
			if events := strings.Join(c.events(stack), "\n"); !strings.Contains(events, reason) {
				t.Errorf("%s: %s", stack, events)
			}
		}
		c.deleted("dotted")
		c.deleted("bare")
		is()
	}
}

func TestAStackThatIsGoneIsDeletedAgain(t *testing.T) {
	c := newCloud(t)
	c.made("a", keeping("Delete", ""), "CREATE_COMPLETE")
	id := c.stack("a").StackId
	for range 2 {
		c.deleted("a")
	}
	c.made("a", keeping("Delete", ""), "CREATE_COMPLETE")
	for _, gone := range []string{*id, "never", "arn:aws:cloudformation:us-west-2:123456789012:stack/never/0"} {
		_, err := c.stacks.DeleteStack(t.Context(), &cloudformation.DeleteStackInput{StackName: aws.String(gone)})
		c.must(err)
	}
	c.pass(time.Hour)
	c.is("a", "CREATE_COMPLETE") // an older stack's id is not its name
}
