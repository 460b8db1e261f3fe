package provider

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/data-access/terraform-provider-provisioner/internal/notebook"
	"github.com/data-access/terraform-provider-provisioner/internal/notebook/google"
	"github.com/data-access/terraform-provider-provisioner/internal/person"
)

func disk(size int64, kind string) types.Object {
	return diskValue(notebook.Disk{SizeGB: size, Type: kind})
}

// notebookModel is Ana's notebook as a state has it.
func notebookModel() personalNotebookModel {
	m := emptyNotebook()
	m.UserEmail, m.Environment, m.Project, m.Location, m.Name = types.StringValue("Ana.Diaz@example.com"), types.StringValue("workbench"), types.StringValue("p"), types.StringValue("us-central1-a"), types.StringValue("ana")
	m.Identity, m.MachineType, m.IdleShutdownMinutes, m.PublicIP = types.StringValue("user"), types.StringValue("e2-standard-4"), types.Int64Value(180), types.BoolValue(false)
	m.Network, m.Subnet, m.ServiceAccount = types.StringValue("projects/p/global/networks/net"), types.StringValue("projects/p/regions/us-central1/subnetworks/sub"), types.StringValue("vm@example.com")
	m.BootDisk, m.Tags, m.State, m.Outcome = disk(150, "PD_BALANCED"), setOf([]string{"b", "a"}), types.StringValue("ACTIVE"), types.StringValue("created")
	return m
}

