package main

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"strings"
)

func someoneLeaves(ctx context.Context, d *demo) error {
	document, err := os.ReadFile(usersFile())
	if err != nil {
		return err
	}
	who := leaver(d.roster)
	leftover, err := d.leftover(who)
	if err != nil {
		return err
	}
	if err := d.takeOff(document, who); err != nil {
		return err
	}
	before, err := stock(ctx, d.clouds)
	if err != nil {
		return err
	}
	before.people = d.before.people
	r, err := d.charged(ctx, "leaving", d.plan)
	if err != nil {
		return err
	}
	meanwhile, err := stock(ctx, d.clouds)
	if err != nil {
		return err
	}
	named := claim{}
	if leftover != "" {
		named = claim{"The plan names the cluster that is left running, and nothing was done yet.", cmp.Or(warned(r.warnings, leftover), untouched(d.roster, before, meanwhile))}
	}
	if err := d.claims(named); err != nil {
		return err
	}
	r, w, err := d.applied(ctx, "leaving")
	if err != nil {
		return err
	}
	everyone := d.roster
	d.roster = those(everyone, func(e entry) bool { return e.email != who.email })
	d.screen.table(leavingTable(everyone, before, w))
	return d.claims(
		claim{"", planned(changes{Remove: who.things()}, r.plan)},
		claim{"Nothing of " + who.email + " is left in any cloud, not even what they started themselves.", cmp.Or(gone(who.email, w), slideRuleGone(who.sliderule, w))},
		claim{fmt.Sprintf("What the other %d have is the same in everything: ids, states, settings, permissions, files.", len(d.roster)), cmp.Or(untouched(d.roster, before, w), sameWords(d.roster, before, w))},
		claim{"Nobody else has anything, and nobody was written to.", cmp.Or(everyoneServed(d.roster, w), templatesServed(d.roster, w), slideRulesServed(d.roster, w), nobodyTold(len(before.messages), w))},
	)
}

// takeOff strikes a person off the admin's file, and shows it.
func (d *demo) takeOff(document []byte, who entry) error {
	left, struck, err := strike(document, who.email)
	if err != nil {
		return err
	}
	if err := os.WriteFile(usersFile(), left, 0o644); err != nil {
		return err
	}
	d.screen.say("  users.yaml")
	for _, line := range struck {
		d.screen.say("  - " + strings.TrimRight(line, "\r\n"))
	}
	return nil
}

// leaver is the person who has most to lose; of several the one in the middle.
func leaver(roster []entry) entry {
	who := roster[len(roster)/2]
	for _, e := range roster {
		if e.things() > who.things() {
			who = e
		}
	}
	return who
}

// leftover is a Dataproc cluster that the person started from their file, and that runs on; "" when they have none.
func (d *demo) leftover(who entry) (string, error) {
	files := d.before.google.templates[who.email]
	if len(files) == 0 {
		return "", nil
	}
	name, err := beginCluster(d.clouds, files[0])
	if err != nil {
		return "", fmt.Errorf("start a cluster from %s: %w", files[0].Name, err)
	}
	d.screen.say("  "+who.email+" started a Dataproc cluster of their own, and it still runs:", "  "+name, "")
	return name, nil
}
