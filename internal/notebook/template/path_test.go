package template_test

import (
	"strings"
	"testing"

	"github.com/data-access/terraform-provider-provisioner/internal/notebook/template"
	"github.com/data-access/terraform-provider-provisioner/internal/person"
)

func TestPath(t *testing.T) {
	ana := someone(t, "Ana.Diaz@example.com")
	for _, c := range []struct{ prefix, name, want string }{
		{"", "standard", "6idqd22h-ana-diaz/standard.yaml"},
		{"/", "standard", "6idqd22h-ana-diaz/standard.yaml"},
		{"templates", "standard", "templates/6idqd22h-ana-diaz/standard.yaml"},
		{"//a//b/", "standard", "a/b/6idqd22h-ana-diaz/standard.yaml"},
		{"dataproc_generated_templates", "per-auth-cluster.yaml", "dataproc_generated_templates/6idqd22h-ana-diaz/per-auth-cluster.yaml"},
		{"x", "Single_Node.v2.yml", "x/6idqd22h-ana-diaz/Single_Node.v2.yaml"},
	} {
		if got, err := template.Path(c.prefix, ana, c.name); err != nil || got != c.want {
			t.Errorf("%q, %q: got %q, %v", c.prefix, c.name, got, err)
		}
	}
	for _, c := range []struct{ prefix, name, want string }{
		{"a/../b", "x", `the folder ".."`},
		{".", "x", `the folder "."`},
		{"a,b", "x", `the folder "a,b"`},
		{"a b", "x", `the folder "a b"`},
		{"gs://b", "x", `the folder "gs:"`},
		{"a\nb", "x", "the folder"},
		{"a", "", "cannot be the name of a file"},
		{"a", ".yaml", "cannot be the name of a file"},
		{"a", "..", "cannot be the name of a file"},
		{"a", "../x", "cannot be the name of a file"},
		{"a", "b/c", "cannot be the name of a file"},
		{"a", "-x", "cannot be the name of a file"},
		{strings.Repeat("a/", 510), "x", "Cloud Storage takes 1024"},
	} {
		if got, err := template.Path(c.prefix, ana, c.name); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%.30q, %q: got %q, %v; want %q", c.prefix, c.name, got, err, c.want)
		}
	}
	if _, err := template.Path("a", person.Person{}, "x"); err == nil {
		t.Error("a path of nobody")
	}
}

// A hub is given prefixes, not folders, and one slash at their end is cut off first.
func TestNoPersonsPathBeginsAnothers(t *testing.T) {
	paths := map[string]string{}
	for _, email := range []string{"joe@corp.com", "joe@corp.com.br", "joe.yaml@corp.com", "jo@corp.com", "joey@corp.com", "joe+1@corp.com"} {
		path, err := template.Path("templates", someone(t, email), "standard")
		if err != nil {
			t.Fatal(err)
		}
		folder := strings.TrimSuffix(path, "/standard.yaml")
		for other, theirs := range paths {
			if strings.HasPrefix(theirs, folder) || strings.HasPrefix(path, strings.TrimSuffix(theirs, "/standard.yaml")) {
				t.Errorf("%s sees %s's: %s, %s", email, other, path, theirs)
			}
		}
		paths[email] = path
	}
}
