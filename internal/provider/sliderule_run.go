package provider

import (
	"context"
	"sync"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-log/tflog"

	"github.com/data-access/terraform-provider-provisioner/internal/sliderule"
	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/run"
)

// slideruleRunning is what starts runs, made once for each caller.
type slideruleRunning struct {
	runner *run.Runner
	of     *sliderule.Region // whose caller it is
	base   slideruleBase
}

// slideruleRuns starts runs in the account and region that the credentials lead to, and tells what they came to, as the
// bearer of jwt_user may have them.
func (c *clouds) slideruleRuns(ctx context.Context) (*run.Runner, error) {
	region, err := c.sliderule(ctx)
	if err != nil {
		return nil, err
	}
	f := &c.sliderules
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.runs.runner != nil && f.runs.of == region {
		return f.runs.runner, nil
	}
	caller := region.Caller()
	f.runs.of = region
	f.runs.runner = run.New(f.located, run.Options{
		Installation: c.installation(), Clock: c.clock, Rules: region.Rules(), Caller: &caller, Progress: toldOfRun,
		Foundation: c.slideruleRunBase,
		Token:      c.slideruleRunToken,
	})
	return f.runs.runner, nil
}

// reachRuns connects AWS for runs; a failure is told as an error.
func (c *clouds) reachRuns(ctx context.Context, diags *diag.Diagnostics) *run.Runner {
	if region := c.reachSliderule(ctx, diags); region == nil || diags.HasError() {
		return nil
	}
	runner, err := c.slideruleRuns(ctx)
	if err != nil {
		diags.AddError("AWS cannot be reached", sentence(err))
	}
	return runner
}

// slideruleBase remembers the foundation for a moment: many runs are looked at at once, and a foundation that changed
// within the same apply must be seen as it is now. A failure is not remembered.
type slideruleBase struct {
	mu    sync.Mutex
	found *sliderule.Foundation
	at    time.Time
}

const slideruleBaseAge = 10 * time.Second

// slideruleRunBase is the foundation that runs are made on, with the installation that made it.
func (c *clouds) slideruleRunBase(ctx context.Context) (*sliderule.Foundation, error) {
	region, err := c.sliderule(ctx)
	if err != nil {
		return nil, err
	}
	base := &c.sliderules.runs.base
	base.mu.Lock()
	defer base.mu.Unlock()
	if base.found != nil && c.clock.Now().Sub(base.at) < slideruleBaseAge {
		return base.found, nil
	}
	found, err := region.ReadFoundation(ctx, c.slideruleFoundation().ValueString())
	if err != nil {
		return nil, err
	}
	base.found, base.at = found, c.clock.Now()
	return found, nil
}

// runListener is the key of who listens to the runs of a context.
type runListener struct{}

// listeningToRuns is a context whose runs tell what happens to them to somebody besides TF_LOG. The listener must not
// block, and is called from the goroutine that starts or waits.
func listeningToRuns(ctx context.Context, listener func(run.Event)) context.Context {
	return context.WithValue(ctx, runListener{}, listener)
}

// toldOfRun tells TF_LOG, and who listens, what becomes of a run that is started or waited for.
func toldOfRun(ctx context.Context, e run.Event) {
	tflog.Info(ctx, "run event", map[string]any{"run": e.Run, "event": e.Words, "at": e.At.UTC().Format(time.RFC3339)})
	if listener, ok := ctx.Value(runListener{}).(func(run.Event)); ok {
		listener(e)
	}
}
