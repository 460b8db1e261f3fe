package budget_test

import (
	"errors"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/budget"
)

func TestHoursOfFunds(t *testing.T) {
	mid := utc(8, 10, 0)
	for name, c := range map[string]struct {
		limit float64
		now   time.Time
		spent float64
		burn  float64
		want  float64
	}{
		"ten nodes of the older system":           {100, mid, 0, 2.413, 100 / 2.413},
		"some of it spent":                        {100, mid, 75.87, 2.413, 10},
		"all of it":                               {100, mid, 100, 1, 0},
		"more than all":                           {100, mid, 250, 1, 0},
		"no limit at all is no funds":             {0, mid, 0, 1, 0},
		"the next month's funds are added":        {100, utc(8, 31, 22), 95, 1, 2 + 100},
		"but not before it begins":                {100, utc(8, 31, 22), 99, 1, 1},
		"what is left over does not carry over":   {100, utc(8, 31, 22), 0, 1, 2 + 100},
		"enough for any month":                    {744, mid, 0, 1, math.Inf(1)},
		"enough for all but the longest":          {743, utc(2, 10, 0), 0, 1, 19*24 + 743}, // February, then March of 744 hours
		"enough for the short months only":        {720, utc(4, 1, 0), 0, 1, 720 + 720},
		"funds to the very end of the month":      {100, utc(8, 31, 22), 98, 1, 2 + 100},
		"without a price nothing can be promised": {100, mid, 0, 0, 0},
		"a price that is no number":               {100, mid, 0, math.NaN(), 0},
	} {
		b := budget.Budget{LimitUSD: c.limit, StartHours: budget.DefaultStartHours}
		o := budget.Outlook{Now: c.now, SpentUSD: c.spent, BurnUSD: c.burn}
		got := b.Hours(o)
		if !near(got, c.want) {
			t.Errorf("%s: %v hours, want %v", name, got, c.want)
		}
		at, ok := b.Exhausted(o)
		if ok == math.IsInf(c.want, 0) {
			t.Errorf("%s: the funds run out: %v, %s", name, ok, at)
		}
		if late := c.now.Add(time.Duration(c.want * float64(time.Hour))).Sub(at); ok && (late < -time.Millisecond || late >= time.Second) {
			t.Errorf("%s: the funds run out at %s, %s off", name, at, late)
		}
	}
}

func TestCheckStart(t *testing.T) {
	now := utc(8, 10, 0)
	for name, c := range map[string]struct {
		limit, startHours float64
		ttl               time.Duration
		ok                bool
	}{
		"24 hours to the cent":                  {24 * 2.413, 24, 48 * time.Hour, true},
		"a cent less":                           {24*2.413 - 0.01, 24, 48 * time.Hour, false},
		"a shorter life needs less":             {2.413, 24, time.Hour, true},
		"but not nothing":                       {2.40, 24, time.Hour, false},
		"the setting is the check":              {8 * 2.413, 8, 48 * time.Hour, true},
		"and a larger one":                      {24 * 2.413, 25, 48 * time.Hour, false},
		"no hours asked for, some funds":        {0.01, 0, time.Hour, true},
		"no hours asked for, and no funds":      {0, 0, time.Hour, false},
		"no funds, and a life too short to ask": {0, 24, 0, false},
	} {
		b := budget.Budget{LimitUSD: c.limit, StartHours: c.startHours}
		err := b.CheckStart(budget.Outlook{Now: now, BurnUSD: 2.413}, c.ttl)
		if (err == nil) != c.ok {
			t.Errorf("%s: %v", name, err)
		}
		var shortage *budget.Shortage
		if err != nil && (!errors.As(err, &shortage) || shortage.NeededHours != min(c.startHours, c.ttl.Hours())) {
			t.Errorf("%s: %#v", name, err)
		}
	}
}

