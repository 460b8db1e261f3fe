package provider

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/databricks/databricks-sdk-go/service/compute"
	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/data-access/terraform-provider-provisioner/internal/person"
	"github.com/data-access/terraform-provider-provisioner/internal/singleuser"
	"github.com/data-access/terraform-provider-provisioner/internal/slack"
)

// singleUserClusterModel is the resource in Terraform's terms.
type singleUserClusterModel struct {
	UserEmail     types.String   `tfsdk:"user_email"`
	DefaultsJSON  types.String   `tfsdk:"defaults_json"`
	Name          types.String   `tfsdk:"name"`
	Permissions   types.Set      `tfsdk:"permissions"`
	OwnerLevel    types.String   `tfsdk:"owner_level"`
	WarmUp        types.Bool     `tfsdk:"warm_up"`
	Pinned        types.Bool     `tfsdk:"pinned"`
	OnExisting    types.String   `tfsdk:"on_existing"`
	OnDestroy     types.String   `tfsdk:"on_destroy"`
	Notification  types.Object   `tfsdk:"notification"`
	ClusterID     types.String   `tfsdk:"cluster_id"`
	Outcome       types.String   `tfsdk:"outcome"`
	Managed       types.Bool     `tfsdk:"managed"`
	State         types.String   `tfsdk:"state"`
	WarmUpStatus  types.String   `tfsdk:"warm_up_status"`
	WarmUpMessage types.String   `tfsdk:"warm_up_message"`
	Libraries     types.List     `tfsdk:"libraries"`
	URL           types.String   `tfsdk:"url"`
	NotifiedAt    types.String   `tfsdk:"notified_at"`
	Timeouts      timeouts.Value `tfsdk:"timeouts"`
}

type permissionModel struct {
	UserName             types.String `tfsdk:"user_name"`
	GroupName            types.String `tfsdk:"group_name"`
	ServicePrincipalName types.String `tfsdk:"service_principal_name"`
	PermissionLevel      types.String `tfsdk:"permission_level"`
}

var (
	permissionType = types.ObjectType{AttrTypes: map[string]attr.Type{
		"user_name": types.StringType, "group_name": types.StringType, "service_principal_name": types.StringType, "permission_level": types.StringType,
	}}
	libraryType = types.ObjectType{AttrTypes: map[string]attr.Type{"name": types.StringType, "status": types.StringType, "message": types.StringType}}
)

const (
	defaultNamePrefix = "single-user"
	maxNameLength     = 100
	statePurged       = "PURGED"
)

// defaultName is the name of a person's cluster when none is given.
func defaultName(who person.Person) string {
	name, _ := who.Name(defaultNamePrefix, maxNameLength) // fails only where the prefix leaves no room
	return name
}

// wanted is what the model asks of the domain. Every value is known when it is called; parse judges the settings.
func (m singleUserClusterModel) wanted(ctx context.Context, parse func(string) (*singleuser.Settings, error)) (singleuser.Wanted, diag.Diagnostics) {
	var diags diag.Diagnostics
	who, err := person.Parse(m.UserEmail.ValueString())
	if err != nil {
		diags.AddError("This is not an e-mail address", err.Error())
		return singleuser.Wanted{}, diags
	}
	w := singleuser.Wanted{
		Person: who, Name: m.Name.ValueString(), OwnerLevel: compute.ClusterPermissionLevel(m.OwnerLevel.ValueString()),
		WarmUp: m.WarmUp.ValueBool(), Pinned: m.Pinned.ValueBoolPointer(), OnExisting: singleuser.Existing(m.OnExisting.ValueString()),
	}
	if w.Settings, err = parse(m.DefaultsJSON.ValueString()); err != nil {
		diags.AddError("The cluster settings cannot be used", err.Error())
	}
	var permissions []permissionModel
	diags.Append(m.Permissions.ElementsAs(ctx, &permissions, false)...)
	for _, p := range permissions {
		w.Grants = append(w.Grants, p.entry())
	}
	return w, diags
}

