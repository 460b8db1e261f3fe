package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/databricks/databricks-sdk-go/service/compute"
)

// board follows one run of Terraform: a row for each resource of ours that it works on, with what happens to it now.
// It puts together what Terraform tells and what the clouds show.
type board struct {
	began time.Time
	told  int      // how many messages have been seen
	order []string // the roster
	width int      // of the longest name
	kinds int      // of the longest word for a thing
	rows  []*row

	planned bool
}

type row struct {
	address string
	person  string
	kind    string
	action  string
	now     string
	began   time.Time
	ended   bool
	failed  bool
}

const (
	clusterKind  = "provisioner_single_user_cluster"
	notebookKind = "provisioner_personal_notebook"
)

// words for things, by the type of the resource.
var kindWords = map[string]string{
	clusterKind:                          "cluster",
	notebookKind:                         "notebook",
	"provisioner_dataproc_template":      "cluster template",
	"provisioner_spark_session_template": "session template",
	"provisioner_google_foundation":      "bucket for files",
	"provisioner_sliderule_foundation":   "SlideRule's roles",
	slideRuleKind:                        "SlideRule cluster",
	testKind:                             "test run",
	releaseKind:                          "release",
}

// news is something that happened, to whom ("" for everything) and when.
type news struct {
	after time.Duration
	who   string
	kind  string // a word for the thing
	what  string
	inRow bool // a live row shows it too
	minor bool // only the count in it is new
}

func newBoard(now time.Time, told int, roster []string) *board {
	b := &board{began: now, told: told, order: roster}
	for _, word := range kindWords {
		b.kinds = max(b.kinds, cells(word))
	}
	for _, email := range roster {
		b.width = max(b.width, cells(email))
	}
	return b
}

// heard takes in an event of Terraform's and returns what is worth telling.
func (b *board) heard(now time.Time, e event) []news {
	switch {
	case e.Type == "change_summary" && e.Changes != nil:
		b.planned = true
		return b.news(now, "", "", e.Message)
	case e.Type == "diagnostic" && e.Diagnostic != nil && e.Diagnostic.Severity != "warning": // those are told at the end
		return b.news(now, personOf(e.Diagnostic.Address), e.Diagnostic.Severity, e.Diagnostic.Summary)
	case e.Hook == nil || !strings.HasPrefix(e.Type, "apply_") || !strings.HasPrefix(e.Hook.Resource.Type, "provisioner_"):
		return nil
	}
	r := b.row(now, e.Hook)
	took := fmt.Sprintf("%.0f s", e.Hook.Elapsed)
	switch e.Type {
	case "apply_start":
		return b.change(now, r, verb(e.Hook.Action, "creating", "changing", "removing"))
	case "apply_complete":
		r.ended = true
		return b.change(now, r, verb(e.Hook.Action, "created", "changed", "removed")+" in "+took)
	case "apply_errored":
		r.ended, r.failed = true, true
		return b.change(now, r, "failed after "+took)
	}
	return nil
}

// saw takes in how the clouds look and returns what is new about those whom Terraform works on.
func (b *board) saw(now time.Time, w world) []news {
	var all []news
	for _, r := range b.rows {
		if r.ended || r.action == "delete" {
			continue
		}
		switch clusters, notebooks := w.clusters[r.person], w.google.notebooks[r.person]; {
		case r.kind == clusterKind && len(clusters) > 0:
			all = append(all, b.change(now, r, phase(clusters[0]))...)
		case r.kind == notebookKind && len(notebooks) > 0:
			all = append(all, b.change(now, r, strings.ToLower(notebooks[0].State))...)
		}
	}
	for _, m := range w.messages[min(b.told, len(w.messages)):] {
		all = append(all, b.news(now, m.Email, "Slack", firstLine(m.Text))...)
	}
	b.told = max(b.told, len(w.messages))
	return all
}

