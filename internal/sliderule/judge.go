package sliderule

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/access"
	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/budget"
	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/naming"
)

// Problem is something that is wrong with what is asked for, whoever asks and whatever AWS has. It is an error, and the
// one that [Region.Check] and [Region.Deploy] return; where a limit of the caller's was exceeded it wraps the
// [*access.Refusal].
type Problem struct {
	Attribute string   // such as "node_capacity" or "nodes.instance_types"
	Others    []string // attributes that it is also about: who does not know them yet cannot tell
	Summary   string   // a few words, always the same for the same kind of problem
	Detail    string   // names attribute, value and remedy, in sentences

	cause error
}

// Error is the detail.
func (p *Problem) Error() string { return strings.TrimRight(p.Detail, ". ") }

// Unwrap is the rule that says so, if it is one of another package.
func (p *Problem) Unwrap() error { return p.cause }

// Judge is every problem of a cluster that a caller asks for, without asking AWS, at most one an attribute but for lists;
// the gravest first. The zero Table is [access.Default]. What has its zero value and a default is not judged: the
// version, the largest number of nodes, instance types, volume, zones, budget and sleep.
func Judge(rules access.Table, caller access.Caller, w Wanted) []Problem {
	return judgeBy(rules, caller, nil, w)
}

// Judge is every problem of a cluster that the region's caller asks for, as the function of that name, and with a budget
// each instance type of unknown price: those wrap a [*budget.UnknownPrice].
func (r *Region) Judge(w Wanted) []Problem {
	return judgeBy(r.options.Rules, *r.options.Caller, &r.options.Prices, w)
}

func judgeBy(rules access.Table, caller access.Caller, prices *budget.PriceList, w Wanted) []Problem {
	if rules.Levels == nil {
		rules = access.Default()
	}
	j := judge{rules: rules, caller: caller, prices: prices, w: w}
	if !slices.Contains(rules.Functions(caller), access.Deploy) { // who may not deploy at all is told only that
		j.name("cluster", "The caller may not deploy clusters", rules.Decide(caller, access.Request{Function: access.Deploy}))
		return j.found
	}
	j.rights()
	j.numbers()
	if w.Version != "" {
		j.name("version", "The version is malformed", naming.CheckVersion(w.Version))
	}
	j.nodes()
	j.priced()
	j.zones()
	j.budget()
	j.sleep()
	j.room()
	return j.found
}

// judge collects the problems of one cluster.
type judge struct {
	rules  access.Table
	caller access.Caller
	prices *budget.PriceList // nil: any price will do
	w      Wanted
	found  []Problem
}

// unless notes a problem that there is when a condition does not hold. The detail is a format and its values.
func (j *judge) unless(holds bool, attribute, summary, detail string, values ...any) {
	if !holds {
		j.found = append(j.found, Problem{Attribute: attribute, Summary: summary, Detail: fmt.Sprintf(detail, values...)})
	}
}

// name notes what a rule of another package says.
func (j *judge) name(attribute, summary string, err error) {
	if err != nil {
		j.found = append(j.found, Problem{Attribute: attribute, Summary: summary, Detail: strings.TrimRight(err.Error(), ". ") + ".", cause: err})
	}
}

// rights are the limits of the caller's level, of which the name of the cluster is one.
func (j *judge) rights() {
	request := access.Request{Function: access.Deploy, Cluster: j.w.Cluster, IsPublic: j.w.IsPublic, NodeCapacity: &j.w.NodeCapacity}
	minutes, uneven := wholeMinutes(j.w.TimeToLive)
	request.TimeToLive = &minutes
	for _, refusal := range j.rules.Refusals(j.caller, request) {
		summary := "This is not for the caller"
		switch refusal.Attribute {
		case "cluster":
			if naming.CheckCluster(j.w.Cluster) != nil {
				summary = "The name cannot be a cluster's"
			}
		case "node_capacity":
			summary = "The number of nodes is out of range"
		case "time_to_live":
			if uneven != nil {
				continue // which is told below
			}
			summary = "The time to live is out of range"
		}
		j.name(refusal.Attribute, summary, refusal)
	}
	if uneven != nil {
		j.found = append(j.found, *uneven)
	}
}

// wholeMinutes is a time to live as the rules have it.
func wholeMinutes(d time.Duration) (int, *Problem) {
	if d%time.Minute != 0 {
		return 0, &Problem{
			Attribute: "time_to_live", Summary: "The time to live is out of range",
			Detail: fmt.Sprintf("time_to_live %s is not in whole minutes. Ask for %d or %d minutes.", d, d/time.Minute, d/time.Minute+1),
		}
	}
	return int(d / time.Minute), nil
}

// numbers are those that people's live requests may scale a cluster between.
func (j *judge) numbers() {
	const fewest, most = "The least number of nodes is out of range", "The largest number of nodes is out of range"
	capacity := []string{"node_capacity"}
	limits, _ := j.rules.Limits(j.caller)
	switch w := j.w; {
	case w.MinNodes < 0:
		j.unless(false, "min_nodes", fewest, "min_nodes %d is below 0. Ask for 0 to node_capacity nodes.", w.MinNodes)
	case w.MinNodes > w.NodeCapacity && w.NodeCapacity > 0:
		j.unless(false, "min_nodes", fewest, "min_nodes %d exceeds node_capacity %d. Ask for 0 to %d nodes, or for a larger node_capacity.", w.MinNodes, w.NodeCapacity, w.NodeCapacity)
		j.found[len(j.found)-1].Others = capacity
	}
	switch w := j.w; {
	case w.MaxNodes == 0:
	case w.MaxNodes < 0:
		j.unless(false, "max_nodes", most, "max_nodes %d is below 1. Ask for node_capacity nodes or more.", w.MaxNodes)
	case w.MaxNodes > limits.Max && limits.Max > 0:
		refusal := &access.Refusal{
			Attribute: "max_nodes", Reason: fmt.Sprintf("max_nodes %d exceeds %d for %s", w.MaxNodes, limits.Max, j.caller.Level),
			Remedy: fmt.Sprintf("Ask for at most %d nodes", limits.Max),
		}
		j.name("max_nodes", most, refusal)
	case w.MaxNodes < w.NodeCapacity:
		j.unless(false, "max_nodes", most, "max_nodes %d is below node_capacity %d. Ask for at least %d nodes, or for a smaller node_capacity.", w.MaxNodes, w.NodeCapacity, w.NodeCapacity)
		j.found[len(j.found)-1].Others = capacity
	}
}

// asError is the first of some problems, which may be none.
func asError(problems []Problem) error {
	if len(problems) == 0 {
		return nil
	}
	return &problems[0]
}
