//go:build unix

package process

import (
	"os"
	"syscall"
)

func attributes(ownGroup bool, orphaned syscall.Signal) *syscall.SysProcAttr {
	attr := &syscall.SysProcAttr{Setpgid: ownGroup}
	sendWhenOrphaned(attr, orphaned)
	return attr
}

func signalGroup(leader *os.Process, signal syscall.Signal) error {
	return syscall.Kill(-leader.Pid, signal)
}
