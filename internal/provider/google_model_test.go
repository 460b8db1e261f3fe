package provider

import (
	"errors"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/data-access/terraform-provider-provisioner/internal/notebook/foundation"
	"github.com/data-access/terraform-provider-provisioner/internal/notebook/session"
	"github.com/data-access/terraform-provider-provisioner/internal/notebook/template"
	"github.com/data-access/terraform-provider-provisioner/internal/person"
)

const (
	anasFile  = "clusterName: x\nconfig:\n  softwareConfig:\n    properties:\n      dataproc:dataproc.personal-auth.user: ana.diaz@example.com\n"
	anasLabel = "ana-diaz-6idqd22h"
)

func ana(t *testing.T) person.Person {
	t.Helper()
	who, err := person.Parse("ana.diaz@example.com")
	if err != nil {
		t.Fatal(err)
	}
	return who
}

func TestTemplateModelOfAnImport(t *testing.T) {
	t.Parallel()
	found := template.Object{Bucket: "b-1", Name: "a/b/6idqd22h-ana-diaz/big.yaml", Text: anasFile, Generation: 7, Owner: anasLabel, ManagedBy: "default"}
	var m dataprocTemplateModel
	if err := m.imported(found); err != nil {
		t.Fatal(err)
	}
	m.saw(found, ana(t))
	for what, pair := range map[string][2]string{
		"user_email": {m.UserEmail.ValueString(), "ana.diaz@example.com"}, "prefix": {m.Prefix.ValueString(), "a/b"}, "name": {m.Name.ValueString(), "big"},
		"template": {m.Template.ValueString(), anasFile}, "yaml": {m.YAML.ValueString(), anasFile}, "id": {m.ID.ValueString(), "b-1/a/b/6idqd22h-ana-diaz/big.yaml"},
		"uri": {m.URI.ValueString(), "gs://b-1/a/b/6idqd22h-ana-diaz/big.yaml"}, "managed_by": {m.ManagedBy.ValueString(), "default"}, "outcome": {m.Outcome.ValueString(), "no_action"},
	} {
		if pair[0] != pair[1] {
			t.Errorf("%s is %q, want %q", what, pair[0], pair[1])
		}
	}
	if m.Generation.ValueInt64() != 7 {
		t.Errorf("generation %d", m.Generation.ValueInt64())
	}
	found.Name = "6idqd22h-ana-diaz/big.yaml" // without a prefix
	if err := m.imported(found); err != nil || m.Prefix.ValueString() != "" {
		t.Errorf("without a prefix: %v, %q", err, m.Prefix.ValueString())
	}
	found.Name = "dataproc_generated_templates/ana.diaz@example.com.yaml"
	if err := m.imported(found); !errors.Is(err, errNotOurPath) {
		t.Errorf("elsewhere: %v", err)
	}
	for _, text := range []string{"", "a: [", "clusterName: x", "config: {softwareConfig: {properties: {dataproc:dataproc.personal-auth.user: 7}}}"} {
		found.Text = text
		if err := m.imported(found); err == nil {
			t.Errorf("%q was imported", text)
		}
	}
}

func TestTemplateModelSeesDrift(t *testing.T) {
	t.Parallel()
	m := dataprocTemplateModel{}
	m.took(template.Object{Bucket: "b", Name: "p", Generation: 1}, "text", "default")
	seen := template.Object{Generation: 2, MD5: m.MD5.ValueString(), Owner: anasLabel, ManagedBy: "default"} // the text was not fetched
	if m.saw(seen, ana(t)); m.YAML.ValueString() != "text" || m.Generation.ValueInt64() != 2 || m.ManagedBy.ValueString() != "default" {
		t.Errorf("the same text: %+v", m)
	}
	seen.MD5, seen.Text, seen.Owner = "other", "theirs", "bob-x"
	if m.saw(seen, ana(t)); m.YAML.ValueString() != "theirs" || m.MD5.ValueString() != md5Of("theirs") || m.ManagedBy.ValueString() != "" {
		t.Errorf("another text and owner: %+v", m)
	}
	if got := md5Of("hello"); got != "XUFAKrxLKna5cZ2REBfFkg==" {
		t.Errorf("md5 %q", got)
	}
}

