package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// campaign is one kind for one roster under one condition.
type campaign struct {
	kind    *kind
	people  int
	latency time.Duration
	limited bool // the vendors' rate limits are on, in the sandbox and in the provider
}

func (c campaign) String() string {
	text := fmt.Sprintf("%s people, %d ms", number(c.people), c.latency.Milliseconds())
	if c.limited {
		text += ", rate limits on"
	}
	return text
}

// phase is one command of Terraform.
type phase string

const (
	apply   phase = "apply"
	plan    phase = "no-op plan"
	refresh phase = "refresh-only plan"
)

func (p phase) args() []string {
	switch p {
	case apply:
		return []string{"apply", "-auto-approve"}
	case refresh:
		return []string{"plan", "-refresh-only"}
	default:
		return []string{"plan", "-detailed-exitcode"} // fails when there is something to change
	}
}

// round is the campaigns that have one floor, measured in turns with it: what else the machine does then slows all.
type round struct {
	people    int
	floor     *floor
	campaigns []campaign
}

// rounds are what was asked for: the floors are the same for every latency, so each is measured once in a turn.
func (o options) rounds() (all []round) {
	done := map[*floor]int{}
	for _, people := range slices.Sorted(slices.Values(o.people)) {
		for _, f := range []*floor{one, two} {
			people := f.people(people)
			if done[f] == people {
				continue
			}
			done[f] = people
			r := round{people: people, floor: f}
			for _, k := range o.kinds() {
				if k.floor == f {
					r.campaigns = append(r.campaigns, o.campaigns(k, people)...)
				}
			}
			if len(r.campaigns) > 0 {
				all = append(all, r)
			}
		}
	}
	return all
}

func (o options) campaigns(k *kind, people int) (all []campaign) {
	for _, latency := range o.latencies {
		if k.oneLatency && k.things(people) >= many && latency != slices.Min(o.latencies) {
			continue
		}
		all = append(all, campaign{kind: k, people: people, latency: latency})
	}
	if o.limits && people == k.limitedPeople(o.people) {
		all = append(all, campaign{kind: k, people: people, latency: slices.Min(o.latencies), limited: true})
	}
	return all
}

// things are the resources of so many people.
func (k *kind) things(people int) int { return people * k.floor.each }

// entrant is a campaign under way.
type entrant struct {
	campaign
	sky  *cloud
	ours tree
}

// measure creates the rosters of a round and plans them again.
func (s *stage) measure(ctx context.Context, ro round, o options, r *results) (err error) {
	dir, err := os.MkdirTemp(s.dir, "roster-*")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	floor, err := s.prepare(ctx, filepath.Join(dir, "floor"), ro.floor.source(), ro.people, nil)
	if err != nil {
		return err
	}
	var entrants []entrant
	defer func() {
		for _, e := range entrants {
			e.sky.close()
		}
	}()
	for i, c := range ro.campaigns {
		flags := []string{"-speed", c.kind.speed}
		if c.limited {
			flags = append(flags, "-rate-limits")
		}
		sky, err := s.startCloud(ctx, c.kind, flags...)
		if err != nil {
			return err
		}
		entrants = append(entrants, entrant{campaign: c, sky: sky})
		entrants[i].ours, err = s.prepare(ctx, filepath.Join(dir, fmt.Sprint(i)), c.kind.source(c.kind.person, c.limited), ro.people, sky.environ)
		if err != nil {
			return err
		}
	}
	for _, p := range []phase{apply, plan, refresh} {
		figures, err := s.turns(ctx, p, o.times(p, ro.people*ro.floor.each), floor, entrants)
		if err != nil {
			return err
		}
		r.figures = append(r.figures, figures...)
	}
	return nil
}

// times is how often a phase is repeated.
func (o options) times(p phase, things int) int {
	switch {
	case p == apply:
		return o.repeat(things)
	case p == refresh && !o.refresh:
		return 0
	}
	return o.runs
}

// turns measures a phase, the floor first in each turn.
func (s *stage) turns(ctx context.Context, p phase, times int, floor tree, entrants []entrant) (figures []figure, err error) {
	if times == 0 {
		return nil, nil
	}
	for _, e := range entrants {
		figures = append(figures, figure{campaign: e.campaign, phase: p})
	}
	for turn := range times {
		if p == apply {
			if err := floor.forget(); err != nil {
				return nil, err
			}
		}
		least, err := s.execute(ctx, floor.dir, floor.environ, p.args()...)
		if err != nil {
			return nil, fmt.Errorf("the floor: %w", err)
		}
		for i, e := range entrants {
			figures[i].floor = append(figures[i].floor, least)
			if e.limited && turn > 0 {
				continue // its time is the vendor's, and long
			}
			took, err := s.beat(ctx, p, e)
			if err != nil {
				return nil, fmt.Errorf("%s, %s, %s: %w", e.kind.title, e.campaign, p, err)
			}
			figures[i].ours = append(figures[i].ours, took)
			progress("%s, %s: %s %d of %d: floor %.1f s, ours %.1f s, %d calls", strings.ToLower(e.kind.title), e.campaign, p, turn+1, times,
				least.Seconds, took.Seconds, took.Calls.all())
		}
	}
	return figures, nil
}

// prepare plants a tree and installs what it needs, which is not measured.
func (s *stage) prepare(ctx context.Context, dir string, from source, people int, environ []string) (tree, error) {
	t, err := plant(dir, from, people)
	if err != nil {
		return t, err
	}
	t.environ = environ
	_, err = s.execute(ctx, dir, environ, "init")
	return t, err
}

// beat measures a phase of ours once.
func (s *stage) beat(ctx context.Context, p phase, e entrant) (cost, error) {
	if p == apply {
		if err := errors.Join(e.ours.forget(), e.sky.reset(ctx, e.latency), e.kind.prepareCloud(ctx, e.sky)); err != nil {
			return cost{}, err
		}
	}
	return s.watch(ctx, e.sky, e.kind, e.ours, p.args()...)
}

// prepareCloud makes what people's things need to be there.
func (k *kind) prepareCloud(ctx context.Context, sky *cloud) error {
	if k.begin == nil {
		return nil
	}
	return k.begin(ctx, sky)
}

// watch executes and counts what the cloud saw of it.
func (s *stage) watch(ctx context.Context, sky *cloud, k *kind, t tree, args ...string) (cost, error) {
	if err := sky.forgetCalls(ctx); err != nil {
		return cost{}, err
	}
	before := sky.cpu()
	c, err := s.execute(ctx, t.dir, t.environ, args...)
	if err != nil {
		return c, err
	}
	c.Sandbox = (sky.cpu() - before).Seconds()
	calls, err := sky.calls(ctx)
	c.Calls = count(calls, k.sorting)
	return c, err
}
