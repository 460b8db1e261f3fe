package provider_test

import (
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// Whatever is wrong with a run is one error, at its attribute, before anything is asked of AWS. Defect 12.
func TestBadInputForSlideruleRunsIsRefused(t *testing.T) {
	t.Parallel()
	w := newSlideruleWorld(t)
	release := fields{"cluster": "dev", "version": "v5.5.1"}
	for name, c := range map[string]struct {
		typeName string
		config   fields
		want     []string
	}{
		"a version for a shell":            {testType, mainTest.with("version", "main; id #"), []string{"version", "main; id #"}},
		"a version that is a command":      {testType, mainTest.with("version", "x$(id)"), []string{"version", "x$(id)"}},
		"a version that is an option":      {testType, mainTest.with("version", "--upload-pack=id"), []string{"version", "--upload-pack=id"}},
		"a version and a newline":          {testType, mainTest.with("version", "main\nid"), []string{"version", `main\nid`}},
		"no version":                       {testType, mainTest.with("version", ""), []string{"version"}},
		"latest as a release":              {releaseType, release.with("version", "latest"), []string{"version", "latest", "move_latest"}},
		"a branch as a release":            {releaseType, release.with("version", "feature/x"), []string{"version", "feature/x"}},
		"a name with _":                    {testType, mainTest.with("cluster", "my_team"), []string{"cluster", "my_team"}},
		"a name for a shell":               {releaseType, release.with("cluster", "dev`id`"), []string{"cluster", "dev`id`"}},
		"no name":                          {testType, mainTest.with("cluster", ""), []string{"cluster", "needs a cluster"}},
		"a short limit":                    {testType, mainTest.with("time_limit", 9), []string{"time_limit 9", "10 to 720"}},
		"a long limit":                     {testType, mainTest.with("time_limit", 721), []string{"time_limit 721", "10 to 720"}},
		"no limit":                         {testType, mainTest.with("time_limit", 0), []string{"time_limit is 0", "leave time_limit out"}},
		"a limit before this":              {testType, mainTest.with("time_limit", -60), []string{"time_limit -60"}},
		"a limit of more than time":        {testType, mainTest.with("time_limit", 9223372036854775807), []string{"time_limit", "10 to 720"}},
		"fewer retries than none":          {testType, mainTest.with("retries", -1), []string{"retries -1", "0 to 5"}},
		"many retries":                     {testType, mainTest.with("retries", 6), []string{"retries 6", "0 to 5"}},
		"no disk":                          {testType, mainTest.with("volume_gb", 0), []string{"volume_gb is 0", "leave volume_gb out"}},
		"a small disk":                     {testType, mainTest.with("volume_gb", 8), []string{"volume_gb 8", "20"}},
		"no architecture":                  {testType, mainTest.with("architecture", ""), []string{"architecture", "leave architecture out"}},
		"an architecture that is none":     {testType, mainTest.with("architecture", "mips"), []string{"architecture", "mips", "arm64 or x86_64"}},
		"a release for another processor":  {releaseType, release.with("architecture", "x86_64"), []string{"architecture x86_64", "arm64 alone"}},
		"machines of another processor":    {testType, mainTest.with("instance_types", []any{"m7i.2xlarge"}), []string{"instance_types m7i.2xlarge", "arm64"}},
		"a machine twice":                  {testType, mainTest.with("instance_types", []any{"m7g.2xlarge", "m7g.2xlarge"}), []string{"instance_types m7g.2xlarge", "twice"}},
		"no machines":                      {testType, mainTest.with("instance_types", []any{}), []string{"instance_types", "at least 1"}},
		"a machine without a name":         {testType, mainTest.with("instance_types", []any{""}), []string{"instance_types"}},
		"a zone that is a region":          {testType, mainTest.with("zones", []any{"us-west-"}), []string{"zones", "us-west-", "us-west-2a"}},
		"a subnet that is a name":          {testType, mainTest.with("subnets", []any{"mine"}), []string{"subnets", "mine", "subnet-"}},
		"a security group that is a name":  {testType, mainTest.with("security_group", "default"), []string{"security_group", "default", "sg-"}},
		"no security group":                {testType, mainTest.with("security_group", ""), []string{"security_group", "leave security_group out"}},
		"a repository with a password":     {testType, mainTest.with("repository", "https://ana:secret@example.org/x/y.git"), []string{"repository", "without a name or token"}},
		"a repository that is a command":   {testType, mainTest.with("repository", "ext::sh -c id"), []string{"repository", "ext::sh -c id"}},
		"an image with a registry":         {releaseType, release.with("image_names", []any{"r.example.org/sliderule:x"}), []string{`image_names "r.example.org/sliderule:x"`, "sliderule"}},
		"an image that is null":            {releaseType, release.with("image_names", []any{nil}), []string{"image_names", "null"}},
		"a trigger that is null":           {testType, mainTest.with("triggers", map[string]tftypes.Value{"night": tftypes.NewValue(tftypes.String, nil)}), []string{"triggers", "null"}},
		"a time-out without a unit":        {testType, mainTest.with("timeouts", fields{"create": "30"}), []string{"timeouts", "30"}},
		"a version of two words":           {testType, mainTest.with("version", "a b"), []string{"version", "a b"}},
		"more machines than can be tried":  {testType, mainTest.with("instance_types", manyMachines(21)), []string{"instance_types", "21", "20"}},
		"a version longer than any branch": {testType, mainTest.with("version", strings.Repeat("x", 300)), []string{"version"}},
	} {
		said := w.drives(c.typeName).validates(c.config)
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
		if place == "" {
			t.Errorf("%s: it is told of no attribute: %s", name, told(said))
		}
	}
	if calls := w.Wire.Calls(); len(calls) != 0 {
		t.Errorf("AWS was asked: %v", calls)
	}
}

func manyMachines(n int) (all []any) {
	for i := range n {
		all = append(all, "m"+strings.Repeat("1", i+1)+"g.large")
	}
	return all
}

// What is not known yet is not held against anybody, and is judged by the apply.
func TestUnknownInputForSlideruleRunsIsJudgedAtApply(t *testing.T) {
	t.Parallel()
	w := newFoundedWorld(t)
	for _, name := range []string{"cluster", "version", "time_limit", "architecture", "instance_types", "zones", "subnets", "security_group", "volume_gb", "retries", "repository", "triggers", "wait"} {
		for _, config := range []fields{mainTest.with(name, later{}), mainTest.with("instance_types", []any{"m7i.2xlarge"}).with("architecture", later{})} {
			d := w.drives(testType)
			if said := told(append(d.validates(config), d.plans(config).Diagnostics...)); said != "" {
				t.Errorf("%v: %s", config, said)
			}
		}
	}
	late := "resource \"terraform_data\" \"late\" {\n input = 9\n}\n"
	w.run(w.onAWS(late+tested("time_limit = terraform_data.late.output"), fails("time_limit 9", "10 to 720")))
	if w.acted("RunInstances") != 0 {
		t.Error("a machine was started")
	}
}

// Runs are for administrators: who is logged in as a member is told so in the plan, once.
func TestSlideruleRunsAreForAdministrators(t *testing.T) {
	t.Parallel()
	w := newFoundedWorld(t)
	token := w.loggedIn()
	for typeName, config := range map[string]fields{testType: mainTest, releaseType: {"cluster": "dev", "version": "v5.5.1"}} {
		d := w.drives(typeName)
		d.jwt = token
		said := d.plans(config).Diagnostics
		if err := contains(told(said), "ERROR: Not allowed", "organization member"); err != nil || len(said) != 1 {
			t.Errorf("%s: %v: %s", typeName, err, told(said))
		}
		// What has ended they may forget, and what goes on they may not end.
		kind := strings.TrimPrefix(typeName, "provisioner_sliderule_")
		state := config.with("run_id", kind+"-20260101000000-abc").with("delete_logs", false)
		d.has(state.with("status", "passed"))
		says(t, "forgetting a "+kind, told(d.plans(nil).Diagnostics))
		d.has(state.with("status", "running"))
		says(t, "ending a "+kind, told(d.plans(nil).Diagnostics), "ERROR: Not allowed", "administrators alone", "ends by itself")
	}
	if w.acted("RunInstances") != 0 {
		t.Error("a machine was started")
	}
}
