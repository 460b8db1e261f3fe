package sliderule

import (
	"context"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"

	"github.com/data-access/terraform-provider-provisioner/internal/await"
)

// memo remembers one answer for a while. A failure is not remembered, but those who came while it was being found out
// share it.
type memo[V any] struct {
	flight  singleflight.Group
	mu      sync.Mutex
	known   bool
	value   V
	at      time.Time
	forgets int // what is being asked for while somebody forgets is not remembered
}

// get is the answer, asked for again when it is older than age; an age of 0 is for ever. Callers who come at the same
// time share one look, which does not end with the caller that happened to begin it.
func (m *memo[V]) get(ctx context.Context, clock await.Clock, age time.Duration, ask func(context.Context) (V, error)) (value V, err error) {
	m.mu.Lock()
	value, known, forgets := m.value, m.known && (age == 0 || clock.Now().Sub(m.at) < age), m.forgets
	m.mu.Unlock()
	if known {
		return value, nil
	}
	arrived := m.flight.DoChan("", func() (any, error) {
		value, err := ask(context.WithoutCancel(ctx))
		m.mu.Lock()
		defer m.mu.Unlock()
		if err == nil && m.forgets == forgets {
			m.known, m.value, m.at = true, value, clock.Now()
		}
		return value, err
	})
	var none V
	select {
	case <-ctx.Done():
		return none, ctx.Err()
	case answer := <-arrived:
		if answer.Err != nil {
			return none, answer.Err
		}
		return answer.Val.(V), nil
	}
}

func (m *memo[V]) forget() {
	m.flight.Forget("")
	m.mu.Lock()
	defer m.mu.Unlock()
	m.known = false
	m.forgets++
}
