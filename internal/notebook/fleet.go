package notebook

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/google/uuid"

	"github.com/data-access/terraform-provider-provisioner/internal/ledger"
	"github.com/data-access/terraform-provider-provisioner/internal/notebook/google"
	"github.com/data-access/terraform-provider-provisioner/internal/person"
	"github.com/data-access/terraform-provider-provisioner/internal/snapshot"
)

// Fleet is the notebooks that one installation sees, in whatever projects. It is safe for concurrent use.
type Fleet struct {
	cloud    *google.Cloud
	products map[Environment]product
	request  func() string // a new id for a request, so that repeating it does not do it twice

	lists sync.Map      // a *listed for each place
	run   ledger.Ledger // by id
}

// New makes a fleet.
func New(cloud *google.Cloud) *Fleet {
	return &Fleet{cloud: cloud, products: products(cloud), request: uuid.NewString}
}

// products are the APIs behind the environments; without a cloud they can judge and compare, but not call.
func products(cloud *google.Cloud) map[Environment]product {
	return map[Environment]product{Workbench: newWorkbench(cloud), Managed: newManaged(cloud), DataprocHub: newHub(cloud)}
}

// product is the API behind an environment.
func (f *Fleet) product(environment Environment) (product, error) {
	if p, known := f.products[environment]; known {
		return p, nil
	}
	return nil, fmt.Errorf("unknown environment %q: take one of %s", environment, strings.Join(Environments(), ", "))
}

// listed is one place, read in a plan by as many as there are notebooks.
type listed struct {
	*snapshot.Snapshot[*Notebook]
	looks atomic.Int64
}

func (f *Fleet) at(at place, p product) *listed {
	if known, ok := f.lists.Load(at); ok {
		return known.(*listed)
	}
	made := &listed{Snapshot: snapshot.New(f.cloud.Clock,
		func(ctx context.Context, id string) (*Notebook, error) { return f.get(ctx, p, id) },
		func(ctx context.Context) (map[string]*Notebook, error) { return f.list(ctx, p, at) },
	)}
	known, _ := f.lists.LoadOrStore(at, made)
	return known.(*listed)
}

// get asks Google for one notebook, now. That it is not there is an answer, and no reason to ask again.
func (f *Fleet) get(ctx context.Context, p product, id string) (*Notebook, error) {
	var (
		n    *Notebook
		gone error
	)
	err := f.cloud.Ask(ctx, func(ctx context.Context) (err error) {
		if n, err = p.get(ctx, id); google.IsGone(err) {
			gone, err = err, nil
		}
		return err
	})
	switch {
	case err != nil:
		return nil, err
	case gone != nil && !errors.Is(gone, google.ErrGone):
		return nil, fmt.Errorf("%w (%w)", google.ErrGone, gone)
	case gone != nil:
		return nil, gone
	}
	return n, nil
}

// list asks Google for all of a place. An incomplete list is an answer too.
func (f *Fleet) list(ctx context.Context, p product, at place) (all map[string]*Notebook, err error) {
	var incomplete error
	err = f.cloud.Ask(ctx, func(ctx context.Context) (err error) {
		if all, err = p.list(ctx, at.project, at.location); errors.Is(err, ErrIncomplete) {
			incomplete, err = err, nil
		}
		return err
	})
	if err == nil {
		err = incomplete
	}
	return all, err
}

// Read looks at a notebook by its id; instances of v1 and v2 have ids of the same form, so the environment says which
// API to ask. It fails with google.ErrGone, also when the notebook is being deleted.
func (f *Fleet) Read(ctx context.Context, environment Environment, id string) (*Notebook, error) {
	p, err := f.product(environment)
	if err != nil {
		return nil, err
	}
	at, _, err := split(id, environment)
	if err != nil {
		return nil, err
	}
	n, err := f.at(at, p).Read(ctx, id)
	if err == nil && n.leaving() {
		err = fmt.Errorf("%w: %s is being deleted", google.ErrGone, id)
	}
	if err != nil {
		return nil, google.Failed("reading the notebook "+id, person.Person{}, err)
	}
	return copied(n), nil
}

// look finds a notebook before it is made: the first few directly, the many in one list. A list may be as old as this
// run, so what it has is looked at again; what it has not, the create itself would find.
func (f *Fleet) look(ctx context.Context, p product, at place, id string) (*Notebook, error) {
	all := f.at(at, p)
	if all.looks.Add(1) > snapshot.Direct {
		found, err := all.All(ctx)
		if err != nil {
			return nil, err
		}
		if found[id] == nil {
			return nil, google.ErrGone
		}
	}
	return f.fresh(ctx, p, id)
}

// fresh looks at one notebook now, and has later reads do so too.
func (f *Fleet) fresh(ctx context.Context, p product, id string) (*Notebook, error) {
	f.lists.Range(func(_, all any) bool { all.(*listed).Forget(id); return true })
	n, err := f.get(ctx, p, id)
	if err != nil {
		return nil, err
	}
	return copied(n), nil
}

// copied keeps what one reader fills in from the others.
func copied(n *Notebook) *Notebook {
	c := *n
	return &c
}

// List is every notebook of this installation in a project and location ("-" is all of them), by id.
func (f *Fleet) List(ctx context.Context, environment Environment, project, location string) ([]*Notebook, error) {
	p, err := f.product(environment)
	if err != nil {
		return nil, err
	}
	at := place{environment, project, location}
	all, err := f.at(at, p).All(ctx)
	if err != nil {
		return nil, google.Failed(fmt.Sprintf("listing the %s notebooks of %s in %s", environment, project, location), person.Person{}, err)
	}
	var ours []*Notebook
	for _, n := range all {
		if f.cloud.Ours(n.Labels, person.Person{}) && !n.leaving() {
			ours = append(ours, copied(n))
		}
	}
	slices.SortFunc(ours, func(a, b *Notebook) int { return strings.Compare(a.ID, b.ID) })
	return ours, nil
}
