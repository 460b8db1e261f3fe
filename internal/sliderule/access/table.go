package access

import (
	"fmt"
	"maps"
	"slices"
)

// Range is what a number may be, both ends included. The zero Range admits nothing.
type Range struct {
	Min, Max int
}

func (r Range) empty() bool { return r.Max < 1 || r.Max < r.Min }

// Clusters says on which clusters a level may act.
type Clusters int

// The ways to be allowed a cluster.
const (
	NoClusters   Clusters = iota // none: only the public data plane, which is not ours to guard
	OwnClusters                  // those that the caller lists, by exact name
	EveryCluster                 // any with a valid name
)

// Rights are one row of the table.
type Rights struct {
	Functions    []Function
	Clusters     Clusters
	Public       bool  // may deploy public clusters, and act on them
	NodeCapacity Range // nodes, per request
	TimeToLive   Range // minutes, per request
}

// Table says who may do what. The zero Table allows nobody anything.
type Table struct {
	Levels map[Level]Rights
	// OwnCluster gives every organization member the cluster that is named like their account.
	OwnCluster bool
	// NotForAffiliates are functions of organization members that those who are only affiliated do not have.
	NotForAffiliates []Function
}

// Default is the table as designed. It is the caller's own, to be changed at will.
func Default() Table {
	member := []Function{Login, Status, Deploy, Destroy, Extend, Info, Events, Reports, BranchTest}
	return Table{
		Levels: map[Level]Rights{
			Anonymous:    {Functions: []Function{Login}},
			GitHubMember: {Functions: []Function{Login}},
			OrganizationMember: {
				Functions:    member,
				Clusters:     OwnClusters,
				NodeCapacity: Range{1, 50},
				TimeToLive:   Range{15, 720},
			},
			Administrator: {
				Functions:    append(slices.Clone(member), Foundation, Test, Release),
				Clusters:     EveryCluster,
				Public:       true,
				NodeCapacity: Range{1, 100},
				TimeToLive:   Range{15, 525600},
			},
		},
		OwnCluster:       true,
		NotForAffiliates: []Function{Reports, BranchTest},
	}
}

// Check refuses a table that cannot be meant: a function without the numbers it needs, or a lower bound of zero, which
// would make "no limit" of a zero in a request.
func (t Table) Check() error {
	for _, level := range slices.Sorted(maps.Keys(t.Levels)) {
		rights := t.Levels[level]
		if level < Anonymous || level > Administrator {
			return fmt.Errorf("the table of rights has an %s", level)
		}
		if level < Administrator && (rights.Public || rights.Clusters == EveryCluster) {
			return fmt.Errorf("the table of rights gives public or all clusters to %s: only administrators have them", level)
		}
		needed := slices.Contains(rights.Functions, Deploy) || slices.Contains(rights.Functions, Extend)
		for _, r := range []struct {
			name string
			Range
		}{{"node_capacity", rights.NodeCapacity}, {"time_to_live", rights.TimeToLive}} {
			if r.Range == (Range{}) && !needed {
				continue
			}
			if r.Min < 1 || r.Max < r.Min {
				return fmt.Errorf("the %s of %s must be a range that begins at 1 or more, and %d to %d is not", r.name, level, r.Min, r.Max)
			}
		}
	}
	return nil
}
