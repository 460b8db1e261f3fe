package cloudformation

import (
	_ "embed"
	"maps"
	"strconv"
	"strings"

	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/naming"
)

//go:embed foundation.yaml
var foundationTemplate string

// Foundation is what the foundation's template is rendered with.
type Foundation struct {
	Name, Installation, Domain, CertificateSource, Registry string
	GitHubOrganization                                      string // "": nobody logs in through GitHub
	LogRetentionDays                                        int    // 0: 90

	// DataBuckets are public buckets that nodes read beside the project's own; empty: [PublicData].
	DataBuckets []string
	Tags        map[string]string // beside ManagedByTag, which is the installation
}

// PublicData are the public buckets that SlideRule's servers read.
var PublicData = []string{
	"pgc-opendata-dems", "prd-tnm", "esa-worldcover", "noaa-ocs-nationalbathymetry-pds", "dataforgood-fb-data", "casals-data",
}

const defaultRetention = 90 // days

// RenderFoundation makes the stack of the foundation. Errors name the value that is not plain.
//
// Its outputs are SchedulerRole, StackRole, BalancerRole, BalancerProfile, NodeRole, NodeProfile, RunRole, RunProfile, ReleaseRole, ReleaseProfile,
// SigningKey, LogBucketArn and ScheduleGroupArn (ARNs), ScheduleGroup, LogBucket and SigningKeyAlias (names), and the
// settings: Installation, Domain, CertificateSource, Registry, LogRetentionDays, and GitHubOrganization if there is one.
func RenderFoundation(f Foundation) (Template, error) {
	if f.LogRetentionDays == 0 {
		f.LogRetentionDays = defaultRetention
	}
	if len(f.DataBuckets) == 0 {
		f.DataBuckets = PublicData
	}
	tags := maps.Clone(f.Tags)
	if tags == nil {
		tags = map[string]string{}
	}
	tags[ManagedByTag] = f.Installation
	where, err := parseSource(f.CertificateSource)
	if err := first(
		match(stackForm, "foundation", f.Name, "the name begins with a letter and has at most 64 letters, digits and hyphens"),
		naming.CheckDomain(f.Domain), err,
		match(registryForm, "registry", f.Registry, "it is a host name, with a port and a path if need be"),
		checkTags(tags), checkFoundation(f),
	); err != nil {
		return Template{}, err
	}
	d := parse(foundationTemplate)
	d.tagAll(tags)
	var data []string
	for _, bucket := range f.DataBuckets {
		data = append(data, "arn:aws:s3:::"+bucket, "arn:aws:s3:::"+bucket+"/*")
	}
	if where.folder != "" {
		where.folder += "/"
	}
	pattern, _ := repositories(f.Registry)
	return finish(d, map[string]string{
		"Installation": f.Installation, "Domain": f.Domain, "CertificateSource": f.CertificateSource,
		"DataBucket": where.bucket, "DataFolder": where.folder, "DataSets": strings.Join(data, ","),
		"Registry": f.Registry, "Repositories": pattern, "GitHubOrganization": f.GitHubOrganization,
		"LogRetentionDays": strconv.Itoa(f.LogRetentionDays),
	})
}

func checkFoundation(f Foundation) error {
	if f.GitHubOrganization != "" && !githubForm.MatchString(f.GitHubOrganization) {
		return refused("GitHub organization", f.GitHubOrganization, "it is a name as GitHub shows it")
	}
	if f.LogRetentionDays < 1 || f.LogRetentionDays > 3650 {
		return refused("log retention", f.LogRetentionDays, "it is from 1 to 3650 days")
	}
	for _, bucket := range f.DataBuckets {
		if !bucketForm.MatchString(bucket) {
			return refused("bucket", bucket, "it is the name of a bucket")
		}
	}
	return nil
}
