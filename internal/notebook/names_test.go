package notebook_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/data-access/terraform-provider-provisioner/internal/notebook"
)

func TestDefaultNamesAreLegalAndNobodyElses(t *testing.T) {
	legal := regexp.MustCompile(`^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$`)
	taken := map[string]string{}
	for _, email := range []string{
		"ann@a.com", "ann@b.com", "Ann.Lee@a.com", "ann-lee@a.com", "ann+lee@a.com", "7@a.com", "_@a.com",
		strings.Repeat("long", 10) + "@a.com", strings.Repeat("long", 15) + "@a.com", strings.Repeat("x", 64) + "@a.com",
	} {
		for _, environment := range []notebook.Environment{notebook.Workbench, notebook.Managed, notebook.DataprocHub} {
			name := notebook.DefaultName(mustPerson(email), environment)
			if !legal.MatchString(name) {
				t.Errorf("%s in %s: %q is no name", email, environment, name)
			}
			if other := taken[name]; other != "" && other != email {
				t.Errorf("%s and %s share %q", email, other, name)
			}
			taken[name] = email
			if name != notebook.DefaultName(mustPerson(strings.ToUpper(email)), environment) {
				t.Errorf("%s: case makes another name", email)
			}
		}
	}
}

// The spawner names clusters hub-<notebook>-<local part>, and Dataproc takes 51 characters: the default name always
// leaves room, or Judge says that nothing can.
func TestTheDefaultNameOfAHubLeavesRoomForItsClusters(t *testing.T) {
	for length := 1; length <= 64; length++ {
		local := strings.Repeat("a", length)
		who := mustPerson(local + "@example.com")
		name := notebook.DefaultName(who, notebook.DataprocHub)
		fits := len("hub-"+name+"-"+local) <= 51
		w := notebook.Wanted{Person: who, Environment: notebook.DataprocHub, Location: zone, Name: name, Templates: []string{"gs://bucket/ana/single.yaml"}}
		problems := notebook.Judge(w)
		if fits != (len(problems) == 0) {
			t.Errorf("%d characters: name %q fits: %v, and the judge says %+v", length, name, fits, problems)
		}
		if length <= 36 && !fits {
			t.Errorf("%d characters do not fit with %q", length, name)
		}
		if !fits && !strings.Contains(problems[0].Detail, who.Email()) {
			t.Errorf("%+v does not name %s", problems, who)
		}
	}
}

func TestParseID(t *testing.T) {
	for _, c := range []struct {
		text, project string
		environment   notebook.Environment
		want          string // an id, or a part of the error
	}{
		{idOf("ana"), "", notebook.Workbench, idOf("ana")},
		{"/" + idOf("ana") + "/ ", "", notebook.DataprocHub, idOf("ana")},
		{"sandbox-project/us-central1-a/ana", "other", notebook.Workbench, idOf("ana")},
		{"us-central1-a/ana", "sandbox-project", notebook.Workbench, idOf("ana")},
		{"us-central1/ana", "p", notebook.Managed, "projects/p/locations/us-central1/runtimes/ana"},
		{"projects/p/locations/us-central1/runtimes/ana", "", notebook.Managed, "projects/p/locations/us-central1/runtimes/ana"},
		{"us-central1-a/ana", "", notebook.Workbench, "names no project"},
		{"ana", "p", notebook.Workbench, "expected the form"},
		{"", "p", notebook.Workbench, "expected the form"},
		{"p//ana", "", notebook.Workbench, "expected the form"},
		{"projects/p/locations/us-central1/runtimes/ana", "", notebook.Workbench, "expected the form"},
		{idOf("ana"), "", notebook.Managed, "runtimes"},
		{"p/us-central1/ana", "", notebook.Workbench, "not a zone"},
		{"p/us-central1-a/ana", "", notebook.Managed, "not a region"},
	} {
		id, err := notebook.ParseID(c.text, c.project, c.environment)
		if err != nil {
			if id != "" || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%q: %v, want %q", c.text, err, c.want)
			}
		} else if id != c.want {
			t.Errorf("%q: got %q, want %q", c.text, id, c.want)
		}
	}
}

func TestReadRefusesWhatIsNoID(t *testing.T) {
	p := newProject(t)
	for _, id := range []string{"ana", "projects/p/locations/l/runtimes/ana"} {
		if _, err := p.fleet().Read(t.Context(), notebook.Workbench, id); err == nil {
			t.Errorf("%s: no error", id)
		}
		if _, err := p.fleet().Remove(t.Context(), notebook.Workbench, id); err == nil {
			t.Errorf("%s: no error", id)
		}
	}
	if _, err := p.fleet().Read(t.Context(), "workbnch", idOf("ana")); err == nil || !strings.Contains(err.Error(), "workbench, managed") {
		t.Errorf("got %v", err)
	}
	if len(p.sent()) != 0 {
		t.Error("Google was asked")
	}
}
