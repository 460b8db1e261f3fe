package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/data-access/terraform-provider-provisioner/internal/sandbox"
	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/process"
)

const (
	checkout = ".demo"
	root     = checkout + "/examples/complete" // where the admin runs Terraform
	logFile  = checkout + "/terraform.log"
	billFile = checkout + "/calls.txt"
)

type options struct {
	terraform string
	cliConfig string
	speed     float64
}

// demo is what the steps hand on to each other.
type demo struct {
	options options
	screen  *screen
	began   time.Time
	hurry   <-chan struct{}

	clouds *sandbox.Sandbox
	cli    *cli
	roster []entry  // in the order of the file
	before world    // as the last step left it
	warned []string // what Terraform warned of, once each
	bill   bill
	runs   bool // the admin's checkout has a file of runs

	serving  *process.Process // the provider whose clock was moved on; nil: Terraform starts its binary
	outdated bool             // AWS's clock has moved on since
}

// A step shows one thing, and checks what it says about it.
type step struct {
	name string // a heading
	why  string // a sentence for somebody who sees this for the first time
	do   func(context.Context, *demo) error
}

// play does the steps in turn.
func (d *demo) play(ctx context.Context, steps []step) error {
	for i, s := range steps {
		if err := ctx.Err(); err != nil {
			return context.Cause(ctx)
		}
		d.screen.heading(fmt.Sprintf("%d/%d  %s", i+1, len(steps), s.name), s.why)
		if err := s.do(ctx, d); err != nil {
			return fmt.Errorf("step %d (%s): %w", i+1, s.name, err)
		}
	}
	return nil
}

// claim is something that is said only when it holds. One with no words is a condition of the next.
type claim struct {
	text    string
	problem error // nil: it was checked, and holds
}

// claims says them in turn, up to the first that does not hold.
func (d *demo) claims(all ...claim) error {
	for _, c := range all {
		if c.problem != nil {
			return c.problem
		}
		if c.text != "" {
			d.screen.good(c.text)
		}
	}
	return nil
}

// close ends whatever runs.
func (d *demo) close() error {
	d.endServing()
	if d.cli != nil {
		_ = d.cli.log.Close()
	}
	if d.clouds == nil {
		return nil
	}
	if err := d.clouds.Close(); err != nil {
		return err
	}
	return silent(d.clouds.DatabricksURL, d.clouds.GoogleURL, d.clouds.StorageURL, d.clouds.SlackURL, d.clouds.AWSURL, d.clouds.ControlURL)
}

func (d *demo) farewell() {
	d.screen.say("")
	d.screen.good(fmt.Sprintf("Everything held, in %.0f seconds. There is nothing to destroy: the clouds ended with this demo, and no address of theirs answers.", time.Since(d.began).Seconds()))
	d.screen.say("  The admin's checkout and its state are left in " + root + ", what Terraform said in " + logFile + ".")
}

// explain tells a failure: first what, then the end of what Terraform said.
func (d *demo) explain(to *os.File, err error) {
	fmt.Fprintln(to, "\ndemo:", err)
	if d.cli == nil {
		return
	}
	if last := d.cli.last.lines(); len(last) > 0 {
		fmt.Fprintf(to, "\nThe end of what Terraform said (all of it: %s):\n", filepath.FromSlash(logFile))
		for _, line := range last {
			fmt.Fprintln(to, "  | "+line)
		}
	}
}
