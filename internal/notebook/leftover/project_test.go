package leftover_test

import (
	"testing"

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

func mustPerson(email string) person.Person {
	who, err := person.Parse(email)
	if err != nil {
		panic(err)
	}
	return who
}

var ana, bob = mustPerson("ana@example.com"), mustPerson("bob@example.com")
