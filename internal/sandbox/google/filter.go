package google

import (
	"regexp"
	"slices"
	"strings"
	"time"
)

// term is one comparison in a filter.
type term struct{ field, comparator, value string }

// filter is alternatives that must each hold: (a OR b) AND c, as Google's filters bind.
type filter [][]term

var filterTerm = regexp.MustCompile(`^\s*([A-Za-z_][\w.-]*)\s*(<=|>=|!=|=|<|>|:)\s*("[^"]*"|[^\s"]+)`)

var filterWord = regexp.MustCompile(`^\s*(?i:(AND|OR))\s`)

// readFilter reads terms that are joined by AND, by nothing, which is AND too, or by OR where that is allowed.
func readFilter(given string, comparators []string, withOr bool) (filter, error) {
	var read filter
	either := false // the next term is an alternative to the one before
	for rest := given; strings.TrimSpace(rest) != ""; {
		if word := filterWord.FindStringSubmatch(rest); word != nil && len(read) > 0 {
			either = strings.EqualFold(word[1], "OR")
			if either && !withOr {
				return nil, invalid("Invalid filter %q: only AND is supported.", given)
			}
			rest = rest[len(word[0])-1:]
		}
		found := filterTerm.FindStringSubmatch(rest)
		if found == nil {
			return nil, invalid("Invalid filter %q near %q.", given, strings.TrimSpace(rest))
		}
		rest = rest[len(found[0]):]
		t := term{found[1], found[2], strings.Trim(found[3], `"`)}
		if !slices.Contains(comparators, t.comparator) {
			return nil, invalid("Invalid filter %q: the comparator %s is not supported.", given, t.comparator)
		}
		if either {
			read[len(read)-1] = append(read[len(read)-1], t)
		} else {
			read = append(read, []term{t})
		}
		either = false
	}
	return read, nil
}

// holds reports whether an object passes; value says what it has in a field.
func (f filter) holds(value func(field string) (string, bool), equal func(t term, have string) bool) bool {
	for _, alternatives := range f {
		if !slices.ContainsFunc(alternatives, func(t term) bool {
			have, given := value(t.field)
			if t.value == "*" {
				return given
			}
			switch t.comparator {
			case "=", ":":
				return given && equal(t, have)
			case "!=":
				return !equal(t, have)
			case "<":
				return compare(have, t.value) < 0
			case "<=":
				return compare(have, t.value) <= 0
			case ">":
				return compare(have, t.value) > 0
			default:
				return compare(have, t.value) >= 0
			}
		}) {
			return false
		}
	}
	return true
}

// compare orders two times, or else two texts.
func compare(a, b string) int {
	one, errA := time.Parse(time.RFC3339Nano, a)
	other, errB := time.Parse(time.RFC3339Nano, b)
	if errA == nil && errB == nil {
		return one.Compare(other)
	}
	return strings.Compare(a, b)
}

// clusterStates are the two states in filters that stand for several.
var clusterStates = map[string][]string{
	"ACTIVE":   {"CREATING", "UPDATING", "RUNNING"},
	"INACTIVE": {"DELETING", "ERROR", "STOPPING", "STOPPED"},
}

func clusterFilter(given string) (func(*object) bool, error) {
	read, err := readFilter(given, []string{"="}, false)
	if err != nil {
		return nil, err
	}
	if err := read.knows(given, "status.state", "clusterName"); err != nil {
		return nil, err
	}
	return func(o *object) bool {
		return read.holds(func(field string) (string, bool) {
			switch field {
			case "status.state":
				return o.state(), true
			case "clusterName":
				return lastOf(o.name), true
			default:
				return labelOf(o, field)
			}
		}, func(t term, have string) bool {
			return have == t.value || t.field == "status.state" && slices.Contains(clusterStates[t.value], have)
		})
	}, nil
}

func sessionFilter(given string) (func(*object) bool, error) {
	return plainFilter(given, map[string]string{"session_id": "", "session_uuid": "uuid", "state": "state", "create_time": "createTime"})
}

func templateFilter(given string) (func(*object) bool, error) {
	return plainFilter(given, map[string]string{"session_template_id": "", "uuid": "uuid", "create_time": "createTime", "creator": "creator"})
}

// plainFilter looks for fields under the names that filters have for them; "" stands for the id.
func plainFilter(given string, known map[string]string) (func(*object) bool, error) {
	read, err := readFilter(given, []string{"=", "!=", ":", "<", "<=", ">", ">="}, true)
	if err != nil {
		return nil, err
	}
	if err := read.knows(given, sortedKeys(known)...); err != nil {
		return nil, err
	}
	return func(o *object) bool {
		return read.holds(func(field string) (string, bool) {
			switch stored, isKnown := known[field]; {
			case !isKnown:
				return labelOf(o, field)
			case stored == "":
				return lastOf(o.name), true
			default:
				return text(o.fields[stored]), true
			}
		}, func(t term, have string) bool { return have == t.value })
	}, nil
}

// knows refuses a field that cannot be filtered by. Labels always can.
func (f filter) knows(given string, fieldNames ...string) error {
	for _, alternatives := range f {
		for _, t := range alternatives {
			if !slices.Contains(fieldNames, t.field) && !strings.HasPrefix(t.field, "labels.") {
				return invalid("Invalid filter %q: there is no field %q.", given, t.field)
			}
		}
	}
	return nil
}

func labelOf(o *object, field string) (string, bool) {
	value, given := look(o.fields, "labels", strings.TrimPrefix(field, "labels.")).(string)
	return value, given
}
