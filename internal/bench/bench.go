package main

import (
	"context"
	"errors"
	"fmt"
	"os"
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
	for _, k := range o.kinds() {
		if k.alone == nil {
			continue
		}
		if err := s.measureOne(ctx, k, o, results); err != nil {
			return results, fmt.Errorf("one person, %s: %w", k.title, err)
		}
	}
	for _, ro := range o.rounds() {
		if err := s.measure(ctx, ro, o, results); err != nil {
			return results, fmt.Errorf("%s people: %w", number(ro.people), err)
		}
	}
	return results, nil
}

// progress tells what is under way, apart from the results.
func progress(format string, args ...any) {
	fmt.Fprintf(os.Stderr, "%s  %s\n", time.Now().Format(time.TimeOnly), fmt.Sprintf(format, args...))
}
