//go:build unix

package moto_test

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecr"
	"github.com/aws/aws-sdk-go-v2/service/ecr/types"
)

func TestImagesKeepTheirDigests(t *testing.T) {
	c := newCloud(t)
	client := ecr.NewFromConfig(c.config)
	manifest := func(layer string) *string {
		return aws.String(fmt.Sprintf(`{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":{"size":2,"digest":"sha256:0"},"layers":[{"digest":%q}]}`, layer))
	}
	digest := func(layer string) string { return fmt.Sprintf("sha256:%x", sha256.Sum256([]byte(*manifest(layer)))) }
	push := func(repository, tag, layer string) error {
		t.Helper()
		answer, err := client.PutImage(t.Context(), &ecr.PutImageInput{RepositoryName: &repository, ImageTag: &tag, ImageManifest: manifest(layer)})
		if err == nil && *answer.Image.ImageId.ImageDigest != digest(layer) {
			t.Errorf("its digest is %s", *answer.Image.ImageId.ImageDigest)
		}
		return err
	}
	refused(t, push("sliderule", "v1", "a"), "RepositoryNotFoundException", "sliderule")
	_, err := client.CreateRepository(t.Context(), &ecr.CreateRepositoryInput{RepositoryName: aws.String("sliderule")})
	c.must(err)
	c.must(push("sliderule", "v1", "a"))
	c.must(push("sliderule", "latest", "a"))
	refused(t, push("sliderule", "latest", "a"), "ImageAlreadyExistsException", digest("a"))
	c.must(push("sliderule", "latest", "b"))
	c.must(push("sliderule", "latest", "c")) // b has no tag left
	described := func(id types.ImageIdentifier) (string, []string) {
		t.Helper()
		answer, err := client.DescribeImages(t.Context(), &ecr.DescribeImagesInput{RepositoryName: aws.String("sliderule"), ImageIds: []types.ImageIdentifier{id}})
		c.must(err)
		return *answer.ImageDetails[0].ImageDigest, answer.ImageDetails[0].ImageTags
	}
	for _, k := range []struct {
		id    types.ImageIdentifier
		layer string
		tags  []string
	}{
		{types.ImageIdentifier{ImageTag: aws.String("v1")}, "a", []string{"v1"}},
		{types.ImageIdentifier{ImageTag: aws.String("latest")}, "c", []string{"latest"}},
		{types.ImageIdentifier{ImageDigest: aws.String(digest("b"))}, "b", nil},
	} {
		if got, tags := described(k.id); got != digest(k.layer) || !slices.Equal(tags, k.tags) {
			t.Errorf("%+v is %s %q", k.id, got, tags)
		}
	}
	_, err = client.DescribeImages(t.Context(), &ecr.DescribeImagesInput{RepositoryName: aws.String("sliderule"), ImageIds: []types.ImageIdentifier{{ImageTag: aws.String("v2")}}})
	refused(t, err, "ImageNotFoundException", "v2")
	many, err := client.BatchGetImage(t.Context(), &ecr.BatchGetImageInput{RepositoryName: aws.String("sliderule"), ImageIds: []types.ImageIdentifier{{ImageTag: aws.String("v1")}, {ImageTag: aws.String("v2")}}})
	c.must(err)
	if len(many.Images) != 1 || *many.Images[0].ImageManifest != *manifest("a") || len(many.Failures) != 1 || many.Failures[0].FailureCode != types.ImageFailureCodeImageNotFound {
		t.Errorf("got %+v", many)
	}

	_, err = client.PutImage(t.Context(), &ecr.PutImageInput{RepositoryName: aws.String("sliderule"), ImageTag: aws.String("v3"), ImageManifest: manifest("d"), ImageDigest: aws.String(digest("a"))})
	refused(t, err, "ImageDigestDoesNotMatchException", "")
	_, err = client.PutImageTagMutability(t.Context(), &ecr.PutImageTagMutabilityInput{
		RepositoryName: aws.String("sliderule"), ImageTagMutability: types.ImageTagMutabilityImmutableWithExclusion,
		ImageTagMutabilityExclusionFilters: []types.ImageTagMutabilityExclusionFilter{{Filter: aws.String("late*"), FilterType: types.ImageTagMutabilityExclusionFilterTypeWildcard}},
	})
	c.must(err)
	refused(t, push("sliderule", "v1", "b"), "ImageTagAlreadyExistsException", "immutable")
	c.must(push("sliderule", "latest", "a"))
	_, err = client.PutImageTagMutability(t.Context(), &ecr.PutImageTagMutabilityInput{RepositoryName: aws.String("sliderule"), ImageTagMutability: types.ImageTagMutabilityImmutable})
	c.must(err)
	refused(t, push("sliderule", "latest", "b"), "ImageTagAlreadyExistsException", "immutable")
	if got, tags := described(types.ImageIdentifier{ImageTag: aws.String("v1")}); got != digest("a") || !slices.Equal(tags, []string{"v1", "latest"}) {
		t.Errorf("v1 became %s %q", got, tags)
	}
}
