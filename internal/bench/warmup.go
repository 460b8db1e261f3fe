package main

import (
	"context"
	"path/filepath"
)

// measureWarmUp creates one person's cluster with its warm-up, at the cloud's own speed. What is left after taking
// away the cloud's time and Terraform's is ours.
func (s *stage) measureWarmUp(ctx context.Context, t timings, r *results) error {
	progress("one person with a warm-up: the cloud itself takes %s", t.whole())
	sky, err := s.startCloud(ctx, "-speed", "1")
	if err != nil {
		return err
	}
	defer sky.close()
	if err := sky.setTimings(ctx, t); err != nil {
		return err
	}
	floor, err := s.prepare(ctx, filepath.Join(s.dir, "one-floor"), roster, floorPerson, 1, nil)
	if err != nil {
		return err
	}
	ours, err := s.prepare(ctx, filepath.Join(s.dir, "one"), ourRoot(true), ourPerson(true), 1, sky.environ)
	if err != nil {
		return err
	}
	least, err := s.execute(ctx, floor.dir, nil, apply.args()...)
	if err != nil {
		return err
	}
	took, err := s.watch(ctx, sky, ours, apply.args()...)
	if err != nil {
		return err
	}
	r.warm = &warmUp{cloud: t.whole().Seconds(), floor: least.Seconds, ours: took}
	progress("one person with a warm-up: %.1f s", took.Seconds)
	return nil
}
