package provider

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/data-access/terraform-provider-provisioner/internal/notebook/foundation"
)

// googleFoundationModel is the resource in Terraform's terms.
type googleFoundationModel struct {
	Project             types.String   `tfsdk:"project"`
	Bucket              types.String   `tfsdk:"bucket"`
	BucketLocation      types.String   `tfsdk:"bucket_location"`
	ServiceAccountID    types.String   `tfsdk:"service_account_id"`
	Roles               types.Set      `tfsdk:"roles"`
	Users               types.Set      `tfsdk:"users"`
	Labels              types.Map      `tfsdk:"labels"`
	ForceDestroy        types.Bool     `tfsdk:"force_destroy"`
	ID                  types.String   `tfsdk:"id"`
	ProjectNumber       types.Int64    `tfsdk:"project_number"`
	BucketURL           types.String   `tfsdk:"bucket_url"`
	BucketSelfLink      types.String   `tfsdk:"bucket_self_link"`
	BucketClosed        types.Bool     `tfsdk:"bucket_closed"`
	BucketReadable      types.Bool     `tfsdk:"bucket_readable"`
	ServiceAccountEmail types.String   `tfsdk:"service_account_email"`
	Outcome             types.String   `tfsdk:"outcome"`
	Timeouts            timeouts.Value `tfsdk:"timeouts"`
}

// wanted is what the model asks of the domain. What is not known yet is the zero value, which is not judged.
func (m *googleFoundationModel) wanted() foundation.Wanted {
	w := foundation.Wanted{
		Project: m.Project.ValueString(), Bucket: m.Bucket.ValueString(), ServiceAccount: m.ServiceAccountID.ValueString(),
		Roles: sortedTexts(m.Roles), Users: sortedTexts(m.Users), Labels: textsOf(m.Labels), Force: m.ForceDestroy.ValueBool(),
	}
	if w.Bucket != "" {
		w.BucketLocation = m.BucketLocation.ValueString()
	}
	return w
}

// took writes what an apply came to into the model. What was configured stays as configured.
func (m *googleFoundationModel) took(f *foundation.Foundation) {
	m.ProjectNumber = types.Int64Value(f.ProjectNumber)
	m.ServiceAccountEmail = stringOrNull(f.ServiceAccountEmail)
	m.BucketURL, m.BucketSelfLink = stringOrNull(f.BucketURL), stringOrNull(f.BucketSelfLink)
	m.BucketClosed, m.BucketReadable = types.BoolNull(), types.BoolNull()
	if f.Bucket != "" {
		m.BucketClosed = types.BoolValue(f.UniformAccess && f.PublicPrevented)
		if f.ServiceAccountEmail != "" {
			m.BucketReadable = types.BoolValue(f.BucketReadable)
		}
	}
	m.identify()
}

// identify writes the id.
func (m *googleFoundationModel) identify() {
	m.ID = types.StringValue(m.Project.ValueString() + "/" + cmp.Or(m.Bucket.ValueString(), noneOf) + "/" + cmp.Or(m.ServiceAccountID.ValueString(), noneOf))
}

// noneOf stands in an id for what there is none of.
const noneOf = "-"

// saw writes what a look found into the model: a bucket, an account or a grant that is missing is drift, and shows in
// the plan.
func (m *googleFoundationModel) saw(f *foundation.Foundation) {
	if f.Bucket == "" {
		m.Bucket = types.StringNull()
	} else if !strings.EqualFold(f.BucketLocation, m.BucketLocation.ValueString()) {
		m.BucketLocation = types.StringValue(f.BucketLocation)
	}
	if f.ServiceAccountEmail == "" {
		m.ServiceAccountID = types.StringNull()
	}
	m.Roles, m.Users = granted(m.Roles, f.Roles), granted(m.Users, f.Users)
	m.Labels = seenKeys(m.Labels, f.Labels)
	m.took(f)
}

// imported fills in what an import does not know.
func (m *googleFoundationModel) imported() {
	m.BucketLocation, m.ForceDestroy = types.StringValue(defaultBucketLocation), types.BoolValue(defaultForceDestroy)
	m.Outcome = types.StringValue(outcomeNoAction)
}

// granted is a set of grants, less those that are gone.
func granted(before types.Set, found []string) types.Set {
	if before.IsNull() || len(found) == len(before.Elements()) {
		return before
	}
	return setOf(found)
}

// same reports whether two models have the same values, in everything that a plan or a look may write.
func (m *googleFoundationModel) same(other googleFoundationModel) bool {
	return m.Project.Equal(other.Project) && m.Bucket.Equal(other.Bucket) && m.BucketLocation.Equal(other.BucketLocation) && m.ServiceAccountID.Equal(other.ServiceAccountID) &&
		m.Roles.Equal(other.Roles) && m.Users.Equal(other.Users) && m.Labels.Equal(other.Labels) && m.ForceDestroy.Equal(other.ForceDestroy) && m.ID.Equal(other.ID) &&
		m.ProjectNumber.Equal(other.ProjectNumber) && m.BucketURL.Equal(other.BucketURL) && m.BucketSelfLink.Equal(other.BucketSelfLink) && m.BucketClosed.Equal(other.BucketClosed) &&
		m.BucketReadable.Equal(other.BucketReadable) && m.ServiceAccountEmail.Equal(other.ServiceAccountEmail) && m.Outcome.Equal(other.Outcome)
}

// keep takes over what was computed before.
func (m *googleFoundationModel) keep(state googleFoundationModel) {
	m.ID, m.ProjectNumber, m.BucketURL, m.BucketSelfLink = state.ID, state.ProjectNumber, state.BucketURL, state.BucketSelfLink
	m.BucketClosed, m.BucketReadable, m.ServiceAccountEmail, m.Outcome = state.BucketClosed, state.BucketReadable, state.ServiceAccountEmail, state.Outcome
}

// differs reports whether a plan wants anything of Google's otherwise than the state has it.
func (m *googleFoundationModel) differs(state googleFoundationModel) bool {
	return !m.Bucket.Equal(state.Bucket) || !m.ServiceAccountID.Equal(state.ServiceAccountID) || !m.Roles.Equal(state.Roles) || !m.Users.Equal(state.Users) ||
		!m.Labels.Equal(state.Labels) || (!m.Bucket.IsNull() && !m.BucketLocation.Equal(state.BucketLocation)) ||
		isFalse(state.BucketClosed) || isFalse(state.BucketReadable)
}

func isFalse(b types.Bool) bool { return !b.IsNull() && !b.IsUnknown() && !b.ValueBool() }

// parseFoundationID reads what an import names: project/bucket/service_account_id, with - for what there is none of.
func parseFoundationID(id string) (project, bucket, account string, err error) {
	parts := strings.Split(id, "/")
	for len(parts) < 3 {
		parts = append(parts, noneOf)
	}
	for i, part := range parts {
		if parts[i] = part; part == noneOf {
			parts[i] = ""
		}
	}
	if len(parts) > 3 || parts[0] == "" || parts[1] == "" && parts[2] == "" {
		return "", "", "", fmt.Errorf("%q is not the id of a foundation: give project/bucket/service_account_id, with - for what there is none of", id)
	}
	return parts[0], parts[1], parts[2], nil
}
