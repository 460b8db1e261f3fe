package google

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"google.golang.org/api/cloudresourcemanager/v1"
	"google.golang.org/api/dataproc/v1"
	"google.golang.org/api/iam/v1"
	notebooksv1 "google.golang.org/api/notebooks/v1"
	notebooksv2 "google.golang.org/api/notebooks/v2"
)

// What happens to a project beside the APIs: people at the console, machines that stop themselves, and tests.

// Edit changes an object the way RFC 7396 says, without any check: somebody else did it.
func (f *Fake) Edit(k Kind, name string, patch map[string]any) error {
	plain, err := plainJSON(patch)
	if err != nil {
		return err
	}
	return f.on(k, name, func(o *object) error {
		mergePatch(o.fields, plain)
		o.touch()
		return nil
	})
}

// plainJSON is what an object is on the wire, so that nothing but JSON comes in, whatever the caller's types are.
func plainJSON(given map[string]any) (fields, error) {
	if given == nil {
		return fields{}, nil
	}
	document, err := json.Marshal(given)
	if err != nil {
		return nil, err
	}
	return decode(document)
}

// Remove makes an object disappear at once, as if somebody else had deleted it long ago.
func (f *Fake) Remove(k Kind, name string) error {
	return f.on(k, name, func(o *object) error {
		f.shelves[o.kind].remove(o)
		return nil
	})
}

// IdleStop stops a notebook or a cluster as its own idle shutdown does, at once.
func (f *Fake) IdleStop(k Kind, name string) error {
	return f.on(k, name, func(o *object) error {
		if s := o.state(); o.work != nil || s != "ACTIVE" && s != "RUNNING" || o.kind == sessionKind {
			return fmt.Errorf("%s is not running idly, its state is %q", o.name, s)
		}
		o.enter("STOPPED", f.now())
		return nil
	})
}

// on does something to the object of a name, which may be its id alone when no other has the same.
func (f *Fake) on(k Kind, name string, do func(*object) error) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.timeline.advance(f.now())
	sort, err := kindOf(k)
	if err != nil {
		return err
	}
	var found []*object
	for _, o := range f.shelves[sort].sorted {
		if o.name == name || lastOf(o.name) == name {
			found = append(found, o)
		}
	}
	if len(found) != 1 {
		return fmt.Errorf("there are %d objects of kind %s named %q, want exactly one", len(found), k, name)
	}
	return do(found[0])
}

func kindOf(word Kind) (*kind, error) {
	for _, k := range kinds {
		if k.word == word {
			return k, nil
		}
	}
	return nil, fmt.Errorf("there is no kind %q, only %v", word, new(Kind).Values())
}

