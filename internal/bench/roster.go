package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// campaign is one roster under one condition.
type campaign struct {
	people  int
	latency time.Duration
	limited bool // the vendors' rate limits are on, in the sandbox and in the provider
	applies int
	plans   int
	refresh bool
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

// measureRoster creates a roster and plans it again, the floor and ours in turns: what else the machine does then
// slows both.
func (s *stage) measureRoster(ctx context.Context, c campaign, r *results) (err error) {
	dir, err := os.MkdirTemp(s.dir, "roster-*")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	flags := []string{"-speed", "600"} // nobody waits here; what is created shall come to rest soon
	if c.limited {
		flags = append(flags, "-rate-limits")
	}
	sky, err := s.startCloud(ctx, flags...)
	if err != nil {
		return err
	}
	defer sky.close()
	floor, err := s.prepare(ctx, filepath.Join(dir, "floor"), roster, floorPerson, c.people, nil)
	if err != nil {
		return err
	}
	ours, err := s.prepare(ctx, filepath.Join(dir, "ours"), ourRoot(c.limited), ourPerson(false), c.people, sky.environ)
	if err != nil {
		return err
	}
	todo := []struct {
		phase phase
		times int
	}{{apply, c.applies}, {plan, c.plans}}
	if c.refresh {
		todo = append(todo, struct {
			phase phase
			times int
		}{refresh, c.plans})
	}
	for _, t := range todo {
		f := figure{campaign: c, phase: t.phase}
		for i := range t.times {
			if err := s.beat(ctx, &f, sky, floor, ours); err != nil {
				return err
			}
			progress("%s: %s %d of %d: floor %.1f s, ours %.1f s, %d calls", c, t.phase, i+1, t.times,
				f.floor[i].Seconds, f.ours[i].Seconds, f.ours[i].Calls.all())
		}
		r.figures = append(r.figures, f)
	}
	return nil
}

// prepare plants a tree and installs what it needs, which is not measured.
func (s *stage) prepare(ctx context.Context, dir, root, person string, people int, environ []string) (tree, error) {
	t, err := plant(dir, root, person, people)
	if err != nil {
		return t, err
	}
	t.environ = environ
	_, err = s.execute(ctx, dir, environ, "init")
	return t, err
}

// beat measures a phase once, the floor first.
func (s *stage) beat(ctx context.Context, f *figure, sky *cloud, floor, ours tree) error {
	if f.phase == apply {
		if err := errors.Join(floor.forget(), ours.forget(), sky.reset(ctx, f.latency)); err != nil {
			return err
		}
	}
	least, err := s.execute(ctx, floor.dir, floor.environ, f.phase.args()...)
	if err != nil {
		return fmt.Errorf("the floor: %w", err)
	}
	f.floor = append(f.floor, least)
	cost, err := s.watch(ctx, sky, ours, f.phase.args()...)
	if err != nil {
		return err
	}
	f.ours = append(f.ours, cost)
	return nil
}

// watch executes and counts what the cloud saw of it.
func (s *stage) watch(ctx context.Context, sky *cloud, t tree, args ...string) (cost, error) {
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
	c.Calls = count(calls)
	return c, err
}
