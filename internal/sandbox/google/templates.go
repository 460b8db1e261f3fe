package google

import (
	"maps"
	"strings"
	"time"
)

// Session templates are made and changed at once, without operations.

func (f *Fake) createTemplate(c *call) (any, error) {
	if err := f.reachable(c); err != nil {
		return nil, err
	}
	name := f.withProjectID(text(c.body["name"]))
	if parentOf(name) != c.target {
		return nil, invalid("Invalid name %q: it must be of the form %s/ID.", name, c.target)
	}
	if err := checkID("session template id", lastOf(name), templateID); err != nil {
		return nil, err
	}
	if err := checkTemplate(c.body); err != nil {
		return nil, err
	}
	if err := f.absent(templateKind, name); err != nil {
		return nil, err
	}
	return f.tell(f.add(templateKind, name, f.newTemplate(name, c.body, c.now))), nil
}

func (f *Fake) newTemplate(name string, body fields, now time.Time) fields {
	stored := clone(body)
	maps.Copy(stored, fields{
		"name": name, "uuid": f.newUUID(), "creator": f.behaviours.Caller, "createTime": timestamp(now), "updateTime": timestamp(now),
	})
	f.fillTemplate(stored)
	return stored
}

// withProjectID names a project by its id where a name has its number.
func (f *Fake) withProjectID(name string) string {
	parts := strings.Split(name, "/")
	if len(parts) > 1 && parts[0] == "projects" {
		if p, found := f.findProject(parts[1]); found {
			parts[1] = p.id
		}
	}
	return strings.Join(parts, "/")
}

func checkTemplate(body fields) error {
	if len(text(body["displayName"])) > 63 {
		return invalid("The display_name is too long: at most 63 characters are allowed.")
	}
	if err := checkSessionKind(body); err != nil {
		return err
	}
	if bucket := text(look(body, "environmentConfig", "executionConfig", "stagingBucket")); strings.ContainsAny(bucket, "/:") {
		return invalid("Invalid staging_bucket %q: it must be the name of a bucket.", bucket)
	}
	return checkLabels(body["labels"], 32)
}

// checkSessionKind wants one kind of session, and bounds on its life.
func checkSessionKind(body fields) error {
	if body["jupyterSession"] != nil && body["sparkConnectSession"] != nil {
		return invalid("Only one of jupyter_session and spark_connect_session may be specified.")
	}
	const least, most = 10 * time.Minute, 14 * 24 * time.Hour
	for _, field := range []string{"ttl", "idleTtl"} {
		given := look(body, "environmentConfig", "executionConfig", field)
		if given != nil && (seconds(given) < least || seconds(given) > most) {
			return invalid("Invalid %s %q: it must be between %ds and %ds.", snake(field), given, int(least.Seconds()), int(most.Seconds()))
		}
	}
	return nil
}

// fillTemplate adds what the server adds.
func (f *Fake) fillTemplate(stored fields) {
	fillExecution(stored)
	project := f.projects[strings.Split(text(stored["name"]), "/")[1]]
	byDefault(child(stored, "environmentConfig", "executionConfig"), "serviceAccount", computeAccount(project.number))
}

// fillExecution adds what the server adds to the environment of every session and template.
func fillExecution(stored fields) {
	byDefault(child(stored, "runtimeConfig"), "version", "2.3")
	execution := child(stored, "environmentConfig", "executionConfig")
	byDefault(execution, "idleTtl", "3600s")
	byDefault(execution, "ttl", "86400s")
	child(stored, "environmentConfig", "peripheralsConfig", "sparkHistoryServerConfig")
}

// patchTemplate replaces all that a caller may write, or merges it when the vendor behaves so: the method has no mask
// that would tell which.
func (f *Fake) patchTemplate(c *call) (any, error) {
	o, err := f.find(templateKind, c)
	if err != nil {
		return nil, err
	}
	after := fields{}
	if f.behaviours.TemplatePatchMode == Merge {
		after = clone(o.fields)
	}
	mergePatch(after, c.body)
	if err := checkTemplate(after); err != nil {
		return nil, err
	}
	for _, field := range []string{"name", "uuid", "creator", "createTime"} {
		after[field] = o.fields[field]
	}
	after["updateTime"] = timestamp(c.now)
	f.fillTemplate(after)
	o.fields = after
	o.touch()
	return f.tell(o), nil
}

func (f *Fake) deleteTemplate(c *call) (any, error) {
	o, err := f.find(templateKind, c)
	if err != nil {
		return nil, err
	}
	f.shelves[templateKind].remove(o)
	return nil, nil
}

// showTemplate gives properties back with their prefix when the vendor behaves so.
func showTemplate(b *Behaviours, o *object) fields {
	properties, _ := look(o.fields, "runtimeConfig", "properties").(fields)
	if !b.SparkPrefix || len(properties) == 0 {
		return o.fields
	}
	told := maps.Clone(o.fields)
	config := maps.Clone(child(told, "runtimeConfig"))
	prefixed := fields{}
	for key, value := range properties {
		if !strings.Contains(key, ":") {
			key = "spark:" + key
		}
		prefixed[key] = value
	}
	config["properties"] = prefixed
	told["runtimeConfig"] = config
	return told
}
