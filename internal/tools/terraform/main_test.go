package main

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/hashicorp/go-version"
)

func TestEnsure(t *testing.T) {
	t.Parallel()
	offline := errors.New("no such host")
	tooOld := errors.New("version (1.5.7) doesn't meet constraints")
	for name, tc := range map[string]struct {
		findErr, installErr error
		want                string
		wantErrs            []error
		quiet               bool
	}{
		"one at hand is used, and nothing is installed or said":        {want: "found", quiet: true},
		"none at hand: one is installed":                               {findErr: tooOld, want: "installed"},
		"neither: both reasons are told":                               {findErr: tooOld, installErr: offline, wantErrs: []error{tooOld, offline}},
		"an installation that would fail does not matter if not asked": {installErr: offline, want: "found", quiet: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var progress bytes.Buffer
			got, err := ensure(t.Context(), &progress, finder("found", tc.findErr), finder("installed", tc.installErr))
			if got != tc.want {
				t.Errorf("got path %q, want %q", got, tc.want)
			}
			if (err != nil) != (len(tc.wantErrs) > 0) {
				t.Errorf("got error %v", err)
			}
			for _, want := range tc.wantErrs {
				if !errors.Is(err, want) {
					t.Errorf("error %q does not carry %q", err, want)
				}
			}
			if err != nil && !strings.Contains(err.Error(), "put it on PATH") {
				t.Errorf("error %q names no remedy", err)
			}
			if tc.quiet != (progress.Len() == 0) {
				t.Errorf("progress: %q", &progress)
			}
		})
	}
}

func TestConstraint(t *testing.T) {
	t.Parallel()
	constraints, err := version.NewConstraint(constraint)
	if err != nil {
		t.Fatal(err)
	}
	for v, want := range map[string]bool{"1.5.7": false, "1.10.5": false, "1.11.0": true, "1.11.4": true, "1.15.2": true, "2.0.0": false} {
		if got := constraints.Check(version.Must(version.NewVersion(v))); got != want {
			t.Errorf("%s: got %v, want %v", v, got, want)
		}
	}
}

func finder(path string, err error) func(context.Context) (string, error) {
	return func(context.Context) (string, error) {
		if err != nil {
			return "", err
		}
		return path, nil
	}
}
