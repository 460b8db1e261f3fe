package await

import (
	"context"
	"sync/atomic"
	"time"
)

// impatience is how long a far end that did not answer is asked only once for each thing: a plan over a thousand
// people must not try a dead address a thousand times a minute each.
const impatience = time.Minute

// Line is how one far end is called: what fails is repeated as long as Judge thinks that it helps, and a far end that
// does not answer at all is not tried hard again for every read. It is safe for concurrent use.
type Line struct {
	Clock      Clock
	Judge      func(error) Verdict // of a failed attempt
	Unanswered func(error) bool    // no answer came, not even a refusal

	unreached atomic.Int64 // when the far end last did not answer, in Unix nanoseconds
}

// Repeat repeats what can be repeated without harm.
func (l *Line) Repeat(ctx context.Context, do func(context.Context) error) error {
	return l.attempt(ctx, Gentle, do)
}

// Ask is Repeat for reads, of which a run has thousands: a far end that just did not answer is asked once.
func (l *Line) Ask(ctx context.Context, do func(context.Context) error) error {
	backoff := Gentle
	if l.Clock.Now().UnixNano()-l.unreached.Load() < int64(impatience) {
		backoff.Attempts = 1
	}
	return l.attempt(ctx, backoff, do)
}

func (l *Line) attempt(ctx context.Context, backoff Backoff, do func(context.Context) error) error {
	err := Retry(ctx, l.Clock, backoff, func(err error) Verdict {
		if ctx.Err() != nil {
			return Verdict{}
		}
		return l.Judge(err)
	}, do)
	switch {
	case err == nil:
		l.unreached.Store(0)
	case ctx.Err() == nil && l.Unanswered(err):
		l.unreached.Store(l.Clock.Now().UnixNano())
	}
	return err
}
