package notebook

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/data-access/terraform-provider-provisioner/internal/notebook/google"
	fake "github.com/data-access/terraform-provider-provisioner/internal/sandbox/google"
)

func TestARefusedCreationNamesTheSuccessor(t *testing.T) {
	opaque := func(status int) func(string) *said {
		return func(line string) *said {
			if !strings.HasPrefix(line, "POST") {
				return nil
			}
			return &said{status: status, body: `{"error":{"status":"PERMISSION_DENIED","message":"The caller may not do this."}}`}
		}
	}
	told := func(line string) *said {
		if strings.HasSuffix(line, ":getConfig") {
			return &said{status: http.StatusOK, body: `{"disableWorkbenchLegacyCreation":true}`}
		}
		return opaque(http.StatusForbidden)(line)
	}
	untold := func(line string) *said {
		if strings.HasSuffix(line, ":getConfig") { // not everybody may read it
			return &said{status: http.StatusForbidden, body: `{"error":{"status":"PERMISSION_DENIED","message":"no"}}`}
		}
		return nil
	}
	for name, c := range map[string]struct {
		legacy  bool // Google still makes them
		instead func(string) *said
		ended   bool
	}{
		"in plain words":                       {false, nil, true},
		"in plain words alone":                 {false, untold, true},
		"in words that the settings explain":   {true, told, true},
		"for another reason":                   {true, opaque(http.StatusForbidden), false},
		"for another reason, as a bad request": {true, opaque(http.StatusBadRequest), false},
	} {
		for _, wanted := range []Wanted{runtimeOf(t), hubOf(t)} {
			t.Run(string(wanted.Environment)+" "+name, func(t *testing.T) {
				w := newV1World(t)
				w.fake.Behave(func(b *fake.Behaviours) { b.LegacyCreation = c.legacy })
				w.wire.instead = c.instead
				_, err := w.fleet.Ensure(t.Context(), wanted)
				if err == nil || errors.Is(err, ErrEnded) != c.ended || strings.Contains(err.Error(), `environment = "workbench"`) != c.ended || !strings.Contains(err.Error(), "ann.lee@example.com") {
					t.Errorf("got %v", err)
				}
				if len(w.wire.wrote()) != 1 {
					t.Errorf("wrote %q", w.wire.wrote())
				}
			})
		}
	}
}

func TestACreationThatEndsInTheEndNamesTheSuccessor(t *testing.T) {
	for kind, wanted := range map[string]Wanted{"a runtime": runtimeOf(t), "a hub": hubOf(t)} {
		t.Run(kind, func(t *testing.T) {
			w := newV1World(t)
			w.fake.FailOperation(fake.Failure{Match: "ann", Verb: "create", Code: 9, Message: "Creating legacy notebooks is no longer possible."})
			if _, err := w.fleet.Ensure(t.Context(), wanted); !errors.Is(err, ErrEnded) || !strings.Contains(err.Error(), `environment = "workbench"`) {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestTheEndIsRecognisedByItsWords(t *testing.T) {
	for text, want := range map[string]bool{
		"Creation of managed notebooks is disabled: the product has reached its end of life.":                        true,
		"Vertex AI Workbench user-managed notebooks is deprecated. Create a Workbench instance instead.":             true,
		"Creating new legacy instances is no longer supported":                                                       true,
		"Support ended; the ability to create runtimes was removed.":                                                 true,
		"Permission 'notebooks.runtimes.create' denied on resource 'projects/p'":                                     false,
		"Notebooks API has not been used in project 1 before or it is disabled. reason: SERVICE_DISABLED":            false,
		"The image family common-container is deprecated; the instance cannot be created":                            false,
		"Quota 'NVIDIA_P4_GPUS' exceeded while creating the instance":                                                false,
		"Machine type n1-standard-4 is no longer available in zone us-central1-a, the instance could not be created": false,
	} {
		if got := soundsEnded(text); got != want {
			t.Errorf("%q: got %v", text, got)
		}
	}
}

func TestALegacyListIsWholeOrAnError(t *testing.T) {
	for _, wanted := range []Wanted{runtimeOf(t), hubOf(t)} {
		t.Run(string(wanted.Environment), func(t *testing.T) {
			w := newV1World(t)
			w.ensure(wanted)
			p, err := w.fleet.product(wanted.Environment)
			if err != nil {
				t.Fatal(err)
			}
			list := func(location string) map[string]*Notebook {
				t.Helper()
				all, err := p.list(t.Context(), testProject, location)
				if err != nil || len(all) != 1 || all[wanted.id()] == nil || all[wanted.id()].Owner != "ann.lee@example.com" {
					t.Fatalf("in %s: got %v, %v", location, all, err)
				}
				return all
			}
			list(wanted.Location)
			list("-")

			w.wire.instead = func(line string) *said {
				switch {
				case strings.HasPrefix(line, "GET locations/-/"): // v1 may not know it
					return &said{status: http.StatusBadRequest, body: `{"error":{"code":400,"status":"INVALID_ARGUMENT","message":"Invalid location -"}}`}
				case strings.HasSuffix(line, "/locations"):
					return &said{status: http.StatusOK, body: `{"locations":[{"locationId":"us-central1"},{"locationId":"us-central1-a"},{"locationId":"us-central1-b"}]}`}
				}
				return nil
			}
			list("-")

			w.wire.instead = nil
			w.fake.Behave(func(b *fake.Behaviours) { b.Unreachable = []string{"us-central1-f", "us-west1"} })
			if all, err := p.list(t.Context(), testProject, "-"); !errors.Is(err, ErrIncomplete) || all != nil {
				t.Errorf("unreachable: got %v, %v", all, err)
			}
		})
	}
}

func TestWhatIsNotThereIsGone(t *testing.T) {
	w := newV1World(t)
	for _, wanted := range []Wanted{runtimeOf(t), hubOf(t)} {
		p, err := w.fleet.product(wanted.Environment)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := p.get(t.Context(), wanted.id()); !errors.Is(err, google.ErrGone) {
			t.Errorf("get: %v", err)
		}
		if _, err := p.remove(t.Context(), wanted.id(), w.fleet.request()); !errors.Is(err, google.ErrGone) {
			t.Errorf("remove: %v", err)
		}
	}
}

func TestAnIDHasTheProjectOfTheConfiguration(t *testing.T) {
	for name, want := range map[string]string{
		"projects/123456789012/locations/us-central1/runtimes/n": "projects/p/locations/us-central1/runtimes/n",
		"projects/p/locations/us-central1/runtimes/n":            "projects/p/locations/us-central1/runtimes/n",
		"something else": "something else",
	} {
		if got := describedIn(Managed, "p", name); got != want {
			t.Errorf("%s: got %s", name, got)
		}
	}
}
