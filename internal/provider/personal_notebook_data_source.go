package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework-validators/datasourcevalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/data-access/terraform-provider-provisioner/internal/notebook"
	"github.com/data-access/terraform-provider-provisioner/internal/notebook/google"
	"github.com/data-access/terraform-provider-provisioner/internal/person"
)

var (
	_ datasource.DataSource                     = (*personalNotebookDataSource)(nil)
	_ datasource.DataSourceWithConfigure        = (*personalNotebookDataSource)(nil)
	_ datasource.DataSourceWithConfigValidators = (*personalNotebookDataSource)(nil)
)

func newPersonalNotebookDataSource() datasource.DataSource { return &personalNotebookDataSource{} }

type personalNotebookDataSource struct{ clouds *clouds }

type personalNotebookDataModel struct {
	ID                  types.String `tfsdk:"id"`
	Environment         types.String `tfsdk:"environment"`
	Project             types.String `tfsdk:"project"`
	Location            types.String `tfsdk:"location"`
	Name                types.String `tfsdk:"name"`
	UserEmail           types.String `tfsdk:"user_email"`
	Identity            types.String `tfsdk:"identity"`
	EffectiveIdentity   types.String `tfsdk:"effective_identity"`
	State               types.String `tfsdk:"state"`
	ProxyURL            types.String `tfsdk:"proxy_url"`
	MachineType         types.String `tfsdk:"machine_type"`
	Network             types.String `tfsdk:"network"`
	Subnet              types.String `tfsdk:"subnet"`
	PublicIP            types.Bool   `tfsdk:"public_ip"`
	Tags                types.Set    `tfsdk:"tags"`
	Labels              types.Map    `tfsdk:"labels"`
	IdleShutdownMinutes types.Int64  `tfsdk:"idle_shutdown_minutes"`
	ServiceAccount      types.String `tfsdk:"service_account"`
	Managed             types.Bool   `tfsdk:"managed"`
}

func (d *personalNotebookDataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_personal_notebook"
}

func (d *personalNotebookDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	computed := func(description string) schema.StringAttribute {
		return schema.StringAttribute{Computed: true, MarkdownDescription: description}
	}
	resp.Schema = schema.Schema{
		MarkdownDescription: "A personal notebook as it is now, by its person or by its id, whoever made it.",
		Attributes: map[string]schema.Attribute{
			"id": schema.StringAttribute{Optional: true, Computed: true, MarkdownDescription: "Id of the notebook, or `PROJECT/LOCATION/NAME`, or `LOCATION/NAME`. Give this or `user_email`."},
			"environment": schema.StringAttribute{
				Optional: true, Computed: true, Validators: []validator.String{stringvalidator.OneOf(notebook.Environments()...)},
				MarkdownDescription: "Which product of Google: one of " + words(notebook.Environments()) + ". Defaults to `workbench`, or to what the id shows.",
			},
			"project":               schema.StringAttribute{Optional: true, Computed: true, MarkdownDescription: "Google Cloud project. Defaults to the provider's."},
			"location":              schema.StringAttribute{Optional: true, Computed: true, MarkdownDescription: "Zone, or region for `managed`. Defaults to the provider's."},
			"name":                  schema.StringAttribute{Optional: true, Computed: true, MarkdownDescription: "Name of the notebook. Defaults to the name that the resource gives by default."},
			"user_email":            schema.StringAttribute{Optional: true, Computed: true, Validators: []validator.String{emailValidator}, MarkdownDescription: "Whose notebook it is."},
			"identity":              computed("Who it reads data as: `user` or `service_account`."),
			"effective_identity":    computed("Who data is read as, as IAM writes members."),
			"state":                 computed("State of the notebook in Google's words; `STOPPED` is its normal rest."),
			"proxy_url":             computed("Address of the notebook, for its owner's browser."),
			"machine_type":          computed("Machine type."),
			"network":               computed("VPC network."),
			"subnet":                computed("Subnetwork."),
			"public_ip":             schema.BoolAttribute{Computed: true, MarkdownDescription: "Whether the machine has a public address; null where Google does not tell."},
			"tags":                  schema.SetAttribute{Computed: true, ElementType: types.StringType, MarkdownDescription: "Network tags, without those that Google adds."},
			"labels":                schema.MapAttribute{Computed: true, ElementType: types.StringType, MarkdownDescription: "Labels, all of them."},
			"idle_shutdown_minutes": schema.Int64Attribute{Computed: true, MarkdownDescription: "After how many minutes without use it stops by itself; null where Google does not tell."},
			"service_account":       computed("E-mail of the machine's service account."),
			"managed":               schema.BoolAttribute{Computed: true, MarkdownDescription: "Whether this installation made it."},
		},
	}
}

