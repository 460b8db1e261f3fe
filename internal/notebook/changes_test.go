package notebook_test

import (
	"strings"
	"testing"
	"time"

	"github.com/data-access/terraform-provider-provisioner/internal/notebook"
)

func TestChanges(t *testing.T) {
	before := wanted(func(w *notebook.Wanted) {
		w.Network, w.Subnet, w.BootDisk, w.DataDisk = "projects/sandbox-project/global/networks/default", "projects/sandbox-project/regions/us-central1/subnetworks/narrow", notebook.Disk{SizeGB: 150, Type: "PD_SSD"}, notebook.Disk{SizeGB: 100}
		w.Tags, w.ServiceAccount, w.Image = []string{"one"}, "a@p.iam.gserviceaccount.com", notebook.Image{Project: "cloud-notebooks-managed", Family: "workbench-instances"}
	})
	for name, c := range map[string]struct {
		change           func(*notebook.Wanted)
		attribute        string // of the one change; "" is none
		replace, restart bool
		why              string
	}{
		"nothing":            {change: func(*notebook.Wanted) {}},
		"person":             {func(w *notebook.Wanted) { w.Person = bob }, "user_email", true, false, "made with"},
		"identity":           {func(w *notebook.Wanted) { w.Identity = notebook.AsServiceAccount }, "identity", true, false, ""},
		"name":               {func(w *notebook.Wanted) { w.Name = "other" }, "name", true, false, ""},
		"location":           {func(w *notebook.Wanted) { w.Location = "us-central1-b" }, "location", true, false, ""},
		"project":            {func(w *notebook.Wanted) { w.Project = "other" }, "project", true, false, ""},
		"network":            {func(w *notebook.Wanted) { w.Network = "other" }, "network", true, false, ""},
		"network, respelt":   {change: func(w *notebook.Wanted) { w.Network = "default" }},
		"network left open":  {change: func(w *notebook.Wanted) { w.Network = "" }},
		"subnet":             {func(w *notebook.Wanted) { w.Subnet = "other" }, "subnet", true, false, ""},
		"service account":    {func(w *notebook.Wanted) { w.ServiceAccount = "b@p.iam.gserviceaccount.com" }, "service_account", true, false, ""},
		"image":              {func(w *notebook.Wanted) { w.Image.Family = "workbench-instances-2603" }, "image", true, false, ""},
		"image, respelt":     {change: func(w *notebook.Wanted) { w.Image = notebook.Image{Family: "workbench-instances"} }},
		"key":                {func(w *notebook.Wanted) { w.KMSKey = "projects/k/locations/l/keyRings/r/cryptoKeys/c" }, "customer_managed_key", true, false, ""},
		"third parties":      {func(w *notebook.Wanted) { w.ThirdPartyIdentity = true }, "third_party_identity", true, false, ""},
		"a public address":   {func(w *notebook.Wanted) { w.PublicIP = true }, "public_ip", true, false, "takes a public address away"},
		"a smaller disk":     {func(w *notebook.Wanted) { w.BootDisk.SizeGB = 149 }, "boot_disk", true, false, "150 GB"},
		"another disk type":  {func(w *notebook.Wanted) { w.BootDisk.Type = "PD_BALANCED" }, "boot_disk", true, false, "PD_SSD"},
		"a larger disk":      {func(w *notebook.Wanted) { w.DataDisk.SizeGB = 101 }, "data_disk", false, false, ""},
		"disk left open":     {change: func(w *notebook.Wanted) { w.DataDisk = notebook.Disk{} }},
		"machine type":       {func(w *notebook.Wanted) { w.MachineType = "e2-standard-8" }, "machine_type", false, true, "stopped and started"},
		"machine, left open": {change: func(w *notebook.Wanted) { w.MachineType = "" }},
		"accelerator":        {func(w *notebook.Wanted) { w.Accelerator = &notebook.Accelerator{Type: "NVIDIA_L4", Count: 1} }, "accelerator", false, true, "stopped and started"},
		"labels":             {func(w *notebook.Wanted) { w.Labels = nil }, "labels", false, false, ""},
		"tags":               {func(w *notebook.Wanted) { w.Tags = []string{"two"} }, "tags", false, false, ""},
		"idle shutdown":      {func(w *notebook.Wanted) { w.IdleShutdown = time.Hour }, "idle_shutdown_minutes", false, false, ""},
		"desired state":      {func(w *notebook.Wanted) { w.DesiredState = notebook.Stopped }, "desired_state", false, false, ""},
		"metadata": {func(w *notebook.Wanted) {
			w.Metadata = map[string]string{"notebook-disable-downloads": "true", "x": "y"}
		}, "metadata", false, false, ""},
		"metadata at a start": {func(w *notebook.Wanted) { w.Metadata = map[string]string{"disable-mixer": "false"} }, "metadata", false, false, "disable-mixer, notebook-disable-downloads"},
		"metadata at birth": {func(w *notebook.Wanted) {
			w.Metadata = map[string]string{"notebook-disable-downloads": "true", "install-nvidia-driver": "True"}
		}, "metadata", true, false, "install-nvidia-driver"},
	} {
		t.Run(name, func(t *testing.T) {
			after := before
			c.change(&after)
			all := notebook.Changes(before, after)
			if c.attribute == "" {
				if len(all) > 0 {
					t.Fatalf("got %+v", all)
				}
				return
			}
			if len(all) != 1 || all[0].Attribute != c.attribute || all[0].Replace != c.replace || all[0].Restart != c.restart || !strings.Contains(all[0].Why, c.why) {
				t.Fatalf("got %+v", all)
			}
			if (c.replace || c.restart) != (all[0].Why != "") && c.why == "" {
				t.Errorf("it says %q", all[0].Why)
			}
		})
	}
}

func TestANewMachineTakesAnotherPublicAddressAway(t *testing.T) {
	all := notebook.Changes(wanted(func(w *notebook.Wanted) { w.PublicIP = true }), wanted())
	if len(all) != 1 || all[0].Attribute != "public_ip" || all[0].Replace {
		t.Errorf("got %+v", all)
	}
}

// What an import does not tell never replaces anything.
func TestWhatGoogleDoesNotTellReplacesNothing(t *testing.T) {
	imported := notebook.Wanted{Environment: notebook.Workbench, Project: projectID, Location: zone, Name: "ana"}
	after := wanted(func(w *notebook.Wanted) { w.Image.Family, w.Network = "workbench-instances-2603", "default" })
	for _, change := range notebook.Changes(imported, after) {
		if change.Replace {
			t.Errorf("got %+v", change)
		}
	}
}
