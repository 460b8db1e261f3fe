package sliderule

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/budget"
	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/naming"
)

// What a cluster has beside its nodes: load balancer and monitor, with a disk each, and the NAT gateway.
var (
	fixedMachines = []string{"c8g.large", "c8g.large"}
	fixedGB       = 20 + 40
)

const (
	natGateways     = 1
	publicAddresses = 2 // of the load balancer and of the NAT gateway
)

// rates is what an hour of a cluster costs. It fails for a machine that the price list does not have.
func (r *Region) rates(w Wanted) (budget.Rates, error) {
	return r.options.Prices.Rates(budget.Shape{
		Fixed: fixedMachines, FixedGB: fixedGB, NATGateways: natGateways, PublicAddresses: publicAddresses,
		Nodes: w.Nodes.InstanceTypes, NodeGB: w.Nodes.VolumeGB, SpotShare: float64(w.Nodes.SpotShare) / 100, SpotMaxUSD: w.Nodes.SpotMaxPrice,
	})
}

// A stack is tagged with its rates: what a cluster cost is known when its configuration is gone, and even the stack.
func tagOfRates(rates budget.Rates) string {
	return fmt.Sprintf("%s %s %s", rates.Date, decimal(rates.Fixed), decimal(rates.Node))
}

// ratesOfTag says false for a stack whose price is not known.
func ratesOfTag(tag string) (rates budget.Rates, ok bool) {
	_, err := fmt.Sscanf(tag, "%s %g %g", &rates.Date, &rates.Fixed, &rates.Node)
	return rates, err == nil && rates.Check() == nil
}

// It is tagged with its budget too: whoever extends it must keep to that.
func tagOfBudget(b *Budget) string {
	if b == nil {
		return ""
	}
	return decimal(b.LimitUSD) + " USD a month and " + decimal(b.StartHours) + " hours to start"
}

func budgetOfTag(tag string) (*budget.Budget, error) {
	if tag == "" {
		return nil, nil
	}
	var b budget.Budget
	if _, err := fmt.Sscanf(tag, "%g USD a month and %g hours to start", &b.LimitUSD, &b.StartHours); err != nil {
		return nil, fmt.Errorf("the tag %s is %.100q, which is no budget: %w", tagBudget, tag, err)
	}
	return &b, b.Check()
}

func decimal(x float64) string { return strconv.FormatFloat(x, 'f', -1, 64) }

// CheckFunds refuses, with a [*budget.Shortage], what Deploy would refuse for want of funds: the start of a cluster that
// they would not last for, or the renewal of one without any. It is for a plan, and changes nothing.
func (r *Region) CheckFunds(ctx context.Context, w Wanted) error {
	doing := "checking the funds of the cluster " + w.Cluster
	w, err := r.check(w)
	if err != nil || w.Budget == nil {
		return failed(doing, err)
	}
	rates, err := r.rates(w)
	if err != nil {
		return failed(doing, err)
	}
	s, err := r.stacks.Read(ctx, naming.ClusterStack(w.Cluster))
	if err != nil {
		return failed(doing, err)
	}
	starts := s == nil || spent(s.StackStatus) || StateOf(string(s.StackStatus)) == Destroying
	_, err = r.endOf(ctx, w.Cluster, w.budget(), rates, w.MaxNodes, w.TimeToLive, starts)
	return failed(doing, err)
}

// outlook is where a cluster stands, at the largest size that it may grow to.
func (r *Region) outlook(ctx context.Context, cluster string, rates budget.Rates, most int) (budget.Outlook, error) {
	spent, err := r.spending(ctx, cluster, rates)
	if err != nil {
		return budget.Outlook{}, failed("looking up what the cluster "+cluster+" has cost", err)
	}
	return budget.Outlook{Now: r.options.Clock.Now(), SpentUSD: spent.USD, BurnUSD: rates.Burn(most)}, nil
}

// endOf is when a cluster has to end that starts, or is renewed, now: after its time to live, or when the funds run
// out. It refuses, with a [*budget.Shortage], a start whose funds would not last, and a renewal without any.
func (r *Region) endOf(ctx context.Context, cluster string, b *budget.Budget, rates budget.Rates, most int, timeToLive time.Duration, starts bool) (time.Time, error) {
	now := r.options.Clock.Now()
	if b == nil {
		return now.Add(timeToLive).Truncate(time.Second), nil
	}
	o, err := r.outlook(ctx, cluster, rates, most)
	if err != nil {
		return time.Time{}, err
	}
	end, byFunds := b.End(o, timeToLive)
	if starts || (byFunds && end.Sub(now) < soonest) {
		if err := b.CheckStart(o, timeToLive); err != nil {
			return time.Time{}, err
		}
	}
	// AWS takes no end that has passed when it is read.
	return later(end, now.Add(soonest).Truncate(time.Second)), nil
}

func later(a, b time.Time) time.Time {
	if a.Before(b) {
		return b
	}
	return a
}

// shape identifies all that a template is rendered from and that may change in place, but for the numbers of nodes. The
// zones may not.
func shape(w Wanted) string {
	var limit float64
	if w.Budget != nil {
		limit = w.Budget.LimitUSD
	}
	text, err := json.Marshal([]any{w.Nodes, w.Sleep, w.Budget != nil, limit, emails(w)})
	if err != nil {
		panic(err) // numbers and texts only, and no number without a decimal form: they were checked
	}
	return digest(string(text))
}

func emails(w Wanted) []string {
	if w.Budget == nil {
		return nil
	}
	all := slices.Clone(w.Budget.Emails)
	for i := range all {
		all[i] = strings.TrimSpace(all[i])
	}
	slices.Sort(all)
	return slices.Compact(all)
}

func digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:6])
}
