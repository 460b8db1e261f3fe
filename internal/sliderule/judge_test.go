package sliderule_test

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/data-access/terraform-provider-provisioner/internal/sliderule"
	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/access"
	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/budget"
)

var (
	administrator = access.Caller{Level: access.Administrator}
	ana           = access.Caller{Account: "ana", Level: access.OrganizationMember, Clusters: []string{"dev"}}
)

func sleeping(down, up string) func(*sliderule.Wanted) {
	return func(w *sliderule.Wanted) {
		w.Sleep = &sliderule.Sleep{Down: strings.Split(down, ";"), Up: strings.Split(up, ";"), TimeZone: "America/New_York"}
	}
}

func typed(types ...string) func(*sliderule.Wanted) {
	return func(w *sliderule.Wanted) { w.Nodes.InstanceTypes = types }
}

func zoned(zones ...string) func(*sliderule.Wanted) {
	return func(w *sliderule.Wanted) { w.Zones = zones }
}

func telling(addresses ...string) func(*sliderule.Wanted) {
	return func(w *sliderule.Wanted) { costing(100)(w); w.Budget.Emails = addresses }
}

// Each bad input is one problem, of the attribute that it is about, with its value and its remedy.
func TestJudgeNamesAttributeValueAndRemedy(t *testing.T) {
	many := make([]string, 41)
	for i := range many {
		many[i] = fmt.Sprintf("c%dg.large", i+7)
	}
	for name, what := range map[string]struct {
		caller    access.Caller
		change    func(*sliderule.Wanted)
		attribute string
		others    []string
		want      string
	}{
		"an underscore":         {administrator, called("my_team"), "cluster", nil, `"my_team": a cluster name has 1 to 40 characters, a-z, 0-9 and hyphens, begins with a letter and does not end with a hyphen. Write "my-team"`},
		"a digit first":         {administrator, called("9lab"), "cluster", nil, `Write "lab"`},
		"41 characters":         {administrator, called(strings.Repeat("a", 41)), "cluster", nil, "1 to 40"},
		"no name":               {administrator, called(""), "cluster", nil, "deploy needs a cluster. Name one"},
		"a reserved name":       {administrator, called("monitor"), "cluster", nil, "is reserved"},
		"somebody else's":       {ana, called("bob"), "cluster", nil, "cluster bob is not among the clusters of organization member ana. Name one of: dev"},
		"a public name":         {ana, called("sliderule-20260101000000"), "cluster", nil, "only administrators may change"},
		"a guest":               {access.Caller{Account: "eve", Level: access.GitHubMember}, nodes(0), "cluster", nil, `"deploy" is not for github member. Become a member`},
		"public":                {ana, func(w *sliderule.Wanted) { w.IsPublic = true }, "is_public", nil, "Leave is_public out"},
		"no nodes":              {administrator, nodes(0), "node_capacity", nil, "node_capacity 0 is below 1 for administrator. Ask for 1 to 100 nodes."},
		"negative nodes":        {administrator, nodes(-3), "node_capacity", nil, "node_capacity -3 is below 1"},
		"nodes over the level":  {ana, nodes(60), "node_capacity", nil, "node_capacity 60 exceeds 50 for organization member. Ask for 1 to 50 nodes."},
		"nodes over all":        {administrator, nodes(101), "node_capacity", nil, "node_capacity 101 exceeds 100"},
		"negative least":        {administrator, func(w *sliderule.Wanted) { w.MinNodes = -1 }, "min_nodes", nil, "min_nodes -1 is below 0"},
		"least over capacity":   {administrator, func(w *sliderule.Wanted) { w.MinNodes = 4 }, "min_nodes", []string{"node_capacity"}, "min_nodes 4 exceeds node_capacity 3. Ask for 0 to 3 nodes"},
		"most below capacity":   {administrator, func(w *sliderule.Wanted) { w.MaxNodes = 2 }, "max_nodes", []string{"node_capacity"}, "max_nodes 2 is below node_capacity 3. Ask for at least 3 nodes"},
		"negative most":         {administrator, func(w *sliderule.Wanted) { w.MaxNodes = -2 }, "max_nodes", nil, "max_nodes -2 is below 1"},
		"most over the level":   {ana, func(w *sliderule.Wanted) { w.MaxNodes = 51 }, "max_nodes", nil, "max_nodes 51 exceeds 50 for organization member. Ask for at most 50 nodes."},
		"no time":               {administrator, living(0), "time_to_live", nil, "time_to_live 0 is below 15"},
		"negative time":         {administrator, living(-time.Hour), "time_to_live", nil, "time_to_live -60 is below 15"},
		"14 minutes":            {administrator, living(14 * time.Minute), "time_to_live", nil, "time_to_live 14 is below 15 for administrator. Ask for 15 to 525600 minutes."},
		"too long":              {ana, living(721 * time.Minute), "time_to_live", nil, "time_to_live 721 exceeds 720"},
		"over a year":           {administrator, living(525601 * time.Minute), "time_to_live", nil, "exceeds 525600"},
		"half a minute":         {administrator, living(90 * time.Second), "time_to_live", nil, "time_to_live 1m30s is not in whole minutes. Ask for 1 or 2 minutes."},
		"a version of a shell":  {administrator, func(w *sliderule.Wanted) { w.Version = "x$(id)" }, "version", nil, "is the tag of an image"},
		"another architecture":  {administrator, typed("g4dn.xlarge"), "nodes.instance_types", nil, `instance_types has "g4dn.xlarge", and SlideRule's images are for arm64 alone. Choose`},
		"no instance type":      {administrator, typed(""), "nodes.instance_types", nil, "arm64"},
		"the same type twice":   {administrator, typed("r8g.large", "r8g.large"), "nodes.instance_types", nil, "r8g.large twice"},
		"41 types":              {administrator, typed(many...), "nodes.instance_types", nil, "has 41, and a group takes 40"},
		"spot below":            {administrator, func(w *sliderule.Wanted) { w.Nodes.SpotShare = -1 }, "nodes.spot_share", nil, "spot_share -1 is no percentage"},
		"spot above":            {administrator, func(w *sliderule.Wanted) { w.Nodes.SpotShare = 101 }, "nodes.spot_share", nil, "spot_share 101"},
		"a price below zero":    {administrator, func(w *sliderule.Wanted) { w.Nodes.SpotMaxPrice = -1 }, "nodes.spot_max_price", nil, "spot_max_price -1"},
		"no number":             {administrator, func(w *sliderule.Wanted) { w.Nodes.SpotMaxPrice = math.NaN() }, "nodes.spot_max_price", nil, "NaN"},
		"an infinite price":     {administrator, func(w *sliderule.Wanted) { w.Nodes.SpotMaxPrice = math.Inf(1) }, "nodes.spot_max_price", nil, "Inf"},
		"a small volume":        {administrator, func(w *sliderule.Wanted) { w.Nodes.VolumeGB = 7 }, "nodes.volume_gb", nil, "volume_gb 7 is not from 8 to 16384"},
		"a negative volume":     {administrator, func(w *sliderule.Wanted) { w.Nodes.VolumeGB = -40 }, "nodes.volume_gb", nil, "volume_gb -40"},
		"a large volume":        {administrator, func(w *sliderule.Wanted) { w.Nodes.VolumeGB = 16385 }, "nodes.volume_gb", nil, "volume_gb 16385"},
		"a region for a zone":   {administrator, zoned("us-west-2"), "availability_zones", nil, `availability_zones has "us-west-2", which is no zone. Write the region and a letter, as in us-west-2a.`},
		"a hostile zone":        {administrator, zoned("us-west-2a\n"), "availability_zones", nil, `"us-west-2a\n"`},
		"a zone twice":          {administrator, zoned("us-west-2a", "us-west-2b", "us-west-2a"), "availability_zones", nil, "us-west-2a twice"},
		"seven zones":           {administrator, zoned("us-west-2a", "us-west-2b", "us-west-2c", "us-west-2d", "us-west-2e", "us-west-2f", "us-west-2g"), "availability_zones", nil, "has 7, and a cluster spans 6"},
		"a negative budget":     {administrator, costing(-1), "budget.limit_usd", nil, "limit_usd -1 is not above 0"},
		"a budget of nothing":   {administrator, costing(0), "budget.limit_usd", nil, "limit_usd 0"},
		"a budget without end":  {administrator, costing(math.Inf(1)), "budget.limit_usd", nil, "limit_usd +Inf"},
		"negative hours":        {administrator, func(w *sliderule.Wanted) { costing(100)(w); w.Budget.StartHours = -1 }, "budget.start_hours", nil, "start_hours -1 is not from 0 to 8784"},
		"no address":            {administrator, telling("ana"), "budget.emails", nil, `emails has "ana", which is no address`},
		"a long address":        {administrator, telling(strings.Repeat("a", 45) + "@example.org"), "budget.emails", nil, "at most 50 characters"},
		"eleven addresses":      {administrator, telling(strings.Split("a@b.c d@b.c e@b.c f@b.c g@b.c h@b.c i@b.c j@b.c k@b.c l@b.c m@b.c", " ")...), "budget.emails", nil, "has 11 addresses"},
		"a sleep of six fields": {administrator, sleeping("0 20 * * * *", "0 6 * * *"), "sleep.down", nil, `down: cron expression "0 20 * * * *": it has 6 fields, and five are needed.`},
		"an hour too late":      {administrator, sleeping("0 20 * * *", "0 24 * * *"), "sleep.up", nil, `up: cron expression "0 24 * * *": the hour "24" is not from 0 to 23. Write a number`},
		"sleep twice":           {administrator, sleeping("0 20 * * *;0 20 * * *", "0 6 * * *"), "sleep.down", nil, `down has "0 20 * * *" twice`},
		"asleep and awake":      {administrator, sleeping("0 20 * * *", "0 6 * * *;0 20 * * *"), "sleep.up", []string{"sleep.down"}, "is to go to sleep as well"},
		"never asleep":          {administrator, func(w *sliderule.Wanted) { w.Sleep = &sliderule.Sleep{Up: []string{"0 6 * * *"}} }, "sleep.down", nil, "down has no time to sleep"},
		"never awake":           {administrator, func(w *sliderule.Wanted) { w.Sleep = &sliderule.Sleep{Down: []string{"0 6 * * *"}} }, "sleep.up", nil, "up has no time to wake"},
		"a zone of Mars": {administrator, func(w *sliderule.Wanted) {
			sleeping("0 20 * * *", "0 6 * * *")(w)
			w.Sleep.TimeZone = "Mars/Olympus"
		}, "sleep.time_zone", nil, `time_zone "Mars/Olympus" is not known. Write an IANA name such as America/New_York, or UTC.`},
		"the zone of nobody else": {administrator, func(w *sliderule.Wanted) {
			sleeping("0 20 * * *", "0 6 * * *")(w)
			w.Sleep.TimeZone = "Local"
		}, "sleep.time_zone", nil, `time_zone "Local"`},
	} {
		t.Run(name, func(t *testing.T) {
			problems := sliderule.Judge(access.Table{}, what.caller, wanted(what.change))
			if len(problems) != 1 {
				t.Fatalf("got %d problems: %+v", len(problems), problems)
			}
			p := problems[0]
			if p.Attribute != what.attribute || !slices.Equal(p.Others, what.others) || p.Summary == "" || !strings.Contains(p.Detail, what.want) {
				t.Errorf("got %+v, want %s of %s", p, what.want, what.attribute)
			}
			if !strings.HasSuffix(p.Detail, ".") || strings.ContainsAny(p.Detail, "\n\x1b") {
				t.Errorf("the detail is %q", p.Detail)
			}
		})
	}
}

