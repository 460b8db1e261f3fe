package provider_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"
	"golang.org/x/oauth2"
	"google.golang.org/api/option"
	"google.golang.org/api/storage/v1"

	"github.com/data-access/terraform-provider-provisioner/internal/notebook/google"
	"github.com/data-access/terraform-provider-provisioner/internal/notebook/template"
	"github.com/data-access/terraform-provider-provisioner/internal/person"
	"github.com/data-access/terraform-provider-provisioner/internal/provider"
	"github.com/data-access/terraform-provider-provisioner/internal/sandbox"
)

const (
	templateBucket = "notebook-templates"
	ana            = "ana.diaz@example.com"
	anaLabel       = "ana-diaz-6idqd22h"
)

// atGoogle is where this world's Google is. Tests run side by side, so that they cannot say it by the environment.
func (w *world) atGoogle() provider.Option { return provider.WithGoogle(w.googleEndpoints()) }

func (w *world) googleEndpoints() google.Endpoints {
	env := w.Env()
	return google.Endpoints{
		Workbench: env["GOOGLE_WORKBENCH_CUSTOM_ENDPOINT"], Notebooks: env["GOOGLE_NOTEBOOKS_CUSTOM_ENDPOINT"], Dataproc: env["GOOGLE_DATAPROC_CUSTOM_ENDPOINT"],
		Storage: env["GOOGLE_STORAGE_CUSTOM_ENDPOINT"], ResourceManager: env["GOOGLE_RESOURCE_MANAGER_CUSTOM_ENDPOINT"], IAM: env["GOOGLE_IAM_CUSTOM_ENDPOINT"],
	}
}

// newGoogleWorld is a world that has the bucket for templates.
func newGoogleWorld(t testing.TB) *world {
	t.Helper()
	w := newWorld(t)
	if err := w.Storage.CreateBucket(&storage.Bucket{Name: templateBucket}); err != nil {
		t.Fatal(err)
	}
	return w
}

// on is a step in this world's Google: a configuration below a provider block.
func (w *world) on(body string, more ...func(*resource.TestStep)) resource.TestStep {
	return w.onAs("default", body, more...)
}

// onAs is a step of another installation.
func (w *world) onAs(installation, body string, more ...func(*resource.TestStep)) resource.TestStep {
	step := resource.TestStep{
		ProtoV6ProviderFactories: map[string]func() (tfprotov6.ProviderServer, error){
			"provisioner": func() (tfprotov6.ProviderServer, error) {
				return provider.Server("0.0.0-test", w.atGoogle())(), nil
			},
		},
		Config: fmt.Sprintf(`
provider "provisioner" {
  installation = %q
  google = {
    project      = %q
    location     = "us-central1-a"
    access_token = %q
  }
}
`, installation, sandbox.GoogleProject, w.Env()["GOOGLE_OAUTH_ACCESS_TOKEN"]) + body,
	}
	for _, change := range more {
		change(&step)
	}
	return step
}

// planned asserts what a step plans for a resource.
func planned(address string, action plancheck.ResourceActionType, more ...plancheck.PlanCheck) func(*resource.TestStep) {
	return func(s *resource.TestStep) {
		s.ConfigPlanChecks.PreApply = append([]plancheck.PlanCheck{plancheck.ExpectResourceAction(address, action)}, more...)
	}
}

// nothing asserts an empty plan.
func nothing(s *resource.TestStep) {
	s.ConfigPlanChecks.PreApply = []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()}
}

// holds asserts attributes in the state: alternately a name and a text, or a check.
func holds(address string, pairs ...any) func(*resource.TestStep) {
	return func(s *resource.TestStep) {
		for i := 0; i+1 < len(pairs); i += 2 {
			check, ok := pairs[i+1].(knownvalue.Check)
			if !ok {
				check = knownvalue.StringExact(pairs[i+1].(string))
			}
			s.ConfigStateChecks = append(s.ConfigStateChecks, statecheck.ExpectKnownValue(address, tfjsonpath.New(pairs[i].(string)), check))
		}
	}
}

