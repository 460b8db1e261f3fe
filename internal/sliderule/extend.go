package sliderule

import (
	"context"
	"fmt"
	"time"

	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/access"
	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/naming"
)

// Extend sets another end: from now, in place of the old one, and not beyond the funds that the cluster was deployed
// with. A cluster that does not run is [ErrGone], and gets no end.
func (r *Region) Extend(ctx context.Context, cluster string, timeToLive time.Duration) (*Cluster, error) {
	doing := "extending the cluster " + cluster
	minutes, uneven := wholeMinutes(timeToLive)
	if uneven != nil {
		return nil, failed(doing, uneven)
	}
	err := r.allow(access.Request{Function: access.Extend, Cluster: cluster, TimeToLive: &minutes})
	if err != nil {
		return nil, failed(doing, err)
	}
	name := naming.ClusterStack(cluster)
	done, err := r.turn(ctx, name)
	if err != nil {
		return nil, failed(doing, err)
	}
	defer done()
	r.forget(name, naming.Group(cluster))
	defer r.forget(name, naming.Group(cluster))
	f, err := r.ownFoundation(ctx)
	if err != nil {
		return nil, err
	}
	s, err := r.find(ctx, name)
	switch {
	case err != nil:
		return nil, failed(doing, err)
	case s == nil:
		return nil, failed(doing, fmt.Errorf("%w: there is no stack %s", ErrGone, name))
	case !r.ownsCluster(s, cluster):
		return nil, failed(doing, r.foreign(s))
	}
	if state := StateOf(string(s.StackStatus)); state != Running && state != Deploying {
		return nil, failed(doing, fmt.Errorf("%w as a cluster that runs: its stack is %s", ErrGone, s.StackStatus))
	}
	limit, err := budgetOfTag(s.tag(tagBudget))
	if err != nil {
		return nil, failed(doing, err)
	}
	rates, known := ratesOfTag(s.tag(tagRates))
	if limit != nil && !known {
		return nil, failed(doing, fmt.Errorf("the tag %s is %.100q, which is no price", tagRates, s.tag(tagRates)))
	}
	end, err := r.endOf(ctx, cluster, limit, rates, s.number(parameterMax), timeToLive, false)
	if err != nil {
		return nil, failed(doing, err)
	}
	if err := r.setEnd(ctx, f, name, end); err != nil {
		return nil, failed("scheduling the end of the cluster "+cluster, err)
	}
	c, err := r.describe(ctx, s, &end)
	if err != nil {
		return nil, failed(doing, err)
	}
	c.Action = Renewed
	return c, nil
}
