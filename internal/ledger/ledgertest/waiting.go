// Package ledgertest tells tests when somebody waits for a turn, so that they need no guess of how long that takes.
package ledgertest

import (
	"runtime"
	"strings"
)

// Waiting returns when a goroutine of this process waits for a turn of any ledger, or when ended is closed: what was
// to wait did not. It is meant for tests that do not run in parallel with others, who might have turns of their own.
func Waiting(ended <-chan struct{}) bool {
	for {
		select {
		case <-ended:
			return false
		default:
		}
		if waits() {
			return true
		}
		runtime.Gosched()
	}
}

// waits looks at the stacks of all goroutines, because a mutex tells nobody who waits for it.
func waits() bool {
	stacks := make([]byte, 4<<20)
	for one := range strings.SplitSeq(string(stacks[:runtime.Stack(stacks, true)]), "\n\n") {
		head, calls, _ := strings.Cut(one, "\n")
		if strings.Contains(head, "[sync.Mutex.Lock") && strings.Contains(calls, "ledger.(*Ledger).Turn(") {
			return true
		}
	}
	return false
}
