package provider_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
)

// What configuration alone can tell is refused at plan, one error an attribute, and Google is not asked.
func TestABadNotebookIsRefusedAtPlan(t *testing.T) {
	t.Parallel()
	hub := func(attributes ...string) string {
		return anas(append([]string{`environment = "dataproc_hub"`, `templates = ["gs://bucket/ana/single.yaml"]`}, attributes...)...)
	}
	managed := func(attributes ...string) string {
		return anas(append([]string{`environment = "managed"`}, attributes...)...)
	}
	for name, c := range map[string]struct {
		config string
		want   []string
	}{
		"no e-mail":                   {nb("ana"), []string{"not an e-mail address", "user_email", `"ana"`}},
		"environment":                 {anas(`environment = "colab"`), []string{"There is no such environment", "environment", `"colab"`, "workbench"}},
		"identity":                    {anas(`identity = "robot"`), []string{"There is no such identity", "identity", `"robot"`, "service_account"}},
		"state":                       {anas(`desired_state = "RUNNING"`), []string{"desired_state", `"RUNNING"`, "ACTIVE"}},
		"destroy":                     {anas(`on_destroy = "burn"`), []string{"on_destroy", "burn", "abandon"}},
		"name":                        {anas(`name = "Ana"`), []string{"The name is malformed", "name", `"Ana"`}},
		"a long name":                 {anas(`name = "` + strings.Repeat("x", 64) + `"`), []string{"The name is malformed", "64", "63"}},
		"machine type":                {anas(`machine_type = "zones/x/e2"`), []string{"machine_type", "zones/x/e2", "e2-standard-4"}},
		"a region for a zone":         {anas(`location = "us-central1"`), []string{"location", "us-central1", "us-central1-a"}},
		"a zone for a region":         {managed(`location = "us-central1-a"`), []string{"location", "us-central1-a", "region", "us-central1"}},
		"reserved metadata":           {anas(`metadata = { title = "mine" }`), []string{"reserved", "metadata", `"title"`}},
		"typed metadata":              {anas(`metadata = { idle-timeout-seconds = "60" }`), []string{"metadata", "idle-timeout-seconds", "idle_shutdown_minutes"}},
		"metadata and credentials":    {anas(`metadata = { startup-script = "x" }`), []string{"metadata", "startup-script", "service_account"}},
		"hub metadata on v2":          {anas(`metadata = { dataproc-configs = "x" }`), []string{"reserved", "dataproc-configs"}},
		"reserved label":              {anas(`labels = { provisioner_owner = "bob" }`), []string{"A label is reserved", "labels", "provisioner_owner"}},
		"Google's label":              {anas(`labels = { goog-x = "bob" }`), []string{"A label is reserved", "goog-x"}},
		"a label with an e-mail":      {anas(`labels = { owner = "ana@example.com" }`), []string{"labels", "ana@example.com", "lower-case"}},
		"too short idle":              {anas(`idle_shutdown_minutes = 5`), []string{"idle_shutdown_minutes", "10 to 1440"}},
		"no idle at all":              {anas(`idle_shutdown_minutes = 0`), []string{"idle_shutdown_minutes", "at least 1"}},
		"idle of a hub":               {hub(`idle_shutdown_minutes = 60`), []string{"idle_shutdown_minutes", "idleDeleteTtl"}},
		"own account":                 {anas(`service_account = "x@p.iam.gserviceaccount.com"`), []string{"service_account", "x@p.iam.gserviceaccount.com", "service_account"}},
		"foreign image":               {anas(`image = { project = "mine", family = "f" }`), []string{"image", `"mine"`, "cloud-notebooks-managed"}},
		"two images":                  {anas(`image = { family = "f", name = "n" }`), []string{"image", `"f"`, `"n"`}},
		"third-party identity":        {anas(`third_party_identity = true`), []string{"third_party_identity", "service_account"}},
		"key":                         {anas(`customer_managed_key = "mine"`), []string{"customer_managed_key", `"mine"`, "projects/PROJECT"}},
		"small disk":                  {anas(`boot_disk = { size_gb = 1 }`), []string{"boot_disk", "1 GB"}},
		"disk type":                   {anas(`data_disk = { type = "TAPE" }`), []string{"data_disk", "TAPE", "PD_BALANCED"}},
		"accelerator":                 {anas(`accelerator = { type = "gpu", count = 3 }`), []string{"accelerator", "gpu", "NVIDIA_TESLA_T4"}},
		"tags":                        {anas(`tags = ["A B"]`), []string{"tags", `"A B"`}},
		"templates":                   {anas(`templates = ["gs://bucket/ana/single.yaml"]`), []string{"templates", "dataproc_hub"}},
		"a template that is a folder": {anas(`environment = "dataproc_hub"`, `templates = ["gs://bucket/ana/"]`), []string{"templates", "gs://bucket/ana/", ".yaml"}},
		"a hub without templates":     {anas(`environment = "dataproc_hub"`), []string{"templates"}},
		"a runtime as nobody":         {managed(`identity = "service_account"`), []string{"needs one", "service_account", "e-mail"}},
		"boot disk of a runtime":      {managed(`boot_disk = { size_gb = 200 }`), []string{"boot_disk"}},
		"a long name of a hub":        {hub(`name = "` + strings.Repeat("x", 45) + `"`), []string{"name", "51"}},
		"a link that is none":         {anas(`notification = { faq_links = [{ title = "x", url = "javascript:alert(1)" }] }`), []string{"not a web address"}},
		"time-out":                    {anas(`timeouts = { create = "soon" }`), []string{"soon"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newNotebookWorld(t)
			w.run(w.apply(c.config, func(s *resource.TestStep) { s.PlanOnly = true }, refused(c.want...)))
			for _, call := range w.Wire.Calls() {
				if call.Vendor == "google" {
					t.Errorf("Google was asked: %s %s", call.Method, call.Path)
				}
			}
		})
	}
}

