package provider

import (
	"context"
	"slices"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/data-access/terraform-provider-provisioner/internal/notebook"
	"github.com/data-access/terraform-provider-provisioner/internal/person"
)

// personalNotebookModel is the resource in Terraform's terms.
type personalNotebookModel struct {
	UserEmail           types.String   `tfsdk:"user_email"`
	Environment         types.String   `tfsdk:"environment"`
	Project             types.String   `tfsdk:"project"`
	Location            types.String   `tfsdk:"location"`
	Name                types.String   `tfsdk:"name"`
	Identity            types.String   `tfsdk:"identity"`
	MachineType         types.String   `tfsdk:"machine_type"`
	Accelerator         types.Object   `tfsdk:"accelerator"`
	BootDisk            types.Object   `tfsdk:"boot_disk"`
	DataDisk            types.Object   `tfsdk:"data_disk"`
	Network             types.String   `tfsdk:"network"`
	Subnet              types.String   `tfsdk:"subnet"`
	PublicIP            types.Bool     `tfsdk:"public_ip"`
	Tags                types.Set      `tfsdk:"tags"`
	Labels              types.Map      `tfsdk:"labels"`
	Metadata            types.Map      `tfsdk:"metadata"`
	IdleShutdownMinutes types.Int64    `tfsdk:"idle_shutdown_minutes"`
	ServiceAccount      types.String   `tfsdk:"service_account"`
	Image               types.Object   `tfsdk:"image"`
	ThirdPartyIdentity  types.Bool     `tfsdk:"third_party_identity"`
	CustomerManagedKey  types.String   `tfsdk:"customer_managed_key"`
	Templates           types.List     `tfsdk:"templates"`
	DesiredState        types.String   `tfsdk:"desired_state"`
	OnDestroy           types.String   `tfsdk:"on_destroy"`
	DeletionProtection  types.Bool     `tfsdk:"deletion_protection"`
	Notification        types.Object   `tfsdk:"notification"`
	ID                  types.String   `tfsdk:"id"`
	ProxyURL            types.String   `tfsdk:"proxy_url"`
	State               types.String   `tfsdk:"state"`
	EffectiveIdentity   types.String   `tfsdk:"effective_identity"`
	Outcome             types.String   `tfsdk:"outcome"`
	NotifiedAt          types.String   `tfsdk:"notified_at"`
	Timeouts            timeouts.Value `tfsdk:"timeouts"`
}

type diskModel struct {
	SizeGB types.Int64  `tfsdk:"size_gb"`
	Type   types.String `tfsdk:"type"`
}

type acceleratorModel struct {
	Type  types.String `tfsdk:"type"`
	Count types.Int64  `tfsdk:"count"`
}

type imageModel struct {
	Project types.String `tfsdk:"project"`
	Family  types.String `tfsdk:"family"`
	Name    types.String `tfsdk:"name"`
}

var (
	diskTypes        = map[string]attr.Type{"size_gb": types.Int64Type, "type": types.StringType}
	acceleratorTypes = map[string]attr.Type{"type": types.StringType, "count": types.Int64Type}
	imageTypes       = map[string]attr.Type{"project": types.StringType, "family": types.StringType, "name": types.StringType}
)

// emptyNotebook is a model without a value: every null knows its type.
func emptyNotebook() personalNotebookModel {
	return personalNotebookModel{
		Accelerator: types.ObjectNull(acceleratorTypes), BootDisk: types.ObjectNull(diskTypes), DataDisk: types.ObjectNull(diskTypes),
		Tags: types.SetNull(types.StringType), Labels: types.MapNull(types.StringType), Metadata: types.MapNull(types.StringType),
		Image: types.ObjectNull(imageTypes), Templates: types.ListNull(types.StringType), Notification: types.ObjectNull(notificationTypes), Timeouts: noTimeouts(),
	}
}

// environment is the model's, or the default before there is one.
func (m *personalNotebookModel) environment() notebook.Environment {
	if m.Environment.IsNull() {
		return notebook.Workbench
	}
	return notebook.Environment(m.Environment.ValueString())
}

