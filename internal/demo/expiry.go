package main

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"time"
)

func endsByItself(ctx context.Context, d *demo) error {
	who, err := scientist(d.roster)
	if err != nil {
		return err
	}
	if err := d.expires(ctx, who); err != nil {
		return err
	}
	if err := d.catchUp(ctx); err != nil {
		return err
	}
	d.screen.say("", "  The admin plans, as every morning:")
	r, err := d.charged(ctx, "expired", d.plan)
	if err != nil {
		return err
	}
	calls := d.bill[len(d.bill)-1].calls
	if err := d.claims(claim{"There is nothing to do: no pipeline makes a new cluster that nobody asked for.", cmp.Or(toldExpired(who.sliderule, r), onlyReads(calls))}); err != nil {
		return err
	}
	return d.isTakenOff(ctx, who)
}

// expires lets the end of a cluster come, and what AWS does then.
func (d *demo) expires(ctx context.Context, who entry) error {
	const before, after = time.Minute, time.Minute
	end := d.before.aws.clusters[who.sliderule].endsAt()
	now, err := d.clouds.AWS().Now(ctx)
	if err != nil {
		return err
	}
	due, err := d.pass(ctx, end.Add(-before).Sub(now))
	if err != nil {
		return err
	}
	w, err := stock(ctx, d.clouds)
	if err != nil {
		return err
	}
	if err := d.claims(claim{fmt.Sprintf("At %s, one minute before its end, %s is as it was.", clockTime(end.Add(-before)), who.sliderule), cmp.Or(noneDue(due), untouched(d.roster, d.before, w))}); err != nil {
		return err
	}
	if due, err = d.pass(ctx, before+after); err != nil {
		return err
	}
	if w, err = settled(ctx, d.clouds); err != nil {
		return err
	}
	people := d.before.people
	d.before = w
	d.before.people = people
	return d.claims(
		claim{fmt.Sprintf("At %s a schedule on AWS deleted its stack: no Terraform ran, and no machine of ours had to.", clockTime(end)), endedByAWS(who.sliderule, due)},
		claim{"Everything that cost went with it: nodes, load balancer, monitor, gateway, address and network.", slideRuleGone(who.sliderule, w)},
	)
}

// isTakenOff takes the person off the roster, who was the last with something on AWS.
func (d *demo) isTakenOff(ctx context.Context, who entry) error {
	document, err := os.ReadFile(usersFile())
	if err != nil {
		return err
	}
	d.screen.say("")
	if err := d.takeOff(document, who); err != nil {
		return err
	}
	d.roster = those(d.roster, func(e entry) bool { return e.email != who.email })
	last := len(those(d.roster, hasSlideRule)) == 0
	before, removed := d.before, who.things()
	images := ""
	if d.runs {
		removed += 2 // the test and the release
		images = ", and the images that were released"
	}
	if err := d.removeRuns(); err != nil {
		return err
	}
	if last {
		removed++ // the foundation
	}
	r, w, err := d.applied(ctx, "expired")
	if err != nil {
		return err
	}
	left := claim{"", slideRuleGone(who.sliderule, w)}
	if last {
		left = claim{"What is left on AWS is the bucket of logs, which expire by themselves" + images + ": no stack, no schedule, no machine, no network.", onlyLogs(w)}
	}
	return d.claims(
		claim{"", cmp.Or(planned(changes{Remove: removed}, r.plan), gone(who.email, w))},
		left,
		claim{fmt.Sprintf("What the other %d have is the same in everything.", len(d.roster)), cmp.Or(untouched(d.roster, before, w), sameWords(d.roster, before, w))},
	)
}
