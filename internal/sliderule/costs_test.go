package sliderule_test

import (
	"errors"
	"math"
	"strings"
	"testing"
	"time"

	cfn "github.com/aws/aws-sdk-go-v2/service/cloudformation/types"

	"github.com/data-access/terraform-provider-provisioner/internal/sliderule"
	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/budget"
)

// cheap are prices that a test can reckon with: 1 USD an hour for what always runs, 2 for each node.
func cheap(o *sliderule.Options) {
	o.Prices = budget.PriceList{Date: "2026-01-01", Region: "us-west-2", Instances: map[string]float64{"c8g.large": 0.5, "t4g.2xlarge": 2}}
}

func costing(limit float64) func(*sliderule.Wanted) {
	return func(w *sliderule.Wanted) {
		w.Budget = &sliderule.Budget{Budget: budget.Budget{LimitUSD: limit, StartHours: budget.DefaultStartHours}}
	}
}

func near(a, b float64) bool { return math.Abs(a-b) < 0.01 }

func TestTheEndIsWhenFundsRunOut(t *testing.T) {
	c := newCloud(t)
	begun := c.clock.Now()
	// 7 USD an hour at 3 nodes: 210 USD last 30 hours.
	made, err := c.region(cheap).Deploy(t.Context(), wanted(costing(210), living(100*time.Hour)), true)
	if err != nil || made.Problem != nil {
		t.Fatal(err, made.Problem)
	}
	if want := begun.Add(30 * time.Hour); made.ExpiresAt.Sub(want).Abs() > time.Minute || !c.end("dev-cluster").Equal(made.ExpiresAt) {
		t.Errorf("it ends at %s, want %s", made.ExpiresAt, want)
	}
	if !near(made.HourlyUSD, 7) || !made.CostsKnown {
		t.Errorf("got %+v", made)
	}
	// 10 hours later 140 USD are left, and an extension goes no further.
	c.clock.Advance(10 * time.Hour)
	got, err := c.region(cheap).Extend(t.Context(), "dev", 100*time.Hour)
	if err != nil || got.ExpiresAt.Sub(made.ExpiresAt).Abs() > 10*time.Minute || got.AccruedUSD < 70.5 || got.AccruedUSD > 70.7 {
		t.Errorf("got %+v, %v", got, err)
	}
	// A larger cluster burns them faster: 15 USD an hour at 7 nodes.
	if got, err = c.region(cheap).Deploy(t.Context(), wanted(costing(210), living(100*time.Hour), nodes(7)), true); err != nil || got.ExpiresAt.Sub(begun).Hours() > 10+140./15+0.2 {
		t.Errorf("got %+v, %v", got, err)
	}
	// At the end of the funds nothing is renewed.
	c.clock.Advance(11 * time.Hour)
	var shortage *budget.Shortage
	if _, err = c.region(cheap).Extend(t.Context(), "dev", time.Hour); !errors.As(err, &shortage) || !strings.Contains(err.Error(), "limit_usd 210") {
		t.Errorf("got %v", err)
	}
}

func TestAStartThatTheFundsDoNotLastForIsRefused(t *testing.T) {
	c := newCloud(t)
	r := c.region(cheap)
	var shortage *budget.Shortage
	_, err := r.Deploy(t.Context(), wanted(costing(167), living(100*time.Hour)), true) // 24 h take 168 USD
	if !errors.As(err, &shortage) || len(c.writes()) != 0 {
		t.Errorf("got %v after %v", err, c.writes())
	}
	// What may grow is reckoned at its largest.
	grows := func(w *sliderule.Wanted) { w.MaxNodes = 10 }
	if _, err = r.Deploy(t.Context(), wanted(costing(169), living(100*time.Hour), grows), true); !errors.As(err, &shortage) {
		t.Errorf("got %v", err)
	}
	if _, err = r.Deploy(t.Context(), wanted(costing(169), living(100*time.Hour)), true); err != nil {
		t.Errorf("got %v", err)
	}
	if err = r.CheckFunds(t.Context(), wanted(called("two"), costing(167), living(100*time.Hour))); !errors.As(err, &shortage) {
		t.Errorf("got %v", err)
	}
	// What runs may be renewed for less.
	if err = r.CheckFunds(t.Context(), wanted(costing(20), living(100*time.Hour))); err != nil {
		t.Errorf("got %v", err)
	}
	unpriced := func(w *sliderule.Wanted) { w.Nodes.InstanceTypes = []string{"x9g.large"} }
	_, err = r.Deploy(t.Context(), wanted(called("two"), costing(169), unpriced), true)
	for _, err := range []error{err, r.CheckFunds(t.Context(), wanted(costing(169), unpriced)), r.Check(wanted(costing(169), unpriced))} {
		var unknown *budget.UnknownPrice
		var problem *sliderule.Problem
		if !errors.As(err, &unknown) || unknown.InstanceType != "x9g.large" || !errors.As(err, &problem) || problem.Attribute != "nodes.instance_types" ||
			!strings.HasSuffix(err.Error(), `"x9g.large" is not known, which a budget needs: the prices are of 2026-01-01 in us-west-2. Enter its price in sliderule.prices.instances of the provider block`) {
			t.Errorf("got %v", err)
		}
	}
	if made, err := r.Deploy(t.Context(), wanted(called("two"), unpriced), true); err != nil || made.HourlyUSD != 0 {
		t.Errorf("got %+v, %v", made, err)
	}
}