func TestJudgeTellsEverythingGravestFirst(t *testing.T) {
	w := wanted(called("my_team"), nodes(0), living(0), costing(-1), typed("m5.large"), zoned("mars"))
	w.MinNodes, w.MaxNodes, w.Version, w.Nodes.SpotShare = -1, -1, "-", 200
	w.Sleep = &sliderule.Sleep{Down: []string{"x"}}
	var got []string
	for _, p := range sliderule.Judge(access.Default(), administrator, w) {
		got = append(got, p.Attribute)
	}
	want := "cluster node_capacity time_to_live min_nodes max_nodes version nodes.instance_types nodes.spot_share availability_zones budget.limit_usd sleep.down sleep.up"
	if strings.Join(got, " ") != want {
		t.Errorf("got %v", got)
	}
}

func TestJudgeHasNothingAgainstWhatIsWell(t *testing.T) {
	for name, change := range map[string]func(*sliderule.Wanted){
		"the least": func(w *sliderule.Wanted) {
			*w = sliderule.Wanted{Cluster: "a", NodeCapacity: 1, TimeToLive: 15 * time.Minute}
		},
		"the most":         func(w *sliderule.Wanted) { w.NodeCapacity, w.TimeToLive, w.MaxNodes = 100, 525600*time.Minute, 100 },
		"asleep":           sleeping("0 20 * * 1-5;0 14 * * SAT", "0 6 * * MON-FRI"),
		"UTC by default":   func(w *sliderule.Wanted) { sleeping("0 20 * * *", "0 6 * * *")(w); w.Sleep.TimeZone = "" },
		"six zones":        zoned("us-west-2a", "us-west-2b", "us-west-2c", "us-west-2d", "us-gov-west-1a", "us-west-2f"),
		"an address twice": telling("ana@example.org", "ana@example.org"),
		"spot":             func(w *sliderule.Wanted) { w.Nodes = sliderule.Nodes{SpotShare: 100, SpotMaxPrice: 0.17, VolumeGB: 8} },
		"public":           func(w *sliderule.Wanted) { w.Cluster, w.IsPublic = "sliderule-20260101000000", true },
	} {
		if problems := sliderule.Judge(access.Table{}, administrator, wanted(change)); len(problems) != 0 {
			t.Errorf("%s: got %+v", name, problems)
		}
	}
}

