package notebook_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/data-access/terraform-provider-provisioner/internal/notebook"
)

func TestJudge(t *testing.T) {
	long := map[string]string{}
	for i := range 63 {
		long[fmt.Sprint("k", i)] = "v"
	}
	for name, c := range map[string]struct {
		change    func(*notebook.Wanted)
		attribute string
		words     []string
	}{
		"unknown environment":      {func(w *notebook.Wanted) { w.Environment = "workbnch" }, "environment", []string{`"workbnch"`, "workbench, managed, dataproc_hub"}},
		"unknown identity":         {func(w *notebook.Wanted) { w.Identity = "me" }, "identity", []string{`"me"`, "service_account"}},
		"unknown state":            {func(w *notebook.Wanted) { w.DesiredState = "SUSPENDED" }, "desired_state", []string{`"SUSPENDED"`, "ACTIVE"}},
		"region for a zone":        {func(w *notebook.Wanted) { w.Location = "us-central1" }, "location", []string{`"us-central1"`, "zone", "us-central1-a"}},
		"no location at all":       {func(w *notebook.Wanted) { w.Location = "mars" }, "location", []string{`"mars"`, "zone", "such as"}},
		"zone for a region":        {func(w *notebook.Wanted) { w.Environment, w.Location = notebook.Managed, "us-central1-a" }, "location", []string{"region", "us-central1."}},
		"name with a dot":          {func(w *notebook.Wanted) { w.Name = "ana.diaz" }, "name", []string{`"ana.diaz"`, "63"}},
		"name with a capital":      {func(w *notebook.Wanted) { w.Name = "Ana" }, "name", []string{`"Ana"`}},
		"name with a hyphen last":  {func(w *notebook.Wanted) { w.Name = "ana-" }, "name", []string{"hyphen"}},
		"name too long":            {func(w *notebook.Wanted) { w.Name = strings.Repeat("a", 64) }, "name", []string{"64 characters"}},
		"machine type":             {func(w *notebook.Wanted) { w.MachineType = "n1_standard_4" }, "machine_type", []string{`"n1_standard_4"`, "e2-standard-4"}},
		"machine type by its path": {func(w *notebook.Wanted) { w.MachineType = "zones/us-central1-a/machineTypes/e2-medium" }, "machine_type", []string{"without a path"}},
		"machine family only":      {func(w *notebook.Wanted) { w.MachineType = "e2" }, "machine_type", nil},
		"accelerator":              {func(w *notebook.Wanted) { w.Accelerator = &notebook.Accelerator{Type: "nvidia-tesla-t4", Count: 1} }, "accelerator", []string{"NVIDIA_TESLA_T4"}},
		"accelerators":             {func(w *notebook.Wanted) { w.Accelerator = &notebook.Accelerator{Type: "NVIDIA_L4", Count: 3} }, "accelerator", []string{"3", "1, 2, 4, 8"}},
		"small disk":               {func(w *notebook.Wanted) { w.DataDisk.SizeGB = 5 }, "data_disk", []string{"5 GB", "64000"}},
		"large disk":               {func(w *notebook.Wanted) { w.BootDisk.SizeGB = 64001 }, "boot_disk", []string{"64001"}},
		"disk type":                {func(w *notebook.Wanted) { w.DataDisk.Type = "pd-ssd" }, "data_disk", []string{`"pd-ssd"`, "PD_SSD"}},
		"tag":                      {func(w *notebook.Wanted) { w.Tags = []string{"No"} }, "tags", []string{`"No"`}},
		"our label":                {func(w *notebook.Wanted) { w.Labels = map[string]string{"provisioner_owner": "x"} }, "labels", []string{"provisioner_owner"}},
		"Google's label":           {func(w *notebook.Wanted) { w.Labels = map[string]string{"goog-x": "x"} }, "labels", []string{"goog-x"}},
		"label key":                {func(w *notebook.Wanted) { w.Labels = map[string]string{"Team": "x"} }, "labels", []string{`"Team"`}},
		"label value":              {func(w *notebook.Wanted) { w.Labels = map[string]string{"owner": "ana@example.com"} }, "labels", []string{"ana@example.com"}},
		"too many labels":          {func(w *notebook.Wanted) { w.Labels = long }, "labels", []string{"63", "62"}},
		"idle too soon":            {func(w *notebook.Wanted) { w.IdleShutdown = 9 * time.Minute }, "idle_shutdown_minutes", []string{"9", "10 to 1440"}},
		"idle too late":            {func(w *notebook.Wanted) { w.IdleShutdown = 25 * time.Hour }, "idle_shutdown_minutes", []string{"1500"}},
		"idle hub": {
			func(w *notebook.Wanted) {
				w.Environment, w.IdleShutdown, w.Templates = notebook.DataprocHub, time.Hour, []string{"gs://bucket/ana/single.yaml"}
			}, "idle_shutdown_minutes",
			[]string{"idleDeleteTtl"},
		},
		"kms":                  {func(w *notebook.Wanted) { w.KMSKey = "key" }, "customer_managed_key", []string{"cryptoKeys"}},
		"malformed key":        {func(w *notebook.Wanted) { w.Metadata = map[string]string{"a b": "x"} }, "metadata", []string{`"a b"`}},
		"templates":            {func(w *notebook.Wanted) { w.Templates = []string{"gs://b/o.yaml"} }, "templates", []string{"dataproc_hub"}},
		"own account":          {func(w *notebook.Wanted) { w.ServiceAccount = "a@p.iam.gserviceaccount.com" }, "service_account", []string{"a@p.iam", `identity = "service_account"`}},
		"own image":            {func(w *notebook.Wanted) { w.Image = notebook.Image{Project: "mine", Name: "x"} }, "image", []string{`"mine"`, "cloud-notebooks-managed"}},
		"family and name":      {func(w *notebook.Wanted) { w.Image = notebook.Image{Family: "f", Name: "x"} }, "image", []string{`"f"`, `"x"`}},
		"third-party identity": {func(w *notebook.Wanted) { w.ThirdPartyIdentity = true }, "third_party_identity", []string{"identity"}},
		"startup script":       {func(w *notebook.Wanted) { w.Metadata = map[string]string{"startup-script": "x"} }, "metadata", []string{"startup-script", "owner"}},
		"startup script url":   {func(w *notebook.Wanted) { w.Metadata = map[string]string{"startup-script-url": "x"} }, "metadata", []string{"startup-script-url"}},
		"ssh keys":             {func(w *notebook.Wanted) { w.Metadata = map[string]string{"ssh-keys": "x"} }, "metadata", []string{"ssh-keys"}},
		"idle by hand":         {func(w *notebook.Wanted) { w.Metadata = map[string]string{"idle-timeout-seconds": "60"} }, "metadata", []string{"idle_shutdown_minutes"}},
		"owner by hand":        {func(w *notebook.Wanted) { w.Metadata = map[string]string{"proxy-user-mail": "x"} }, "metadata", []string{"user_email"}},
		"title":                {func(w *notebook.Wanted) { w.Metadata = map[string]string{"title": "x"} }, "metadata", []string{`"title"`}},
		"a hub's key":          {func(w *notebook.Wanted) { w.Metadata = map[string]string{"dataproc-configs": "x"} }, "metadata", []string{"dataproc-configs"}},
		"script by itself":     {func(w *notebook.Wanted) { w.Metadata = map[string]string{"post-startup-script": "#!/bin/sh"} }, "metadata", []string{"gs://"}},
		"script behavior":      {func(w *notebook.Wanted) { w.Metadata = map[string]string{"post-startup-script-behavior": "always"} }, "metadata", []string{"run_every_start"}},
		"no guest attributes":  {func(w *notebook.Wanted) { w.Metadata = map[string]string{"enable-guest-attributes": "FALSE"} }, "metadata", []string{"idle_shutdown_minutes"}},
	} {
		t.Run(name, func(t *testing.T) {
			found := notebook.Judge(wanted(c.change))
			if len(found) != 1 || found[0].Attribute != c.attribute {
				t.Fatalf("got %+v, want one problem with %s", found, c.attribute)
			}
			for _, word := range c.words {
				if !strings.Contains(found[0].Detail, word) {
					t.Errorf("%q does not say %q", found[0].Detail, word)
				}
			}
			if found[0].Summary == "" || strings.HasSuffix(found[0].Summary, ".") {
				t.Errorf("summary %q", found[0].Summary)
			}
		})
	}
}

