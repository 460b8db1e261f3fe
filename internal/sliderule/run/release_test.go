package run_test

import (
	"errors"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/run"
	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/run/script"
)

// registry has the repositories, with an older version.
func registry(c *cloud) *cloud {
	c.images["sliderule:v5.5.0"], c.images["ilb:v5.5.0"] = "sha256:0a", "sha256:0b"
	return c
}

var digests = map[string]string{"sliderule": "sha256:1a", "ilb": "sha256:1b"}

func pushes(images map[string]string) life {
	return leaves(30*time.Minute, script.Summary{Status: script.Passed, Images: images}, "")
}

// Defect 33: the digest of each image is known, as the registry has it.
func TestDefect33AReleaseTellsTheDigestsThatTheRegistryHas(t *testing.T) {
	c := registry(newCloud(t))
	c.lives = []life{pushes(digests)}
	got, err := c.waited(release())
	if err != nil || got.Status != run.Passed || !maps.Equal(got.Digests, digests) || got.AMI == "" {
		t.Fatalf("got %+v, %v", got, err)
	}
	program := c.machines[0].userData
	for _, words := range []string{"VERSION='v5.6.0'", "IMAGES='sliderule ilb'", "OVERWRITE='false'", "MOVE_LATEST='false'", "shutdown -h +120"} {
		if !strings.Contains(program, words) {
			t.Errorf("%s is not in the program", words)
		}
	}
	if got = c.read(got.ID); got.Status != run.Passed || !maps.Equal(got.Digests, digests) || got.Kind != script.Release {
		t.Errorf("got %+v", got)
	}
}

// What tests run, on a branch that anybody may have written, cannot push images.
func TestReleasesHaveAProfileOfTheirOwn(t *testing.T) {
	c := registry(newCloud(t))
	c.started(tests())
	c.started(release())
	if test, release := *c.requests[0].IamInstanceProfile.Arn, *c.requests[1].IamInstanceProfile.Arn; test != c.foundation.RunProfile || release != c.foundation.ReleaseProfile {
		t.Errorf("a test has %s, a release %s", test, release)
	}
	c.foundation.ReleaseProfile = ""
	if _, err := c.runner().Start(t.Context(), release()); err == nil || !strings.Contains(err.Error(), "has no profile for releases yet. Apply its provisioner_sliderule_foundation again, which adds it") || strings.HasSuffix(err.Error(), "Apply again") || len(c.requests) != 2 {
		t.Errorf("got %v", err)
	}
	c.started(tests())
}

func TestATagThatIsThereIsRefusedUnlessOverwritten(t *testing.T) {
	c := registry(newCloud(t))
	c.images["ilb:v5.6.0"] = "sha256:old"
	_, err := c.runner().Start(t.Context(), release())
	if !errors.Is(err, run.ErrExists) || !strings.Contains(err.Error(), "ilb:v5.6.0 (sha256:old)") || !strings.Contains(err.Error(), "overwrite") || len(c.machines) != 0 {
		t.Errorf("got %v", err)
	}
	c.lives = []life{pushes(digests)}
	got, err := c.waited(release(func(w *run.Wanted) { w.Overwrite, w.MoveLatest = true, true }))
	if err != nil || !maps.Equal(got.Digests, digests) || !strings.Contains(c.machines[0].userData, "OVERWRITE='true'") || !strings.Contains(c.machines[0].userData, "MOVE_LATEST='true'") {
		t.Errorf("got %+v, %v", got, err)
	}
}

// A release that was interrupted half-way finds images of its own when it is tried again.
func TestAnInterruptedReleaseIsCompleted(t *testing.T) {
	c := registry(newCloud(t))
	c.lives = []life{func(c *cloud, m *fakeMachine) {
		m.after(time.Minute, func(m *fakeMachine) {
			c.images["sliderule:v5.6.0"] = "sha256:half"
			m.end(c.clock.Now(), "Server.SpotInstanceTermination")
		})
	}, pushes(digests)}
	got, err := c.waited(release(func(w *run.Wanted) { w.Retries = 1 }))
	if err != nil || got.Attempt != 2 || !maps.Equal(got.Digests, digests) || got.Overwrite || !strings.Contains(c.machines[1].userData, "OVERWRITE='true'") {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestARegistryThatDiffersFromTheSummaryIsAFailure(t *testing.T) {
	for want, after := range map[string]func(*cloud){
		"no sliderule:v5.6.0":                                func(c *cloud) { delete(c.images, "sliderule:v5.6.0") },
		"ilb:v5.6.0 with sha256:other in place of sha256:1b": func(c *cloud) { c.images["ilb:v5.6.0"] = "sha256:other" },
	} {
		c := registry(newCloud(t))
		c.lives = []life{func(c *cloud, m *fakeMachine) {
			pushes(digests)(c, m)
			m.after(30*time.Minute+time.Second, func(*fakeMachine) { after(c) })
		}}
		if got, err := c.waited(release()); err == nil || got.Status != run.Failed || !strings.Contains(err.Error(), want) {
			t.Errorf("got %+v, %v", got, err)
		}
	}
	for _, images := range []map[string]string{{"sliderule": "sha256:1a"}, nil} {
		c := registry(newCloud(t))
		c.lives = []life{pushes(images)}
		if got, err := c.waited(release()); err == nil || got.Status != run.Failed || !strings.Contains(err.Error(), "no result of ") {
			t.Errorf("got %+v, %v", got, err)
		}
	}
	// A registry that does not answer proves nothing: the wait is what was cut short.
	c := registry(newCloud(t))
	c.lives = []life{func(c *cloud, m *fakeMachine) {
		pushes(digests)(c, m)
		m.after(30*time.Minute, func(*fakeMachine) { c.faults["DescribeImages"] = []fault{{err: errDenied}} })
	}}
	got, err := c.waited(release())
	if err != nil || got.Status != run.Running || !errors.Is(got.Problem, run.ErrCutShort) {
		t.Errorf("got %+v, %v", got, err)
	}
	if got, err = c.runner().Wait(t.Context(), got); err != nil || got.Status != run.Passed || got.Problem != nil {
		t.Errorf("got %+v, %v", got, err)
	}
}

// What could not be pushed is refused before a machine is paid for.
func TestAReleaseThatCouldNotBePushedIsRefused(t *testing.T) {
	c := newCloud(t)
	c.images["sliderule:v1"] = "sha256:0"
	if _, err := c.runner().Start(t.Context(), release()); err == nil || !strings.Contains(err.Error(), "'ilb' does not exist") || !strings.Contains(err.Error(), "Create the repository") || len(c.machines) != 0 {
		t.Errorf("got %v", err)
	}
	c = newCloud(t)
	c.foundation.Registry = "registry.example.org"
	if _, err := c.runner().Start(t.Context(), release(func(w *run.Wanted) { w.Overwrite = true })); err == nil || !strings.Contains(err.Error(), "registry.example.org is none of ECR's") || len(c.machines) != 0 {
		t.Errorf("got %v", err)
	}
	c = registry(newCloud(t))
	c.foundation.Registry = ecrRegistry + "/science"
	c.images["science/sliderule:v1"], c.images["science/ilb:v1"] = "sha256:0", "sha256:0"
	if _, err := c.runner().Start(t.Context(), release()); err != nil {
		t.Error(err)
	}
}
