package storage

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// schema is a type as the description writes it.
type schema struct {
	Ref        string             `json:"$ref"`
	Type       string             `json:"type"`
	Format     string             `json:"format"`
	Enum       []string           `json:"enum"`
	Required   bool               `json:"required"`
	Location   string             `json:"location"` // of a parameter: path or query
	Properties map[string]*schema `json:"properties"`
	Additional *schema            `json:"additionalProperties"`
	Items      *schema            `json:"items"`
}

// checkQuery refuses what the method does not know, as Google does.
func (d *description) checkQuery(m *method, query url.Values, more ...string) error {
	for _, name := range slices.Sorted(maps.Keys(query)) {
		parameter := m.Parameters[name]
		if parameter == nil {
			parameter = d.Parameters[name]
		}
		switch {
		case slices.Contains(more, name):
			continue
		case parameter == nil || parameter.Location != "query":
			return invalid("Invalid query parameter. Unknown name %q: Cannot bind query parameter. Field '%[1]s' could not be found in request message.", name)
		}
		for _, value := range query[name] {
			if value != "" && !parameter.takesText(value) { // clients send empty ones too
				return invalid("Invalid value '%s' for query parameter '%s'.", value, name)
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(m.Parameters)) {
		if p := m.Parameters[name]; p.Required && p.Location == "query" && !query.Has(name) {
			return required("Required parameter: %s", name)
		}
	}
	return nil
}

func (s *schema) takesText(value string) bool {
	var err error
	switch {
	case s.Type == "boolean":
		_, err = strconv.ParseBool(value)
	case s.Type == "integer" || s.Format == "int64":
		_, err = strconv.ParseInt(value, 10, 64)
	case s.Format == "uint64":
		_, err = strconv.ParseUint(value, 10, 64)
	case s.Format == "date-time":
		_, err = time.Parse(time.RFC3339, value)
	case s.Format == "date":
		_, err = time.Parse(time.DateOnly, value)
	}
	return err == nil && (len(s.Enum) == 0 || slices.Contains(s.Enum, value))
}

// decodeBody reads a body that the description calls by that name, and refuses what the description does not have.
func (d *description) decodeBody(document []byte, name string) (map[string]any, error) {
	decoder := json.NewDecoder(bytes.NewReader(document))
	decoder.UseNumber()
	body := map[string]any{}
	if err := decoder.Decode(&body); err != nil && (err != io.EOF || len(bytes.TrimSpace(document)) > 0) {
		return nil, &apiError{status: 400, reason: "parseError", message: "Parse Error"}
	}
	if _, err := decoder.Token(); err != io.EOF {
		return nil, &apiError{status: 400, reason: "parseError", message: "Parse Error"}
	}
	if body == nil { // null
		body = map[string]any{}
	}
	where := strings.ToLower(name[:1]) + name[1:]
	if problems := d.check(&schema{Ref: name}, body, where); len(problems) > 0 {
		return nil, invalid("Invalid JSON payload received. %s", strings.Join(problems, "\n"))
	}
	return body, nil
}

// check says what is wrong with a value. Null fits everything: in a patch it takes the old value away.
func (d *description) check(s *schema, value any, path string) (problems []string) {
	if s.Ref != "" {
		s = d.Schemas[s.Ref]
	}
	wrong := func(want string) []string {
		return []string{fmt.Sprintf("Invalid value at '%s' (%s), %v", path, want, value)}
	}
	switch v := value.(type) {
	case nil:
		return nil
	case map[string]any:
		if s.Type != "object" && s.Type != "any" {
			return wrong("TYPE_" + strings.ToUpper(s.Type))
		}
		for _, name := range slices.Sorted(maps.Keys(v)) {
			field := s.Properties[name]
			if field == nil {
				field = s.Additional
			}
			if field == nil {
				problems = append(problems, fmt.Sprintf("Unknown name %q at '%s': Cannot find field.", name, path))
				continue
			}
			problems = append(problems, d.check(field, v[name], path+"."+name)...)
		}
		return problems
	case []any:
		if s.Type != "array" {
			return wrong("TYPE_" + strings.ToUpper(s.Type))
		}
		for i, item := range v {
			problems = append(problems, d.check(s.Items, item, fmt.Sprintf("%s[%d]", path, i))...)
		}
		return problems
	}
	if !s.takes(value) {
		return wrong("TYPE_" + strings.ToUpper(s.Type))
	}
	return nil
}

func (s *schema) takes(value any) bool {
	switch v := value.(type) {
	case string: // whole numbers of any size may travel as text
		return (s.Type == "string" || s.Type == "integer") && s.takesText(v)
	case json.Number:
		return (s.Type == "integer" || s.Format == "int64" || s.Format == "uint64") && s.takesText(v.String())
	case bool:
		return s.Type == "boolean"
	default:
		return s.Type == "any"
	}
}