// Seed makes an object that somebody else made, at rest: ACTIVE or RUNNING, or in the state that is given. Its fields
// must be the API's, and may be those that only the server sets, such as creator; the server's rules do not apply.
func (f *Fake) Seed(k Kind, name string, body map[string]any, state string) error {
	plain, err := plainJSON(body)
	if err != nil {
		return err
	}
	sort, err := kindOf(k)
	if err != nil {
		return err
	}
	doc := f.documents[sort.document]
	c := checker{doc: doc, keepOutput: true}
	plain = c.object(doc.Schemas[sort.schema], plain, snake(sort.schema))
	if err := refuse(c.problems); err != nil {
		return err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	now := f.now()
	f.timeline.advance(now)
	if err := f.seedable(sort, name); err != nil {
		return err
	}
	stored, err := f.newObject(sort, name, plain, now)
	if err != nil {
		return err
	}
	for field, property := range doc.Schemas[sort.schema].Properties {
		if value, given := plain[field]; given && property.ReadOnly {
			stored[field] = value
		}
	}
	o := f.add(sort, name, stored)
	if state == "" {
		state = sort.rest
	}
	if state != "" {
		o.enter(state, now)
	}
	return nil
}

// newObject is an object as the server fills it in.
func (f *Fake) newObject(k *kind, name string, body fields, now time.Time) (fields, error) {
	switch k {
	case workbenchKind:
		return f.newWorkbench(name, body, now), nil
	case legacyKind:
		return f.newLegacy(name, body, now), nil
	case runtimeKind:
		return f.newRuntime(name, body, now), nil
	case clusterKind:
		return f.newCluster(name, body), nil
	case sessionKind:
		return f.newSession(name, body, now)
	case templateKind:
		return f.newTemplate(name, body, now), nil
	default:
		return f.newAccount(name, body)
	}
}

// seedable wants a name that an object of the kind can have, in a project that there is.
func (f *Fake) seedable(k *kind, name string) error {
	parts := strings.Split(name, "/")
	length, place := 6, "locations"
	switch k {
	case clusterKind:
		place = "regions"
	case accountKind:
		length, place = 4, k.collection
	}
	if len(parts) != length || parts[0] != "projects" || parts[2] != place || parts[length-2] != k.collection || parts[length-1] == "" {
		return fmt.Errorf("%q is not a name of kind %s: projects/P/%s/.../%s/ID", name, k.word, place, k.collection)
	}
	if f.projects[parts[1]] == nil {
		return fmt.Errorf("there is no project %q", parts[1])
	}
	return f.absent(k, name)
}

// Objects is everything there is, as the APIs tell it, by kind.
func (f *Fake) Objects() map[Kind][]json.RawMessage {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.timeline.advance(f.now())
	all := map[Kind][]json.RawMessage{}
	for _, k := range kinds {
		all[k.word] = []json.RawMessage{}
		for _, o := range f.shelves[k].sorted {
			all[k.word] = append(all[k.word], json.RawMessage(f.tell(o)))
		}
	}
	return all
}

// everything is all objects of a kind in the client's own type.
func everything[T any](f *Fake, k Kind) []*T {
	told := f.Objects()[k]
	typed := make([]*T, len(told))
	for i, document := range told {
		typed[i] = new(T)
		if err := json.Unmarshal(document, typed[i]); err != nil {
			panic(fmt.Sprintf("%s does not read as its client's type, it was edited into another: %v", document, err))
		}
	}
	return typed
}

// Workbenches are all Notebooks v2 instances, in the order of their names.
func (f *Fake) Workbenches() []*notebooksv2.Instance {
	return everything[notebooksv2.Instance](f, Workbench)
}

// LegacyInstances are all Notebooks v1 instances, in the order of their names.
func (f *Fake) LegacyInstances() []*notebooksv1.Instance {
	return everything[notebooksv1.Instance](f, LegacyInstance)
}

// Runtimes are all Notebooks v1 runtimes, in the order of their names.
func (f *Fake) Runtimes() []*notebooksv1.Runtime { return everything[notebooksv1.Runtime](f, Runtime) }

// Clusters are all Dataproc clusters, in the order of their names.
func (f *Fake) Clusters() []*dataproc.Cluster { return everything[dataproc.Cluster](f, Cluster) }

// Sessions are all Dataproc sessions, in the order of their names.
func (f *Fake) Sessions() []*dataproc.Session { return everything[dataproc.Session](f, Session) }

// SessionTemplates are all Dataproc session templates, in the order of their names.
func (f *Fake) SessionTemplates() []*dataproc.SessionTemplate {
	return everything[dataproc.SessionTemplate](f, SessionTemplate)
}

// ServiceAccounts are all service accounts that were made, in the order of their names.
func (f *Fake) ServiceAccounts() []*iam.ServiceAccount {
	return everything[iam.ServiceAccount](f, ServiceAccount)
}

// ProjectPolicy says who may do what in a project.
func (f *Fake) ProjectPolicy(project string) *cloudresourcemanager.Policy {
	f.mu.Lock()
	defer f.mu.Unlock()
	p, found := f.findProject(project)
	if !found {
		return nil
	}
	return convert[*cloudresourcemanager.Policy](p.policy.tell())
}
