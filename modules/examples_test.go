package modules_test

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2/hclparse"
	"golang.org/x/mod/semver"
)

// Each example of a module is runnable as it stands: it is planned.
func TestExamplesOfModulesArePlanned(t *testing.T) {
	t.Parallel()
	top := checkOut(t)
	s := start(t, false)
	for _, main := range matches(t, top, "modules", "*", "examples", "*", "main.tf") {
		path := filepath.Dir(main)
		t.Run(filepath.Base(path), func(t *testing.T) {
			t.Parallel()
			f := in(s, path)
			f.must(t, 0, "init")
			f.must(t, 2, "plan", "-detailed-exitcode")
		})
	}
}

// preamble is what the registry's fragments leave out.
const preamble = `terraform {
  required_providers {
    provisioner = { source = "data-access/provisioner" }
  }
}
`

// newer is the first CLI that knows what some fragments show.
var newer = map[string]string{"import-by-identity.tf": "v1.12.0", "action.tf": "v1.14.0"}

// What the registry shows is one fragment a file, each complete but for its preamble.
func TestFragmentsAreValid(t *testing.T) {
	t.Parallel()
	top := checkOut(t)
	cli := version(t)
	for _, path := range append(matches(t, top, "examples", "provider", "*.tf"), matches(t, top, "examples", "*", "*", "*.tf")...) {
		name, err := filepath.Rel(filepath.Join(top, "examples"), path)
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasPrefix(name, "complete") || strings.HasPrefix(name, "nightly") {
			continue // not a fragment
		}
		if least := newer[filepath.Base(name)]; semver.Compare(cli, least) < 0 {
			t.Logf("%s is parsed only: it needs Terraform %s, this is %s", name, least, cli)
			parse(t, path)
			continue
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := in(nil, t.TempDir())
			f.write(t, "versions.tf", preamble)
			f.write(t, "fragment.tf", read(t, path))
			if strings.HasPrefix(filepath.Base(name), "import-") { // into the resource beside it
				f.write(t, "resource.tf", read(t, filepath.Join(filepath.Dir(path), "resource.tf")))
			}
			f.must(t, 0, "init")
			f.must(t, 0, "validate")
		})
	}
	// `terraform query` is new in 1.14, and `validate` does not look into its files: their form is all that is checked.
	for _, path := range matches(t, top, "examples", "list-resources", "*", "*.tfquery.hcl") {
		parse(t, path)
	}
}

func parse(t *testing.T, path string) {
	t.Helper()
	if _, diags := hclparse.NewParser().ParseHCLFile(path); diags.HasErrors() {
		t.Error(diags)
	}
}

// version is the CLI's own, such as v1.11.4.
func version(t *testing.T) string {
	t.Helper()
	said, _ := in(nil, t.TempDir()).raw(t, "version", "-json")
	var v struct {
		Version string `json:"terraform_version"`
	}
	if err := json.Unmarshal([]byte(said), &v); err != nil {
		t.Fatalf("%v in %s", err, said)
	}
	return "v" + v.Version
}
