package singleuser

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"

	"github.com/databricks/databricks-sdk-go/service/compute"
)

// Ensure gives a person their cluster: it looks first, creates or finishes only what is missing, and says what happened.
//
// An error means that nothing was made, or that what was made carries our tags and is at rest, to be found and finished
// by the next run. A warm-up that failed or was cut short is no error: the cluster stands, and [Cluster.Problem] tells.
func (f *Fleet) Ensure(ctx context.Context, w Wanted) (*Cluster, error) {
	release, err := f.claim(w)
	if err != nil {
		return nil, err
	}
	c, err := f.ensure(ctx, w)
	if err != nil {
		release()
		return nil, failed("ensuring the cluster "+w.Name, w.Person, err)
	}
	return c, nil
}

func (f *Fleet) ensure(ctx context.Context, w Wanted) (*Cluster, error) {
	all, err := f.clusters.All(ctx)
	if err != nil {
		return nil, failed("listing the clusters", w.Person, err)
	}
	found, err := f.find(all, w.Person, w.Name)
	if err != nil {
		return nil, err
	}
	if found == nil {
		return f.make(ctx, w)
	}
	if !f.owns(found) && w.OnExisting == FailExisting {
		return nil, &StepError{
			Step: "ensuring the cluster " + w.Name, Person: w.Person, Err: fmt.Errorf("%w: %s", ErrExists, found.ClusterID),
			Remedy: `Import it, give this cluster another name, or set on_existing to "no_action" or "adopt"`,
		}
	}
	c, err := f.Read(ctx, found.ClusterID)
	if err != nil {
		return nil, failed("reading the cluster "+found.ClusterID, w.Person, err)
	}
	c.Outcome, c.WarmUp = NoAction, NotRequested
	if !c.Managed && w.OnExisting != AdoptExisting {
		return c, nil
	}
	if w.WarmUp {
		c.WarmUp = Succeeded
	}
	return f.resume(ctx, c, w)
}

// make creates a cluster and does all that belongs to it.
func (f *Fleet) make(ctx context.Context, w Wanted) (*Cluster, error) {
	if err := f.roomToPin(ctx, w); err != nil {
		return nil, failed("pinning the cluster "+w.Name, w.Person, err)
	}
	if w.WarmUp {
		leave, err := f.place(ctx)
		if err != nil {
			return nil, err
		}
		defer leave()
	}
	id, err := f.create(ctx, w)
	if err != nil {
		return nil, failed("creating the cluster "+w.Name, w.Person, err)
	}
	c := f.describe(&details{
		ClusterID: id, ClusterName: w.Name, SingleUserName: w.Person.Email(), State: compute.StatePending, CustomTags: f.tags(w.Person),
	}, nil, nil)
	c.Outcome = Created
	return c, f.complete(ctx, c, w, work{grant: w.entries(), warmUp: w.WarmUp, rest: true, pin: w.Pinned})
}

// resume brings a cluster that was found to what is wanted. What a killed run left half-made is finished, and counts
// as created; a whole one is no action, and is not started.
func (f *Fleet) resume(ctx context.Context, c *Cluster, w Wanted) (*Cluster, error) {
	todo, err := f.compare(ctx, c, nil, w)
	if err != nil {
		return nil, err
	}
	warm := c.details.CustomTags[tagWarm] == warmTag(w.Settings.libraries)
	adopted := !c.Managed
	todo.warmUp = w.WarmUp && !warm && (!adopted || len(todo.install) > 0)
	todo.rest = todo.warmUp && !adopted // it is our own half-made thing that runs
	halfMade := !adopted && (todo.warmUp || len(todo.grant) > 0 || len(todo.install) > 0 || todo.pin != nil)
	if halfMade {
		c.Outcome = Created
	}
	if todo.warmUp {
		leave, err := f.place(ctx)
		if err != nil {
			return nil, err
		}
		defer leave()
	}
	return c, f.complete(ctx, c, w, todo)
}

// Update brings a cluster from what was wanted before to what is wanted now, and warms it up when its libraries changed
// or the last warm-up did not end well. warm is how that one ended.
func (f *Fleet) Update(ctx context.Context, id string, warm WarmUp, before, now Wanted) (*Cluster, error) {
	f.forget(id)
	c, err := f.Read(ctx, id)
	if err != nil {
		return nil, failed("reading the cluster "+id, now.Person, err)
	}
	c.Outcome, c.WarmUp = NoAction, warm
	todo, err := f.compare(ctx, c, &before, now)
	if err != nil {
		return nil, err
	}
	switch {
	case !now.WarmUp:
		c.WarmUp = NotRequested
	case !before.WarmUp, warm == WarmUpFailed, warm == Interrupted, len(todo.install) > 0:
		todo.warmUp = true
		leave, err := f.place(ctx)
		if err != nil {
			return nil, err
		}
		defer leave()
	}
	return c, f.complete(ctx, c, now, todo)
}

// work is what has to be done to a cluster.
type work struct {
	edit               *edit
	grant, revoke      []Entry
	install, uninstall []library
	pin                *bool
	warmUp             bool // start, wait, stop
	rest               bool // it is running because of us: it has to come to rest
}

