package slack

import (
	"fmt"
	"maps"
	"slices"
	"unicode/utf8"
)

const mostBlocks = 50

// checkBlocks says, in Slack's own words, what is wrong with the blocks of a message.
func checkBlocks(blocks []any) []string {
	if len(blocks) > mostBlocks {
		return []string{fmt.Sprintf("[ERROR] no more than %d items allowed [json-pointer:/blocks]", mostBlocks)}
	}
	var problems []string
	seen := map[string]bool{}
	for i, block := range blocks {
		at := fmt.Sprintf("/blocks/%d", i)
		problems = append(problems, byType(blockTypes)(at, block)...)
		if object, ok := block.(map[string]any); ok {
			if id, ok := object["block_id"].(string); ok {
				if seen[id] {
					problems = append(problems, problem(at+"/block_id", "`block_id` already exists"))
				}
				seen[id] = true
			}
			if object["type"] == "section" && object["text"] == nil && object["fields"] == nil {
				problems = append(problems, problem(at, "missing required field: text or fields"))
			}
		}
	}
	return problems
}

// What Slack publishes about blocks. The types that map to nil are known and not looked into: we never send them.
var blockTypes = map[string]object{
	"section": {allow: fields{"text": text(3000, mrkdwn, plain), "fields": list(10, text(2000, mrkdwn, plain)), "accessory": element, "expand": boolean}},
	"header":  {allow: fields{"text": text(150, plain), "level": anything}, require: []string{"text"}},
	"divider": {allow: fields{}},
	"context": {allow: fields{"elements": list(10, contextElement)}, require: []string{"elements"}},
	"actions": {allow: fields{"elements": list(25, element)}, require: []string{"elements"}},
	"image":   {allow: fields{"image_url": characters(3000), "slack_file": anything, "alt_text": characters(2000), "title": text(2000, plain)}, require: []string{"alt_text"}},

	"rich_text": {}, "markdown": {}, "table": {}, "video": {}, "file": {}, "input": {}, "call": {},
}

var elementTypes = map[string]object{
	"button": {allow: fields{
		"text": text(75, plain), "action_id": characters(255), "url": characters(3000), "value": characters(2000),
		"style": oneOf("primary", "danger"), "confirm": anything, "accessibility_label": characters(75),
	}, require: []string{"text"}},

	"image": {}, "checkboxes": {}, "datepicker": {}, "overflow": {}, "radio_buttons": {}, "static_select": {}, "timepicker": {}, "workflow_button": {},
}

const (
	mrkdwn = "mrkdwn"
	plain  = "plain_text"
)

// A check tells what is wrong with one value; at is where it stands.
type check func(at string, value any) []string

type fields map[string]check

// object is which fields a thing of one type may and must have; without allow it is not looked into.
type object struct {
	allow   fields
	require []string
}

func problem(at, what string) string { return fmt.Sprintf("[ERROR] %s [json-pointer:%s]", what, at) }

func byType(types map[string]object) check {
	return func(at string, value any) []string {
		thing, ok := value.(map[string]any)
		if !ok {
			return []string{problem(at, "should be an object")}
		}
		kind, _ := thing["type"].(string)
		of, known := types[kind]
		switch {
		case !known:
			return []string{problem(at+"/type", fmt.Sprintf("unsupported type: %s", kind))}
		case of.allow == nil:
			return nil
		}
		var problems []string
		for _, name := range of.require {
			if thing[name] == nil {
				problems = append(problems, problem(at, "missing required field: "+name))
			}
		}
		for _, name := range slices.Sorted(maps.Keys(thing)) {
			valid, known := of.allow[name]
			switch {
			case name == "type":
			case name == "block_id":
				problems = append(problems, characters(255)(at+"/block_id", thing[name])...)
			case !known:
				problems = append(problems, problem(at, "invalid additional property: "+name))
			default:
				problems = append(problems, valid(at+"/"+name, thing[name])...)
			}
		}
		return problems
	}
}

// text is a text object of one of the kinds, of at least one character.
func text(longest int, kinds ...string) check {
	types := map[string]object{
		mrkdwn: {allow: fields{"text": characters(longest), "verbatim": boolean}, require: []string{"text"}},
		plain:  {allow: fields{"text": characters(longest), "emoji": boolean}, require: []string{"text"}},
	}
	maps.DeleteFunc(types, func(kind string, _ object) bool { return !slices.Contains(kinds, kind) })
	return byType(types)
}

func characters(most int) check {
	return func(at string, value any) []string {
		s, ok := value.(string)
		switch n := utf8.RuneCountInString(s); {
		case !ok:
			return []string{problem(at, "should be a string")}
		case n == 0:
			return []string{problem(at, "must be more than 0 characters")}
		case n > most:
			return []string{problem(at, fmt.Sprintf("must be less than %d characters", most+1))}
		}
		return nil
	}
}

func list(most int, each check) check {
	return func(at string, value any) []string {
		items, ok := value.([]any)
		switch {
		case !ok:
			return []string{problem(at, "should be an array")}
		case len(items) == 0:
			return []string{problem(at, "no fewer than 1 items required")}
		case len(items) > most:
			return []string{problem(at, fmt.Sprintf("no more than %d items allowed", most))}
		}
		var problems []string
		for i, item := range items {
			problems = append(problems, each(fmt.Sprintf("%s/%d", at, i), item)...)
		}
		return problems
	}
}

func oneOf(values ...string) check {
	return func(at string, value any) []string {
		if s, ok := value.(string); ok && slices.Contains(values, s) {
			return nil
		}
		return []string{problem(at, "value is not allowed")}
	}
}

func boolean(at string, value any) []string {
	if _, ok := value.(bool); !ok {
		return []string{problem(at, "should be a boolean")}
	}
	return nil
}

func anything(string, any) []string { return nil }

func element(at string, value any) []string { return byType(elementTypes)(at, value) }

// contextElement is a text or an image.
func contextElement(at string, value any) []string {
	if thing, ok := value.(map[string]any); ok && thing["type"] == "image" {
		return nil
	}
	return text(3000, mrkdwn, plain)(at, value)
}
