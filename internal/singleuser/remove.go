package singleuser

import (
	"context"
	"strings"

	"github.com/data-access/terraform-provider-provisioner/internal/person"
)

// Removal says what becomes of a cluster whose person leaves.
type Removal string

// The ways to remove.
const (
	DeleteCluster  Removal = "delete"  // for good
	StopCluster    Removal = "stop"    // stays, at rest
	AbandonCluster Removal = "abandon" // stays as it is
)

// Remove ends our care for a cluster. What somebody else made, or another installation took over, or another resource
// of this run has ensured, is abandoned whatever is asked: removed then says false. One that is gone already is removed.
//
// pinned says that the cluster is believed to be pinned, which saves the vendor a refusal.
func (f *Fleet) Remove(ctx context.Context, who person.Person, id string, how Removal, pinned bool) (removed bool, err error) {
	if how == AbandonCluster {
		return true, nil
	}
	f.forget(id)
	found, err := f.clusters.Read(ctx, id)
	if IsGone(err) {
		return true, nil
	}
	if err != nil {
		return false, failed("reading the cluster "+id, who, err)
	}
	defer f.run.Turn(key(who, found.ClusterName))()
	if f.run.Kept(id) || !f.owns(found) {
		return false, nil
	}
	if how == StopCluster {
		c := f.describe(found, nil, nil)
		if c.Resting() {
			return true, nil
		}
		return true, failed("stopping the cluster "+found.ClusterName, who, f.stop(ctx, c))
	}
	if pinned {
		if err := f.pin(ctx, id, false); err != nil {
			return false, failed("unpinning the cluster "+found.ClusterName, who, err)
		}
	}
	return true, failed("deleting the cluster "+found.ClusterName, who, f.permanentDelete(ctx, id))
}

// permanentDelete unpins a pinned cluster first, which the vendor refuses to delete.
func (f *Fleet) permanentDelete(ctx context.Context, id string) error {
	f.forget(id)
	destroy := func(ctx context.Context) error { return f.api.Clusters.PermanentDeleteByClusterId(ctx, id) }
	err := f.retry(ctx, destroy)
	if err != nil && refused(err) && strings.Contains(strings.ToLower(err.Error()), "unpin") {
		if err := f.pin(ctx, id, false); err != nil {
			return err
		}
		err = f.retry(ctx, destroy)
	}
	if err = asGone(err); IsGone(err) {
		return nil
	}
	return err
}
