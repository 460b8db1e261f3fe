package provider

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/data-access/terraform-provider-provisioner/internal/person"
	"github.com/data-access/terraform-provider-provisioner/internal/singleuser"
)

var (
	_ resource.Resource                = (*singleUserClusterResource)(nil)
	_ resource.ResourceWithConfigure   = (*singleUserClusterResource)(nil)
	_ resource.ResourceWithModifyPlan  = (*singleUserClusterResource)(nil)
	_ resource.ResourceWithImportState = (*singleUserClusterResource)(nil)
	_ resource.ResourceWithIdentity    = (*singleUserClusterResource)(nil)
)

func newSingleUserClusterResource() resource.Resource { return &singleUserClusterResource{} }

type singleUserClusterResource struct{ clouds *clouds }

// Default time-outs. A cold cluster with libraries takes three to ten minutes; a scarce machine type much longer.
const (
	clusterCreateTimeout = 30 * time.Minute
	clusterReadTimeout   = 5 * time.Minute
	clusterDeleteTimeout = 10 * time.Minute
)

func (r *singleUserClusterResource) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_single_user_cluster"
	resp.ResourceBehavior.MutableIdentity = true // a purged cluster is made again under another id
}

func (r *singleUserClusterResource) Configure(_ context.Context, req resource.ConfigureRequest, resp *resource.ConfigureResponse) {
	r.clouds = configured(req.ProviderData, &resp.Diagnostics)
}

func (r *singleUserClusterResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var plan singleUserClusterModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	timeout, diags := plan.Timeouts.Create(ctx, clusterCreateTimeout)
	resp.Diagnostics.Append(diags...)
	fleet := r.fleet(ctx, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()

	cluster := r.ensure(ctx, fleet, &plan, &resp.Diagnostics)
	if cluster == nil {
		return
	}
	plan.NotifiedAt = types.StringNull()
	switch cluster.Outcome {
	case singleuser.Created:
		r.notify(ctx, &plan, cluster, &resp.Diagnostics)
	case singleuser.Failed:
		resp.Diagnostics.Append(resp.Private.SetKey(ctx, untoldKey, []byte("true"))...)
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, &plan)...)
	resp.Diagnostics.Append(resp.Identity.SetAttribute(ctx, path.Root("cluster_id"), plan.ClusterID)...)
}

