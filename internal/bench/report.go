package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// section is a part of the report, the same in a terminal and on the page.
type section struct {
	title string
	table table
	notes []string
}

const (
	resourcesNote = "Peaks of resident memory, and seconds of processor time, of all processors together. MB are millions of bytes. " +
		"The sandbox shares the machine with what is measured; in the cloud, its seconds would be somebody else's."
	waitsNote = "Create, start, install, stop, with the provider's own defaults. What is left after the cloud's time and Terraform's floor is ours."
	aloneNote = "From the start of the process to the whole schema received, over the plugin protocol as Terraform speaks it; median of %d starts."
)

func (r *results) sections() []section {
	all := []section{
		{"Time", r.times(), r.timeNotes()},
		{"Calls", r.calls(), r.callNotes()},
		{"Memory and processor", r.resources(), []string{resourcesNote}},
		{"One person, waits included", r.waits(), []string{waitsNote}},
		{"The provider alone", r.alone(), []string{fmt.Sprintf(aloneNote, starts)}},
		{"Beside a well-known peer", comparison(r), []string{peerNote}},
	}
	return slices.DeleteFunc(all, func(s section) bool { return len(s.table.rows) == 0 })
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

func (r *results) times() table {
	t := table{head: head("Runs", "Floor", "Ours", "Ratio", "Target", "")}
	for _, f := range r.figures {
		v := judgeTime(f)
		t.add(append(f.each(), number(len(f.ours)), seconds(f.floorSeconds()), seconds(f.seconds()), fmt.Sprintf("%.2f", f.ratio()), v.target, v.says)...)
	}
	return t
}

func (r *results) timeNotes() (notes []string) {
	for _, f := range r.figures {
		free, found := r.find(f.phase, f.people, f.latency.Milliseconds(), false)
		if !f.limited || !found {
			continue
		}
		notes = append(notes, fmt.Sprintf("What the rate limits cost the %s of %s people: %s (%s in place of %s; %s calls were refused and repeated).",
			f.phase, number(f.people), seconds(f.seconds()-free.seconds()), seconds(f.seconds()), seconds(free.seconds()), number(f.calls().Refused)))
	}
	if len(notes) > 0 {
		notes = append(notes, "The limits are the vendor's published ones, 100 permission reads and 30 permission changes a second. "+
			"For calls about clusters and libraries none is published; the sandbox takes 30 a second, which is an assumption.")
	}
	return notes
}

func (r *results) calls() table {
	t := table{head: head("All", "Lists", "Permission reads", "Others", "A person", "Target", "")}
	for _, f := range r.figures {
		c, v := f.calls(), judgeCalls(f)
		t.add(append(f.each(), number(c.all()), number(c.Lists), number(c.PermissionReads), number(c.others()), fmt.Sprintf("%.2f", perPerson(f)), v.target, v.says)...)
	}
	return t
}

// callNotes say what the other calls are.
func (r *results) callNotes() []string {
	notes := []string{"A person's share leaves out the lists and the discovery, which a run makes once for everybody. In a plan, everything but the permission reads counts against the 15."}
	for _, f := range r.figures {
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

func (r *results) resources() table {
	t := table{head: head("Provider", "Target", "", "Terraform", "Provider's CPU", "Terraform's CPU", "Sandbox's CPU")}
	for _, f := range r.figures {
		v := judgeMemory(f)
		t.add(append(f.each(), megabytes(peakProvider(f)), v.target, v.says, megabytes(peakTerraform(f)),
			seconds(medianOf(f.ours, func(c cost) float64 { return c.Provider.CPU })),
			seconds(medianOf(f.ours, func(c cost) float64 { return c.Terraform.CPU })),
			seconds(medianOf(f.ours, func(c cost) float64 { return c.Sandbox })))...)
	}
	return t
}

func (r *results) waits() table {
	t := table{head: []string{"Apply", "The cloud's own time", "Floor", "What is left", "Calls", "Target", ""}}
	if r.warm != nil {
		v := judgeWait(*r.warm)
		precise := func(s float64) string { return fmt.Sprintf("%.2f s", s) }
		t.add(precise(r.warm.ours.Seconds), precise(r.warm.cloud), precise(r.warm.floor), precise(r.warm.own()), number(r.warm.ours.Calls.all()), v.target, v.says)
	}
	return t
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
	for _, s := range r.sections() {
		for _, row := range s.table.rows {
			if slices.Contains(row, "meets") {
				met++
			}
			if slices.Contains(row, "misses") {
				missed++
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

// text is the report for a terminal.
func (r *results) text() string {
	var b strings.Builder
	for _, s := range r.sections() {
		fmt.Fprintf(&b, "\n%s\n\n%s", s.title, s.table)
		for _, note := range s.notes {
			fmt.Fprintf(&b, "\n%s\n", note)
		}
	}
	fmt.Fprintf(&b, "\n%s\n%s\n", r.machine, r.summary())
	return b.String()
}
