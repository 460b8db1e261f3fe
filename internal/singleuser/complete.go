package singleuser

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"maps"
	"slices"
	"time"

	"github.com/databricks/databricks-sdk-go/service/compute"

	"github.com/data-access/terraform-provider-provisioner/internal/step"
)

// complete does the work: permissions beside the warm-up, since both take their time.
func (f *Fleet) complete(ctx context.Context, c *Cluster, w Wanted, todo work) error {
	id := c.ID
	if todo.edit != nil {
		if err := f.edit(ctx, c, todo.edit); err != nil {
			return failed("editing the cluster "+w.Name, w.Person, err)
		}
	}
	if err := f.uninstall(ctx, id, todo.uninstall); err != nil {
		return failed("removing libraries from the cluster "+w.Name, w.Person, err)
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
		return failed("setting the permissions of the cluster "+w.Name, w.Person, errors.Join(accessErr, unstopped(warmErr)))
	}
	if todo.pin != nil {
		if err := f.setPin(ctx, id, *todo.pin); err != nil {
			return failed("pinning the cluster "+w.Name, w.Person, errors.Join(err, unstopped(warmErr)))
		}
	}
	if warmErr != nil {
		c.Outcome = Failed
		c.Problem = &step.Error{Step: "warming up the cluster " + w.Name, Person: w.Person, Err: warmErr, Words: inWords(warmErr)}
	}
	return nil
}

// setAccess grants before it revokes, so that nobody who keeps a right is without it in between.
func (f *Fleet) setAccess(ctx context.Context, id string, todo work) (entries []Entry, err error) {
	ctx, done := unhurried(ctx)
	defer done()
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

// unhurried lets short calls end although somebody pressed Ctrl-C: their half is worse than their whole.
func unhurried(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(ctx), shortCalls)
}

const shortCalls = time.Minute

// provision settles libraries and rest. Its error is a warm-up's: the cluster stands.
func (f *Fleet) provision(ctx context.Context, c *Cluster, w Wanted, todo work) error {
	if todo.warmUp {
		err := f.warmUp(ctx, c, w.Settings.libraries, todo.rest)
		if c.WarmUp = warmth(err); err == nil {
			f.rememberWarm(ctx, c, w)
		}
		return err
	}
	err := f.install(ctx, c.ID, todo.install)
	if err == nil {
		c.attach(todo.install)
	}
	if !todo.rest {
		return err
	}
	c.WarmUp = NotRequested
	return errors.Join(err, f.halt(ctx, c)) // nobody waits for the rest of what was not warmed up
}

// rememberWarm tags what a whole warm-up has finished. Tagging a running cluster would restart it; without its tag a
// warm cluster is warmed once more after a lost state.
func (f *Fleet) rememberWarm(ctx context.Context, c *Cluster, w Wanted) {
	if compute.State(c.State) == compute.StateTerminated {
		_ = f.tag(ctx, c, tagWarm, warmTag(w.Settings.libraries))
	}
}

// warmTag identifies a set of libraries.
func warmTag(libraries []library) string {
	sum := sha256.Sum256([]byte(encode(slices.Sorted(maps.Keys(libraryKeys(libraries))))))
	return hex.EncodeToString(sum[:6])
}
