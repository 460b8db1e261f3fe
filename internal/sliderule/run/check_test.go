package run_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/access"
	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/run"
)

func TestWhatCannotBeMeantIsRefusedBeforeAWSIsAsked(t *testing.T) {
	for _, bad := range []struct {
		attribute, words string
		wanted           run.Wanted
	}{
		{"kind", "must be test or release", tests(func(w *run.Wanted) { w.Kind = "deploy" })},
		{"cluster", "cluster name", tests(func(w *run.Wanted) { w.Cluster = "my_team" })},
		{"cluster", "needs a cluster", release(func(w *run.Wanted) { w.Cluster = "" })},
		{"time_limit", "from 10 to 720", tests(func(w *run.Wanted) { w.TimeLimit = time.Minute })},
		{"time_limit", "whole minutes", tests(func(w *run.Wanted) { w.TimeLimit = 90 * time.Second * 21 })},
		{"time_limit", "-1h0m0s", tests(func(w *run.Wanted) { w.TimeLimit = -time.Hour })},
		{"retries", "from 0 to 5", tests(func(w *run.Wanted) { w.Retries = -1 })},
		{"retries", "from 0 to 5", tests(func(w *run.Wanted) { w.Retries = 6 })},
		{"volume_gb", "from 20", tests(func(w *run.Wanted) { w.VolumeGB = 8 })},
		{"architecture", "arm64 or x86_64", tests(func(w *run.Wanted) { w.Architecture = "riscv" })},
		{"architecture", "for arm64 alone", release(func(w *run.Wanted) { w.Architecture = "x86_64" })},
		{"instance_types", "not a machine of arm64", tests(func(w *run.Wanted) { w.InstanceTypes = []string{"m7i.2xlarge"} })},
		{"instance_types", "not a machine of x86_64", tests(func(w *run.Wanted) { w.Architecture = "x86_64" })},
		{"instance_types", "given twice", tests(func(w *run.Wanted) { w.InstanceTypes = []string{"t4g.large", "t4g.large"} })},
		{"instance_types", "such as m8g.2xlarge", tests(func(w *run.Wanted) { w.InstanceTypes = []string{"big"} })},
		{"zones", "us-west-2a", tests(func(w *run.Wanted) { w.Zones = []string{"a"} })},
		{"subnets", "subnet-0123abcd", tests(func(w *run.Wanted) { w.Subnets = []string{"dmz"} })},
		{"security_group", "sg-0123abcd", tests(func(w *run.Wanted) { w.SecurityGroup = "default" })},
		{"repository", "without a name or token", tests(func(w *run.Wanted) { w.Repository = "https://user:secret@git.example.org/a.git" })},
		{"images", "sliderule", release(func(w *run.Wanted) { w.Images = []string{"Slide Rule"} })},
		{"owner", "letters, digits", tests(func(w *run.Wanted) { w.Owner = "<ana>" })},
		{"version", "a tag of its own", release(func(w *run.Wanted) { w.Version = "latest" })},
		{"version", "tag of an image", release(func(w *run.Wanted) { w.Version = "feature/x" })},
	} {
		c := newCloud(t)
		_, err := c.runner().Start(t.Context(), bad.wanted)
		var invalid *run.Invalid
		if !errors.As(err, &invalid) || invalid.Attribute != bad.attribute || !strings.Contains(err.Error(), bad.words) || invalid.Summary == "" || len(c.calls) != 0 {
			t.Errorf("%s: got %v after %v", bad.attribute, err, c.calls)
		}
		if problems := run.Judge(access.Default(), access.Caller{Level: access.Administrator}, bad.wanted); len(problems) != 1 {
			t.Errorf("%s: %d problems, %+v", bad.attribute, len(problems), problems)
		}
	}
}

// Defect 12: what a shell would read is refused, by the same rule in an error, whatever the kind of run.
func TestDefect12HostileVersionsAreRefused(t *testing.T) {
	for _, version := range []string{
		"main; id #", "x$(id)", "`id`", "main\nid", "main\n", "a'b", `a"b`, "-x", "--upload-pack=id", "a b", "a&&b", "../etc", "a..b", "", "refs/heads/.x", strings.Repeat("a", 300), "ü",
	} {
		for _, w := range []run.Wanted{tests(), release()} {
			w.Version = version
			c := newCloud(t)
			_, err := c.runner().Start(t.Context(), w)
			var invalid *run.Invalid
			if !errors.As(err, &invalid) || invalid.Attribute != "version" || !strings.HasPrefix(err.Error(), "version ") || len(c.calls) != 0 {
				t.Errorf("%q: got %v after %v", version, err, c.calls)
			}
		}
	}
}

func TestAllProblemsAreToldAtOnce(t *testing.T) {
	problems := run.Judge(access.Default(), access.Caller{Level: access.Administrator}, tests(func(w *run.Wanted) {
		w.Cluster, w.Version, w.Retries = "Dev", "x$(id)", 9
	}))
	if len(problems) != 3 {
		t.Errorf("got %+v", problems)
	}
}

func TestRunsAreForAdministratorsAlone(t *testing.T) {
	member := access.Caller{Account: "ana", Level: access.OrganizationMember, Clusters: []string{"dev"}}
	for _, w := range []run.Wanted{tests(), release()} {
		c := newCloud(t)
		_, err := c.runner(func(o *run.Options) { o.Caller = &member }).Start(t.Context(), w)
		var invalid *run.Invalid
		if !errors.As(err, &invalid) || invalid.Attribute != "function" || !strings.Contains(err.Error(), `"`+string(w.Kind)+`" is not for`) || len(c.calls) != 0 {
			t.Errorf("got %v after %v", err, c.calls)
		}
	}
}
