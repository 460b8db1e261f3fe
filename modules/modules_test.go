// Package modules_test tests the modules and the examples with a real Terraform, the provider as built, and every
// cloud in the sandbox.
package modules_test

import (
	"path/filepath"
	"testing"
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
				s := start(t, false)
				s.Databricks.FailLibrary("no-such-package", "No matching distribution found for no-such-package")
				in(s, path).must(t, 0, append([]string{"test"}, filters(t, path, "integration_*")...)...)
				for _, left := range s.Databricks.Clusters() {
					t.Errorf("the tests left the cluster %s behind", left.ClusterName)
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
