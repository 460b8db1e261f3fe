package main

import (
	"fmt"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// edit is one line of a file, before and after; a line that is new was "".
type edit struct{ was, is string }

// find is what a roster says of a person, below some keys.
func find(document []byte, email string, keys ...string) (*yaml.Node, error) {
	people, err := rosterKeys(document)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(people, func(k person) bool { return strings.EqualFold(k.Value, email) })
	if i < 0 {
		return nil, fmt.Errorf("%s is not on the roster", email)
	}
	found := people[i].entry
	for _, key := range keys {
		if found = below(found, key); found == nil {
			return nil, fmt.Errorf("%s has no %s on the roster", email, strings.Join(keys, "."))
		}
	}
	return found, nil
}

// reword gives what is said of a person below some keys another value, as somebody with an editor would.
func reword(document []byte, email, value string, keys ...string) (changed []byte, line edit, err error) {
	old, err := find(document, email, keys...)
	if err != nil {
		return nil, edit{}, err
	}
	lines := strings.SplitAfter(string(document), "\n")
	was := lines[old.Line-1]
	before, after := was[:old.Column-1], was[old.Column-1:]
	if old.Kind != yaml.ScalarNode || old.Style != 0 || old.Value == "" || !strings.HasPrefix(after, old.Value) {
		return nil, edit{}, fmt.Errorf("the %s of %s is not a plain word", strings.Join(keys, "."), email)
	}
	lines[old.Line-1] = before + value + strings.TrimPrefix(after, old.Value)
	return []byte(strings.Join(lines, "")), edit{strings.TrimRight(was, "\r\n"), strings.TrimRight(lines[old.Line-1], "\r\n")}, nil
}

// insert says one more thing of a person: a line of its own, after the first that is said of a thing of theirs.
func insert(document []byte, email, thing, text string) (changed []byte, line edit, err error) {
	theirs, err := find(document, email, thing)
	if err != nil {
		return nil, edit{}, err
	}
	if theirs.Kind != yaml.MappingNode || theirs.Style&yaml.FlowStyle != 0 || len(theirs.Content) == 0 || theirs.Content[1].Kind != yaml.ScalarNode {
		return nil, edit{}, fmt.Errorf("the %s of %s is not written line by line", thing, email)
	}
	first := theirs.Content[0]
	lines := strings.SplitAfter(string(document), "\n")
	added := strings.Repeat(" ", first.Column-1) + text
	lines = slices.Insert(lines, first.Line, added+"\n")
	changed = []byte(strings.Join(lines, ""))
	key, value, _ := strings.Cut(text, ": ")
	if said, err := find(changed, email, thing, key); err != nil || said.Value != value { // an edit by line is quick to be wrong
		return nil, edit{}, fmt.Errorf("the line %q could not be added to the %s of %s", text, thing, email)
	}
	return changed, edit{is: added}, nil
}
