package foundation_test

import (
	"strings"
	"testing"

	"github.com/data-access/terraform-provider-provisioner/internal/notebook/foundation"
)

func TestJudge(t *testing.T) {
	for name, c := range map[string]struct {
		change    func(*foundation.Wanted)
		attribute string // "" is fine
		says      string
	}{
		"all is well":         {change: func(*foundation.Wanted) {}},
		"nothing known":       {change: func(f *foundation.Wanted) { *f = foundation.Wanted{} }},
		"multi-region":        {change: func(f *foundation.Wanted) { f.BucketLocation = "NAM4" }},
		"own role":            {change: func(f *foundation.Wanted) { f.Roles = []string{"projects/p/roles/hub"} }},
		"short bucket":        {func(f *foundation.Wanted) { f.Bucket = "ab" }, "bucket", `"ab"`},
		"capital in a bucket": {func(f *foundation.Wanted) { f.Bucket = "Abc" }, "bucket", `"Abc"`},
		"bucket address":      {func(f *foundation.Wanted) { f.Bucket = "gs://abc" }, "bucket", "gs://abc"},
		"goog":                {func(f *foundation.Wanted) { f.Bucket = "goog-x" }, "bucket", "goog-x"},
		"google within":       {func(f *foundation.Wanted) { f.Bucket = "my-g00gle" }, "bucket", "my-g00gle"},
		"number":              {func(f *foundation.Wanted) { f.Bucket = "192.168.0.1" }, "bucket", "192"},
		"zone":                {func(f *foundation.Wanted) { f.BucketLocation = "us-central1-a" }, "bucket_location", "us-central1-a"},
		"short account":       {func(f *foundation.Wanted) { f.ServiceAccount = "short" }, "service_account_id", "short"},
		"long account":        {func(f *foundation.Wanted) { f.ServiceAccount = strings.Repeat("a", 31) }, "service_account_id", "30"},
		"whole address":       {func(f *foundation.Wanted) { f.ServiceAccount = account }, "service_account_id", "whole address"},
		"bare role":           {func(f *foundation.Wanted) { f.Roles = []string{"dataproc.hubAgent"} }, "roles", "dataproc.hubAgent"},
		"owner":               {func(f *foundation.Wanted) { f.Roles = []string{"roles/owner"} }, "roles", "roles/owner"},
		"editor":              {func(f *foundation.Wanted) { f.Roles = []string{"roles/editor"} }, "roles", "roles/editor"},
		"user":                {func(f *foundation.Wanted) { f.Users = []string{"ana"} }, "users", `"ana"`},
		"member":              {func(f *foundation.Wanted) { f.Users = []string{"user:ana@example.com"} }, "users", "user:"},
		"account as user":     {func(f *foundation.Wanted) { f.Users = []string{account} }, "users", account},
		"reserved label":      {func(f *foundation.Wanted) { f.Labels = map[string]string{"provisioner_managed_by": "x"} }, "labels", "provisioner_managed_by"},
		"label":               {func(f *foundation.Wanted) { f.Labels = map[string]string{"a": "B"} }, "labels", `"B"`},
	} {
		problems := foundation.Judge(wanted(c.change))
		switch {
		case c.attribute == "" && len(problems) > 0:
			t.Errorf("%s: %v", name, problems)
		case c.attribute != "" && (len(problems) != 1 || problems[0].Attribute != c.attribute || !strings.Contains(problems[0].Detail, c.says)):
			t.Errorf("%s: %v", name, problems)
		}
	}
}

// Defect C: what the published deployer gave to everybody is told.
func TestWarn(t *testing.T) {
	if warnings := foundation.Warn(wanted()); len(warnings) > 0 {
		t.Error(warnings)
	}
	warnings := foundation.Warn(wanted(func(f *foundation.Wanted) {
		f.Roles = []string{"roles/compute.admin", "roles/dataproc.hubAgent", "roles/storage.objectAdmin"}
	}))
	if len(warnings) != 2 || !strings.Contains(warnings[0].Detail, "every machine") || !strings.Contains(warnings[1].Detail, "template") {
		t.Error(warnings)
	}
}