func TestANotebookToDomain(t *testing.T) {
	m := notebookModel()
	m.Accelerator = acceleratorValue(&notebook.Accelerator{Type: "NVIDIA_L4", Count: 2})
	m.Image = types.ObjectValueMust(imageTypes, map[string]attr.Value{"project": types.StringNull(), "family": types.StringValue("f"), "name": types.StringNull()})
	m.Labels, m.Metadata = mapOf(map[string]string{"team": "data"}), types.MapValueMust(types.StringType, map[string]attr.Value{"later": types.StringUnknown()})
	m.Templates, m.DesiredState, m.CustomerManagedKey = textList([]string{"gs://b/t.yaml"}), types.StringValue("STOPPED"), types.StringValue("key")
	config := emptyNotebook()
	config.Network, config.BootDisk, config.Tags = types.StringValue("net"), types.ObjectValueMust(diskTypes, map[string]attr.Value{"size_gb": types.Int64Value(150), "type": types.StringNull()}), m.Tags

	got, diags := m.wanted(t.Context(), config)
	if diags.HasError() {
		t.Fatal(diags)
	}
	who, err := person.Parse("ana.diaz@example.com")
	if err != nil {
		t.Fatal(err)
	}
	want := notebook.Wanted{
		Person: who, Environment: notebook.Workbench, Project: "p", Location: "us-central1-a", Name: "ana", Identity: notebook.AsUser,
		MachineType: "e2-standard-4", Accelerator: &notebook.Accelerator{Type: "NVIDIA_L4", Count: 2}, BootDisk: notebook.Disk{SizeGB: 150},
		Network: "projects/p/global/networks/net", Tags: []string{"a", "b"}, Labels: map[string]string{"team": "data"}, Metadata: map[string]string{"later": ""},
		IdleShutdown: 3 * time.Hour, Image: notebook.Image{Family: "f"}, KMSKey: "key", Templates: []string{"gs://b/t.yaml"}, DesiredState: notebook.Stopped,
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

func TestWhatIsUnknownIsNotJudged(t *testing.T) {
	m := personalNotebookModel{
		UserEmail: types.StringUnknown(), Environment: types.StringUnknown(), Location: types.StringUnknown(), Name: types.StringUnknown(), Identity: types.StringUnknown(),
		Accelerator: types.ObjectUnknown(acceleratorTypes), BootDisk: types.ObjectUnknown(diskTypes), DataDisk: types.ObjectUnknown(diskTypes), Image: types.ObjectUnknown(imageTypes),
		Tags: types.SetUnknown(types.StringType), Labels: types.MapUnknown(types.StringType), Metadata: types.MapUnknown(types.StringType), Templates: types.ListUnknown(types.StringType),
		IdleShutdownMinutes: types.Int64Unknown(), MachineType: types.StringUnknown(), DesiredState: types.StringUnknown(),
	}
	if problems, diags := m.problems(t.Context(), &m); diags.HasError() || len(problems) > 0 {
		t.Errorf("got %+v, %v", problems, diags)
	}
}

// What Google does not tell is no news.
func TestAnEmptyAnswerChangesNothing(t *testing.T) {
	m := notebookModel()
	m.Labels, m.Metadata, m.Templates = mapOf(map[string]string{"a": "b"}), mapOf(map[string]string{"c": "d"}), textList([]string{"gs://b/t.yaml"})
	m.Accelerator, m.CustomerManagedKey = acceleratorValue(&notebook.Accelerator{Type: "NVIDIA_L4", Count: 1}), types.StringValue("key")
	before := m
	m.saw(&notebook.Notebook{})
	if !m.same(&before) {
		t.Errorf("got  %+v\nwant %+v", m, before)
	}
}

func TestWhatALookFinds(t *testing.T) {
	public := true
	for name, c := range map[string]struct {
		is   notebook.Notebook
		want func(*personalNotebookModel)
	}{
		"the owner in capitals":    {notebook.Notebook{Owner: "ANA.DIAZ@example.com"}, func(*personalNotebookModel) {}},
		"another owner":            {notebook.Notebook{Owner: "bob@example.com"}, func(m *personalNotebookModel) { m.UserEmail = types.StringValue("bob@example.com") }},
		"a public address":         {notebook.Notebook{PublicIP: &public}, func(m *personalNotebookModel) { m.PublicIP = types.BoolValue(true) }},
		"the network's short name": {notebook.Notebook{Network: "net"}, func(*personalNotebookModel) {}},
		"the project's number":     {notebook.Notebook{Network: "https://compute.example.com/compute/v1/projects/42/global/networks/net"}, func(*personalNotebookModel) {}},
		"another network":          {notebook.Notebook{Network: "projects/p/global/networks/other"}, func(m *personalNotebookModel) { m.Network = types.StringValue("projects/p/global/networks/other") }},
		"another project's":        {notebook.Notebook{Network: "projects/q/global/networks/net"}, func(m *personalNotebookModel) { m.Network = types.StringValue("projects/q/global/networks/net") }},
		"tags in another order":    {notebook.Notebook{Tags: []string{"a", "b"}}, func(*personalNotebookModel) {}},
		"a disk that grew":         {notebook.Notebook{BootDisk: notebook.Disk{SizeGB: 200}}, func(m *personalNotebookModel) { m.BootDisk = disk(200, "PD_BALANCED") }},
		"idle shutdown off":        {notebook.Notebook{IdleShutdown: notebook.IdleOff}, func(m *personalNotebookModel) { m.IdleShutdownMinutes = types.Int64Value(0) }},
		"a version of the key":     {notebook.Notebook{KMSKey: "k/cryptoKeyVersions/3"}, func(m *personalNotebookModel) { m.CustomerManagedKey = types.StringValue("k") }},
		"a label of others":        {notebook.Notebook{Labels: map[string]string{"theirs": "x"}}, func(*personalNotebookModel) {}},
	} {
		m, want := notebookModel(), notebookModel()
		m.saw(&c.is)
		if c.want(&want); !m.same(&want) {
			t.Errorf("%s: got  %+v\nwant %+v", name, m, want)
		}
	}
}

func TestDeclaredKeysOnly(t *testing.T) {
	is := map[string]string{"a": "1", "gone": "", "empty": "", "theirs": "x"}
	for name, c := range map[string]struct{ declared, seen map[string]string }{
		"as declared":          {map[string]string{"a": "1"}, map[string]string{"a": "1"}},
		"another value":        {map[string]string{"a": "2"}, map[string]string{"a": "1"}},
		"missing":              {map[string]string{"a": "1", "b": "1"}, map[string]string{"a": "1"}},
		"removed, kept empty":  {map[string]string{"gone": "1"}, map[string]string{}},
		"empty and so desired": {map[string]string{"empty": ""}, map[string]string{"empty": ""}},
	} {
		if got := seenKeys(mapOf(c.declared), is); !got.Equal(mapOf(c.seen)) {
			t.Errorf("%s: got %v", name, got)
		}
	}
	if got := seenKeys(types.MapNull(types.StringType), is); !got.IsNull() {
		t.Errorf("nothing is declared, and %v is seen", got)
	}
}

func TestTookFillsInOnlyWhatIsOpen(t *testing.T) {
	m := notebookModel()
	m.State, m.ProxyURL, m.Outcome, m.Tags = types.StringValue("STOPPED"), types.StringUnknown(), types.StringUnknown(), types.SetUnknown(types.StringType)
	m.BootDisk = types.ObjectValueMust(diskTypes, map[string]attr.Value{"size_gb": types.Int64Value(200), "type": types.StringUnknown()})
	m.DataDisk = types.ObjectUnknown(diskTypes)
	m.took(&notebook.Notebook{State: "ACTIVE", ProxyURL: "https://x", Outcome: notebook.Created, BootDisk: notebook.Disk{SizeGB: 100, Type: "PD_SSD"}})
	want := notebookModel()
	want.State, want.ProxyURL, want.Outcome, want.Tags, want.BootDisk = types.StringValue("STOPPED"), types.StringValue("https://x"), types.StringValue("created"), setOf(nil), disk(200, "PD_SSD")
	if !m.same(&want) {
		t.Errorf("got  %+v\nwant %+v", m, want)
	}
	m.Outcome = types.StringUnknown()
	if m.took(&notebook.Notebook{Outcome: notebook.Created, Problem: errors.New("late")}); m.Outcome.ValueString() != "failed" || !m.unfinished() {
		t.Errorf("a wait that was cut short leaves the outcome %s", m.Outcome)
	}
}

func TestAnImportKeepsWhatAConfigurationCouldSay(t *testing.T) {
	m := emptyNotebook()
	is := &notebook.Notebook{
		ID: "projects/p/locations/l/instances/n", Environment: notebook.Workbench, Project: "p", Location: "l", Name: "n", Owner: "Ana@example.com", Identity: notebook.AsUser,
		Labels:   map[string]string{"team": "data", google.LabelOwner: "x", "goog-caip": "", "notebooks-managed-euc": "true"},
		Metadata: map[string]string{"report-event-health": "true", "title": "x", "idle-timeout-seconds": "60", "startup-script": "x", "proxy-mode": "mail"},
	}
	m.imported(is)
	m.saw(is)
	if !m.Labels.Equal(mapOf(map[string]string{"team": "data"})) || !m.Metadata.Equal(mapOf(map[string]string{"report-event-health": "true"})) || m.UserEmail.ValueString() != "ana@example.com" {
		t.Errorf("imported as %+v", m)
	}
}

func TestTheOriginOfAnImport(t *testing.T) {
	from := originOf(importedOrigin().stored())
	plan, state := notebookModel(), notebookModel()
	plan.Labels = mapOf(map[string]string{"a": "b"})
	left := from.settled(&plan, &state)
	if !from.imports("labels") || left.imports("labels") || !left.imports("metadata") {
		t.Errorf("before %v, after %v", from, left)
	}
	if originOf(nil).imports("labels") || origin(nil).stored() != nil {
		t.Error("what was not imported has an origin")
	}
	plan.Image, state.Image = types.ObjectValueMust(imageTypes, map[string]attr.Value{"project": types.StringNull(), "family": types.StringValue("f"), "name": types.StringNull()}), types.ObjectNull(imageTypes)
	if got := plan.replaced(&state, from); len(got) != 0 {
		t.Errorf("what an import cannot learn replaces: %v", got)
	}
	if got := plan.replaced(&state, nil); len(got) != 1 || got[0] != "image" {
		t.Errorf("another image replaces %v", got)
	}
}

func TestOutcomeAfterAnUpdate(t *testing.T) {
	for _, c := range []struct {
		before, found notebook.Outcome
		untold        bool
		want          notebook.Outcome
	}{
		{notebook.Created, "", false, notebook.Created},
		{notebook.NoAction, "", false, notebook.NoAction},
		{notebook.Failed, notebook.Created, true, notebook.Created},
		{notebook.Failed, notebook.NoAction, true, notebook.Created},
		{notebook.Failed, notebook.NoAction, false, notebook.NoAction},
	} {
		if got := outcomeAfter(c.before, c.found, c.untold); got != c.want {
			t.Errorf("%+v: got %s", c, got)
		}
	}
}

func TestFormsOfAnImport(t *testing.T) {
	r := &personalNotebookResource{clouds: newClouds("test", nil, providerModel{Google: &googleModel{Project: types.StringValue("p")}})}
	for text, want := range map[string]string{
		"projects/p/locations/us-central1-a/instances/n":              "workbench projects/p/locations/us-central1-a/instances/n",
		"dataproc_hub:projects/p/locations/us-central1-a/instances/n": "dataproc_hub projects/p/locations/us-central1-a/instances/n",
		"workbench:q/us-central1-a/n":                                 "workbench projects/q/locations/us-central1-a/instances/n",
		"us-central1-a/n":                                             "workbench projects/p/locations/us-central1-a/instances/n",
		"us-central1/n":                                               "managed projects/p/locations/us-central1/runtimes/n",
		"projects/p/locations/us-central1/runtimes/n":                 "managed projects/p/locations/us-central1/runtimes/n",
		"projects/example.com:p/locations/us-central1-a/instances/n":  "workbench projects/example.com:p/locations/us-central1-a/instances/n",
		"dataproc_hub:example.com:p/us-central1-a/n":                  "dataproc_hub projects/example.com:p/locations/us-central1-a/instances/n",
	} {
		id, environment, err := r.findForImport(text, "")
		if got := string(environment) + " " + id; err != nil || got != want {
			t.Errorf("%s: got %s, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "n", "colab:us-central1-a/n", "dataproc_hub:projects/p/locations/us-central1/runtimes/n"} {
		if id, _, err := r.findForImport(text, ""); err == nil || strings.Contains(err.Error(), "%!") {
			t.Errorf("%q is taken for %s, %v", text, id, err)
		}
	}
}
