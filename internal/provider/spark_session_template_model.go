package provider

import (
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/data-access/terraform-provider-provisioner/internal/notebook/google"
	"github.com/data-access/terraform-provider-provisioner/internal/notebook/session"
	"github.com/data-access/terraform-provider-provisioner/internal/person"
)

// sparkSessionTemplateModel is the resource in Terraform's terms.
type sparkSessionTemplateModel struct {
	UserEmail              types.String   `tfsdk:"user_email"`
	Project                types.String   `tfsdk:"project"`
	Location               types.String   `tfsdk:"location"`
	Name                   types.String   `tfsdk:"name"`
	DisplayName            types.String   `tfsdk:"display_name"`
	Description            types.String   `tfsdk:"description"`
	Kernel                 types.String   `tfsdk:"kernel"`
	RuntimeVersion         types.String   `tfsdk:"runtime_version"`
	ContainerImage         types.String   `tfsdk:"container_image"`
	Properties             types.Map      `tfsdk:"properties"`
	Labels                 types.Map      `tfsdk:"labels"`
	IdleMinutes            types.Int64    `tfsdk:"idle_minutes"`
	MaxMinutes             types.Int64    `tfsdk:"max_minutes"`
	Subnet                 types.String   `tfsdk:"subnet"`
	NetworkTags            types.Set      `tfsdk:"network_tags"`
	StagingBucket          types.String   `tfsdk:"staging_bucket"`
	CustomerManagedKey     types.String   `tfsdk:"customer_managed_key"`
	MetastoreService       types.String   `tfsdk:"metastore_service"`
	HistoryServerCluster   types.String   `tfsdk:"history_server_cluster"`
	DeleteLeftoverSessions types.Bool     `tfsdk:"delete_leftover_sessions"`
	ID                     types.String   `tfsdk:"id"`
	UUID                   types.String   `tfsdk:"uuid"`
	Creator                types.String   `tfsdk:"creator"`
	EffectiveIdentity      types.String   `tfsdk:"effective_identity"`
	ManagedBy              types.String   `tfsdk:"managed_by"`
	Outcome                types.String   `tfsdk:"outcome"`
	Timeouts               timeouts.Value `tfsdk:"timeouts"`
}

// The identities that sessions can have.
const (
	identityUser           = "user"
	identityServiceAccount = "service_account"
)

// wanted is what the model asks of the domain. What is not known yet is the zero value, which is not judged.
func (m *sparkSessionTemplateModel) wanted() session.Template {
	who, _ := person.Parse(m.UserEmail.ValueString()) // otherwise told by the validator
	t := session.Template{
		Person: who, Project: m.Project.ValueString(), Location: m.Location.ValueString(), Name: m.Name.ValueString(),
		DisplayName: m.DisplayName.ValueString(), Description: m.Description.ValueString(), Kernel: m.Kernel.ValueString(),
		RuntimeVersion: m.RuntimeVersion.ValueString(), ContainerImage: m.ContainerImage.ValueString(),
		Properties: textsOf(m.Properties), Labels: textsOf(m.Labels),
		IdleTTL: inMinutes(m.IdleMinutes), TTL: inMinutes(m.MaxMinutes), Subnet: m.Subnet.ValueString(),
		StagingBucket: m.StagingBucket.ValueString(), KMSKey: m.CustomerManagedKey.ValueString(),
		Metastore: m.MetastoreService.ValueString(), HistoryServer: m.HistoryServerCluster.ValueString(), NetworkTags: sortedTexts(m.NetworkTags),
	}
	if t.Kernel == sparkConnect {
		t.Kernel = ""
	}
	return t
}

func inMinutes(m types.Int64) time.Duration { return time.Duration(m.ValueInt64()) * time.Minute }

