package main

import "fmt"

// peerFigure is what the vendor's own provider needs for the same roster, by our measurement on another day and
// another machine: one databricks_cluster and one databricks_permissions a person, no libraries, no waiting.
type peerFigure struct {
	people  int
	phase   phase
	calls   int
	seconds float64
}

var databricksPeer = []peerFigure{
	{100, apply, 800, 31.3},
	{100, plan, 400, 15.2},
	{1000, apply, 8000, 677},
	{1000, plan, 4000, 176.6},
}

const databricksPeerNote = "The peer is `databricks/databricks` 1.128 with one `databricks_cluster` and one `databricks_permissions` a person, without libraries, " +
	"with its own defaults (15 calls a second). Its figures were measured elsewhere, at zero latency: take the factors in time as an order of magnitude. " +
	"Ours are at zero latency too, with rate limits off."

func (r *results) comparison(k *kind) table {
	t := table{head: []string{"People", "Phase", "Peer", "Ours", "Time", "Peer's calls", "Our calls", "Calls"}}
	for _, p := range k.peer {
		f, found := r.find(k, p.phase, p.people, 0, false)
		if !found {
			continue
		}
		t.add(number(p.people), string(p.phase), seconds(p.seconds), seconds(f.seconds()), fmt.Sprintf("÷ %.1f", p.seconds/f.seconds()),
			number(p.calls), number(f.calls().all()), fmt.Sprintf("÷ %.1f", float64(p.calls)/float64(f.calls().all())))
	}
	return t
}
