// Package cloudformation renders the stacks: the foundation of an account and region, and one cluster. Templates and
// boot scripts are files beside this one; what is put into them is checked to be plain names and tags.
package cloudformation

import "errors"

var errNotYet = errors.New("not yet")

// Cluster is what the cluster's template is rendered with. Values that people give travel as stack parameters, or are
// checked to be plain names, versions and numbers before they are put into a boot script.
type Cluster struct {
	Name, Domain, Version, Registry  string
	IsPublic                         bool
	CertificateSource                string // s3://bucket/key
	PublicKeyPEM                     string // of the foundation's signing key
	Issuer                           string
	NodeCapacity, MinNodes, MaxNodes int
	InstanceTypes                    []string
	SpotShare                        int
	SpotMaxPrice                     float64
	VolumeGB                         int
	Zones                            []string // empty: the first two of the region
	AMI                              string   // resolved once; "": the parameter of the template resolves it
	LogBucket                        string
	NodeProfile                      string // ARN of the foundation's instance profile
	Sleep                            *Sleep
	Budget                           *Budget
	Tags                             map[string]string
}

// Sleep is the scheduled actions of the group.
type Sleep struct {
	Down, Up []string
	TimeZone string
}

// Budget is an AWS Budgets budget of the stack.
type Budget struct {
	LimitUSD float64
	Emails   []string
}

// Template is the body of a stack, and its parameters.
type Template struct {
	Body       string // at most 51,200 bytes
	Parameters map[string]string
}

// RenderCluster makes the stack of one cluster. Errors name the value that is not plain.
func RenderCluster(c Cluster) (Template, error) { return Template{}, errNotYet }

// Foundation is what the foundation's template is rendered with.
type Foundation struct {
	Name, Installation, Domain, CertificateSource, Registry, GitHubOrganization string
	LogRetentionDays                                                            int
}

// RenderFoundation makes the stack of the foundation.
func RenderFoundation(f Foundation) (Template, error) { return Template{}, errNotYet }
