package provider

import (
	"context"
	"fmt"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/list/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/data-access/terraform-provider-provisioner/internal/notebook"
)

var (
	_ list.ListResource              = (*personalNotebookListResource)(nil)
	_ list.ListResourceWithConfigure = (*personalNotebookListResource)(nil)
)

func newPersonalNotebookListResource() list.ListResource { return &personalNotebookListResource{} }

// personalNotebookListResource lists this installation's notebooks; names and types are the resource's own.
type personalNotebookListResource struct{ personalNotebookResource }

type personalNotebookListModel struct {
	UserEmail   types.String `tfsdk:"user_email"`
	Environment types.String `tfsdk:"environment"`
	Project     types.String `tfsdk:"project"`
	Location    types.String `tfsdk:"location"`
}

// everywhere is Google's word for all locations.
const everywhere = "-"

func (r *personalNotebookListResource) ListResourceConfigSchema(_ context.Context, _ list.ListResourceSchemaRequest, resp *list.ListResourceSchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "The personal notebooks that this installation made in a project.",
		Attributes: map[string]schema.Attribute{
			"user_email": schema.StringAttribute{Optional: true, Validators: []validator.String{emailValidator}, MarkdownDescription: "Only this person's."},
			"environment": schema.StringAttribute{
				Optional: true, Validators: []validator.String{stringvalidator.OneOf(notebook.Environments()...)},
				MarkdownDescription: "Which product of Google: one of " + words(notebook.Environments()) + ". Defaults to `workbench`.",
			},
			"project":  schema.StringAttribute{Optional: true, MarkdownDescription: "Google Cloud project. Defaults to the provider's."},
			"location": schema.StringAttribute{Optional: true, MarkdownDescription: "Only this zone, or region for `managed`. Defaults to all."},
		},
	}
}

func (r *personalNotebookListResource) List(ctx context.Context, req list.ListRequest, stream *list.ListResultsStream) {
	var config personalNotebookListModel
	diags := req.Config.Get(ctx, &config)
	fleet := r.fleet(ctx, &diags)
	all := r.find(ctx, fleet, config, &diags)
	all = slices.DeleteFunc(all, func(n *notebook.Notebook) bool {
		return !config.UserEmail.IsNull() && !isEmail(config.UserEmail.ValueString(), n.Owner)
	})
	tellAll(stream, req.Limit, diags, all, func(n *notebook.Notebook) list.ListResult { return r.result(ctx, req, n) })
}

func (r *personalNotebookListResource) find(ctx context.Context, fleet *notebook.Fleet, config personalNotebookListModel, diags *diag.Diagnostics) []*notebook.Notebook {
	if diags.HasError() {
		return nil
	}
	environment, project, location := notebook.Workbench, config.Project, everywhere
	if text := config.Environment.ValueString(); text != "" {
		environment = notebook.Environment(text)
	}
	if text := config.Location.ValueString(); text != "" {
		location = text
	}
	if project.IsNull() {
		project = r.clouds.googleProject()
	}
	if project.ValueString() == "" {
		diags.AddAttributeError(path.Root("project"), "There is no Google Cloud project", noProject)
		return nil
	}
	all, err := fleet.List(ctx, environment, project.ValueString(), location)
	if err != nil {
		diags.AddError("The notebooks could not be listed", sentence(err))
	}
	return all
}

const noProject = "Set project here, google.project in the provider block, or the variable GOOGLE_PROJECT."

func (r *personalNotebookListResource) result(ctx context.Context, req list.ListRequest, n *notebook.Notebook) list.ListResult {
	result := req.NewListResult(ctx)
	result.DisplayName = fmt.Sprintf("%s (%s in %s)", n.Owner, n.Name, n.Location)
	m := emptyNotebook()
	m.ID = types.StringValue(n.ID)
	m.imported(n)
	m.saw(n)
	result.Diagnostics.Append(m.identify(ctx, result.Identity)...)
	if req.IncludeResource {
		result.Diagnostics.Append(result.Resource.Set(ctx, &m)...)
	}
	return result
}