// The older system checked for 24 hours and told of 8.
func TestAShortageTellsWhatWasChecked(t *testing.T) {
	b := budget.Budget{LimitUSD: 100, StartHours: 24}
	err := b.CheckStart(budget.Outlook{Now: utc(8, 10, 5), SpentUSD: 92.28, BurnUSD: 2.413}, 48*time.Hour)
	want := "limit_usd 100.00 leaves funds for 3.19 hours, and starting takes funds for 24 hours: 92.28 USD are spent since 2026-08-01 (UTC), " +
		"and at full size the cluster burns 2.413 USD an hour. Raise limit_usd, ask for fewer or smaller nodes or a shorter time_to_live, or wait until 2026-09-01"
	if err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
	b.StartHours = 23.995
	err = b.CheckStart(budget.Outlook{Now: utc(8, 10, 5), SpentUSD: 100 - 23.994, BurnUSD: 1}, 48*time.Hour)
	if err == nil || strings.Contains(err.Error(), " 24 hours") {
		t.Errorf("what is less than 24 hours is told as 24: %v", err)
	}
}

func TestEnd(t *testing.T) {
	now := utc(8, 10, 0)
	b := budget.Budget{LimitUSD: 100, StartHours: 24}
	for name, c := range map[string]struct {
		spent   float64
		ttl     time.Duration
		want    time.Duration
		byFunds bool
	}{
		"the time to live":       {0, 2 * time.Hour, 2 * time.Hour, false},
		"the funds":              {98, 5 * time.Hour, 2 * time.Hour, true},
		"both at once":           {98, 2 * time.Hour, 2 * time.Hour, false},
		"no funds are left":      {100, 5 * time.Hour, 0, true},
		"a quarter of an hour":   {99.75, 5 * time.Hour, 15 * time.Minute, true},
		"down to whole seconds":  {100 - 0.00041, 5 * time.Hour, time.Second, true}, // 1.476 s
		"a life with nanosecond": {0, time.Hour + 999, time.Hour, false},
	} {
		end, byFunds := b.End(budget.Outlook{Now: now, SpentUSD: c.spent, BurnUSD: 1}, c.ttl)
		if !end.Equal(now.Add(c.want)) || byFunds != c.byFunds {
			t.Errorf("%s: %s, by funds %v; want %s", name, end.Sub(now), byFunds, c.want)
		}
	}
}

func TestBudgetsThatCannotBeMeant(t *testing.T) {
	for _, b := range []budget.Budget{{LimitUSD: -0.01}, {LimitUSD: math.NaN()}, {LimitUSD: math.Inf(1)}, {StartHours: -1}, {StartHours: math.NaN()}} {
		if err := b.Check(); err == nil {
			t.Errorf("%+v passes", b)
		}
	}
	if err := (budget.Budget{LimitUSD: 0, StartHours: 0}).Check(); err != nil {
		t.Errorf("a budget of nothing is strict, not wrong: %v", err)
	}
}

func FuzzEnd(f *testing.F) {
	f.Add(100.0, 0.0, 2.413, int64(3600), int64(0))
	f.Add(1e300, -1e300, 1e-300, int64(1<<40), int64(1<<40))
	f.Fuzz(func(t *testing.T, limit, spent, burn float64, ttl, offset int64) {
		b := budget.Budget{LimitUSD: limit, StartHours: 24}
		if b.Check() != nil || math.IsNaN(spent) || math.IsNaN(burn) {
			return
		}
		life := time.Duration(ttl%31536000) * time.Second
		if life < 0 {
			return
		}
		now := utc(1, 1, 0).Add(time.Duration(offset%31536000) * time.Second)
		end, byFunds := b.End(budget.Outlook{Now: now, SpentUSD: spent, BurnUSD: burn}, life)
		if end.Before(now) || end.After(now.Add(life)) {
			t.Fatalf("the end %s (by funds: %v) is outside a life of %s from %s", end, byFunds, life, now)
		}
	})
}
