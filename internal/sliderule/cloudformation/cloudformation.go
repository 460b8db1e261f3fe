// Package cloudformation renders the stacks: the foundation of an account and region, and one cluster. Templates and
// boot scripts are files beside this one; what is put into them is checked to be plain names and tags.
//
// Nothing is pasted into a template: it is parsed, its nodes are set, and it is written again. Boot scripts have a
// strict table of placeholders, each filled with one quoted value. They stand in the template's body, and never in a
// parameter or an output, which any reader of a stack is shown.
package cloudformation

import "fmt"

// Tags that what is made bears. The roles of the foundation touch only what has theirs.
const (
	ManagedByTag = "provisioner_managed_by" // the installation
	OwnerTag     = "provisioner_owner"
	ProjectTag   = "Project"         // cluster-<name>: what a cluster costs
	RunTag       = "provisioner_run" // a run's id: the scheduler may terminate what has one

	// RunInstanceTag is the ARN of a run's instance, arn:aws:ec2:<region>:<account>:instance/<id>, on the parameter with
	// that run's token. The role of test runs lets an instance read and delete the one with its own ARN alone: until a
	// parameter has the tag, no run can read it.
	RunInstanceTag = "provisioner_run_instance"
)

// Parameters of a cluster's stack that an update may change. Every other one keeps its value.
const (
	ParameterNodeCapacity = "NodeCapacity"
	ParameterMinNodes     = "MinNodes"
	ParameterMaxNodes     = "MaxNodes"
	ParameterAsleep       = "Asleep" // "true" when a cluster is resized while it sleeps; see [Cluster.Asleep]
)

// DefaultImage is the parameter of AWS that names the latest machine image of Amazon Linux 2023 for arm64.
const DefaultImage = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64"

// Cluster is what the cluster's template is rendered with. Values that people give travel as stack parameters, or are
// checked to be plain names, versions and numbers before they are put into a boot script.
type Cluster struct {
	Name, Domain, Version, Registry  string
	IsPublic                         bool
	CertificateSource                string // s3://bucket/key; its folder has the servers' data too: server/ and ams/
	PublicKeyPEM                     string // of the foundation's signing key
	Issuer                           string
	NodeCapacity, MinNodes, MaxNodes int      // MaxNodes 0: NodeCapacity
	InstanceTypes                    []string // of arm64, as the images are; empty: t4g.2xlarge
	SpotShare                        int      // percent
	SpotMaxPrice                     float64  // USD an hour; 0: the on-demand price
	VolumeGB                         int      // 0: 40
	Zones                            []string // at most six; empty: the first two of the region
	AMI                              string   // resolved once; "": the parameter of the template resolves it
	LogBucket                        string
	BalancerProfile, NodeProfile     string // ARNs of the foundation's instance profiles: the load balancer's, and all others'
	Sleep                            *Sleep
	Budget                           *Budget
	Tags                             map[string]string // at least ManagedByTag; Project and Name are added

	// Asleep says that the cluster sleeps at this moment: the group keeps its 0 nodes, and wakes to NodeCapacity. It is
	// for an update that changes the capacity of a sleeper; any other update keeps the value the stack has.
	Asleep bool

	// Settings is what was asked for, as JSON of the caller's own, which nobody but [SettingsOf] reads. It stands in the
	// template, and changes nothing that is made.
	Settings string
}

// Sleep is the scheduled actions of the group.
type Sleep struct {
	Down, Up []string // cron expressions of five fields
	TimeZone string   // IANA name; "": UTC
}

// Budget is an AWS Budgets budget of the stack.
type Budget struct {
	LimitUSD float64  // a calendar month
	Emails   []string // at most ten; without one nobody is told
}

// Template is the body of a stack, and its parameters.
type Template struct {
	Body       string // at most 51,200 bytes
	Parameters map[string]string
}

const maxBody = 51200 // bytes of a template inside a request

// finish writes a document, and refuses one that CloudFormation would not take.
func finish(root *document, parameters map[string]string) (Template, error) {
	body, err := root.text()
	if err != nil {
		return Template{}, err
	}
	if len(body) > maxBody {
		return Template{}, fmt.Errorf("the template has %d bytes, and CloudFormation takes %d: give fewer zones, times of sleep or tags", len(body), maxBody)
	}
	return Template{Body: body, Parameters: parameters}, nil
}
