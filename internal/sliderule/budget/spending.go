package budget

import "time"

// Lag is how long Cost Explorer may take to know of a day, after the day has ended.
const Lag = 24 * time.Hour

// day is that of UTC, which knows no summer time.
const day = 24 * time.Hour

// Month is the first moment of a time's calendar month in UTC.
func Month(t time.Time) time.Time {
	t = t.UTC()
	return time.Date(t.Year(), t.Month(), 1, 0, 0, 0, 0, time.UTC)
}

// NextMonth is the moment at which a budget begins anew.
func NextMonth(t time.Time) time.Time { return Month(t).AddDate(0, 1, 0) }

// Bill is what Cost Explorer says of a cluster's Project tag.
type Bill struct {
	// Activated says that the tag counts in Cost Explorer. Where it does not, every day reads as zero.
	Activated bool
	Days      []Day
}

// Day is what one day in UTC cost.
type Day struct {
	Date time.Time // any moment of the day
	USD  float64
}

// Run is a time during which a cluster cost the same every hour. A resize, a sleep or a wake begins a new one.
type Run struct {
	From, To   time.Time // a zero To: it goes on
	USDPerHour float64
}

func (r Run) cost(from, to time.Time) float64 {
	if r.From.After(from) {
		from = r.From
	}
	if !r.To.IsZero() && r.To.Before(to) {
		to = r.To
	}
	return max(to.Sub(from).Hours(), 0) * r.USDPerHour
}

// Spending is what a cluster has cost this month.
type Spending struct {
	USD       float64 // in all
	BilledUSD float64 // of it, by Cost Explorer's word
	OwnUSD    float64 // of it, by our own running hours
}

// Accrued is what was spent in the month of now. Days that Cost Explorer has settled count as it says. For the days it
// lags, and those of which it knows nothing though the cluster ran, the larger of its word and our own hours counts: a
// tag that was activated late, or never, must not make a cluster look free.
func Accrued(now time.Time, bill Bill, runs []Run) Spending {
	billed := map[time.Time]float64{}
	if bill.Activated {
		for _, d := range bill.Days {
			billed[d.Date.UTC().Truncate(day)] += d.USD
		}
	}
	var s Spending
	for from := Month(now); from.Before(now); from = from.Add(day) {
		to := from.Add(day)
		own := 0.0
		for _, run := range runs {
			if now.Before(to) {
				own += run.cost(from, now)
			} else {
				own += run.cost(from, to)
			}
		}
		settled := !to.Add(Lag).After(now)
		if known := billed[from]; known > 0 && (settled || known >= own) {
			s.BilledUSD += known
		} else {
			s.OwnUSD += own
		}
	}
	s.BilledUSD, s.OwnUSD = tidy(s.BilledUSD), tidy(s.OwnUSD)
	s.USD = tidy(s.BilledUSD + s.OwnUSD)
	return s
}
