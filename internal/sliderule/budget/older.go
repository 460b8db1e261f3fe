package budget

import "time"

// OlderRates are those that the older provisioning system reckoned with until its end: two small machines, and nodes that
// were mostly spot instances.
func OlderRates() Rates { return Rates{Date: "2025-09-30", Fixed: 0.153, Node: 0.226} }

// Older has the rules of the older provisioning system, whose organizations had a balance and a monthly allowance
// instead of a limit. Clients up to v5.0.1 still speak of them.
type Older struct {
	Rates        Rates
	BalanceUSD   float64
	AllowanceUSD float64 // added at 00:00 UTC on the first day of a month
	StartHours   float64 // 24; the check and its message share it
}

const (
	olderAsleepUSD = 0.0001 // an hour of a cluster without nodes, which that system had destroyed
	olderStopUSD   = 0.50
	olderHorizon   = 10 // years
)

// Burn is what that system reckoned for an hour with so many nodes.
func (o Older) Burn(nodes int) float64 {
	if nodes == 0 {
		return olderAsleepUSD
	}
	return o.Rates.Burn(nodes)
}

// Stops reports whether that system would destroy a running cluster.
func (o Older) Stops() bool { return o.BalanceUSD < olderStopUSD }

// Depleted walks in steps of an hour to the last moment at which another hour is not paid for. It says false when that
// is not within ten years.
func (o Older) Depleted(now time.Time, burnUSD float64) (at time.Time, ok bool) {
	balance, end := o.BalanceUSD, now.AddDate(olderHorizon, 0, 0)
	for at = now; at.Before(end); {
		next := at.Add(time.Hour)
		balance = tidy(balance - burnUSD)
		if Month(next).After(at) { // this hour has a midnight of a first day in it, or ends with one
			balance = tidy(balance + o.AllowanceUSD)
		}
		if balance <= 0 {
			return at, true
		}
		at = next
	}
	return time.Time{}, false
}

// MayStart reports whether that system would start a cluster: with StartHours of 24, only if the balance is above the
// cost of 25 hours, or the allowance comes in time.
func (o Older) MayStart(now time.Time, burnUSD float64) bool {
	at, ok := o.Depleted(now, burnUSD)
	return !ok || at.Sub(now).Hours() > o.StartHours
}
