package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"time"
)

// scientist is the first person with a SlideRule cluster.
func scientist(roster []entry) (entry, error) {
	with := those(roster, hasSlideRule)
	if len(with) == 0 {
		return entry{}, errors.New("nobody on the roster has a SlideRule cluster, and the demo needs one")
	}
	return with[0], nil
}

// rewrite changes the admin's file, and shows the line.
func (d *demo) rewrite(change func(document []byte) ([]byte, edit, error)) error {
	document, err := os.ReadFile(usersFile())
	if err != nil {
		return err
	}
	changed, line, err := change(document)
	if err != nil {
		return err
	}
	if err := os.WriteFile(usersFile(), changed, 0o644); err != nil {
		return err
	}
	d.screen.say("", "  users.yaml")
	if line.was != "" {
		d.screen.say("  - " + line.was)
	}
	d.screen.say("  + " + line.is)
	d.roster, err = readRoster(usersFile())
	return err
}

// wait lets time go by on AWS, in which nothing is due, and has the provider go by it.
func (d *demo) wait(ctx context.Context, by time.Duration, cluster string) error {
	due, err := d.pass(ctx, by)
	if err := cmp.Or(err, noneDue(due)); err != nil {
		return err
	}
	now, err := d.clouds.AWS().Now(ctx)
	if err != nil {
		return err
	}
	left := d.before.aws.clusters[cluster].endsAt().Sub(now).Round(time.Minute)
	d.screen.say("", fmt.Sprintf("  %.0f minutes go by on AWS, and %s ends in %.0f more.", by.Minutes(), cluster, left.Minutes()))
	return d.catchUp(ctx)
}

func growsAndStays(ctx context.Context, d *demo) error {
	who, err := scientist(d.roster)
	if err != nil {
		return err
	}
	if err := d.wait(ctx, time.Hour, who.sliderule); err != nil {
		return err
	}
	d.screen.say("  (Terraform's provider goes by the clock of AWS from here on, as it would if that hour had been a real one.)")
	if err := d.grows(ctx, who); err != nil {
		return err
	}
	if err := d.wait(ctx, 30*time.Minute, who.sliderule); err != nil {
		return err
	}
	return d.stays(ctx, who)
}

// grows adds a node.
func (d *demo) grows(ctx context.Context, who entry) error {
	nodes := who.nodes + 1
	err := d.rewrite(func(document []byte) ([]byte, edit, error) {
		return reword(document, who.email, fmt.Sprint(nodes), "sliderule_cluster", "node_capacity")
	})
	if err != nil {
		return err
	}
	before := d.before
	r, w, err := d.applied(ctx, "resize")
	if err != nil {
		return err
	}
	was, is := before.aws.clusters[who.sliderule], w.aws.clusters[who.sliderule]
	said := w.people[who.email].SlideRule
	return d.claims(
		claim{"", cmp.Or(planned(changes{Change: 1}, r.plan), slideRulesServed(d.roster, w))},
		claim{fmt.Sprintf("It is the same cluster with %d nodes: the %d that were there work on.", nodes, who.nodes), grown(was, is)},
		claim{fmt.Sprintf("Its time begins anew: it ends at %s, not at %s.", clockTime(is.endsAt()), clockTime(was.endsAt())), later(was, is, time.Hour)},
		claim{fmt.Sprintf("It costs %s an hour now, and has cost %s so far.", dollars(said.HourlyCostUSD), said.accrued()), costsMore(before, w, who)},
		claim{"", untouched(those(d.roster, func(e entry) bool { return e.email != who.email }), before, w)},
	)
}

// stays gives the cluster its time again, and nothing else.
func (d *demo) stays(ctx context.Context, who entry) error {
	err := d.rewrite(func(document []byte) ([]byte, edit, error) {
		return insert(document, who.email, "sliderule_cluster", "renew: the data came late")
	})
	if err != nil {
		return err
	}
	before := d.before
	r, w, err := d.applied(ctx, "renew")
	if err != nil {
		return err
	}
	asked := d.bill[len(d.bill)-1].calls
	was, is := before.aws.clusters[who.sliderule], w.aws.clusters[who.sliderule]
	return d.claims(
		claim{"", planned(changes{Change: 1}, r.plan)},
		claim{fmt.Sprintf("It ends at %s, not at %s.", clockTime(is.endsAt()), clockTime(was.endsAt())), later(was, is, 30*time.Minute)},
		claim{"Nothing but the two schedules of its end was written: no node noticed.", cmp.Or(onlyMoved(was, is), onlyRescheduled(who.sliderule, asked))},
		claim{"", cmp.Or(slideRulesServed(d.roster, w), untouched(those(d.roster, func(e entry) bool { return e.email != who.email }), before, w))},
	)
}
