package sliderule

import (
	"context"
	"sync"
	"time"

	"github.com/data-access/terraform-provider-provisioner/internal/await"
)

// memo remembers one answer for a while. A failure is not remembered.
type memo[V any] struct {
	mu    sync.Mutex
	known bool
	value V
	at    time.Time
}

// get is the answer, asked for again when it is older than age; an age of 0 is for ever. Callers who come at the same
// time share one look.
func (m *memo[V]) get(ctx context.Context, clock await.Clock, age time.Duration, ask func(context.Context) (V, error)) (V, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.known && (age == 0 || clock.Now().Sub(m.at) < age) {
		return m.value, nil
	}
	value, err := ask(ctx)
	if err != nil {
		var none V
		return none, err
	}
	m.known, m.value, m.at = true, value, clock.Now()
	return value, nil
}

func (m *memo[V]) forget() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.known = false
}
