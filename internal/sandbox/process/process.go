// Package process runs a command so that nothing of it outlives us.
package process

import (
	"os/exec"
	"runtime"
	"syscall"

	"github.com/mattn/go-isatty"
)

// Process is a running command together with whatever it started in turn.
//
// It is a process group of its own, so that all of it can be reached at once. The exception is a command that reads
// from a terminal: only the terminal's own group may do that, and the terminal itself sends that group its Ctrl-C.
type Process struct {
	cmd   *exec.Cmd
	alone bool // shares our group, so that only the command itself can be reached
	done  chan struct{}
	err   error
}

// Start starts cmd. Should this process be killed with no chance to clean up, Linux sends the command orphaned.
func Start(cmd *exec.Cmd, orphaned syscall.Signal) (*Process, error) {
	p := &Process{cmd: cmd, done: make(chan struct{})}
	if terminal, ok := cmd.Stdin.(interface{ Fd() uintptr }); ok && isatty.IsTerminal(terminal.Fd()) {
		p.alone = true
	}
	cmd.SysProcAttr = attributes(!p.alone, orphaned)
	started := make(chan error, 1)
	go func() {
		// Linux sends the signal when the thread that started the command ends, so the two must live equally long.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := cmd.Start()
		started <- err
		if err != nil {
			return
		}
		p.err = cmd.Wait()
		_ = p.SignalAll(syscall.SIGKILL) // what the command left behind
		close(p.done)
	}()
	return p, <-started
}

// PID is the command's process id.
func (p *Process) PID() int { return p.cmd.Process.Pid }

// Done is closed when the command has ended and nothing of it is left.
func (p *Process) Done() <-chan struct{} { return p.done }

// Wait is how the command ended, as [exec.Cmd.Wait] tells it.
func (p *Process) Wait() error {
	<-p.done
	return p.err
}

// Status is the exit status as a shell tells it, 128 + n for a command that signal n ended. It waits for the end.
func (p *Process) Status() int {
	<-p.done
	state := p.cmd.ProcessState
	if status, ok := state.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		return 128 + int(status.Signal())
	}
	return state.ExitCode()
}

// Signal tells the command alone.
func (p *Process) Signal(signal syscall.Signal) error { return p.cmd.Process.Signal(signal) }

// SignalAll tells the command and whatever it started.
func (p *Process) SignalAll(signal syscall.Signal) error {
	if p.alone {
		return p.Signal(signal)
	}
	return signalGroup(p.cmd.Process, signal)
}

// Alone says that the command shares our process group, so that a terminal's Ctrl-C reaches it by itself.
func (p *Process) Alone() bool { return p.alone }

// Kill ends all of it and returns when it is gone.
func (p *Process) Kill() {
	select {
	case <-p.done: // its number may be another's by now
	default:
		_ = p.SignalAll(syscall.SIGKILL)
		<-p.done
	}
}
