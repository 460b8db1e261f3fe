package main

import (
	"strings"
	"unicode"

	"golang.org/x/text/width"
)

// table is rows of text under a heading.
type table struct {
	heads []string
	rows  [][]string
	right map[int]bool // columns of numbers
}

const gap = "  "

// render is the table as lines: side by side when that fits into room columns (0: any number), and otherwise one line
// for each cell. Headings are in the given style.
func (t table) render(room int, style func(string) string) []string {
	widths := make([]int, len(t.heads))
	for _, row := range append([][]string{t.heads}, t.rows...) {
		for i, cell := range row {
			widths[i] = max(widths[i], cells(cell))
		}
	}
	total := len(gap) * len(widths)
	for _, w := range widths {
		total += w
	}
	if room > 0 && total > room {
		return t.cards(style)
	}
	lines := []string{style(t.line(t.heads, widths))}
	for _, row := range t.rows {
		lines = append(lines, t.line(row, widths))
	}
	return lines
}

func (t table) line(row []string, widths []int) string {
	var b strings.Builder
	for i, cell := range row {
		padding := strings.Repeat(" ", widths[i]-cells(cell))
		if t.right[i] {
			cell, padding = padding+cell, ""
		}
		b.WriteString(gap + cell + padding)
	}
	return strings.TrimRight(b.String(), " ")
}

// cards is the table for a narrow window: the first cell of a row as a heading over the others.
func (t table) cards(style func(string) string) []string {
	widest := 0
	for _, head := range t.heads[1:] {
		widest = max(widest, cells(head))
	}
	var lines []string
	for _, row := range t.rows {
		lines = append(lines, gap+style(row[0]))
		for i, cell := range row[1:] {
			head := t.heads[i+1]
			lines = append(lines, gap+gap+head+strings.Repeat(" ", widest-cells(head))+gap+cell)
		}
	}
	return lines
}

// cells is how many columns of a terminal a text takes: none for a combining mark, two for a wide letter.
func cells(text string) int {
	n := 0
	for _, r := range text {
		if unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf) {
			continue
		}
		switch width.LookupRune(r).Kind() {
		case width.EastAsianWide, width.EastAsianFullwidth:
			n += 2
		default:
			n++
		}
	}
	return n
}

// pad fills a text up to so many columns.
func pad(text string, to int) string { return text + strings.Repeat(" ", max(0, to-cells(text))) }

// wrap breaks a text into lines of at most so many columns, all indented as the first.
func wrap(text string, columns int) []string {
	indent := text[:len(text)-len(strings.TrimLeft(text, " "))]
	var lines []string
	line := ""
	for word := range strings.FieldsSeq(text) {
		switch {
		case line == "":
			line = indent + word
		case cells(line)+1+cells(word) > columns:
			lines, line = append(lines, line), indent+word
		default:
			line += " " + word
		}
	}
	return append(lines, line)
}
