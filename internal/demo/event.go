package main

import (
	"encoding/json"
	"regexp"
	"strings"
)

// event is one line of terraform -json: https://developer.hashicorp.com/terraform/internals/machine-readable-ui
type event struct {
	Level      string      `json:"@level"`
	Message    string      `json:"@message"`
	Type       string      `json:"type"`
	Hook       *hook       `json:"hook"`
	Changes    *changes    `json:"changes"`
	Diagnostic *diagnostic `json:"diagnostic"`
	Outputs    map[string]struct {
		Value json.RawMessage `json:"value"` // absent in a plan
	} `json:"outputs"`
}

// hook is something that begins, goes on or ends with one resource.
type hook struct {
	Resource struct {
		Address string `json:"addr"`
		Type    string `json:"resource_type"`
	} `json:"resource"`
	Action  string  `json:"action"`
	Elapsed float64 `json:"elapsed_seconds"`
}

// changes sums up a plan or an apply.
type changes struct {
	Add       int    `json:"add"`
	Change    int    `json:"change"`
	Import    int    `json:"import"`
	Remove    int    `json:"remove"`
	Operation string `json:"operation"`
}

type diagnostic struct {
	Severity string `json:"severity"`
	Summary  string `json:"summary"`
	Detail   string `json:"detail"`
	Address  string `json:"address"`
}

// parseEvent reads a line. What is not JSON, such as a crash, is an event of no type with the line as its message.
func parseEvent(line string) event {
	var e event
	if err := json.Unmarshal([]byte(line), &e); err != nil {
		return event{Message: line}
	}
	return e
}

// log is the event as lines for people.
func (e event) log() []string {
	text := e.Message
	if d := e.Diagnostic; d != nil {
		text = strings.ToUpper(d.Severity[:min(1, len(d.Severity))]) + d.Severity[min(1, len(d.Severity)):] + ": " + d.Summary
		if d.Address != "" {
			text += "\n  with " + d.Address
		}
		if d.Detail != "" {
			text += "\n  " + strings.ReplaceAll(d.Detail, "\n", "\n  ")
		}
	}
	return strings.Split(strings.TrimRight(text, "\n"), "\n")
}

var instanceKey = regexp.MustCompile(`\["((?:[^"\\]|\\.)*)"\]`)

// personOf finds whom a resource is for: the key of its module is the person's e-mail. It is "" for what is nobody's.
func personOf(address string) string {
	for _, key := range instanceKey.FindAllStringSubmatch(address, -1) {
		if strings.Contains(key[1], "@") {
			return strings.ToLower(key[1])
		}
	}
	return ""
}
