// Package cron checks the times at which Auto Scaling acts: Unix cron expressions of five fields. It only checks; AWS
// reads them.
package cron

import (
	"fmt"
	"math/bits"
	"slices"
	"strconv"
	"strings"
)

// Error says which part of an expression breaks which rule, and what to write instead.
type Error struct {
	Expression string
	Field      string // such as "day of month"; "" when it is the whole expression
	Value      string // of the field, or the part of it that is wrong
	Rule       string
	Remedy     string
}

// Error reads: cron expression "…": the hour "25" … . Remedy.
func (e *Error) Error() string {
	where := ""
	if e.Field != "" {
		where = fmt.Sprintf("the %s %.40q ", e.Field, e.Value)
	}
	return fmt.Sprintf("cron expression %.80q: %s%s. %s", e.Expression, where, e.Rule, e.Remedy)
}

// field is one of the five: its numbers, and its names if it has any, the first of which stands for the first number.
type field struct {
	name        string
	least, most int
	names       []string
}

var fields = []field{
	{name: "minute", most: 59},
	{name: "hour", most: 23},
	{name: "day of month", least: 1, most: 31},
	{name: "month", least: 1, most: 12, names: strings.Fields("jan feb mar apr may jun jul aug sep oct nov dec")},
	// Both 0 and 7 are Sunday.
	{name: "day of week", most: 7, names: strings.Fields("sun mon tue wed thu fri sat")},
}

// Check refuses, with an [*Error], what is no expression of five fields separated by single spaces: minute, hour, day of
// month, month and day of week, each a list of numbers, names, ranges and steps, as in 30 6,18 1-15 */2 MON-FRI. It
// refuses too what never comes, such as the thirtieth of February.
func Check(expression string) error {
	const example = "Write minute, hour, day of month, month and day of week, as in 0 20 * * 1-5"
	refuse := func(rule, remedy string) error { return &Error{Expression: expression, Rule: rule, Remedy: remedy} }
	parts := strings.Split(expression, " ")
	switch {
	case strings.HasPrefix(expression, "@"), strings.HasPrefix(expression, "cron("), strings.HasPrefix(expression, "rate("):
		return refuse("Auto Scaling takes five plain fields", example)
	case slices.Contains(parts, ""), strings.ContainsAny(expression, "\t\r\n"):
		return refuse("its fields are not separated by single spaces", example)
	case len(parts) != len(fields):
		return refuse(fmt.Sprintf("it has %d fields, and five are needed", len(parts)), example)
	}
	var sets [5]uint64
	for i, f := range fields {
		set, err := f.read(parts[i])
		if err != nil {
			err.Expression = expression
			return err
		}
		sets[i] = set
	}
	if parts[4] == "*" && !comes(sets[2], sets[3]) { // with days of the week, either kind of day will do
		return &Error{
			Expression: expression, Field: "day of month", Value: parts[2], Rule: fmt.Sprintf("never comes in month %q", parts[3]),
			Remedy: "Name a day that the month has",
		}
	}
	return nil
}

// lengths are those of the months, the longest that February gets.
var lengths = [...]int{1: 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31}

// comes reports whether one of the days is in one of the months.
func comes(days, months uint64) bool {
	first := bits.TrailingZeros64(days)
	for month, length := range lengths {
		if months>>month&1 == 1 && first <= length {
			return true
		}
	}
	return false
}

// read is the set of the numbers that a field means, one bit each.
func (f field) read(text string) (set uint64, err *Error) {
	for _, part := range strings.Split(text, ",") {
		numbers, err := f.part(part)
		if err != nil {
			return 0, err
		}
		set |= numbers
	}
	return set, nil
}

// part reads one element of a list: *, a number or name, a range, and those with a step.
func (f field) part(text string) (set uint64, problem *Error) {
	refuse := func(rule, remedy string) *Error {
		return &Error{Field: f.name, Value: text, Rule: rule, Remedy: remedy}
	}
	span, stepText, stepped := strings.Cut(text, "/")
	step := 1
	if stepped {
		var err error
		step, err = number(stepText)
		if err != nil || step < 1 || step > f.most {
			return 0, refuse(fmt.Sprintf("has a step that is not from 1 to %d", f.most), "Write a step as in */2 or 0-30/10")
		}
	}
	from, to := f.least, f.most
	if span != "*" {
		first, last, ranged := strings.Cut(span, "-")
		var ok bool
		if from, ok = f.value(first); !ok {
			return 0, refuse("is not "+f.allowed(), f.remedy(first))
		}
		to = from
		switch {
		case ranged:
			if to, ok = f.value(last); !ok {
				return 0, refuse("ends with what is not "+f.allowed(), f.remedy(last))
			}
		case stepped:
			return 0, refuse("has a step without a range", fmt.Sprintf("Write %s-%d/%d, or */%d", span, f.most, step, step))
		}
		if from > to {
			return 0, refuse("is a range that runs backwards", fmt.Sprintf("Write it in two: %s-%d,%d-%s", first, f.last(), f.least, last))
		}
	}
	for n := from; n <= to; n += step {
		set |= 1 << n
	}
	return set, nil
}

// last is the last number before a field begins again.
func (f field) last() int {
	if f.names != nil {
		return f.least + len(f.names) - 1
	}
	return f.most
}

// value is the number that a word means.
func (f field) value(word string) (int, bool) {
	if at := slices.Index(f.names, strings.ToLower(word)); at >= 0 {
		return f.least + at, true
	}
	n, err := number(word)
	return n, err == nil && n >= f.least && n <= f.most
}

// number reads digits alone: no sign, and none of Go's other forms.
func number(text string) (int, error) {
	n, err := strconv.ParseUint(text, 10, 16)
	return int(n), err
}

func (f field) allowed() string {
	allowed := fmt.Sprintf("from %d to %d", f.least, f.most)
	if f.names != nil {
		allowed += fmt.Sprintf(" or %s to %s", strings.ToUpper(f.names[0]), strings.ToUpper(f.names[len(f.names)-1]))
	}
	return allowed
}

func (f field) remedy(word string) string {
	switch {
	case strings.ContainsAny(word, "?"):
		return "Write * for any"
	case strings.ContainsAny(word, "#") || len(word) > 1 && strings.ContainsAny(word[len(word)-1:], "LWlw"):
		return "Auto Scaling has no L, W or #: name the days themselves"
	case strings.ContainsAny(word, "*"):
		return "Let * stand alone, or with a step as in */2"
	}
	return "Write a number in that range, a list such as " + f.example() + ", or * for any"
}

func (f field) example() string {
	if f.names != nil {
		return strings.ToUpper(f.names[1] + "," + f.names[3])
	}
	return "1,15"
}
