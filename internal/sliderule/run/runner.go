package run

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/data-access/terraform-provider-provisioner/internal/await"
	"github.com/data-access/terraform-provider-provisioner/internal/sliderule"
	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/access"
	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/call"
)

// Options say how runs are made.
type Options struct {
	Installation string
	Clock        await.Clock
	// Foundation looks at the foundation: its bucket, schedule group, roles and settings are what runs are made with.
	Foundation func(context.Context) (*sliderule.Foundation, error)

	Rules  access.Table   // the zero Table: access.Default
	Caller *access.Caller // whose rights hold; nil is an administrator, which who has AWS credentials is
	// Progress, if given, is told what happens to runs that are started or waited for. It must not block.
	Progress func(context.Context, Event)
	// Token, if given, is the token that the tests of a private cluster are run with; "" for a public one. It reaches the
	// machine through a parameter of its own run, and nothing else.
	Token func(ctx context.Context, cluster string) (string, error)
	// Unique, if given, makes the part of an id that no other run has: a-z and 0-9, at most 20 of them.
	Unique func() string
}

// Runner starts runs in one account and region, and tells what they came to. It is safe for concurrent use, and holds
// no client of AWS's: each call makes its own.
type Runner struct {
	config  aws.Config
	options Options
	line    *await.Line
	tokens  sync.Map // id → token of a run that was started here, so that it is never shown
}

// New makes a runner; it calls nobody.
func New(cfg aws.Config, o Options) *Runner {
	if o.Rules.Levels == nil {
		o.Rules = access.Default()
	}
	if o.Caller == nil {
		o.Caller = &access.Caller{Level: access.Administrator}
	}
	if o.Unique == nil {
		o.Unique = unique
	}
	return &Runner{config: call.Singly(cfg), options: o, line: call.Line(o.Clock, again)}
}

func unique() string {
	var b [5]byte
	_, _ = rand.Read(b[:]) // it never fails
	return hex.EncodeToString(b[:])
}

// newID is the id of a run: it names the run's schedule, parameter, objects and tags, and sorts by time.
func (r *Runner) newID(w Wanted) string {
	return fmt.Sprintf("%s-%s-%s", w.Kind, r.options.Clock.Now().UTC().Format("20060102150405"), r.options.Unique())
}

func (r *Runner) tell(ctx context.Context, id, format string, values ...any) {
	if r.options.Progress != nil {
		r.options.Progress(ctx, Event{At: r.options.Clock.Now(), Run: id, Words: fmt.Sprintf(format, values...)})
	}
}

// foundation is what runs are made on. One that is another installation's, or that lacks what a run needs, is an error:
// the role of its scheduler ends its own installation's machines alone.
func (r *Runner) foundation(ctx context.Context) (*sliderule.Foundation, error) {
	f, err := r.options.Foundation(ctx)
	if err != nil {
		return nil, failed("looking at the foundation", err)
	}
	doing := "looking at the foundation " + f.Name
	if f.ManagedBy != r.options.Installation {
		return nil, failed(doing, fmt.Errorf("%w: it is the installation %q's, whose scheduler may not end runs of %q", ErrForeign, f.ManagedBy, r.options.Installation))
	}
	for _, needed := range []struct{ what, value string }{
		{"schedule group", f.ScheduleGroup}, {"role of the scheduler", f.SchedulerRole}, {"profile of test runs", f.RunProfile}, {"log bucket", f.LogBucket},
	} {
		if needed.value == "" {
			return nil, failed(doing, fmt.Errorf("%w yet: its stack is %s, and tells no %s", sliderule.ErrNoFoundation, f.StackStatus, needed.what))
		}
	}
	return f, nil
}
