package google

import (
	"encoding/json"
	"slices"
	"strings"
	"time"
)

// Kind names a sort of object for [Fake.Edit] and its like, and for the control.
type Kind string

// What the fake holds.
const (
	Workbench       Kind = "workbench"        // Notebooks v2 instances
	LegacyInstance  Kind = "legacy_instance"  // Notebooks v1 instances, Dataproc Hubs among them
	Runtime         Kind = "runtime"          // Notebooks v1 runtimes
	Cluster         Kind = "cluster"          // Dataproc
	Session         Kind = "session"          // Dataproc
	SessionTemplate Kind = "session_template" // Dataproc
	ServiceAccount  Kind = "service_account"  // IAM
)

// Values lists them all.
func (*Kind) Values() []Kind {
	return []Kind{Workbench, LegacyInstance, Runtime, Cluster, Session, SessionTemplate, ServiceAccount}
}

// kind is how the fake treats a sort of object.
type kind struct {
	word       Kind
	document   string // where it is described
	schema     string
	collection string // the word in its name, and in the answer of its list
	message    string // its protocol buffer type, as operations name it
	rest       string // the state in which it does its work, "" when it has no states
	enter      func(o *object, state string, at time.Time)
	show       func(b *Behaviours, o *object) fields // as the API tells it under the behaviours
}

var (
	workbenchKind = &kind{
		word: Workbench, document: "notebooks/v2", schema: "Instance", collection: "instances",
		message: "google.cloud.notebooks.v2.Instance", rest: "ACTIVE", enter: enterNotebook, show: showWorkbench,
	}
	legacyKind = &kind{
		word: LegacyInstance, document: "notebooks/v1", schema: "Instance", collection: "instances",
		message: "google.cloud.notebooks.v1.Instance", rest: "ACTIVE", enter: enterLegacy, show: showLegacy,
	}
	runtimeKind = &kind{
		word: Runtime, document: "notebooks/v1", schema: "Runtime", collection: "runtimes",
		message: "google.cloud.notebooks.v1.Runtime", rest: "ACTIVE", enter: enterNotebook, show: showAll,
	}
	clusterKind = &kind{
		word: Cluster, document: "dataproc/v1", schema: "Cluster", collection: "clusters",
		message: "google.cloud.dataproc.v1.Cluster", rest: "RUNNING", enter: enterCluster, show: showAll,
	}
	sessionKind = &kind{
		word: Session, document: "dataproc/v1", schema: "Session", collection: "sessions",
		message: "google.cloud.dataproc.v1.Session", rest: "ACTIVE", enter: enterSession, show: showAll,
	}
	templateKind = &kind{
		word: SessionTemplate, document: "dataproc/v1", schema: "SessionTemplate", collection: "sessionTemplates",
		message: "google.cloud.dataproc.v1.SessionTemplate", show: showTemplate,
	}
	accountKind = &kind{
		word: ServiceAccount, document: "iam/v1", schema: "ServiceAccount", collection: "serviceAccounts",
		message: "google.iam.admin.v1.ServiceAccount", show: showAll,
	}

	kinds = []*kind{workbenchKind, legacyKind, runtimeKind, clusterKind, sessionKind, templateKind, accountKind}
)

func showAll(_ *Behaviours, o *object) fields { return o.fields }

// object is one thing in the project.
type object struct {
	kind    *kind
	name    string // projects/p/locations/l/instances/n
	fields  fields // as stored; call touch after a change
	encoded raw    // what the API tells, kept until the next change
	work    *operation
	policy  policy
	gone    bool // removed from its shelf
}

func (o *object) state() string {
	if o.kind == clusterKind {
		return text(look(o.fields, "status", "state"))
	}
	return text(o.fields["state"])
}

func (o *object) enter(state string, at time.Time) {
	o.kind.enter(o, state, at)
	o.touch()
}

func enterLegacy(o *object, state string, at time.Time) {
	o.fields["state"] = state
	o.fields["updateTime"] = timestamp(at)
}

// enterNotebook keeps what depends on the state: only a running notebook has been heard of.
func enterNotebook(o *object, state string, at time.Time) {
	enterLegacy(o, state, at)
	delete(o.fields, "healthState")
	if state == "ACTIVE" {
		o.fields["healthState"] = "HEALTHY"
	}
}

func (o *object) touch() { o.encoded = nil }

// project is the id of the project that the object is in.
func (o *object) project() string { return strings.Split(o.name, "/")[1] }

// tell is the object as the API answers it now.
func (f *Fake) tell(o *object) raw {
	if o.encoded == nil {
		document, err := json.Marshal(o.kind.show(&f.behaviours, o))
		if err != nil {
			panic(err) // fields hold nothing but JSON
		}
		o.encoded = document
	}
	return o.encoded
}

// shelf holds every object of one kind, in the order of their names.
type shelf struct {
	byName map[string]*object
	sorted []*object
}

func newShelf() *shelf { return &shelf{byName: map[string]*object{}} }

func (s *shelf) position(name string) (int, bool) {
	return slices.BinarySearchFunc(s.sorted, name, func(o *object, name string) int { return strings.Compare(o.name, name) })
}

func (s *shelf) add(o *object) {
	at, _ := s.position(o.name)
	s.sorted = slices.Insert(s.sorted, at, o)
	s.byName[o.name] = o
}

func (s *shelf) remove(o *object) {
	if o.gone {
		return
	}
	at, _ := s.position(o.name)
	s.sorted = slices.Delete(s.sorted, at, at+1)
	delete(s.byName, o.name)
	o.gone = true
}

// below are the objects whose names begin with a prefix.
func (s *shelf) below(prefix string) []*object {
	from, _ := s.position(prefix)
	to, _ := s.position(prefix + "\xff")
	return s.sorted[from:to]
}

// add puts a new object on its shelf.
func (f *Fake) add(k *kind, name string, stored fields) *object {
	o := &object{kind: k, name: name, fields: stored}
	f.shelves[k].add(o)
	return o
}

// find is the object that a call is about.
func (f *Fake) find(k *kind, c *call) (*object, error) {
	if err := f.reachable(c); err != nil {
		return nil, err
	}
	o := f.shelves[k].byName[c.target]
	if o == nil {
		return nil, noSuchResource(c.target)
	}
	return o, nil
}

// get answers the object of a kind that a call is about.
func (f *Fake) get(k *kind) answer {
	return func(c *call) (any, error) {
		o, err := f.find(k, c)
		if err != nil {
			return nil, err
		}
		return f.tell(o), nil
	}
}

// absent refuses a create of something that is there, even when its deletion is under way.
func (f *Fake) absent(k *kind, name string) error {
	if f.shelves[k].byName[name] != nil {
		return alreadyExists("Resource '%s' already exists", name)
	}
	return nil
}

// reachable refuses a call to a place that is out of order.
func (f *Fake) reachable(c *call) error {
	if slices.Contains(f.behaviours.Unreachable, c.location()) {
		return unavailable("The service is currently unavailable in %s.", c.location())
	}
	return nil
}