// What Deploy says is the first problem, as it is, and a limit is told apart from a mistake.
func TestDeployAndCheckSayWhatJudgeSays(t *testing.T) {
	c := newCloud(t)
	r := c.region(func(o *sliderule.Options) { o.Caller = &ana })
	w := wanted(nodes(60), zoned("mars"))
	first := sliderule.Judge(access.Default(), ana, w)[0]
	_, deployed := r.Deploy(t.Context(), w, true)
	for _, err := range []error{r.Check(w), deployed, r.CheckFunds(t.Context(), w)} {
		var refusal *access.Refusal
		var problem *sliderule.Problem
		if !errors.As(err, &refusal) || refusal.Attribute != "node_capacity" || !errors.As(err, &problem) || problem.Detail != first.Detail {
			t.Errorf("got %v", err)
		}
		if !strings.HasSuffix(err.Error(), "node_capacity 60 exceeds 50 for organization member. Ask for 1 to 50 nodes") {
			t.Errorf("got %v", err)
		}
	}
	w.NodeCapacity = 3
	if err := r.Check(w); err == nil || errors.As(err, new(*access.Refusal)) {
		t.Errorf("a mistake is no refusal: %v", err)
	}
	if len(c.calls) != 0 {
		t.Errorf("AWS was asked: %v", c.calls)
	}
}