func (d *personalNotebookDataSource) ConfigValidators(context.Context) []datasource.ConfigValidator {
	return []datasource.ConfigValidator{
		datasourcevalidator.ExactlyOneOf(path.MatchRoot("id"), path.MatchRoot("user_email")),
		datasourcevalidator.Conflicting(path.MatchRoot("id"), path.MatchRoot("name")),
		datasourcevalidator.Conflicting(path.MatchRoot("id"), path.MatchRoot("location")),
		datasourcevalidator.Conflicting(path.MatchRoot("id"), path.MatchRoot("project")),
	}
}

func (d *personalNotebookDataSource) Configure(_ context.Context, req datasource.ConfigureRequest, resp *datasource.ConfigureResponse) {
	d.clouds = configured(req.ProviderData, &resp.Diagnostics)
}

func (d *personalNotebookDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var m personalNotebookDataModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &m)...)
	resource := personalNotebookResource{clouds: d.clouds}
	fleet := resource.fleet(ctx, &resp.Diagnostics)
	id, environment := d.find(m, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	n, err := fleet.Read(ctx, environment, id)
	if err != nil {
		summary := "The notebook could not be read"
		if google.IsGone(err) {
			summary = "There is no such notebook to read"
		}
		resp.Diagnostics.AddError(summary, sentence(err))
		return
	}
	if given := m.UserEmail.ValueString(); given != "" && n.Owner != "" && !isEmail(given, n.Owner) {
		resp.Diagnostics.AddAttributeError(path.Root("user_email"), "The notebook is somebody else's", "The notebook "+n.ID+" is of "+n.Owner+", not of "+given+". Give the name of that person's own, or leave user_email out and give the id.")
		return
	}
	m.saw(n)
	m.Managed = types.BoolValue(n.Labels[google.LabelManagedBy] == d.clouds.installation())
	resp.Diagnostics.Append(resp.State.Set(ctx, &m)...)
}

// find is the id of the notebook that is asked for, and its environment.
func (d *personalNotebookDataSource) find(m personalNotebookDataModel, diags *diag.Diagnostics) (string, notebook.Environment) {
	if diags.HasError() {
		return "", ""
	}
	resource := personalNotebookResource{clouds: d.clouds}
	text, environment := m.ID.ValueString(), m.Environment.ValueString()
	if text == "" {
		if environment == "" {
			environment = string(notebook.Workbench)
		}
		of := personalNotebookModel{UserEmail: m.UserEmail, Environment: types.StringValue(environment), Project: orUnknown(m.Project), Location: orUnknown(m.Location), Name: m.Name}
		diags.Append(of.planPlace(d.clouds, &personalNotebookModel{Project: m.Project, Location: m.Location}, of.environment() == notebook.Managed)...)
		if who, err := person.Parse(m.UserEmail.ValueString()); err == nil && m.Name.IsNull() {
			of.Name = types.StringValue(notebook.DefaultName(who, of.environment()))
		}
		text = of.Project.ValueString() + "/" + of.Location.ValueString() + "/" + of.Name.ValueString()
	}
	if diags.HasError() {
		return "", ""
	}
	id, of, err := resource.findForImport(text, environment)
	if err != nil {
		diags.AddError("There is no such notebook to read", sentence(err))
	}
	return id, of
}

// orUnknown: what is not configured is to be found.
func orUnknown(value types.String) types.String {
	if value.IsNull() {
		return types.StringUnknown()
	}
	return value
}

// saw takes over everything that Google tells.
func (m *personalNotebookDataModel) saw(n *notebook.Notebook) {
	all := emptyNotebook()
	all.saw(n)
	m.ID, m.Environment, m.Project = types.StringValue(n.ID), types.StringValue(string(n.Environment)), types.StringValue(n.Project)
	m.Location, m.Name = types.StringValue(n.Location), types.StringValue(n.Name)
	if m.UserEmail.IsNull() {
		m.UserEmail = all.UserEmail
	}
	m.Identity, m.EffectiveIdentity, m.State, m.ProxyURL = all.Identity, all.EffectiveIdentity, all.State, all.ProxyURL
	m.MachineType, m.Network, m.Subnet, m.PublicIP, m.Tags = all.MachineType, all.Network, all.Subnet, all.PublicIP, all.Tags
	m.IdleShutdownMinutes, m.ServiceAccount, m.Labels = all.IdleShutdownMinutes, all.ServiceAccount, mapOf(n.Labels)
}
