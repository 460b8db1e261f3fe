package main

import (
	"context"
	"encoding/json"
	"slices"
	"time"
)

// glance is how often the clouds are looked at while Terraform works.
const glance = 120 * time.Millisecond

// result is what a plan or an apply came to.
type result struct {
	plan     changes
	warnings []diagnostic
	errors   []diagnostic
	people   json.RawMessage // of an apply
}

// plan runs terraform plan, and apply terraform apply; both show what happens meanwhile.
func (d *demo) plan(ctx context.Context) (result, error) {
	return d.follow(ctx, "plan", "-input=false", "-json")
}

func (d *demo) apply(ctx context.Context) (result, error) {
	return d.follow(ctx, "apply", "-auto-approve", "-input=false", "-json")
}

func (d *demo) follow(ctx context.Context, args ...string) (result, error) {
	events := make(chan event)
	ended := make(chan error, 1)
	go func() {
		err := d.cli.run(ctx, func(e event) { events <- e }, args...)
		close(events)
		ended <- err
	}()
	asked := ctx.Done()
	var r result
	b := newBoard(time.Now(), len(d.clouds.Slack.Messages()), emails(d.roster))
	tick := time.NewTicker(glance)
	defer tick.Stop()
	for open := true; open; {
		var fresh []news
		select {
		case e, more := <-events:
			if open = more; !more {
				fresh = b.saw(time.Now(), look(d.clouds))
				break
			}
			if e.Type == "apply_complete" { // what happened since the last look comes first
				fresh = b.saw(time.Now(), look(d.clouds))
			}
			fresh = append(fresh, b.heard(time.Now(), e)...)
			r.take(e)
		case <-tick.C:
			fresh = b.saw(time.Now(), look(d.clouds))
		case <-asked:
			asked = nil
			d.screen.say("Stopping: Terraform was asked to end in good order. A second Ctrl-C kills it.")
		}
		if ctx.Err() != nil {
			continue // what an interrupt brings about is in the log
		}
		d.show(b, fresh)
	}
	d.screen.settle()
	for _, w := range r.warnings {
		if !slices.Contains(d.warned, w.Detail) { // an apply says again what its plan said
			d.warned = append(d.warned, w.Detail)
			d.screen.say(wrap("  Terraform warns: "+w.Summary+". "+w.Detail, 100)...)
		}
	}
	return r, <-ended
}

func (r *result) take(e event) {
	if e.Type == "change_summary" && e.Changes != nil && e.Changes.Operation == "plan" {
		r.plan = *e.Changes
	}
	if e.Diagnostic != nil && e.Diagnostic.Severity == "warning" {
		r.warnings = append(r.warnings, *e.Diagnostic)
	}
	if e.Diagnostic != nil && e.Diagnostic.Severity == "error" {
		r.errors = append(r.errors, *e.Diagnostic)
	}
	if people, there := e.Outputs["people"]; there && people.Value != nil {
		r.people = people.Value
	}
}

// show tells the news: on a terminal the rows are live and everything else goes above them, elsewhere all is lines.
func (d *demo) show(b *board, fresh []news) {
	for _, n := range fresh {
		if n.inRow && (d.screen.live || n.minor) {
			continue
		}
		d.screen.say(b.text(n))
	}
	if d.screen.live {
		d.screen.paint(b.live(time.Now(), d.screen))
	}
}
