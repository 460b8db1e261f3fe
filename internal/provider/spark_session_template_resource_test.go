package provider_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"
	"google.golang.org/api/dataproc/v1"

	"github.com/data-access/terraform-provider-provisioner/internal/sandbox"
	fake "github.com/data-access/terraform-provider-provisioner/internal/sandbox/google"
	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/wire"
)

const (
	sessionAddress = "provisioner_spark_session_template.test"
	anaSession     = "projects/" + sandbox.GoogleProject + "/locations/us-central1/sessionTemplates/spark-" + anaLabel
	everySession   = "/dataproc/v1/projects/" + sandbox.GoogleProject + "/locations/us-central1/sessionTemplates"
)

func sessionNamed(address, email, extra string) string {
	return fmt.Sprintf(`
resource "provisioner_spark_session_template" %q {
  user_email = %q
  %s
}
`, address, email, extra)
}

func sessionOf(extra string) string { return sessionNamed("test", ana, extra) }

// onlySession is the one session template of the project.
func (w *world) onlySession() *dataproc.SessionTemplate {
	w.t.Helper()
	all := w.Google.SessionTemplates()
	if len(all) != 1 {
		w.t.Fatalf("there are %d session templates, want one", len(all))
	}
	return all[0]
}

const everything = `
  display_name    = "Spark for Ana"
  description     = "what it is for"
  kernel          = "SCALA"
  runtime_version = "2.3"
  container_image = "us-docker.pkg.dev/p/r/i:1"
  properties      = { "spark.executor.instances" = "2" }
  labels          = { team = "data" }
  idle_minutes    = 30
  max_minutes     = 480
  subnet          = "projects/data-access/regions/us-central1/subnetworks/notebooks"
  network_tags    = ["b", "a"]
  staging_bucket  = "staging"
  customer_managed_key   = "projects/data-access/locations/us-central1/keyRings/r/cryptoKeys/k"
  metastore_service      = "projects/data-access/locations/us-central1/services/s"
  history_server_cluster = "projects/data-access/regions/us-central1/clusters/c"
`

// Both ways in which Google may take a patch, and both in which it may tell properties.
func TestSessionTemplateLifecycle(t *testing.T) {
	t.Parallel()
	for name, behave := range map[string]func(*fake.Behaviours){
		"replaced":            func(b *fake.Behaviours) { b.TemplatePatchMode = fake.Replace },
		"merged and prefixed": func(b *fake.Behaviours) { b.TemplatePatchMode, b.SparkPrefix = fake.Merge, true },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.Google.Behave(behave)
			execution := func() *dataproc.ExecutionConfig { return w.onlySession().EnvironmentConfig.ExecutionConfig }
			w.run(
				w.on(sessionOf(""), planned(sessionAddress, plancheck.ResourceActionCreate,
					plancheck.ExpectKnownValue(sessionAddress, tfjsonpath.New("name"), knownvalue.StringExact("spark-"+anaLabel)),
					plancheck.ExpectKnownValue(sessionAddress, tfjsonpath.New("location"), knownvalue.StringExact("us-central1")),
					plancheck.ExpectUnknownValue(sessionAddress, tfjsonpath.New("id")),
				), holds(sessionAddress, "id", anaSession, "outcome", "created", "effective_identity", "user", "managed_by", "default", "kernel", "PYTHON",
					"idle_minutes", knownvalue.Int64Exact(60), "max_minutes", knownvalue.Int64Exact(1440), "creator", "deployer@example.com", "uuid", knownvalue.NotNull()),
					check(func() error {
						return same("END_USER_CREDENTIALS 3600s 86400s", execution().AuthenticationConfig.UserWorkloadAuthenticationType+" "+execution().IdleTtl+" "+execution().Ttl)
					})),
				w.on(sessionOf(""), nothing),
				w.on(sessionNamed("test", "Ana.Diaz@Example.com", ""), nothing),
				w.on(sessionOf(everything), planned(sessionAddress, plancheck.ResourceActionUpdate, plancheck.ExpectKnownValue(sessionAddress, tfjsonpath.New("id"), knownvalue.StringExact(anaSession)))),
				w.on(sessionOf(everything), nothing),
				w.on(sessionOf(everything), importsBy(sessionAddress, ana)),
				w.on(sessionOf(everything), importsBy(sessionAddress, "Ana.Diaz@example.com/spark-"+anaLabel)),
				w.on(sessionOf(everything), importsBy(sessionAddress, anaSession, "user_email")),
				w.on(sessionOf(everything), importsBy(sessionAddress, sandbox.GoogleProject+"/us-central1/spark-"+anaLabel, "user_email")),
				w.on(sessionOf(everything), importsBy(sessionAddress, "us-central1/spark-"+anaLabel, "user_email")),
				w.on(sessionOf(`properties = { "spark.driver.memory" = "8g" }`), planned(sessionAddress, plancheck.ResourceActionUpdate), check(func() error {
					// where an empty value is all that takes a key away, it counts as gone
					properties := w.onlySession().RuntimeConfig.Properties
					if properties["spark.executor.instances"]+properties["spark:spark.executor.instances"] != "" || w.onlySession().DisplayName != "" || w.onlySession().Labels["team"] != "" {
						return fmt.Errorf("what is no longer declared stayed: %v, %v", properties, w.onlySession().Labels)
					}
					return same("PYTHON", w.onlySession().JupyterSession.Kernel)
				})),
				w.on(sessionOf(`properties = { "spark.driver.memory" = "8g" }`), nothing),
				w.on(sessionOf(`kernel = "SPARK_CONNECT"`), planned(sessionAddress, plancheck.ResourceActionUpdate), check(func() error { return same(true, w.onlySession().JupyterSession == nil) })),
				w.on(sessionOf(`kernel = "SPARK_CONNECT"`), nothing),
				w.on(sessionOf(""), planned(sessionAddress, plancheck.ResourceActionUpdate)),
				w.on(sessionOf(`location = "europe-west1"`), planned(sessionAddress, plancheck.ResourceActionReplace), check(func() error { return contains(w.onlySession().Name, "europe-west1") })),
				w.on(sessionNamed("test", "bob@example.com", `location = "europe-west1"`), planned(sessionAddress, plancheck.ResourceActionReplace)),
			)
			if all := w.Google.SessionTemplates(); len(all) != 0 {
				t.Errorf("destroy left %d templates", len(all))
			}
		})
	}
}

