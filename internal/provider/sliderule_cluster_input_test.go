package provider_test

import (
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
)

// small is a cluster that can be had.
var small = fields{"cluster": "dev", "node_capacity": 2, "time_to_live": 60}

// Whatever is wrong with a configuration is one error, before anything is asked of AWS. Defects 5, 10 and 12.
func TestBadInputForSlideRuleIsRefused(t *testing.T) {
	t.Parallel()
	w := newSlideruleWorld(t)
	nodes := func(name string, value any) fields { return small.with("nodes", fields{name: value}) }
	budget := func(more fields) fields { return small.with("budget", more) }
	sleep := func(down, up any, zone any) fields {
		return small.with("sleep", fields{"down": down, "up": up, "time_zone": zone})
	}
	night, day := []any{"0 20 * * *"}, []any{"0 6 * * 1-5"}
	for name, c := range map[string]struct {
		config fields
		want   []string
	}{
		"a name with _":                {small.with("cluster", "my_team"), []string{"cluster", "my_team", "hyphens"}},
		"a name with a leading digit":  {small.with("cluster", "9lab"), []string{"cluster", "9lab", "letter"}},
		"a name in capitals":           {small.with("cluster", "Dev"), []string{"cluster", "Dev"}},
		"a name that ends in a hyphen": {small.with("cluster", "dev-"), []string{"cluster", "dev-"}},
		"a name and a newline":         {small.with("cluster", "dev\n"), []string{"cluster", `dev\n`}},
		"no name":                      {small.with("cluster", ""), []string{"cluster"}},
		"a long name":                  {small.with("cluster", strings.Repeat("x", 41)), []string{"cluster", "40"}},
		"a reserved name":              {small.with("cluster", "sliderule"), []string{"cluster", "sliderule", "reserved"}},
		"an old reserved name":         {small.with("cluster", "ps"), []string{"cluster", `"ps"`, "reserved"}},
		"no nodes":                     {small.with("node_capacity", 0), []string{"node_capacity", "0", "1 to 100"}},
		"less than no nodes":           {small.with("node_capacity", -1), []string{"node_capacity", "-1"}},
		"too many nodes":               {small.with("node_capacity", 101), []string{"node_capacity", "101", "100"}},
		"more nodes than a number has": {small.with("node_capacity", 4294967298), []string{"node_capacity", "100"}},
		"a short life":                 {small.with("time_to_live", 14), []string{"time_to_live", "14", "15"}},
		"no life":                      {small.with("time_to_live", 0), []string{"time_to_live", "0"}},
		"a life before this":           {small.with("time_to_live", -60), []string{"time_to_live", "-60"}},
		"a long life":                  {small.with("time_to_live", 525601), []string{"time_to_live", "525601", "525600"}},
		"less than none at least":      {small.with("min_nodes", -1), []string{"min_nodes", "-1"}},
		"more than all at least":       {small.with("min_nodes", 3), []string{"min_nodes", "3", "node_capacity"}},
		"fewer at most":                {small.with("max_nodes", 1), []string{"max_nodes", "1", "node_capacity"}},
		"none at most":                 {small.with("max_nodes", 0), []string{"max_nodes", "0", "leave max_nodes out"}},
		"less than none at most":       {small.with("max_nodes", -2), []string{"max_nodes", "-2"}},
		"too many at most":             {small.with("max_nodes", 101), []string{"max_nodes", "101", "100"}},
		"a version for a shell":        {small.with("version", "x$(id)"), []string{"version", "x$(id)"}},
		"no version":                   {small.with("version", ""), []string{"version", "leave version out"}},
		"machines of Intel's":          {nodes("instance_types", []any{"m7i.large"}), []string{"instance_types", "m7i.large", "arm64"}},
		"a machine twice":              {nodes("instance_types", []any{"t4g.2xlarge", "t4g.2xlarge"}), []string{"instance_types", "t4g.2xlarge", "twice"}},
		"no machine":                   {nodes("instance_types", []any{}), []string{"instance_types", "at least 1"}},
		"a machine that is null":       {nodes("instance_types", []any{nil}), []string{"instance_types", "null"}},
		"more spot than all":           {nodes("spot_share", 101), []string{"spot_share", "101", "100"}},
		"less spot than none":          {nodes("spot_share", -1), []string{"spot_share", "-1"}},
		"a price below zero":           {nodes("spot_max_price", -0.1), []string{"spot_max_price", "-0.1"}},
		"no disk":                      {nodes("volume_gb", 0), []string{"volume_gb", "0", "leave volume_gb out"}},
		"a small disk":                 {nodes("volume_gb", 7), []string{"volume_gb", "7", "8"}},
		"no zones":                     {small.with("availability_zones", []any{}), []string{"availability_zones", "at least 1"}},
		"a zone that is a region":      {small.with("availability_zones", []any{"us-west-2"}), []string{"availability_zones", "us-west-2"}},
		"a zone twice":                 {small.with("availability_zones", []any{"us-west-2a", "us-west-2a"}), []string{"availability_zones", "us-west-2a"}},
		"a budget below zero":          {budget(fields{"limit_usd": -1}), []string{"limit_usd", "-1"}},
		"hours below zero":             {budget(fields{"limit_usd": 10, "start_hours": -1}), []string{"start_hours", "-1"}},
		"an e-mail that is none":       {budget(fields{"limit_usd": 10, "emails": []any{"ana"}}), []string{"emails", `ana`}},
		"four fields of cron":          {sleep([]any{"0 20 * *"}, day, nil), []string{"down", "0 20 * *", "five"}},
		"an hour that is none":         {sleep(night, []any{"0 24 * * *"}, nil), []string{"up", "0 24 * * *", "0 to 23"}},
		"falling asleep for ever":      {sleep(night, []any{}, nil), []string{"sleep"}},
		"a time zone on the moon":      {sleep(night, day, "Moon/Tycho"), []string{"time_zone", "Moon/Tycho"}},
		"another way to expire":        {small.with("when_expired", "explode"), []string{"when_expired", "explode", "redeploy"}},
		"a time-out without a unit":    {small.with("timeouts", fields{"create": "30"}), []string{"timeouts", "30"}},
	} {
		r := w.newRun()
		said := r.validate(c.config)
		if len(said) == 0 { // only a plan knows who asks
			planned, _ := r.plan(r.process(), c.config)
			said = planned.Diagnostics
		}
		if len(said) != 1 || said[0].Severity.String() != "ERROR" {
			t.Errorf("%s: want one error, got %d: %s", name, len(said), told(said))
			continue
		}
		place := ""
		if said[0].Attribute != nil {
			place = said[0].Attribute.String()
		}
		if err := contains(place+" "+told(said), c.want...); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if calls := w.Wire.Calls(); len(calls) != 0 {
		t.Errorf("AWS was asked: %v", calls)
	}
}

// What is not known yet is not held against anybody, at whatever depth, and is judged by the apply.
func TestUnknownInputForSlideRuleIsJudgedAtApply(t *testing.T) {
	t.Parallel()
	w := newFoundedWorld(t)
	for _, config := range []fields{
		small.with("cluster", later{}), small.with("node_capacity", later{}), small.with("time_to_live", later{}), small.with("min_nodes", 3).with("node_capacity", later{}),
		small.with("is_public", later{}), small.with("version", later{}), small.with("nodes", later{}), small.with("nodes", fields{"instance_types": []any{"t4g.2xlarge", later{}}}),
		small.with("budget", later{}), small.with("budget", fields{"limit_usd": later{}}), small.with("sleep", later{}),
		small.with("sleep", fields{"down": []any{later{}}, "up": []any{"0 6 * * *"}, "time_zone": later{}}), small.with("availability_zones", []any{later{}}), small.with("wait", later{}), small.with("when_expired", later{}),
	} {
		r := w.newRun()
		planned, said := r.plan(r.process(), config)
		if validated := r.validate(config); len(validated)+len(planned.Diagnostics) != 0 {
			t.Errorf("%v: %s%s", config, told(validated), said)
		}
	}
	late := "resource \"terraform_data\" \"late\" {\n input = 101\n}\n"
	w.run(
		// Who uses Terraform gets the same words.
		w.onAWS(sized("min_nodes = 3"), func(s *resource.TestStep) { s.PlanOnly = true }, fails("min_nodes", "3", "node_capacity")),
		w.onAWS(late+devCluster("node_capacity = terraform_data.late.output", "time_to_live = 60"), fails("node_capacity", "101", "100")),
		w.onAWS(late+devCluster("node_capacity = 2", "time_to_live = terraform_data.late.output"), planned(devAddress, plancheck.ResourceActionCreate), check(func() error { return same(1, w.acted("CreateStack")) })),
	)
}
