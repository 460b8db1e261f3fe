package provider

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/run"
	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/run/script"
)

var (
	_ action.Action                   = (*slideruleRunAction)(nil)
	_ action.ActionWithConfigure      = (*slideruleRunAction)(nil)
	_ action.ActionWithValidateConfig = (*slideruleRunAction)(nil)
	_ action.ActionWithModifyPlan     = (*slideruleRunAction)(nil)
)

func newSlideruleTestAction() action.Action { return &slideruleRunAction{kind: script.Test} }

func newSlideruleReleaseAction() action.Action { return &slideruleRunAction{kind: script.Release} }

// slideruleRunAction starts a run of one kind and stays with it until it has ended, for nobody could wait for it
// afterwards: an action leaves no state.
type slideruleRunAction struct {
	kind   script.Kind
	clouds *clouds
}

func (a *slideruleRunAction) Metadata(_ context.Context, req action.MetadataRequest, resp *action.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_sliderule_" + string(a.kind)
}

func (a *slideruleRunAction) Configure(_ context.Context, req action.ConfigureRequest, resp *action.ConfigureResponse) {
	a.clouds = configured(req.ProviderData, &resp.Diagnostics)
}

// ValidateConfig refuses what the configuration alone shows to be impossible for anybody. Who asks is known at plan.
func (a *slideruleRunAction) ValidateConfig(ctx context.Context, req action.ValidateConfigRequest, resp *action.ValidateConfigResponse) {
	if asked := a.asked(ctx, req.Config, &resp.Diagnostics); !resp.Diagnostics.HasError() {
		judgeRun(asked.wanted, asked.values, nil, &resp.Diagnostics)
	}
}

// ModifyPlan refuses, before anything is applied, what the caller may not have.
func (a *slideruleRunAction) ModifyPlan(ctx context.Context, req action.ModifyPlanRequest, resp *action.ModifyPlanResponse) {
	asked := a.asked(ctx, req.Config, &resp.Diagnostics)
	if region := a.clouds.probeSliderule(ctx, &resp.Diagnostics); region != nil && !resp.Diagnostics.HasError() {
		judgeRun(asked.wanted, asked.values, region, &resp.Diagnostics)
	}
}

func (a *slideruleRunAction) Invoke(ctx context.Context, req action.InvokeRequest, resp *action.InvokeResponse) {
	asked := a.asked(ctx, req.Config, &resp.Diagnostics)
	timeout := asked.timeout(ctx, &resp.Diagnostics)
	runner := a.clouds.reachRuns(ctx, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	tell := func(line string) { resp.SendProgress(action.InvokeProgressEvent{Message: line}) }
	ctx = listeningToRuns(ctx, func(e run.Event) { tell(e.String()) })

	started, err := runner.Start(ctx, asked.wanted)
	if err != nil {
		a.tellNoStart(err, asked, &resp.Diagnostics)
		return
	}
	tell(fmt.Sprintf("%s: its log will be at %s", started.ID, started.LogURI))
	last, err := runner.Wait(ctx, started)
	a.tellEnd(last, err, &resp.Diagnostics)
	if !resp.Diagnostics.HasError() {
		for _, line := range digestLines(last) {
			tell(line)
		}
	}
}

// tellNoStart tells why there is no run, at the attribute that it is about, where there is one.
func (a *slideruleRunAction) tellNoStart(err error, asked askedRun, diags *diag.Diagnostics) {
	summary := "The test run could not be started"
	if a.kind == script.Release {
		summary = "The release could not be started"
	}
	var none *run.NoCapacity
	var invalid *run.Invalid
	attribute := ""
	switch {
	case errors.As(err, &none) && !none.OnDemand:
		attribute = "allow_on_demand"
	case errors.Is(err, run.ErrExists):
		attribute = "version"
	case errors.As(err, &invalid):
		attribute = runAttribute(invalid.Attribute)
	}
	if _, ours := asked.values[attribute]; ours {
		diags.AddAttributeError(path.Root(attribute), summary, sentence(err))
		return
	}
	diags.AddError(summary, sentence(err))
}

// tellEnd tells what a run came to that did not pass, or that nobody waits for any more.
func (a *slideruleRunAction) tellEnd(last *run.Run, err error, diags *diag.Diagnostics) {
	what, failed := "test run", "The tests did not pass"
	if a.kind == script.Release {
		what, failed = "release", "The version was not released"
	}
	var failure *run.Failure
	switch {
	case errors.As(err, &failure):
		text := failure.Error() // of several lines, the last of which ends with an address
		diags.AddError(failed, strings.ToUpper(text[:1])+text[1:])
	case err != nil: // an attempt after an interrupted one that could not be started
		diags.AddError(failed, sentence(err))
	case last.Problem != nil:
		still := fmt.Sprintf("goes on, and ends by itself at %s at the latest. Its log will be", last.EndsAt.UTC().Format(time.RFC3339))
		if !last.EndedAt.IsZero() { // only what it came to could not be looked up, or another attempt not be started
			still = "has ended. Its log is"
		}
		diags.AddError("The wait for a "+what+" was cut short", fmt.Sprintf("%s The run %s %s at %s, and what it came to at %s. Invoking the action again starts another run.",
			sentence(errors.New(why(last.Problem))), last.ID, still, last.LogURI, last.SummaryURI))
	}
}
