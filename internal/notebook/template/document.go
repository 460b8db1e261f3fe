package template

import (
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"gopkg.in/yaml.v3"

	"github.com/data-access/terraform-provider-provisioner/internal/notebook/template/shape"
)

//go:generate go run ./generate cluster.json

//go:embed cluster.json
var clusterShapes []byte

// shapes are the types that a Dataproc cluster is made of.
var shapes = sync.OnceValue(func() (s shape.Shapes) {
	if err := json.Unmarshal(clusterShapes, &s); err != nil {
		panic(err) // the file is ours, and tested
	}
	return s
})

// Limits of a file. Real ones have a hundred lines; these stop what was made to exhaust a reader.
const (
	mostBytes = 256 << 10
	mostNodes = 20_000 // aliases counted as often as they are used
)

// value is one value of a file, and where it stands. A nil value is one that is not there.
type value struct {
	path   string
	line   int
	fields map[string]*value // of a mapping
	items  []*value          // of a list
	scalar any               // as JSON has it: string, int64, float64 or bool; nil for the other two
}

// at goes down into mappings.
func (v *value) at(keys ...string) *value {
	for _, key := range keys {
		if v == nil {
			return nil
		}
		v = v.fields[key]
	}
	return v
}

// text is a scalar's text, and "" for everything else.
func (v *value) text() string {
	if v == nil {
		return ""
	}
	text, _ := v.scalar.(string)
	return text
}

// number is a whole number; ok says whether it is one.
func (v *value) number() (n int64, ok bool) {
	if v == nil {
		return 0, false
	}
	n, ok = v.scalar.(int64)
	return n, ok
}

// json is the value as encoding/json would decode it.
func (v *value) json() any {
	switch {
	case v.fields != nil:
		object := map[string]any{}
		for key, field := range v.fields {
			object[key] = field.json()
		}
		return object
	case v.items != nil:
		list := []any{}
		for _, item := range v.items {
			list = append(list, item.json())
		}
		return list
	}
	return v.scalar
}

// walk shows every value to see, parents first, in no particular order.
func (v *value) walk(see func(*value)) {
	see(v)
	for _, field := range v.fields {
		field.walk(see)
	}
	for _, item := range v.items {
		item.walk(see)
	}
}

// read compares a file with the type of a cluster. The value is what could be made out, for whoever judges further;
// nil when nothing could.
func read(text string) (*value, []Problem) {
	if len(text) > mostBytes {
		return nil, []Problem{{Line: 1, Message: fmt.Sprintf("the file has %d bytes; a cluster's has at most %d", len(text), mostBytes)}}
	}
	decoder := yaml.NewDecoder(strings.NewReader(text))
	var document, second yaml.Node
	switch err := decoder.Decode(&document); {
	case errors.Is(err, io.EOF):
		return nil, []Problem{{Line: 1, Message: "the file is empty; write a Dataproc cluster: clusterName, config, labels"}}
	case err != nil:
		return nil, []Problem{notYAML(err)}
	}
	switch err := decoder.Decode(&second); {
	case err == nil:
		return nil, []Problem{{Line: second.Line, Message: "a second document begins here (---); write one cluster in one file"}}
	case !errors.Is(err, io.EOF):
		return nil, []Problem{notYAML(err)}
	}
	r := &reader{}
	root := r.cluster(document.Content[0])
	return root, r.problems
}

var yamlLine = regexp.MustCompile(`^yaml: (?:line (\d+): )?(.*)$`)

// notYAML is what the parser says, with its line.
func notYAML(err error) Problem {
	p := Problem{Line: 1, Message: "this is not YAML: " + err.Error()}
	if match := yamlLine.FindStringSubmatch(strings.ReplaceAll(err.Error(), "\n", " ")); match != nil {
		p.Message = "this is not YAML: " + match[2]
		if line, err := strconv.Atoi(match[1]); err == nil {
			p.Line = line
		}
	}
	return p
}

// reader makes values of YAML's nodes.
type reader struct {
	problems []Problem
	nodes    int
}

func (r *reader) refuse(line int, path, format string, args ...any) {
	r.problems = append(r.problems, Problem{Line: line, Path: path, Message: fmt.Sprintf(format, args...)})
}

// cluster reads the whole file.
func (r *reader) cluster(n *yaml.Node) *value {
	n = follow(n)
	if n.Kind != yaml.MappingNode {
		r.refuse(max(n.Line, 1), "", "the file is %s, and no Dataproc cluster; write a mapping with clusterName, config, labels", inWords(n))
		return nil
	}
	known := shapes()["Cluster"].Properties
	if len(n.Content) > 0 && !slices.ContainsFunc(keysOf(n), func(key string) bool { return known[key] != nil || nearest(key, known) != "" }) {
		r.refuse(n.Line, "", "this is no Dataproc cluster: of %s none is a key of one; write clusterName, config, labels", strings.Join(keysOf(n), ", "))
		return nil
	}
	return r.value(n, shapes()["Cluster"], "")
}

// keysOf are a mapping's keys as they are written.
func keysOf(n *yaml.Node) (keys []string) {
	for i := 0; i+1 < len(n.Content); i += 2 {
		keys = append(keys, n.Content[i].Value)
	}
	return keys
}

// follow goes from an alias to what it stands for.
func follow(n *yaml.Node) *yaml.Node {
	for n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	return n
}

