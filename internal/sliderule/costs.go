package sliderule

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	cfn "github.com/aws/aws-sdk-go-v2/service/cloudformation/types"
	"github.com/aws/aws-sdk-go-v2/service/costexplorer"
	"github.com/aws/aws-sdk-go-v2/service/costexplorer/types"

	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/budget"
	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/naming"
)

// billAge is how long an answer of Cost Explorer serves: it learns of costs a few times a day, and each question costs
// 0.01 USD. One answers for all clusters.
const billAge = 8 * time.Hour

// unblended is the metric that AWS bills by. The SDK's own list of metrics is that of forecasts.
const unblended = "UnblendedCost"

// remainsAge is how long a list of deleted stacks serves: a plan over a thousand clusters asks for it once.
const remainsAge = 5 * time.Minute

// bills are what every project cost this month, by value of the Project tag.
type bills map[string][]budget.Day

// addCostsOf says what the cluster of a stack has cost this month, if anybody has to know.
func (r *Region) addCostsOf(ctx context.Context, s *stack, c *Cluster) error {
	if !r.budgeted(s) {
		return nil
	}
	return r.addCosts(ctx, s.tag(tagRates), c)
}

// budgeted: what the cluster costs is looked up whoever asks.
func (r *Region) budgeted(s *stack) bool { return s.tag(tagBudget) != "" || r.options.AllCosts }

// addCosts says what a cluster has cost this month. That it cannot be found out is told with the cluster, which can
// still be seen, changed and destroyed; who decides by the costs asks for them and fails. The tag is that of the rates,
// for stacks that do not say their own. An error says that nobody waits for an answer any more.
func (r *Region) addCosts(ctx context.Context, tag string, c *Cluster) error {
	rates, _ := ratesOfTag(tag)
	spent, err := r.spending(ctx, c.Name, rates)
	if err != nil {
		err = failed("looking up what the cluster "+c.Name+" has cost", err)
		if ctx.Err() != nil {
			return err
		}
		c.CostsProblem = err
		return nil
	}
	c.AccruedUSD, c.CostsKnown = spent.USD, true
	return nil
}

// spending is what a cluster has cost this month, by Cost Explorer and, for the days it lags, by our own hours.
func (r *Region) spending(ctx context.Context, cluster string, rates budget.Rates) (budget.Spending, error) {
	now := r.options.Clock.Now()
	bill, err := r.bill(ctx, naming.Project(cluster))
	if err != nil {
		return budget.Spending{}, failed("asking Cost Explorer", err)
	}
	runs, err := r.runs(ctx, cluster, now, rates)
	if err != nil {
		return budget.Spending{}, err
	}
	return budget.Accrued(now, bill, runs), nil
}

func (r *Region) bill(ctx context.Context, project string) (budget.Bill, error) {
	all, err := r.bills.get(ctx, r.options.Clock, billAge, r.askForBills)
	days := all[project]
	// A tag that is not activated has no costs at all; then, as for days without any, our own hours count.
	return budget.Bill{Activated: len(days) > 0, Days: days}, err
}

const day = 24 * time.Hour

// askForBills asks what every project cost, day by day.
func (r *Region) askForBills(ctx context.Context) (bills, error) {
	now, all := r.options.Clock.Now().UTC(), bills{}
	input := &costexplorer.GetCostAndUsageInput{
		TimePeriod:  &types.DateInterval{Start: aws.String(budget.Month(now).Format(time.DateOnly)), End: aws.String(now.Truncate(day).Add(day).Format(time.DateOnly))},
		Granularity: types.GranularityDaily, Metrics: []string{unblended},
		GroupBy: []types.GroupDefinition{{Type: types.GroupDefinitionTypeTag, Key: aws.String(tagProject)}},
	}
	for {
		page, err := ask(ctx, r, costExplorer(r.config).GetCostAndUsage, input)
		if hasCode(err, "DataUnavailableException") { // it was switched on today: our own hours count
			return all, nil
		}
		if err != nil {
			return nil, err
		}
		for _, result := range page.ResultsByTime {
			if err := all.add(result); err != nil {
				return nil, err
			}
		}
		if input.NextPageToken = page.NextPageToken; aws.ToString(page.NextPageToken) == "" {
			return all, nil
		}
	}
}

// add takes one day's costs of every project; a group is called such as Project$cluster-dev.
func (b bills) add(result types.ResultByTime) error {
	if result.TimePeriod == nil {
		return nil
	}
	date, err := time.Parse(time.DateOnly, aws.ToString(result.TimePeriod.Start))
	if err != nil {
		return fmt.Errorf("the day %q of Cost Explorer: %w", aws.ToString(result.TimePeriod.Start), err)
	}
	for _, group := range result.Groups {
		cost, ok := group.Metrics[unblended]
		if !ok || len(group.Keys) != 1 {
			continue
		}
		if unit := aws.ToString(cost.Unit); unit != "" && unit != "USD" {
			return fmt.Errorf("Cost Explorer answers in %s, and budgets are in USD", unit)
		}
		usd, err := strconv.ParseFloat(aws.ToString(cost.Amount), 64)
		if err != nil {
			return fmt.Errorf("the amount %q of Cost Explorer: %w", aws.ToString(cost.Amount), err)
		}
		project := strings.TrimPrefix(group.Keys[0], tagProject+"$")
		b[project] = append(b[project], budget.Day{Date: date, USD: usd})
	}
	return nil
}

