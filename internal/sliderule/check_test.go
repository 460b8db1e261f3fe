package sliderule_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/data-access/terraform-provider-provisioner/internal/sliderule"
	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/access"
)

// Defects 3, 4, 5, 10 and 12: refused before anybody asks AWS anything.
func TestDefects3And4And5And10And12BadInputIsRefusedAtOnce(t *testing.T) {
	member := func(o *sliderule.Options) {
		o.Caller = &access.Caller{Account: "ana", Level: access.OrganizationMember, Clusters: []string{"dev"}}
	}
	administrator := func(*sliderule.Options) {}
	for name, what := range map[string]struct {
		as     func(*sliderule.Options)
		change func(*sliderule.Wanted)
		want   string
	}{
		"3: a public name":       {member, called("sliderule-20260101000000"), "public"},
		"3: another cluster":     {member, called("dev-two"), "dev-two is not among"},
		"4: a public cluster":    {member, func(w *sliderule.Wanted) { w.IsPublic = true }, "is_public"},
		"5: no nodes":            {administrator, nodes(0), "node_capacity 0"},
		"5: fewer than none":     {administrator, nodes(-1), "node_capacity -1"},
		"5: too many":            {member, nodes(60), "node_capacity 60 exceeds 50 for organization member"},
		"5: no time":             {administrator, living(0), "time_to_live 0"},
		"5: too long":            {member, living(721 * time.Minute), "time_to_live 721 exceeds 720"},
		"half a minute":          {administrator, living(90 * time.Second), "whole minutes"},
		"10: an underscore":      {administrator, called("my_team"), "my_team"},
		"10: a digit first":      {administrator, called("9lab"), "9lab"},
		"10: a capital":          {administrator, called("Dev"), "Dev"},
		"10: a hyphen last":      {administrator, called("dev-"), "dev-"},
		"10: a newline":          {administrator, called("dev\n"), `dev\n`},
		"10: reserved":           {administrator, called("ps"), "reserved"},
		"12: a hostile version":  {administrator, func(w *sliderule.Wanted) { w.Version = "x$(id)" }, "version"},
		"too few at least":       {administrator, func(w *sliderule.Wanted) { w.MinNodes = -1 }, "min_nodes"},
		"more at least than now": {administrator, func(w *sliderule.Wanted) { w.MinNodes = 4 }, "min_nodes"},
		"fewer at most":          {administrator, func(w *sliderule.Wanted) { w.MaxNodes = 2 }, "max_nodes"},
		"too many at most":       {member, func(w *sliderule.Wanted) { w.MaxNodes = 51 }, "max_nodes"},
		"spot share":             {administrator, func(w *sliderule.Wanted) { w.Nodes.SpotShare = 101 }, "spot_share"},
		"spot price":             {administrator, func(w *sliderule.Wanted) { w.Nodes.SpotMaxPrice = -1 }, "spot_max_price"},
		"volume":                 {administrator, func(w *sliderule.Wanted) { w.Nodes.VolumeGB = 1 }, "volume"},
		"another architecture":   {administrator, func(w *sliderule.Wanted) { w.Nodes.InstanceTypes = []string{"g4dn.xlarge"} }, "arm64"},
		"the same machine twice": {administrator, func(w *sliderule.Wanted) { w.Nodes.InstanceTypes = []string{"r8g.large", "r8g.large"} }, "twice"},
		"budget":                 {administrator, costing(-1), "limit_usd"},
		"sleep without waking":   {administrator, func(w *sliderule.Wanted) { w.Sleep = &sliderule.Sleep{Down: []string{"0 1 * * *"}} }, "wake"},
		"cron of six fields": {administrator, func(w *sliderule.Wanted) {
			w.Sleep = &sliderule.Sleep{Down: []string{"0 1 * * * *"}, Up: []string{"0 6 * * *"}}
		}, "five are needed"},
		"time zone": {administrator, func(w *sliderule.Wanted) {
			w.Sleep = &sliderule.Sleep{Down: []string{"0 1 * * *"}, Up: []string{"0 6 * * *"}, TimeZone: "Mars/Olympus"}
		}, "time_zone"},
	} {
		t.Run(name, func(t *testing.T) {
			c := newCloud(t)
			r := c.region(what.as)
			_, err := r.Deploy(t.Context(), wanted(what.change), true)
			if err == nil || !strings.Contains(err.Error(), what.want) || strings.Contains(err.Error(), "Apply again") || r.Check(wanted(what.change)) == nil {
				t.Errorf("got %v", err)
			}
			if len(c.calls) != 0 {
				t.Errorf("AWS was asked: %v", c.calls)
			}
		})
	}
	c := newCloud(t)
	var refusal *access.Refusal
	if err := c.region(member).Destroy(t.Context(), "sliderule-20260101000000", true); !errors.As(err, &refusal) || len(c.calls) != 0 {
		t.Errorf("defect 3: got %v", err)
	}
	if _, err := c.region(member).Extend(t.Context(), "sliderule-20260101000000", time.Hour); !errors.As(err, &refusal) || len(c.calls) != 0 {
		t.Errorf("defect 3: got %v", err)
	}
}

// Defect 11: long names have schedules of at most 64 characters; the fake refuses longer ones.
func TestDefect11TheLongestNameWorks(t *testing.T) {
	c := newCloud(t)
	name := strings.Repeat("a", 40)
	if made := c.deployed(wanted(called(name))); made.Name != name {
		t.Errorf("got %+v", made)
	}
	if err := c.region().Destroy(t.Context(), name, true); err != nil || len(c.schedules) != 0 {
		t.Errorf("got %v, left are %v", err, c.schedules)
	}
}