func TestSessionTemplateDriftIsShownAndRepaired(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	edit := func(patch map[string]any) func(*resource.TestStep) {
		return first(func() {
			if err := w.Google.Edit(fake.SessionTemplate, anaSession, patch); err != nil {
				t.Error(err)
			}
		})
	}
	shown := planned(sessionAddress, plancheck.ResourceActionUpdate)
	inside := func(execution map[string]any) map[string]any {
		return map[string]any{"environmentConfig": map[string]any{"executionConfig": execution}}
	}
	w.run(
		w.on(sessionOf(everything)),
		w.on(sessionOf(everything), edit(map[string]any{"description": "by hand"}), shown, check(func() error { return same("what it is for", w.onlySession().Description) })),
		w.on(sessionOf(everything), edit(map[string]any{"labels": map[string]any{"team": nil, "theirs": "x"}}), shown, check(func() error {
			return same("data x", w.onlySession().Labels["team"]+" "+w.onlySession().Labels["theirs"])
		})),
		w.on(sessionOf(everything), edit(map[string]any{"runtimeConfig": map[string]any{"properties": map[string]any{"spark.executor.instances": "99", "google.own": "1"}}}), shown),
		w.on(sessionOf(everything), edit(inside(map[string]any{"idleTtl": "7200s"})), shown),
		w.on(sessionOf(everything), edit(inside(map[string]any{"subnetworkUri": "https://www.googleapis.com/compute/v1/projects/data-access/regions/us-central1/subnetworks/notebooks"})), nothing),
		w.on(sessionOf(everything), edit(inside(map[string]any{"authenticationConfig": map[string]any{"userWorkloadAuthenticationType": "SERVICE_ACCOUNT"}})), shown,
			check(func() error {
				return same("END_USER_CREDENTIALS", w.onlySession().EnvironmentConfig.ExecutionConfig.AuthenticationConfig.UserWorkloadAuthenticationType)
			})),
		w.on(sessionOf(everything), edit(map[string]any{"labels": map[string]any{"provisioner_managed_by": nil}}), shown, check(func() error { return same("default", w.onlySession().Labels["provisioner_managed_by"]) })),
		w.on(sessionOf(everything), first(func() {
			if err := w.Google.Remove(fake.SessionTemplate, anaSession); err != nil {
				t.Error(err)
			}
		}), planned(sessionAddress, plancheck.ResourceActionCreate)),
		w.on(sessionOf(everything), nothing),
	)
}

func TestSessionTemplateOfSomebodyElses(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	if err := w.Google.Seed(fake.SessionTemplate, anaSession, map[string]any{"jupyterSession": map[string]any{"kernel": "SCALA"}}, ""); err != nil {
		t.Fatal(err)
	}
	w.run(w.on(sessionOf(""), fails("The session template could not be made", ana, "was not made by this installation")))
	if kernel := w.onlySession().JupyterSession.Kernel; kernel != "SCALA" {
		t.Errorf("somebody else's template has the kernel %s", kernel)
	}
}

