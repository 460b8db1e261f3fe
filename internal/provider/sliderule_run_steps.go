package provider

import (
	"context"
	"errors"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-log/tflog"

	"github.com/data-access/terraform-provider-provisioner/internal/sliderule"
	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/run"
)

// wait waits for a run and returns what is known of it then. That it did not pass is an error; that only our wait ended
// is a warning, and the run goes on.
func (r *slideruleRunResource) wait(ctx context.Context, runner *run.Runner, begun *run.Run, diags *diag.Diagnostics) *run.Run {
	done, err := runner.Wait(ctx, begun)
	var failure *run.Failure
	switch {
	case errors.As(err, &failure): // as it is: what ends it is the address of the log
		diags.AddError(fmt.Sprintf("The %s did not pass", r.kind.noun), runFailure(failure))
	case err != nil:
		diags.AddError(fmt.Sprintf("The %s could not be brought to its end", r.kind.noun), sentence(err))
	case done.Problem != nil:
		diags.AddWarning("The wait for a run was cut short", fmt.Sprintf("%s The run %s goes on, and its machine ends at %s whatever happens; the next apply waits for it again.",
			sentence(done.Problem), done.ID, momentOrNull(done.EndsAt).ValueString()))
	default:
		tflog.Info(ctx, "a run has ended", map[string]any{"run": done.ID, "status": string(done.Status)})
	}
	return done
}

// runFailure says what went wrong, and what comes of it.
func runFailure(failure *run.Failure) string {
	return "This run is replaced by the next apply: " + failure.Error()
}

// tellStart tells why no run came about, at the attribute that it is about, where there is one.
func (r *slideruleRunResource) tellStart(err error, data slideruleRunData, diags *diag.Diagnostics) {
	summary := fmt.Sprintf("The %s could not be started", r.kind.noun)
	var none *run.NoCapacity
	var invalid *run.Invalid
	attribute := ""
	switch {
	case errors.As(err, &none) && !none.OnDemand:
		attribute = "allow_on_demand"
	case errors.Is(err, run.ErrExists):
		attribute = "version"
	case errors.As(err, &invalid):
		attribute = invalid.Attribute
	}
	if _, ours := data.declared()[attribute]; ours {
		diags.AddAttributeError(path.Root(attribute), summary, sentence(err))
		return
	}
	diags.AddError(summary, sentence(err))
}

// look brings the state of a run up to date. It says false when the resource is to be forgotten: there is nothing left
// of its run, and nobody knows what it came to.
func (r *slideruleRunResource) look(ctx context.Context, runner *run.Runner, data slideruleRunData, diags *diag.Diagnostics) (keep bool) {
	state := data.common()
	importing, id := state.Status.IsNull(), state.RunID.ValueString()
	found, err := runner.Read(ctx, id)
	switch {
	case err != nil && !importing && noSlideruleBase(err):
		diags.AddWarning("A run could not be looked at", sentence(err)+fmt.Sprintf(" The state keeps the run %s as it was.", id))
	case err != nil:
		diags.AddError("The run could not be read", sentence(err))
	case found.Status == run.Vanished && importing:
		diags.AddError("This cannot be imported", fmt.Sprintf("There is neither a machine nor a summary of the run %s: its summary has expired, or it is a run of another account, region or foundation.", id))
	case found.Status == run.Vanished && state.justBegan(r.clouds.clock.Now()): // AWS does not show it yet
	case found.Status == run.Vanished:
		diags.AddWarning("A run has vanished", fmt.Sprintf("There is neither a machine nor a summary of the run %s, and nobody knows what it came to. The next apply runs again.", id))
		return false
	case !found.Managed && importing:
		diags.AddError("This cannot be imported", r.foreign(found))
	case !found.Managed:
		diags.AddWarning("A run is not this installation's", r.foreign(found)+" Nothing about it is changed, and destroy leaves it; it ends by itself. Give the provider its former installation back, or remove the run from one of the two states.")
	default:
		if importing {
			state.imported(found)
		}
		state.saw(found)
		data.took(found)
	}
	return true
}

func (r *slideruleRunResource) foreign(found *run.Run) string {
	return fmt.Sprintf("The machine %s of the run %s is managed by the installation %q, and this provider's installation is %q.", found.InstanceID, found.ID, found.ManagedBy, r.clouds.installation())
}

// noSlideruleBase: the foundation is gone, and with it what it knew of runs.
func noSlideruleBase(err error) bool {
	return errors.Is(err, sliderule.ErrNoFoundation) || errors.Is(err, sliderule.ErrGone)
}

// stop ends a run, and deletes the logs of all its attempts if the state says so.
func (r *slideruleRunResource) stop(ctx context.Context, runner *run.Runner, state *slideruleRunModel, diags *diag.Diagnostics) {
	deleteLogs, ids := state.DeleteLogs.ValueBool(), []string{state.RunID.ValueString()}
	if deleteLogs {
		ids = append(ids, textsIn(state.Previous.Elements())...)
	}
	for _, id := range ids {
		err := runner.Stop(ctx, id, deleteLogs)
		switch {
		case errors.Is(err, run.ErrForeign):
			diags.AddWarning("A run was left in place", sentence(err)+" It ends by itself.")
		case err != nil:
			diags.AddError("The run could not be ended", sentence(err))
			return
		}
	}
}

// identity writes what tells a run from all others. The account is that of the foundation; where that is gone, it is
// left out.
func (r *slideruleRunResource) identity(ctx context.Context, m *slideruleRunModel, identity *tfsdk.ResourceIdentity) diag.Diagnostics {
	region, account := r.place(ctx)
	return m.identity(ctx, region, account, identity)
}

func (r *slideruleRunResource) place(ctx context.Context) (region, account string) {
	if base, err := r.clouds.slideruleRunBase(context.WithoutCancel(ctx)); err == nil { // also when the wait was cut short
		return placeOfStack(base.StackID)
	}
	return r.clouds.slideruleRegion(), ""
}

// refuseOtherPlace refuses an import by an identity that says another region or account than where the provider works.
func (r *slideruleRunResource) refuseOtherPlace(ctx context.Context, identity *tfsdk.ResourceIdentity, diags *diag.Diagnostics) {
	if identity == nil {
		return
	}
	region, account := r.place(ctx)
	for _, is := range []struct{ attribute, there string }{{"region", region}, {"account", account}} {
		var said types.String
		diags.Append(identity.GetAttribute(ctx, path.Root(is.attribute), &said)...)
		if text := said.ValueString(); text != "" && text != is.there {
			diags.AddError("This cannot be imported", fmt.Sprintf("The identity says %s = %q, and the provider's credentials lead to %q: use a provider for that %s, or leave %s out.", is.attribute, text, is.there, is.attribute, is.attribute))
		}
	}
}
