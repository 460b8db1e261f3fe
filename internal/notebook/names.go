package notebook

import (
	"fmt"
	"strings"

	"github.com/data-access/terraform-provider-provisioner/internal/notebook/google"
	"github.com/data-access/terraform-provider-provisioner/internal/person"
)

// longestName is Google's limit for the names of instances and runtimes.
const longestName = 63

// The spawner of a Dataproc Hub names its clusters hub-<notebook>-<local part of the e-mail>, and Dataproc allows 51
// characters: a notebook of the default name must leave room.
const (
	longestCluster = 51
	clusterPrefix  = "hub-"
)

// DefaultName is the name of a person's notebook when the configuration gives none. A local part of an e-mail that
// leaves a Dataproc Hub no room whatever its notebook is called gets a name all the same; [Judge] refuses it.
func DefaultName(who person.Person, environment Environment) string {
	if environment == DataprocHub {
		local, _, _ := strings.Cut(who.Email(), "@")
		return shortName(who, longestCluster-len(clusterPrefix)-1-len(local))
	}
	return shortName(who, longestName)
}

// shortName says notebook where there is room, and as little as it can where there is not.
func shortName(who person.Person, room int) string {
	for _, prefix := range []string{"notebook", "n"} {
		if name, err := who.Name(prefix, room); err == nil {
			return name
		}
	}
	name, err := who.Name("n", len("n-")+person.MinNameLength)
	if err != nil { // the smallest there is
		panic(err)
	}
	return name
}

// id is what Google calls a notebook.
func (w Wanted) id() string {
	return place{w.Environment, w.Project, w.Location}.id(w.Name)
}

// place is where notebooks of one kind are listed together.
type place struct {
	environment       Environment
	project, location string
}

func (p place) id(name string) string {
	return fmt.Sprintf("projects/%s/locations/%s/%s/%s", p.project, p.location, collection(p.environment), name)
}

// collection is the word before the name in an id.
func collection(environment Environment) string {
	if environment == Managed {
		return "runtimes"
	}
	return "instances"
}

// split takes an id apart.
func split(id string, environment Environment) (at place, name string, err error) {
	parts := strings.Split(id, "/")
	if len(parts) != 6 || parts[0] != "projects" || parts[2] != "locations" || parts[4] != collection(environment) || parts[1] == "" || parts[3] == "" || parts[5] == "" {
		return place{}, "", fmt.Errorf("%q is no id of a %s notebook (expected the form %s)", id, environment, place{environment, "PROJECT", "LOCATION"}.id("NAME"))
	}
	return place{environment, parts[1], parts[3]}, parts[5], nil
}

// ParseID finds the id that an import names: the id itself, or project/location/name, or location/name in a default
// project. environment decides between instances of v1 and v2, which have the same form.
func ParseID(text, project string, environment Environment) (string, error) {
	parts := strings.Split(strings.Trim(strings.TrimSpace(text), "/"), "/")
	var at place
	name := parts[len(parts)-1]
	switch {
	case len(parts) == 2 && project != "":
		at = place{environment, project, parts[0]}
	case len(parts) == 2:
		return "", fmt.Errorf("%q names no project: set one for the provider, or import PROJECT/LOCATION/NAME", text)
	case len(parts) == 3:
		at = place{environment, parts[0], parts[1]}
	default:
		var err error
		if at, name, err = split(strings.Join(parts, "/"), environment); err != nil {
			return "", fmt.Errorf("%w, or PROJECT/LOCATION/NAME, or LOCATION/NAME", err)
		}
	}
	if _, _, err := split(at.id(name), environment); err != nil {
		return "", fmt.Errorf("%q: %w, or PROJECT/LOCATION/NAME, or LOCATION/NAME", text, err)
	}
	if form := locationForm(environment); !form.fits(at.location) {
		return "", fmt.Errorf("%q: %q is not a %s, and a %s notebook is in one, such as %s", text, at.location, form.name, environment, form.example)
	}
	return at.id(name), nil
}

// form is how a location of one environment looks.
type form struct {
	name, example string
	fits          func(string) bool
}

func locationForm(environment Environment) form {
	if environment == Managed {
		return form{"region", "us-central1", google.IsRegion}
	}
	return form{"zone", "us-central1-a", google.IsZone}
}
