package provider

import (
	"context"
	"errors"
	"testing"
	"time"
)

func TestASilentWorkspaceIsNotWaitedForForEver(t *testing.T) {
	silent := func() error { select {} }
	if err := within(t.Context(), time.Millisecond, silent); !errors.Is(err, errSilent) {
		t.Errorf("after the time-out: %v", err)
	}
	interrupted, cancel := context.WithCancel(t.Context())
	cancel()
	if err := within(interrupted, time.Hour, silent); !errors.Is(err, context.Canceled) {
		t.Errorf("after an interrupt: %v", err)
	}
	if err := within(t.Context(), time.Hour, func() error { return nil }); err != nil {
		t.Error(err)
	}
}
