package google

import (
	"cmp"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
)

// getOperation answers an operation as it is now.
func (f *Fake) getOperation(c *call) (any, error) {
	op, err := f.findOperation(c)
	return op.tell(), err
}

func (f *Fake) findOperation(c *call) (*operation, error) {
	op := f.operations.byName[c.method.doc.Name+"/"+c.target]
	if op == nil {
		return nil, noSuchResource(c.target)
	}
	return op, nil
}

// cancelOperation ends an operation at once. What it was making stays half made; anything else is as it was.
func (f *Fake) cancelOperation(c *call) (any, error) {
	op, err := f.findOperation(c)
	if err != nil || op.done {
		return nil, err
	}
	op.stopping = true
	op.leaves = leftover{half: op.change.creates}
	f.fail(op, c.now, &rpcError{Code: codeCancelled, Message: "The operation was cancelled."})
	return nil, nil
}

// deleteOperation forgets an operation; what it does goes on.
func (f *Fake) deleteOperation(c *call) (any, error) {
	op, err := f.findOperation(c)
	if err != nil {
		return nil, err
	}
	delete(f.operations.byName, op.service+"/"+op.name)
	f.operations.all = slices.DeleteFunc(f.operations.all, func(other *operation) bool { return other == op })
	return nil, nil
}

// listOperations answers one page of the operations of a place, in the order in which they began.
func (f *Fake) listOperations(c *call) (any, error) {
	size, err := pageSize(c.query["pageSize"], 50, 1000)
	if err != nil {
		return nil, err
	}
	token, err := readToken(c, c.query["pageToken"])
	if err != nil {
		return nil, err
	}
	after, _ := strconv.Atoi(token)
	from, _ := slices.BinarySearchFunc(f.operations.all, after+1, func(op *operation, number int) int { return cmp.Compare(op.number, number) })
	p, last := &page{field: "operations"}, 0
	for _, op := range f.operations.all[from:] {
		if op.service != c.method.doc.Name || !strings.HasPrefix(op.name, c.target+"/") {
			continue
		}
		if len(p.items) == size {
			p.next = pageToken(c, strconv.Itoa(last))
			break
		}
		document, err := json.Marshal(op.tell())
		if err != nil {
			return nil, err
		}
		p.items, last = append(p.items, document), op.number
	}
	return p, nil
}

// metadata is what an operation says about itself, each API in its own way.
func (op *operation) metadata() fields {
	switch op.object.kind {
	case clusterKind:
		return op.clusterMetadata()
	case sessionKind:
		return op.sessionMetadata()
	default:
		return op.notebookMetadata()
	}
}

func (op *operation) notebookMetadata() fields {
	verb := op.change.verb
	if verb == "patch" {
		verb = "update"
	}
	about := fields{
		"@type":                 "type.googleapis.com/google.cloud.notebooks." + op.version + ".OperationMetadata",
		"createTime":            timestamp(op.created),
		"target":                op.object.name,
		"verb":                  verb,
		"requestedCancellation": op.stopping,
		"apiVersion":            op.version,
		"endpoint":              op.path,
	}
	if op.done {
		about["endTime"] = timestamp(op.ended)
	}
	return about
}

func (op *operation) clusterMetadata() fields {
	state, since := "RUNNING", op.created
	if op.done {
		state, since = "DONE", op.ended
	}
	kind := strings.ToUpper(op.change.verb)
	if kind == "PATCH" {
		kind = "UPDATE"
	}
	about := fields{
		"@type":         "type.googleapis.com/google.cloud.dataproc.v1.ClusterOperationMetadata",
		"clusterName":   lastOf(op.object.name),
		"clusterUuid":   op.object.fields["clusterUuid"],
		"operationType": kind,
		"description":   strings.ToUpper(kind[:1]) + strings.ToLower(kind[1:]) + " cluster",
		"status":        fields{"state": state, "innerState": state, "stateStartTime": timestamp(since)},
	}
	if op.done {
		about["statusHistory"] = []any{fields{"state": "RUNNING", "innerState": "RUNNING", "stateStartTime": timestamp(op.created)}}
	}
	return about
}

func (op *operation) sessionMetadata() fields {
	about := fields{
		"@type":         "type.googleapis.com/google.cloud.dataproc.v1.SessionOperationMetadata",
		"session":       op.object.name,
		"sessionUuid":   op.object.fields["uuid"],
		"createTime":    timestamp(op.created),
		"operationType": strings.ToUpper(op.change.verb),
		"description":   "Session " + op.change.verb,
	}
	if op.done {
		about["doneTime"] = timestamp(op.ended)
	}
	return about
}