// phase is what a cluster does now, in words.
func phase(c cluster) string {
	switch c.Details.State {
	case compute.StatePending:
		return "starting"
	case compute.StateRestarting:
		return "restarting"
	case compute.StateTerminating:
		return "stopping"
	case compute.StateTerminated:
		return "stopped"
	case compute.StateRunning:
		return phaseOfLibraries(c.Libraries)
	}
	return strings.ToLower(string(c.Details.State))
}

func phaseOfLibraries(all []compute.LibraryFullStatus) string {
	done, failed := 0, 0
	for _, l := range all {
		switch l.Status {
		case compute.LibraryInstallStatusInstalled:
			done++
		case compute.LibraryInstallStatusFailed:
			failed++
		}
	}
	switch {
	case len(all) == 0:
		return "running"
	case failed > 0:
		return fmt.Sprintf("libraries: %d failed, %d/%d", failed, done, len(all))
	}
	return fmt.Sprintf("installing libraries, %d/%d", done, len(all))
}

func verb(action, create, update, remove string) string {
	switch action {
	case "create":
		return create
	case "delete":
		return remove
	}
	return update
}

// row is that of a resource; a new action on it begins anew.
func (b *board) row(now time.Time, h *hook) *row {
	for _, r := range b.rows {
		if r.address == h.Resource.Address {
			if r.ended {
				*r = row{address: r.address, person: r.person, kind: r.kind, began: now}
			}
			r.action = h.Action
			return r
		}
	}
	r := &row{address: h.Resource.Address, person: personOf(h.Resource.Address), kind: h.Resource.Type, action: h.Action, began: now}
	at := len(b.rows)
	for at > 0 && b.place(b.rows[at-1]) > b.place(r) {
		at--
	}
	b.rows = slices.Insert(b.rows, at, r)
	b.width = max(b.width, cells(r.name()))
	return r
}

// place orders rows as the roster does; what is nobody's comes first.
func (b *board) place(r *row) int { return slices.Index(b.order, r.person) }

func (r *row) name() string { return cmp.Or(r.person, "everybody") }

func (r *row) word() string { return cmp.Or(kindWords[r.kind], r.kind) }

func (b *board) change(now time.Time, r *row, to string) []news {
	if r.now == to {
		return nil
	}
	was, _, _ := strings.Cut(r.now, ",")
	r.now = to
	fresh := b.news(now, r.name(), r.word(), to)
	is, _, _ := strings.Cut(to, ",")
	fresh[0].inRow, fresh[0].minor = true, was == is
	return fresh
}

func (b *board) news(now time.Time, who, kind, what string) []news {
	return []news{{after: now.Sub(b.began), who: who, kind: kind, what: what}}
}

// text is the news as one line, for where lines cannot be painted over.
func (b *board) text(n news) string {
	line := fmt.Sprintf("%6.1f s  ", n.after.Seconds())
	if n.who != "" {
		line += pad(n.who, b.width) + "  "
	}
	if n.kind != "" {
		line += pad(n.kind, b.kinds) + "  "
	}
	return line + n.what
}

// mostLive bounds what is painted over, so that it fits into a small window.
const mostLive = 15

// live is the board as it stands, for a terminal.
func (b *board) live(now time.Time, s *screen) []string {
	if !b.planned {
		return []string{"  … planning, " + elapsed(now.Sub(b.began))}
	}
	var lines []string
	hidden := 0
	for _, r := range b.rows {
		if len(b.rows) > mostLive && (r.ended || len(lines) >= mostLive) {
			hidden++
			continue
		}
		mark, time := "…", s.in(dim, elapsed(now.Sub(r.began)))
		switch {
		case r.failed:
			mark, time = "✗", ""
		case r.ended:
			mark, time = s.in(green, "✓"), ""
		}
		lines = append(lines, strings.TrimRight("  "+mark+" "+pad(r.name(), b.width)+"  "+pad(r.word(), b.kinds)+"  "+pad(r.now, 26)+"  "+time, " "))
	}
	if hidden > 0 {
		lines = append(lines, fmt.Sprintf("    and %d more, done or waiting", hidden))
	}
	return lines
}

func elapsed(d time.Duration) string { return fmt.Sprintf("%.0f s", d.Seconds()) }

func firstLine(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return line
}
