package provider_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"
	workbench "google.golang.org/api/notebooks/v2"

	"github.com/data-access/terraform-provider-provisioner/internal/await/awaittest"
	"github.com/data-access/terraform-provider-provisioner/internal/provider"
	"github.com/data-access/terraform-provider-provisioner/internal/sandbox"
	fake "github.com/data-access/terraform-provider-provisioner/internal/sandbox/google"
)

const (
	notebookAddress = "provisioner_personal_notebook.test"
	notebookType    = "provisioner_personal_notebook"

	anasNotebook = "notebook-ana-diaz-6idqd22h" // the default name
	inZone       = "projects/" + sandbox.GoogleProject + "/locations/us-central1-a/instances/"
	inRegion     = "projects/" + sandbox.GoogleProject + "/locations/us-central1/runtimes/"
)

// project of Google's, with a provider whose clock does not wait for it.
type notebookWorld struct {
	*world
	factories map[string]func() (tfprotov6.ProviderServer, error)
}

func newNotebookWorld(t testing.TB) *notebookWorld {
	t.Helper()
	w := newWorld(t)
	at := 20 * time.Millisecond
	w.Google.SetTimings(func(all *fake.Timings) {
		*all = fake.Timings{WorkbenchCreate: at, LegacyCreate: at, RuntimeCreate: at, Start: at, Stop: at, Delete: at, Patch: at, Upgrade: at}
	})
	g := &notebookWorld{world: w}
	g.factories = map[string]func() (tfprotov6.ProviderServer, error){
		"provisioner": func() (tfprotov6.ProviderServer, error) { return g.server(), nil },
	}
	return g
}

func (w *notebookWorld) server() tfprotov6.ProviderServer {
	return provider.Server("0.0.0-test", provider.WithClock(awaittest.New()), w.atGoogle())()
}

// block is the provider block of this project.
func (w *notebookWorld) block(more string) string {
	env := w.Env()
	return fmt.Sprintf(`
provider "provisioner" {
  google = { project = %q, location = "us-central1-a", access_token = %q }
  slack  = { token = %q, api_url = %q }
  %s
}
`, sandbox.GoogleProject, env["GOOGLE_OAUTH_ACCESS_TOKEN"], env["SLACK_BOT_TOKEN"], w.SlackURL, more)
}

// apply is a step with a configuration of this project.
func (w *notebookWorld) apply(body string, more ...func(*resource.TestStep)) resource.TestStep {
	step := resource.TestStep{ProtoV6ProviderFactories: w.factories, Config: w.block("") + body}
	for _, change := range more {
		change(&step)
	}
	return step
}

// anas is her notebook, with more attributes.
func anas(attributes ...string) string { return nb("ana.diaz@example.com", attributes...) }

func nb(email string, attributes ...string) string {
	return fmt.Sprintf("resource %q \"test\" {\n  user_email = %q\n  %s\n}\n", notebookType, email, strings.Join(attributes, "\n  "))
}

// does asserts what a step plans for the notebook.
func does(action plancheck.ResourceActionType, more ...plancheck.PlanCheck) func(*resource.TestStep) {
	return func(s *resource.TestStep) {
		s.ConfigPlanChecks.PreApply = append([]plancheck.PlanCheck{plancheck.ExpectResourceAction(notebookAddress, action)}, more...)
	}
}

func place(name string) tfjsonpath.Path { return tfjsonpath.New(name) }

func staysKnown(name, value string) plancheck.PlanCheck {
	return plancheck.ExpectKnownValue(notebookAddress, place(name), knownvalue.StringExact(value))
}

func becomesUnknown(name string) plancheck.PlanCheck {
	return plancheck.ExpectUnknownValue(notebookAddress, place(name))
}

// stateHas asserts attributes of the notebook in the state: alternately a name and a text, or a check.
func stateHas(pairs ...any) func(*resource.TestStep) {
	return func(s *resource.TestStep) {
		for i := 0; i+1 < len(pairs); i += 2 {
			check, ok := pairs[i+1].(knownvalue.Check)
			if !ok {
				check = knownvalue.StringExact(pairs[i+1].(string))
			}
			s.ConfigStateChecks = append(s.ConfigStateChecks, statecheck.ExpectKnownValue(notebookAddress, place(pairs[i].(string)), check))
		}
	}
}

// refused asserts the error of a step.
func refused(texts ...string) func(*resource.TestStep) {
	return func(s *resource.TestStep) { s.ExpectError = inThisOrder(texts...) }
}

func differsAfter(s *resource.TestStep) { s.ExpectNonEmptyPlan = true }

// brings asserts that an import by this id is followed by an empty plan.
func brings(id string) func(*resource.TestStep) {
	return func(s *resource.TestStep) {
		s.Config = fmt.Sprintf("import {\n  to = %s\n  id = %q\n}\n", notebookAddress, id) + s.Config
		s.ConfigPlanChecks.PreApply = []plancheck.PlanCheck{plancheck.ExpectResourceAction(notebookAddress, plancheck.ResourceActionNoop)}
	}
}

func (w *notebookWorld) bench() *workbench.Instance {
	w.t.Helper()
	all := w.Google.Workbenches()
	if len(all) != 1 {
		w.t.Fatalf("there are %d notebooks, want one", len(all))
	}
	return all[0]
}

// must fails the test at an error.
func (w *notebookWorld) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *notebookWorld) edit(patch map[string]any) {
	w.t.Helper()
	w.must(w.Google.Edit(fake.Workbench, w.bench().Name, patch))
}

func (w *notebookWorld) idleStop() {
	w.t.Helper()
	w.must(w.Google.IdleStop(fake.Workbench, w.bench().Name))
}

// writes counts the calls to Google that are no reads, by their method and the last part of their path.
func (w *notebookWorld) writes() map[string]int {
	all := map[string]int{}
	for _, call := range w.Wire.Calls() {
		if call.Vendor == "google" && call.Method != "GET" {
			all[call.Method+" "+call.Path[strings.LastIndex(call.Path, "/")+1:]]++
		}
	}
	return all
}

// wrote asserts what was written so far.
func (w *notebookWorld) wrote(calls ...string) func() error {
	return func() error {
		want := map[string]int{}
		for _, call := range calls {
			want[call]++
		}
		return sameJSON(want, w.writes())
	}
}

func sameJSON(want, got any) error {
	a, err := json.Marshal(want)
	if err != nil {
		return err
	}
	b, err := json.Marshal(got)
	if err != nil {
		return err
	}
	return same(string(a), string(b))
}

func checks(all ...func() error) func(*resource.TestStep) {
	return func(s *resource.TestStep) {
		s.Check = func(*terraform.State) error {
			for _, do := range all {
				if err := do(); err != nil {
					return err
				}
			}
			return nil
		}
	}
}

// stays asserts that one instance is there whose state is this.
func (w *notebookWorld) stays(state string) func() error {
	return func() error { return same(state, w.bench().State) }
}

func outputHas(checks map[string]knownvalue.Check) statecheck.StateCheck {
	return statecheck.ExpectKnownOutputValue("found", knownvalue.ObjectPartial(checks))
}
