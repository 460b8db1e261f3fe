package main

import (
	"fmt"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// edit is one line of a file, before and after.
type edit struct{ was, is string }

// relabel gives the first label of a person's notebook another value, as somebody with an editor would.
func relabel(document []byte, email, value string) (changed []byte, label string, line edit, err error) {
	keys, err := rosterKeys(document)
	if err != nil {
		return nil, "", edit{}, err
	}
	i := slices.IndexFunc(keys, func(k person) bool { return strings.EqualFold(k.Value, email) })
	if i < 0 {
		return nil, "", edit{}, fmt.Errorf("%s is not on the roster", email)
	}
	labels := below(below(keys[i].entry, "personal_notebook"), "labels")
	if labels == nil || labels.Kind != yaml.MappingNode || len(labels.Content) == 0 {
		return nil, "", edit{}, fmt.Errorf("the notebook of %s has no label on the roster", email)
	}
	key, old := labels.Content[0], labels.Content[1]
	lines := strings.SplitAfter(string(document), "\n")
	was := lines[old.Line-1]
	before, after := was[:old.Column-1], was[old.Column-1:]
	if old.Style != 0 || !strings.HasPrefix(after, old.Value) {
		return nil, "", edit{}, fmt.Errorf("the label %s of %s is not a plain word", key.Value, email)
	}
	lines[old.Line-1] = before + value + strings.TrimPrefix(after, old.Value)
	return []byte(strings.Join(lines, "")), key.Value, edit{strings.TrimRight(was, "\r\n"), strings.TrimRight(lines[old.Line-1], "\r\n")}, nil
}

// idler is the first person whose notebook has a label on the roster; "" when there is none.
func idler(document []byte, people []entry) string {
	for _, e := range people {
		if _, _, _, err := relabel(document, e.email, "x"); err == nil {
			return e.email
		}
	}
	return ""
}
