package main

import (
	"os"
	"os/exec"
	"syscall"

	"github.com/data-access/terraform-provider-provisioner/internal/sandbox"
	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/process"
)

// runInside runs cmd in the sandbox and returns its exit status. What it leaves behind is ended.
func runInside(s *sandbox.Sandbox, cmd *exec.Cmd, signals <-chan os.Signal) int {
	cmd.Env = s.Environ(os.Environ())
	running, err := process.Start(cmd, syscall.SIGTERM)
	if err != nil {
		return complain(err, 126) // it was found, so it is not a program
	}
	for {
		select {
		case <-running.Done():
			return running.Status()
		case got := <-signals:
			forward(running, got.(syscall.Signal))
		}
	}
}

// forward passes a signal on as the command would get it without us. An interrupt goes to everything, as from a
// terminal: a shell waits for its children and Terraform's plugins ignore it. Anything else is the command's own
// affair: Terraform would lose its plugins, and with them what they were making.
func forward(to *process.Process, signal syscall.Signal) {
	switch {
	case signal != syscall.SIGINT:
		_ = to.Signal(signal) // an error: it has just ended
	case !to.Alone():
		_ = to.SignalAll(signal)
	}
}