func TestTemplateIDs(t *testing.T) {
	t.Parallel()
	for id, want := range map[string]string{"gs://b-1/a/b.yaml": "b-1 a/b.yaml", "b-1/a/b.yaml": "b-1 a/b.yaml", "b-1": "", "gs://b-1/": "", "b-1/a": "", "s3://b-1/a.yaml": "", "": ""} {
		bucket, name, err := parseTemplateID(id)
		if got := bucket + " " + name; (err == nil) != (want != "") || err == nil && got != want {
			t.Errorf("%q: %q, %v", id, got, err)
		}
	}
}

func TestSessionModelToDomain(t *testing.T) {
	t.Parallel()
	m := sparkSessionTemplateModel{
		UserEmail: types.StringValue("Ana.Diaz@example.com"), Kernel: types.StringValue(sparkConnect), IdleMinutes: types.Int64Value(30), MaxMinutes: types.Int64Unknown(),
		Properties: mapOf(map[string]string{"a": "b"}), Labels: types.MapNull(types.StringType), NetworkTags: setOf([]string{"z", "a"}), CustomerManagedKey: types.StringValue("k"),
		MetastoreService: types.StringValue("m"), HistoryServerCluster: types.StringValue("h"),
	}
	w := m.wanted()
	if w.Person != ana(t) || w.Kernel != "" || w.IdleTTL != 30*time.Minute || w.TTL != 0 || w.Properties["a"] != "b" || w.Labels != nil ||
		len(w.NetworkTags) != 2 || w.NetworkTags[0] != "a" || w.KMSKey != "k" || w.Metastore != "m" || w.HistoryServer != "h" {
		t.Errorf("got %+v", w)
	}
}

func TestSessionModelSeesDriftOfWhatIsDeclared(t *testing.T) {
	t.Parallel()
	declares := func() sparkSessionTemplateModel {
		return sparkSessionTemplateModel{
			UserEmail: types.StringValue("ana.diaz@example.com"), DisplayName: types.StringValue("d"), RuntimeVersion: types.StringValue("2.3"), Kernel: types.StringValue("PYTHON"),
			Properties: mapOf(map[string]string{"a": "1", "b": "2"}), Labels: types.MapNull(types.StringType), NetworkTags: types.SetNull(types.StringType),
			Subnet: types.StringValue("projects/p/regions/r/subnetworks/s"), IdleMinutes: types.Int64Value(30), MaxMinutes: types.Int64Value(60), Outcome: types.StringValue("created"),
		}
	}
	same := session.Template{
		DisplayName: "d", Description: "Google's", RuntimeVersion: "2.3.7", Kernel: "PYTHON", Properties: map[string]string{"a": "1", "b": "2", "c": "3"},
		Labels: map[string]string{"provisioner_owner": anasLabel, "provisioner_managed_by": "default", "more": "x"}, NetworkTags: []string{"google"},
		Subnet: "https://www.googleapis.com/compute/v1/projects/p/regions/r/subnetworks/s", EndUserIdentity: true,
	}
	before, after := declares(), declares()
	if after.saw(&same); before.differs(after) || after.ManagedBy.ValueString() != "default" || after.EffectiveIdentity.ValueString() != identityUser {
		t.Errorf("what nobody declared, or is told in another form, shows as drift: %+v", after)
	}
	for name, change := range map[string]func(*session.Template){
		"display name": func(t *session.Template) { t.DisplayName = "" },
		"runtime":      func(t *session.Template) { t.RuntimeVersion = "2.30" },
		"kernel":       func(t *session.Template) { t.Kernel = "" },
		"property":     func(t *session.Template) { t.Properties = map[string]string{"a": "1", "b": "9"} },
		"no property":  func(t *session.Template) { t.Properties = map[string]string{"a": "1"} },
		"emptied":      func(t *session.Template) { t.Properties = map[string]string{"a": "1", "b": ""} },
		"subnet":       func(t *session.Template) { t.Subnet = "projects/p/regions/r/subnetworks/other" },
		"idle":         func(t *session.Template) { t.IdleTTL = time.Hour },
	} {
		found := same
		change(&found)
		after := declares()
		if after.saw(&found); !before.differs(after) {
			t.Errorf("%s: no drift", name)
		}
	}
	found := same
	found.Labels = map[string]string{"provisioner_owner": "bob-x", "provisioner_managed_by": "default"}
	found.EndUserIdentity = false
	if after.saw(&found); after.ManagedBy.ValueString() != "" || after.EffectiveIdentity.ValueString() != identityServiceAccount {
		t.Errorf("the marks: %+v", after)
	}
}

