package script

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/naming"
)

// InputError is an input that a program does not take.
type InputError struct {
	Input  string // such as "version"
	Value  string
	Rule   string
	Remedy string
	cause  error
}

// Error reads: input "value": rule. Remedy.
func (e *InputError) Error() string {
	const enough = 80
	value := strconv.QuoteToASCII(e.Value)
	if len(e.Value) > enough {
		value = strconv.QuoteToASCII(e.Value[:enough]) + "…"
	}
	return fmt.Sprintf("%s %s: %s. %s", e.Input, value, e.Rule, e.Remedy)
}

// Unwrap is the rule of naming that was broken, or nil.
func (e *InputError) Unwrap() error { return e.cause }

// The limits of a run: below the first nothing gets done, above the second nobody waits for it.
const (
	MinLimit = 5 * time.Minute
	MaxLimit = 24 * time.Hour
)

// The forms of what is put into programs, each for a whole text.
var (
	runForm        = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,62}[a-z0-9])?$`)
	repositoryForm = regexp.MustCompile(`^https://[A-Za-z0-9][A-Za-z0-9.-]*(:[1-9][0-9]{0,4})?(/[A-Za-z0-9][A-Za-z0-9._-]*)+$`)
	registryForm   = regexp.MustCompile(`^[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[1-9][0-9]{0,4})?(/[a-z0-9]+([._-][a-z0-9]+)*)*$`)
	ecrForm        = regexp.MustCompile(`^([0-9]{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com(\.cn)?(/.*)?$`)
	regionForm     = regexp.MustCompile(`^[a-z]{2}(-[a-z]+)+-[0-9]+$`)
	bucketForm     = regexp.MustCompile(`^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$`)
	keyForm        = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9._-]*(/[A-Za-z0-9_][A-Za-z0-9._-]*)*$`)
	parameterForm  = regexp.MustCompile(`^/?[A-Za-z0-9_][A-Za-z0-9._-]*(/[A-Za-z0-9_][A-Za-z0-9._-]*)*$`)
	clientForm     = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?$`)
	imageForm      = regexp.MustCompile(`^[a-z0-9]+([._-][a-z0-9]+)*$`)
)

// ClusterImages are the images of a cluster since v5.0.2, which a release makes unless it is told others.
func ClusterImages() []string { return []string{"sliderule", "ilb", "monitor", "monitor-agent", "ams"} }

// checked are inputs whose every value is plain, with what follows from them.
type checked struct {
	Inputs
	minutes        int
	registryRegion string // "" when the registry is not Amazon's
	registryID     string
}

func check(in Inputs) (checked, error) {
	c := checked{Inputs: in, minutes: int(in.Limit / time.Minute)}
	if parts := ecrForm.FindStringSubmatch(in.Registry); parts != nil {
		c.registryID, c.registryRegion = parts[1], parts[2]
	}
	if c.Organization == "" {
		c.Organization = c.Cluster
	}
	if len(c.Images) == 0 {
		c.Images = ClusterImages()
	}
	for _, err := range []error{
		match(runForm, "run id", in.RunID, "it has 1 to 64 characters, a-z, 0-9 and hyphens within", "Let the run make its id"),
		named("version", in.Version, naming.CheckBranch(in.Version)),
		match(repositoryForm, "repository", in.Repository, "it is the https URL of a git repository, without a user", "Write it as in https://github.com/SlideRuleEarth/sliderule.git"),
		match(registryForm, "registry", in.Registry, "it is a host of images, with a folder if need be", "Write it as in 123456789012.dkr.ecr.us-west-2.amazonaws.com"),
		match(regionForm, "region", in.Region, "it is a region of AWS", "Write it as in us-west-2"),
		match(bucketForm, "bucket", in.Bucket, "it is the name of a bucket", "Use the log bucket of the foundation"),
		match(keyForm, "prefix", in.Prefix, "it is a folder of letters, digits, dots, hyphens and underscores, without a slash at its ends", "Write it as in runs"),
		checkLimit(in.Limit),
	} {
		if err != nil {
			return checked{}, err
		}
	}
	switch in.Kind {
	case Test:
		return c, checkTest(c)
	case Release:
		return c, checkRelease(c)
	}
	return checked{}, &InputError{Input: "kind", Value: string(in.Kind), Rule: "a run is a test or a release", Remedy: "Use one of the two"}
}

