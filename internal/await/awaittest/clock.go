// Package awaittest has a clock for tests: a sleep moves it on at once, so no test ever waits.
package awaittest

import (
	"context"
	"sync"
	"time"
)

// Clock is a clock that only moves when somebody sleeps on it or calls Advance.
type Clock struct {
	mu     sync.Mutex
	now    time.Time
	slept  []time.Duration
	onTick func(time.Time)
}

// New is a clock that stands at 2026-01-02 03:04:05 UTC.
func New() *Clock {
	return &Clock{now: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)}
}

// Now is the time on the clock.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// Sleep moves the clock by d and returns at once.
func (c *Clock) Sleep(ctx context.Context, d time.Duration) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	c.mu.Lock()
	c.slept = append(c.slept, d)
	c.mu.Unlock()
	c.Advance(d)
	return ctx.Err()
}

// Advance moves the clock by d.
func (c *Clock) Advance(d time.Duration) {
	c.mu.Lock()
	c.now = c.now.Add(d)
	now, tick := c.now, c.onTick
	c.mu.Unlock()
	if tick != nil {
		tick(now)
	}
}

// OnTick calls f after every move, outside the clock's lock.
func (c *Clock) OnTick(f func(time.Time)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.onTick = f
}

// Slept lists every pause so far.
func (c *Clock) Slept() []time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]time.Duration(nil), c.slept...)
}
