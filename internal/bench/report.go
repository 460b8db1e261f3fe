package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// part is a part of the report, the same in a terminal and on the page.
type part struct {
	title    string
	how      string
	sections []section
}

// section is a table with what is to be said of it. Without a title it is all that its part has.
type section struct {
	title string
	table table
	notes []string
}

const (
	resourcesNote = "Peaks of resident memory, and seconds of processor time, of all processors together. MB are millions of bytes. " +
		"The sandbox shares the machine with what is measured; in the cloud, its seconds would be somebody else's."
	aloneNote = "From the start of the process to the whole schema received, over the plugin protocol as Terraform speaks it; median of %d starts."
)

func (r *results) parts() []part {
	var all []part
	for _, k := range kinds {
		figures := r.of(k)
		p := part{title: k.title, how: k.how, sections: []section{
			{"Time", times(figures), r.timeNotes(k, figures)},
			{"Calls", calls(k, figures), callNotes(k, figures)},
			{"Memory and processor", memory(figures), []string{resourcesNote}},
			r.wait(k),
			{"Beside a well-known peer", r.comparison(k), []string{k.peerNote}},
		}}
		all = append(all, p)
	}
	all = append(all, part{title: "The provider alone", sections: []section{{"", r.alone(), []string{fmt.Sprintf(aloneNote, starts)}}}})
	for i := range all {
		all[i].sections = slices.DeleteFunc(all[i].sections, func(s section) bool { return len(s.table.rows) == 0 })
	}
	return slices.DeleteFunc(all, func(p part) bool { return len(p.sections) == 0 })
}

// each describes a figure in the first columns of a table.
func (f figure) each() []string {
	limits := "off"
	if f.limited {
		limits = "on"
	}
	return []string{number(f.people), fmt.Sprintf("%d ms", f.latency.Milliseconds()), limits, string(f.phase)}
}

var eachHead = []string{"People", "Latency", "Rate limits", "Phase"}

func head(more ...string) []string { return slices.Concat(eachHead, more) }

func times(figures []figure) table {
	t := table{head: head("Runs", "Floor", "Ours", "Ratio", "Target", "")}
	for _, f := range figures {
		v := judgeTime(f)
		t.add(append(f.each(), number(len(f.ours)), seconds(f.floorSeconds()), seconds(f.seconds()), fmt.Sprintf("%.2f", f.ratio()), v.target, v.says)...)
	}
	return t
}

func (r *results) timeNotes(k *kind, figures []figure) (notes []string) {
	for _, f := range figures {
		free, found := r.find(k, f.phase, f.people, f.latency.Milliseconds(), false)
		if !f.limited || !found {
			continue
		}
		notes = append(notes, fmt.Sprintf("What the rate limits cost the %s of %s people: %s (%s in place of %s; %s calls were refused and repeated).",
			f.phase, number(f.people), seconds(f.seconds()-free.seconds()), seconds(f.seconds()), seconds(free.seconds()), number(f.calls().Refused)))
	}
	if len(notes) > 0 {
		notes = append(notes, k.limitsNote)
	}
	return notes
}

// calls has a column for permission reads where there are such.
func calls(k *kind, figures []figure) table {
	columns := func(all, lists, reads, others string) []string {
		if k.permissions {
			return []string{all, lists, reads, others}
		}
		return []string{all, lists, others}
	}
	t := table{head: head(append(columns("All", "Lists", "Permission reads", "Others"), "A person", "Target", "")...)}
	for _, f := range figures {
		c, v := f.calls(), judgeCalls(f)
		t.add(slices.Concat(f.each(), columns(number(c.all()), number(c.Lists), number(c.PermissionReads), number(c.others())),
			[]string{fmt.Sprintf("%.2f", perPerson(f)), v.target, v.says})...)
	}
	return t
}

