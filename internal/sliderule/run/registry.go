package run

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecr"
	"github.com/aws/aws-sdk-go-v2/service/ecr/types"

	"github.com/data-access/terraform-provider-provisioner/internal/sliderule"
)

var ecrForm = regexp.MustCompile(`^([0-9]{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?(?:/(.+))?$`)

// registry is a registry of ECR's, the only kind that the profile of runs can push to.
type registry struct {
	account, region, path string // the path ends in a slash, or is ""
}

func parseRegistry(address string) (registry, error) {
	parts := ecrForm.FindStringSubmatch(address)
	if parts == nil {
		return registry{}, advice("the foundation's registry %s is none of ECR's, and a release can be pushed to no other. Give the foundation such a registry", address)
	}
	path := strings.Trim(parts[3], "/")
	if path != "" {
		path += "/"
	}
	return registry{parts[1], parts[2], path}, nil
}

// digest is what the registry has under a tag of an image; "" for nothing.
func (r *Runner) digest(ctx context.Context, from registry, image, tag string) (string, error) {
	cfg := r.config.Copy()
	cfg.Region = from.region
	answer, err := ask(ctx, r, ecr.NewFromConfig(cfg).DescribeImages, &ecr.DescribeImagesInput{
		RegistryId: &from.account, RepositoryName: aws.String(from.path + image), ImageIds: []types.ImageIdentifier{{ImageTag: &tag}},
	})
	var none *types.ImageNotFoundException
	switch {
	case errors.As(err, &none):
		return "", nil
	case err != nil:
		return "", err
	case len(answer.ImageDetails) == 0:
		return "", nil
	}
	return aws.ToString(answer.ImageDetails[0].ImageDigest), nil
}

// checkRegistry refuses, before a machine is paid for, a release that could not be pushed: to a registry of another kind,
// to a repository that is not there, or under a tag that some image has already. What is built again has another digest.
func (r *Runner) checkRegistry(ctx context.Context, f *sliderule.Foundation, w Wanted, overwrite bool) error {
	from, err := parseRegistry(f.Registry)
	if err != nil {
		return err
	}
	var there []string
	for _, image := range w.Images {
		digest, err := r.digest(ctx, from, image, w.Version)
		if err != nil {
			return failed("looking for "+image+":"+w.Version+" in the registry", err)
		}
		if digest != "" {
			there = append(there, image+":"+w.Version+" ("+digest+")")
		}
	}
	if len(there) > 0 && !overwrite {
		return fmt.Errorf("%w: %s", ErrExists, strings.Join(there, ", "))
	}
	return nil
}

// compare reads the images of a release back, and tells how the registry differs from the summary; "" when it does not.
func (r *Runner) compare(ctx context.Context, f *sliderule.Foundation, run *Run) (string, error) {
	from, err := parseRegistry(f.Registry)
	if err != nil {
		return "", err
	}
	var differing []string
	for image, told := range run.Digests {
		has, err := r.digest(ctx, from, image, run.Version)
		switch {
		case err != nil:
			return "", err
		case has == "":
			differing = append(differing, fmt.Sprintf("no %s:%s", image, run.Version))
		case has != told:
			differing = append(differing, fmt.Sprintf("%s:%s with %s in place of %s", image, run.Version, has, told))
		}
	}
	if len(differing) == 0 {
		return "", nil
	}
	slices.Sort(differing)
	return "the registry has " + strings.Join(differing, ", "), nil
}
