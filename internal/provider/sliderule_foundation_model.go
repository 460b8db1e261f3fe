package provider

import (
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws/arn"
	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/data-access/terraform-provider-provisioner/internal/sliderule"
)

// slideruleFoundationModel is the resource in Terraform's terms.
type slideruleFoundationModel struct {
	Name               types.String   `tfsdk:"name"`
	Domain             types.String   `tfsdk:"domain"`
	CertificateSource  types.String   `tfsdk:"certificate_source"`
	Registry           types.String   `tfsdk:"registry"`
	GitHubOrganization types.String   `tfsdk:"github_organization"`
	LogRetentionDays   types.Int64    `tfsdk:"log_retention_days"`
	Tags               types.Map      `tfsdk:"tags"`
	ID                 types.String   `tfsdk:"id"`
	StackID            types.String   `tfsdk:"stack_id"`
	StackStatus        types.String   `tfsdk:"stack_status"`
	SchedulerRole      types.String   `tfsdk:"scheduler_role"`
	StackRole          types.String   `tfsdk:"stack_role"`
	BalancerProfile    types.String   `tfsdk:"balancer_profile"`
	NodeProfile        types.String   `tfsdk:"node_profile"`
	RunProfile         types.String   `tfsdk:"run_profile"`
	ReleaseProfile     types.String   `tfsdk:"release_profile"`
	ScheduleGroup      types.String   `tfsdk:"schedule_group"`
	LogBucket          types.String   `tfsdk:"log_bucket"`
	SigningKey         types.String   `tfsdk:"signing_key"`
	ManagedBy          types.String   `tfsdk:"managed_by"`
	Template           types.String   `tfsdk:"template"`
	Outcome            types.String   `tfsdk:"outcome"`
	Timeouts           timeouts.Value `tfsdk:"timeouts"`
}

// wanted is what the model asks of the domain. What is not known yet is the zero value, which is not judged.
func (m *slideruleFoundationModel) wanted() sliderule.FoundationWanted {
	return sliderule.FoundationWanted{
		Name: m.Name.ValueString(), Domain: m.Domain.ValueString(), CertificateSource: m.CertificateSource.ValueString(), Registry: m.Registry.ValueString(),
		GitHubOrganization: m.GitHubOrganization.ValueString(), LogRetentionDays: int(m.LogRetentionDays.ValueInt64()), Tags: textsOf(m.Tags),
	}
}

// outputs are what the stack tells when it is whole.
func (m *slideruleFoundationModel) outputs() []*types.String {
	return []*types.String{&m.StackID, &m.SchedulerRole, &m.StackRole, &m.BalancerProfile, &m.NodeProfile, &m.RunProfile, &m.ReleaseProfile, &m.ScheduleGroup, &m.LogBucket, &m.SigningKey}
}

// took writes what an apply came to into the model. What was configured stays as configured.
func (m *slideruleFoundationModel) took(f *sliderule.Foundation) {
	m.ID, m.StackStatus, m.ManagedBy = m.Name, stringOrNull(f.StackStatus), stringOrNull(f.ManagedBy)
	told := []string{f.StackID, f.SchedulerRole, f.StackRole, f.BalancerProfile, f.NodeProfile, f.RunProfile, f.ReleaseProfile, f.ScheduleGroup, f.LogBucket, f.SigningKey}
	for i, field := range m.outputs() {
		*field = stringOrNull(told[i])
	}
}

// saw writes what a look found into the model: a setting that was changed elsewhere is drift, and shows in the plan. A
// stack that is on its way tells what it was before, or nothing.
func (m *slideruleFoundationModel) saw(f *sliderule.Foundation) {
	m.took(f)
	if f.SigningKey == "" || strings.HasSuffix(f.StackStatus, "_IN_PROGRESS") {
		return
	}
	follow(&m.Domain, f.Domain)
	follow(&m.CertificateSource, f.CertificateSource)
	follow(&m.Registry, f.Registry)
	m.GitHubOrganization = stringOrNull(f.GitHubOrganization)
	if f.LogRetentionDays > 0 {
		m.LogRetentionDays = types.Int64Value(int64(f.LogRetentionDays))
	}
	if len(f.Tags)+len(m.Tags.Elements()) > 0 {
		m.Tags = mapOf(f.Tags)
	}
	if len(f.Tags) == 0 && !m.Tags.IsNull() && len(m.Tags.Elements()) == 0 {
		m.Tags = mapOf(nil)
	}
}

// foundedFound is a foundation that no configuration has yet, as an import or a list has it. Which release made its
// stack, nobody knows: no change is planned for that.
func foundedFound(f *sliderule.Foundation) slideruleFoundationModel {
	m := slideruleFoundationModel{
		Name: types.StringValue(f.Name), LogRetentionDays: types.Int64Value(defaultLogRetention), Tags: types.MapNull(types.StringType),
		Outcome: types.StringValue(outcomeNoAction), Timeouts: noTimeouts(),
	}
	m.saw(f)
	return m
}

// whole reports whether the stack of a state is at rest, and as it was to be.
func (m *slideruleFoundationModel) whole() bool {
	status := m.StackStatus.ValueString()
	return sliderule.StateOf(status) == sliderule.Running && strings.HasSuffix(status, "_COMPLETE")
}

// differs reports whether a plan wants anything of the stack otherwise than the state has it, or whether this release
// makes it otherwise.
func (m *slideruleFoundationModel) differs(state slideruleFoundationModel) bool {
	return !m.Domain.Equal(state.Domain) || !m.CertificateSource.Equal(state.CertificateSource) || !m.Registry.Equal(state.Registry) ||
		!m.GitHubOrganization.Equal(state.GitHubOrganization) || !m.LogRetentionDays.Equal(state.LogRetentionDays) || !m.sameTags(state) ||
		!state.whole() || (!state.Template.IsNull() && state.Template.ValueString() != sliderule.FoundationTemplate())
}

// sameTags: no tags and an empty map of them are the same to AWS.
func (m *slideruleFoundationModel) sameTags(state slideruleFoundationModel) bool {
	if m.Tags.IsUnknown() {
		return false
	}
	return len(m.Tags.Elements())+len(state.Tags.Elements()) == 0 || m.Tags.Equal(state.Tags)
}

// place is the region and account of a stack, by its id; empty when that is none.
func (m *slideruleFoundationModel) place() (region, account string) {
	parsed, err := arn.Parse(m.StackID.ValueString())
	if err != nil {
		return "", ""
	}
	return parsed.Region, parsed.AccountID
}
