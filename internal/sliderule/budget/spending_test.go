package budget_test

import (
	"testing"
	"time"

	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/budget"
)

func utc(month time.Month, day, hour int) time.Time {
	return time.Date(2026, month, day, hour, 0, 0, 0, time.UTC)
}

func TestMonthsAreThoseOfUTC(t *testing.T) {
	pacific := time.FixedZone("", -8*3600)
	late := time.Date(2026, 7, 31, 20, 0, 0, 0, pacific) // August in UTC
	if got := budget.Month(late); !got.Equal(utc(8, 1, 0)) || got.Location() != time.UTC {
		t.Errorf("the month of %s begins at %s", late, got)
	}
	if got := budget.NextMonth(utc(12, 31, 23)); !got.Equal(time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)) {
		t.Errorf("the month after December begins at %s", got)
	}
}

func TestAccrued(t *testing.T) {
	now := utc(8, 10, 12) // settled are days up to the 8th; the 9th and 10th lag
	always := []budget.Run{{From: utc(8, 8, 0), USDPerHour: 1}}
	day := func(n int, usd float64) budget.Day { return budget.Day{Date: utc(8, n, 0), USD: usd} }
	cases := []struct {
		name        string
		bill        budget.Bill
		runs        []budget.Run
		billed, own float64
	}{
		{"nothing", budget.Bill{Activated: true}, nil, 0, 0},
		{"settled days as billed, the others by our hours", budget.Bill{Activated: true, Days: []budget.Day{day(8, 20)}}, always, 20, 36},
		{"settled and dearer than we thought", budget.Bill{Activated: true, Days: []budget.Day{day(8, 30)}}, always, 30, 36},
		{"a day that lags is what is larger: ours", budget.Bill{Activated: true, Days: []budget.Day{day(8, 20), day(9, 3), day(10, 1)}}, always, 20, 36},
		{"a day that lags is what is larger: theirs", budget.Bill{Activated: true, Days: []budget.Day{day(8, 20), day(9, 25), day(10, 1)}}, always, 45, 12},
		{"tags not activated read as zero", budget.Bill{Days: []budget.Day{day(8, 0), day(9, 0)}}, always, 0, 60},
		{"not activated, whatever it says", budget.Bill{Days: []budget.Day{day(8, 500)}}, always, 0, 60},
		{"activated late: zero for a day it ran", budget.Bill{Activated: true, Days: []budget.Day{day(8, 0)}}, always, 0, 60},
		{"a refund does not pay for running hours", budget.Bill{Activated: true, Days: []budget.Day{day(8, -100)}}, always, 0, 60},
		{"several lines of one day", budget.Bill{Activated: true, Days: []budget.Day{day(8, 12), day(8, 8)}}, always, 20, 36},
		{"days of other months", budget.Bill{Activated: true, Days: []budget.Day{{Date: utc(7, 31, 0), USD: 99}, {Date: utc(9, 1, 0), USD: 99}}}, nil, 0, 0},
		{"billed without a run we know of", budget.Bill{Activated: true, Days: []budget.Day{day(3, 5)}}, nil, 5, 0},
		{"a run from the month before", budget.Bill{}, []budget.Run{{From: utc(7, 1, 0), To: utc(8, 1, 2), USDPerHour: 3}}, 0, 6},
		{"a run that has ended", budget.Bill{}, []budget.Run{{From: utc(8, 10, 1), To: utc(8, 10, 3), USDPerHour: 2}}, 0, 4},
		{"a run that is to come", budget.Bill{}, []budget.Run{{From: utc(8, 11, 0), USDPerHour: 2}}, 0, 0},
		{"a run planned beyond now", budget.Bill{}, []budget.Run{{From: utc(8, 10, 10), To: utc(8, 20, 0), USDPerHour: 2}}, 0, 4},
		{"a run that ends before it begins", budget.Bill{}, []budget.Run{{From: utc(8, 9, 10), To: utc(8, 9, 0), USDPerHour: 2}}, 0, 0},
		{"two sizes, one after the other", budget.Bill{}, []budget.Run{{From: utc(8, 10, 8), To: utc(8, 10, 10), USDPerHour: 0.379}, {From: utc(8, 10, 10), USDPerHour: 2.413}}, 0, 5.584},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got := budget.Accrued(now, c.bill, c.runs)
			if !near(got.BilledUSD, c.billed) || !near(got.OwnUSD, c.own) || !near(got.USD, c.billed+c.own) {
				t.Errorf("got %+v, want %g billed and %g by our hours", got, c.billed, c.own)
			}
		})
	}
}

// The lag ends to the second.
func TestWhenADayIsSettled(t *testing.T) {
	bill := budget.Bill{Activated: true, Days: []budget.Day{{Date: utc(8, 8, 0), USD: 1}}}
	runs := []budget.Run{{From: utc(8, 8, 0), To: utc(8, 9, 0), USDPerHour: 1}}
	if got := budget.Accrued(utc(8, 10, 0).Add(-time.Second), bill, runs); got.USD != 24 {
		t.Errorf("before: %+v", got)
	}
	if got := budget.Accrued(utc(8, 10, 0), bill, runs); got.USD != 1 {
		t.Errorf("after: %+v", got)
	}
}

func TestANewMonthBeginsAtNothing(t *testing.T) {
	runs := []budget.Run{{From: utc(7, 1, 0), USDPerHour: 1}}
	if got := budget.Accrued(utc(8, 1, 0), budget.Bill{}, runs); got.USD != 0 {
		t.Errorf("got %+v", got)
	}
}
