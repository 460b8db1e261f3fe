package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/list/schema"

	"github.com/data-access/terraform-provider-provisioner/internal/sliderule"
)

var (
	_ list.ListResource              = (*slideruleFoundationListResource)(nil)
	_ list.ListResourceWithConfigure = (*slideruleFoundationListResource)(nil)
)

func newSlideruleFoundationListResource() list.ListResource {
	return &slideruleFoundationListResource{}
}

// slideruleFoundationListResource lists this installation's foundations; names and types are the resource's own.
type slideruleFoundationListResource struct{ slideruleFoundationResource }

func (r *slideruleFoundationListResource) ListResourceConfigSchema(_ context.Context, _ list.ListResourceSchemaRequest, resp *list.ListResourceSchemaResponse) {
	resp.Schema = schema.Schema{MarkdownDescription: "The foundations that this installation made in the provider's AWS account and region."}
}

func (r *slideruleFoundationListResource) List(ctx context.Context, req list.ListRequest, stream *list.ListResultsStream) {
	var diags diag.Diagnostics
	var all []*sliderule.Foundation
	if region := r.clouds.reachSliderule(ctx, &diags); region != nil {
		var err error
		if all, err = region.ListFoundations(ctx); err != nil {
			diags.AddError("The foundations could not be listed", sentence(err))
		}
	}
	tellAll(stream, req.Limit, diags, all, func(f *sliderule.Foundation) list.ListResult { return r.result(ctx, req, f) })
}

func (r *slideruleFoundationListResource) result(ctx context.Context, req list.ListRequest, f *sliderule.Foundation) list.ListResult {
	result := req.NewListResult(ctx)
	m := foundedFound(f)
	result.DisplayName = m.Name.ValueString()
	result.Diagnostics.Append(m.identity(ctx, result.Identity)...)
	if req.IncludeResource {
		result.Diagnostics.Append(result.Resource.Set(ctx, &m)...)
	}
	return result
}
