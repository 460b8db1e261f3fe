package main

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6/tf6server"

	"github.com/data-access/terraform-provider-provisioner/internal/await"
	"github.com/data-access/terraform-provider-provisioner/internal/provider"
	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/process"
	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/ticker"
)

// The provider's binary goes by the clock of this machine. Once that of AWS was moved on, the two would differ by hours,
// as they never do in reality: an end that has come on AWS would still lie ahead. From then on Terraform is led to the
// same provider in a process of this program, whose clock is moved on too.

// serveAhead is the argument with which this program is that process. The next two are Terraform's address of the
// provider, and by how much its clock is ahead.
const serveAhead = "serve-ahead"

// aheadClock is a clock that was moved on.
type aheadClock struct {
	await.RealClock
	by time.Duration
}

func (c aheadClock) Now() time.Time { return c.RealClock.Now().Add(c.by) }

// serve is the provider until it is asked to end. It returns the exit status.
func serve(args []string) int {
	if len(args) != 2 {
		return 2
	}
	by, err := time.ParseDuration(args[1])
	if err == nil {
		provider.QuietUnlessAsked()
		err = tf6server.Serve(args[0], provider.Server("demo", provider.WithClock(aheadClock{by: by})), tf6server.WithManagedDebug())
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "demo: serve the provider:", err)
		return 1
	}
	return 0
}

// pass moves the clock of AWS on, and tells which schedules were due meanwhile.
func (d *demo) pass(ctx context.Context, by time.Duration) ([]ticker.Firing, error) {
	d.outdated = true
	return d.clouds.Ticker.Advance(ctx, by)
}

// catchUp lets Terraform's provider go by the clock of AWS.
func (d *demo) catchUp(ctx context.Context) error {
	if !d.outdated {
		return nil
	}
	now, err := d.clouds.AWS().Now(ctx)
	if err != nil {
		return err
	}
	address, err := providerAddress(root)
	if err != nil {
		return err
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	d.endServing()
	cmd := exec.Command(self, serveAhead, address, time.Until(now).String())
	cmd.Env, cmd.Stderr = d.cli.env, d.cli.log
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if d.serving, err = process.Start(cmd, syscall.SIGKILL); err != nil {
		return fmt.Errorf("start the provider: %w", err)
	}
	defer context.AfterFunc(ctx, d.serving.Kill)() // ends the reading below
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if _, where, found := strings.Cut(lines.Text(), reattach+"='"); found {
			d.cli.env = append(withoutReattach(d.cli.env), reattach+"="+strings.TrimSuffix(where, "'"))
			d.outdated = false
			return nil
		}
	}
	return fmt.Errorf("the provider does not say where it is served: %s tells why", logFile)
}

// endServing ends the provider that catchUp started.
func (d *demo) endServing() {
	if d.serving != nil {
		d.serving.Kill()
		d.serving, d.cli.env = nil, withoutReattach(d.cli.env)
	}
}

// reattach is the variable by which Terraform finds a provider that runs already.
const reattach = "TF_REATTACH_PROVIDERS"

func withoutReattach(env []string) []string {
	return slices.DeleteFunc(slices.Clone(env), func(v string) bool { return strings.HasPrefix(v, reattach+"=") })
}

// providerAddress is that of the provider which Terraform installed in dir: registry, namespace and name.
func providerAddress(dir string) (string, error) {
	installed := filepath.Join(dir, ".terraform", "providers")
	found, err := filepath.Glob(filepath.Join(installed, "*", "data-access", "provisioner"))
	if err != nil || len(found) != 1 {
		return "", fmt.Errorf("Terraform should have installed one provider, and has %d", len(found))
	}
	address, err := filepath.Rel(installed, found[0])
	return filepath.ToSlash(address), err
}