// fails asserts an error with these texts in this order.
func fails(texts ...string) func(*resource.TestStep) {
	return func(s *resource.TestStep) { s.ExpectError = inThisOrder(texts...) }
}

// importsBy asserts that an import gives what the state has.
func importsBy(address, id string, ignore ...string) func(*resource.TestStep) {
	return func(s *resource.TestStep) {
		s.ResourceName, s.ImportState, s.ImportStateVerify, s.ImportStateVerifyIdentifierAttribute = address, true, true, "id"
		s.ImportStateIdFunc = func(*terraform.State) (string, error) { return id, nil }
		s.ImportStateVerifyIgnore = append([]string{"outcome", "timeouts"}, ignore...)
	}
}

// newGoogleProtocol drives a provider that is configured for this world's Google.
func newGoogleProtocol(t testing.TB, w *world) *protocol {
	t.Helper()
	return googleProtocolOf(t, w, provider.Server("0.0.0-test", w.atGoogle())())
}

func googleProtocolOf(t testing.TB, w *world, server tfprotov6.ProviderServer) *protocol {
	t.Helper()
	p := &protocol{ProviderServerWithListResource: server.(tfprotov6.ProviderServerWithListResource), t: t} //nolint:staticcheck // the interface is deprecated without a successor
	var err error
	if p.schemas, err = p.GetProviderSchema(context.Background(), &tfprotov6.GetProviderSchemaRequest{}); err != nil {
		t.Fatal(err)
	}
	config := object(p.schemas.Provider.ValueType(), map[string]tftypes.Value{
		"google": object(attribute(p.schemas.Provider.ValueType(), "google"), map[string]tftypes.Value{
			"project": text(sandbox.GoogleProject), "location": text("us-central1-a"), "access_token": text(w.Env()["GOOGLE_OAUTH_ACCESS_TOKEN"]),
		}),
	})
	reply, err := p.ConfigureProvider(context.Background(), &tfprotov6.ConfigureProviderRequest{Config: p.dynamic(config)})
	if err != nil || len(reply.Diagnostics) > 0 {
		t.Fatal(err, reply.Diagnostics)
	}
	return p
}

// destroyWarnings are the warnings of the plan that destroys a resource with these attributes.
func (p *protocol) destroyWarnings(resourceType string, prior map[string]tftypes.Value) string {
	p.t.Helper()
	of := p.schemas.ResourceSchemas[resourceType].ValueType()
	null := p.dynamic(tftypes.NewValue(of, nil))
	reply, err := p.PlanResourceChange(context.Background(), &tfprotov6.PlanResourceChangeRequest{
		TypeName: resourceType, PriorState: p.dynamic(object(of, prior)), ProposedNewState: null, Config: null,
	})
	if err != nil {
		p.t.Fatal(err)
	}
	return told(reply.Diagnostics)
}

// told are diagnostics in one text.
func told(diagnostics []*tfprotov6.Diagnostic) string {
	var all []string
	for _, d := range diagnostics {
		all = append(all, fmt.Sprintf("%s: %s: %s", d.Severity, d.Summary, d.Detail))
	}
	return strings.Join(all, "\n")
}

// asJSON quotes a text for a configuration.
func asJSON(text string) string {
	quoted, _ := json.Marshal(text)
	return strings.ReplaceAll(string(quoted), "${", "$${")
}

// render is the file that a person gets.
func render(t testing.TB, file, email string) string {
	t.Helper()
	who, err := person.Parse(email)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := template.Parse(file)
	if err != nil {
		t.Fatal(err)
	}
	text, err := parsed.For(who, "default")
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// storageClient is somebody else's client of Cloud Storage.
func (w *world) storageClient() *storage.Service {
	w.t.Helper()
	env := w.Env()
	client, err := storage.NewService(w.t.Context(), option.WithEndpoint(env["GOOGLE_STORAGE_CUSTOM_ENDPOINT"]),
		option.WithTokenSource(oauth2.StaticTokenSource(&oauth2.Token{AccessToken: env["GOOGLE_OAUTH_ACCESS_TOKEN"]})))
	if err != nil {
		w.t.Fatal(err)
	}
	return client
}
