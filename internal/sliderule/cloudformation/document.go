package cloudformation

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// document is a template as a tree of nodes. Its methods panic where a template of ours lacks what they look for: that
// is a mistake in a file beside this one, and every test would see it.
type document struct{ top *yaml.Node }

func parse(text string) *document {
	var whole yaml.Node
	if err := yaml.Unmarshal([]byte(text), &whole); err != nil {
		panic(fmt.Sprintf("the embedded template: %v", err))
	}
	return &document{top: expanded(whole.Content[0])}
}

// expanded is a copy without comments, which count as bytes of the template, and without aliases, which
// CloudFormation does not know.
func expanded(n *yaml.Node) *yaml.Node {
	if n.Kind == yaml.AliasNode {
		return expanded(n.Alias)
	}
	made := &yaml.Node{Kind: n.Kind, Style: n.Style, Tag: n.Tag, Value: n.Value}
	for _, child := range n.Content {
		made.Content = append(made.Content, expanded(child))
	}
	return made
}

func (d *document) text() (string, error) {
	var out bytes.Buffer
	encoder := yaml.NewEncoder(&out)
	encoder.SetIndent(2)
	if err := encoder.Encode(d.top); err != nil {
		return "", err
	}
	return out.String(), nil
}

// at is the node at a path of keys, such as Resources.Nodes.Properties, or of numbers in lists.
func (d *document) at(path string) *yaml.Node {
	n := d.top
	for key := range strings.SplitSeq(path, ".") {
		var next *yaml.Node
		if n.Kind == yaml.SequenceNode {
			next = n.Content[number(key)]
		} else {
			next = value(n, key)
		}
		if next == nil {
			panic("the embedded template has no " + path)
		}
		n = next
	}
	return n
}

func number(key string) int {
	var n int
	if _, err := fmt.Sscan(key, &n); err != nil {
		panic(key + " is no index")
	}
	return n
}

// put sets what is at a path, which must be there, to a value of Go or a node.
func (d *document) put(path string, v any) { *d.at(path) = *node(v) }

// add sets a key of the mapping at a path.
func (d *document) add(path, key string, v any) {
	n := d.at(path)
	if old := value(n, key); old != nil {
		*old = *node(v)
		return
	}
	n.Content = append(n.Content, node(key), node(v))
}

// drop takes a key out of the mapping at a path.
func (d *document) drop(path, key string) {
	n := d.at(path)
	at := indexOf(n, key)
	if at < 0 {
		panic("the embedded template has no " + path + "." + key)
	}
	n.Content = slices.Delete(n.Content, at, at+2)
}

// pairs calls f for every key of the mapping at a path.
func (d *document) pairs(path string, f func(key string, v *yaml.Node)) {
	n := d.at(path)
	for i := 0; i < len(n.Content); i += 2 {
		f(n.Content[i].Value, n.Content[i+1])
	}
}

func indexOf(mapping *yaml.Node, key string) int {
	for i := 0; mapping.Kind == yaml.MappingNode && i < len(mapping.Content); i += 2 {
		if mapping.Content[i].Value == key {
			return i
		}
	}
	return -1
}

func value(mapping *yaml.Node, key string) *yaml.Node {
	if at := indexOf(mapping, key); at >= 0 {
		return mapping.Content[at+1]
	}
	return nil
}

// node is a value of Go as a node; a node stays what it is. Encoding decides what needs quotes.
func node(v any) *yaml.Node {
	if n, ok := v.(*yaml.Node); ok {
		return n
	}
	var n yaml.Node
	if err := n.Encode(v); err != nil {
		panic(fmt.Sprintf("%T in a template: %v", v, err))
	}
	return &n
}

// tagged is a function of CloudFormation, such as !Ref, of a value.
func tagged(tag string, v any) *yaml.Node {
	n := node(v)
	n.Tag, n.Style = tag, n.Style&^yaml.TaggedStyle
	if n.Kind != yaml.ScalarNode {
		n.Style |= yaml.FlowStyle
	}
	return n
}

// literal is text over several lines that stays readable.
func literal(text string) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Style: yaml.LiteralStyle, Value: text}
}
