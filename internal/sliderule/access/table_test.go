package access_test

import (
	"strings"
	"testing"

	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/access"
)

// The numbers of the design.
func TestDefaults(t *testing.T) {
	table := access.Default()
	if err := table.Check(); err != nil {
		t.Error(err)
	}
	for level, want := range map[access.Level][2]access.Range{
		access.Anonymous: {}, access.GitHubMember: {},
		access.OrganizationMember: {{1, 50}, {15, 720}},
		access.Administrator:      {{1, 100}, {15, 525600}},
	} {
		nodes, minutes := table.Limits(access.Caller{Level: level})
		if nodes != want[0] || minutes != want[1] {
			t.Errorf("%s: %v nodes, %v minutes; want %v", level, nodes, minutes, want)
		}
	}
	table.Levels[access.OrganizationMember] = access.Rights{}
	if len(access.Default().Levels[access.OrganizationMember].Functions) == 0 {
		t.Error("a caller changed the default for everyone")
	}
}

func TestNumbersAreConfiguration(t *testing.T) {
	table := access.Default()
	rights := table.Levels[access.OrganizationMember]
	rights.NodeCapacity.Max = 10
	table.Levels[access.OrganizationMember] = rights
	err := table.Decide(member(), deploy("ana", 11, 60))
	if err == nil || !strings.HasPrefix(err.Error(), "node_capacity 11 exceeds 10 for organization member. Ask for 1 to 10 nodes") {
		t.Errorf("got %v", err)
	}
}

func TestACheckedTable(t *testing.T) {
	for name, c := range map[string]struct {
		level  access.Level
		change func(*access.Rights)
		want   string
	}{
		"zero as the least":    {access.OrganizationMember, func(r *access.Rights) { r.NodeCapacity.Min = 0 }, "node_capacity of organization member"},
		"a range upside down":  {access.Administrator, func(r *access.Rights) { r.TimeToLive.Max = 1 }, "time_to_live of administrator"},
		"deploy without range": {access.GitHubMember, func(r *access.Rights) { r.Functions = []access.Function{access.Deploy} }, "node_capacity of github member"},
		"public for members":   {access.OrganizationMember, func(r *access.Rights) { r.Public = true }, "only administrators"},
		"all for members":      {access.OrganizationMember, func(r *access.Rights) { r.Clusters = access.EveryCluster }, "only administrators"},
		"a level unheard of":   {9, func(*access.Rights) {}, "unknown level 9"},
	} {
		table := access.Default()
		rights := table.Levels[c.level]
		c.change(&rights)
		table.Levels[c.level] = rights
		if err := table.Check(); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestLevelsInWords(t *testing.T) {
	for level := access.Anonymous; level <= access.Administrator; level++ {
		if read, err := access.ParseLevel(level.String()); err != nil || read != level {
			t.Errorf("%s reads as %s, %v", level, read, err)
		}
	}
	for _, word := range []string{"", "owner", "Administrator", "unknown level 4", "administrator "} {
		if level, err := access.ParseLevel(word); err == nil || level != access.Anonymous {
			t.Errorf("%q reads as %s, %v", word, level, err)
		}
	}
}

func TestCallers(t *testing.T) {
	ten, sixty := 10, 60
	cases := []struct {
		name     string
		standing access.Standing
		level    access.Level
		clusters string
		limits   [2]access.Range
	}{
		{"nobody in particular", access.Standing{Account: "eve", Teams: []string{"dev"}}, access.GitHubMember, "", [2]access.Range{}},
		{"a member", access.Standing{Account: "Ana-Diaz", Member: true}, access.OrganizationMember, "ana-diaz", [2]access.Range{{1, 50}, {15, 720}}},
		{"teams, sorted and once", access.Standing{Account: "ana", Member: true, Teams: []string{"dev", "ana", "alpha", "dev"}}, access.OrganizationMember, "alpha ana dev", [2]access.Range{{1, 50}, {15, 720}}},
		{"a reserved login", access.Standing{Account: "Monitor", Member: true}, access.OrganizationMember, "", [2]access.Range{{1, 50}, {15, 720}}},
		{"ps is reserved", access.Standing{Account: "ps", Member: true}, access.OrganizationMember, "", [2]access.Range{{1, 50}, {15, 720}}},
		{"a login that is no cluster name", access.Standing{Account: "9lab", Member: true}, access.OrganizationMember, "", [2]access.Range{{1, 50}, {15, 720}}},
		{"defect 3: a login like a public cluster", access.Standing{Account: "sliderule-20260801090000", Member: true}, access.OrganizationMember, "", [2]access.Range{{1, 50}, {15, 720}}},
		{"a login like another team's slug", access.Standing{Account: "ops", Member: true, OthersCluster: true}, access.OrganizationMember, "", [2]access.Range{{1, 50}, {15, 720}}},
		{"teams that are no cluster names", access.Standing{Account: "ana", Member: true, Teams: []string{"provisioner", "*", "My_Team", "mcp", "sliderule-1"}}, access.OrganizationMember, "ana", [2]access.Range{{1, 50}, {15, 720}}},
		{
			"an affiliate",
			access.Standing{Account: "bob", Affiliation: &access.Affiliation{Clusters: []string{"lab", "*", "sliderule-1"}, MaxNodes: &ten, MaxMinutes: &sixty}},
			access.OrganizationMember, "lab",
			[2]access.Range{{1, 10}, {15, 60}},
		},
		{
			"defect 23: an affiliate without max_ttl",
			access.Standing{Account: "bob", Affiliation: &access.Affiliation{Clusters: []string{"lab"}, MaxNodes: &ten}},
			access.OrganizationMember, "lab",
			[2]access.Range{{1, 10}, {15, 0}},
		},
		{
			"defect 23: a member and affiliate without max_ttl",
			access.Standing{Account: "ana", Member: true, Affiliation: &access.Affiliation{MaxNodes: &ten}},
			access.OrganizationMember, "ana",
			[2]access.Range{{1, 10}, {15, 720}},
		},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			table := access.Default()
			caller := table.Caller(c.standing)
			nodes, minutes := table.Limits(caller)
			if caller.Account != c.standing.Account || caller.Level != c.level || strings.Join(caller.Clusters, " ") != c.clusters || nodes != c.limits[0] || minutes != c.limits[1] {
				t.Errorf("got %+v with %v nodes and %v minutes", caller, nodes, minutes)
			}
			if caller.Affiliate != (c.standing.Affiliation != nil && !c.standing.Member) {
				t.Errorf("affiliate only: %v", caller.Affiliate)
			}
		})
	}
	table := access.Default()
	table.OwnCluster = false
	if caller := table.Caller(access.Standing{Account: "ana", Member: true, Teams: []string{"dev"}}); strings.Join(caller.Clusters, " ") != "dev" {
		t.Errorf("with the rule of the own cluster off: %v", caller.Clusters)
	}
}