// took writes what an apply came to into the model. What was configured stays as configured.
func (m *sparkSessionTemplateModel) took(t *session.Template, installation string) {
	m.ID, m.UUID, m.Creator = types.StringValue(t.ID), types.StringValue(t.UUID), types.StringValue(t.Creator)
	m.EffectiveIdentity = identityOf(t)
	m.ManagedBy = types.StringValue(installation)
	if m.RuntimeVersion.IsUnknown() {
		m.RuntimeVersion = stringOrNull(t.RuntimeVersion)
	}
}

func identityOf(t *session.Template) types.String {
	if t.EndUserIdentity {
		return types.StringValue(identityUser)
	}
	return types.StringValue(identityServiceAccount)
}

// saw writes what a look found into the model: values that differ from what was declared are drift, and show in the
// plan. What nobody declared is Google's own.
func (m *sparkSessionTemplateModel) saw(t *session.Template) {
	m.took(t, markOf(t.Labels, m.UserEmail))
	sawText(&m.DisplayName, t.DisplayName, equalText)
	sawText(&m.Description, t.Description, equalText)
	if t.RuntimeVersion != "" && !sameVersion(m.RuntimeVersion.ValueString(), t.RuntimeVersion) {
		m.RuntimeVersion = types.StringValue(t.RuntimeVersion)
	}
	sawText(&m.ContainerImage, t.ContainerImage, equalText)
	sawText(&m.Subnet, t.Subnet, sameAddress)
	sawText(&m.StagingBucket, t.StagingBucket, equalText)
	sawText(&m.CustomerManagedKey, t.KMSKey, sameAddress)
	sawText(&m.MetastoreService, t.Metastore, sameAddress)
	sawText(&m.HistoryServerCluster, t.HistoryServer, sameAddress)
	m.Kernel = kernelOf(t.Kernel)
	sawMinutes(&m.IdleMinutes, t.IdleTTL)
	sawMinutes(&m.MaxMinutes, t.TTL)
	m.Properties, m.Labels = seenKeys(m.Properties, t.Properties), seenKeys(m.Labels, t.Labels)
	if !m.NetworkTags.IsNull() {
		if tags := slices.Sorted(slices.Values(t.NetworkTags)); !slices.Equal(tags, sortedTexts(m.NetworkTags)) {
			m.NetworkTags = setOf(tags)
		}
	}
}

// markOf is the installation whose mark labels bear for a person; "" when they bear none, or another person's.
func markOf(labels map[string]string, email types.String) string {
	who, err := person.Parse(email.ValueString())
	if owner := labels[google.LabelOwner]; err == nil && owner != who.Label() {
		return ""
	}
	return labels[google.LabelManagedBy]
}

func kernelOf(kernel string) types.String {
	if kernel == "" {
		return types.StringValue(sparkConnect)
	}
	return types.StringValue(kernel)
}

// sawText keeps a declared text that means what Google has, and takes Google's otherwise.
func sawText(field *types.String, found string, same func(declared, found string) bool) {
	if !field.IsNull() && !same(field.ValueString(), found) {
		*field = stringOrNull(found)
	}
}

func equalText(a, b string) bool { return a == b }

// sameVersion: Google may tell the patch of a version that was asked for without one.
func sameVersion(declared, found string) bool {
	return found == declared || declared != "" && strings.HasPrefix(found, declared+".")
}

// sawMinutes takes over a time that Google tells.
func sawMinutes(field *types.Int64, found time.Duration) {
	if found != 0 {
		*field = types.Int64Value(int64(found / time.Minute))
	}
}