// remains is a stack that was deleted. CloudFormation remembers it for 90 days.
type remains struct {
	id, name      string
	made, deleted time.Time
}

// runs are the times at which a cluster cost something this month, in this life and in earlier ones.
func (r *Region) runs(ctx context.Context, cluster string, now time.Time, rates budget.Rates) ([]budget.Run, error) {
	name, month := naming.ClusterStack(cluster), budget.Month(now)
	all, err := r.remains.get(ctx, r.options.Clock, remainsAge, r.listRemains)
	if err != nil {
		return nil, failed("listing deleted stacks", err)
	}
	var runs []budget.Run
	for _, dead := range all {
		if dead.name != name || dead.deleted.Before(month) {
			continue
		}
		past, known := r.histories.Load(dead.id)
		if !known {
			if past, err = r.history(ctx, dead.id, dead.deleted, rates); err != nil {
				return nil, failed("reading the events of the stack "+dead.id, err)
			}
			r.histories.Store(dead.id, past)
		}
		runs = append(runs, past.([]budget.Run)...)
	}
	alive, err := r.find(ctx, name)
	if err != nil || alive == nil {
		return runs, err
	}
	present, err := r.history(ctx, alive.id(), time.Time{}, rates)
	return append(runs, present...), failed("reading the events of the stack "+name, err)
}

func (r *Region) listRemains(ctx context.Context) (all []remains, err error) {
	input := &cloudformation.ListStacksInput{StackStatusFilter: []cfn.StackStatus{cfn.StackStatusDeleteComplete}}
	for {
		page, err := ask(ctx, r, cloudFormation(r.config).ListStacks, input)
		if err != nil {
			return nil, err
		}
		for _, s := range page.StackSummaries {
			all = append(all, remains{aws.ToString(s.StackId), aws.ToString(s.StackName), aws.ToTime(s.CreationTime), aws.ToTime(s.DeletionTime)})
		}
		if input.NextToken = page.NextToken; aws.ToString(page.NextToken) == "" {
			return all, nil
		}
	}
}

// history is when one stack cost how much, by its own events: the token of each operation says how many nodes it was
// to come to. Nights asleep count as if awake, and nodes beyond the capacity that live requests added do not: our own
// hours stand in only until Cost Explorer knows.
func (r *Region) history(ctx context.Context, stackID string, deleted time.Time, rates budget.Rates) ([]budget.Run, error) {
	answer, err := ask(ctx, r, cloudFormation(r.config).DescribeStacks, &cloudformation.DescribeStacksInput{StackName: &stackID})
	if err != nil {
		return nil, err
	}
	if len(answer.Stacks) != 1 {
		return nil, fmt.Errorf("CloudFormation described %d stacks", len(answer.Stacks))
	}
	s := &stack{answer.Stacks[0]}
	if own, ok := ratesOfTag(s.tag(tagRates)); ok {
		rates = own
	}
	var events []stackEvent
	err = r.events(ctx, stackID, func(e stackEvent) bool {
		if e.ofStack() {
			events = append(events, e)
		}
		return true
	})
	slices.Reverse(events)
	return runsOf(events, s.number(parameterCapacity), aws.ToTime(s.CreationTime), deleted, rates), err
}

// runsOf works out the runs of one stack from the events about it as a whole, oldest first. While an update is under
// way the larger size counts.
func runsOf(events []stackEvent, capacity int, made, deleted time.Time, rates budget.Rates) (runs []budget.Run) {
	if len(events) > 0 {
		if to, ok := goalOf(aws.ToString(events[0].ClientRequestToken)); ok {
			capacity = to.capacity
		}
	}
	nodes, from, before, next := capacity, made, capacity, capacity
	change := func(at time.Time, to int) {
		if to != nodes {
			runs = append(runs, budget.Run{From: from, To: at, USDPerHour: rates.Burn(nodes)})
			nodes, from = to, at
		}
	}
	for _, e := range events {
		at := aws.ToTime(e.Timestamp)
		switch cfn.StackStatus(e.ResourceStatus) {
		case cfn.StackStatusUpdateInProgress:
			before, next = nodes, nodes
			if to, ok := goalOf(aws.ToString(e.ClientRequestToken)); ok {
				next = to.capacity
			}
			change(at, max(before, next))
		case cfn.StackStatusUpdateComplete:
			change(at, next)
		case cfn.StackStatusUpdateRollbackComplete:
			change(at, before)
		case cfn.StackStatusRollbackComplete: // nothing is left that costs, although the stack still has its name
			return append(runs, budget.Run{From: from, To: at, USDPerHour: rates.Burn(nodes)})
		}
	}
	return append(runs, budget.Run{From: from, To: deleted, USDPerHour: rates.Burn(nodes)})
}
