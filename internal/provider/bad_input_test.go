package provider_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
)

// What configuration alone can tell is refused at plan, naming the attribute, the value and the remedy.
func TestBadInputIsRefusedAtPlan(t *testing.T) {
	t.Parallel()
	file := func(fields string) string {
		return `{"spark_version":"15.4.x-scala2.12","node_type_id":"i3.xlarge","num_workers":1` + fields + `}`
	}
	good := file(`,"autotermination_minutes":30`)
	cluster := func(attributes string) string {
		return "resource \"provisioner_single_user_cluster\" \"test\" {\n" + attributes + "\n}\n"
	}
	person := func(defaults string) string {
		return cluster("user_email = \"ana@example.com\"\ndefaults_json = <<EOT\n" + defaults + "\nEOT\n")
	}
	with := func(attribute string) string {
		return cluster("user_email = \"ana@example.com\"\ndefaults_json = <<EOT\n" + good + "\nEOT\n" + attribute)
	}
	cases := map[string]struct {
		config string
		want   []string
	}{
		"not an e-mail":               {cluster("user_email = \"ana\"\ndefaults_json = \"{}\""), []string{"not an e-mail address", `user_email`, `"ana"`, "ana.diaz@example.com"}},
		"defaults are not JSON":       {person(`{"spark_version":`), []string{"cluster settings cannot be used", "defaults_json", "not a JSON document"}},
		"defaults are not an object":  {person(`["a"]`), []string{"defaults_json", "expected an object"}},
		"unknown field":               {person(file(`,"autotermination_minutes":30,"num_wokers":2`)), []string{"defaults_json", `unknown field "num_wokers"; did you mean "num_workers"?`}},
		"identity field":              {person(file(`,"autotermination_minutes":30,"single_user_name":"x"`)), []string{`"single_user_name" does not belong in a settings file`, "user_email"}},
		"a library of two kinds":      {person(file(`,"autotermination_minutes":30,"libraries":[{"pypi":{"package":"a"},"jar":"/b.jar"}]`)), []string{`"libraries[0]" has the kinds jar and pypi`, "entries of their own"}},
		"no autotermination":          {person(file(``)), []string{`"autotermination_minutes" is 0 or unset`, "between 10 and 10000"}},
		"autotermination 0":           {person(file(`,"autotermination_minutes":0`)), []string{`"autotermination_minutes" is 0 or unset`}},
		"a permission of nobody":      {with("permissions = [{ permission_level = \"CAN_RESTART\" }]"), []string{"exactly one principal", "permissions", "names nobody"}},
		"a permission of two":         {with("permissions = [{ user_name = \"a@b.c\", group_name = \"g\", permission_level = \"CAN_RESTART\" }]"), []string{"exactly one principal", `user_name = "a@b.c" and group_name = "g"`}},
		"a level that is none":        {with("permissions = [{ group_name = \"g\", permission_level = \"CAN_FLY\" }]"), []string{"permission_level", "CAN_FLY", "CAN_RESTART"}},
		"an owner level that is none": {with("owner_level = \"OWNER\""), []string{"owner_level", "OWNER", "CAN_RESTART"}},
		"a way with existing ones":    {with("on_existing = \"steal\""), []string{"on_existing", "steal", "adopt"}},
		"a way to destroy":            {with("on_destroy = \"burn\""), []string{"on_destroy", "burn", "abandon"}},
		"a link that is none":         {with("notification = { faq_links = [{ title = \"x\", url = \"javascript:alert(1)\" }] }"), []string{"not a web address", "https://wiki.example.com/faq"}},
		"a name that is too long":     {with("name = \"" + strings.Repeat("x", 101) + "\""), []string{"name", "between 1 and 100"}},
		"a time-out that is none":     {with("timeouts = { create = \"soon\" }"), []string{"soon", "300ms"}},
		"a secret of unknown scheme":  {"provider \"provisioner\" {\n databricks = { token_source = \"vault://kv/token\" }\n}\n" + with(""), []string{"does not say where a secret lives", "token_source", "vault", "s3://"}},
		"a token in place of its reference": {
			"provider \"provisioner\" {\n databricks = { token_source = \"dapi0123456789abcdef\" }\n}\n" + with(""),
			[]string{"does not say where a secret lives", "token_source"},
		},
		"two tokens":      {"provider \"provisioner\" {\n databricks = { token_source = \"env:A\", token = \"b\" }\n}\n" + with(""), []string{"databricks.token", "databricks.token_source"}},
		"an installation": {"provider \"provisioner\" {\n installation = \"My State\"\n}\n" + with(""), []string{"installation", "lower-case letters"}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			resource.Test(t, resource.TestCase{Steps: []resource.TestStep{{
				Config: c.config, PlanOnly: true, ProtoV6ProviderFactories: factories, ExpectError: inThisOrder(c.want...),
			}}})
		})
	}
}

