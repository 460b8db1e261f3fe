package template

import (
	"fmt"
	"maps"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"gopkg.in/yaml.v3"

	"github.com/data-access/terraform-provider-provisioner/internal/notebook/template/shape"
	"github.com/data-access/terraform-provider-provisioner/internal/strictjson"
)

// scalarOf is a scalar as JSON has it, or what is wrong with it: the value, and the remedy.
func scalarOf(n *yaml.Node, s *shape.Shape) (scalar any, fault string) {
	tag := n.ShortTag()
	misfit := fmt.Sprintf("%s, where %s belongs", inWords(n), wanted(s))
	switch {
	case s.Format == "int64" || s.Format == "uint64": // Google takes both, and answers with a text
		if tag == "!!str" || tag == "!!int" {
			if number, ok := whole(n, 64); ok {
				return strconv.FormatInt(number, 10), ""
			}
		}
		return nil, misfit
	case s.Format == "google-datetime":
		if _, err := time.Parse(time.RFC3339, n.Value); err != nil || (tag != "!!str" && tag != "!!timestamp") {
			return nil, misfit
		}
		return n.Value, ""
	case s.Type == "string" && tag != "!!str":
		return nil, fmt.Sprintf("%s; write it in quotes: %q", inWords(n), n.Value)
	case s.Format == "google-duration":
		if !duration.MatchString(n.Value) {
			return nil, misfit + inSeconds(n.Value)
		}
		return n.Value, ""
	case s.Type == "string" && len(s.Enum) > 0 && !slices.Contains(s.Enum, n.Value):
		fault = fmt.Sprintf("%q, which is none of %s", n.Value, strings.Join(s.Enum, ", "))
		if near := strictjson.Nearest(n.Value, s.Enum); near != "" {
			fault += fmt.Sprintf("; did you mean %q?", near)
		}
		return nil, fault
	case s.Type == "string":
		return n.Value, ""
	case s.Type == "integer" && tag == "!!int":
		if number, ok := whole(n, 32); ok {
			return number, ""
		}
	case s.Type == "number" && (tag == "!!int" || tag == "!!float"):
		var number float64
		if n.Decode(&number) == nil && !math.IsNaN(number) && !math.IsInf(number, 0) {
			return number, ""
		}
	case s.Type == "boolean" && tag == "!!bool":
		var yes bool
		if n.Decode(&yes) == nil {
			return yes, ""
		}
	}
	return nil, misfit
}

func whole(n *yaml.Node, bits int) (number int64, ok bool) {
	if n.ShortTag() == "!!str" {
		number, err := strconv.ParseInt(n.Value, 10, bits)
		return number, err == nil
	}
	if n.Decode(&number) != nil {
		return 0, false
	}
	return number, bits == 64 || number >= math.MinInt32 && number <= math.MaxInt32
}

// duration is how Google writes one: seconds, with at most nine decimals.
var duration = regexp.MustCompile(`^-?\d+(\.\d{1,9})?s$`)

// inSeconds suggests what somebody meant who wrote 1h, 90m, 14d or 600.
func inSeconds(text string) string {
	meant, err := time.ParseDuration(text)
	if days, ok := strings.CutSuffix(text, "d"); ok {
		if n, failed := strconv.Atoi(days); failed == nil && n >= 0 && n <= 365 {
			meant, err = time.Duration(n)*24*time.Hour, nil
		}
	}
	if n, failed := strconv.Atoi(text); failed == nil && n >= 0 {
		meant, err = time.Duration(n)*time.Second, nil
	}
	if err != nil {
		return ""
	}
	return fmt.Sprintf("; write %q", strconv.FormatFloat(meant.Seconds(), 'f', -1, 64)+"s")
}

// inWords is a node as a person would say it.
func inWords(n *yaml.Node) string {
	switch n.Kind {
	case yaml.MappingNode:
		return "a mapping"
	case yaml.SequenceNode:
		return "a list"
	}
	switch n.ShortTag() {
	case "!!null":
		return "empty"
	case "!!str":
		return "the text " + strconv.Quote(short(n.Value))
	case "!!int", "!!float":
		return "the number " + n.Value
	case "!!bool":
		return "the truth value " + n.Value
	case "!!timestamp":
		return "the date " + n.Value
	}
	return fmt.Sprintf("the value %q with the tag %s", short(n.Value), n.Tag)
}

// wanted is what belongs somewhere.
func wanted(s *shape.Shape) string {
	for s.Ref != "" {
		s = shapes()[s.Ref]
	}
	switch {
	case s.Format == "int64" || s.Format == "uint64" || s.Type == "integer":
		return "a whole number"
	case s.Format == "google-duration":
		return `a number of seconds such as "3600s"`
	case s.Format == "google-datetime":
		return `a time such as "2027-01-31T18:00:00Z"`
	case s.Type == "number":
		return "a number"
	case s.Type == "boolean":
		return "true or false"
	case s.Type == "array":
		return "a list"
	case s.Type == "object":
		return "a mapping"
	}
	return "a text"
}

func short(text string) string {
	const most = 60
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return text
}

// writable are the keys that a person may write, sorted.
func writable(s *shape.Shape) (names []string) {
	for _, name := range slices.Sorted(maps.Keys(s.Properties)) {
		if !s.Properties[name].ReadOnly {
			names = append(names, name)
		}
	}
	return names
}

// nearest is the known key that somebody meant, or "".
func nearest(name string, known map[string]*shape.Shape) string {
	names := slices.Sorted(maps.Keys(known))
	if near := strictjson.Nearest(name, names); near != "" {
		return near
	}
	for _, candidate := range names { // a word pasted into the middle of another
		if len(candidate) > 5 && len(name) > len(candidate) && common(name, candidate)+common(reversed(name), reversed(candidate)) >= len(candidate) {
			return candidate
		}
	}
	return ""
}

// common is the length of what two texts begin with.
func common(a, b string) (n int) {
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}

func reversed(text string) string {
	letters := []byte(text)
	slices.Reverse(letters)
	return string(letters)
}
