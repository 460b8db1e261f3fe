package discovery_test

import (
	"encoding/json"
	"testing"

	"github.com/data-access/terraform-provider-provisioner/internal/tools/discovery"
)

func TestReadFindsTheDescriptionOfAnAPI(t *testing.T) {
	t.Chdir(t.TempDir()) // wherever it runs
	text, err := discovery.Read("notebooks/v2")
	if err != nil {
		t.Fatal(err)
	}
	var described struct{ Name, Version string }
	if err := json.Unmarshal(text, &described); err != nil || described.Name != "notebooks" || described.Version != "v2" {
		t.Errorf("got %+v, %v", described, err)
	}
	if _, err := discovery.Read("weather/v1"); err == nil {
		t.Error("an API that nobody described was found")
	}
}
