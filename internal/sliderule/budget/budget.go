package budget

import (
	"fmt"
	"math"
	"time"
)

// DefaultStartHours is for how many hours there must be funds before a cluster starts, unless configured.
const DefaultStartHours = 24

// Budget is what a cluster may cost.
type Budget struct {
	LimitUSD float64 // a calendar month in UTC
	// StartHours is for how many hours at full burn there must be funds before a cluster starts; at most its time to live
	// is asked for. It is both what is checked and what is told.
	StartHours float64
}

// Check refuses what cannot be meant.
func (b Budget) Check() error {
	if !(b.LimitUSD >= 0) || math.IsInf(b.LimitUSD, 0) {
		return fmt.Errorf("limit_usd %v: it must be 0 or more", b.LimitUSD)
	}
	if !(b.StartHours >= 0) || math.IsInf(b.StartHours, 0) {
		return fmt.Errorf("start_hours %v: it must be 0 or more", b.StartHours)
	}
	return nil
}

// Outlook is where a cluster stands.
type Outlook struct {
	Now      time.Time
	SpentUSD float64 // this month, see [Accrued]
	BurnUSD  float64 // an hour, at the largest size the cluster may grow to
}

// RemainingUSD is what is left of this month's limit, and never below zero.
func (b Budget) RemainingUSD(o Outlook) float64 { return max(tidy(b.LimitUSD-o.SpentUSD), 0) }

// horizon is how many months to look ahead: every length of month is among them, so funds that last so long do not
// run out.
const horizon = 12

// Hours is for how long the funds last at full burn, the fresh funds of the months to come included; infinite when
// they do not run out.
func (b Budget) Hours(o Outlook) float64 {
	if !(o.BurnUSD > 0) { // no price: nothing could be promised
		return 0
	}
	hours, funds, from := 0.0, b.RemainingUSD(o), o.Now
	for range horizon + 1 {
		month := NextMonth(from).Sub(from).Hours()
		if funds < o.BurnUSD*month-1e-9 {
			return hours + funds/o.BurnUSD
		}
		hours, funds, from = hours+month, b.LimitUSD, NextMonth(from)
	}
	return math.Inf(1)
}

// Exhausted is the moment the funds run out at full burn, in whole seconds and not later. It says false when they do
// not.
func (b Budget) Exhausted(o Outlook) (at time.Time, ok bool) {
	hours := b.Hours(o)
	if math.IsInf(hours, 0) {
		return time.Time{}, false
	}
	const slip = time.Microsecond // of binary fractions
	return o.Now.Add(time.Duration(hours*float64(time.Hour)) + slip).Truncate(time.Second), true
}

// End is when a cluster that starts, or is renewed, now has to end: after its time to live, or when the funds run out,
// whichever comes first. Whole seconds, as a schedule takes them.
func (b Budget) End(o Outlook, timeToLive time.Duration) (end time.Time, byFunds bool) {
	end = o.Now.Add(timeToLive).Truncate(time.Second)
	if at, ok := b.Exhausted(o); ok && at.Before(end) {
		return at, true
	}
	return end, false
}

// CheckStart refuses, with a [*Shortage], to start a cluster whose funds would not last.
func (b Budget) CheckStart(o Outlook, timeToLive time.Duration) error {
	hours, needed := b.Hours(o), min(b.StartHours, timeToLive.Hours())
	if hours > 0 && hours+1e-9 >= needed {
		return nil
	}
	return &Shortage{LimitUSD: b.LimitUSD, SpentUSD: o.SpentUSD, BurnUSD: o.BurnUSD, Hours: hours, NeededHours: needed, Month: Month(o.Now)}
}

// Shortage says that the funds would not last.
type Shortage struct {
	LimitUSD, SpentUSD float64
	BurnUSD            float64   // an hour
	Hours              float64   // for which there are funds
	NeededHours        float64   // for which there should be
	Month              time.Time // its first moment
}

// Error names the limit, what was spent, the burn, the hours and the remedy.
func (s *Shortage) Error() string {
	return fmt.Sprintf(
		"limit_usd %.2f leaves funds for %s, and starting takes funds for %s: %.2f USD are spent since %s (UTC), and at full size the cluster burns %s USD an hour. %s",
		s.LimitUSD, inHours(s.Hours), inHours(s.NeededHours), s.SpentUSD, s.Month.Format(time.DateOnly), decimal(s.BurnUSD, 4), s.remedy(),
	)
}

func (s *Shortage) remedy() string {
	return fmt.Sprintf("Raise limit_usd, ask for fewer or smaller nodes or a shorter time_to_live, or wait until %s", NextMonth(s.Month).Format(time.DateOnly))
}

// inHours rounds down: "24 hours" must not be told of what is less.
func inHours(hours float64) string {
	return decimal(math.Floor(hours*100+1e-6)/100, 2) + " hours"
}

// decimal has at most so many places, and no zeros at the end.
func decimal(x float64, places int) string {
	scale := math.Pow(10, float64(places))
	return fmt.Sprintf("%v", math.Round(x*scale)/scale)
}
