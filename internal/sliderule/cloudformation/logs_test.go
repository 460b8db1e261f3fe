//go:build unix

package cloudformation_test

import (
	"io"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials/stscreds"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sts"
)

// bucket is one as somebody reaches it.
type bucket struct {
	emulator
	name   string
	client *s3.Client
}

// bucket is one for a caller, or for a role of the emulated account.
func (e emulator) bucket(name, role string) bucket {
	config := e.config.Copy()
	if role != "" {
		config.Credentials = aws.NewCredentialsCache(stscreds.NewAssumeRoleProvider(sts.NewFromConfig(e.config), role))
	}
	return bucket{e, name, s3.NewFromConfig(config, func(o *s3.Options) { o.UsePathStyle = true })}
}

func (b bucket) put(key string) error {
	_, err := b.client.PutObject(b.Context(), &s3.PutObjectInput{Bucket: &b.name, Key: &key, Body: strings.NewReader("of " + key)})
	return err
}

func (b bucket) get(key string) string {
	b.Helper()
	answer, err := b.client.GetObject(b.Context(), &s3.GetObjectInput{Bucket: &b.name, Key: &key})
	b.must(err)
	defer func() { _ = answer.Body.Close() }()
	text, err := io.ReadAll(answer.Body)
	b.must(err)
	return string(text)
}

// The bucket of logs denies whatever does not come over TLS. The emulator has none, and yet is to show what AWS does with
// a call that comes as it should.
func TestLogsAreWrittenAndRead(t *testing.T) {
	e := newEmulator(t)
	outputs := e.create("sliderule-foundation", theFoundation(t), "")
	caller := e.bucket(outputs["LogBucket"], "")
	for who, role := range map[string]string{"the caller": "", "a test run": outputs["RunRole"], "a release": outputs["ReleaseRole"], "a node": outputs["NodeRole"]} {
		b, key := e.bucket(outputs["LogBucket"], role), "runs/"+strings.ReplaceAll(who, " ", "-")+"/run.log"
		if err := b.put(key); err != nil {
			t.Errorf("%s writes: %v", who, err)
			continue
		}
		if got := caller.get(key); got != "of "+key {
			t.Errorf("%s wrote %q", who, got)
		}
		if _, err := b.client.HeadObject(t.Context(), &s3.HeadObjectInput{Bucket: &b.name, Key: &key}); err != nil {
			t.Errorf("%s looks: %v", who, err)
		}
	}
	listed, err := caller.client.ListObjectsV2(t.Context(), &s3.ListObjectsV2Input{Bucket: &caller.name, Prefix: aws.String("runs/")})
	e.must(err)
	if len(listed.Contents) != 4 {
		t.Fatalf("listed are %d objects", len(listed.Contents))
	}
	_, err = caller.client.DeleteObject(t.Context(), &s3.DeleteObjectInput{Bucket: &caller.name, Key: listed.Contents[0].Key})
	e.must(err)

	// The policy is there all the same, and any other denial counts.
	policy, err := caller.client.GetBucketPolicy(t.Context(), &s3.GetBucketPolicyInput{Bucket: &caller.name})
	e.must(err)
	if !strings.Contains(*policy.Policy, "aws:SecureTransport") {
		t.Errorf("the policy is %s", *policy.Policy)
	}
	const denial = `{"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Principal": "*", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::NAME/secret/*"}}`
	_, err = caller.client.PutBucketPolicy(t.Context(), &s3.PutBucketPolicyInput{Bucket: &caller.name, Policy: aws.String(strings.Replace(denial, "NAME", caller.name, 1))})
	e.must(err)
	if err := caller.put("secret/x"); err == nil {
		t.Error("a denial does not count")
	}
	e.must(caller.put("runs/x"))
}