func TestSessionTemplateOfAnotherInstallationIsLeft(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.run(
		w.on(sessionOf("")),
		w.onAs("prod", sessionOf(""), nothing, holds(sessionAddress, "managed_by", "default")),
		w.onAs("prod", sessionOf(`kernel = "SCALA"`), planned(sessionAddress, plancheck.ResourceActionUpdate), func(s *resource.TestStep) { s.ExpectNonEmptyPlan = true }),
	)
	if got := w.onlySession(); got.JupyterSession.Kernel != "PYTHON" {
		t.Errorf("it was changed: %+v", got.JupyterSession)
	}
}

func TestSessionTemplateImports(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	imports := func(id string) string {
		return "import {\n  to = " + sessionAddress + "\n  id = \"" + id + "\"\n}\n"
	}
	seed := first(func() {
		if err := w.Google.Seed(fake.SessionTemplate, anaSession, map[string]any{
			"jupyterSession": map[string]any{"kernel": "PYTHON"}, "labels": map[string]any{"provisioner_owner": anaLabel, "provisioner_managed_by": "default", "team": "data", "more": "x"},
			"environmentConfig": map[string]any{"executionConfig": map[string]any{"authenticationConfig": map[string]any{"userWorkloadAuthenticationType": "END_USER_CREDENTIALS"}}},
			"runtimeConfig":     map[string]any{"properties": map[string]any{"spark.executor.instances": "2", "google.own": "1"}},
		}, ""); err != nil {
			t.Error(err)
		}
	})
	config := sessionOf(`
  labels     = { team = "data" }
  properties = { "spark.executor.instances" = "2" }`)
	w.run(
		w.on(imports("ana@x")+config, fails("cannot be imported", `"ana@x"`)),
		w.on(imports("a/b/c/d/e")+config, fails("cannot be imported", "REGION/NAME", "ana@example.com")),
		w.on(imports(ana)+config, seed, planned(sessionAddress, plancheck.ResourceActionNoop), holds(sessionAddress, "user_email", ana, "outcome", "no_action")),
		w.on(config, nothing),
	)
	// By its id nobody's address is known: the configuration gives it, and nothing is replaced or sent.
	w = newWorld(t)
	seed(&resource.TestStep{})
	step := w.on(imports(anaSession)+config, planned(sessionAddress, plancheck.ResourceActionUpdate), holds(sessionAddress, "user_email", ana))
	step.PreConfig = func() {
		var s resource.TestStep
		seed(&s)
		s.PreConfig()
	}
	w.run(step, w.on(config, nothing))
	for _, call := range w.Wire.Calls() {
		if call.Method == "PATCH" {
			t.Errorf("%s %s", call.Method, call.Path)
		}
	}
}

func TestSessionTemplateCreationSurvivesTheNetwork(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]wire.Fault{
		"the answer is lost": {Vendor: "google", Method: "POST", Path: everySession, Kind: wire.ResetAfter},
		"too many requests":  {Vendor: "google", Method: "POST", Path: everySession, Kind: wire.Status, Status: 429},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.run(w.on(sessionOf(""), w.fault(fault), holds(sessionAddress, "outcome", "created"), func(s *resource.TestStep) {
				s.Check = func(*terraform.State) error { return same(anaSession, w.onlySession().Name) }
			}))
		})
	}
}

func TestASessionTemplateThatMovedStays(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.run(
		w.on(sessionNamed("test", ana, "")),
		w.on(sessionNamed("other", ana, ""), check(func() error { return same(anaSession, w.onlySession().Name) })),
	)
	w.run(w.on(sessionNamed("test", ana, "")+sessionNamed("double", strings.ToUpper(ana), ""), fails("another resource of this configuration")))
}

func TestSessionTemplateKnownOnlyAfterApply(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	config := func(name, tags string) string {
		return fmt.Sprintf(`resource "terraform_data" "x" { input = { email = %q, value = %q } }`, ana, name) + fmt.Sprintf(`
resource "provisioner_spark_session_template" "test" {
  user_email   = terraform_data.x.output.email
  properties   = { "spark.app.name" = terraform_data.x.output.value }
  network_tags = [terraform_data.x.output.value%s]
}
`, tags)
	}
	w.run(
		w.on(config("one", ""), planned(sessionAddress, plancheck.ResourceActionCreate, plancheck.ExpectUnknownValue(sessionAddress, tfjsonpath.New("name"))), holds(sessionAddress, "name", "spark-"+anaLabel)),
		w.on(config("one", ""), nothing),
		w.on(config("TWO", ""), fails("A network tag has a form", "network_tags", "TWO")),
	)
}
