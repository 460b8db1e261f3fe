package await_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/data-access/terraform-provider-provisioner/internal/await"
	"github.com/data-access/terraform-provider-provisioner/internal/await/awaittest"
)

func TestPauseStaysInProportionToTheWait(t *testing.T) {
	for elapsed, want := range map[time.Duration]time.Duration{
		0:                 await.Patient.Min,
		10 * time.Second:  await.Patient.Min,
		100 * time.Second: 3 * time.Second,
		time.Hour:         await.Patient.Max,
	} {
		if got := await.Patient.Pause(elapsed); got != want {
			t.Errorf("after %s: pause %s, want %s", elapsed, got, want)
		}
	}
}

func TestUntilIsNeverLaterThanItsPace(t *testing.T) {
	for _, takes := range []time.Duration{0, time.Second, 17 * time.Second, 4 * time.Minute, 9 * time.Minute} {
		clock := awaittest.New()
		start := clock.Now()
		err := await.Until(t.Context(), clock, await.Patient, func(context.Context) (bool, error) {
			return clock.Now().Sub(start) >= takes, nil
		})
		late := clock.Now().Sub(start) - takes
		if err != nil || late > max(await.Patient.Min, time.Duration(0.031*float64(takes))) {
			t.Errorf("a thing that takes %s was noticed %s late (%v)", takes, late, err)
		}
	}
}

func TestUntilStopsAtAnError(t *testing.T) {
	boom := errors.New("boom")
	if err := await.Until(t.Context(), awaittest.New(), await.Patient, func(context.Context) (bool, error) { return false, boom }); !errors.Is(err, boom) {
		t.Fatalf("got %v", err)
	}
}

func TestUntilStopsWhenTheContextEnds(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	err := await.Until(ctx, awaittest.New(), await.Patient, func(context.Context) (bool, error) { cancel(); return false, nil })
	if !errors.Is(err, context.Canceled) {
		t.Fatalf("got %v", err)
	}
}

func TestRetry(t *testing.T) {
	boom := errors.New("boom")
	backoff := await.Backoff{Attempts: 4, First: time.Second, Max: 3 * time.Second}
	cases := map[string]struct {
		judge func(error) await.Verdict
		fails int
		slept []time.Duration
		want  error
	}{
		"success needs no pause":          {fails: 0},
		"pauses double up to the longest": {fails: 3, judge: func(error) await.Verdict { return await.Verdict{Again: true} }, slept: []time.Duration{time.Second, 2 * time.Second, 3 * time.Second}},
		"the server's wish counts":        {fails: 1, judge: func(error) await.Verdict { return await.Verdict{Again: true, After: 7 * time.Second} }, slept: []time.Duration{7 * time.Second}},
		"a final error ends it":           {fails: 9, judge: func(error) await.Verdict { return await.Verdict{} }, want: boom},
		"the attempts are counted":        {fails: 9, judge: func(error) await.Verdict { return await.Verdict{Again: true} }, slept: []time.Duration{time.Second, 2 * time.Second, 3 * time.Second}, want: boom},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			clock, left := awaittest.New(), c.fails
			err := await.Retry(t.Context(), clock, backoff, c.judge, func(context.Context) error {
				if left == 0 {
					return nil
				}
				left--
				return boom
			})
			if !errors.Is(err, c.want) || !slices.Equal(clock.Slept(), c.slept) {
				t.Errorf("got %v after pauses %v, want %v after %v", err, clock.Slept(), c.want, c.slept)
			}
		})
	}
}
