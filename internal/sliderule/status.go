package sliderule

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"

	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/access"
	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/naming"
)

// end is when a stack ends, and whether AWS has ended it by then: the first schedule is used up, and its second stands.
type end struct {
	at    time.Time
	fired bool
}

// Status looks at a cluster. One that is not there is [NotRunning] with an empty StackID, and its end is the one that
// AWS still knows: for a day after a cluster has ended by it, and none after a destroy. A look-up that failed is an
// error, never a zero; where only the costs could not be looked up, [Cluster.CostsProblem] is. A stack of that name that
// is not this installation's is told all the same: [Cluster.ManagedBy] says whose it is. The caller has to have the
// cluster.
func (r *Region) Status(ctx context.Context, cluster string) (*Cluster, error) {
	return r.status(ctx, cluster, r.options.AllCosts)
}

// StatusAndCosts is Status with the costs of this month in any case: for who knows that the cluster had a budget, which a
// stack that is gone does not tell.
func (r *Region) StatusAndCosts(ctx context.Context, cluster string) (*Cluster, error) {
	return r.status(ctx, cluster, true)
}

func (r *Region) status(ctx context.Context, cluster string, costs bool) (*Cluster, error) {
	doing := "looking at the cluster " + cluster
	if err := r.allow(access.Request{Function: access.Status, Cluster: cluster}); err != nil {
		return nil, failed(doing, err)
	}
	s, err := r.stacks.Read(ctx, naming.ClusterStack(cluster))
	if err != nil {
		return nil, failed(doing, err)
	}
	if s == nil {
		c, err := r.describeMissing(ctx, cluster, costs)
		return c, failed(doing, err)
	}
	c, err := r.describe(ctx, s, nil)
	if err == nil && costs && !r.budgeted(s) {
		err = r.addCosts(ctx, s.tag(tagRates), c)
	}
	return c, failed(doing, err)
}

// describeMissing is a cluster that has no stack.
func (r *Region) describeMissing(ctx context.Context, cluster string, costs bool) (*Cluster, error) {
	c := &Cluster{Name: cluster, State: NotRunning}
	end, err := r.ends.Read(ctx, naming.ClusterStack(cluster))
	if err != nil {
		return nil, failed("looking up the end of the cluster "+cluster, err)
	}
	c.ExpiresAt, c.Ended = end.at, end.fired
	if !costs {
		return c, nil
	}
	return c, r.addCosts(ctx, "", c)
}

// List is every cluster of this installation, by name.
func (r *Region) List(ctx context.Context) ([]*Cluster, error) {
	const doing = "listing the clusters"
	if err := r.allow(access.Request{Function: access.Reports}); err != nil {
		return nil, failed(doing, err)
	}
	all, err := r.stacks.Refresh(ctx)
	if err != nil {
		return nil, failed(doing, err)
	}
	var ours []*stack
	for _, s := range all {
		if _, isUser, ok := s.cluster(); ok && !isUser && r.owns(s) {
			ours = append(ours, s)
		}
	}
	slices.SortFunc(ours, func(a, b *stack) int { return strings.Compare(a.name(), b.name()) })
	clusters, problems := make([]*Cluster, len(ours)), make([]error, len(ours))
	var group sync.WaitGroup
	places := make(chan struct{}, readers)
	for i, s := range ours {
		group.Go(func() {
			places <- struct{}{}
			defer func() { <-places }()
			clusters[i], problems[i] = r.describe(ctx, s, nil)
		})
	}
	group.Wait()
	for _, err := range problems {
		if err != nil {
			return nil, failed(doing, err)
		}
	}
	return clusters, nil
}

// outline is what a stack says of its cluster by itself.
func (r *Region) outline(s *stack) *Cluster {
	cluster, _, _ := s.cluster()
	if cluster == "" {
		cluster = strings.TrimSuffix(s.name(), naming.ClusterStack(""))
	}
	c := &Cluster{
		Name: cluster, StackID: s.id(), State: StateOf(string(s.StackStatus)), StackStatus: string(s.StackStatus),
		Endpoint: s.output(outputEndpoint), Address: s.output(outputAddress), Group: s.output(outputGroup), Zones: s.zones(),
		NodeCapacity: s.number(parameterCapacity), MinNodes: s.number(parameterMin), MaxNodes: s.number(parameterMax),
		IsPublic: s.public(), Version: s.parameter(parameterVersion), ImageDigest: s.tag(tagImage), AMI: s.machine(),
		CreatedAt: aws.ToTime(s.CreationTime).UTC(), ManagedBy: s.tag(tagManagedBy), Managed: r.owns(s),
	}
	if c.Group == "" {
		c.Group = naming.Group(cluster)
	}
	return c
}

// describe is a cluster with all that is looked up about it. Where the end is known, it is not looked up.
func (r *Region) describe(ctx context.Context, s *stack, known *time.Time) (*Cluster, error) {
	c := r.outline(s)
	if known != nil {
		c.ExpiresAt = *known
	} else {
		ends, err := r.ends.Read(ctx, s.name())
		if err != nil {
			return nil, failed("looking up the end of the cluster "+c.Name, err)
		}
		c.ExpiresAt = ends.at
	}
	if wentWrong(s.StackStatus) {
		cause, found, err := r.cause(ctx, s.id())
		switch {
		case err != nil:
			return nil, failed("reading the events of the stack "+s.name(), err)
		case found:
			c.Reason = cause.String()
		default:
			c.Reason = aws.ToString(s.StackStatusReason)
		}
	}
	if s.StackStatus == types.StackStatusRollbackComplete { // nothing is left of it that costs
		return c, r.addCostsOf(ctx, s, c)
	}
	group, err := r.groups.Read(ctx, c.Group)
	if err != nil {
		return nil, err
	}
	switch {
	case group != nil:
		c.CurrentNodes = group.current
	case c.State == Running:
		c.Reason = "the group of its nodes, " + c.Group + ", does not exist"
	}
	if rates, ok := ratesOfTag(s.tag(tagRates)); ok {
		c.HourlyUSD = rates.Burn(c.CurrentNodes)
	}
	return c, r.addCostsOf(ctx, s, c)
}

// allAndTheirEnds is [Region.all] for a run that looks at many clusters: their ends have no list, so they are read
// ahead.
func (r *Region) allAndTheirEnds(ctx context.Context) (map[string]*stack, error) {
	all, err := r.all(ctx)
	if err != nil {
		return nil, err
	}
	var ours []string
	for name, s := range all {
		if _, isUser, ok := s.cluster(); ok && !isUser && r.owns(s) {
			ours = append(ours, name)
		}
	}
	slices.Sort(ours)
	r.ends.Want(ctx, ours)
	return all, nil
}

// findEnd reads a stack's end from the foundation's schedules. Without a foundation there are none.
func (r *Region) findEnd(ctx context.Context, stackName string) (*end, error) {
	f, err := r.foundation(ctx)
	if isMissing(err) {
		return &end{}, nil
	}
	if err != nil {
		return nil, err
	}
	at, err := r.readEnd(ctx, f.ScheduleGroup, stackName)
	return &at, err
}
