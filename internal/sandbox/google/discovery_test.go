package google

import (
	"slices"
	"strings"
	"testing"
)

// The tables of this package name methods, parameters and paths that stand in Google's documents. A newer client
// module may change those, and these tests say where the tables must follow.

func methods(t *testing.T) map[string]*method {
	t.Helper()
	all := map[string]*method{}
	loaded, err := documents()
	if err != nil {
		t.Fatal(err)
	}
	var walk func(map[string]*resource)
	walk = func(resources map[string]*resource) {
		for _, r := range resources {
			for _, m := range r.Methods {
				all[m.key] = m
			}
			walk(r.Resources)
		}
	}
	for _, d := range loaded {
		walk(d.Resources)
	}
	return all
}

func TestEveryAnswerIsAMethodOfGoogles(t *testing.T) {
	known := methods(t)
	for key := range new(Fake).allAnswers() {
		if known[key] == nil {
			t.Errorf("there is no method %s", key)
		}
	}
	for key, parameter := range mustHave {
		if known[key] == nil || known[key].Parameters[parameter] == nil {
			t.Errorf("there is no parameter %s of %s", parameter, key)
		}
	}
}

func TestEveryMethodIsFoundAtItsPath(t *testing.T) {
	for key, m := range methods(t) {
		path := m.Path
		for name, p := range m.Parameters {
			value := strings.ReplaceAll(strings.ReplaceAll(strings.Trim(p.Pattern, "^$"), variable, "x"), ".*", "x")
			if value == "" {
				value = "x"
			}
			path = strings.ReplaceAll(strings.ReplaceAll(path, "{+"+name+"}", value), "{"+name+"}", value)
		}
		if found := m.doc.find(m.HTTPMethod, path); found != m {
			t.Errorf("%s %s leads to %v, want %s", m.HTTPMethod, path, found, key)
		}
	}
}

func TestThePathsOfPatchesAreTheListedOnes(t *testing.T) {
	known := methods(t)
	for key, listed := range map[string][]string{
		"notebooks.v2.projects.locations.instances.patch": workbenchPaths,
		"notebooks.v1.projects.locations.runtimes.patch":  runtimePaths,
		"dataproc.v1.projects.regions.clusters.patch":     clusterPaths,
	} {
		m := known[key]
		text := m.Parameters["updateMask"].Description
		for _, path := range listed {
			if !strings.Contains(text, path) {
				t.Errorf("%s no longer lists %s", key, path)
			}
		}
		for _, path := range slices.Concat(listed, unlistedOf(key)) {
			if _, err := m.readMask(path, listed, unlistedOf(key)); err != nil {
				t.Errorf("%s: %v", key, err)
			}
		}
	}
	described := strings.Count(known["notebooks.v2.projects.locations.instances.patch"].Parameters["updateMask"].Description, " * `")
	if described != len(workbenchPaths) {
		t.Errorf("the description lists %d paths, the table %d", described, len(workbenchPaths))
	}
}

func unlistedOf(key string) []string {
	switch {
	case strings.HasPrefix(key, "notebooks.v2"):
		return unlistedWorkbenchPaths
	case strings.HasPrefix(key, "dataproc"):
		return unlistedClusterPaths
	default:
		return nil
	}
}

func TestSpellings(t *testing.T) {
	for one, other := range map[string]string{"gceSetup": "gce_setup", "diskSizeGb": "disk_size_gb", "name": "name"} {
		if snake(one) != other || camel(other) != one || camel(one) != one {
			t.Errorf("%s and %s are not the same: %s %s", one, other, snake(one), camel(other))
		}
	}
}

func TestOptionsHaveDefaults(t *testing.T) {
	f, err := New(Options{})
	if err != nil {
		t.Fatal(err)
	}
	p, found := f.findProject("123456789012")
	if !found || p.id != "sandbox-project" || f.scaled(60) != 60 || f.now().IsZero() {
		t.Errorf("got %+v, options %+v", p, f.options)
	}
}
