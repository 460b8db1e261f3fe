package access_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/access"
)

const public = "sliderule-20260801090000"

func member() access.Caller {
	return access.Caller{Account: "Ana", Level: access.OrganizationMember, Clusters: []string{"ana", "dev-two"}, Public: []string{public}}
}

func affiliate(nodes, minutes *int) access.Caller {
	return access.Caller{Account: "Bob", Level: access.OrganizationMember, Clusters: []string{"lab"}, Affiliate: true, MaxNodes: nodes, MaxMinutes: minutes}
}

func admin() access.Caller { return access.Caller{Level: access.Administrator} }

func deploy(cluster string, nodes, minutes int) access.Request {
	return access.Request{Function: access.Deploy, Cluster: cluster, NodeCapacity: &nodes, TimeToLive: &minutes}
}

func about(f access.Function, cluster string) access.Request {
	return access.Request{Function: f, Cluster: cluster}
}

func with(r access.Request, change func(*access.Request)) access.Request {
	change(&r)
	return r
}

func TestDecide(t *testing.T) {
	isPublic := func(r *access.Request) { r.IsPublic = true }
	nodesOf := func(login string) func(*access.Request) {
		return func(r *access.Request) { r.NodesOf = login }
	}
	noNodes := func(r *access.Request) { r.NodeCapacity = nil }
	noTime := func(r *access.Request) { r.TimeToLive = nil }
	anonymous, guest := access.Caller{}, access.Caller{Account: "eve", Level: access.GitHubMember}
	const allowed = ""
	cases := []struct {
		name    string
		caller  access.Caller
		request access.Request
		want    string // "attribute: reason", or allowed
	}{
		{"the design's limits", member(), deploy("ana", 50, 720), allowed},
		{"the least", member(), deploy("dev-two", 1, 15), allowed},
		{"too many nodes", member(), deploy("ana", 60, 60), "node_capacity: node_capacity 60 exceeds 50 for organization member"},
		{"too long", member(), deploy("ana", 1, 721), "time_to_live: time_to_live 721 exceeds 720 for organization member"},
		{"too short", member(), deploy("ana", 1, 14), "time_to_live: time_to_live 14 is below 15 for organization member"},
		{"an administrator's limits", admin(), deploy("any", 100, 525600), allowed},
		{"administrators have limits too", admin(), deploy("any", 101, 60), "node_capacity: node_capacity 101 exceeds 100 for administrator"},
		{"and of time", admin(), deploy("any", 1, 525601), "time_to_live: time_to_live 525601 exceeds 525600 for administrator"},

		{"defect 5: zero nodes", member(), deploy("ana", 0, 60), "node_capacity: node_capacity 0 is below 1 for organization member"},
		{"defect 5: zero nodes, administrator", admin(), deploy("ana", 0, 60), "node_capacity: node_capacity 0 is below 1 for administrator"},
		{"defect 5: negative nodes", member(), deploy("ana", -1, 60), "node_capacity: node_capacity -1 is below 1 for organization member"},
		{"defect 5: zero minutes", member(), deploy("ana", 1, 0), "time_to_live: time_to_live 0 is below 15 for organization member"},
		{"defect 5: no nodes", member(), with(deploy("ana", 1, 60), noNodes), "incomplete node_capacity: node_capacity is missing"},
		{"defect 5: no minutes", admin(), with(deploy("ana", 1, 60), noTime), "incomplete time_to_live: time_to_live is missing"},
		{"defect 5: extend needs minutes", member(), about(access.Extend, "ana"), "incomplete time_to_live: time_to_live is missing"},
		{"extend needs no nodes", member(), with(deploy("ana", 1, 60), func(r *access.Request) { r.Function, r.NodeCapacity = access.Extend, nil }), allowed},
		{"a number nobody needs is judged all the same", member(), with(deploy("ana", 0, 60), func(r *access.Request) { r.Function = access.Status }), "node_capacity: node_capacity 0 is below 1 for organization member"},

		{"defect 3: a public cluster's real name", member(), about(access.Destroy, public), "cluster: cluster " + public + " is a public one"},
		{"defect 3: even when listed", with2(member(), public), about(access.Extend, public), "cluster: cluster " + public + " is a public one"},
		{"defect 3: own nodes on it", member(), with(deploy(public, 2, 60), nodesOf("Ana")), allowed},
		{"defect 3: own nodes on a public cluster that is not the live one", member(), with(deploy("sliderule-1", 2, 60), nodesOf("Ana")), "cluster: cluster sliderule-1 is a public one"},
		{"defect 3: an administrator", admin(), about(access.Destroy, public), allowed},
		{"defect 4: a member's public cluster", member(), with(deploy("ana", 1, 60), isPublic), "is_public: is_public true is for administrators, and not for organization member"},
		{"defect 4: an administrator's", admin(), with(deploy("ana", 1, 60), isPublic), allowed},

		{"defect 7: destroy without a cluster", member(), about(access.Destroy, ""), "incomplete cluster: destroy needs a cluster"},
		{"defect 6: status without a cluster", admin(), about(access.Status, ""), "incomplete cluster: status needs a cluster"},
		{"defect 10: a bad name", member(), about(access.Status, "my_team"), `cluster: cluster "my_team": a cluster name`},
		{"defect 10: also for administrators", admin(), deploy("dev\n", 1, 60), `cluster: cluster "dev\n": a cluster name`},
		{"a reserved name, also for administrators", admin(), deploy("login", 1, 60), `cluster: cluster "login": the name is reserved`},
		{"the alias of the public cluster", member(), about(access.Status, "sliderule"), `cluster: cluster "sliderule": the name is reserved`},
		{"defect 17: part of a name", member(), about(access.Destroy, "dev"), "cluster: cluster dev is not among the clusters of organization member Ana"},
		{"defect 17: more than a name", member(), about(access.Destroy, "dev-two-x"), "cluster: cluster dev-two-x is not among the clusters of organization member Ana"},
		{"a wildcard among the clusters is only a word", with2(member(), "*"), about(access.Destroy, "other"), "cluster: cluster other is not among"},
		{"somebody else's nodes", member(), with(deploy("ana", 1, 60), nodesOf("bob")), `user: the nodes of "bob" are not those of the caller, "Ana"`},
		{"own nodes", member(), with(deploy("ana", 1, 60), nodesOf("Ana")), allowed},

		{"defect 23: an affiliate without max_ttl", affiliate(ptr(10), ptr(0)), deploy("lab", 10, 60), "time_to_live: time_to_live is not granted to organization member by affiliation only Bob: no limit is entered for them"},
		{"defect 23: the node count is not the time", affiliate(ptr(60), ptr(0)), deploy("lab", 10, 60), "time_to_live: time_to_live is not granted"},
		{"defect 23: a negative limit", affiliate(ptr(-1), ptr(60)), deploy("lab", 1, 60), "node_capacity: node_capacity is not granted"},
		{"a limit below the least", affiliate(ptr(10), ptr(10)), deploy("lab", 1, 10), "time_to_live: time_to_live is not granted to organization member by affiliation only Bob: their limit of 10 is below 15"},
		{"an affiliate within", affiliate(ptr(10), ptr(60)), deploy("lab", 10, 60), allowed},
		{"an affiliate beyond", affiliate(ptr(10), ptr(60)), deploy("lab", 11, 60), "node_capacity: node_capacity 11 exceeds 10 for organization member by affiliation only"},
		{"an affiliation does not widen a level", affiliate(ptr(500), ptr(9000)), deploy("lab", 51, 60), "node_capacity: node_capacity 51 exceeds 50"},
		{"no reports for affiliates", affiliate(ptr(10), ptr(60)), about(access.Reports, ""), `function: "reports" is not for organization member by affiliation only`},
		{"no branch tests for affiliates", affiliate(ptr(10), ptr(60)), about(access.BranchTest, ""), `function: "branch-test" is not for`},
		{"status for affiliates", affiliate(nil, nil), about(access.Status, "lab"), allowed},

		{"anybody may log in", anonymous, about(access.Login, ""), allowed},
		{"and no more", anonymous, about(access.Status, "ana"), `function: "status" is not for anonymous`},
		{"a GitHub member", guest, deploy("eve", 1, 60), `function: "deploy" is not for github member`},
		{"a GitHub member's info", guest, about(access.Info, ""), `function: "info" is not for github member`},
		{"info needs no cluster", member(), about(access.Info, ""), allowed},
		{"a test is for administrators", member(), about(access.Test, "ana"), `function: "test" is not for organization member`},
		{"a release too", member(), about(access.Release, "ana"), `function: "release" is not for organization member`},
		{"an administrator's test", admin(), about(access.Test, "ana"), allowed},
		{"a test needs a cluster", admin(), about(access.Test, ""), "incomplete cluster: test needs a cluster"},
		{"a level that does not exist", access.Caller{Level: 7}, about(access.Login, ""), `function: "login" is not for unknown level 7`},
		{"a function that does not exist", admin(), about("erase", "ana"), `function: "erase" is not for administrator`},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			err := access.Default().Decide(c.caller, c.request)
			got := ""
			var refusal *access.Refusal
			if errors.As(err, &refusal) {
				got = refusal.Attribute + ": " + refusal.Reason
				if refusal.Incomplete {
					got = "incomplete " + got
				}
				if refusal.Remedy == "" || !strings.HasPrefix(err.Error(), refusal.Reason+". ") {
					t.Errorf("no remedy: %v", err)
				}
			} else if err != nil {
				t.Fatalf("not a refusal: %v", err)
			}
			if !strings.HasPrefix(got, c.want) || (c.want == allowed && got != "") {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

func with2(c access.Caller, cluster string) access.Caller {
	c.Clusters = append(c.Clusters, cluster)
	return c
}

func ptr(n int) *int { return &n }

// At plan, a person wants to hear of everything at once.
func TestRefusalsNameEveryAttribute(t *testing.T) {
	request := deploy("other", 60, 1)
	request.IsPublic, request.NodesOf = true, "bob"
	var got []string
	for _, refusal := range access.Default().Refusals(member(), request) {
		got = append(got, refusal.Attribute)
	}
	if want := "[cluster user is_public node_capacity time_to_live]"; fmt.Sprint(got) != want {
		t.Errorf("refused %v, want %s", got, want)
	}
}

func TestTheZeroTableAllowsNothing(t *testing.T) {
	for _, caller := range []access.Caller{{}, member(), admin()} {
		for _, request := range []access.Request{deploy("ana", 1, 60), about(access.Login, ""), about(access.Status, "ana")} {
			if (access.Table{}).Decide(caller, request) == nil {
				t.Errorf("%s may %s", caller.Level, request.Function)
			}
		}
	}
}

func FuzzDecide(f *testing.F) {
	f.Add("deploy", "ana", "", 1, 60, false)
	f.Add("destroy", public, "Ana", 0, -1, true)
	f.Add("extend", "ana\n", "ana", 1<<62, 1<<62, false)
	f.Fuzz(func(t *testing.T, function, cluster, nodesOf string, nodes, minutes int, isPublic bool) {
		request := access.Request{
			Function: access.Function(function), Cluster: cluster, NodesOf: nodesOf, IsPublic: isPublic, NodeCapacity: &nodes, TimeToLive: &minutes,
		}
		if access.Default().Decide(member(), request) != nil {
			return
		}
		mine := cluster == "ana" || cluster == "dev-two" || cluster == "" || (cluster == public && nodesOf == "Ana")
		if !mine || isPublic || nodes < 1 || nodes > 50 || minutes < 15 || minutes > 720 || (nodesOf != "" && nodesOf != "Ana") {
			t.Fatalf("allowed: %+v with %d nodes for %d minutes", request, nodes, minutes)
		}
	})
}
