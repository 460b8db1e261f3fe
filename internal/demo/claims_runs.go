package main

import (
	"context"
	"fmt"
	"maps"
	"strings"

	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/run/script"
)

// passed fails unless a run did, with all that it is to have come to.
func passed(r runWords) error {
	if r.Status != script.Passed {
		return fmt.Errorf("the run %s should have passed, and is %q", r.ID, r.Status)
	}
	if len(r.Images) > 0 {
		return nil
	}
	for _, name := range script.Suites() {
		if s := r.Suites[name]; s.Status != script.Passed && s.Status != script.Skipped {
			return fmt.Errorf("the suite %s of %s should have passed, and is %q", name, r.ID, s.Status)
		}
	}
	return nil
}

// failedIn fails unless a run failed in one suite and came to the end of all others.
func failedIn(suite string, r runWords) error {
	if r.Status != script.Failed || r.Suites[suite].Status != script.Failed {
		return fmt.Errorf("the run %s should have failed in %s: it is %q, and has %+v", r.ID, suite, r.Status, r.Suites)
	}
	others := r
	others.Status, others.Suites = script.Passed, maps.Clone(r.Suites)
	others.Suites[suite] = script.Suite{Status: script.Passed}
	return passed(others)
}

// ranOnce fails unless each of the runs had one machine, a spot instance that is gone, which is the one that Terraform
// says.
func ranOnce(w world, all ...runWords) error {
	for _, r := range all {
		var had []runMachine
		for _, m := range w.aws.runs {
			if m.Run == r.ID {
				had = append(had, m)
			}
		}
		if len(had) != 1 || had[0].ID != r.Instance {
			return fmt.Errorf("the run %s should have had the machine %s alone: %+v", r.ID, r.Instance, had)
		}
		if m := had[0]; !m.Spot || !r.Spot || m.State != ec2types.InstanceStateNameTerminated {
			return fmt.Errorf("the machine of %s should be a spot instance that is gone; it is %+v, and Terraform says spot: %t", r.ID, m, r.Spot)
		}
	}
	return nil
}

// nothingOfRuns fails when a run left a schedule, a token, or a machine that was not there before.
func nothingOfRuns(before, after world) error {
	switch {
	case !same(before.aws.ends, after.aws.ends):
		return fmt.Errorf("the schedules should be as they were; they were %q, and are %q", before.aws.ends, after.aws.ends)
	case !same(before.aws.machines, after.aws.machines):
		return fmt.Errorf("no machine should be left; there were %q, and there are %q", before.aws.machines, after.aws.machines)
	case len(after.aws.tokens) > 0:
		return fmt.Errorf("no token should be left, and there is %s", strings.Join(after.aws.tokens, ", "))
	}
	return nil
}

// kept fails unless the log and the summary of each run are in the bucket, and Terraform says what the summary says.
func (d *demo) kept(ctx context.Context, all ...runWords) error {
	cfg := awsOf(d.clouds)
	for _, r := range all {
		log, err := object(ctx, cfg, r.LogURI)
		if err != nil {
			return err
		}
		document, err := object(ctx, cfg, r.SummaryURI)
		if err != nil {
			return err
		}
		if err := summedUp(r, string(log), document); err != nil {
			return err
		}
	}
	return nil
}

// summedUp fails unless a log and a summary are of a run that Terraform speaks of in the same words.
func summedUp(r runWords, log string, document []byte) error {
	s, err := script.ParseSummary(document)
	if err != nil {
		return fmt.Errorf("%s: %w", r.SummaryURI, err)
	}
	if s.RunID != r.ID || s.Status != r.Status || s.Version != candidate || !maps.Equal(s.Suites, r.Suites) || !maps.Equal(s.Images, r.Images) {
		return fmt.Errorf("Terraform says something else than %s, which has: %s", r.SummaryURI, document)
	}
	if strings.Contains(log, tokenStart) {
		return fmt.Errorf("the log %s has a token in it", r.LogURI)
	}
	lines := strings.Split(strings.TrimSpace(log), "\n")
	if last := lines[len(lines)-1]; !strings.Contains(last, s.Status) {
		return fmt.Errorf("the log %s should end with %q, and ends with %q", r.LogURI, s.Status, last)
	}
	return nil
}

// pushedAs fails unless the registry has all images of a cluster under the tag of a release, with the digests that
// Terraform says.
func pushedAs(release runWords, registry map[string]string) error {
	for _, image := range script.ClusterImages() {
		if registry[image] == "" || registry[image] != release.Images[image] {
			return fmt.Errorf("Terraform says that %s:%s is %q, and the registry has %q", image, candidate, release.Images[image], registry[image])
		}
	}
	return nil
}

// sameDigests fails unless a tag is where it was.
func sameDigests(was, is map[string]string) error {
	if len(was) == 0 || !maps.Equal(was, is) {
		return fmt.Errorf("latest should be as it was: it was %v, and is %v", was, is)
	}
	return nil
}

// tells fails unless an error says which suite failed, how the log ends, and where all of it is.
func tells(d diagnostic, suite string, r runWords) error {
	for _, words := range []string{"Suites that did not pass: " + suite + " (", "The end of its log:\n", "\nThe whole log: " + r.LogURI} {
		if !strings.Contains(d.Detail, words) {
			return fmt.Errorf("the error should say %q: %s. %s", words, d.Summary, d.Detail)
		}
	}
	return nil
}

// another fails when a run is the same as before.
func another(was, is runWords) error {
	if was.ID == is.ID || was.Instance == is.Instance {
		return fmt.Errorf("another run was expected, and it is still %s", is.ID)
	}
	return nil
}

// unchanged fails unless Terraform says of a run what it said before.
func unchanged(was, is runWords) error {
	if !same(was, is) {
		return fmt.Errorf("nothing of the run %s should have changed: it was %+v, and is %+v", was.ID, was, is)
	}
	return nil
}
