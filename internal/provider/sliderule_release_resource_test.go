package provider_test

import (
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/runner"
)

const releasedAddress = "provisioner_sliderule_release.test"

// released is a release of two images of v5.5.1, with more attributes.
func released(attributes ...string) string {
	return "resource \"provisioner_sliderule_release\" \"test\" {\n cluster = \"dev\"\n version = \"v5.5.1\"\n image_names = [\"sliderule\", \"ilb\"]\n" + strings.Join(attributes, "\n") + "\n}\n"
}

// A release is in the state with the digests of its images. A tag that the registry has is not pushed to again, unless
// that is asked for.
func TestASlideruleRelease(t *testing.T) {
	t.Parallel()
	w := newRunWorld(t)
	w.pushesToECR()
	digest := knownvalue.StringRegexp(inThisOrder("sha256:"))
	w.runThen(w.leaves(4),
		w.onAWS(released(), planned(releasedAddress, plancheck.ResourceActionCreate), holds(releasedAddress, "status", "passed",
			"images", knownvalue.MapExact(map[string]knownvalue.Check{"sliderule": digest, "ilb": digest}), "commit", knownvalue.NotNull(), "log_uri", knownvalue.StringRegexp(inThisOrder("s3://", "/release-", "/run.log")))),
		w.onAWS(released(), nothing),
		w.onAWS(released(), importsRun(releasedAddress, "run_id", "image_names", "attempt", "cluster")),
		// Permission to overwrite is no reason to do it.
		w.onAWS(released("overwrite = true"), planned(releasedAddress, plancheck.ResourceActionUpdate, plancheck.ExpectKnownValue(releasedAddress, tfjsonpath.New("status"), knownvalue.StringExact("passed")))),
		w.onAWS(released(`triggers = { again = "1" }`), fails("The release could not be started", "with provisioner_sliderule_release.test", "version", "sliderule:v5.5.1 (sha256:", "set overwrite")),
		w.onAWS(released(`triggers = { again = "1" }`, "overwrite = true"), planned(releasedAddress, plancheck.ResourceActionCreate), holds(releasedAddress, "status", "passed")),
	)
	if n := w.acted("RunInstances"); n != 2 {
		t.Errorf("%d machines were started, want 2", n)
	}
}

// What cannot be built fails the apply with the step that failed and the end of the log.
func TestASlideruleReleaseThatFails(t *testing.T) {
	t.Parallel()
	w := newRunWorld(t)
	w.pushesToECR()
	w.Runner.Order(runner.Order{Command: "make", Containing: "docker", Status: 2, Print: "no space left on device\n", Times: -1})
	w.runThen(w.leaves(0), // nothing of it stays, if that is asked for
		w.onAWS(released("delete_logs = true"), fails("The release did not pass", "the release of v5.5.1 (release-", "ended as failed", "The end of its log:", "The whole log: s3://")),
	)
	if n := len(w.machines()); n != 0 {
		t.Errorf("%d machines still work", n)
	}
}
