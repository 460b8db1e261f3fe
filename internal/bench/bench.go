package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"time"
)

// measureAll runs the whole campaign. What was measured before a failure is returned with it.
func measureAll(ctx context.Context, o options) (results *results, err error) {
	s, err := build(ctx, o.terraform)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	results = newResults(o, s)
	if err := s.measureProvider(ctx, results); err != nil {
		return results, fmt.Errorf("the provider alone: %w", err)
	}
	if err := s.measureWarmUp(ctx, o.warm, results); err != nil {
		return results, fmt.Errorf("one person with a warm-up: %w", err)
	}
	for _, people := range o.people {
		for _, latency := range o.latencies {
			c := campaign{people: people, latency: latency, applies: o.repeat(people), plans: o.runs, refresh: o.refresh}
			if err := s.measureRoster(ctx, c, results); err != nil {
				return results, fmt.Errorf("%s: %w", c, err)
			}
		}
	}
	if o.limits {
		c := campaign{people: slices.Max(o.people), latency: slices.Min(o.latencies), limited: true, applies: 1, plans: o.runs}
		if err := s.measureRoster(ctx, c, results); err != nil {
			return results, fmt.Errorf("%s: %w", c, err)
		}
	}
	return results, nil
}

// progress tells what is under way, apart from the results.
func progress(format string, args ...any) {
	fmt.Fprintf(os.Stderr, "%s  %s\n", time.Now().Format(time.TimeOnly), fmt.Sprintf(format, args...))
}
