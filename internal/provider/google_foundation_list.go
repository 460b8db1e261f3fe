package provider

import (
	"context"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/list/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/data-access/terraform-provider-provisioner/internal/notebook/foundation"
)

var (
	_ list.ListResource              = (*googleFoundationListResource)(nil)
	_ list.ListResourceWithConfigure = (*googleFoundationListResource)(nil)
)

func newGoogleFoundationListResource() list.ListResource { return &googleFoundationListResource{} }

// googleFoundationListResource lists this installation's foundations; names and types are the resource's own.
type googleFoundationListResource struct{ googleFoundationResource }

type googleFoundationListModel struct {
	Project types.String `tfsdk:"project"`
}

func (r *googleFoundationListResource) ListResourceConfigSchema(_ context.Context, _ list.ListResourceSchemaRequest, resp *list.ListResourceSchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "The foundations that this installation made in a project: a bucket with its label, together with the service account of its making that may read the bucket, or one of them alone.",
		Attributes: map[string]schema.Attribute{
			"project": schema.StringAttribute{Optional: true, MarkdownDescription: "Google Cloud project. Defaults to the provider's."},
		},
	}
}

func (r *googleFoundationListResource) List(ctx context.Context, req list.ListRequest, stream *list.ListResultsStream) {
	var config googleFoundationListModel
	diags := req.Config.Get(ctx, &config)
	all := r.find(ctx, config, &diags)
	tellAll(stream, req.Limit, diags, all, func(f *foundation.Foundation) list.ListResult { return r.result(ctx, req, f) })
}

func (r *googleFoundationListResource) find(ctx context.Context, config googleFoundationListModel, diags *diag.Diagnostics) []*foundation.Foundation {
	family := r.clouds.reachGoogle(ctx, diags)
	project := r.clouds.projectOf(config.Project)
	if family != nil && project == "" {
		diags.AddAttributeError(path.Root("project"), "There is no Google Cloud project", noProject)
	}
	if diags.HasError() {
		return nil
	}
	all, err := family.foundations.List(ctx, project)
	if err != nil {
		diags.AddError("The foundations could not be listed", sentence(err))
	}
	return all
}

func (r *googleFoundationListResource) result(ctx context.Context, req list.ListRequest, f *foundation.Foundation) list.ListResult {
	result := req.NewListResult(ctx)
	m := foundationFound(f)
	result.DisplayName = m.ID.ValueString()
	result.Diagnostics.Append(m.identity(ctx, result.Identity)...)
	if req.IncludeResource {
		result.Diagnostics.Append(result.Resource.Set(ctx, &m)...)
	}
	return result
}

// foundationFound is a foundation that no configuration has yet.
func foundationFound(f *foundation.Foundation) googleFoundationModel {
	account, _, _ := strings.Cut(f.ServiceAccountEmail, "@")
	m := googleFoundationModel{
		Project: types.StringValue(f.Project), Bucket: stringOrNull(f.Bucket), ServiceAccountID: stringOrNull(account),
		Roles: types.SetNull(types.StringType), Users: types.SetNull(types.StringType), Labels: types.MapNull(types.StringType), Timeouts: noTimeouts(),
	}
	m.imported()
	if len(f.Roles) > 0 {
		m.Roles = setOf(f.Roles)
	}
	if len(f.Users) > 0 {
		m.Users = setOf(f.Users)
	}
	if labels := declarableLabels(f.Labels); len(labels) > 0 {
		m.Labels = mapOf(labels)
	}
	m.saw(f)
	return m
}
