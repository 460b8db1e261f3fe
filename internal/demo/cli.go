package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/process"
)

// defaultPatience is how long Terraform may take to end in good order, once it was asked to.
const defaultPatience = 8 * time.Second

// cli runs Terraform in the admin's folder.
type cli struct {
	path  string
	dir   string
	env   []string
	log   io.WriteCloser // everything it says
	last  tail           // the end of that
	hurry <-chan struct{}

	patience time.Duration
}

// run runs one command and hands on what it says, line by line. When ctx ends, Terraform gets one interrupt, which lets
// the provider stop the clusters it was starting, then some time, and is then killed. Nothing of it is left in any case.
func (c *cli) run(ctx context.Context, hear func(event), args ...string) error {
	out := &lineWriter{line: func(line string) {
		said := parseEvent(line)
		for _, text := range said.log() {
			c.note(text)
		}
		hear(said)
	}}
	cmd := exec.Command(c.path, args...) // it gets an interrupt of ours, not an end of ctx
	cmd.Dir, cmd.Env = c.dir, c.env
	cmd.Stdout, cmd.Stderr = out, out
	cmd.WaitDelay = time.Second
	c.note("$ terraform " + strings.Join(args, " "))
	running, err := process.Start(cmd, syscall.SIGTERM) // should we be killed: it interrupts as well
	if err != nil {
		return fmt.Errorf("start Terraform: %w", err)
	}
	select {
	case <-running.Done():
	case <-ctx.Done():
		_ = running.Signal(syscall.SIGINT) // an error: it has just ended
		select {
		case <-running.Done():
		case <-c.hurry:
		case <-time.After(c.patience):
		}
		running.Kill()
		out.flush()
		return context.Cause(ctx)
	}
	out.flush()
	if status := running.Status(); status != 0 {
		return fmt.Errorf("terraform %s ended with status %d", args[0], status)
	}
	return running.Wait()
}

// note keeps a line for whoever wants to know more.
func (c *cli) note(line string) {
	c.last.add(line)
	_, _ = fmt.Fprintln(c.log, line) // a log that cannot be written is no reason to stop
}

// lineWriter calls line for every complete line written to it.
type lineWriter struct {
	rest []byte
	line func(string)
}

func (w *lineWriter) Write(text []byte) (int, error) {
	w.rest = append(w.rest, text...)
	for {
		line, after, complete := bytes.Cut(w.rest, []byte("\n"))
		if !complete {
			return len(text), nil
		}
		w.rest = after
		w.line(strings.TrimRight(string(line), "\r"))
	}
}

// flush hands on a last line that had no end.
func (w *lineWriter) flush() {
	if len(w.rest) > 0 {
		w.line(string(w.rest))
		w.rest = nil
	}
}

const tailLength = 20

// tail is the last few lines of many.
type tail struct{ kept []string }

func (t *tail) add(line string) {
	if t.kept = append(t.kept, line); len(t.kept) > tailLength {
		t.kept = t.kept[1:]
	}
}

func (t *tail) lines() []string { return t.kept }

// absolute is the path of a program that will be started from another folder.
func absolute(program string) (string, error) {
	path, err := exec.LookPath(program)
	if err != nil {
		return "", fmt.Errorf("there is no Terraform: %w", err)
	}
	return filepath.Abs(path)
}