// value reads one node. A null is nil without a problem: it is how YAML leaves a key out.
func (r *reader) value(n *yaml.Node, s *shape.Shape, path string) *value {
	n = follow(n)
	for s.Ref != "" {
		s = shapes()[s.Ref]
	}
	if r.nodes++; r.nodes > mostNodes {
		if r.nodes == mostNodes+1 {
			r.refuse(n.Line, path, "the file has more than %d values, aliases counted as often as they are used; a cluster has a hundred", mostNodes)
		}
		return nil
	}
	if n.Kind == yaml.ScalarNode && n.ShortTag() == "!!null" {
		return nil
	}
	switch {
	case s.Type == "array" && n.Kind == yaml.SequenceNode:
		return r.list(n, s, path)
	case s.Type == "object" && n.Kind == yaml.MappingNode:
		return r.mapping(n, s, path)
	case s.Type == "array", s.Type == "object", n.Kind != yaml.ScalarNode:
		r.refuse(n.Line, path, "%s is %s, where %s belongs", last(path), inWords(n), wanted(s))
		return nil
	}
	scalar, fault := scalarOf(n, s)
	if fault != "" {
		r.refuse(n.Line, path, "%s is %s", last(path), fault)
		return nil
	}
	return &value{path: path, line: n.Line, scalar: scalar}
}

func (r *reader) list(n *yaml.Node, s *shape.Shape, path string) *value {
	v := &value{path: path, line: n.Line, items: []*value{}}
	for i, item := range n.Content {
		at := fmt.Sprintf("%s[%d]", path, i)
		switch read := r.value(item, s.Items, at); {
		case read != nil:
			v.items = append(v.items, read)
		case isNull(item):
			r.refuse(item.Line, at, "%s is empty; write %s, or leave the item out", last(at), wanted(s.Items))
		}
	}
	return v
}

func (r *reader) mapping(n *yaml.Node, s *shape.Shape, path string) *value {
	v := &value{path: path, line: n.Line, fields: map[string]*value{}}
	lines := map[string]int{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, content := follow(n.Content[i]), n.Content[i+1]
		name, line := key.Value, n.Content[i].Line
		at := join(path, name)
		switch {
		case key.Kind == yaml.ScalarNode && key.ShortTag() == "!!merge":
			r.refuse(line, at, "merge keys (<<) are not for a cluster's file; write the keys out, or give each value an alias")
			continue
		case key.Kind != yaml.ScalarNode || key.ShortTag() != "!!str":
			r.refuse(line, path, "a key is %s, where a text belongs; write it in quotes", inWords(key))
			continue
		case lines[name] != 0:
			r.refuse(line, at, "%s is here a second time, after line %d; keep one of them", last(at), lines[name])
			continue
		}
		lines[name] = line
		inside := s.Additional
		if inside == nil {
			name, inside = r.property(name, s, at, line)
		}
		if inside == nil || v.fields[name] != nil {
			continue
		}
		switch read := r.value(content, inside, at); {
		case read != nil:
			v.fields[name] = read
		case isNull(content) && s.Additional != nil:
			r.refuse(line, at, `%s is empty; write a text, such as "", or leave the key out`, last(at))
		}
	}
	r.require(v, s)
	return v
}

// property finds what belongs below a key. What is nearly a known one is read as that, so that everything wrong with
// it is told at once.
func (r *reader) property(name string, s *shape.Shape, path string, line int) (known string, inside *shape.Shape) {
	inside = s.Properties[name]
	switch {
	case inside != nil && inside.ReadOnly:
		r.refuse(line, path, "%s is what Google says of a running cluster; leave it out", last(path))
		return name, nil
	case inside != nil:
		return name, inside
	}
	near := nearest(name, s.Properties)
	if near == "" {
		r.refuse(line, path, "there is no key %q here; there are %s", name, strings.Join(writable(s), ", "))
		return name, nil
	}
	r.refuse(line, path, "there is no key %q; did you mean %q?", name, near)
	if inside = s.Properties[near]; inside.ReadOnly {
		return near, nil
	}
	return near, inside
}

// require tells what must be given and is not. A cluster's own name and project are given by whoever makes it.
func (r *reader) require(v *value, s *shape.Shape) {
	if v.path == "" {
		return
	}
	for _, name := range writable(s) {
		at := join(v.path, name)
		told := slices.ContainsFunc(r.problems, func(p Problem) bool {
			return p.Path == at || strings.HasPrefix(p.Path, at+".") || strings.HasPrefix(p.Path, at+"[")
		})
		if s.Properties[name].Required && v.fields[name] == nil && !told {
			r.refuse(v.line, at, "%s is missing, and required", name)
		}
	}
}

func isNull(n *yaml.Node) bool {
	n = follow(n)
	return n.Kind == yaml.ScalarNode && n.ShortTag() == "!!null"
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

// last is the end of a path: how people call it.
func last(path string) string {
	if path == "" {
		return "the file"
	}
	// Keys of free mappings, such as labels and properties, may have dots in them.
	for _, free := range []string{".properties.", ".metadata.", "labels.", ".resourceManagerTags."} {
		if i := strings.Index(path, free); i >= 0 {
			return strconv.Quote(path[i+len(free):])
		}
	}
	return path[strings.LastIndex(path, ".")+1:]
}
