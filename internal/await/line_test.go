package await_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/data-access/terraform-provider-provisioner/internal/await"
	"github.com/data-access/terraform-provider-provisioner/internal/await/awaittest"
)

func TestADeadLineIsTriedHardOnceAndNotForEveryRead(t *testing.T) {
	dead := errors.New("no route")
	clock, calls := awaittest.New(), 0
	line := &await.Line{
		Clock: clock, Judge: func(error) await.Verdict { return await.Verdict{Again: true} },
		Unanswered: func(err error) bool { return errors.Is(err, dead) },
	}
	ask := func(answer error) int {
		calls = 0
		_ = line.Ask(t.Context(), func(context.Context) error { calls++; return answer })
		return calls
	}
	refusal := errors.New("refused")
	for i, want := range []struct {
		answer error
		wait   time.Duration
		calls  int
	}{
		{refusal, 0, await.Gentle.Attempts}, // an answer is an answer
		{dead, 0, await.Gentle.Attempts},
		{dead, 0, 1},
		{dead, 2 * time.Minute, await.Gentle.Attempts}, // and then again
		{nil, 0, 1},
		{dead, 0, await.Gentle.Attempts}, // it had answered in between
	} {
		if err := clock.Sleep(t.Context(), want.wait); err != nil {
			t.Fatal(err)
		}
		if got := ask(want.answer); got != want.calls {
			t.Errorf("read %d: %d calls, want %d", i, got, want.calls)
		}
	}
}

func TestALineDoesNotRepeatForACallerWhoLeft(t *testing.T) {
	ctx, leave := context.WithCancel(t.Context())
	calls := 0
	line := &await.Line{Clock: awaittest.New(), Judge: func(error) await.Verdict { return await.Verdict{Again: true} }, Unanswered: func(error) bool { return true }}
	err := line.Repeat(ctx, func(context.Context) error { calls++; leave(); return errors.New("boom") })
	if err == nil || calls != 1 {
		t.Errorf("%d calls, %v", calls, err)
	}
}
