package google

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"time"

	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/control"
)

// Control is the project's back door, for a person or a script. Every body is checked strictly.
//
//	GET  /objects     everything: objects by kind, operations, projects, policies
//	POST /objects     {"kind": "cluster", "name": "projects/p/regions/r/clusters/c", "body": {…}, "state": "RUNNING"}
//	POST /edit        {"kind": "workbench", "name": "ann", "patch": {…}}
//	POST /delete      {"kind": "workbench", "name": "ann"}
//	POST /idle-stop   {"kind": "workbench", "name": "ann"}
//	GET  /behaviours  how the APIs behave
//	POST /behaviours  what is given of them changes; null forgets
//	POST /failures    {"match": "*ann*", "verb": "create", "code": 8, "message": "…", "leaves": "half", "state": "STOPPED", "times": 1}
//	POST /heal        forgets the failures that have not happened yet
//	POST /timings     {"workbench_create": "3m", …}
//	POST /projects    {"project": "other", "number": 42}
//	POST /reset
func (f *Fake) Control() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /objects", func(w http.ResponseWriter, _ *http.Request) { control.Answer(w, f.everything()) })
	mux.HandleFunc("POST /objects", order(func(body struct {
		Kind  Kind           `json:"kind"`
		Name  string         `json:"name"`
		Body  map[string]any `json:"body"`
		State string         `json:"state,omitempty"`
	},
	) error {
		return f.Seed(body.Kind, body.Name, body.Body, body.State)
	}))
	mux.HandleFunc("POST /edit", order(func(body struct {
		Kind  Kind           `json:"kind"`
		Name  string         `json:"name"`
		Patch map[string]any `json:"patch"`
	},
	) error {
		return f.Edit(body.Kind, body.Name, body.Patch)
	}))
	type one struct {
		Kind Kind   `json:"kind"`
		Name string `json:"name"`
	}
	mux.HandleFunc("POST /delete", order(func(body one) error { return f.Remove(body.Kind, body.Name) }))
	mux.HandleFunc("POST /idle-stop", order(func(body one) error { return f.IdleStop(body.Kind, body.Name) }))
	mux.HandleFunc("GET /behaviours", func(w http.ResponseWriter, _ *http.Request) { control.Answer(w, f.behaving()) })
	mux.HandleFunc("POST /behaviours", order(f.behave))
	mux.HandleFunc("POST /failures", order(func(body Failure) error { f.FailOperation(body); return nil }))
	mux.HandleFunc("POST /heal", order(func(struct{}) error { f.Heal(); return nil }))
	mux.HandleFunc("POST /timings", order(f.retime))
	mux.HandleFunc("POST /projects", order(func(body struct {
		Project string `json:"project"`
		Number  int64  `json:"number"`
	},
	) error {
		f.AddProject(body.Project, body.Number)
		return nil
	}))
	mux.HandleFunc("POST /reset", order(func(struct{}) error { f.Reset(); return nil }))
	return mux
}

// order reads a strict body and carries it out; no body at all counts as {}.
func order[T any](do func(T) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		document, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxRequestBytes))
		if len(document) == 0 {
			document = []byte("{}")
		}
		var body T
		if err == nil {
			err = control.Unmarshal(document, &body)
		}
		if err == nil {
			err = do(body)
		}
		if err != nil {
			http.Error(w, fmt.Sprintf("cannot do this: %v", err), http.StatusBadRequest)
			return
		}
		control.Done(w)
	}
}

func (f *Fake) behaving() Behaviours {
	f.mu.Lock()
	defer f.mu.Unlock()
	b := f.behaviours
	b.ExtraMetadata, b.Unreachable = maps.Clone(b.ExtraMetadata), slices.Clone(b.Unreachable)
	return b
}

// behave changes what is given, and checks the whole.
func (f *Fake) behave(given map[string]any) error {
	now, err := json.Marshal(f.behaving())
	if err != nil {
		return err
	}
	wanted, err := decode(now)
	if err != nil {
		return err
	}
	mergePatch(wanted, given)
	document, err := json.Marshal(wanted)
	if err != nil {
		return err
	}
	var read Behaviours
	if err := control.Unmarshal(document, &read); err != nil {
		return err
	}
	f.Behave(func(b *Behaviours) { *b = read })
	return nil
}

// retime changes the timings that are given, by their names in snake case.
func (f *Fake) retime(given map[string]string) error {
	var problems []error
	f.SetTimings(func(t *Timings) {
		known := map[string]*time.Duration{
			"workbench_create": &t.WorkbenchCreate, "legacy_create": &t.LegacyCreate, "runtime_create": &t.RuntimeCreate,
			"start": &t.Start, "stop": &t.Stop, "delete": &t.Delete, "patch": &t.Patch, "upgrade": &t.Upgrade,
			"cluster_create": &t.ClusterCreate, "cluster_delete": &t.ClusterDelete,
			"session_create": &t.SessionCreate, "session_end": &t.SessionEnd,
		}
		for name, value := range given {
			d, err := time.ParseDuration(value)
			switch into := known[name]; {
			case into == nil:
				problems = append(problems, fmt.Errorf("there is no timing %q, only %v", name, sortedKeys(known)))
			case err != nil || d < 0:
				problems = append(problems, fmt.Errorf("%s is no duration for %s: write it as 3m or 45s", value, name))
			default:
				*into = d
			}
		}
	})
	return errors.Join(problems...)
}

// everything is the whole state, for a person to look at.
func (f *Fake) everything() any {
	all := map[string]any{}
	for k, objects := range f.Objects() {
		all[string(k)] = objects
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	policies, projects, operations := fields{}, []any{}, []any{}
	for _, id := range sortedKeys(f.projects) {
		projects = append(projects, f.projects[id].tell())
		policies["projects/"+id] = f.projects[id].policy.tell()
	}
	for _, k := range kinds {
		for _, o := range f.shelves[k].sorted {
			if o.policy.changes > 0 {
				policies[o.name] = o.policy.tell()
			}
		}
	}
	for _, op := range f.operations.all {
		operations = append(operations, op.tell())
	}
	all["projects"], all["policies"], all["operations"] = projects, policies, operations
	return cloneValue(fields(all))
}