// Defaults are judged as what is configured is: the provider may have a region where a zone is needed.
func TestDefaultsAreJudged(t *testing.T) {
	t.Parallel()
	w := newNotebookWorld(t)
	step := w.apply(anas(), refused("The location does not fit the environment", `"us-central1"`, "us-central1-a"))
	step.Config = strings.Replace(step.Config, `location = "us-central1-a"`, `location = "us-central1"`, 1)
	w.run(step)
}

func TestAPlaceThatNobodyNames(t *testing.T) {
	w := newNotebookWorld(t)
	for _, name := range []string{"GOOGLE_PROJECT", "GOOGLE_CLOUD_PROJECT", "GCLOUD_PROJECT", "CLOUDSDK_CORE_PROJECT", "GOOGLE_ZONE", "GCLOUD_ZONE", "CLOUDSDK_COMPUTE_ZONE", "GOOGLE_REGION", "GCLOUD_REGION", "CLOUDSDK_COMPUTE_REGION"} {
		t.Setenv(name, "")
	}
	without := func(argument string, want ...string) resource.TestStep {
		step := w.apply(anas(), refused(want...))
		step.Config = strings.Replace(step.Config, argument, "", 1)
		return step
	}
	w.run(
		without(`project = "data-access", `, "There is no Google Cloud project", "google.project", "GOOGLE_PROJECT"),
		without(`location = "us-central1-a", `, "There is no location", "google.location", "GOOGLE_ZONE"),
	)
}

// Dots, capitals, plus signs and equal local parts in two domains: a legal name each, and no two the same.
func TestNamesOfNotebooksDoNotCollide(t *testing.T) {
	t.Parallel()
	w := newNotebookWorld(t)
	people := []string{
		"ana.diaz@example.com", "ana.diaz@example.org", "ana-diaz@example.com", "ana+diaz@example.com", "Ana_Diaz@example.com", "42@example.com",
		"a." + strings.Repeat("very-", 12) + "long.name@example.com",
	}
	body := ""
	for i, email := range people {
		body += strings.Replace(nb(email), `"test"`, fmt.Sprintf(`"person%d"`, i), 1)
	}
	w.run(w.apply(body, checks(func() error { return same(len(people), len(w.Google.Workbenches())) })))
}

func TestTwoNotebooksOfOneName(t *testing.T) {
	t.Parallel()
	w := newNotebookWorld(t)
	two := anas(`name = "nb"`) + strings.Replace(nb("bob@example.com", `name = "nb"`), `"test"`, `"other"`, 1)
	w.run(
		w.apply(two, refused("Two notebooks would have one name", inZone+"nb", "its own name")),
		w.apply(anas()+strings.Replace(nb("Ana.Diaz@example.com"), `"test"`, `"other"`, 1), refused("Two notebooks would have one name", anasNotebook)),
		w.apply(anas(`name = "nb"`)+strings.Replace(nb("bob@example.com", `name = "nb"`, `environment = "dataproc_hub"`, `templates = ["gs://bucket/templates/t.yaml"]`), `"test"`, `"other"`, 1),
			refused("Two notebooks would have one name", inZone+"nb")),
	)
}

func TestAnEmailKnownOnlyAfterApply(t *testing.T) {
	t.Parallel()
	w := newNotebookWorld(t)
	config := func(email string, attributes ...string) string {
		return fmt.Sprintf("resource \"terraform_data\" \"email\" {\n  input = %q\n}\n", email) +
			strings.Replace(nb("X", attributes...), `"X"`, `terraform_data.email.output`, 1)
	}
	w.run(
		w.apply(config("ana.diaz@example.com"), does(creates, becomesUnknown("user_email"), becomesUnknown("name"), staysKnown("machine_type", "e2-standard-4")),
			stateHas("user_email", "ana.diaz@example.com", "name", anasNotebook)),
		w.apply(config("ana.diaz@example.com"), does(noop)),
		w.apply(config("bob@example.com"), does(replaces), stateHas("effective_identity", "user:bob@example.com")),
	)
}

