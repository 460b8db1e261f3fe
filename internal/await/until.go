package await

import (
	"context"
	"time"
)

// Pace says how long to pause between two looks at a thing.
type Pace struct {
	Min   time.Duration // the shortest pause
	Max   time.Duration // the longest pause
	Share float64       // of the time already waited: a pause in proportion keeps lateness in proportion
}

// Patient suits things that take minutes, several after another: together at most a second late, or three in a
// hundred of the wait.
var Patient = Pace{Min: 350 * time.Millisecond, Max: 10 * time.Second, Share: 0.03}

// Pause is how long to wait before the next look, elapsed being the time already waited.
func (p Pace) Pause(elapsed time.Duration) time.Duration {
	return min(max(time.Duration(float64(elapsed)*p.Share), p.Min), p.Max)
}

// Until calls look, at the given pace, until it says done or returns an error.
// It returns look's error, or the context's when that ended first.
func Until(ctx context.Context, clock Clock, pace Pace, look func(context.Context) (done bool, err error)) error {
	start := clock.Now()
	for {
		done, err := look(ctx)
		if err != nil || done {
			return err
		}
		if err := clock.Sleep(ctx, pace.Pause(clock.Now().Sub(start))); err != nil {
			return err
		}
	}
}
