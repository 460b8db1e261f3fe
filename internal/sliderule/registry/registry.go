// Package registry tells which content a tag of an image stands for, now: its digest.
package registry

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecr"
	"github.com/aws/aws-sdk-go-v2/service/ecr/types"
	"github.com/aws/smithy-go"

	"github.com/data-access/terraform-provider-provisioner/internal/await"
)

// Missing says that an image is not there.
type Missing struct {
	Registry, Image, Tag string
	Repository           bool // there is not even a repository of that name
}

// Error names image, tag, registry and remedy.
func (m *Missing) Error() string {
	if m.Repository {
		return fmt.Sprintf("the registry %s has no repository %s, so that a cluster of version %s would never come up. Correct the registry, or release that version to it first", m.Registry, m.Image, m.Tag)
	}
	return fmt.Sprintf("the registry %s has no image %s:%s, so that a cluster of that version would never come up. Choose a version that was released to it, or release this one first", m.Registry, m.Image, m.Tag)
}

// hostForm is a registry of ECR: account, region, and a prefix of the repositories' names if there is one.
var hostForm = regexp.MustCompile(`^([0-9]{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com(\.cn)?(?:/(.+))?$`)

// Digest is the digest of an image in a registry such as 123456789012.dkr.ecr.us-west-2.amazonaws.com, with a path if
// need be: "sha256:…". One that does not exist is [*Missing]. It is "" when it cannot be known: for a registry that is
// not ECR's, and where the owner of another account's does not let us look.
//
// The configuration's region is not used: the registry has its own.
func Digest(ctx context.Context, cfg aws.Config, line *await.Line, registry, image, tag string) (string, error) {
	parts := hostForm.FindStringSubmatch(registry)
	if parts == nil {
		return "", nil
	}
	repository := image
	if prefix := strings.Trim(parts[4], "/"); prefix != "" {
		repository = prefix + "/" + image
	}
	cfg = cfg.Copy()
	cfg.Region = parts[2]
	var answer *ecr.DescribeImagesOutput
	err := line.Ask(ctx, func(ctx context.Context) (err error) {
		answer, err = ecr.NewFromConfig(cfg).DescribeImages(ctx, &ecr.DescribeImagesInput{
			RegistryId: &parts[1], RepositoryName: &repository, ImageIds: []types.ImageIdentifier{{ImageTag: &tag}},
		})
		return err
	})
	var noImage *types.ImageNotFoundException
	var noRepository *types.RepositoryNotFoundException
	switch {
	case errors.As(err, &noImage), errors.As(err, &noRepository):
		return "", &Missing{Registry: registry, Image: image, Tag: tag, Repository: noRepository != nil}
	case denied(err):
		return "", nil
	case err != nil:
		return "", err
	}
	for _, detail := range answer.ImageDetails {
		if digest := aws.ToString(detail.ImageDigest); digest != "" {
			return digest, nil
		}
	}
	return "", fmt.Errorf("ECR described the image %s:%s of %s without a digest", image, tag, registry)
}

// Digests are those of several images under one tag, by image. What cannot be known is left out; the first image that is
// not there is an error.
func Digests(ctx context.Context, cfg aws.Config, line *await.Line, registry string, images []string, tag string) (map[string]string, error) {
	digests := map[string]string{}
	for _, image := range images {
		digest, err := Digest(ctx, cfg, line, registry, image, tag)
		if err != nil {
			return nil, err
		}
		if digest != "" {
			digests[image] = digest
		}
	}
	return digests, nil
}

// denied: we may not look. Credentials that are no good are another matter.
func denied(err error) bool {
	var api smithy.APIError
	return errors.As(err, &api) && (api.ErrorCode() == "AccessDeniedException" || api.ErrorCode() == "AccessDenied")
}