func (p permissionModel) entry() singleuser.Entry {
	e := singleuser.Entry{Level: compute.ClusterPermissionLevel(p.PermissionLevel.ValueString())}
	switch {
	case p.UserName.ValueString() != "":
		e.Kind, e.Principal = singleuser.User, p.UserName.ValueString()
	case p.GroupName.ValueString() != "":
		e.Kind, e.Principal = singleuser.Group, p.GroupName.ValueString()
	default:
		e.Kind, e.Principal = singleuser.ServicePrincipal, p.ServicePrincipalName.ValueString()
	}
	return e
}

// took writes what an apply came to into the model. What was configured stays as configured.
func (m *singleUserClusterModel) took(c *singleuser.Cluster) {
	m.ClusterID = types.StringValue(c.ID)
	m.Managed = types.BoolValue(c.Managed)
	m.State = restOr(c.State)
	m.WarmUpStatus = types.StringValue(string(c.WarmUp))
	m.WarmUpMessage = types.StringNull()
	if c.Problem != nil {
		m.WarmUpMessage = types.StringValue(sentence(c.Problem))
	}
	m.URL = types.StringValue(c.URL)
	m.Libraries = libraryList(c.Libraries)
	m.Outcome = types.StringValue(string(c.Outcome))
}

// saw writes what a look found into the model: values that differ from what we wrote are drift, and show in the plan.
// Of somebody else's cluster only what it is, never what it should be.
func (m *singleUserClusterModel) saw(ctx context.Context, c *singleuser.Cluster, pinned func() (bool, error)) diag.Diagnostics {
	var diags diag.Diagnostics
	m.ClusterID = types.StringValue(c.ID)
	m.Managed = types.BoolValue(c.Managed)
	m.State = restOr(c.State)
	m.URL = types.StringValue(c.URL)
	m.Libraries = mergeLibraries(ctx, m.Libraries, c)
	if !c.Managed {
		return diags
	}
	m.Name = types.StringValue(c.Name)
	if c.Email != "" && !strings.EqualFold(c.Email, m.UserEmail.ValueString()) {
		m.UserEmail = types.StringValue(c.Email)
	}
	m.OwnerLevel = stringOrNull(string(c.OwnerLevel(compute.ClusterPermissionLevel(m.OwnerLevel.ValueString()))))
	diags.Append(m.sawSettings(c)...)
	diags.Append(m.sawPermissions(ctx, c)...)
	if !m.Pinned.IsNull() {
		is, err := pinned()
		if err != nil {
			diags.AddError("The pinned clusters could not be listed", err.Error())
			return diags
		}
		m.Pinned = types.BoolValue(is)
	}
	return diags
}

func (m *singleUserClusterModel) sawSettings(c *singleuser.Cluster) diag.Diagnostics {
	var diags diag.Diagnostics
	settings, err := storedSettings(m.DefaultsJSON.ValueString())
	if err != nil {
		diags.AddError("The cluster settings in the state cannot be read", err.Error())
		return diags
	}
	observed, err := c.Observe(settings)
	if err != nil {
		diags.AddError("The cluster's settings could not be compared", err.Error())
		return diags
	}
	if observed == settings.JSON() {
		return diags
	}
	if seen, err := singleuser.ParseObserved(observed); err != nil || !seen.Equal(settings) {
		m.DefaultsJSON = types.StringValue(observed)
	}
	return diags
}

// sawPermissions keeps those of our entries that stand on the cluster as we wrote them.
func (m *singleUserClusterModel) sawPermissions(ctx context.Context, c *singleuser.Cluster) diag.Diagnostics {
	if m.Permissions.IsNull() {
		return nil
	}
	var permissions []permissionModel
	diags := m.Permissions.ElementsAs(ctx, &permissions, false)
	kept := []permissionModel{}
	for _, p := range permissions {
		e := p.entry()
		if level := c.Level(e.Kind, e.Principal); level != "" {
			p.PermissionLevel = types.StringValue(string(level))
			kept = append(kept, p)
		}
	}
	set, more := types.SetValueFrom(ctx, permissionType, kept)
	m.Permissions = set
	return append(diags, more...)
}

