package session_test

import (
	"testing"

	"google.golang.org/api/dataproc/v1"

	"github.com/data-access/terraform-provider-provisioner/internal/notebook/google"
	"github.com/data-access/terraform-provider-provisioner/internal/notebook/session"
	"github.com/data-access/terraform-provider-provisioner/internal/person"
	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/google/googletest"
)

const (
	project = "sandbox-project"
	region  = "us-central1"
)

// world is the project that a test is about.
type world struct {
	*googletest.World
	t *testing.T
}

func newWorld(t *testing.T) *world {
	t.Helper()
	return &world{googletest.New(t), t}
}

var lost, answered = googletest.Lost, googletest.Answered

// desk is what a run of the provider has: nothing of earlier runs.
func (w *world) desk() *session.Desk { return session.New(w.Cloud("test")) }

// other is a run of another installation.
func (w *world) other() *session.Desk { return session.New(w.Cloud("other")) }

// raw is a template as Google has it.
func (w *world) raw(id string) *dataproc.SessionTemplate {
	w.t.Helper()
	is, err := google.Dataproc(w.Cloud("test")).Projects.Locations.SessionTemplates.Get(id).Do()
	if err != nil {
		w.t.Fatal(err)
	}
	return is
}

// all are the names of all templates.
func (w *world) all() (names []string) {
	w.t.Helper()
	list, err := google.Dataproc(w.Cloud("test")).Projects.Locations.SessionTemplates.List("projects/" + project + "/locations/" + region).Do()
	if err != nil {
		w.t.Fatal(err)
	}
	for _, t := range list.SessionTemplates {
		names = append(names, t.Name)
	}
	return names
}

func mustPerson(email string) person.Person {
	who, err := person.Parse(email)
	if err != nil {
		panic(err)
	}
	return who
}

var ana, bob = mustPerson("ana@example.com"), mustPerson("bob@example.com")

// wanted is ana's template, with changes.
func wanted(change ...func(*session.Template)) session.Template {
	t := session.Template{
		Person: ana, Project: project, Location: region, Name: session.DefaultName(ana),
		DisplayName: "Spark for Ana", Description: "hers", Kernel: session.Python, RuntimeVersion: "2.3",
		Properties: map[string]string{"spark.executor.instances": "2", "spark.executor.cores": "4"},
		Labels:     map[string]string{"team": "red", "cost": "17"},
	}
	for _, c := range change {
		c(&t)
	}
	return t
}

func (w *world) ensured(t session.Template) *session.Template {
	w.t.Helper()
	made, _, err := w.desk().Ensure(w.t.Context(), t)
	if err != nil {
		w.t.Fatal(err)
	}
	return made
}