// wanted is what the model asks of the domain. What config does not declare is left to Google, whatever the model
// remembers of it. What is not known yet is the zero value, and where that could be taken for a value
// left out, it is named.
func (m personalNotebookModel) wanted(ctx context.Context, config personalNotebookModel) (notebook.Wanted, diag.Diagnostics) {
	var diags diag.Diagnostics
	who, _ := person.Parse(m.UserEmail.ValueString()) // what is no e-mail is told by the validator
	w := notebook.Wanted{
		Person: who, Environment: notebook.Environment(m.Environment.ValueString()), Project: m.Project.ValueString(), Location: m.Location.ValueString(),
		Name: m.Name.ValueString(), Identity: notebook.Identity(m.Identity.ValueString()),
		MachineType: m.MachineType.ValueString(), PublicIP: m.PublicIP.ValueBool(),
		Network: declaredText(m.Network, config.Network), Subnet: declaredText(m.Subnet, config.Subnet),
		Labels: textsOf(m.Labels), Metadata: textsOf(m.Metadata), IdleShutdown: time.Duration(m.IdleShutdownMinutes.ValueInt64()) * time.Minute,
		ServiceAccount: declaredText(m.ServiceAccount, config.ServiceAccount), ThirdPartyIdentity: m.ThirdPartyIdentity.ValueBool(),
		KMSKey: m.CustomerManagedKey.ValueString(), Templates: textsIn(m.Templates.Elements()), DesiredState: m.DesiredState.ValueString(),
	}
	if config.ServiceAccount.IsUnknown() {
		w.Unknown = append(w.Unknown, "service_account")
	}
	if m.Templates.IsUnknown() || len(w.Templates) < len(m.Templates.Elements()) { // one that is made in the same apply
		w.Unknown = append(w.Unknown, "templates")
	}
	if !config.Tags.IsNull() {
		w.Tags = textsIn(m.Tags.Elements())
		slices.Sort(w.Tags)
	}
	var more diag.Diagnostics
	w.BootDisk, more = diskOf(ctx, m.BootDisk, config.BootDisk)
	diags.Append(more...)
	w.DataDisk, more = diskOf(ctx, m.DataDisk, config.DataDisk)
	diags.Append(more...)
	if !m.Accelerator.IsNull() && !m.Accelerator.IsUnknown() {
		var a acceleratorModel
		diags.Append(m.Accelerator.As(ctx, &a, objectOptions)...)
		w.Accelerator = &notebook.Accelerator{Type: a.Type.ValueString(), Count: a.Count.ValueInt64()}
	}
	if !m.Image.IsNull() && !m.Image.IsUnknown() {
		var i imageModel
		diags.Append(m.Image.As(ctx, &i, objectOptions)...)
		w.Image = notebook.Image{Project: i.Project.ValueString(), Family: i.Family.ValueString(), Name: i.Name.ValueString()}
	}
	return w, diags
}

// diskOf is what the configuration declares of a disk.
func diskOf(ctx context.Context, value, config types.Object) (notebook.Disk, diag.Diagnostics) {
	var disk, given diskModel
	if value.IsNull() || value.IsUnknown() || config.IsNull() || config.IsUnknown() {
		return notebook.Disk{}, nil
	}
	diags := value.As(ctx, &disk, objectOptions)
	diags.Append(config.As(ctx, &given, objectOptions)...)
	d := notebook.Disk{Type: declaredText(disk.Type, given.Type)}
	if !given.SizeGB.IsNull() {
		d.SizeGB = disk.SizeGB.ValueInt64()
	}
	return d, diags
}

// took fills in what an apply came to, where the plan left it open. What was planned stays as planned.
func (m *personalNotebookModel) took(n *notebook.Notebook) {
	fill(&m.ID, stringOrNull(n.ID))
	fill(&m.State, stringOrNull(n.State))
	fill(&m.ProxyURL, stringOrNull(n.ProxyURL))
	fill(&m.EffectiveIdentity, stringOrNull(n.EffectiveIdentity))
	fill(&m.Network, stringOrNull(n.Network))
	fill(&m.Subnet, stringOrNull(n.Subnet))
	fill(&m.ServiceAccount, stringOrNull(n.ServiceAccount))
	fill(&m.NotifiedAt, types.StringNull())
	fill(&m.Outcome, types.StringValue(string(n.Outcome)))
	if n.Problem != nil {
		m.Outcome = types.StringValue(string(notebook.Failed))
	}
	if m.Tags.IsUnknown() {
		m.Tags = setOf(n.Tags)
	}
	m.BootDisk = filledDisk(m.BootDisk, n.BootDisk)
	m.DataDisk = filledDisk(m.DataDisk, n.DataDisk)
}

// filledDisk is a disk with what the plan left open of it.
func filledDisk(planned types.Object, is notebook.Disk) types.Object {
	if planned.IsUnknown() {
		return diskValue(is)
	}
	if planned.IsNull() {
		return planned
	}
	parts, seen := planned.Attributes(), diskParts(is)
	for name, part := range parts {
		if part.IsUnknown() {
			parts[name] = seen[name]
		}
	}
	return types.ObjectValueMust(diskTypes, parts)
}

// diskValue is a disk as Google tells it; null when it tells nothing.
func diskValue(d notebook.Disk) types.Object {
	if d == (notebook.Disk{}) {
		return types.ObjectNull(diskTypes)
	}
	return types.ObjectValueMust(diskTypes, diskParts(d))
}

func diskParts(d notebook.Disk) map[string]attr.Value {
	size := types.Int64Null()
	if d.SizeGB != 0 {
		size = types.Int64Value(d.SizeGB)
	}
	return map[string]attr.Value{"size_gb": size, "type": stringOrNull(d.Type)}
}
