//go:build unix

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// log collects what is noted.
type log struct{ strings.Builder }

func (*log) Close() error { return nil }

// stand runs a shell script in the place of Terraform and returns what was heard. ready is called when the script says so.
func stand(ctx context.Context, t *testing.T, c *cli, script string, ready func()) ([]string, error) {
	t.Helper()
	c.dir, c.log = t.TempDir(), &log{}
	c.path = filepath.Join(c.dir, "terraform")
	if err := os.WriteFile(c.path, []byte("#!/bin/sh\n"+script), 0o700); err != nil {
		t.Fatal(err)
	}
	if c.patience == 0 {
		c.patience = time.Minute
	}
	var heard []string
	err := c.run(ctx, func(e event) {
		if heard = append(heard, e.Message); e.Message == "ready" {
			ready()
		}
	}, "apply")
	return heard, err
}

// ended fails when one of the processes that the script told of still runs.
func ended(t *testing.T, heard []string) {
	t.Helper()
	found := false
	for _, line := range heard {
		if text, told := strings.CutPrefix(line, "pid "); told {
			found = true
			pid, err := strconv.Atoi(text)
			if err != nil {
				t.Fatal(err)
			}
			if !soon(func() bool { return errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) || zombie(pid) }) {
				t.Errorf("process %d still runs", pid)
			}
		}
	}
	if !found {
		t.Error("no process was told of")
	}
}

// soon waits a moment for what a kill brings about.
func soon(is func() bool) bool {
	for range 100 {
		if is() {
			return true
		}
		time.Sleep(20 * time.Millisecond)
	}
	return false
}

// zombie tells a process that has ended but whose new parent has not noticed.
func zombie(pid int) bool {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	return err == nil && strings.Contains(string(text), ") Z ")
}

func TestWhatTerraformSays(t *testing.T) {
	var c cli
	heard, err := stand(t.Context(), t, &c, `echo '{"@message":"one"}'; echo two >&2; printf three`, nil)
	if err != nil {
		t.Fatal(err)
	}
	equal(t, heard, "one", "two", "three")
	if got, want := c.log.(*log).String(), "$ terraform apply\none\ntwo\nthree\n"; got != want {
		t.Errorf("the log is %q, want %q", got, want)
	}
}

func TestAFailureKeepsTheLastLines(t *testing.T) {
	var c cli
	_, err := stand(t.Context(), t, &c, `i=0; while [ $i -lt 99 ]; do echo line $i; i=$((i+1)); done; exit 3`, nil)
	if err == nil || err.Error() != "terraform apply ended with status 3" {
		t.Errorf("got %v", err)
	}
	if got := c.last.lines(); len(got) != tailLength || got[tailLength-1] != "line 98" {
		t.Errorf("got %q", got)
	}
}

func TestAnInterruptLetsTerraformFinish(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	var c cli
	heard, err := stand(ctx, t, &c, `
		(trap '' INT; echo "pid $(exec sh -c 'echo $PPID')"; sleep 1000) &
		trap 'echo finishing; exit 1' INT
		echo "pid $$"; sleep 0.1; echo ready
		while :; do sleep 0.05; done`,
		func() { cancel(interrupted{syscall.SIGINT}) })
	if !errors.Is(err, interrupted{syscall.SIGINT}) || !slices.Contains(heard, "finishing") {
		t.Errorf("got %v, heard %q", err, heard)
	}
	ended(t, heard)
}

func TestWhoDoesNotFinishIsKilled(t *testing.T) {
	const stubborn = `
		trap '' INT TERM
		sh -c 'echo "pid $$"; sleep 1000' &
		echo "pid $$"; sleep 0.1; echo ready
		while :; do sleep 0.05; done`
	hurry := make(chan struct{})
	close(hurry)
	for name, c := range map[string]cli{
		"after a while":   {patience: 50 * time.Millisecond},
		"when in a hurry": {hurry: hurry},
	} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithCancelCause(t.Context())
			heard, err := stand(ctx, t, &c, stubborn, func() { cancel(interrupted{syscall.SIGINT}) })
			if !errors.Is(err, interrupted{syscall.SIGINT}) {
				t.Errorf("got %v", err)
			}
			ended(t, heard)
		})
	}
}
