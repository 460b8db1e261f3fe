package probe_test

import (
	"testing"

	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/probe"
)

func TestCompatible(t *testing.T) {
	for _, c := range []struct {
		client, server string
		want           probe.Fit
	}{
		{"v5.2.1", "v5.5.0", probe.Same},
		{"5.2.1", "v5.5.0", probe.Same},
		{"v5", "5.0.0-rc1+build.2", probe.Same},
		{" v5.2.1\n", "v5.5.0", probe.Same},
		{"v5.2.1", "4.20.0", probe.Differs},
		{"v4.20.0", "v5.5.0", probe.Differs},
		{"v15.0.0", "v5.0.0", probe.Differs},
		{"latest", "v5.5.0", probe.Unknown},
		{"v5.5.0", "latest", probe.Unknown},
		{"", "", probe.Unknown},
		{"v", "v5.5.0", probe.Unknown},
		{"vv5.5.0", "v5.5.0", probe.Unknown},
		{"-5.0", "v5.5.0", probe.Unknown},
		{"5x", "v5.5.0", probe.Unknown},
		{"99999999999999999999.0", "v5.5.0", probe.Unknown},
		{"５.5", "v5.5.0", probe.Unknown},
	} {
		if got := probe.Compatible(c.client, c.server); got != c.want {
			t.Errorf("%q, %q: got %v, want %v", c.client, c.server, got, c.want)
		}
	}
}
