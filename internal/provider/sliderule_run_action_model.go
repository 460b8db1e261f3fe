package provider

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/action/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"

	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/run"
	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/run/script"
	"github.com/data-access/terraform-provider-provisioner/internal/step"
)

type slideruleTestActionModel struct {
	slideruleRunInput
	Timeouts timeouts.Value `tfsdk:"timeouts"`
}

type slideruleReleaseActionModel struct {
	slideruleRunInput
	slideruleReleaseInput
	Timeouts timeouts.Value `tfsdk:"timeouts"`
}

// askedRun is what the configuration of an action asks for.
type askedRun struct {
	wanted   run.Wanted
	values   map[string]attr.Value // as they are configured, by name
	timeouts timeouts.Value
}

// asked reads the configuration of an action of either kind.
func (a *slideruleRunAction) asked(ctx context.Context, config tfsdk.Config, diags *diag.Diagnostics) (asked askedRun) {
	if a.kind == script.Release {
		var m slideruleReleaseActionModel
		diags.Append(config.Get(ctx, &m)...)
		asked = askedRun{m.release(&m.slideruleReleaseInput), m.slideruleRunInput.declared(), m.Timeouts}
		maps.Copy(asked.values, m.slideruleReleaseInput.declared())
		asked.values["retries"] = m.Retries
		return asked
	}
	var m slideruleTestActionModel
	diags.Append(config.Get(ctx, &m)...)
	asked = askedRun{m.test(), m.declared(), m.Timeouts}
	asked.values["retries"] = m.Retries
	return asked
}

// aroundARun is how long a machine may take to start, to end, and to tell what it came to, besides its time limit.
const aroundARun = 30 * time.Minute

// timeout is how long to wait: for all attempts, if nothing else is configured.
func (asked askedRun) timeout(ctx context.Context, diags *diag.Diagnostics) time.Duration {
	limit := asked.wanted.TimeLimit
	if limit == 0 {
		limit = run.DefaultTestLimit
		if asked.wanted.Kind == script.Release {
			limit = run.DefaultReleaseLimit
		}
	}
	timeout, more := asked.timeouts.Invoke(ctx, time.Duration(asked.wanted.Retries+1)*(limit+aroundARun))
	diags.Append(more...)
	return timeout
}

// runAttribute is our name of an attribute of the engine's.
func runAttribute(engines string) string {
	if engines == "images" {
		return imageNames
	}
	return engines
}

// digestLines tell what a release pushed. Of suites the run itself tells.
func digestLines(r *run.Run) (lines []string) {
	for _, image := range slices.Sorted(maps.Keys(r.Digests)) {
		lines = append(lines, fmt.Sprintf("%s: image %s:%s is %s", r.ID, image, r.Version, r.Digests[image]))
	}
	return lines
}

// why is what kept a wait from going on, without the engine's remedy: it is for who keeps a state, and waits again.
func why(err error) string {
	var told *step.Error
	if !errors.As(err, &told) {
		return err.Error()
	}
	plain := *told
	plain.Remedy = ""
	return plain.Error()
}
