//go:build !unix

package process

import (
	"os"
	"syscall"
)

func attributes(bool, syscall.Signal) *syscall.SysProcAttr { return nil }

// signalGroup reaches the leader alone: there are no process groups here.
func signalGroup(leader *os.Process, signal syscall.Signal) error { return leader.Signal(signal) }
