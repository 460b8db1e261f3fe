// Package modules_test tests the modules and the examples with a real Terraform, the provider as built, and every
// cloud in the sandbox.
package modules_test

import (
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	fake "github.com/data-access/terraform-provider-provisioner/internal/sandbox/google"
)

func TestModules(t *testing.T) {
	t.Parallel()
	top := checkOut(t)
	for _, versions := range matches(t, top, "modules", "*", "versions.tf") {
		path := filepath.Dir(versions)
		t.Run(filepath.Base(path), func(t *testing.T) {
			t.Parallel()
			in(nil, path).must(t, 0, "init")

			t.Run("unit", func(t *testing.T) {
				t.Parallel()
				in(nil, path).must(t, 0, append([]string{"test"}, filters(t, path, "unit_*")...)...)
			})
			t.Run("integration", func(t *testing.T) {
				t.Parallel()
				s := start(t, filepath.Base(path) == slideruleModule)
				s.Databricks.FailLibrary("no-such-package", "No matching distribution found for no-such-package")
				s.Google.FailOperation(fake.Failure{Match: "*unlucky*", Verb: "start", Code: 8, Message: "The zone has no machine left", Times: 1})
				in(s, path).must(t, 0, append([]string{"test"}, filters(t, path, "integration_*")...)...)
				for _, left := range s.Databricks.Clusters() {
					t.Errorf("the tests left the cluster %s behind", left.ClusterName)
				}
				for name := range (&project{google: s}).things() {
					t.Errorf("the tests left %s behind", name)
				}
			})
		})
	}
}

// filters picks the test files of one kind.
func filters(t *testing.T, module, kind string) (args []string) {
	t.Helper()
	for _, file := range matches(t, module, "tests", kind+".tftest.hcl") {
		args = append(args, "-filter="+filepath.Join("tests", filepath.Base(file)))
	}
	return args
}

var (
	refusals = regexp.MustCompile(`(?m)^ *error_message *= .*`)
	peopleOf = regexp.MustCompile(`(?ms)^variable "notebook_users_list" \{.*?^\}`)
)

const slideruleModule = "sliderule-cluster"

// One instance among a thousand is refused: the message says whose or which it is. A module of many people names those whom the
// rule is about.
func TestRulesNameThePerson(t *testing.T) {
	t.Parallel()
	for _, path := range matches(t, "*", "variables.tf") {
		text := read(t, path)
		all, named := refusals.FindAllString(text, -1), "${var.user_email}"
		if people := peopleOf.FindString(text); people != "" {
			all, named = refusals.FindAllString(people, -1), "${join("
		}
		if filepath.Base(filepath.Dir(path)) == slideruleModule {
			named = "${var.cluster}"
		}
		if len(all) == 0 {
			t.Errorf("%s has no rule", path)
		}
		for _, refusal := range all {
			if !strings.Contains(refusal, named) {
				t.Errorf("%s: whose is it? %s", path, strings.TrimSpace(refusal))
			}
		}
	}

	f := in(start(t, false), checkOut(t), "refused")
	const good = "../examples/complete/cluster-defaults.json"
	f.write(t, "mistaken.json", "{\n  \"num_workers\": 1,,\n}\n")
	for name, c := range map[string]struct{ email, settings, onDestroy, refusal string }{
		"a rule of the module": {"bo@example.com", good, "keep", "For bo@example.com, on_destroy must be"},
		"no e-mail":            {"bo", good, "stop", `user_email is "bo", and must be one plain e-mail address`},
		"no JSON":              {"bo@example.com", "mistaken.json", "stop", "line 2, column "}, // the provider's own
	} {
		f.write(t, "main.tf", `module "cluster" {
  source        = "../modules/single-user-cluster"
  for_each      = toset(["ana@example.com", "`+c.email+`"])
  user_email    = each.key
  defaults_json = file("`+c.settings+`")
  on_destroy    = each.key == "`+c.email+`" ? "`+c.onDestroy+`" : "delete"
}
`)
		f.must(t, 0, "init")
		said, status := f.run(t, "plan", "-no-color")
		if status != 1 || !strings.Contains(said, c.refusal) {
			t.Errorf("%s: ended with %d, want %q in: %s", name, status, c.refusal, said)
		}
	}
}
