package access

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/naming"
)

// Request is what somebody asks for.
type Request struct {
	Function Function
	Cluster  string // "" where the function is about no cluster, or the caller did not say
	// NodesOf is the login whose own nodes on the cluster are meant; "" means the cluster itself.
	NodesOf  string
	IsPublic bool
	// NodeCapacity and TimeToLive (minutes) are nil when the request does not say.
	NodeCapacity, TimeToLive *int
}

// Refusal says why a request is refused.
type Refusal struct {
	Attribute string // "function", "cluster", "user", "is_public", "node_capacity" or "time_to_live"
	Reason    string // such as "node_capacity 60 exceeds 50 for organization member"
	Remedy    string
	// Incomplete says that the request itself lacks something: it is wrong, whoever makes it.
	Incomplete bool
}

// Error reads: reason. Remedy.
func (r *Refusal) Error() string {
	if r.Remedy == "" {
		return r.Reason
	}
	return r.Reason + ". " + r.Remedy
}

// Decide is nil when the caller may have what is asked for, and the first [*Refusal] otherwise.
func (t Table) Decide(caller Caller, request Request) error {
	if refusals := t.Refusals(caller, request); len(refusals) > 0 {
		return refusals[0]
	}
	return nil
}

// Refusals are all the reasons against a request, at most one an attribute, the gravest first. Who may not use the
// function at all is told only that.
func (t Table) Refusals(caller Caller, request Request) []*Refusal {
	if refusal := t.function(caller, request); refusal != nil {
		return []*Refusal{refusal}
	}
	nodes, minutes := t.Limits(caller)
	required := request.Function == Deploy
	var refusals []*Refusal
	for _, refusal := range []*Refusal{
		t.cluster(caller, request),
		user(caller, request),
		t.public(caller, request),
		number(caller, "node_capacity", "nodes", request.NodeCapacity, nodes, required),
		number(caller, "time_to_live", "minutes", request.TimeToLive, minutes, required || request.Function == Extend),
	} {
		if refusal != nil {
			refusals = append(refusals, refusal)
		}
	}
	return refusals
}

func (t Table) function(caller Caller, request Request) *Refusal {
	if slices.Contains(t.Functions(caller), request.Function) {
		return nil
	}
	refusal := &Refusal{Attribute: "function", Reason: fmt.Sprintf("%.40q is not for %s", string(request.Function), caller.who())}
	switch caller.Level {
	case Anonymous:
		refusal.Remedy = "Log in first"
	case GitHubMember:
		refusal.Remedy = "Become a member of the organization, or ask to be affiliated"
	default:
		refusal.Remedy = "Ask an administrator"
	}
	return refusal
}

func (t Table) cluster(caller Caller, request Request) *Refusal {
	if request.Cluster == "" {
		if !request.Function.needsCluster() {
			return nil
		}
		return &Refusal{Attribute: "cluster", Reason: fmt.Sprintf("%s needs a cluster", request.Function), Remedy: "Name one", Incomplete: true}
	}
	if err := naming.CheckCluster(request.Cluster); err != nil {
		refusal := &Refusal{Attribute: "cluster", Reason: err.Error()}
		var told *naming.Error
		if errors.As(err, &told) {
			refusal.Reason, refusal.Remedy = strings.TrimSuffix(err.Error(), ". "+told.Remedy), told.Remedy
		}
		return refusal
	}
	rights := t.Levels[caller.Level]
	if rights.Clusters == EveryCluster && (rights.Public || !naming.IsPublic(request.Cluster)) {
		return nil
	}
	if request.NodesOf != "" && slices.Contains(caller.Public, request.Cluster) {
		return nil // one's own nodes beside a public cluster change nothing for others
	}
	if naming.IsPublic(request.Cluster) {
		return &Refusal{
			Attribute: "cluster",
			Reason:    fmt.Sprintf("cluster %s is a public one, which only administrators may change, and not %s", request.Cluster, caller.who()),
			Remedy:    "Use it as it is, or name a cluster of your own",
		}
	}
	if rights.Clusters == OwnClusters && slices.Contains(caller.Clusters, request.Cluster) {
		return nil
	}
	refusal := &Refusal{Attribute: "cluster", Reason: fmt.Sprintf("cluster %s is not among the clusters of %s %s", request.Cluster, caller.who(), caller.Account)}
	if len(caller.Clusters) > 0 {
		refusal.Remedy = "Name one of: " + strings.Join(caller.Clusters, ", ")
	} else {
		refusal.Remedy = "Join the team of that name, and log in again"
	}
	return refusal
}

// user: nodes of their own are everybody's own, whatever their level.
func user(caller Caller, request Request) *Refusal {
	if request.NodesOf == "" || request.NodesOf == caller.Account {
		return nil
	}
	return &Refusal{
		Attribute: "user",
		Reason:    fmt.Sprintf("the nodes of %.64q are not those of the caller, %q", request.NodesOf, caller.Account),
		Remedy:    "Ask for nodes under your own login",
	}
}

func (t Table) public(caller Caller, request Request) *Refusal {
	if !request.IsPublic || t.Levels[caller.Level].Public {
		return nil
	}
	return &Refusal{
		Attribute: "is_public",
		Reason:    fmt.Sprintf("is_public true is for administrators, and not for %s", caller.who()),
		Remedy:    "Leave is_public out, or set it to false",
	}
}

// number judges a number if there is one, whatever the function: a zero is a number, and out of every range.
func number(caller Caller, attribute, unit string, asked *int, allowed Range, required bool) *Refusal {
	refuse := func(reason, remedy string, values ...any) *Refusal {
		return &Refusal{Attribute: attribute, Reason: attribute + " " + fmt.Sprintf(reason, values...), Remedy: remedy}
	}
	between := fmt.Sprintf("Ask for %d to %d %s", allowed.Min, allowed.Max, unit)
	switch {
	case asked == nil && !required:
		return nil
	case allowed.Max < 1:
		return refuse("is not granted to %s %s: no limit is entered for them", "Have the limit entered with the affiliation", caller.who(), caller.Account)
	case allowed.empty():
		return refuse("is not granted to %s %s: their limit of %d is below %d, the least there is", "Have the limit raised", caller.who(), caller.Account, allowed.Max, allowed.Min)
	case asked == nil:
		refusal := refuse("is missing", between)
		refusal.Incomplete = true
		return refusal
	case *asked > allowed.Max:
		return refuse("%d exceeds %d for %s", between, *asked, allowed.Max, caller.who())
	case *asked < allowed.Min:
		return refuse("%d is below %d for %s", between, *asked, allowed.Min, caller.who())
	}
	return nil
}
