package provider_test

import (
	"strings"
	"testing"

	"github.com/data-access/terraform-provider-provisioner/internal/sliderule"
)

// The foundation's role makes addresses under its own domain alone, which the plan knows.
func TestTheDomainOfSlideruleClustersIsTheFoundations(t *testing.T) {
	t.Parallel()
	w := newFoundedWorld(t)
	for domain, refused := range map[string]bool{
		slideruleDomain: false, "eu." + slideruleDomain: false, slideruleDomain + ":8443": false, "other.example.net": true, "not" + slideruleDomain: true,
	} {
		r := w.newRun()
		r.block = fields{"domain": domain}
		_, said := r.plan(r.process(), small)
		if !refused {
			says(t, domain, said)
			continue
		}
		says(t, domain, said, "ERROR: The domain of the clusters is not the foundation's", "sliderule.domain is "+domain, "sliderule-foundation", slideruleDomain)
	}
	// A foundation that is not there yet may be made with that domain.
	r := w.newRun()
	r.block = fields{"domain": "other.example.net", "foundation": "not-yet"}
	_, said := r.plan(r.process(), small)
	says(t, "without a foundation", said)
}

// A provider that is told of another foundation while clusters run sees no end of them, and where it is.
func TestASlideruleClusterOfAnotherFoundation(t *testing.T) {
	t.Parallel()
	w := newFoundedWorld(t)
	_, err := w.region().EnsureFoundation(t.Context(), sliderule.FoundationWanted{
		Name: "second", Domain: slideruleDomain, CertificateSource: "s3://" + slideruleBucket + "/cf/" + slideruleDomain + ".pem", Registry: "registry.example.org",
	})
	w.must(err)
	r := w.newRun()
	says(t, "the first apply", r.apply(t.Context(), small))
	end := r.has("expires_at")
	r.block = fields{"foundation": "second"}
	planned, said := r.plan(r.process(), small)
	says(t, "on another foundation", said, "WARNING: A cluster belongs to another foundation", "sliderule-foundation ends it at "+end, `Set sliderule.foundation to "sliderule-foundation"`)
	if strings.Contains(said, "without an end") || !r.changes(planned) {
		t.Errorf("the plan says %s", said)
	}
	r.block = nil
	_, said = r.plan(r.process(), small)
	says(t, "on its own", said)
}
