package budget_test

import (
	"testing"
	"time"

	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/budget"
)

func older(balance, allowance float64) budget.Older {
	return budget.Older{Rates: budget.OlderRates(), BalanceUSD: balance, AllowanceUSD: allowance, StartHours: budget.DefaultStartHours}
}

func TestBurnOfTheOlderSystem(t *testing.T) {
	for nodes, want := range map[int]float64{0: 0.0001, 1: 0.379, 10: 2.413} {
		if got := older(0, 0).Burn(nodes); got != want {
			t.Errorf("%d nodes burn %v, want %v", nodes, got, want)
		}
	}
}

// In effect it starts when the balance is above 25 times the burn: 60.325 USD for ten nodes.
func TestStartOfTheOlderSystem(t *testing.T) {
	mid, last := utc(8, 10, 0), utc(8, 31, 14)
	for _, c := range []struct {
		name               string
		balance, allowance float64
		now                time.Time
		want               bool
	}{
		{"golden: 25 hours to the cent", 60.325, 0, mid, false},
		{"golden: above", 60.326, 0, mid, true},
		{"nothing", 0, 0, mid, false},
		{"in debt", -5, 0, mid, false},
		{"the allowance is far away", 40, 1000, mid, false},
		{"the allowance comes in time", 40, 1000, last, true},
		{"the allowance comes too late", 20, 1000, last, false},
		{"the allowance comes in the last hour paid for", 24.13, 1000, last, true},
		{"an allowance that is too small", 40, 20, last, false},
		{"an allowance for all months", 100, 2000, mid, true},
	} {
		if got := older(c.balance, c.allowance).MayStart(c.now, 2.413); got != c.want {
			at, ok := older(c.balance, c.allowance).Depleted(c.now, 2.413)
			t.Errorf("%s: %v; depleted %v after %s", c.name, got, ok, at.Sub(c.now))
		}
	}
	eight := older(8.5*2.413, 0)
	if eight.StartHours = 8; eight.MayStart(mid, 2.413) {
		t.Error("one setting is not what is checked")
	}
	if eight.BalanceUSD = 9.1 * 2.413; !eight.MayStart(mid, 2.413) {
		t.Error("one setting is not what is checked")
	}
}

func TestTheHorizonOfTheOlderSystem(t *testing.T) {
	if _, ok := older(0.01, 2000).Depleted(utc(8, 31, 23), 2.413); ok {
		t.Error("an allowance above any month's burn runs out")
	}
	if at, ok := older(1e9, 0).Depleted(utc(8, 1, 0), 0.379); ok {
		t.Errorf("it looks further than ten years: %s", at)
	}
}

func TestStopOfTheOlderSystem(t *testing.T) {
	for balance, want := range map[float64]bool{0.49: true, 0.50: false, 0.51: false, 0: true, -3: true} {
		if got := older(balance, 0).Stops(); got != want {
			t.Errorf("a balance of %v stops: %v", balance, got)
		}
	}
}

// Ours is exact where theirs walks: within a month, they agree to an hour.
func TestOursAgreesWithTheWalk(t *testing.T) {
	now := utc(8, 2, 0)
	for balance := 1.0; balance < 700; balance += 13.7 {
		walk, ok := older(balance, 0).Depleted(now, 1)
		ours, alsoOK := budget.Budget{LimitUSD: balance}.Exhausted(budget.Outlook{Now: now, BurnUSD: 1})
		if late := ours.Sub(walk); !ok || !alsoOK || late < 0 || late > time.Hour {
			t.Errorf("%v USD: %s by the walk, %s by ours", balance, walk, ours)
		}
	}
}
