//go:build unix && !linux

package process

import "syscall"

// sendWhenOrphaned does nothing: only Linux tells a child of its parent's end.
func sendWhenOrphaned(*syscall.SysProcAttr, syscall.Signal) {}
