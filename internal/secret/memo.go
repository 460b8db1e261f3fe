package secret

import (
	"context"
	"fmt"
	"sync"
)

// memo remembers the first success of a fetch. Concurrent callers share one flight. An error is theirs alone:
// the next caller tries again. The zero memo is ready.
type memo[T any] struct {
	mu     sync.Mutex
	known  bool
	value  T
	flight *flight[T]
}

type flight[T any] struct {
	landed  chan struct{} // closed when value and err are set
	value   T
	err     error
	waiting int
	cancel  context.CancelFunc
}

// get returns what is remembered, or else what fetch returns. A caller whose ctx ends leaves with [ErrUnreadable]
// and the others stay: the flight is cancelled when the last of them has left, not when the first one does.
func (m *memo[T]) get(ctx context.Context, fetch func(context.Context) (T, error)) (T, error) {
	m.mu.Lock()
	if m.known {
		defer m.mu.Unlock()
		return m.value, nil
	}
	f := m.flight
	if f == nil {
		f = m.depart(ctx, fetch)
	}
	f.waiting++
	m.mu.Unlock()

	select {
	case <-f.landed:
		return f.value, f.err
	case <-ctx.Done():
		m.leave(f)
		var none T
		return none, fmt.Errorf("%w: interrupted: %w", ErrUnreadable, ctx.Err())
	}
}

// depart starts a flight; the caller holds the lock.
func (m *memo[T]) depart(ctx context.Context, fetch func(context.Context) (T, error)) *flight[T] {
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	f := &flight[T]{landed: make(chan struct{}), cancel: cancel}
	m.flight = f
	go func() {
		value, err := fetch(ctx)
		cancel()
		m.mu.Lock()
		defer m.mu.Unlock()
		f.value, f.err = value, err
		if err == nil {
			m.known, m.value = true, value
		}
		if m.flight == f {
			m.flight = nil
		}
		close(f.landed)
	}()
	return f
}

func (m *memo[T]) leave(f *flight[T]) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if f.waiting--; f.waiting > 0 {
		return
	}
	f.cancel()
	if m.flight == f { // whoever comes now must not board a flight that is being cancelled
		m.flight = nil
	}
}
