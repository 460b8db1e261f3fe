// Package strictjson checks a JSON document against a Go type, as the vendor's own server would: unknown names,
// wrong types, values outside an enumeration and missing required fields are told with their path.
//
// A field is required when its json tag has no "omitempty"; an enumeration is a string type with a method
// Values() []T on its pointer. Both are how generated vendor SDKs write their request types.
package strictjson

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/agext/levenshtein"
)

// Kind says what is wrong.
type Kind int

// The kinds of problem.
const (
	Syntax     Kind = iota // not one JSON document
	Unknown                // a name that the type does not have
	WrongType              // a value of another JSON type
	NotAllowed             // a text outside the enumeration
	Missing                // a required field is absent
)

// Problem is one thing wrong with a document.
type Problem struct {
	Kind    Kind
	Path    string // such as aws_attributes.availability or init_scripts[1]; "" is the document itself
	Got     string // the offending JSON, shortened
	Want    string // what was expected: a type, or the allowed values
	Nearest string // the closest known name or value; "" when nothing is close
}

// Error says the problem in one line.
func (p Problem) Error() string {
	hint := ""
	if p.Nearest != "" {
		hint = fmt.Sprintf("; did you mean %q?", p.Nearest)
	}
	switch p.Kind {
	case Syntax:
		return "not a JSON document: " + p.Got
	case Unknown:
		return fmt.Sprintf("unknown field %q%s", p.Path, hint)
	case NotAllowed:
		return fmt.Sprintf("field %q has the value %s, which is none of %s%s", p.Path, p.Got, p.Want, hint)
	case Missing:
		return fmt.Sprintf("required field %q is missing", p.Path)
	default:
		return fmt.Sprintf("%s is %s, expected %s", field(p.Path), p.Got, p.Want)
	}
}

func field(path string) string {
	if path == "" {
		return "the document"
	}
	return fmt.Sprintf("field %q", path)
}

// Check compares a document with the type of into, which is never written to.
// An empty result means that json.Unmarshal into that type loses nothing.
func Check(document []byte, into any) []Problem {
	decoder := json.NewDecoder(bytes.NewReader(document))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		return []Problem{{Kind: Syntax, Got: err.Error() + position(document, err)}}
	}
	if _, err := decoder.Token(); err != io.EOF {
		return []Problem{{Kind: Syntax, Got: "there is text after the first value"}}
	}
	return walk("", value, reflect.TypeOf(into))
}

// position says where a document breaks off, as an editor counts.
func position(document []byte, err error) string {
	offset := len(document)
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) && int(syntax.Offset) <= offset {
		offset = int(syntax.Offset)
	}
	before := document[:offset]
	return fmt.Sprintf(" (line %d, column %d)", 1+bytes.Count(before, []byte("\n")), max(1, offset-bytes.LastIndexByte(before, '\n')-1))
}

func walk(path string, value any, t reflect.Type) []Problem {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	wrong := func(want string) []Problem {
		return []Problem{{Kind: WrongType, Path: path, Got: short(value), Want: want}}
	}
	switch t.Kind() {
	case reflect.Interface:
		return nil
	case reflect.Struct:
		object, ok := value.(map[string]any)
		if !ok {
			return wrong("an object")
		}
		return walkObject(path, object, t)
	case reflect.Map:
		object, ok := value.(map[string]any)
		if !ok {
			return wrong("an object")
		}
		var problems []Problem
		for _, name := range slices.Sorted(maps.Keys(object)) {
			problems = append(problems, walk(join(path, name), object[name], t.Elem())...)
		}
		return problems
	case reflect.Slice:
		list, ok := value.([]any)
		if !ok {
			return wrong("a list")
		}
		var problems []Problem
		for i, item := range list {
			problems = append(problems, walk(fmt.Sprintf("%s[%d]", path, i), item, t.Elem())...)
		}
		return problems
	case reflect.String:
		text, ok := value.(string)
		if !ok {
			return wrong("a text")
		}
		return enumeration(path, text, t)
	case reflect.Bool:
		if _, ok := value.(bool); !ok {
			return wrong("true or false")
		}
	case reflect.Int, reflect.Int32, reflect.Int64:
		number, ok := value.(json.Number)
		if !ok {
			return wrong("a whole number")
		}
		if _, err := strconv.ParseInt(number.String(), 10, t.Bits()); err != nil {
			return wrong("a whole number")
		}
	case reflect.Float32, reflect.Float64:
		if _, ok := value.(json.Number); !ok {
			return wrong("a number")
		}
	}
	return nil
}

func walkObject(path string, object map[string]any, t reflect.Type) []Problem {
	fields, required := fieldsOf(t)
	var problems []Problem
	for _, name := range slices.Sorted(maps.Keys(object)) {
		fieldType, known := fields[name]
		if !known {
			problems = append(problems, Problem{Kind: Unknown, Path: join(path, name), Got: short(object[name]), Nearest: Nearest(name, slices.Sorted(maps.Keys(fields)))})
			continue
		}
		problems = append(problems, walk(join(path, name), object[name], fieldType)...)
	}
	for _, name := range required {
		if _, given := object[name]; !given {
			problems = append(problems, Problem{Kind: Missing, Path: join(path, name)})
		}
	}
	return problems
}

// fieldsOf lists the JSON fields of a struct type, embedded ones included, and which of them are required.
func fieldsOf(t reflect.Type) (fields map[string]reflect.Type, required []string) {
	fields = map[string]reflect.Type{}
	for _, f := range reflect.VisibleFields(t) {
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name == "" || name == "-" || !f.IsExported() {
			continue
		}
		fields[name] = f.Type
		if !strings.Contains(options, "omitempty") {
			required = append(required, name)
		}
	}
	return fields, required
}

func enumeration(path, text string, t reflect.Type) []Problem {
	method := reflect.New(t).MethodByName("Values")
	if !method.IsValid() || method.Type().NumIn() != 0 || method.Type().NumOut() != 1 || method.Type().Out(0).Kind() != reflect.Slice {
		return nil
	}
	allowed := method.Call(nil)[0]
	var names []string
	for i := range allowed.Len() {
		names = append(names, allowed.Index(i).String())
	}
	if slices.Contains(names, text) {
		return nil
	}
	return []Problem{{Kind: NotAllowed, Path: path, Got: short(text), Want: strings.Join(names, ", "), Nearest: Nearest(text, names)}}
}

// Nearest is the known name most like the given one, or "" when none is close enough to be a slip of the pen.
func Nearest(name string, known []string) string {
	best, distance := "", max(2, len(name)/3)+1
	for _, candidate := range known {
		d := levenshtein.Distance(strings.ToLower(name), strings.ToLower(candidate), nil)
		if strings.HasPrefix(candidate, name) || strings.HasPrefix(name, candidate) {
			d = 1 // zone for zone_id
		}
		if d < distance {
			best, distance = candidate, d
		}
	}
	return best
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

func short(value any) string {
	text, err := json.Marshal(value)
	if err != nil {
		return fmt.Sprint(value)
	}
	const most = 60
	if runes := []rune(string(text)); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return string(text)
}
