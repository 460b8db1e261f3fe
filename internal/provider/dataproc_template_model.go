package provider

import (
	"crypto/md5" // how Cloud Storage tells contents apart; it guards nothing
	"encoding/base64"
	"errors"
	"fmt"
	"path"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/data-access/terraform-provider-provisioner/internal/notebook/template"
	"github.com/data-access/terraform-provider-provisioner/internal/person"
)

// dataprocTemplateModel is the resource in Terraform's terms.
type dataprocTemplateModel struct {
	UserEmail              types.String   `tfsdk:"user_email"`
	Bucket                 types.String   `tfsdk:"bucket"`
	Prefix                 types.String   `tfsdk:"prefix"`
	Name                   types.String   `tfsdk:"name"`
	Template               types.String   `tfsdk:"template"`
	Project                types.String   `tfsdk:"project"`
	Region                 types.String   `tfsdk:"region"`
	DeleteLeftoverClusters types.Bool     `tfsdk:"delete_leftover_clusters"`
	ID                     types.String   `tfsdk:"id"`
	URI                    types.String   `tfsdk:"uri"`
	Path                   types.String   `tfsdk:"path"`
	YAML                   types.String   `tfsdk:"yaml"`
	Generation             types.Int64    `tfsdk:"generation"`
	MD5                    types.String   `tfsdk:"md5"`
	ManagedBy              types.String   `tfsdk:"managed_by"`
	Outcome                types.String   `tfsdk:"outcome"`
	Timeouts               timeouts.Value `tfsdk:"timeouts"`
}

// stands writes where a file stands.
func (m *dataprocTemplateModel) stands(o template.Object) {
	m.Bucket = types.StringValue(o.Bucket)
	m.Path = types.StringValue(o.Name)
	m.URI = types.StringValue(o.URI())
	m.ID = types.StringValue(o.Bucket + "/" + o.Name)
}

// object is the file as the model has it.
func (m *dataprocTemplateModel) object(text string) template.Object {
	return template.Object{Bucket: m.Bucket.ValueString(), Name: m.Path.ValueString(), Text: text, Generation: m.Generation.ValueInt64(), MD5: m.MD5.ValueString()}
}

// file is the file as two resources could ask for it.
func (m *dataprocTemplateModel) file() thing {
	return thing{"file", m.URI.ValueString(), m.UserEmail.ValueString()}
}

// holds writes what text a file has.
func (m *dataprocTemplateModel) holds(text string) {
	m.YAML = types.StringValue(text)
	m.MD5 = types.StringValue(md5Of(text))
}

// took writes what an apply came to into the model.
func (m *dataprocTemplateModel) took(stored template.Object, text, installation string) {
	m.stands(template.Object{Bucket: m.Bucket.ValueString(), Name: stored.Name})
	m.holds(text)
	m.Generation = types.Int64Value(stored.Generation)
	m.ManagedBy = types.StringValue(installation)
}

// saw writes what a look found into the model: a text that differs from what we wrote is drift, and shows in the plan.
func (m *dataprocTemplateModel) saw(found template.Object, who person.Person) {
	if found.MD5 == "" || found.MD5 != m.MD5.ValueString() {
		m.holds(found.Text)
	}
	m.Generation = types.Int64Value(found.Generation)
	m.ManagedBy = types.StringValue(found.ManagedBy)
	if found.Owner != who.Label() { // a mark that names another person is none
		m.ManagedBy = types.StringValue("")
	}
}

// keep takes over what was computed before.
func (m *dataprocTemplateModel) keep(state dataprocTemplateModel) {
	m.ID, m.URI, m.Path, m.YAML = state.ID, state.URI, state.Path, state.YAML
	m.Generation, m.MD5, m.ManagedBy, m.Outcome = state.Generation, state.MD5, state.ManagedBy, state.Outcome
}

var errNotOurPath = errors.New("files of one person stand at <prefix>/<person>/<name>.yaml")

// imported fills in what an import does not know, from where the file stands and what it says.
func (m *dataprocTemplateModel) imported(found template.Object) error {
	who, err := ownerOf(found.Text)
	if err != nil {
		return err
	}
	folder := path.Dir(found.Name)
	prefix, name := path.Dir(folder), strings.TrimSuffix(path.Base(found.Name), ".yaml")
	if prefix == "." {
		prefix = ""
	}
	if stands, err := template.Path(prefix, who, name); err != nil || stands != found.Name {
		usual, _ := template.Path(dataprocTemplateDefaults["prefix"], who, dataprocTemplateDefaults["name"])
		return fmt.Errorf("the file is %s's, and %w, such as %s. Let this resource make a new one, and remove the old one", who, errNotOurPath, usual)
	}
	m.UserEmail = types.StringValue(who.Email())
	m.Prefix, m.Name = types.StringValue(prefix), types.StringValue(name)
	m.Template = types.StringValue(found.Text)
	m.DeleteLeftoverClusters = types.BoolValue(defaultDeleteLeftovers)
	m.Outcome = types.StringValue(outcomeNoAction)
	m.stands(found)
	return nil
}

// replaces reports whether a plan means another file than the state has.
func (m *dataprocTemplateModel) replaces(state dataprocTemplateModel) bool {
	return !m.UserEmail.Equal(state.UserEmail) || !m.Bucket.Equal(state.Bucket) || !m.Prefix.Equal(state.Prefix) || !m.Name.Equal(state.Name)
}

// same reports whether two models have the same values, in everything that a plan or a look may write.
func (m *dataprocTemplateModel) same(other dataprocTemplateModel) bool {
	return m.UserEmail.Equal(other.UserEmail) && m.Bucket.Equal(other.Bucket) && m.Prefix.Equal(other.Prefix) && m.Name.Equal(other.Name) &&
		m.Template.Equal(other.Template) && m.DeleteLeftoverClusters.Equal(other.DeleteLeftoverClusters) &&
		m.ID.Equal(other.ID) && m.URI.Equal(other.URI) && m.Path.Equal(other.Path) && m.YAML.Equal(other.YAML) && m.Generation.Equal(other.Generation) &&
		m.MD5.Equal(other.MD5) && m.ManagedBy.Equal(other.ManagedBy) && m.Outcome.Equal(other.Outcome)
}

// md5Of is a checksum as Cloud Storage writes it.
func md5Of(text string) string {
	sum := md5.Sum([]byte(text))
	return base64.StdEncoding.EncodeToString(sum[:])
}

// parseTemplateID reads what an import names: gs://bucket/path or bucket/path.
func parseTemplateID(id string) (bucket, name string, err error) {
	bucket, name, _ = strings.Cut(strings.TrimPrefix(id, "gs://"), "/")
	if !bucketForm.MatchString(bucket) || !strings.HasSuffix(name, ".yaml") {
		return "", "", fmt.Errorf("%q is not the address of a template: give gs://bucket/prefix/person/name.yaml, with or without gs://", id)
	}
	return bucket, name, nil
}
