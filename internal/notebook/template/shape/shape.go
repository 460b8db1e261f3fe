// Package shape is what JSON a Google API takes: the part of a discovery document that one type needs, without its prose.
package shape

import (
	"encoding/json"
	"fmt"
	"strings"
)

// Shapes are the types of an API by name.
type Shapes map[string]*Shape

// Shape is one type, or one property of one. Its JSON names are the discovery document's.
type Shape struct {
	Ref        string            `json:"$ref,omitempty"`   // the name of another type; nothing else is set then, save the marks
	Type       string            `json:"type,omitempty"`   // string, integer, number, boolean, array or object
	Format     string            `json:"format,omitempty"` // such as int32, int64 (a text in JSON) or google-duration
	Enum       []string          `json:"enum,omitempty"`
	Properties map[string]*Shape `json:"properties,omitempty"`
	Items      *Shape            `json:"items,omitempty"`
	Additional *Shape            `json:"additionalProperties,omitempty"` // of an object whose keys are free
	ReadOnly   bool              `json:"readOnly,omitempty"`             // the server says it, nobody else does
	Deprecated bool              `json:"deprecated,omitempty"`
	// Required is not in the documents: they say it in prose only.
	Required bool `json:"required,omitempty"`
}

// Reduce takes what one type needs out of a discovery document, as the JSON of [Shapes].
func Reduce(document []byte, root string) ([]byte, error) {
	var api struct {
		Schemas map[string]*described `json:"schemas"`
	}
	if err := json.Unmarshal(document, &api); err != nil {
		return nil, err
	}
	kept := Shapes{}
	var keep func(name string) error
	keep = func(name string) error {
		if kept[name] != nil {
			return nil
		}
		whole := api.Schemas[name]
		if whole == nil {
			return fmt.Errorf("the document has no type %q", name)
		}
		kept[name] = whole.reduce()
		for _, ref := range kept[name].refs() {
			if err := keep(ref); err != nil {
				return err
			}
		}
		return nil
	}
	if err := keep(root); err != nil {
		return nil, err
	}
	text, err := json.Marshal(kept)
	return append(text, '\n'), err
}

// described is a shape as the document has it.
type described struct {
	Ref         string                `json:"$ref"`
	Type        string                `json:"type"`
	Format      string                `json:"format"`
	Enum        []string              `json:"enum"`
	Properties  map[string]*described `json:"properties"`
	Items       *described            `json:"items"`
	Additional  *described            `json:"additionalProperties"`
	ReadOnly    bool                  `json:"readOnly"`
	Deprecated  bool                  `json:"deprecated"`
	Description string                `json:"description"`
}

func (d *described) reduce() *Shape {
	if d == nil {
		return nil
	}
	if d.ReadOnly { // nobody may write it, so nobody needs to know what is inside
		return &Shape{ReadOnly: true}
	}
	s := &Shape{
		Ref: d.Ref, Type: d.Type, Format: d.Format, Enum: d.Enum, Items: d.Items.reduce(), Additional: d.Additional.reduce(),
		Deprecated: d.Deprecated, Required: strings.HasPrefix(d.Description, "Required"),
	}
	for name, property := range d.Properties {
		if s.Properties == nil {
			s.Properties = map[string]*Shape{}
		}
		s.Properties[name] = property.reduce()
	}
	return s
}

// refs are the types that a shape needs.
func (s *Shape) refs() (names []string) {
	if s == nil {
		return nil
	}
	if s.Ref != "" {
		names = append(names, s.Ref)
	}
	for _, property := range s.Properties {
		names = append(names, property.refs()...)
	}
	return append(append(names, s.Items.refs()...), s.Additional.refs()...)
}
