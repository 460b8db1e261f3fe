package slack

import (
	"context"
	"fmt"
	"time"

	"github.com/data-access/terraform-provider-provisioner/internal/await"
)

const (
	patience = 5 * time.Minute // a longer Retry-After is not waited for
	outages  = 3               // attempts while Slack does not answer: whoever waits for the message has better things to do
)

// backoff is for throttling without a readable Retry-After: Slack counts by the minute.
var backoff = await.Backoff{Attempts: 8, First: time.Second, Max: 30 * time.Second}

// call runs one step until it succeeds or another attempt is pointless or unsafe.
func (c *caller) call(ctx context.Context, s step, do func(context.Context) error) error {
	failed := 0
	judge := func(err error) await.Verdict {
		switch cause := causeOf(err); {
		case cause.kind == throttling:
			return await.Verdict{Again: cause.after <= patience, After: cause.after}
		case cause.kind == outage && !s.posts:
			failed++
			return await.Verdict{Again: failed < outages}
		}
		return await.Verdict{}
	}
	err := await.Retry(ctx, c.clock, backoff, judge, func(ctx context.Context) error {
		if ctx.Err() != nil {
			return errNotSent
		}
		return do(ctx)
	})
	if err != nil {
		return fmt.Errorf("%s: %w", s.name, c.explain(ctx, s, err))
	}
	return nil
}