// imported fills in what an import does not know.
func (m *sparkSessionTemplateModel) imported(t *session.Template) {
	m.Project, m.Location, m.Name = types.StringValue(t.Project), types.StringValue(t.Location), types.StringValue(t.Name)
	m.DisplayName, m.Description = stringOrNull(t.DisplayName), stringOrNull(t.Description)
	m.RuntimeVersion, m.ContainerImage = stringOrNull(t.RuntimeVersion), stringOrNull(t.ContainerImage)
	m.Subnet, m.StagingBucket = stringOrNull(t.Subnet), stringOrNull(t.StagingBucket)
	m.CustomerManagedKey, m.MetastoreService, m.HistoryServerCluster = stringOrNull(t.KMSKey), stringOrNull(t.Metastore), stringOrNull(t.HistoryServer)
	m.Properties, m.Labels, m.NetworkTags = types.MapNull(types.StringType), types.MapNull(types.StringType), types.SetNull(types.StringType)
	if len(t.Properties) > 0 {
		m.Properties = mapOf(t.Properties)
	}
	if labels := declarableLabels(t.Labels); len(labels) > 0 {
		m.Labels = mapOf(labels)
	}
	if len(t.NetworkTags) > 0 {
		m.NetworkTags = setOf(t.NetworkTags)
	}
	m.IdleMinutes, m.MaxMinutes = types.Int64Value(defaultSessionIdleMinutes), types.Int64Value(defaultSessionMaxMinutes) // Google's own, unless it tells others
	m.DeleteLeftoverSessions = types.BoolValue(defaultDeleteLeftovers)
	m.Outcome = types.StringValue(outcomeNoAction)
}

// origin is what of a template is still as an import found it: what an apply changed is the configuration's.
func (m *sparkSessionTemplateModel) origin(state sparkSessionTemplateModel, from origin) origin {
	return slices.DeleteFunc(slices.Clone(from), func(name string) bool {
		return name == "properties" && !m.Properties.Equal(state.Properties) || name == "labels" && !m.Labels.Equal(state.Labels)
	})
}

// replaces reports whether a plan means another template than the state has.
func (m *sparkSessionTemplateModel) replaces(state sparkSessionTemplateModel) bool {
	return (!state.UserEmail.IsNull() && !m.UserEmail.Equal(state.UserEmail)) || !m.Project.Equal(state.Project) || !m.Location.Equal(state.Location) || !m.Name.Equal(state.Name)
}

// differs reports whether a plan wants the template itself otherwise than the state has it.
func (m *sparkSessionTemplateModel) differs(state sparkSessionTemplateModel) bool {
	return !m.DisplayName.Equal(state.DisplayName) || !m.Description.Equal(state.Description) || !m.Kernel.Equal(state.Kernel) ||
		!m.RuntimeVersion.Equal(state.RuntimeVersion) || !m.ContainerImage.Equal(state.ContainerImage) || !m.Properties.Equal(state.Properties) ||
		!m.Labels.Equal(state.Labels) || !m.IdleMinutes.Equal(state.IdleMinutes) || !m.MaxMinutes.Equal(state.MaxMinutes) || !m.Subnet.Equal(state.Subnet) ||
		!m.NetworkTags.Equal(state.NetworkTags) || !m.StagingBucket.Equal(state.StagingBucket) || !m.CustomerManagedKey.Equal(state.CustomerManagedKey) ||
		!m.MetastoreService.Equal(state.MetastoreService) || !m.HistoryServerCluster.Equal(state.HistoryServerCluster) || !m.UserEmail.Equal(state.UserEmail)
}

// same reports whether two models have the same values, in everything that a plan or a look may write.
func (m *sparkSessionTemplateModel) same(other sparkSessionTemplateModel) bool {
	return !m.differs(other) && !m.replaces(other) && m.DeleteLeftoverSessions.Equal(other.DeleteLeftoverSessions) && m.ID.Equal(other.ID) && m.UUID.Equal(other.UUID) &&
		m.Creator.Equal(other.Creator) && m.EffectiveIdentity.Equal(other.EffectiveIdentity) && m.ManagedBy.Equal(other.ManagedBy) && m.Outcome.Equal(other.Outcome)
}

// keep takes over what was computed before.
func (m *sparkSessionTemplateModel) keep(state sparkSessionTemplateModel) {
	m.ID, m.UUID, m.Creator, m.EffectiveIdentity = state.ID, state.UUID, state.Creator, state.EffectiveIdentity
	m.ManagedBy, m.Outcome = state.ManagedBy, state.Outcome
}
