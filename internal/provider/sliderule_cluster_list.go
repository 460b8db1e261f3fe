package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/list/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/data-access/terraform-provider-provisioner/internal/sliderule"
)

var (
	_ list.ListResource              = (*slideruleClusterListResource)(nil)
	_ list.ListResourceWithConfigure = (*slideruleClusterListResource)(nil)
)

func newSlideruleClusterListResource() list.ListResource { return &slideruleClusterListResource{} }

// slideruleClusterListResource lists this installation's clusters; names and types are the resource's own.
type slideruleClusterListResource struct{ slideruleClusterResource }

type slideruleClusterListModel struct {
	Status types.String `tfsdk:"status"`
}

func (r *slideruleClusterListResource) ListResourceConfigSchema(_ context.Context, _ list.ListResourceSchemaRequest, resp *list.ListResourceSchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "The SlideRule clusters that this installation made in the account and region. Those whose end has come are not there any more.",
		Attributes: map[string]schema.Attribute{
			"status": schema.StringAttribute{Optional: true, MarkdownDescription: "Only those with this status, such as `running`. Defaults to all."},
		},
	}
}

func (r *slideruleClusterListResource) List(ctx context.Context, req list.ListRequest, stream *list.ListResultsStream) {
	var config slideruleClusterListModel
	diags := req.Config.Get(ctx, &config)
	all := r.find(ctx, config, &diags)
	tellAll(stream, req.Limit, diags, all, func(c *sliderule.Cluster) list.ListResult { return r.result(ctx, req, c) })
}

func (r *slideruleClusterListResource) find(ctx context.Context, config slideruleClusterListModel, diags *diag.Diagnostics) (found []*sliderule.Cluster) {
	region := r.clouds.reachSliderule(ctx, diags)
	if diags.HasError() {
		return nil
	}
	all, err := region.List(ctx)
	if err != nil {
		diags.AddError("The clusters could not be listed", sentence(err))
	}
	for _, c := range all {
		if config.Status.IsNull() || config.Status.ValueString() == string(c.State) {
			found = append(found, c)
		}
	}
	return found
}

func (r *slideruleClusterListResource) result(ctx context.Context, req list.ListRequest, c *sliderule.Cluster) list.ListResult {
	result := req.NewListResult(ctx)
	m := emptySlideruleCluster()
	m.Cluster = types.StringValue(c.Name)
	m.imported(c, nil)
	m.saw(c, r.clouds.clock.Now())
	result.DisplayName = c.Name + " (" + string(c.State) + ")"
	result.Diagnostics.Append(m.identity(ctx, result.Identity)...)
	if req.IncludeResource {
		result.Diagnostics.Append(result.Resource.Set(ctx, &m)...)
	}
	return result
}
