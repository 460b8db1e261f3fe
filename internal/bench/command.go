package main

import (
	"bytes"
	"context"
	"fmt"
	"os/exec"
	"strings"
	"syscall"
	"time"

	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/process"
)

// cost is what one run of Terraform cost.
type cost struct {
	Seconds   float64
	Terraform resources
	Provider  resources // the largest of the processes that Terraform starts one after another; their time together
	Sandbox   float64   // seconds of processor time
	Calls     tally
}

type resources struct {
	Peak int64   // bytes
	CPU  float64 // seconds
}

const lookEvery = 50 * time.Millisecond

// execute runs Terraform in a folder and measures it. An interrupt ends it with everything it started.
func (s *stage) execute(ctx context.Context, dir string, environ []string, args ...string) (cost, error) {
	if err := ctx.Err(); err != nil {
		return cost{}, err
	}
	var said bytes.Buffer
	cmd := exec.Command(s.terraform, append(args, "-no-color", "-input=false")...)
	cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = dir, s.environ(environ...), &said, &said
	began := time.Now()
	running, err := process.Start(cmd, syscall.SIGTERM)
	if err != nil {
		return cost{}, err
	}
	family := newKin(running.PID())
	clock := time.NewTicker(lookEvery)
	defer clock.Stop()
	for ended := false; !ended; {
		select {
		case <-ctx.Done():
			running.Kill()
			return cost{}, ctx.Err()
		case <-clock.C:
			family.look()
		case <-running.Done():
			ended = true
		}
	}
	c := cost{
		Seconds:   time.Since(began).Seconds(),
		Terraform: resources{family.own, family.cpu.Seconds()},
		Provider:  resources{Peak: family.children},
	}
	if err := running.Wait(); err != nil {
		return c, fmt.Errorf("terraform %s: %w\n%s", strings.Join(args, " "), err, tail(said.String(), 40))
	}
	// Terraform waits for its plugins, so that its own account holds theirs.
	together := cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	if family.cpu > 0 {
		c.Provider.CPU = max(0, (together - family.cpu).Seconds())
	}
	return c, nil
}

// tail is the end of a long output, which is where the reason of a failure is.
func tail(text string, lines int) string {
	all := strings.Split(strings.TrimSpace(text), "\n")
	return strings.Join(all[max(0, len(all)-lines):], "\n")
}