func (r *singleUserClusterResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var state singleUserClusterModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	timeout, diags := state.Timeouts.Read(ctx, clusterReadTimeout)
	resp.Diagnostics.Append(diags...)
	fleet := r.fleet(ctx, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()

	before, id := state, state.ClusterID.ValueString()
	resp.Diagnostics.Append(resp.Identity.SetAttribute(ctx, path.Root("cluster_id"), id)...) // wanted even of what is gone
	cluster, err := fleet.Read(ctx, id)
	switch {
	case errors.Is(err, singleuser.ErrPurged) && state.Managed.ValueBool():
		state.purged()
	case singleuser.IsGone(err):
		resp.State.RemoveResource(ctx)
		return
	case err != nil:
		resp.Diagnostics.AddError("The cluster could not be read", fmt.Sprintf("Reading the cluster %s of %s: %s", id, state.UserEmail.ValueString(), err))
		return
	case state.UserEmail.IsNull(): // imported a moment ago
		resp.Diagnostics.Append(state.imported(cluster)...)
		fallthrough
	default:
		if state.Managed.ValueBool() && !cluster.Managed {
			resp.Diagnostics.AddWarning("A cluster is no longer this installation's", fmt.Sprintf(
				"The cluster %s of %s is managed by %q, and this provider's installation is %q: from now on nothing about it is changed, and destroy leaves it. "+
					"Give the provider its former installation back, or set on_existing to \"adopt\" to take the cluster over.", id, state.UserEmail.ValueString(), cluster.ManagedBy, r.clouds.installation()))
		}
		resp.Diagnostics.Append(state.saw(ctx, cluster, func() (bool, error) { return fleet.Pinned(ctx, id) })...)
	}
	r.clouds.noteRead(state.cluster(), &resp.Diagnostics)
	if !state.same(before) {
		resp.Diagnostics.Append(resp.State.Set(ctx, &state)...)
	}
}

func (r *singleUserClusterResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var plan, state singleUserClusterModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	timeout, diags := plan.Timeouts.Update(ctx, clusterCreateTimeout)
	resp.Diagnostics.Append(diags...)
	imported, diags := req.Private.GetKey(ctx, importedKey)
	resp.Diagnostics.Append(diags...)
	untold, diags := req.Private.GetKey(ctx, untoldKey)
	resp.Diagnostics.Append(diags...)
	fleet := r.fleet(ctx, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()

	var cluster *singleuser.Cluster
	switch {
	case state.isPurged():
		cluster = r.ensure(ctx, fleet, &plan, &resp.Diagnostics)
	case !plan.touches(state):
		plan.keep(state)
	default:
		cluster = r.update(ctx, fleet, &plan, state, imported != nil, &resp.Diagnostics)
	}
	if resp.Diagnostics.HasError() {
		return
	}
	plan.NotifiedAt = state.NotifiedAt
	if cluster != nil {
		if untold != nil && cluster.Outcome == singleuser.Created { // the first time that it is whole
			r.notify(ctx, &plan, cluster, &resp.Diagnostics)
			resp.Diagnostics.Append(resp.Private.SetKey(ctx, untoldKey, nil)...)
		}
		if !plan.DefaultsJSON.Equal(state.DefaultsJSON) { // from now on the settings are the configuration's
			resp.Diagnostics.Append(resp.Private.SetKey(ctx, importedKey, nil)...)
		}
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, &plan)...)
	resp.Diagnostics.Append(resp.Identity.SetAttribute(ctx, path.Root("cluster_id"), plan.ClusterID)...)
}

func (r *singleUserClusterResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	var state singleUserClusterModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	timeout, diags := state.Timeouts.Delete(ctx, clusterDeleteTimeout)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() || !state.Managed.ValueBool() { // what somebody else made is left
		return
	}
	who, err := person.Parse(state.UserEmail.ValueString())
	if err != nil {
		resp.Diagnostics.AddError("This is not an e-mail address", err.Error())
		return
	}
	fleet := r.fleet(ctx, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()

	removed, err := fleet.Remove(ctx, who, state.ClusterID.ValueString(), singleuser.Removal(state.OnDestroy.ValueString()), state.Pinned.ValueBool())
	switch {
	case err != nil:
		resp.Diagnostics.AddError("The cluster could not be removed", sentence(err))
	case !removed:
		resp.Diagnostics.AddWarning("A cluster was left in place", fmt.Sprintf("The cluster %s of %s is no longer this resource's: another resource of this configuration has it now, or its tags say that it is somebody else's. It was left as it is.", state.ClusterID.ValueString(), who))
	}
}

// ImportState takes a cluster's id, or an e-mail with or without a name: ana@example.com or ana@example.com/my-cluster.
func (r *singleUserClusterResource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	id := req.ID
	if id == "" && req.Identity != nil {
		resp.Diagnostics.Append(req.Identity.GetAttribute(ctx, path.Root("cluster_id"), &id)...)
	}
	if strings.Contains(id, "@") {
		id = r.findForImport(ctx, id, &resp.Diagnostics)
	}
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root("cluster_id"), id)...)
	resp.Diagnostics.Append(resp.Identity.SetAttribute(ctx, path.Root("cluster_id"), id)...)
	resp.Diagnostics.Append(resp.Private.SetKey(ctx, importedKey, []byte("true"))...)
}

func (r *singleUserClusterResource) findForImport(ctx context.Context, text string, diags *diag.Diagnostics) string {
	email, name, _ := strings.Cut(text, "/")
	who, err := person.Parse(email)
	if err != nil {
		diags.AddError("This cannot be imported", err.Error()+". Give the id of a cluster, an e-mail, or an e-mail and a name: ana@example.com/my-cluster.")
		return ""
	}
	if name == "" {
		name = defaultName(who)
	}
	fleet := r.fleet(ctx, diags)
	if diags.HasError() {
		return ""
	}
	cluster, err := fleet.Find(ctx, who, name)
	if err != nil {
		diags.AddError("This cannot be imported", sentence(err)+" Import it by its id, or name it: ana@example.com/my-cluster.")
		return ""
	}
	return cluster.ID
}
