// Package snapshot lets one look answer many reads.
//
// A plan over a thousand people asks a vendor a thousand times for the same kind of thing. A [Snapshot] answers
// the first few with direct gets and all others from one list; an [Ahead] serves kinds that have no list.
// Both live as long as the provider's process, which is one plan or one apply: nothing expires by the clock.
package snapshot

import (
	"context"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"

	"github.com/data-access/terraform-provider-provisioner/internal/await"
)

// Direct is how many reads a Snapshot answers one by one before it takes the list: a roster of three people in a
// workspace of ten thousand clusters must not page through them all.
const Direct = 5

// company is how long the first reads wait for others: a large plan asks for ten things at once, and then the list is
// the better answer from the start.
const company = 50 * time.Millisecond

// Snapshot answers reads of one kind. It is safe for concurrent use.
type Snapshot[V any] struct {
	clock await.Clock
	get   func(ctx context.Context, id string) (V, error)
	list  func(ctx context.Context) (map[string]V, error)

	flight singleflight.Group
	mu     sync.Mutex
	reads  int
	taken  map[string]V        // nil until the list was taken
	stale  map[string]struct{} // what we wrote since
}

// New makes a Snapshot of get, which reads one thing or fails, and list, which reads all of them by id.
func New[V any](clock await.Clock, get func(context.Context, string) (V, error), list func(context.Context) (map[string]V, error)) *Snapshot[V] {
	return &Snapshot[V]{clock: clock, get: get, list: list, stale: map[string]struct{}{}}
}

// Read answers from the list when there is one and the thing was not written since, and by a direct get otherwise.
// What the list does not have is asked for directly too: only the vendor can say why it is missing.
func (s *Snapshot[V]) Read(ctx context.Context, id string) (V, error) {
	var none V
	s.mu.Lock()
	_, stale := s.stale[id]
	s.reads++
	s.mu.Unlock()
	if stale {
		return s.get(ctx, id)
	}
	if s.alone() {
		if err := s.clock.Sleep(ctx, company); err != nil {
			return none, err
		}
		if s.alone() {
			return s.get(ctx, id)
		}
	}
	all, err := s.All(ctx)
	if err != nil {
		return none, err
	}
	if v, ok := all[id]; ok {
		return v, nil
	}
	return s.get(ctx, id)
}

// alone reports whether so few reads were asked for that each may have an answer of its own.
func (s *Snapshot[V]) alone() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.taken == nil && s.reads <= Direct
}

// All is the list by id, taken once. The caller must not change it.
func (s *Snapshot[V]) All(ctx context.Context) (map[string]V, error) {
	s.mu.Lock()
	taken := s.taken
	s.mu.Unlock()
	if taken != nil {
		return taken, nil
	}
	return s.Refresh(ctx)
}

// Refresh takes the list afresh; callers who ask at the same time share one. A failure is not remembered.
func (s *Snapshot[V]) Refresh(ctx context.Context) (map[string]V, error) {
	// The list is everybody's: it does not end with the one read that happened to ask first.
	arrived := s.flight.DoChan("", func() (any, error) {
		all, err := s.list(context.WithoutCancel(ctx))
		if err != nil {
			return nil, err
		}
		if all == nil {
			all = map[string]V{}
		}
		s.mu.Lock()
		s.taken = all
		s.mu.Unlock()
		return all, nil
	})
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case result := <-arrived:
		if result.Err != nil {
			return nil, result.Err
		}
		return result.Val.(map[string]V), nil
	}
}

// Forget makes every later read of one thing direct: we wrote it.
func (s *Snapshot[V]) Forget(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stale[id] = struct{}{}
}
