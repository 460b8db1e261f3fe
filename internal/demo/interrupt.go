package main

import (
	"context"
	"os"
	"os/signal"
	"sync"
	"syscall"
)

// interrupted is why everything ends early.
type interrupted struct{ syscall.Signal }

func (i interrupted) Error() string { return i.String() }

// stopper ends the demo in two degrees: ctx asks to finish in good order, hurry to kill.
type stopper struct {
	ctx    context.Context
	cancel context.CancelCauseFunc
	hurry  chan struct{}
	once   sync.Once
	end    func()
}

// listen takes the signals that would otherwise end this process and leave its children to themselves. The second one
// is from somebody who does not want to wait.
func listen() *stopper {
	s := &stopper{hurry: make(chan struct{})}
	s.ctx, s.cancel = context.WithCancelCause(context.Background())
	signal.Ignore(syscall.SIGPIPE) // a write fails instead, and the screen tells
	signals := make(chan os.Signal, 4)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	s.end = func() { signal.Stop(signals) }
	go func() {
		for got := range signals {
			s.because(got.(syscall.Signal))
		}
	}()
	return s
}

func (s *stopper) because(signal syscall.Signal) {
	if s.ctx.Err() == nil {
		s.cancel(interrupted{signal})
		return
	}
	if signal != syscall.SIGPIPE { // every further write is broken too
		s.once.Do(func() { close(s.hurry) })
	}
}
