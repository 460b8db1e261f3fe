package google

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// fields are a JSON object. Numbers in it are json.Number, so that an int64 survives.
type fields = map[string]any

func clone(object fields) fields { return cloneValue(object).(fields) }

func cloneValue(value any) any {
	switch v := value.(type) {
	case fields:
		copied := make(fields, len(v))
		for name, item := range v {
			copied[name] = cloneValue(item)
		}
		return copied
	case []any:
		copied := slices.Clone(v)
		for i := range copied {
			copied[i] = cloneValue(copied[i])
		}
		return copied
	default:
		return value
	}
}

// child is an object within an object; it is made when it is absent.
func child(object fields, names ...string) fields {
	for _, name := range names {
		inner, _ := object[name].(fields)
		if inner == nil {
			inner = fields{}
			object[name] = inner
		}
		object = inner
	}
	return object
}

// look is a value deep within an object, nil when any part of the way is absent. A list is entered at its first item,
// since the APIs have lists of "currently one" everywhere.
func look(value any, names ...string) any {
	for _, name := range names {
		if list, isList := value.([]any); isList && len(list) > 0 {
			value = list[0]
		}
		object, _ := value.(fields)
		value = object[name]
	}
	return value
}

func list(value any) []any {
	items, _ := value.([]any)
	return items
}

func text(value any) string {
	s, _ := value.(string)
	return s
}

// number reads an integer, which JSON may also carry as a text.
func number(value any) int64 {
	var n int64
	switch v := value.(type) {
	case json.Number:
		n, _ = v.Int64()
	case string:
		n, _ = strconv.ParseInt(v, 10, 64)
	case int:
		n = int64(v)
	case int64:
		n = v
	}
	return n
}

// texts are the items of a list of texts.
func texts(value any) []string {
	list, _ := value.([]any)
	all := make([]string, 0, len(list))
	for _, item := range list {
		all = append(all, text(item))
	}
	return all
}

func listOf(items ...string) []any {
	list := make([]any, len(items))
	for i, item := range items {
		list[i] = item
	}
	return list
}

// byDefault sets a field that is absent, empty or explicitly unspecified.
func byDefault(object fields, name string, value any) {
	switch have := object[name].(type) {
	case nil:
		object[name] = value
	case string:
		if have == "" || strings.Contains(have, "UNSPECIFIED") {
			object[name] = value
		}
	case []any:
		if len(have) == 0 {
			object[name] = value
		}
	}
}

// mergePatch changes an object the way RFC 7396 says: null removes, an object merges, anything else replaces.
func mergePatch(object, patch fields) {
	for name, value := range patch {
		inner, isObject := value.(fields)
		switch {
		case value == nil:
			delete(object, name)
		case isObject:
			mergePatch(child(object, name), inner)
		default:
			object[name] = cloneValue(value)
		}
	}
}

// convert reads what an API would tell into its client's type.
func convert[T any](value any) T {
	var typed T
	document, err := json.Marshal(value)
	if err == nil {
		err = json.Unmarshal(document, &typed)
	}
	if err != nil {
		panic(err) // the client's types are made from the same documents
	}
	return typed
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// snake turns gceSetup into gce_setup, as messages name fields.
func snake(name string) string {
	var b strings.Builder
	for i, r := range name {
		if r >= 'A' && r <= 'Z' {
			if i > 0 {
				b.WriteByte('_')
			}
			r += 'a' - 'A'
		}
		b.WriteRune(r)
	}
	return b.String()
}

// camel turns gce_setup into gceSetup, as JSON names fields. Servers take both.
func camel(name string) string {
	if !strings.Contains(name, "_") {
		return name
	}
	var b strings.Builder
	upper := false
	for _, r := range name {
		if r == '_' {
			upper = b.Len() > 0
			continue
		}
		if upper && r >= 'a' && r <= 'z' {
			r += 'A' - 'a'
		}
		upper = false
		b.WriteRune(r)
	}
	return b.String()
}