func checkLimit(limit time.Duration) error {
	if limit < MinLimit || limit > MaxLimit || limit%time.Minute != 0 {
		return &InputError{
			Input: "time limit", Value: limit.String(), Rule: fmt.Sprintf("it is whole minutes, from %g to %g", MinLimit.Minutes(), MaxLimit.Minutes()),
			Remedy: "Use 120 minutes, for example",
		}
	}
	return nil
}

func checkTest(c checked) error {
	if err := named("cluster", c.Cluster, checkAsked(c.Cluster)); err != nil {
		return err
	}
	if err := named("domain", c.Domain, naming.CheckDomain(c.Domain)); err != nil {
		return err
	}
	if err := match(clientForm, "organization", c.Organization, "it is the first word of the cluster's address", "Leave it out to use the cluster's name"); err != nil {
		return err
	}
	if c.TokenParameter != "" {
		if err := match(parameterForm, "token parameter", c.TokenParameter, "it is the name of a parameter of Systems Manager", "Write it as in /sliderule-foundation/runs/id"); err != nil {
			return err
		}
	}
	if c.DataBucket != "" {
		if err := match(bucketForm, "data bucket", c.DataBucket, "it is the name of a bucket", "Use the bucket of the foundation's certificate"); err != nil {
			return err
		}
	}
	if c.DataFolder != "" {
		return match(keyForm, "data folder", c.DataFolder, "it is a folder, without a slash at its ends", "Write it as in cf")
	}
	return nil
}

// checkAsked takes what clusters may be asked as: the live public cluster has an address of a reserved name.
func checkAsked(cluster string) error {
	if cluster == "sliderule" {
		return nil
	}
	return naming.CheckCluster(cluster)
}

func checkRelease(c checked) error {
	if err := named("version", c.Version, naming.CheckVersion(c.Version)); err != nil {
		return err
	}
	if c.Version == "latest" {
		return &InputError{Input: "version", Value: c.Version, Rule: "latest moves with every release, so that an old one could not be deployed again", Remedy: "Release a version such as v5.5.0"}
	}
	if c.Cluster != "" {
		if err := named("cluster", c.Cluster, checkAsked(c.Cluster)); err != nil {
			return err
		}
	}
	if c.registryRegion == "" {
		return &InputError{Input: "registry", Value: c.Registry, Rule: "a release is pushed to a registry of Amazon ECR, where its digests are read back", Remedy: "Write it as in 123456789012.dkr.ecr.us-west-2.amazonaws.com"}
	}
	for i, image := range c.Images {
		if !imageForm.MatchString(image) || len(image) > 128 || slices.Contains(c.Images[:i], image) {
			return &InputError{Input: "image", Value: image, Rule: "it is the name of an image, named once", Remedy: "Name images as in " + strings.Join(ClusterImages(), ", ")}
		}
	}
	return nil
}

func match(form *regexp.Regexp, input, value, rule, remedy string) error {
	if form.MatchString(value) {
		return nil
	}
	return &InputError{Input: input, Value: value, Rule: rule, Remedy: remedy}
}

// named tells an error of naming as one of an input.
func named(input, value string, err error) error {
	if err == nil {
		return nil
	}
	refused := &InputError{Input: input, Value: value, Rule: err.Error(), cause: err}
	var broken *naming.Error
	if errors.As(err, &broken) {
		refused.Rule, refused.Remedy = broken.Rule, broken.Remedy
	}
	return refused
}
