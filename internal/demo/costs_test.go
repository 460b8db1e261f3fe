package main

import (
	"path/filepath"
	"strings"
	"testing"
)

func TestCostsComeFromTheState(t *testing.T) {
	said := map[string]personal{nora: {SlideRule: &slideRuleWords{Cluster: "tide", Endpoint: "https://tide.example.org"}}, "ana@x.org": {}}
	path := filepath.Join(t.TempDir(), "terraform.tfstate")
	write(t, path, `{"version": 4, "resources": [
		{"type": "terraform_data", "instances": [{"attributes": {"cluster": "tide", "current_nodes": 9}}]},
		{"type": "provisioner_sliderule_cluster", "instances": [{"attributes": {"cluster": "ebb", "current_nodes": 7, "expires_at": "2026-11-20T18:30:00Z"}}]},
		{"type": "provisioner_sliderule_cluster", "instances": [{"attributes": {"cluster": "tide", "current_nodes": 2, "hourly_cost_usd": 0.76, "accrued_cost_usd": 1.5}}]}
	]}`)
	if err := readCosts(path, said); err != nil {
		t.Fatal(err)
	}
	if is := said[nora].SlideRule; is.CurrentNodes != 2 || is.HourlyCostUSD != 0.76 || is.AccruedCostUSD == nil || *is.AccruedCostUSD != 1.5 || is.Endpoint == "" {
		t.Errorf("got %+v", is)
	}
	write(t, path, `{"resources": 1}`)
	for _, bad := range []string{path, path + ".not"} {
		if err := readCosts(bad, said); err == nil || !strings.Contains(err.Error(), "terraform.tfstate") {
			t.Errorf("%s: %v", bad, err)
		}
	}
}
