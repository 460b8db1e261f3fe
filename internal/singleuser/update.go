package singleuser

import (
	"context"
	"fmt"

	"github.com/databricks/databricks-sdk-go/service/compute"

	"github.com/data-access/terraform-provider-provisioner/internal/step"
)

// Last is what the last apply came to.
type Last struct {
	WarmUp     WarmUp
	Unfinished bool // it failed, or was cut short
}

// Update brings a cluster from what was wanted before to what is wanted now, and warms it up when its libraries changed
// or the last apply did not finish. It fails with [ErrTaken] when the cluster became somebody else's.
func (f *Fleet) Update(ctx context.Context, id string, last Last, before, now Wanted) (*Cluster, error) {
	f.forget(id)
	c, err := f.Read(ctx, id)
	if err != nil {
		return nil, failed("reading the cluster "+id, now.Person, err)
	}
	if !c.Managed && now.OnExisting != AdoptExisting {
		return nil, &step.Error{
			Step: "changing the cluster " + now.Name, Person: now.Person, Err: fmt.Errorf("%w: %s is managed by %q", ErrTaken, id, c.ManagedBy),
			Remedy: `Plan again to see it, or set on_existing to "adopt" to take it back`,
		}
	}
	f.run.Keep(id)
	c.Outcome, c.WarmUp = NoAction, last.WarmUp
	todo, err := f.compare(ctx, c, &before, now)
	if err != nil {
		return nil, err
	}
	todo.rest = last.Unfinished && c.neverRested()
	var added []library
	if before.Settings != nil {
		added = dropped(now.Settings.libraries, before.Settings.libraries) // in now, and not before
	}
	switch {
	case !now.WarmUp:
		c.WarmUp = NotRequested
	case !before.WarmUp, last.Unfinished, len(todo.install) > 0, len(added) > 0:
		todo.warmUp = true
		leave, err := f.place(ctx, true)
		if err != nil {
			return nil, failed("warming up the cluster "+now.Name, now.Person, err)
		}
		defer leave()
		if err := f.refresh(ctx, c); err != nil { // the queue may have been long
			return nil, failed("reading the cluster "+id, now.Person, err)
		}
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
	todo := work{edit: edit, grant: c.lacking(now), install: missing(now.Settings.libraries, c.statuses)}
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

// lacking are the permissions that a cluster lacks. A person who made the cluster themself manages it: no drift.
func (c *Cluster) lacking(w Wanted) []Entry {
	absent := lacking(w.entries(), c.Entries)
	if c.OwnerLevel(w.OwnerLevel) == w.OwnerLevel {
		absent = without(absent, []Entry{{Kind: User, Principal: c.Email}})
	}
	return absent
}

// OwnerLevel is the person's own level: as wanted where they manage the cluster because they made it.
func (c *Cluster) OwnerLevel(wanted compute.ClusterPermissionLevel) compute.ClusterPermissionLevel {
	level := c.Level(User, c.Email)
	if c.details.Creator == c.Email && level == compute.ClusterPermissionLevelCanManage {
		return wanted
	}
	return level
}
