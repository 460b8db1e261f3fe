package sandbox_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/ecr"
	"github.com/aws/aws-sdk-go-v2/service/ecr/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/data-access/terraform-provider-provisioner/internal/sandbox"
)

// inside is the configuration of an SDK in a sandbox.
func inside(t *testing.T, s *sandbox.Sandbox) aws.Config {
	t.Helper()
	for name, value := range s.Env() {
		t.Setenv(name, value)
	}
	cfg, err := config.LoadDefaultConfig(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return cfg
}

func TestTheRegistryBeginsWithARelease(t *testing.T) {
	for name, plain := range map[string]bool{"as AWS": false, "plain moto": true} {
		t.Run(name, func(t *testing.T) {
			s := start(t, sandbox.Options{PlainAWS: plain})
			cfg := inside(t, s)
			client := ecr.NewFromConfig(cfg)
			digest := func(repository, tag string) string {
				t.Helper()
				answer, err := client.DescribeImages(t.Context(), &ecr.DescribeImagesInput{RepositoryName: &repository, ImageIds: []types.ImageIdentifier{{ImageTag: &tag}}})
				if err != nil {
					t.Fatal(err)
				}
				return *answer.ImageDetails[0].ImageDigest
			}
			released := func() (digests []string) {
				for _, image := range []string{"ams", "ilb", "monitor", "monitor-agent", "sliderule"} {
					digests = append(digests, digest(image, "latest"))
					if digests[len(digests)-1] != digest(image, sandbox.SlideRuleRelease) {
						t.Errorf("the latest %s is not the released one", image)
					}
				}
				return digests
			}
			first := released()
			if sorted := slices.Sorted(slices.Values(first)); len(slices.Compact(sorted)) != 5 {
				t.Errorf("images are alike: %q", first)
			}
			calls := len(s.Wire.Calls())
			for _, repository := range []string{"sliderule", "team/new"} {
				one, err := s.PutImage(t.Context(), repository, "latest")
				if err != nil {
					t.Fatal(err)
				}
				two, err := s.PutImage(t.Context(), repository, "latest")
				if err != nil {
					t.Fatal(err)
				}
				if len(s.Wire.Calls()) != calls {
					t.Error("the sandbox's own push was recorded")
				}
				if got := digest(repository, "latest"); got != two || one == two || slices.Contains(first, two) {
					t.Errorf("pushed %s and %s, there is %s", one, two, got)
				}
				calls = len(s.Wire.Calls())
			}
			if _, err := s.PutImage(t.Context(), "No Name", "latest"); !plain && (err == nil || !strings.Contains(err.Error(), "No Name")) {
				t.Errorf("got %v", err)
			}
			if err := s.Reset(t.Context()); err != nil {
				t.Fatal(err)
			}
			if again := released(); !slices.Equal(again, first) {
				t.Errorf("after a reset there are %q, not %q", again, first)
			}
			who, err := sts.NewFromConfig(cfg).GetCallerIdentity(t.Context(), nil)
			if err != nil || sandbox.Registry != *who.Account+".dkr.ecr."+cfg.Region+".amazonaws.com" {
				t.Errorf("%s is not the registry of this environment: %v", sandbox.Registry, err)
			}
		})
	}
	if _, err := start(t, sandbox.Options{WithoutAWS: true}).PutImage(t.Context(), "sliderule", "latest"); err == nil {
		t.Error("there is no registry without AWS")
	}
}

func TestTheDomainIsThereForAFoundation(t *testing.T) {
	for name, plain := range map[string]bool{"as AWS": false, "plain moto": true} {
		t.Run(name, func(t *testing.T) {
			s := start(t, sandbox.Options{PlainAWS: plain, Speed: 1e6})
			cfg := inside(t, s)
			if _, err := s3.NewFromConfig(cfg).HeadObject(t.Context(), &s3.HeadObjectInput{Bucket: aws.String(sandbox.SlideRuleBucket), Key: aws.String(sandbox.SlideRuleCertificateKey)}); err != nil {
				t.Error(err)
			}
			record := `{"Resources": {"Record": {"Type": "AWS::Route53::RecordSet", "Properties": {"HostedZoneName": "` + sandbox.SlideRuleDomain + `.", "Name": "dev.` + sandbox.SlideRuleDomain + `.", "Type": "A", "TTL": "300", "ResourceRecords": ["192.0.2.1"]}}}}`
			stacks := cloudformation.NewFromConfig(cfg)
			if _, err := stacks.CreateStack(t.Context(), &cloudformation.CreateStackInput{StackName: aws.String("dev"), TemplateBody: &record}); err != nil {
				t.Fatal(err)
			}
			answer, err := stacks.DescribeStacks(t.Context(), &cloudformation.DescribeStacksInput{StackName: aws.String("dev")})
			if err != nil || answer.Stacks[0].StackStatus != "CREATE_COMPLETE" {
				t.Errorf("no record in the zone: %+v, %v", answer, err)
			}
		})
	}
}