func TestFoundationModel(t *testing.T) {
	t.Parallel()
	declares := func() googleFoundationModel {
		m := googleFoundationModel{
			Project: types.StringValue("p"), Bucket: types.StringValue("b-1"), BucketLocation: types.StringValue("us-central1"), ServiceAccountID: types.StringValue("notebooks"),
			Roles: setOf([]string{"r1", "r2"}), Users: types.SetNull(types.StringType), Labels: mapOf(map[string]string{"team": "data"}), ForceDestroy: types.BoolValue(true),
		}
		m.identify()
		return m
	}
	whole := foundation.Foundation{
		ProjectNumber: 7, Bucket: "b-1", BucketURL: "gs://b-1", BucketSelfLink: "l", BucketLocation: "US-CENTRAL1", UniformAccess: true, PublicPrevented: true, BucketReadable: true,
		ServiceAccountEmail: "e", Roles: []string{"r1", "r2"}, Labels: map[string]string{"team": "data", "more": "x"},
	}
	m := declares()
	if w := m.wanted(); w.Bucket != "b-1" || w.ServiceAccount != "notebooks" || len(w.Roles) != 2 || w.Users != nil || w.Labels["team"] != "data" || !w.Force || w.BucketLocation != "us-central1" {
		t.Errorf("wanted %+v", w)
	}
	before := m
	if m.saw(&whole); m.differs(before) || m.ID.ValueString() != "p/b-1/notebooks" || !m.BucketClosed.ValueBool() || !m.BucketReadable.ValueBool() {
		t.Errorf("all is well: %+v", m)
	}
	for name, change := range map[string]func(*foundation.Foundation){
		"opened":     func(f *foundation.Foundation) { f.PublicPrevented = false },
		"its lists":  func(f *foundation.Foundation) { f.UniformAccess = false },
		"unreadable": func(f *foundation.Foundation) { f.BucketReadable = false },
		"a role":     func(f *foundation.Foundation) { f.Roles = []string{"r1"} },
		"a label":    func(f *foundation.Foundation) { f.Labels = nil },
		"the bucket": func(f *foundation.Foundation) { f.Bucket, f.BucketURL = "", "" },
		"the account": func(f *foundation.Foundation) {
			f.ServiceAccountEmail, f.Roles = "", nil
		},
		"moved": func(f *foundation.Foundation) { f.BucketLocation = "EU" },
	} {
		found, after := whole, declares()
		change(&found)
		if after.saw(&found); !before.differs(after) {
			t.Errorf("%s: no drift", name)
		}
	}
	for id, want := range map[string]string{"p/b/a": "p b a", "p/b": "p b ", "p/-/a": "p  a", "p": "", "p/-/-": "", "/b/a": "", "a/b/c/d": "", "": ""} {
		project, bucket, account, err := parseFoundationID(id)
		if got := project + " " + bucket + " " + account; (err == nil) != (want != "") || err == nil && got != want {
			t.Errorf("%q: %q, %v", id, got, err)
		}
	}
}
