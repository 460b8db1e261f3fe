package notebook

import (
	"context"
	"errors"

	"github.com/data-access/terraform-provider-provisioner/internal/notebook/google"
)

// ErrIncomplete says that Google could not list everything: what is missing from such a list may well exist.
var ErrIncomplete = errors.New("Google could not reach a part of it, so the list is not complete")

// product is one of Google's products, as the fleet works with it. Each call makes one call of Google's, or the pages
// of one list; repeating, waiting and deciding is the fleet's.
type product interface {
	// get looks at one notebook; google.ErrGone when it is not there.
	get(ctx context.Context, id string) (*Notebook, error)
	// list is every notebook of a location, by id. An incomplete answer is [ErrIncomplete], never a shorter list.
	list(ctx context.Context, project, location string) (map[string]*Notebook, error)
	// create begins to make a notebook, marked as ours. request makes it repeatable where the API knows that.
	create(ctx context.Context, w Wanted, request string) (operation string, err error)
	start(ctx context.Context, id, request string) (operation string, err error)
	stop(ctx context.Context, id, request string) (operation string, err error)
	remove(ctx context.Context, id, request string) (operation string, err error)
	// finish waits for an operation that one of the others began.
	finish(ctx context.Context, operation string) error
	// creation is the operation that made a notebook and how it stands; "" when Google does not remember it. It tells a
	// creation that failed from a notebook at rest, and one that is under way from one that is stuck.
	creation(ctx context.Context, id string) (operation string, now google.Progress, err error)

	// edits are the calls that bring what Google has to what is wanted, in order; keys of maps that before had and
	// after has not are removed. Nothing that is as wanted already is sent.
	edits(is *Notebook, before, after Wanted) []edit
	// judge is what of a configuration this product cannot do.
	judge(w Wanted) []Problem
	// changes says how this product lets a configuration be changed.
	changes(before, after Wanted) []Change
}

// edit is one change of a notebook.
type edit struct {
	what  string                                                                  // for people, such as "labels" or "machine type"
	rest  bool                                                                    // the notebook must be at rest for it
	begin func(ctx context.Context, request string) (operation string, err error) // "": it is done already
}
