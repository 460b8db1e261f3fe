package slack_test

import (
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/data-access/terraform-provider-provisioner/internal/await/awaittest"
)

func TestThrottlingIsWaitedFor(t *testing.T) {
	now := awaittest.New().Now()
	for _, method := range []string{lookupMethod, openMethod, postMethod} {
		for name, c := range map[string]struct {
			replies []reply
			slept   []time.Duration
		}{
			"as long as Slack says":  {[]reply{{status: 429, after: "7", body: `{"ok":false,"error":"ratelimited"}`}, {status: 429, after: "300"}}, []time.Duration{7 * time.Second, 5 * time.Minute}},
			"until a date":           {[]reply{{status: 429, after: now.Add(9 * time.Second).Format(http.TimeFormat)}}, []time.Duration{9 * time.Second}},
			"until a date gone by":   {[]reply{{status: 429, after: now.Add(-time.Hour).Format(http.TimeFormat)}}, []time.Duration{time.Second}},
			"without a header":       {[]reply{{status: 429}, {status: 429}, {status: 429}}, []time.Duration{time.Second, 2 * time.Second, 4 * time.Second}},
			"with an unreadable one": {[]reply{{status: 429, after: "soon"}}, []time.Duration{time.Second}},
			"with a negative one":    {[]reply{{status: 429, after: "-5"}}, []time.Duration{time.Second}},
			"told in the body":       {[]reply{refusal("ratelimited"), refusal("rate_limited")}, []time.Duration{time.Second, 2 * time.Second}},
		} {
			t.Run(method+" "+name, func(t *testing.T) {
				f, clock := newFake(t, map[string][]reply{method: c.replies}), awaittest.New()
				receipt, err := teller(f, clock, "").Tell(t.Context(), ana(t), notice)
				if err != nil || receipt.Channel != "D1" || !slices.Equal(clock.Slept(), c.slept) {
					t.Errorf("got %+v, %v after pauses %v, want pauses %v", receipt, err, clock.Slept(), c.slept)
				}
				if calls := len(f.asked(method)); calls != len(c.replies)+1 {
					t.Errorf("%d calls", calls)
				}
			})
		}
	}
}

func TestQuestionsAreAskedAgainAfterAnOutage(t *testing.T) {
	for _, method := range []string{lookupMethod, openMethod} {
		for name, r := range map[string]reply{"500": {status: 500}, "lost": {lost: true}, "internal_error": refusal("internal_error")} {
			t.Run(method+" "+name, func(t *testing.T) {
				f, clock := newFake(t, map[string][]reply{method: times(2, r)}), awaittest.New()
				if _, err := teller(f, clock, "").Tell(t.Context(), ana(t), notice); err != nil {
					t.Error(err)
				}
				if want := []time.Duration{time.Second, 2 * time.Second}; !slices.Equal(clock.Slept(), want) {
					t.Errorf("pauses %v, want %v", clock.Slept(), want)
				}
			})
		}
	}
}
