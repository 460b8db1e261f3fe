package modules_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/data-access/terraform-provider-provisioner/internal/sandbox"
)

// project is an administrator of people's notebooks at work: one folder of configuration, and Google to work on.
type project struct {
	folder
	google *sandbox.Sandbox
}

// newProject has the modules beside it, in modules/. Its configuration is empty yet.
func newProject(t *testing.T) *project {
	t.Helper()
	top := checkOut(t)
	s := start(t, false)
	return &project{folder: in(s, top, "project"), google: s}
}

const (
	managedModule     = "personal-managed-notebook"
	userManagedModule = "personal-user-managed-notebook"
)

// asks writes a configuration of one instance of a module, and makes it ready.
func (p *project) asks(t *testing.T, module string, arguments ...string) {
	t.Helper()
	p.holds(t, instance("notebooks", module, arguments...))
}

// holds writes a configuration, and makes it ready.
func (p *project) holds(t *testing.T, blocks ...string) {
	t.Helper()
	p.write(t, "main.tf", strings.Join(blocks, "\n"))
	p.must(t, 0, "init")
}

// instance is one of a module, with all that it gives as an output of the same name.
func instance(name, module string, arguments ...string) string {
	return fmt.Sprintf("module %[1]q {\n  source     = %[2]q\n  project_id = %[3]q\n  %[4]s\n}\n\noutput %[1]q {\n  value = module.%[1]s\n}\n",
		name, "../modules/"+module, sandbox.GoogleProject, strings.Join(arguments, "\n  "))
}

func users(emails ...string) string {
	list, _ := json.Marshal(emails) // texts always can be written
	return "notebook_users_list = " + string(list)
}

func (p *project) apply(t *testing.T) string {
	t.Helper()
	return p.must(t, 0, "apply", "-auto-approve")
}

// settled fails the test unless a plan has nothing to do.
func (p *project) settled(t *testing.T) {
	t.Helper()
	p.must(t, 0, "plan", "-detailed-exitcode")
}

// plan is a plan that goes through, on one line.
func (p *project) plan(t *testing.T) string {
	t.Helper()
	said, status := p.run(t, "plan", "-no-color")
	if status != 0 {
		t.Fatalf("the plan ended with %d: %s", status, said)
	}
	return said
}

// refuses fails the test unless a plan is refused with all of the texts.
func (p *project) refuses(t *testing.T, texts ...string) {
	t.Helper()
	said, status := p.run(t, "plan", "-no-color")
	said = strings.ReplaceAll(said, "│ ", "") // the frame of a message
	if status != 1 {
		t.Errorf("the plan ended with %d: %s", status, said)
	}
	contains(t, said, texts...)
}

func contains(t *testing.T, said string, texts ...string) {
	t.Helper()
	said = strings.Join(strings.Fields(strings.ReplaceAll(said, "│", "")), " ")
	for _, text := range texts {
		if !strings.Contains(said, text) {
			t.Errorf("%q is missing from: %s", text, said)
		}
	}
}

// one is what the outputs say of a person, of either module.
type one struct {
	EffectiveIdentity *string           `json:"effective_identity"`
	ID                *string           `json:"id"`
	Name              string            `json:"name"`
	Outcome           string            `json:"outcome"`
	ProxyURL          *string           `json:"proxy_url"`
	SessionTemplateID *string           `json:"session_template_id"`
	State             *string           `json:"state"`
	TemplateURIs      map[string]string `json:"template_uris"`
}

// given is everything that an instance of a module puts out.
type given struct {
	Bucket            *string        `json:"bucket"`
	BucketSelfLink    *string        `json:"bucket_self_link"`
	NotebookInstances []string       `json:"notebook_instances"`
	Notebooks         map[string]one `json:"notebooks"`
	People            map[string]one `json:"people"`
	ServiceAccount    *string        `json:"service_account"`
}

func (p *project) gives(t *testing.T, name string) (g given) {
	t.Helper()
	decoder := json.NewDecoder(strings.NewReader(p.must(t, 0, "output", "-json", name)))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&g); err != nil {
		t.Fatal(err)
	}
	return g
}

// things is all that is there of a project at Google, by name, with what tells it from a later one of the same name.
func (p *project) things() map[string]string {
	found := map[string]string{}
	for _, i := range p.google.Google.Workbenches() {
		found[i.Name] = i.Id
	}
	for _, i := range p.google.Google.LegacyInstances() {
		found[i.Name] = i.CreateTime
	}
	for _, r := range p.google.Google.Runtimes() {
		found[r.Name] = r.CreateTime
	}
	for _, s := range p.google.Google.SessionTemplates() {
		found[s.Name] = s.Uuid
	}
	for _, c := range p.google.Google.Clusters() {
		found["clusters/"+c.ClusterName] = c.ClusterUuid
	}
	for _, a := range p.google.Google.ServiceAccounts() {
		found[a.Name] = a.UniqueId
	}
	for _, b := range p.google.Storage.Buckets() {
		found["gs://"+b.Name] = b.TimeCreated
	}
	for _, o := range p.google.Storage.Objects("") {
		found["gs://"+o.Bucket+"/"+o.Name] = fmt.Sprint(o.Generation)
	}
	return found
}

// without are the things whose names have none of the texts.
func without(things map[string]string, texts ...string) map[string]string {
	kept := maps.Clone(things)
	maps.DeleteFunc(kept, func(name, _ string) bool {
		return slices.ContainsFunc(texts, func(text string) bool { return strings.Contains(name, text) })
	})
	return kept
}

func same(t *testing.T, got, want map[string]string) {
	t.Helper()
	if !maps.Equal(got, want) {
		t.Errorf("there is\n%v\nwant\n%v", got, want)
	}
}