func TestJudgeAcceptsWhatWorks(t *testing.T) {
	for name, change := range map[string]func(*notebook.Wanted){
		"the usual":       func(*notebook.Wanted) {},
		"nothing known":   func(w *notebook.Wanted) { *w = notebook.Wanted{} },
		"only where":      func(w *notebook.Wanted) { *w = notebook.Wanted{Environment: notebook.Workbench, Location: zone} },
		"a custom type":   func(w *notebook.Wanted) { w.MachineType = "n2-custom-4-8192" },
		"extended memory": func(w *notebook.Wanted) { w.MachineType = "n2-custom-4-81920-ext" },
		"an old custom":   func(w *notebook.Wanted) { w.MachineType = "custom-4-8192" },
		"a2":              func(w *notebook.Wanted) { w.MachineType = "a2-highgpu-1g" },
		"m1":              func(w *notebook.Wanted) { w.MachineType = "m1-ultramem-40" },
		"c4":              func(w *notebook.Wanted) { w.MachineType = "c4-standard-8-lssd" },
		"e2":              func(w *notebook.Wanted) { w.MachineType = "e2-medium" },
		"n1":              func(w *notebook.Wanted) { w.MachineType = "n1-standard-4" },
		"one letter":      func(w *notebook.Wanted) { w.Name = "a" },
		"63 letters":      func(w *notebook.Wanted) { w.Name = strings.Repeat("a", 63) },
		"another zone":    func(w *notebook.Wanted) { w.Location = "northamerica-northeast2-c" },
		"the new image":   func(w *notebook.Wanted) { w.Image = notebook.Image{Family: "workbench-instances-2603"} },
		"hyperdisk":       func(w *notebook.Wanted) { w.DataDisk = notebook.Disk{SizeGB: 64000, Type: "HYPERDISK_ML"} },
		"a service account": func(w *notebook.Wanted) {
			w.Identity, w.ServiceAccount, w.Image.Project, w.Image.Family = notebook.AsServiceAccount, "a@p.iam.gserviceaccount.com", "mine", "x"
			w.Metadata = map[string]string{"startup-script-url": "gs://b/o", "ssh-keys": "k"}
		},
		"people's own keys": func(w *notebook.Wanted) {
			w.Metadata = map[string]string{
				"post-startup-script": "gs://b/o.sh", "post-startup-script-behavior": "run_once", "enable-guest-attributes": "TRUE",
				"disable-mixer": "false", "something-else": "", "install-monitoring-agent": "true",
			}
		},
		"a managed one": func(w *notebook.Wanted) { w.Environment, w.Location, w.Metadata = notebook.Managed, "us-central1", nil },
	} {
		if found := notebook.Judge(wanted(change)); len(found) > 0 {
			t.Errorf("%s: %+v", name, found)
		}
	}
}

