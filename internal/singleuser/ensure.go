package singleuser

import (
	"context"
	"fmt"

	"github.com/databricks/databricks-sdk-go/service/compute"

	"github.com/data-access/terraform-provider-provisioner/internal/person"
	"github.com/data-access/terraform-provider-provisioner/internal/step"
)

// Ensure gives a person their cluster: it looks first, creates or finishes only what is missing, and says what happened.
//
// An error means that nothing was made, or that what was made carries our tags and is at rest, to be found and finished
// by the next run. A warm-up that failed or was cut short is no error: the cluster stands, and [Cluster.Problem] tells.
func (f *Fleet) Ensure(ctx context.Context, w Wanted) (*Cluster, error) {
	release, err := f.run.Claim(key(w.Person, w.Name), "ensuring the cluster "+w.Name, w.Person)
	if err != nil {
		return nil, err
	}
	defer f.run.Turn(key(w.Person, w.Name))()
	c, err := f.ensure(ctx, w)
	if err != nil {
		release()
		return nil, failed("ensuring the cluster "+w.Name, w.Person, err)
	}
	f.run.Keep(c.ID)
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
	f.forget(found.ClusterID) // the list may be as old as this run
	c, err := f.Read(ctx, found.ClusterID)
	if IsGone(err) || (err == nil && c.Name != w.Name) { // removed or renamed since
		return f.make(ctx, w)
	}
	if err != nil {
		return nil, failed("reading the cluster "+found.ClusterID, w.Person, err)
	}
	c.Outcome, c.WarmUp = NoAction, NotRequested
	switch {
	case c.Managed:
		return f.resume(ctx, c, w)
	case w.OnExisting == AdoptExisting:
		return f.adopt(ctx, c, w)
	case w.OnExisting == FailExisting:
		return nil, &step.Error{
			Step: "ensuring the cluster " + w.Name, Person: w.Person, Err: fmt.Errorf("%w: %s", ErrExists, c.ID),
			Remedy: `Import it, give this cluster another name, or set on_existing to "no_action" or "adopt"`,
		}
	}
	return c, nil
}

// make creates a cluster and does all that belongs to it.
func (f *Fleet) make(ctx context.Context, w Wanted) (*Cluster, error) {
	if err := f.roomToPin(ctx, w); err != nil {
		return nil, failed("pinning the cluster "+w.Name, w.Person, err)
	}
	leave, err := f.place(ctx, w.WarmUp)
	if err != nil {
		return nil, err
	}
	defer leave()
	id, err := f.create(ctx, w)
	if err != nil {
		return nil, failed("creating the cluster "+w.Name, w.Person, err)
	}
	c := f.describe(&details{
		ClusterID: id, ClusterName: w.Name, SingleUserName: w.Person.Email(), State: compute.StatePending, CustomTags: f.tags(w.Person),
	}, nil, nil)
	c.Outcome = Created
	return c, f.complete(ctx, c, w, work{grant: w.entries(), install: w.Settings.libraries, warmUp: w.WarmUp, rest: true, pin: w.Pinned})
}

// resume brings a cluster of ours that was found to what is wanted. What a killed run left half-made is finished, and
// counts as created; a whole one is no action, and is not started (docs/adr/0002).
func (f *Fleet) resume(ctx context.Context, c *Cluster, w Wanted) (_ *Cluster, err error) {
	rest := c.neverRested()
	defer func() {
		if err != nil && rest { // it runs because of us, and nobody else knows of it
			_ = f.terminate(ctx, c.ID)
		}
	}()
	todo, err := f.compare(ctx, c, nil, w)
	if err != nil {
		return nil, err
	}
	last := c.details.CustomTags[tagWarm]
	todo.rest = rest
	todo.warmUp = w.WarmUp && last != warmTag(w.Settings.libraries)
	if rest || len(todo.grant) > 0 || len(todo.install) > 0 || todo.pin != nil || (todo.warmUp && last == "") {
		c.Outcome = Created
	}
	if w.WarmUp {
		c.WarmUp = Succeeded
	}
	leave, err := f.place(ctx, todo.warmUp)
	if err != nil {
		return nil, err
	}
	defer leave()
	return c, f.complete(ctx, c, w, todo)
}

// adopt makes somebody else's cluster ours. It is started only to install what it lacks.
func (f *Fleet) adopt(ctx context.Context, c *Cluster, w Wanted) (*Cluster, error) {
	todo, err := f.compare(ctx, c, nil, w)
	if err != nil {
		return nil, err
	}
	todo.warmUp = w.WarmUp && len(todo.install) > 0
	leave, err := f.place(ctx, todo.warmUp)
	if err != nil {
		return nil, err
	}
	defer leave()
	return c, f.complete(ctx, c, w, todo)
}

// neverRested: the vendor starts what it creates, and this one runs since. It is our own half-made thing: a person may
// only be told of a cluster that has come to rest.
func (c *Cluster) neverRested() bool { return !c.Resting() && c.details.TerminatedTime == 0 }

// key is a person and a name, of which there is one cluster.
func key(who person.Person, name string) string { return who.Email() + " " + name }

// place waits for a place among the clusters that may be starting at once, for those that need one.
func (f *Fleet) place(ctx context.Context, needed bool) (leave func(), err error) {
	if !needed {
		return func() {}, nil
	}
	select {
	case f.starts <- struct{}{}:
		return func() { <-f.starts }, nil
	case <-ctx.Done():
		return nil, fmt.Errorf("%w while waiting for a place to start (%w)", ErrInterrupted, ctx.Err())
	}
}