// callNotes say what the other calls are.
func callNotes(k *kind, figures []figure) []string {
	notes := []string{k.callsNote}
	for _, f := range figures {
		others := f.calls().Others
		var parts []string
		for _, name := range slices.Sorted(maps.Keys(others)) {
			parts = append(parts, number(others[name])+" "+name)
		}
		if len(parts) > 0 {
			notes = append(notes, fmt.Sprintf("Others, %s, %s: %s.", f.campaign, f.phase, strings.Join(parts, ", ")))
		}
	}
	return notes
}

func memory(figures []figure) table {
	t := table{head: head("Provider", "Target", "", "Terraform", "Provider's CPU", "Terraform's CPU", "Sandbox's CPU")}
	for _, f := range figures {
		v := judgeMemory(f)
		t.add(append(f.each(), megabytes(peakProvider(f)), v.target, v.says, megabytes(peakTerraform(f)),
			seconds(medianOf(f.ours, func(c cost) float64 { return c.Provider.CPU })),
			seconds(medianOf(f.ours, func(c cost) float64 { return c.Terraform.CPU })),
			seconds(medianOf(f.ours, func(c cost) float64 { return c.Sandbox })))...)
	}
	return t
}

func (r *results) wait(k *kind) section {
	s := section{title: "One person, waits included", table: table{head: []string{"Apply", "The cloud's own time", "Floor", "What is left", "Calls", "Target", ""}}}
	for _, w := range r.waits {
		if w.kind != k {
			continue
		}
		v := judgeWait(w)
		precise := func(s float64) string { return fmt.Sprintf("%.2f s", s) }
		s.table.add(precise(w.ours.Seconds), precise(w.cloud), precise(w.floor), precise(w.own()), number(w.ours.Calls.all()), v.target, v.says)
		s.notes = []string{k.alone.note}
		if asked := w.asked(); asked != "" {
			s.notes = append(s.notes, asked)
		}
	}
	return s
}

func (r *results) alone() table {
	t := table{head: []string{"What", "Measured", "Target", ""}}
	if r.provider.bytes > 0 {
		v := judgeSize(r.provider)
		t.add("size of the stripped binary", megabytes(r.provider.bytes), v.target, v.says)
	}
	if len(r.provider.schema) > 0 {
		v := judgeSchema(r.provider)
		t.add("schema answered", fmt.Sprintf("%.0f ms", 1000*median(r.provider.schema)), v.target, v.says)
		t.add("size of the schema", fmt.Sprintf("%.1f kB", float64(r.provider.schemaBytes)/1000), "", "")
	}
	return t
}

// summary counts the verdicts.
func (r *results) summary() string {
	met, missed := 0, 0
	for _, p := range r.parts() {
		for _, s := range p.sections {
			for _, row := range s.table.rows {
				if slices.Contains(row, "meets") {
					met++
				}
				if slices.Contains(row, "misses") {
					missed++
				}
			}
		}
	}
	return fmt.Sprintf("%d of %d targets are met.", met, met+missed)
}

func (m machine) String() string {
	memory := "an unknown amount of memory"
	if m.memory > 0 {
		memory = fmt.Sprintf("%.0f GB of memory", float64(m.memory)/1e9)
	}
	return fmt.Sprintf("%s, %d cores, %s, Go %s, Terraform %s; load average when the run began: %s",
		m.platform, m.cores, memory, m.golang, m.terraform, m.load)
}

// body is everything that was measured, its headings below depth.
func (r *results) body(depth string) string {
	var b strings.Builder
	for _, p := range r.parts() {
		fmt.Fprintf(&b, "\n%s %s\n", depth, p.title)
		if p.how != "" {
			fmt.Fprintf(&b, "\n%s\n", p.how)
		}
		for _, s := range p.sections {
			if s.title != "" {
				fmt.Fprintf(&b, "\n%s# %s\n", depth, s.title)
			}
			fmt.Fprintf(&b, "\n%s", s.table)
			for _, note := range s.notes {
				fmt.Fprintf(&b, "\n%s\n", note)
			}
		}
	}
	return b.String()
}

// text is the report for a terminal.
func (r *results) text() string {
	return fmt.Sprintf("%s\n%s\n%s\n", r.body("#"), r.machine, r.summary())
}
