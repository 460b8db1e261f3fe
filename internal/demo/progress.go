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

const clusterKind = "provisioner_single_user_cluster"

// news is something that happened, to whom ("" for everything) and when.
type news struct {
	after time.Duration
	who   string
	what  string
	inRow bool // a live row shows it too
}

func newBoard(now time.Time, told int, roster []string) *board {
	b := &board{began: now, told: told, order: roster}
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
		return b.news(now, "", e.Message)
	case e.Type == "diagnostic" && e.Diagnostic != nil:
		return b.news(now, personOf(e.Diagnostic.Address), e.Diagnostic.Severity+": "+e.Diagnostic.Summary)
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
		if r.ended || r.kind != clusterKind || r.action == "delete" || len(w.clusters[r.person]) == 0 {
			continue
		}
		all = append(all, b.change(now, r, phase(w.clusters[r.person][0]))...)
	}
	for _, m := range w.messages[min(b.told, len(w.messages)):] {
		all = append(all, b.news(now, m.Email, "told on Slack: "+firstLine(m.Text))...)
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

func (r *row) name() string { return cmp.Or(r.person, r.address) }

func (b *board) change(now time.Time, r *row, to string) []news {
	if r.now == to {
		return nil
	}
	r.now = to
	fresh := b.news(now, r.name(), to)
	fresh[0].inRow = true
	return fresh
}

func (b *board) news(now time.Time, who, what string) []news {
	return []news{{after: now.Sub(b.began), who: who, what: what}}
}

// text is the news as one line, for where lines cannot be painted over.
func (n news) text(width int) string {
	if n.who == "" {
		return fmt.Sprintf("%6.1f s  %s", n.after.Seconds(), n.what)
	}
	return fmt.Sprintf("%6.1f s  %s  %s", n.after.Seconds(), pad(n.who, width), n.what)
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
		lines = append(lines, strings.TrimRight("  "+mark+" "+pad(r.name(), b.width)+"  "+pad(r.now, 26)+"  "+time, " "))
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