func TestAnythingKnownOnlyAfterApply(t *testing.T) {
	t.Parallel()
	w := newNotebookWorld(t)
	late := func(attribute, value string) string {
		return "resource \"terraform_data\" \"late\" {\n  input = " + value + "\n}\n" + anas(attribute+" = terraform_data.late.output")
	}
	for attribute, values := range map[string][]string{
		"environment":           {`"workbench"`},
		"location":              {`"us-central1-b"`},
		"identity":              {`"service_account"`},
		"machine_type":          {`"e2-standard-8"`, `"e2-standard-16"`},
		"labels":                {`{ team = "data" }`, `{ team = "ops" }`},
		"idle_shutdown_minutes": {`60`, `120`},
		"public_ip":             {`true`},
		"tags":                  {`["one"]`},
		"network":               {`"net"`},
		"boot_disk":             {`{ size_gb = 200, type = "PD_SSD" }`},
		"desired_state":         {`"STOPPED"`, `"ACTIVE"`},
	} {
		for _, value := range values {
			w.run(w.apply(late(attribute, value), func(s *resource.TestStep) {
				s.ConfigPlanChecks.PreApply = []plancheck.PlanCheck{becomesUnknown(attribute)}
			}), w.apply(late(attribute, value), does(noop)))
		}
	}
	w.run(w.apply(late("name", `"Not Legal"`), refused("The name is malformed", "Not Legal")))
}

// What is missing only until an apply is not taken for left out: a hub's template and a runtime's account are often
// made by the same configuration.
func TestWhatIsMadeInTheSameApplyIsNotMissing(t *testing.T) {
	t.Parallel()
	w := newNotebookWorld(t)
	late := func(value string) string {
		return "resource \"terraform_data\" \"late\" {\n  input = " + value + "\n}\n"
	}
	for name, config := range map[string]string{
		"one template":  late(`"gs://bucket/ana/single.yaml"`) + anas(`environment = "dataproc_hub"`, `templates = [terraform_data.late.output]`),
		"all templates": late(`["gs://bucket/ana/single.yaml"]`) + anas(`environment = "dataproc_hub"`, `templates = terraform_data.late.output`),
		"an account":    late(`"nb@data-access.iam.gserviceaccount.com"`) + anas(`environment = "managed"`, `identity = "service_account"`, `service_account = terraform_data.late.output`),
	} {
		t.Log(name)
		w.run(w.apply(config, does(creates)), w.apply(config, does(noop)))
	}
	w.run(w.apply(late(`[]`)+anas(`environment = "dataproc_hub"`, `templates = terraform_data.late.output`), refused("A Dataproc Hub needs a template")))
}

func TestADataSourceOfANotebook(t *testing.T) {
	t.Parallel()
	w := newNotebookWorld(t)
	read := func(arguments string) string {
		return anas() + "data \"provisioner_personal_notebook\" \"read\" {\n" + arguments + "\n  depends_on = [" + notebookAddress + "]\n}\noutput \"found\" { value = data.provisioner_personal_notebook.read }\n"
	}
	found := func(s *resource.TestStep) {
		s.ConfigStateChecks = append(s.ConfigStateChecks, outputHas(map[string]knownvalue.Check{
			"id": knownvalue.StringExact(inZone + anasNotebook), "name": knownvalue.StringExact(anasNotebook), "managed": knownvalue.Bool(true), "user_email": knownvalue.StringExact("ana.diaz@example.com"),
			"state": knownvalue.StringExact("ACTIVE"), "effective_identity": knownvalue.StringExact("user:ana.diaz@example.com"), "public_ip": knownvalue.Bool(false),
			"labels": knownvalue.MapPartial(map[string]knownvalue.Check{"provisioner_owner": knownvalue.StringExact("ana-diaz-6idqd22h")}),
		}))
	}
	w.run(
		w.apply(read(`user_email = "bob@example.com"`), refused("There is no such notebook to read", "notebook-bob")),
		w.apply(read(`name = "x"`), refused("Exactly one")),
		w.apply(read(`id = "x"`), refused("There is no such notebook to read", "PROJECT/LOCATION/NAME")),
		w.apply(read("user_email = \"bob@example.com\"\n name = \""+anasNotebook+"\""), refused("The notebook is somebody else's", "ana.diaz@example.com", "bob@example.com")),
		w.apply(read(`user_email = "ana.diaz@example.com"`), found),
		w.apply(read(`id = provisioner_personal_notebook.test.id`), found),
	)
}
