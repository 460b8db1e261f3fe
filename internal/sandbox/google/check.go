package google

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
)

// checker compares a request body with the schema of its method, and rewrites it the way the server stores it.
type checker struct {
	doc        *document
	wants      bool // required fields must be there
	keepOutput bool // keep what only the server may set; requests lose it silently, as on the real server
	problems   []problem
}

// problem is one thing wrong with a request: a google.rpc.BadRequest.FieldViolation.
type problem struct {
	Field       string `json:"field"`
	Description string `json:"description"`
}

// refuse is the answer to a request with problems; nil when there are none.
func refuse(problems []problem) error {
	if len(problems) == 0 {
		return nil
	}
	messages := make([]string, len(problems))
	for i, p := range problems {
		messages[i] = p.Description
	}
	return invalid("%s", strings.Join(messages, "\n")).with(map[string]any{
		"@type":           "type.googleapis.com/google.rpc.BadRequest",
		"fieldViolations": problems,
	})
}

// readBody reads the body of a request to m as the server does. A method that takes no body ignores one.
func (m *method) readBody(document []byte) (fields, error) {
	if m.Request == nil {
		return nil, nil
	}
	body, err := decode(document)
	if err != nil {
		return nil, err
	}
	// A partial body lacks what it does not change.
	c := checker{doc: m.doc, wants: m.HTTPMethod != "PATCH" || strings.HasSuffix(m.Request.Ref, "Request")}
	body = c.object(m.doc.resolve(m.Request), body, rootPath(m.Request.Ref))
	return body, refuse(c.problems)
}

// rootPath is how messages name the body: create requests carry the resource as one of their fields, custom methods
// are the request itself.
func rootPath(schemaName string) string {
	if strings.HasSuffix(schemaName, "Request") {
		return ""
	}
	return snake(schemaName)
}

func decode(document []byte) (fields, error) {
	if len(bytes.TrimSpace(document)) == 0 {
		return fields{}, nil
	}
	decoder := json.NewDecoder(bytes.NewReader(document))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		return nil, invalid("Invalid JSON payload received. %v", err)
	}
	if _, err := decoder.Token(); err != io.EOF {
		return nil, invalid("Invalid JSON payload received. Expected end of string.")
	}
	body, isObject := value.(fields)
	if !isObject {
		return nil, invalid("Invalid JSON payload received. Root element must be a message.")
	}
	return body, nil
}

func (c *checker) fault(path, format string, values ...any) {
	c.problems = append(c.problems, problem{Field: path, Description: fmt.Sprintf(format, values...)})
}

// value checks one value and returns it as it is stored.
func (c *checker) value(s *schema, v any, path string) any {
	s = c.doc.resolve(s)
	switch s.Type {
	case "object":
		object, isObject := v.(fields)
		if !isObject {
			c.wrongShape(path, v)
			return nil
		}
		return c.object(s, object, path)
	case "array":
		list, isList := v.([]any)
		if !isList {
			c.fault(path, "Invalid value at '%s' (repeated field), %s", path, short(v))
			return nil
		}
		checked := make([]any, len(list))
		for i, item := range list {
			checked[i] = c.value(s.Items, item, fmt.Sprintf("%s[%d]", path, i))
		}
		return checked
	default:
		stored, kind := scalar(s, v)
		if kind != "" {
			c.fault(path, "Invalid value at '%s' (%s), %s", path, kind, short(v))
		}
		return stored
	}
}

// wrongShape is a value that is not an object where there must be one.
func (c *checker) wrongShape(path string, v any) {
	parent, name := "", path
	if dot := strings.LastIndex(path, "."); dot >= 0 {
		parent, name = path[:dot], path[dot+1:]
	}
	if _, isList := v.([]any); isList {
		c.fault(parent, "Invalid JSON payload received. Unknown name %q%s: Proto field is not repeating, cannot start list.", name, at(parent))
		return
	}
	c.fault(path, "Invalid value at '%s' (message), %s", path, short(v))
}

func (c *checker) object(s *schema, object fields, path string) fields {
	checked := make(fields, len(object))
	for _, given := range sortedKeys(object) {
		name, property := s.property(given)
		if property == nil {
			c.fault(path, "Invalid JSON payload received. Unknown name %q%s: Cannot find field.", given, at(path))
			continue
		}
		if object[given] == nil {
			continue // null is the same as absent
		}
		within := join(path, snake(name))
		if s.Properties[name] == nil {
			within = join(path, name) // a key of a map keeps its spelling
		}
		value := c.value(property, object[given], within)
		if !property.ReadOnly || c.keepOutput {
			checked[name] = value
		}
	}
	if c.wants {
		c.missing(s, checked, path)
	}
	return checked
}

// property is what a name in a body stands for: a field, in JSON's spelling or in the protocol buffer's, or a map's key.
func (s *schema) property(given string) (name string, property *schema) {
	if p := s.Properties[given]; p != nil {
		return given, p
	}
	if p := s.Properties[camel(given)]; p != nil {
		return camel(given), p
	}
	return given, s.AdditionalProperties
}

// oneOf are fields that their descriptions call required although one of them is enough.
var oneOf = map[string][]string{"ResizeDiskRequest": {"bootDisk", "dataDisk"}}

func (c *checker) missing(s *schema, object fields, path string) {
	for _, name := range sortedKeys(s.Properties) {
		p := s.Properties[name]
		if !required(p.Description) || p.ReadOnly || slices.Contains(oneOf[s.ID], name) {
			continue
		}
		if v := object[name]; v == nil || v == "" {
			c.fault(join(path, snake(name)), "Required field '%s' is not specified.", join(path, snake(name)))
		}
	}
}

func at(path string) string {
	if path == "" {
		return ""
	}
	return " at '" + path + "'"
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

// short is a value as messages show it.
func short(v any) string {
	const enough = 80
	document, _ := json.Marshal(v)
	if len(document) > enough {
		return string(document[:enough]) + "..."
	}
	return string(document)
}