// inThisOrder matches texts, one after another, in an error that Terraform has wrapped into lines.
func inThisOrder(texts ...string) *regexp.Regexp {
	parts := make([]string, len(texts))
	for i, text := range texts {
		words := strings.Fields(text)
		for j := range words {
			words[j] = regexp.QuoteMeta(words[j])
		}
		parts[i] = strings.Join(words, `\s+`)
	}
	return regexp.MustCompile(`(?s)` + strings.Join(parts, `.*`))
}

// What can be known only at apply has its own clear error there, and a warning at plan.
func TestSecretsAtApply(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for name, content := range map[string]string{"empty": "\n", "large": strings.Repeat("x", 64<<10+1), "lines": "a\nb"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for name, want := range map[string]string{"missing": "does not exist|missing|no such", "empty": "empty", "large": "64 KiB", "lines": "line"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			path := filepath.Join(dir, name)
			resource.Test(t, resource.TestCase{Steps: []resource.TestStep{{
				ProtoV6ProviderFactories: factories,
				Config: `provider "provisioner" {
					databricks = { host = "` + w.DatabricksURL + `", token_source = "file:` + path + `" }
				}
				resource "provisioner_single_user_cluster" "test" {
					user_email = "ana@example.com"
					defaults_json = jsonencode(` + settings + `)
				}`,
				ExpectError: regexp.MustCompile(`(?s)Databricks workspace cannot be reached.*file:\s*` + `.*(` + want + `)`),
			}}})
			if n := w.calls("/api/2.1/clusters/create"); n != 0 {
				t.Error("a cluster was made without a token")
			}
		})
	}
}

func TestNothingIsAskedForThatIsNotNeeded(t *testing.T) {
	w := newWorld(t)
	for _, variable := range []string{"DATABRICKS_HOST", "DATABRICKS_TOKEN", "DATABRICKS_CLIENT_ID", "DATABRICKS_CLIENT_SECRET", "AWS_ACCESS_KEY_ID", "SLACK_BOT_TOKEN"} {
		t.Setenv(variable, "")
	}
	t.Setenv("HOME", t.TempDir())
	resource.Test(t, resource.TestCase{Steps: []resource.TestStep{
		{
			ProtoV6ProviderFactories: factories,
			Config: `provider "provisioner" {
				databricks = { token_source = "s3://nowhere/token" }
				slack      = { token_source = "s3://nowhere/slack" }
			}
			output "name" { value = provider::provisioner::resource_name("Ana.Diaz@example.com", "nb", 63) }`,
		},
		{
			ProtoV6ProviderFactories: factories,
			Config: `resource "provisioner_single_user_cluster" "test" {
				user_email = "ana@example.com"
				defaults_json = jsonencode(` + settings + `)
			}`,
			ExpectError: regexp.MustCompile(`(?s)Databricks workspace cannot be reached.*no\s+Databricks\s+host.*databricks.host.*DATABRICKS_HOST`),
		},
		{
			ProtoV6ProviderFactories: factories,
			Config: `provider "provisioner" {
				databricks = { host = "` + w.DatabricksURL + `" }
			}
			resource "provisioner_single_user_cluster" "test" {
				user_email = "ana@example.com"
				defaults_json = jsonencode(` + settings + `)
			}`,
			ExpectError: regexp.MustCompile(`(?s)no\s+credentials\s+for\s+the\s+Databricks\s+workspace.*databricks.token_source.*DATABRICKS_TOKEN`),
		},
	}})
}
