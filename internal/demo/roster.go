package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"
)

// entry is a person of the roster, and what they get.
type entry struct {
	email    string
	cluster  bool
	cold     bool // warm_up: false, so that the libraries wait for the first start
	notebook bool
	template bool // of Dataproc clusters
	session  bool // a template of Spark sessions

	sliderule string // the name of their SlideRule cluster; "": none
	nodes     int    // that it is to have
}

// things is how many things a person gets.
func (e entry) things() int {
	n := 0
	for _, has := range []bool{e.cluster, e.notebook, e.template, e.session, e.sliderule != ""} {
		if has {
			n++
		}
	}
	return n
}

// messages is how many of them are announced on Slack.
func (e entry) messages() int {
	return entry{cluster: e.cluster, notebook: e.notebook}.things()
}

// parseRoster lists the people of a roster, in the order of the file: the keys of its outermost map of e-mails.
func parseRoster(document []byte) ([]entry, error) {
	keys, err := rosterKeys(document)
	if err != nil {
		return nil, err
	}
	var people []entry
	for _, key := range keys {
		e := entry{email: strings.ToLower(key.Value), cold: saysCold(key.entry)}
		for thing, has := range map[string]*bool{
			"single_user_cluster": &e.cluster, "personal_notebook": &e.notebook, "dataproc_template": &e.template, "spark_session_template": &e.session,
		} {
			*has = below(key.entry, thing) != nil
		}
		if theirs := below(key.entry, "sliderule_cluster"); theirs != nil {
			e.sliderule, e.nodes = word(below(theirs, "cluster")), max(1, number(below(theirs, "node_capacity")))
		}
		people = append(people, e)
	}
	return people, nil
}

// below is what a map says of a key; nil: nothing.
func below(n *yaml.Node, key string) *yaml.Node {
	if n == nil || n.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			return n.Content[i+1]
		}
	}
	return nil
}

// word is a value as it is written; "": nothing.
func word(n *yaml.Node) string {
	if n == nil {
		return ""
	}
	return n.Value
}

// number is a value that is a whole number; 0: it is none.
func number(n *yaml.Node) int {
	value, err := strconv.Atoi(word(n))
	if err != nil {
		return 0
	}
	return value
}

// emails are the people's.
func emails(people []entry) []string {
	var all []string
	for _, p := range people {
		all = append(all, p.email)
	}
	return all
}

// those are the people of whom something holds.
func those(people []entry, hold func(entry) bool) []entry {
	return slices.DeleteFunc(slices.Clone(people), func(e entry) bool { return !hold(e) })
}

func hasCluster(e entry) bool   { return e.cluster }
func hasNotebook(e entry) bool  { return e.notebook }
func hasTemplate(e entry) bool  { return e.template }
func hasSession(e entry) bool   { return e.session }
func hasSlideRule(e entry) bool { return e.sliderule != "" }
func usesGoogle(e entry) bool   { return e.notebook || e.template || e.session }

// person is the key of an entry, and the entry.
type person struct {
	*yaml.Node
	entry *yaml.Node
}

func saysCold(n *yaml.Node) bool {
	for i, child := range n.Content {
		if saysCold(child) || n.Kind == yaml.MappingNode && i%2 == 1 && n.Content[i-1].Value == "warm_up" && child.Value == "false" {
			return true
		}
	}
	return false
}

func rosterKeys(document []byte) ([]person, error) {
	var file yaml.Node
	if err := yaml.Unmarshal(document, &file); err != nil {
		return nil, err
	}
	people := emailKeys(&file)
	if people == nil {
		return nil, errors.New("nobody is in it: there is no map whose keys are e-mails")
	}
	return people, nil
}

func emailKeys(n *yaml.Node) []person {
	var keys []person
	if n.Kind == yaml.MappingNode {
		for i := 0; i < len(n.Content); i += 2 {
			if strings.Contains(n.Content[i].Value, "@") {
				keys = append(keys, person{n.Content[i], n.Content[i+1]})
			}
		}
		if 2*len(keys) == len(n.Content) && keys != nil {
			return keys
		}
	}
	for _, child := range n.Content {
		if keys := emailKeys(child); keys != nil {
			return keys
		}
	}
	return nil
}

// strike takes one person off a roster as somebody with an editor would: their lines go, all others stay as they are.
func strike(document []byte, email string) (left []byte, struck []string, err error) {
	keys, err := rosterKeys(document)
	if err != nil {
		return nil, nil, err
	}
	i := slices.IndexFunc(keys, func(k person) bool { return strings.EqualFold(k.Value, email) })
	if i < 0 {
		return nil, nil, fmt.Errorf("%s is not on the roster", email)
	}
	lines := strings.SplitAfter(string(document), "\n")
	indent := keys[i].Column - 1
	start, end := keys[i].Line-1, keys[i].Line
	for i > 0 && start > 0 && isComment(lines[start-1]) && indentOf(lines[start-1]) == indent { // a note about the person
		start--
	}
	for at := end; at < len(lines); at++ {
		if strings.TrimSpace(lines[at]) == "" {
			continue
		}
		if indentOf(lines[at]) <= indent {
			break
		}
		end = at + 1
	}
	struck = slices.Clone(lines[start:end])
	if start > 0 && isBlank(lines[start-1]) && (end == len(lines) || isBlank(lines[end])) {
		start-- // not two empty lines where there was one on either side
	}
	left = []byte(strings.Join(slices.Delete(slices.Clone(lines), start, end), ""))
	return left, struck, struckOnly(document, left, email)
}

// struckOnly reads both rosters again: an edit by line is quick to be wrong.
func struckOnly(before, after []byte, email string) error {
	was, err := parseRoster(before)
	if err != nil {
		return err
	}
	is, err := parseRoster(after)
	if err != nil {
		return err
	}
	if want := slices.DeleteFunc(was, func(p entry) bool { return strings.EqualFold(p.email, email) }); !slices.Equal(is, want) {
		return fmt.Errorf("taking %s off the roster left %s", email, strings.Join(emails(is), ", "))
	}
	return nil
}

func indentOf(line string) int   { return len(line) - len(strings.TrimLeft(line, " ")) }
func isBlank(line string) bool   { return strings.TrimSpace(line) == "" }
func isComment(line string) bool { return strings.HasPrefix(strings.TrimSpace(line), "#") }

// readRoster reads the admin's file.
func readRoster(path string) ([]entry, error) {
	document, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	people, err := parseRoster(bytes.TrimPrefix(document, []byte("\ufeff")))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return people, nil
}
