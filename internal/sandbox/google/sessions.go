package google

import (
	"maps"
	"strings"
	"time"
)

func (f *Fake) createSession(c *call) (any, error) {
	if op, err := f.repeated(c); err != nil || op != nil {
		return op.tell(), err
	}
	if err := f.reachable(c); err != nil {
		return nil, err
	}
	id := c.query["sessionId"]
	if err := checkID("session_id", id, sessionID); err != nil {
		return nil, err
	}
	name := c.target + "/" + id
	stored, err := f.newSession(name, c.body, c.now)
	if err != nil {
		return nil, err
	}
	if err := f.absent(sessionKind, name); err != nil {
		return nil, err
	}
	o := f.add(sessionKind, name, stored)
	ch := change{takes: f.timings.SessionCreate, creates: true, rest: "ACTIVE", stages: []stage{{0, "CREATING"}}}
	ch.apply = func(time.Time) {
		child(o.fields, "runtimeInfo")["endpoints"] = fields{"Jupyter": "https://" + text(o.fields["uuid"])[:8] + "-dot-" + strings.Split(o.name, "/")[3] + ".dataproc.googleusercontent.com/"}
	}
	return f.begin(c, o, ch).tell(), nil
}

// newSession is a session as the server fills it in, from its template too. The credentials are those of whoever
// makes it, whatever the template says.
func (f *Fake) newSession(name string, body fields, now time.Time) (fields, error) {
	stored := fields{}
	if template := text(body["sessionTemplate"]); template != "" {
		if !strings.Contains(template, "/") {
			template = parentOf(parentOf(name)) + "/sessionTemplates/" + template
		}
		t := f.shelves[templateKind].byName[template]
		if t == nil {
			return nil, notFound("Not found: session template %s", template)
		}
		for _, field := range []string{"jupyterSession", "sparkConnectSession", "runtimeConfig", "environmentConfig", "labels"} {
			if value := t.fields[field]; value != nil {
				stored[field] = cloneValue(value)
			}
		}
	}
	mergePatch(stored, body)
	if err := checkSessionKind(stored); err != nil {
		return nil, err
	}
	if err := checkLabels(stored["labels"], 32); err != nil {
		return nil, err
	}
	maps.Copy(stored, fields{"name": name, "uuid": f.newUUID(), "createTime": timestamp(now)})
	byDefault(stored, "creator", f.behaviours.Caller)
	byDefault(stored, "user", stored["creator"])
	fillExecution(stored)
	return stored, nil
}

// enterSession keeps the states before in a history, as the API tells it.
func enterSession(o *object, state string, at time.Time) {
	if before := o.state(); before != "" {
		o.fields["stateHistory"] = append(list(o.fields["stateHistory"]), fields{"state": before, "stateStartTime": o.fields["stateTime"]})
	}
	o.fields["state"] = state
	o.fields["stateTime"] = timestamp(at)
}

func (f *Fake) terminateSession(_ *call, o *object) (change, error) {
	if s := o.state(); s == "TERMINATED" || s == "FAILED" {
		return change{}, precondition("Session %s is in state %s and cannot be terminated.", o.name, s)
	}
	return change{takes: f.timings.SessionEnd, stages: []stage{{0, "TERMINATING"}}, rest: "TERMINATED"}, nil
}

// deleteSession ends a session first, when nobody has.
func (f *Fake) deleteSession(_ *call, o *object) (change, error) {
	ch := change{takes: f.timings.SessionEnd, deletes: true}
	if s := o.state(); s != "TERMINATED" && s != "FAILED" {
		ch.stages = []stage{{0, "TERMINATING"}}
	}
	return ch, nil
}
