// Command sandbox runs every cloud that the provider talks to on this machine, for the demo and for tests.
package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"syscall"

	"github.com/data-access/terraform-provider-provisioner/internal/sandbox"
)

func main() { os.Exit(run(os.Args[1:])) }

// run returns the exit status.
func run(args []string) int {
	parent := os.Getppid()
	asked, status := parse(args, os.Stderr)
	if asked == nil {
		return status
	}
	if asked.command != nil && asked.command.Err != nil {
		return complain(asked.command.Err, 127)
	}
	signals := make(chan os.Signal, 8)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	starting, started := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	s, err := sandbox.Start(starting, asked.options)
	started()
	if err != nil {
		return complain(err, 1)
	}
	defer s.Close()
	if os.Getppid() != parent {
		return complain(fmt.Errorf("whoever started the sandbox is gone"), 1)
	}
	if asked.command != nil {
		return runInside(s, asked.command, signals)
	}
	if err := printEnv(os.Stdout, s.Env()); err != nil {
		return complain(fmt.Errorf("nobody reads the environment: %w", err), 1)
	}
	<-signals
	return 0
}

func complain(err error, status int) int {
	fmt.Fprintln(os.Stderr, "sandbox:", err)
	return status
}

// inherit is a command on our own standard streams.
func inherit(command []string) *exec.Cmd {
	cmd := exec.CommandContext(context.Background(), command[0], command[1:]...) // it gets our signals, not an end of ours
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	return cmd
}
