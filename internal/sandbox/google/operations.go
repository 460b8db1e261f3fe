package google

import (
	"encoding/json"
	"fmt"
	"maps"
	"strings"
	"time"
)

// operation is something that takes time, as clients poll it.
type operation struct {
	service  string // notebooks or dataproc: each has its own operations
	name     string // projects/p/locations/l/operations/operation-1
	number   int    // in the order in which they began
	object   *object
	change   change
	former   string // the object's state before
	created  time.Time
	ended    time.Time
	done     bool
	fails    *rpcError // how it will end
	leaves   leftover
	failure  *rpcError // how it ended
	response json.RawMessage
	stopping bool // somebody asked to cancel it
	version  string
	path     string // the method that began it
}

// change is what an operation does to its object.
type change struct {
	verb    string        // the method's last word by default
	takes   time.Duration // until the operation is done, in the cloud's own time
	settles time.Duration // until the object is at rest, when that is later
	stages  []stage       // the states on the way
	rest    string        // the state at rest; as before by default
	apply   func(at time.Time)
	fails   *rpcError // what the server finds out only on the way
	creates bool
	deletes bool
}

// stage is a state that an object enters some time after the beginning.
type stage struct {
	after time.Duration
	state string
}

// leftover is how a failed operation leaves its object: as if nothing had been asked for, or half done in some state.
type leftover struct {
	half  bool
	state string // "" is the one it is in
}

// operations are all operations of all APIs, in the order in which they began.
type operations struct {
	byName    map[string]*operation
	byRequest map[string]*operation // by method, target and the caller's own id of the request
	all       []*operation
}

func newOperations() operations {
	return operations{byName: map[string]*operation{}, byRequest: map[string]*operation{}}
}

// do begins a change of the object that a call is about, unless the same call was made before or another change is
// under way. prepare says what the change is, or refuses it.
func (f *Fake) do(k *kind, prepare func(*call, *object) (change, error)) answer {
	return func(c *call) (any, error) {
		if op, err := f.repeated(c); err != nil || op != nil {
			return op.tell(), err
		}
		o, err := f.find(k, c)
		if err != nil {
			return nil, err
		}
		if err := o.free(c); err != nil {
			return nil, err
		}
		ch, err := prepare(c, o)
		if err != nil {
			return nil, err
		}
		if o.work != nil {
			f.supersede(o.work, c.now)
		}
		return f.begin(c, o, ch).tell(), nil
	}
}

// free refuses a change while another one is under way. Dataproc lets an end overtake anything but another end.
func (o *object) free(c *call) error {
	verb := c.verb()
	ends := verb == "delete" || verb == "terminate"
	switch {
	case o.work == nil:
		return nil
	case c.method.doc.Name == "notebooks":
		return aborted("unable to queue the operation: operation %s is in progress on %s", o.work.name, o.name)
	case ends && (o.work.change.verb == verb || o.work.change.deletes):
		return precondition("Cannot %s %s '%s' while it has other pending %s operations.", verb, o.kind.word, lastOf(o.name), o.work.change.verb)
	case ends:
		return nil
	default:
		return precondition("Cannot %s %s '%s' while it has other pending operations.", verb, o.kind.word, lastOf(o.name))
	}
}

// supersede ends an operation that a later one has overtaken: it says that it succeeded, as the vendor's do.
func (f *Fake) supersede(op *operation, at time.Time) {
	op.end(at, nil)
	op.object.work = nil
	op.response = f.typed(op.object)
}

// repeated is the operation that the same request began when it was sent before.
func (f *Fake) repeated(c *call) (*operation, error) {
	id := c.requestID()
	if id == "" {
		return nil, nil
	}
	if err := checkRequestID(c.method.doc.Name, id); err != nil {
		return nil, err
	}
	return f.operations.byRequest[requestKey(c)], nil
}

func requestKey(c *call) string {
	id := c.query["instanceId"] + c.query["runtimeId"] + c.query["sessionId"] + text(c.body["clusterName"])
	return strings.Join([]string{c.method.key, c.target, id, c.requestID()}, " ")
}