// Cost Explorer lags, and knows nothing of a tag that nobody activated: our own hours count, also those of stacks that
// were deleted.
func TestEarlierLivesCount(t *testing.T) {
	c := newCloud(t)
	r := c.region(cheap)
	for _, other := range []string{"dev-two", "dev-three", "dev-four"} { // more deleted stacks than a page has
		c.deployed(wanted(called(other)))
		if err := c.region().Destroy(t.Context(), other, true); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := r.Deploy(t.Context(), wanted(costing(1000), living(50*time.Hour)), true); err != nil {
		t.Fatal(err)
	}
	c.clock.Advance(10*time.Hour - createTakes)
	if err := r.Destroy(t.Context(), "dev", true); err != nil { // 70 USD, and what the deletion takes
		t.Fatal(err)
	}
	c.clock.Advance(5 * time.Hour)
	made, err := r.Deploy(t.Context(), wanted(costing(1000), nodes(1), living(50*time.Hour)), true)
	if err != nil || made.AccruedUSD < 70 || made.AccruedUSD > 71 {
		t.Fatalf("got %+v, %v", made, err)
	}
	c.clock.Advance(4 * time.Hour) // at 3 USD
	if _, err = r.Deploy(t.Context(), wanted(costing(1000), nodes(5), living(50*time.Hour)), true); err != nil {
		t.Fatal(err)
	}
	c.clock.Advance(2 * time.Hour) // at 11 USD
	got, err := c.region(cheap).Status(t.Context(), "dev")
	if err != nil || got.AccruedUSD < 70+12+22 || got.AccruedUSD > 70+12+22+2 {
		t.Errorf("got %+v, %v", got, err)
	}
	if !near(got.HourlyUSD, 11) {
		t.Errorf("an hour costs %v", got.HourlyUSD)
	}
}

// While an update is under way the larger size counts, and one that was undone does not count after it.
func TestEverySizeCountsForItsTime(t *testing.T) {
	c := newCloud(t)
	c.updateTakes = time.Hour
	r := c.region(cheap)
	deploy := func(n int, fails bool) {
		t.Helper()
		if fails {
			c.stack("dev-cluster").failing = "Nodes"
		}
		if _, err := r.Deploy(t.Context(), wanted(costing(5000), nodes(n), living(200*time.Hour)), true); (err != nil) != fails {
			t.Fatal(err)
		}
	}
	spent := func(want float64) {
		t.Helper()
		got, err := c.region(cheap).Status(t.Context(), "dev")
		if err != nil || got.AccruedUSD < want || got.AccruedUSD > want+2 {
			t.Errorf("got %v, %v; want %v", got.AccruedUSD, err, want)
		}
	}
	deploy(1, false)
	c.clock.Advance(4*time.Hour - createTakes) // at 3 USD
	spent(12)
	deploy(5, false) // an hour at 11 USD, and another
	c.clock.Advance(time.Hour)
	spent(12 + 22)
	deploy(1, false) // an hour at 11 USD, and ten at 3
	c.clock.Advance(10 * time.Hour)
	spent(34 + 11 + 30)
	deploy(4, true) // an hour at 9 USD until it fails, another until that is undone, then at 3
	c.clock.Advance(11 * time.Hour)
	spent(75 + 18 + 30)
}

// Prices that were corrected reach a cluster that runs at its next renewal, and change nothing else.
func TestCorrectedPricesReachACluster(t *testing.T) {
	corrected := func(o *sliderule.Options) {
		cheap(o)
		o.Prices.Date, o.Prices.Instances["t4g.2xlarge"] = "2026-02-01", 4
	}
	for _, wait := range []bool{true, false} {
		c := newCloud(t)
		if _, err := c.region(cheap).Deploy(t.Context(), wanted(costing(1000)), true); err != nil {
			t.Fatal(err)
		}
		before := c.stack("dev-cluster").Stack
		renewed, err := c.region(corrected).Deploy(t.Context(), wanted(costing(1000)), wait)
		if err != nil || renewed.Action != sliderule.Renewed || renewed.Problem != nil || !near(renewed.HourlyUSD, 13) || renewed.CurrentNodes != 3 {
			t.Errorf("got %+v, %v", renewed, err)
		}
		c.clock.Advance(time.Hour)
		if got, err := c.region(cheap).Status(t.Context(), "dev"); err != nil || !near(got.HourlyUSD, 13) || !got.Managed {
			t.Errorf("got %+v, %v", got, err)
		}
		after := c.stack("dev-cluster").Stack
		if len(after.Tags) != len(before.Tags) || tagOf(after, "provisioner_shape") != tagOf(before, "provisioner_shape") || tagOf(after, "provisioner_budget") == "" {
			t.Errorf("the tags were %v, and are %v", before.Tags, after.Tags)
		}
		c.forgetCalls()
		otherDay := func(o *sliderule.Options) { corrected(o); o.Prices.Date = "2026-03-01" }
		if _, err := c.region(otherDay).Deploy(t.Context(), wanted(costing(1000)), true); err != nil || c.count("UpdateStack") != 0 {
			t.Errorf("got %v after %v", err, c.writes())
		}
		// A new size takes them along.
		if got, err := c.region(cheap).Deploy(t.Context(), wanted(costing(1000), nodes(4)), wait); err != nil || got.Action != sliderule.Resized {
			t.Errorf("got %+v, %v", got, err)
		}
		c.clock.Advance(time.Hour)
		if got, err := c.region(corrected).Status(t.Context(), "dev"); err != nil || !near(got.HourlyUSD, 9) {
			t.Errorf("got %+v, %v", got, err)
		}
		// What takes no update is renewed all the same.
		c.stack("dev-cluster").StackStatus = cfn.StackStatusUpdateRollbackFailed
		if got, err := c.region(corrected).Deploy(t.Context(), wanted(costing(1000), nodes(4)), wait); err != nil || got.Action != sliderule.Renewed {
			t.Errorf("got %+v, %v", got, err)
		}
	}
}

func TestFundsForAMomentEndInAMinute(t *testing.T) {
	c := newCloud(t)
	now := c.clock.Now()
	moment := func(w *sliderule.Wanted) { w.Budget = &sliderule.Budget{Budget: budget.Budget{LimitUSD: 0.07}} }
	if _, err := c.region(cheap).Deploy(t.Context(), wanted(moment), false); err != nil || !c.end("dev-cluster").Equal(now.Add(time.Minute)) {
		t.Errorf("it ends at %s, %v", c.end("dev-cluster"), err)
	}
}

func TestCostExplorerIsAskedOnceForAllClusters(t *testing.T) {
	c := newCloud(t)
	c.clock.Advance(5 * 24 * time.Hour) // 7 January
	c.bill["2026-01-02"] = map[string]string{"Project$cluster-dev": "40.5", "Project$": "1000", "Project$cluster-dev-two": "7"}
	c.bill["2026-01-03"] = map[string]string{"Project$cluster-dev": "1.5"}
	c.bill["2025-12-31"] = map[string]string{"Project$cluster-dev": "9999"}
	c.bill["2026-01-04"] = map[string]string{"Project$cluster-dev": "0"}
	r := c.region(cheap)
	for _, name := range []string{"dev", "dev-two"} {
		if _, err := r.Deploy(t.Context(), wanted(called(name), costing(1000)), true); err != nil {
			t.Fatal(err)
		}
	}
	got, err := r.Status(t.Context(), "dev")
	if err != nil || got.AccruedUSD < 42 || got.AccruedUSD > 44 {
		t.Errorf("got %+v, %v", got, err)
	}
	if n := c.count("GetCostAndUsage"); n != 2 { // pages
		t.Errorf("%d calls", n)
	}
	c.clock.Advance(9 * time.Hour)
	if _, err = r.Status(t.Context(), "dev"); err != nil || c.count("GetCostAndUsage") != 4 {
		t.Errorf("%d calls, %v", c.count("GetCostAndUsage"), err)
	}
}

func TestANewMonthHasNewFunds(t *testing.T) {
	c := newCloud(t)
	r := c.region(cheap)
	c.bill["2026-01-02"] = map[string]string{"Project$cluster-dev": "999.99"}
	if _, err := r.Deploy(t.Context(), wanted(costing(1000)), true); err == nil {
		t.Fatal("all but a cent of 1000 USD was spent")
	}
	c.clock.Advance(30*24*time.Hour - 4*time.Hour) // 31 January, 23:04:05
	if _, err := r.Deploy(t.Context(), wanted(costing(1000)), true); err == nil {
		t.Fatal("all but a cent of 1000 USD was spent")
	}
	c.clock.Advance(time.Hour) // the last answer is fresh, and for January
	if _, err := r.Deploy(t.Context(), wanted(costing(1000)), true); err != nil {
		t.Error(err)
	}
}

func TestAnAccountThatIsNewToCostExplorer(t *testing.T) {
	c := newCloud(t)
	c.fail("GetCostAndUsage", fault{false, refusal("DataUnavailableException", "Data is not available.")})
	if made := c.deployed(wanted(costing(1000))); !made.CostsKnown || made.AccruedUSD <= 0 {
		t.Errorf("got %+v", made)
	}
}

func TestNobodyIsAskedForCostsThatNobodyLimits(t *testing.T) {
	c := newCloud(t)
	made := c.deployed(wanted())
	if c.count("GetCostAndUsage")+c.count("ListStacks") != 0 || made.CostsKnown {
		t.Errorf("got %+v", made)
	}
	got, err := c.region(func(o *sliderule.Options) { o.AllCosts = true }).Status(t.Context(), "dev")
	if err != nil || !got.CostsKnown || got.AccruedUSD <= 0 {
		t.Errorf("got %+v, %v", got, err)
	}
}