// A budget needs the price of every machine; whoever has none, does not.
func TestAMachineWithoutAPriceIsAProblemOfABudget(t *testing.T) {
	c := newCloud(t)
	types := typed("r8g.large", "x9g.large", "x9g.large", "m5.large", "x9g.metal")
	var got []string
	for _, p := range c.region().Judge(wanted(costing(100), types)) {
		if p.Summary == "The price of a machine is not known" {
			got = append(got, p.Attribute+" "+strings.Join(p.Others, " "))
			if !strings.Contains(p.Detail, `"x9g.`) || !strings.HasSuffix(p.Detail, "Enter its price in sliderule.prices.instances of the provider block.") {
				t.Errorf("got %+v", p)
			}
		}
	}
	if strings.Join(got, ", ") != "nodes.instance_types budget, nodes.instance_types budget" {
		t.Errorf("got %v", got)
	}
	if problems := c.region().Judge(wanted(typed("x9g.large"))); problems != nil {
		t.Errorf("got %+v", problems)
	}
	if problems := c.region().Judge(wanted(costing(100))); problems != nil {
		t.Errorf("got %+v", problems)
	}
	unpriced := func(o *sliderule.Options) { o.Prices = budget.PriceList{Instances: map[string]float64{"r8g.large": 1}} }
	if problems := c.region(unpriced).Judge(wanted(costing(100), typed("r8g.large"))); len(problems) != 1 || problems[0].Attribute != "budget" || !strings.Contains(problems[0].Detail, `"c8g.large"`) {
		t.Errorf("got %+v", problems)
	}
	if r := c.region(); r.PricesOf() != "us-west-2" || r.Name() != "us-west-2" {
		t.Errorf("got %q in %q", r.PricesOf(), r.Name())
	}
}
