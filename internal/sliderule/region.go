package sliderule

import (
	"context"
	"errors"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/data-access/terraform-provider-provisioner/internal/await"
	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/access"
	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/budget"
)

var errNotYet = errors.New("not yet")

// Options say how clusters are made.
type Options struct {
	Installation string
	Foundation   string // name of the foundation's stack
	Domain       string
	Clock        await.Clock
	Rules        access.Table
	Prices       budget.PriceList
}

// Region is the clusters of one account and region. It is safe for concurrent use.
type Region struct {
	aws     aws.Config
	options Options
}

// New makes a region; it calls nobody. Clients are made from cfg where they are used (docs/adr/0009).
func New(cfg aws.Config, o Options) *Region { return &Region{aws: cfg, options: o} }

// Deploy makes a cluster that is not there, or resizes the one that runs and renews its end. The end is scheduled
// before anything runs. wait says whether to return only when it is up.
func (r *Region) Deploy(ctx context.Context, w Wanted, wait bool) (*Cluster, error) {
	return nil, errNotYet
}

// Extend sets another end: from now, in place of the old one.
func (r *Region) Extend(ctx context.Context, cluster string, timeToLive time.Duration) (*Cluster, error) {
	return nil, errNotYet
}

// Destroy deletes a cluster: its users' stacks first, then its own; the schedules go when the stack is gone.
func (r *Region) Destroy(ctx context.Context, cluster string, wait bool) error { return errNotYet }

// Status looks at a cluster. One that is not there is [NotRunning] with an empty StackID; a look-up that failed is an
// error, never a zero.
func (r *Region) Status(ctx context.Context, cluster string) (*Cluster, error) { return nil, errNotYet }

// List is every cluster of this installation.
func (r *Region) List(ctx context.Context) ([]*Cluster, error) { return nil, errNotYet }

// FoundationWanted is what an account and region need once.
type FoundationWanted struct {
	Name               string // literal stack name
	Domain             string
	CertificateSource  string // s3://bucket/key of the load balancer's certificate and key
	Registry           string
	GitHubOrganization string
	LogRetentionDays   int
	Tags               map[string]string
}

// Foundation is what there is of it.
type Foundation struct {
	FoundationWanted
	StackID       string
	StackStatus   string
	SchedulerRole string // ARNs
	StackRole     string
	NodeProfile   string
	RunProfile    string
	ScheduleGroup string
	LogBucket     string
	SigningKey    string
	Outcome       string
}

// EnsureFoundation makes or updates the foundation's stack.
func (r *Region) EnsureFoundation(ctx context.Context, w FoundationWanted) (*Foundation, error) {
	return nil, errNotYet
}

// ReadFoundation looks at it; ErrGone when it is not there.
func (r *Region) ReadFoundation(ctx context.Context, name string) (*Foundation, error) {
	return nil, errNotYet
}

// RemoveFoundation deletes it; it refuses while clusters live.
func (r *Region) RemoveFoundation(ctx context.Context, name string) error { return errNotYet }