// same reports whether two models have the same values, in everything that a plan or a look may write.
func (m *singleUserClusterModel) same(other singleUserClusterModel) bool {
	return m.UserEmail.Equal(other.UserEmail) && m.DefaultsJSON.Equal(other.DefaultsJSON) && m.Name.Equal(other.Name) &&
		m.Permissions.Equal(other.Permissions) && m.OwnerLevel.Equal(other.OwnerLevel) && m.Pinned.Equal(other.Pinned) && m.WarmUp.Equal(other.WarmUp) &&
		m.OnExisting.Equal(other.OnExisting) && m.OnDestroy.Equal(other.OnDestroy) && m.ClusterID.Equal(other.ClusterID) && m.Outcome.Equal(other.Outcome) &&
		m.Managed.Equal(other.Managed) && m.State.Equal(other.State) && m.WarmUpStatus.Equal(other.WarmUpStatus) && m.WarmUpMessage.Equal(other.WarmUpMessage) && m.Libraries.Equal(other.Libraries) &&
		m.URL.Equal(other.URL) && m.NotifiedAt.Equal(other.NotifiedAt)
}

// restOr is a state as it is shown: on the way to its rest a cluster counts as there. An apply does not wait for the
// rest of a cluster that it did not have to warm up, and the next plan must not show that as news.
func restOr(state string) types.String {
	if state == string(compute.StateTerminating) {
		state = string(compute.StateTerminated)
	}
	return types.StringValue(state)
}

// purged marks a cluster that Databricks removed because nobody started it: it stays in the state, so that making it
// again is an update of the same resource, and the person is not told twice.
func (m *singleUserClusterModel) purged() {
	m.State = types.StringValue(statePurged)
}

// notice is the Slack message about a cluster.
func (m *singleUserClusterModel) notice(ctx context.Context, c *singleuser.Cluster) (slack.Notice, diag.Diagnostics) {
	notice, diags := noticeOf(ctx, m.Notification, slack.Notice{
		Title:  "Your Databricks cluster is ready",
		Text:   fmt.Sprintf("The cluster `%s` is yours alone. It rests until you start it: %s", c.Name, c.URL),
		Footer: "It stops by itself when nobody uses it.",
	}, c.URL)
	if !m.WarmUp.ValueBool() {
		notice.Text += "\nIts libraries are installed when you first start it."
	}
	return notice, diags
}

func libraryList(libraries []singleuser.Library) types.List {
	items := make([]attr.Value, len(libraries))
	for i, l := range libraries {
		items[i] = types.ObjectValueMust(libraryType.AttrTypes, map[string]attr.Value{
			"name": types.StringValue(l.Name), "status": types.StringValue(l.Status), "message": types.StringValue(l.Message),
		})
	}
	return types.ListValueMust(libraryType, items)
}

// mergeLibraries keeps what the last running cluster said of a library while the cluster rests: statuses are frozen or
// forgotten then, and that is no news.
func mergeLibraries(ctx context.Context, before types.List, c *singleuser.Cluster) types.List {
	now := slices.Clone(c.Libraries)
	var earlier []libraryModel
	if c.Resting() && !before.IsNull() && !before.IsUnknown() && !before.ElementsAs(ctx, &earlier, false).HasError() {
		for i, l := range now {
			j := slices.IndexFunc(earlier, func(e libraryModel) bool { return e.Name.ValueString() == l.Name })
			if j >= 0 {
				now[i].Status, now[i].Message = earlier[j].Status.ValueString(), earlier[j].Message.ValueString()
			}
		}
	}
	return libraryList(now)
}

type libraryModel struct {
	Name    types.String `tfsdk:"name"`
	Status  types.String `tfsdk:"status"`
	Message types.String `tfsdk:"message"`
}
