package singleuser

import (
	"context"
	"fmt"

	"github.com/databricks/databricks-sdk-go/service/compute"
)

// MaxPinned is the vendor's limit of pinned clusters in a workspace.
const MaxPinned = 100

// listPins reads which clusters are pinned: no cluster says so itself.
func (f *Fleet) listPins(ctx context.Context) (map[string]struct{}, error) {
	var all []*details
	err := f.ask(ctx, func(ctx context.Context) (err error) {
		all, err = f.api.read.clusters(ctx, compute.ListClustersFilterBy{IsPinned: true})
		return err
	})
	if err != nil {
		return nil, err
	}
	pins := make(map[string]struct{}, len(all))
	for _, d := range all {
		pins[d.ClusterID] = struct{}{}
	}
	return pins, nil
}

// Pinned reports whether a cluster is pinned.
func (f *Fleet) Pinned(ctx context.Context, id string) (bool, error) {
	pins, err := f.pins.All(ctx)
	if err != nil {
		return false, err
	}
	_, pinned := pins[id]
	return pinned, nil
}

// roomToPin fails with [ErrPinLimit] before anything is made that could not be pinned.
func (f *Fleet) roomToPin(ctx context.Context, w Wanted) error {
	if w.Pinned == nil || !*w.Pinned {
		return nil
	}
	pins, err := f.pins.All(ctx)
	if err == nil && len(pins) >= MaxPinned { // this run may have unpinned others
		pins, err = f.pins.Refresh(ctx)
	}
	if err != nil {
		return err
	}
	if len(pins) >= MaxPinned {
		return fmt.Errorf("%w: %d of %d", ErrPinLimit, len(pins), MaxPinned)
	}
	return nil
}

// setPin pins or unpins. The last free place may have gone to another cluster of this run meanwhile.
func (f *Fleet) setPin(ctx context.Context, id string, want bool) error {
	ctx, done := unhurried(ctx)
	defer done()
	err := f.pin(ctx, id, want)
	if want && err != nil && refused(err) {
		if pins, listErr := f.pins.Refresh(ctx); listErr == nil && len(pins) >= MaxPinned {
			return fmt.Errorf("%w: %d of %d (%w)", ErrPinLimit, len(pins), MaxPinned, err)
		}
	}
	return err
}

// pin pins or unpins; both come to the same when done twice.
func (f *Fleet) pin(ctx context.Context, id string, want bool) error {
	return f.retry(ctx, func(ctx context.Context) error {
		if want {
			return f.api.Clusters.PinByClusterId(ctx, id)
		}
		return f.api.Clusters.UnpinByClusterId(ctx, id)
	})
}
