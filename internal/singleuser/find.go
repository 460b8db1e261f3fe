package singleuser

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/data-access/terraform-provider-provisioner/internal/person"
	"github.com/data-access/terraform-provider-provisioner/internal/step"
)

// find looks one person's cluster up by name and owner in a list; nil is none. It fails with [ErrSeveral].
func (f *Fleet) find(all map[string]*details, who person.Person, name string) (*details, error) {
	matches := f.matches(all, who, name)
	switch len(matches) {
	case 0:
		return nil, nil
	case 1:
		return matches[0], nil
	}
	ids := make([]string, len(matches))
	for i, match := range matches {
		ids[i] = match.ClusterID
	}
	return nil, &step.Error{
		Step: "looking for the cluster " + name, Person: who, Err: fmt.Errorf("%w: %s", ErrSeveral, strings.Join(ids, ", ")),
		Remedy: "Delete all but one of them, or give this cluster another name",
	}
}

// matches are the clusters of one person and name, the oldest first.
func (f *Fleet) matches(all map[string]*details, who person.Person, name string) (matches []*details) {
	for _, d := range all {
		if d.ClusterName == name && f.isFor(d, who) {
			matches = append(matches, d)
		}
	}
	slices.SortFunc(matches, func(a, b *details) int {
		return cmp.Or(cmp.Compare(a.StartTime, b.StartTime), strings.Compare(a.ClusterID, b.ClusterID))
	})
	return matches
}

// Find reads the cluster of one person and name. It fails with [ErrGone] when there is none and [ErrSeveral] when
// there are more.
func (f *Fleet) Find(ctx context.Context, who person.Person, name string) (*Cluster, error) {
	all, err := f.clusters.All(ctx)
	if err != nil {
		return nil, failed("listing the clusters", who, err)
	}
	found, err := f.find(all, who, name)
	if err == nil && found == nil { // this run may have made it since
		if all, err = f.clusters.Refresh(ctx); err == nil {
			found, err = f.find(all, who, name)
		}
	}
	if err != nil {
		return nil, failed("looking for the cluster "+name, who, err)
	}
	if found == nil {
		return nil, failed("looking for the cluster "+name, who, ErrGone)
	}
	return f.Read(ctx, found.ClusterID)
}

// Read is one cluster as it is now. It fails with [ErrGone] or [ErrPurged] when it is no more.
func (f *Fleet) Read(ctx context.Context, id string) (*Cluster, error) {
	f.ahead.Store(true)
	var (
		found    *details
		statuses []libraryStatus
		entries  []Entry
		all      errgroup.Group
		gone     error // the cluster's own reading tells best why it is not there
	)
	all.Go(func() error { found, gone = f.clusters.Read(ctx, id); return gone })
	all.Go(func() (err error) { statuses, err = f.libraries.Read(ctx, id); return err })
	all.Go(func() (err error) { entries, err = f.permissions.Read(ctx, id); return err })
	err := all.Wait()
	if gone != nil {
		return nil, gone
	}
	if err != nil {
		return nil, err
	}
	return f.describe(found, statuses, entries), nil
}

// ReadOwned lists this installation's clusters, for an inventory; without libraries and permissions.
func (f *Fleet) ReadOwned(ctx context.Context) ([]*Cluster, error) {
	all, err := f.clusters.All(ctx)
	if err != nil {
		return nil, err
	}
	var owned []*Cluster
	for _, d := range all {
		if f.owns(d) {
			owned = append(owned, f.describe(d, nil, nil))
		}
	}
	slices.SortFunc(owned, func(a, b *Cluster) int {
		return strings.Compare(a.Email+" "+a.Name+" "+a.ID, b.Email+" "+b.Name+" "+b.ID)
	})
	return owned, nil
}

// IsGone reports whether a cluster is no more, for whatever reason.
func IsGone(err error) bool { return errors.Is(err, ErrGone) || errors.Is(err, ErrPurged) }
