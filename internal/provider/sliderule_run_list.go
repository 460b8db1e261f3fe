package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/list/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/run"
)

var (
	_ list.ListResource              = (*slideruleRunListResource)(nil)
	_ list.ListResourceWithConfigure = (*slideruleRunListResource)(nil)
)

func newSlideruleTestListResource() list.ListResource {
	return &slideruleRunListResource{*newTestRuns()}
}

func newSlideruleReleaseListResource() list.ListResource {
	return &slideruleRunListResource{*newReleases()}
}

// slideruleRunListResource lists this installation's runs of one kind; names and types are the resource's own.
type slideruleRunListResource struct{ slideruleRunResource }

type slideruleRunListModel struct {
	Status types.String `tfsdk:"status"`
}

func (r *slideruleRunListResource) ListResourceConfigSchema(_ context.Context, _ list.ListResourceSchemaRequest, resp *list.ListResourceSchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Every " + r.kind.noun + " that this installation ran in the account and region, oldest first: those that have a machine, and those whose summary or log is still there.",
		Attributes: map[string]schema.Attribute{
			"status": schema.StringAttribute{Optional: true, MarkdownDescription: "Only those with this status, such as `failed`. Defaults to all."},
		},
	}
}

func (r *slideruleRunListResource) List(ctx context.Context, req list.ListRequest, stream *list.ListResultsStream) {
	var config slideruleRunListModel
	diags := req.Config.Get(ctx, &config)
	all := r.find(ctx, config, &diags)
	region, account := "", ""
	if len(all) > 0 {
		region, account = r.place(ctx)
	}
	tellAll(stream, req.Limit, diags, all, func(found *run.Run) list.ListResult { return r.result(ctx, req, found, region, account) })
}

func (r *slideruleRunListResource) find(ctx context.Context, config slideruleRunListModel, diags *diag.Diagnostics) (found []*run.Run) {
	runner := r.clouds.reachRuns(ctx, diags)
	if diags.HasError() {
		return nil
	}
	all, err := runner.List(ctx)
	if err != nil {
		diags.AddError("The runs could not be listed", sentence(err))
	}
	for _, one := range all {
		if one.Kind == r.kind.kind && (config.Status.IsNull() || config.Status.ValueString() == string(one.Status)) {
			found = append(found, one)
		}
	}
	return found
}

func (r *slideruleRunListResource) result(ctx context.Context, req list.ListRequest, found *run.Run, region, account string) list.ListResult {
	result := req.NewListResult(ctx)
	data := r.kind.empty()
	m := data.common()
	m.imported(found)
	m.saw(found)
	data.took(found)
	result.DisplayName = found.ID + " (" + string(found.Status) + ")"
	result.Diagnostics.Append(m.identity(ctx, region, account, result.Identity)...)
	if req.IncludeResource {
		result.Diagnostics.Append(result.Resource.Set(ctx, data)...)
	}
	return result
}
