package singleuser

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/databricks/databricks-sdk-go/service/compute"

	"github.com/data-access/terraform-provider-provisioner/internal/await"
)

const (
	createAttempts = 4
	createTimeout  = 90 * time.Second // for one call; it is not cut short by an interrupt, so that its answer is not lost
	lookTimeout    = 30 * time.Second // how long a created cluster may be missing from the list
	doubtTimeout   = 3 * time.Minute  // the same, when a second call was made meanwhile
)

// lookPace is how often to look for a cluster whose creation was not answered.
var lookPace = await.Pace{Min: time.Second, Max: 5 * time.Second, Share: 0.5}

// create makes exactly one cluster, whatever happens to the answers, and returns its id. An ambiguous answer leads to a
// look; only when nothing appears for a while is the call made again.
func (f *Fleet) create(ctx context.Context, w Wanted) (string, error) {
	body, err := w.Settings.body(w.Name, w.Person.Email(), f.tags(w.Person))
	if err != nil {
		return "", err
	}
	pause, doubtful := time.Second, false
	for attempt := 1; ; attempt++ {
		id, err := f.post(ctx, body)
		if err == nil && id != "" {
			f.forget(id)
			if doubtful {
				return f.withdraw(ctx, w, id)
			}
			return id, nil
		}
		if err == nil {
			err = errors.New("the answer has no cluster id")
		}
		if refused(err) {
			return "", err
		}
		if throttled(err) { // a clear no: it did not happen
			if attempt == createAttempts || f.clock.Sleep(ctx, max(retryAfter(err), pause)) != nil {
				return "", err
			}
			pause *= 2
			continue
		}
		doubtful = true
		found, lookErr := f.lookFor(ctx, w)
		if lookErr != nil {
			return "", fmt.Errorf("%w; whether it happened could not be found out: %w", err, lookErr)
		}
		if found != nil {
			f.forget(found.ClusterID)
			return found.ClusterID, nil
		}
		if attempt == createAttempts || ctx.Err() != nil {
			return "", err
		}
	}
}

func (f *Fleet) post(ctx context.Context, body compute.CreateCluster) (string, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), createTimeout)
	defer cancel()
	made, err := f.api.Clusters.Create(ctx, body)
	if err != nil {
		return "", err
	}
	return made.ClusterId, nil
}

// lookFor lists afresh until our cluster appears, for as long as a list may lag behind a create. An interrupt shortens
// it to one look, but does not prevent it: what was made must be known, to be stopped.
func (f *Fleet) lookFor(ctx context.Context, w Wanted) (found *details, err error) {
	start := f.clock.Now()
	err = await.Until(context.WithoutCancel(ctx), f.clock, lookPace, func(look context.Context) (bool, error) {
		all, err := f.clusters.Refresh(look)
		if err != nil {
			return false, err
		}
		if made := f.ourMatches(all, w); len(made) > 0 {
			found = made[0]
		}
		return found != nil || ctx.Err() != nil || f.clock.Now().Sub(start) >= lookTimeout, err
	})
	return found, err
}

// ourMatches are those of the wanted clusters that are ours: somebody else's is no answer to our call.
func (f *Fleet) ourMatches(all map[string]*details, w Wanted) []*details {
	return slices.DeleteFunc(f.matches(all, w.Person, w.Name), func(d *details) bool { return !f.owns(d) })
}

// withdraw settles the rare case that a call which seemed lost did happen after all, later than we waited: the older
// cluster stays, the one of this run's last call goes. Once the list shows the younger, it shows the older too.
func (f *Fleet) withdraw(ctx context.Context, w Wanted, id string) (string, error) {
	older := ""
	start := f.clock.Now()
	err := await.Until(ctx, f.clock, lookPace, func(ctx context.Context) (bool, error) {
		all, err := f.clusters.Refresh(ctx)
		if err != nil {
			return false, err
		}
		for _, match := range f.ourMatches(all, w) {
			if match.ClusterID != id {
				older = match.ClusterID
			}
		}
		return older != "" || all[id] != nil || f.clock.Now().Sub(start) >= doubtTimeout, nil
	})
	if err != nil || older == "" {
		return id, nil //nolint:nilerr // ours is there; a second one would be told by the next look
	}
	if f.permanentDelete(ctx, id) != nil {
		_ = f.terminate(ctx, id) // it costs nothing then, and the next look tells of both
	}
	return older, nil
}
