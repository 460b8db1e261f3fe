package provider

import (
	"context"
	"fmt"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/list/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/data-access/terraform-provider-provisioner/internal/person"
	"github.com/data-access/terraform-provider-provisioner/internal/singleuser"
)

var (
	_ list.ListResource              = (*singleUserClusterListResource)(nil)
	_ list.ListResourceWithConfigure = (*singleUserClusterListResource)(nil)
)

func newSingleUserClusterListResource() list.ListResource { return &singleUserClusterListResource{} }

// singleUserClusterListResource lists this installation's clusters; names and types are the resource's own.
type singleUserClusterListResource struct{ singleUserClusterResource }

type singleUserClusterListModel struct {
	UserEmail types.String `tfsdk:"user_email"`
}

func (r *singleUserClusterListResource) ListResourceConfigSchema(_ context.Context, _ list.ListResourceSchemaRequest, resp *list.ListResourceSchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "The single-user clusters that this installation made.",
		Attributes: map[string]schema.Attribute{
			"user_email": schema.StringAttribute{Optional: true, Validators: []validator.String{emailValidator}, MarkdownDescription: "Only this person's."},
		},
	}
}

func (r *singleUserClusterListResource) List(ctx context.Context, req list.ListRequest, stream *list.ListResultsStream) {
	var config singleUserClusterListModel
	diags := req.Config.Get(ctx, &config)
	fleet := r.fleet(ctx, &diags)
	all := r.find(ctx, fleet, &diags)
	all = slices.DeleteFunc(all, func(cluster *singleuser.Cluster) bool {
		return !config.UserEmail.IsNull() && !isEmail(config.UserEmail.ValueString(), cluster.Email)
	})
	tellAll(stream, req.Limit, diags, all, func(cluster *singleuser.Cluster) list.ListResult { return r.result(ctx, req, fleet, cluster) })
}

func (r *singleUserClusterListResource) find(ctx context.Context, fleet *singleuser.Fleet, diags *diag.Diagnostics) []*singleuser.Cluster {
	if diags.HasError() {
		return nil
	}
	all, err := fleet.ReadOwned(ctx)
	if err != nil {
		diags.AddError("The clusters could not be listed", sentence(err))
	}
	return all
}

func (r *singleUserClusterListResource) result(ctx context.Context, req list.ListRequest, fleet *singleuser.Fleet, cluster *singleuser.Cluster) list.ListResult {
	result := req.NewListResult(ctx)
	result.DisplayName = fmt.Sprintf("%s (%s)", cluster.Email, cluster.Name)
	result.Diagnostics.Append(result.Identity.SetAttribute(ctx, path.Root("cluster_id"), cluster.ID)...)
	if !req.IncludeResource {
		return result
	}
	whole, err := fleet.Read(ctx, cluster.ID)
	if err != nil {
		result.Diagnostics.AddError("The cluster could not be read", sentence(err))
		return result
	}
	m := singleUserClusterModel{
		Permissions: types.SetNull(permissionType), Libraries: types.ListNull(libraryType),
		Notification: types.ObjectNull(notificationTypes), Timeouts: noTimeouts(),
	}
	result.Diagnostics.Append(m.imported(whole)...)
	result.Diagnostics.Append(m.saw(ctx, whole, func() (bool, error) { return fleet.Pinned(ctx, whole.ID) })...)
	result.Diagnostics.Append(result.Resource.Set(ctx, &m)...)
	return result
}

func isEmail(wanted, email string) bool {
	who, err := person.Parse(wanted)
	return err == nil && who.Is(email)
}