func TestWarn(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*notebook.Wanted)
		words  []string
	}{
		"a managed one":     {func(w *notebook.Wanted) { w.Environment = notebook.Managed }, []string{"2025-04-14", "2026-03-30", "workbench"}},
		"a hub":             {func(w *notebook.Wanted) { w.Environment = notebook.DataprocHub }, []string{"2026-04-10", "2026-03-30", "workbench", "provisioner_spark_session_template"}},
		"a service account": {func(w *notebook.Wanted) { w.Identity = notebook.AsServiceAccount }, []string{"service_account", "logged"}},
	} {
		found := notebook.Warn(wanted(c.change))
		if len(found) != 1 {
			t.Errorf("%s: %+v", name, found)
			continue
		}
		for _, word := range c.words {
			if !strings.Contains(found[0].Detail, word) {
				t.Errorf("%s: %q does not say %q", name, found[0].Detail, word)
			}
		}
	}
	if found := append(notebook.Warn(wanted()), notebook.Warn(notebook.Wanted{})...); len(found) > 0 {
		t.Errorf("no reason to warn: %+v", found)
	}
}

// A runtime of a service account is owned by the account, and so by all who may act as it.
func TestWarnOfARuntimeThatOthersCanOpen(t *testing.T) {
	found := notebook.Warn(wanted(func(w *notebook.Wanted) {
		w.Environment, w.Identity = notebook.Managed, notebook.AsServiceAccount
	}))
	if len(found) != 2 || found[1].Attribute != "identity" || !strings.Contains(found[1].Detail, "iam.serviceAccounts.actAs") || !strings.Contains(found[1].Detail, "can open it") {
		t.Errorf("got %+v", found)
	}
	for _, other := range notebook.Warn(wanted(func(w *notebook.Wanted) { w.Identity = notebook.AsServiceAccount })) {
		if strings.Contains(other.Detail, "actAs") {
			t.Errorf("an instance with one owner: %s", other.Detail)
		}
	}
}
