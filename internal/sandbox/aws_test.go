package sandbox_test

import (
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go"

	"github.com/data-access/terraform-provider-provisioner/internal/sandbox"
	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/wire"
)

func TestTheRealSDKTalksToTheEmulatedAWS(t *testing.T) {
	s := start(t, sandbox.Options{})
	env := s.Env()
	for name, value := range env {
		t.Setenv(name, value)
	}
	cfg, err := config.LoadDefaultConfig(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	client := s3.NewFromConfig(cfg, func(o *s3.Options) { o.DisableLogOutputChecksumValidationSkipped = true })
	read := func(bucket, key string) (string, error) {
		object, err := client.GetObject(t.Context(), &s3.GetObjectInput{Bucket: &bucket, Key: &key})
		if err != nil {
			return "", err
		}
		defer object.Body.Close()
		text, err := io.ReadAll(object.Body)
		return string(text), err
	}
	seeded := func() {
		t.Helper()
		for key, want := range map[string]string{sandbox.DatabricksSecretKey: env["DATABRICKS_TOKEN"], sandbox.SlackSecretKey: env["SLACK_BOT_TOKEN"]} {
			if got, err := read(sandbox.SecretsBucket, key); err != nil || got != want {
				t.Errorf("%s: got %q, %v", key, got, err)
			}
		}
	}
	seeded()
	if calls := s.Wire.Calls(); len(calls) != 2 || calls[0].Vendor != "aws" || calls[0].Status != 200 || !strings.HasPrefix(calls[0].Path, "/data-access-secrets/") {
		t.Errorf("only the two reads should be recorded: %+v", calls)
	}

	for range 2 { // the second time the bucket is there
		if err := s.PutSecret(t.Context(), "another-bucket", "a folder/é+%", "value"); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := read("another-bucket", "a folder/é+%"); err != nil || got != "value" {
		t.Errorf("got %q, %v", got, err)
	}

	if err := s.Wire.AddFault(wire.Fault{Vendor: "aws", Path: "/another-bucket/*", Kind: wire.Status, Status: 403}); err != nil {
		t.Fatal(err)
	}
	var refused smithy.APIError
	if _, err := read("another-bucket", "a folder/é+%"); !errors.As(err, &refused) || refused.ErrorCode() != "AccessDenied" {
		t.Errorf("got %v", err)
	}

	if err := s.Wire.AddFault(wire.Fault{Vendor: "aws", Path: "GetCallerIdentity", Kind: wire.Status, Status: 403}); err != nil {
		t.Fatal(err)
	}
	identity := sts.NewFromConfig(cfg)
	if _, err := identity.GetCallerIdentity(t.Context(), nil); !errors.As(err, &refused) || refused.ErrorCode() != "AccessDenied" {
		t.Errorf("got %v", err)
	}
	if _, err := identity.GetCallerIdentity(t.Context(), nil); err != nil {
		t.Error(err)
	}

	if err := s.Reset(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := read("another-bucket", "a folder/é+%"); !errors.As(err, &refused) || refused.ErrorCode() != "NoSuchBucket" {
		t.Errorf("a bucket outlived the reset: %v", err)
	}
	seeded()

	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if answers(t, env["AWS_ENDPOINT_URL"]) {
		t.Error("AWS still answers")
	}
}