// compare lists what a cluster lacks, and what was wanted before and is wanted no more.
func (f *Fleet) compare(ctx context.Context, c *Cluster, before *Wanted, now Wanted) (work, error) {
	edit, err := f.editFor(c, before, now)
	if err != nil {
		return work{}, err
	}
	todo := work{edit: edit, grant: lacking(now.entries(), c.Entries), install: missing(now.Settings.libraries, c.statuses)}
	if before != nil {
		todo.revoke = without(before.entries(), now.entries())
		if before.Settings != nil {
			todo.uninstall = dropped(before.Settings.libraries, now.Settings.libraries)
		}
	}
	if now.Pinned != nil {
		pinned, err := f.Pinned(ctx, c.ID)
		if err != nil {
			return work{}, failed("listing the pinned clusters", now.Person, err)
		}
		if pinned != *now.Pinned {
			if err := f.roomToPin(ctx, now); err != nil {
				return work{}, failed("pinning the cluster "+now.Name, now.Person, err)
			}
			todo.pin = now.Pinned
		}
	}
	return todo, nil
}

// complete does the work: permissions beside the warm-up, since both take their time.
func (f *Fleet) complete(ctx context.Context, c *Cluster, w Wanted, todo work) error {
	id := c.ID
	if todo.edit != nil {
		if err := f.edit(ctx, c, todo.edit); err != nil {
			return failed("editing the cluster "+w.Name, w.Person, err)
		}
		c.Managed = true
	}
	warmCtx, giveUp := context.WithCancel(ctx)
	defer giveUp()
	access := make(chan error, 1)
	var entries []Entry
	go func() {
		var err error
		if entries, err = f.setAccess(ctx, id, todo); err != nil {
			giveUp() // nobody could use what would get warm
		}
		access <- err
	}()
	warmErr := f.provision(warmCtx, c, w, todo)
	accessErr := <-access
	if entries != nil {
		c.Entries = entries
	}
	if accessErr != nil {
		return failed("setting the permissions of the cluster "+w.Name, w.Person, accessErr)
	}
	if todo.pin != nil {
		if err := f.pin(ctx, id, *todo.pin); err != nil {
			return failed("pinning the cluster "+w.Name, w.Person, err)
		}
	}
	if warmErr != nil {
		c.Outcome = Failed
		c.Problem = &StepError{Step: "warming up the cluster " + w.Name, Person: w.Person, Err: warmErr}
	}
	return nil
}

// setAccess grants before it revokes, so that nobody who keeps a right is without it in between.
func (f *Fleet) setAccess(ctx context.Context, id string, todo work) (entries []Entry, err error) {
	if len(todo.grant) > 0 {
		if entries, err = f.grant(ctx, id, todo.grant); err != nil {
			return nil, err
		}
	}
	if len(todo.revoke) > 0 {
		return f.revoke(ctx, id, todo.revoke)
	}
	return entries, nil
}

// provision settles libraries and rest. Its error is a warm-up's: the cluster stands.
func (f *Fleet) provision(ctx context.Context, c *Cluster, w Wanted, todo work) error {
	err := f.uninstall(ctx, c.ID, todo.uninstall)
	if err == nil && todo.warmUp {
		err = f.warmUp(ctx, c, w.Settings.libraries, todo.rest)
		c.WarmUp = warmth(err)
		if err == nil {
			f.rememberWarm(ctx, c, w)
		}
		return err
	}
	if err == nil {
		absent := missing(w.Settings.libraries, c.statuses)
		if err = f.install(ctx, c.ID, absent); err == nil {
			c.attach(absent)
		}
	}
	if todo.rest { // created without a warm-up: the vendor starts what it creates
		if stopErr := f.terminate(ctx, c.ID); err == nil {
			err = stopErr
		}
		c.State = string(compute.StateTerminating)
		c.WarmUp = NotRequested
	}
	return err
}

// rememberWarm tags what a whole warm-up has finished. Tagging a running cluster would restart it; without its tag a
// warm cluster is warmed once more after a lost state, which does no harm.
func (f *Fleet) rememberWarm(ctx context.Context, c *Cluster, w Wanted) {
	if compute.State(c.State) == compute.StateTerminated {
		_ = f.tag(ctx, c, tagWarm, warmTag(w.Settings.libraries))
	}
}

// warmTag identifies a set of libraries.
func warmTag(libraries []library) string {
	keys := []string{}
	for key := range libraryKeys(libraries) {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	sum := sha256.Sum256([]byte(encode(keys)))
	return hex.EncodeToString(sum[:6])
}

// claim keeps two resources of one configuration from sharing a cluster. Only a failed ensure gives its claim back.
func (f *Fleet) claim(w Wanted) (release func(), err error) {
	key := w.Person.Email() + "\n" + w.Name
	if _, taken := f.claims.LoadOrStore(key, true); taken {
		return nil, &StepError{
			Step: "ensuring the cluster " + w.Name, Person: w.Person, Err: ErrClaimed,
			Remedy: "Keep one of them, or give each its own name",
		}
	}
	return func() { f.claims.Delete(key) }, nil
}

// place waits for a place among the clusters that may be starting at once.
func (f *Fleet) place(ctx context.Context) (leave func(), err error) {
	select {
	case f.starts <- struct{}{}:
		return func() { <-f.starts }, nil
	case <-ctx.Done():
		return nil, errors.Join(ErrInterrupted, ctx.Err())
	}
}
