package access

import (
	"slices"
	"strings"

	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/naming"
)

// Caller is somebody who asks. The zero Caller is anonymous; who holds AWS credentials of the account is
// Caller{Level: Administrator}.
type Caller struct {
	Account string // GitHub login, as GitHub spells it
	Level   Level
	// Clusters are those that an organization member may act on, by exact name.
	Clusters []string
	// Public are the real names of public clusters that the caller may have nodes of their own on, and no more.
	Public []string
	// Affiliate says that an organization member is only affiliated, and not in the organization itself.
	Affiliate bool
	// MaxNodes and MaxMinutes narrow the limits of the level; nil leaves them. Zero or less is no right at all.
	MaxNodes, MaxMinutes *int
}

// who names the caller's standing in a message.
func (c Caller) who() string {
	if c.Affiliate {
		return c.Level.String() + " by affiliation only"
	}
	return c.Level.String()
}

// Limits are the numbers that hold for a caller: those of the level, and narrower ones where the caller has them.
func (t Table) Limits(c Caller) (nodeCapacity, timeToLive Range) {
	rights := t.Levels[c.Level]
	return narrowed(rights.NodeCapacity, c.MaxNodes), narrowed(rights.TimeToLive, c.MaxMinutes)
}

func narrowed(r Range, most *int) Range {
	if most != nil {
		r.Max = min(r.Max, *most)
	}
	return r
}

// Functions are what a caller may ask for.
func (t Table) Functions(c Caller) []Function {
	functions := slices.Clone(t.Levels[c.Level].Functions)
	if c.Affiliate {
		functions = slices.DeleteFunc(functions, func(f Function) bool { return slices.Contains(t.NotForAffiliates, f) })
	}
	return functions
}

// Standing is what is known of an account, before it is a caller.
type Standing struct {
	Account string
	Member  bool     // of the organization, not merely invited
	Teams   []string // slugs of the account's teams in the organization
	// OthersCluster says that a cluster named like the account belongs to a team, or to affiliates, that the account is
	// not one of: a person could choose their login to get it.
	OthersCluster bool
	Affiliation   *Affiliation // nil without an active one
}

// Affiliation is what people outside the organization were granted by name. It also narrows a member's numbers.
type Affiliation struct {
	Clusters []string
	// MaxNodes and MaxMinutes are nil where the entry has none: the default of the role then holds, which is the level's
	// number for members, and for others no right at all.
	MaxNodes, MaxMinutes *int
}

// Caller is who an account is by a token of GitHub's: at most an organization member. Only exact names of private
// clusters are among its clusters, sorted.
func (t Table) Caller(s Standing) Caller {
	c := Caller{Account: s.Account, Level: GitHubMember}
	var names []string
	if s.Member {
		c.Level = OrganizationMember
		names = append(names, s.Teams...)
		if own := strings.ToLower(s.Account); t.OwnCluster && !s.OthersCluster {
			names = append(names, own)
		}
	}
	if s.Affiliation != nil {
		c.Level = OrganizationMember
		c.Affiliate = !s.Member
		names = append(names, s.Affiliation.Clusters...)
		c.MaxNodes, c.MaxMinutes = s.Affiliation.MaxNodes, s.Affiliation.MaxMinutes
		if !s.Member {
			c.MaxNodes, c.MaxMinutes = orNone(c.MaxNodes), orNone(c.MaxMinutes)
		}
	}
	for _, name := range names {
		if naming.CheckPrivate(name) == nil {
			c.Clusters = append(c.Clusters, name)
		}
	}
	slices.Sort(c.Clusters)
	c.Clusters = slices.Compact(c.Clusters)
	return c
}

func orNone(n *int) *int {
	if n == nil {
		return new(int)
	}
	return n
}
