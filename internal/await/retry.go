package await

import (
	"context"
	"time"
)

// Verdict is what a retry rule says about one failed attempt.
type Verdict struct {
	Again bool
	After time.Duration // the server's own wish (Retry-After); zero lets the back-off decide
}

// Backoff is the schedule of a retry: Attempts in all, pausing First, then doubling up to Max.
type Backoff struct {
	Attempts int
	First    time.Duration
	Max      time.Duration
}

// Gentle suits control planes that throttle: about a minute in all.
var Gentle = Backoff{Attempts: 8, First: 500 * time.Millisecond, Max: 20 * time.Second}

// Retry calls do until it succeeds, judge says that another attempt is pointless, the attempts are used up,
// or ctx ends. It returns do's last error.
func Retry(ctx context.Context, clock Clock, backoff Backoff, judge func(error) Verdict, do func(context.Context) error) error {
	pause := backoff.First
	for attempt := 1; ; attempt++ {
		err := do(ctx)
		if err == nil {
			return nil
		}
		verdict := judge(err)
		if !verdict.Again || attempt >= backoff.Attempts {
			return err
		}
		wait := pause
		if verdict.After > 0 {
			wait = verdict.After
		}
		if clock.Sleep(ctx, wait) != nil {
			return err
		}
		pause = min(2*pause, backoff.Max)
	}
}