// begin starts a change now, and plans what it brings.
func (f *Fake) begin(c *call, o *object, ch change) *operation {
	if ch.verb == "" {
		ch.verb = c.verb()
	}
	op := &operation{
		service: c.method.doc.Name,
		version: c.method.doc.Version,
		path:    c.method.key,
		object:  o,
		change:  ch,
		former:  o.state(),
		created: c.now,
		fails:   ch.fails,
		number:  f.next(),
	}
	if planned := f.takeFailure(o, ch.verb); planned != nil {
		op.fails = &rpcError{Code: planned.Code, Message: planned.Message}
		op.leaves = planned.leftover(o.kind, ch)
	}
	op.name = parentOf(parentOf(o.name)) + "/operations/" + f.operationID(c)
	o.work = op
	f.operations.byName[op.service+"/"+op.name] = op
	f.operations.all = append(f.operations.all, op)
	if c.requestID() != "" {
		f.operations.byRequest[requestKey(c)] = op
	}
	for _, s := range ch.stages {
		f.after(op, s.after, func(at time.Time) { o.enter(s.state, at) })
	}
	f.timeline.plan(c.now.Add(f.scaled(ch.takes)), func(at time.Time) { f.finish(op, at) })
	return op
}

// after does something for an operation that is still the one at work on its object by then.
func (f *Fake) after(op *operation, wait time.Duration, do func(at time.Time)) {
	guarded := func(at time.Time) {
		if op.object.work == op && !op.object.gone {
			do(at)
		}
	}
	if wait == 0 {
		guarded(op.created)
		return
	}
	f.timeline.plan(op.created.Add(f.scaled(wait)), guarded)
}

func (f *Fake) operationID(c *call) string {
	if c.method.doc.Name == "dataproc" {
		return f.newUUID()
	}
	return fmt.Sprintf("operation-%d-%s", c.now.UnixMilli(), f.newUUID()[:13])
}

// finish ends an operation the way it was to end.
func (f *Fake) finish(op *operation, at time.Time) {
	o, ch := op.object, op.change
	switch {
	case op.done:
		return
	case o.gone && !ch.deletes:
		op.end(at, &rpcError{Code: codeNotFound, Message: "Resource '" + o.name + "' was not found"})
		return
	case op.fails != nil:
		f.fail(op, at, op.fails)
		return
	}
	op.end(at, nil)
	if ch.apply != nil {
		ch.apply(at)
		o.touch()
	}
	if ch.deletes {
		f.shelves[o.kind].remove(o)
		op.response = json.RawMessage(`{"@type":"type.googleapis.com/google.protobuf.Empty"}`)
		return
	}
	settle := func(at time.Time) {
		o.work = nil
		if ch.rest != "" {
			o.enter(ch.rest, at)
		}
	}
	if ch.settles > ch.takes {
		f.after(op, ch.settles, settle)
	} else {
		settle(at)
	}
	op.response = f.typed(o)
}

// fail ends an operation with an error, and leaves its object as it was to be left.
func (f *Fake) fail(op *operation, at time.Time, failure *rpcError) {
	o := op.object
	op.end(at, failure)
	o.work = nil
	switch {
	case o.gone:
	case op.leaves.half:
		if op.leaves.state != "" {
			o.enter(op.leaves.state, at)
		}
	case op.change.creates:
		f.shelves[o.kind].remove(o)
	case op.former != "":
		o.enter(op.former, at)
	}
}

func (op *operation) end(at time.Time, failure *rpcError) {
	op.done, op.ended, op.failure = true, at, failure
}

// typed is an object as the response of an operation carries it.
func (f *Fake) typed(o *object) json.RawMessage {
	told := maps.Clone(o.kind.show(&f.behaviours, o))
	told["@type"] = "type.googleapis.com/" + o.kind.message
	document, err := json.Marshal(told)
	if err != nil {
		panic(err) // fields hold nothing but JSON
	}
	return document
}

// tell is an operation as clients see it. There is nothing to tell of none.
func (op *operation) tell() any {
	if op == nil {
		return nil
	}
	told := fields{"name": op.name, "metadata": op.metadata()}
	if op.done {
		told["done"] = true
	}
	switch {
	case op.failure != nil:
		told["error"] = op.failure
	case op.response != nil:
		told["response"] = op.response
	}
	return told
}
