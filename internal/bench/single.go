package main

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
)

// measureOne creates one person's thing at the cloud's own speed, everything waited for. What is left after taking away
// the cloud's time and Terraform's is ours.
func (s *stage) measureOne(ctx context.Context, k *kind, o options, r *results) error {
	sky, err := s.startCloud(ctx, "-speed", "1")
	if err != nil {
		return err
	}
	defer sky.close()
	takes, err := k.alone.slow(ctx, sky, o)
	if err != nil {
		return err
	}
	progress("one person, %s: the cloud itself takes %s", strings.ToLower(k.title), takes)
	dir := filepath.Join(s.dir, fmt.Sprintf("one-%d", len(r.waits)))
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
	r.waits = append(r.waits, wait{kind: k, cloud: takes.Seconds(), floor: least.Seconds, ours: took})
	progress("one person, %s: %.1f s", strings.ToLower(k.title), took.Seconds)
	return nil
}
