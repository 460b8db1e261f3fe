package main

import (
	"errors"
	"fmt"
	"os"
	"strings"
)

// The part of the page that people write stays between these, whatever is measured.
const (
	remainsBegin = "<!-- what remains: kept when the page is written again -->"
	remainsEnd   = "<!-- end of what remains -->"
)

const nothingWritten = "\nNothing was written here yet.\n"

// writePage replaces the page and keeps what people wrote on it.
func writePage(path string, r *results) error {
	old, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	kept, err := remains(string(old))
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	if err := os.WriteFile(path, []byte(r.page(kept)), 0o644); err != nil { //nolint:gosec // a page for everybody
		return err
	}
	progress("wrote %s", path)
	return nil
}

var errHalfMarked = errors.New("one of the two marks around what remains is gone; put it back, so that nothing is lost")

// remains is what stands between the marks.
func remains(page string) (string, error) {
	_, after, begun := strings.Cut(page, remainsBegin)
	text, _, ended := strings.Cut(after, remainsEnd)
	switch {
	case begun && ended:
		return text, nil
	case begun || strings.Contains(page, remainsEnd):
		return "", errHalfMarked
	default:
		return nothingWritten, nil
	}
}

func (r *results) page(kept string) string {
	var b strings.Builder
	fmt.Fprintf(&b, `# Benchmarks

Measured on %s: %s.

%s This page is written by `+"`make bench`"+`, which needs no account: the clouds are the sandbox on the same machine.
Repeat it on a machine that does nothing else; `+"`go run ./internal/bench -quick`"+` shows in a minute that it works, `+"`-help`"+` lists what can be varied.

How: one call of a module for each person, what the person gets in it, in one state; Terraform's own parallelism of 10.
The floor is the same tree with `+"`terraform_data`"+` in place of our resources and values like theirs in it, measured in turns
with ours; the kinds with one resource a person share it. Each figure is the median of its runs. Latency is what every answer of
a vendor takes longer. Targets hold for 1,000 people, of what a person has two of for 500, in time with
rate limits off.
`, r.options.date, r.machine, r.summary())
	b.WriteString(r.body("##"))
	fmt.Fprintf(&b, "\n## What remains\n\n%s%s%s\n", remainsBegin, kept, remainsEnd)
	return b.String()
}
