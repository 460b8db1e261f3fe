package main

import (
	"context"
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
)

// measureOne creates one person's thing at the cloud's own speed, everything waited for. What is left after taking away
// the cloud's time and Terraform's is ours.
func (s *stage) measureOne(ctx context.Context, k *kind, o options, r *results) error {
	sky, err := s.startCloud(ctx, k, "-speed", "1")
	if err != nil {
		return err
	}
	defer sky.close()
	dir := filepath.Join(s.dir, fmt.Sprintf("one-%d", len(r.waits)))
	if err := s.prepareOne(ctx, k, sky, filepath.Join(dir, "before")); err != nil {
		return err
	}
	takes, err := k.alone.slow(ctx, sky, o)
	if err != nil {
		return err
	}
	progress("one person, %s: the cloud itself takes %s", strings.ToLower(k.title), takes)
	floor, err := s.prepare(ctx, filepath.Join(dir, "floor"), k.floor.source(), 1, nil)
	if err != nil {
		return err
	}
	person := k.alone.person
	if person == "" {
		person = k.person
	}
	ours, err := s.prepare(ctx, filepath.Join(dir, "ours"), k.source(person, true), 1, sky.environ)
	if err != nil {
		return err
	}
	least, err := s.execute(ctx, floor.dir, nil, apply.args()...)
	if err != nil {
		return err
	}
	took, err := s.watch(ctx, sky, k, ours, apply.args()...)
	if err != nil {
		return err
	}
	if k.alone.took != nil {
		if takes, err = k.alone.took(ctx, sky); err != nil {
			return err
		}
	}
	w := wait{kind: k, cloud: takes.Seconds(), floor: least.Seconds, ours: took}
	progress("one person, %s: %.1f s", strings.ToLower(k.title), took.Seconds)
	for _, f := range k.alone.then {
		if f.edit != nil {
			if err := f.edit(ours); err != nil {
				return err
			}
		}
		cost, err := s.watch(ctx, sky, k, ours, f.phase.args()...)
		if err != nil {
			return err
		}
		w.then = append(w.then, cost)
	}
	r.waits = append(r.waits, w)
	return nil
}

// prepareOne makes what the one thing needs, as fast as the cloud can.
func (s *stage) prepareOne(ctx context.Context, k *kind, sky *cloud, dir string) error {
	if k.alone.before == "" {
		return nil
	}
	if err := sky.ask(ctx, http.MethodPost, "/aws/speed", map[string]float64{"speed": 1000}, nil); err != nil {
		return err
	}
	needed, err := s.prepare(ctx, dir, k.source(k.alone.before, false), 1, sky.environ)
	if err != nil {
		return err
	}
	_, err = s.execute(ctx, needed.dir, needed.environ, apply.args()...)
	return err
}
