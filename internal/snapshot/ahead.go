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
	a.mu.Lock()
	for _, id := range ids {
		if _, known := a.fetches[id]; known {
			continue
		}
		fetch := sync.OnceValues(func() (V, error) { return a.get(ctx, id) })
		a.fetches[id] = fetch
		queue <- fetch
	}
	a.mu.Unlock()
	close(queue)
	for range min(a.workers, len(queue)) {
		go func() {
			for fetch := range queue {
				_, _ = fetch() // told to whoever reads it
			}
		}()
	}
}

// Read is the thing fetched ahead, waiting for it if need be, or a direct get when it was not wanted before or
// could not be had: another failure is then the reader's own.
func (a *Ahead[V]) Read(ctx context.Context, id string) (V, error) {
	a.mu.Lock()
	fetch, known := a.fetches[id]
	a.mu.Unlock()
	if known {
		if v, err := fetch(); err == nil {
			return v, nil
		}
	}
	return a.get(ctx, id)
}

// Forget makes every later read of one thing direct: we wrote it.
func (a *Ahead[V]) Forget(id string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.fetches, id)
}
