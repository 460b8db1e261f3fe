package provider

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-log/tflog"

	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/run/script"
)

var (
	_ resource.Resource                   = (*slideruleRunResource)(nil)
	_ resource.ResourceWithConfigure      = (*slideruleRunResource)(nil)
	_ resource.ResourceWithValidateConfig = (*slideruleRunResource)(nil)
	_ resource.ResourceWithModifyPlan     = (*slideruleRunResource)(nil)
	_ resource.ResourceWithImportState    = (*slideruleRunResource)(nil)
	_ resource.ResourceWithIdentity       = (*slideruleRunResource)(nil)
)

// slideruleRunKind is what a kind of run has of its own.
type slideruleRunKind struct {
	kind     script.Kind
	typeName string // of the resource, after the provider's
	noun     string
	empty    func() slideruleRunData
	schema   func(context.Context) schema.Schema
}

// slideruleRunResource is a run of one kind: a test, or a release.
type slideruleRunResource struct {
	clouds *clouds
	kind   slideruleRunKind
}

// runDeleteTimeout is for a deletion that waits until the machine has ended, which writes its log last.
const runDeleteTimeout = 20 * time.Minute

// Metadata also says that the id of a run may change: another attempt at it is another run.
func (r *slideruleRunResource) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + r.kind.typeName
	resp.ResourceBehavior.MutableIdentity = true
}

func (r *slideruleRunResource) Schema(ctx context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = r.kind.schema(ctx)
}

func (r *slideruleRunResource) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	runIdentity(resp)
}

func (r *slideruleRunResource) Configure(_ context.Context, req resource.ConfigureRequest, resp *resource.ConfigureResponse) {
	r.clouds = configured(req.ProviderData, &resp.Diagnostics)
}

// Create starts a run, and waits for it. One that did not pass stays in the state: Terraform marks what an error leaves
// there as tainted, so that the next apply replaces it.
func (r *slideruleRunResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	data := r.kind.empty()
	resp.Diagnostics.Append(req.Plan.Get(ctx, data)...)
	plan := data.common()
	timeout, diags := plan.Timeouts.Create(ctx, plan.attempts(r.kind.kind))
	resp.Diagnostics.Append(diags...)
	runner := r.clouds.reachRuns(ctx, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()

	if r.judge(ctx, data, &resp.Diagnostics); resp.Diagnostics.HasError() { // what was not known at plan
		return
	}
	begun, err := runner.Start(ctx, data.wanted())
	if err != nil {
		r.tellStart(err, data, &resp.Diagnostics)
		return
	}
	tflog.Info(ctx, "started a run", map[string]any{"run": begun.ID, "instance": begun.InstanceID, "ends_at": momentOrNull(begun.EndsAt).ValueString()})
	if plan.Wait.ValueBool() {
		begun = r.wait(ctx, runner, begun, &resp.Diagnostics)
	}
	plan.began(begun)
	data.took(begun)
	resp.Diagnostics.Append(resp.State.Set(ctx, data)...)
	resp.Diagnostics.Append(r.identity(ctx, plan, resp.Identity)...)
}

// Read looks at a run that was under way. What one has come to never changes, also when nothing is left that tells it.
func (r *slideruleRunResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	data := r.kind.empty()
	resp.Diagnostics.Append(req.State.Get(ctx, data)...)
	state := data.common()
	timeout, diags := state.Timeouts.Read(ctx, promptTimeout)
	resp.Diagnostics.Append(diags...)
	runner := r.clouds.reachRuns(ctx, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()

	importing := state.Status.IsNull()
	if importing || !state.runStatus().Ended() {
		keep := r.look(ctx, runner, data, &resp.Diagnostics)
		if resp.Diagnostics.HasError() {
			return
		}
		if !keep {
			resp.Diagnostics.Append(r.identity(ctx, state, resp.Identity)...) // wanted even of what is gone
			resp.State.RemoveResource(ctx)
			return
		}
	}
	if importing {
		if r.refuseOtherPlace(ctx, req.Identity, &resp.Diagnostics); resp.Diagnostics.HasError() {
			return
		}
		resp.Diagnostics.Append(resp.Private.SetKey(ctx, importedKey, []byte("true"))...)
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, data)...)
	resp.Diagnostics.Append(r.identity(ctx, state, resp.Identity)...)
}

// Update asks AWS for nothing, unless it goes on waiting for a run.
func (r *slideruleRunResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	data, before := r.kind.empty(), r.kind.empty()
	resp.Diagnostics.Append(req.Plan.Get(ctx, data)...)
	resp.Diagnostics.Append(req.State.Get(ctx, before)...)
	plan, state := data.common(), before.common()
	timeout, diags := plan.Timeouts.Update(ctx, plan.attempts(r.kind.kind))
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	if plan.Status.IsUnknown() {
		runner := r.clouds.reachRuns(ctx, &resp.Diagnostics)
		if resp.Diagnostics.HasError() {
			return
		}
		ctx, cancel := context.WithTimeout(ctx, timeout)
		defer cancel()
		found, err := runner.Read(ctx, state.RunID.ValueString())
		if err != nil {
			resp.Diagnostics.AddError("The run could not be read", sentence(err))
			return
		}
		done := r.wait(ctx, runner, resumed(found, data, state), &resp.Diagnostics)
		plan.began(done)
		data.took(done)
	}
	resp.Diagnostics.Append(resp.Private.SetKey(ctx, importedKey, nil)...)
	resp.Diagnostics.Append(resp.State.Set(ctx, data)...)
	resp.Diagnostics.Append(r.identity(ctx, plan, resp.Identity)...)
}

// Delete ends a run that still goes on. Its logs stay, unless the state says otherwise.
func (r *slideruleRunResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	data := r.kind.empty()
	resp.Diagnostics.Append(req.State.Get(ctx, data)...)
	state := data.common()
	timeout, diags := state.Timeouts.Delete(ctx, runDeleteTimeout)
	resp.Diagnostics.Append(diags...)
	runner := r.clouds.reachRuns(ctx, &resp.Diagnostics)
	if resp.Diagnostics.HasError() || r.refuseDestroy(ctx, data, &resp.Diagnostics) {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	r.stop(ctx, runner, state, &resp.Diagnostics)
}

// ImportState takes the id of a run.
func (r *slideruleRunResource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	id := types.StringValue(req.ID)
	if req.ID == "" && req.Identity != nil {
		resp.Diagnostics.Append(req.Identity.GetAttribute(ctx, path.Root("run_id"), &id)...)
	}
	if !strings.HasPrefix(id.ValueString(), string(r.kind.kind)+"-") {
		resp.Diagnostics.AddError("This cannot be imported", fmt.Sprintf("%q is not the id of a %s: give one such as %s-20260102030405-0a1b2c3d4e, which provisioner%s has as run_id, and which names the folder of its log.",
			id.ValueString(), r.kind.noun, r.kind.kind, r.kind.typeName))
	}
	if resp.Diagnostics.HasError() {
		return
	}
	data := r.kind.empty()
	data.common().ID, data.common().RunID = id, id
	resp.Diagnostics.Append(resp.State.Set(ctx, data)...)
	if resp.Identity != nil {
		resp.Diagnostics.Append(resp.Identity.SetAttribute(ctx, path.Root("run_id"), id)...)
	}
}
