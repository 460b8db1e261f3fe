package sliderule

import (
	"context"
	"fmt"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/data-access/terraform-provider-provisioner/internal/await"
	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/access"
	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/budget"
	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/cloudformation"
	"github.com/data-access/terraform-provider-provisioner/internal/snapshot"
)

// DefaultFoundation is the name of the foundation's stack, unless configured.
const DefaultFoundation = "sliderule-foundation"

// Options say how clusters are made.
type Options struct {
	Installation string
	Foundation   string // name of the foundation's stack; "": DefaultFoundation
	Domain       string // "": the foundation's
	Clock        await.Clock
	Rules        access.Table     // the zero Table: access.Default
	Prices       budget.PriceList // the zero list: budget.DefaultPrices

	// Caller is whose limits hold; nil is an administrator, which who has AWS credentials is.
	Caller *access.Caller
	// Progress, if given, is told what happens to the stacks that somebody waits for. It must not block, and is called
	// from several goroutines when several clusters are waited for.
	Progress func(context.Context, Event)
	// AllCosts has costs looked up for clusters without a budget too. Each look-up for all clusters costs 0.01 USD.
	AllCosts bool
	// Digest tells the digest of an image that clusters are made of, such as "sha256:…", or "" when it cannot be known.
	// It is recorded when a cluster is made, so that a version such as latest can be traced. nil asks the registry, if it
	// is one of ECR's.
	Digest func(ctx context.Context, registry, image, version string) (string, error)
}

// Region is the clusters of one account and region. It is safe for concurrent use. A copy shares with the original all
// that was looked up, and the turns.
type Region struct {
	config  aws.Config // and no client, see calls.go
	options Options
	line    *await.Line

	stacks    *snapshot.Snapshot[*stack]     // by name
	groups    *snapshot.Snapshot[*nodeGroup] // by name
	ends      *snapshot.Ahead[*end]          // by stack name
	basis     *memo[*Foundation]
	bills     *memo[bills]
	remains   *memo[[]remains] // deleted stacks
	histories *sync.Map        // stack id → []budget.Run of a deleted stack
	turns     *sync.Map        // stack name → chan struct{}, which is full while somebody changes it

	renderCluster    func(cloudformation.Cluster) (cloudformation.Template, error)
	renderFoundation func(cloudformation.Foundation) (cloudformation.Template, error)
}

// New makes a region; it calls nobody.
func New(cfg aws.Config, o Options) *Region {
	if o.Foundation == "" {
		o.Foundation = DefaultFoundation
	}
	if o.Rules.Levels == nil {
		o.Rules = access.Default()
	}
	if o.Prices.Instances == nil {
		o.Prices = budget.DefaultPrices()
	}
	if o.Caller == nil {
		o.Caller = &access.Caller{Level: access.Administrator}
	}
	r := &Region{
		config: singly(cfg), options: o, line: newLine(o.Clock),
		basis: &memo[*Foundation]{}, bills: &memo[bills]{}, remains: &memo[[]remains]{}, histories: &sync.Map{}, turns: &sync.Map{},
		renderCluster: cloudformation.RenderCluster, renderFoundation: cloudformation.RenderFoundation,
	}
	r.stacks = snapshot.New(o.Clock, r.find, r.allAndTheirEnds)
	r.groups = snapshot.New(o.Clock, r.findGroup, r.allGroups)
	r.ends = snapshot.NewAhead(readers, r.findEnd)
	return r
}

// PricesOf is the region that the prices are of, such as us-west-2; "" when the list does not say.
func (r *Region) PricesOf() string { return r.options.Prices.Region }

// PricesHold reports whether the prices are those of this region.
func (r *Region) PricesHold() bool { return r.options.Prices.HoldsIn(r.Name()) }

// Name is the region that the clusters are in, such as us-west-2.
func (r *Region) Name() string { return r.config.Region }

// readers is how many reads of one kind are under way at once.
const readers = 8

// turn waits until nobody else in this run changes the same cluster: a resource that got another address is destroyed
// at the old one and created at the new one at the same time. Who is interrupted meanwhile has not begun anything.
func (r *Region) turn(ctx context.Context, stackName string) (done func(), err error) {
	held, _ := r.turns.LoadOrStore(stackName, make(chan struct{}, 1))
	turn := held.(chan struct{})
	select {
	case turn <- struct{}{}:
		return func() { <-turn }, nil
	case <-ctx.Done():
		return nil, fmt.Errorf("%w: another operation of this run on the stack %s has not ended (%w)", ErrInterrupted, stackName, context.Cause(ctx))
	}
}

// forget makes later reads of a stack direct: we wrote it.
func (r *Region) forget(stackName, group string) {
	r.stacks.Forget(stackName)
	r.ends.Forget(stackName)
	r.groups.Forget(group)
}
