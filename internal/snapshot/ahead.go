package snapshot

import (
	"context"
	"sync"
)

// Ahead fetches things one by one before anybody asks, for kinds that a vendor cannot list: the reads of a plan are
// then answered at the vendor's pace, not at Terraform's parallelism. It is safe for concurrent use.
type Ahead[V any] struct {
	get     func(ctx context.Context, id string) (V, error)
	workers int

	mu      sync.Mutex
	fetches map[string]func() (V, error)
}

// NewAhead makes an Ahead that keeps at most workers gets under way.
func NewAhead[V any](workers int, get func(context.Context, string) (V, error)) *Ahead[V] {
	return &Ahead[V]{get: get, workers: workers, fetches: map[string]func() (V, error){}}
}

// Want starts to fetch what is not known yet and returns at once.
func (a *Ahead[V]) Want(ctx context.Context, ids []string) {
	ctx = context.WithoutCancel(ctx) // the first reader's end is not the others' end
	queue := make(chan func() (V, error), len(ids))
	for _, id := range ids {
		if fetch, known := a.fetch(ctx, id); !known {
			queue <- fetch
		}
	}
	close(queue)
	for range min(a.workers, len(queue)) {
		go func() {
			for fetch := range queue {
				_, _ = fetch() // told to whoever reads it
			}
		}()
	}
}

// fetch is the one get of a thing, and whether somebody had asked for it before.
func (a *Ahead[V]) fetch(ctx context.Context, id string) (fetch func() (V, error), known bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if fetch, known = a.fetches[id]; !known {
		fetch = sync.OnceValues(func() (V, error) { return a.get(ctx, id) })
		a.fetches[id] = fetch
	}
	return fetch, known
}

// Read is the thing fetched ahead, waiting for it if need be, or got now. What could not be had ahead is asked for
// once more, so that a failure is the reader's own; no failure is remembered.
func (a *Ahead[V]) Read(ctx context.Context, id string) (V, error) {
	fetch, ahead := a.fetch(ctx, id)
	v, err := fetch()
	if err == nil {
		return v, nil
	}
	a.Forget(id)
	if ahead {
		return a.get(ctx, id)
	}
	return v, err
}

// Forget has the next read of one thing ask again: we wrote it.
func (a *Ahead[V]) Forget(id string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.fetches, id)
}
