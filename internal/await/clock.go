// Package await waits until something has settled, by a clock that tests can move.
package await

import (
	"context"
	"time"
)

// Clock is the only source of time in this provider. Production code uses [RealClock]; tests pass one
// that moves when they say so.
type Clock interface {
	// Now is the current time.
	Now() time.Time
	// Sleep returns nil after d, or the context's error as soon as ctx ends.
	Sleep(ctx context.Context, d time.Duration) error
}

// RealClock is the machine's clock.
type RealClock struct{}

// Now is the machine's time.
func (RealClock) Now() time.Time { return time.Now() }

// Sleep pauses for d, or until ctx ends.
func (RealClock) Sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
