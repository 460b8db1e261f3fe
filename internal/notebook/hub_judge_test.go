package notebook

import (
	"strings"
	"testing"
)

func TestWhatALegacyNotebookCannotHave(t *testing.T) {
	managed, hub := runtimeOf(t), hubOf(t)
	named := func(email, name string) func(*Wanted) {
		return func(w *Wanted) { w.Person, w.Name = who(t, email), name }
	}
	templates := func(uris ...string) func(*Wanted) { return func(w *Wanted) { w.Templates = uris } }
	for name, c := range map[string]struct {
		from      Wanted
		change    func(*Wanted)
		attribute string   // "" is none
		says      []string // in the detail
	}{
		"a runtime":                                 {managed, func(*Wanted) {}, "", nil},
		"a runtime of which little is known":        {managed, func(w *Wanted) { *w = Wanted{Environment: Managed} }, "", nil},
		"a runtime in a zone":                       {managed, func(w *Wanted) { w.Location = "us-central1-a" }, "location", []string{"region", "us-central1."}},
		"an account for a runtime of a user":        {managed, func(w *Wanted) { w.ServiceAccount = "x@p.iam.gserviceaccount.com" }, "service_account", []string{"x@p.iam", "service_account"}},
		"a runtime as an account":                   {managed, func(w *Wanted) { w.ServiceAccount, w.Identity = "x@p.iam.gserviceaccount.com", AsServiceAccount }, "", nil},
		"a runtime as nobody":                       {managed, func(w *Wanted) { w.Identity = AsServiceAccount }, "service_account", []string{"service_account", "e-mail"}},
		"a runtime as whom is not known yet":        {managed, func(w *Wanted) { w.Identity, w.Unknown = AsServiceAccount, []string{"service_account"} }, "", nil},
		"a runtime with a boot disk":                {managed, func(w *Wanted) { w.BootDisk.SizeGB = 100 }, "boot_disk", []string{"data_disk"}},
		"a runtime with an image":                   {managed, func(w *Wanted) { w.Image.Family = "f" }, "image", nil},
		"a runtime with templates":                  {managed, templates("gs://bkt/x.yaml"), "templates", []string{"dataproc_hub"}},
		"a runtime with third-party identities":     {managed, func(w *Wanted) { w.ThirdPartyIdentity = true }, "third_party_identity", nil},
		"a runtime with a disk of v2":               {managed, func(w *Wanted) { w.DataDisk.Type = "HYPERDISK_BALANCED" }, "data_disk", []string{"HYPERDISK_BALANCED", "PD_SSD"}},
		"a runtime with the idle shutdown as a key": {managed, func(w *Wanted) { w.Metadata = map[string]string{"idle-timeout-seconds": "60"} }, "metadata", []string{"idle_shutdown_minutes"}},
		"a hub":                                {hub, func(*Wanted) {}, "", nil},
		"a hub of which little is known":       {hub, func(w *Wanted) { *w = Wanted{Environment: DataprocHub, Unknown: []string{"templates"}} }, "", nil},
		"a hub in a region":                    {hub, func(w *Wanted) { w.Location = "us-central1" }, "location", []string{"zone", "us-central1-a"}},
		"a hub as an account":                  {hub, func(w *Wanted) { w.Identity = AsServiceAccount }, "identity", []string{"templates", "service_account"}},
		"a hub that shuts down":                {hub, func(w *Wanted) { w.IdleShutdown = minutes(60) }, "idle_shutdown_minutes", []string{"idleDeleteTtl"}},
		"a hub with an accelerator":            {hub, func(w *Wanted) { w.Accelerator = &Accelerator{"NVIDIA_L4", 1} }, "accelerator", []string{"templates"}},
		"a hub with third-party identities":    {hub, func(w *Wanted) { w.ThirdPartyIdentity = true }, "third_party_identity", nil},
		"a hub without templates":              {hub, func(w *Wanted) { w.Templates = nil }, "templates", []string{"provisioner_dataproc_template"}},
		"a hub with a folder":                  {hub, templates("gs://bkt/templates/ann/"), "templates", []string{"gs://bkt/templates/ann/", "gs://BUCKET"}},
		"a hub with the beginning of a name":   {hub, templates("gs://bkt/templates/joe@corp.com"), "templates", nil},
		"a hub with a bucket":                  {hub, templates("gs://b.yaml"), "templates", nil},
		"a hub with two templates in one":      {hub, templates("gs://bkt/a.yaml,bkt/other.yaml"), "templates", []string{"comma"}},
		"a hub with a path without a scheme":   {hub, templates("bkt/a.yaml"), "templates", nil},
		"a hub with another spelling of yaml":  {hub, templates("gs://bkt/a.yml"), "templates", nil},
		"a hub with another machine's address": {hub, func(w *Wanted) { w.Metadata = map[string]string{"proxy-url": "u"} }, "metadata", []string{"proxy-url"}},
		"a hub with templates as a key":        {hub, func(w *Wanted) { w.Metadata = map[string]string{"dataproc-configs": "b/"} }, "metadata", []string{"templates"}},
		"a hub with another container":         {hub, func(w *Wanted) { w.Metadata = map[string]string{"container": "x"} }, "metadata", []string{"container"}},
		"a hub with what only Workbench reserves": {hub, func(w *Wanted) {
			w.Metadata = map[string]string{"dataproc-service-account": "x", "notebooks-examples-location": "y"}
		}, "", nil},
		"a hub with an image twice":                  {hub, func(w *Wanted) { w.Image = Image{Family: "f", Name: "n"} }, "image", nil},
		"a hub whose clusters fit":                   {hub, named("abcdefghijkl@example.com", "user-managed-instance-abcdefghijkl"), "", nil}, // 4+34+1+12 = 51
		"a hub whose clusters do not fit":            {hub, named("abcdefghijklm@example.com", "user-managed-instance-abcdefghijkl"), "name", []string{"abcdefghijklm@example.com", "51", "52", "at most 33"}},
		"a hub for whom no name fits":                {hub, named(strings.Repeat("a", 46)+"@example.com", "n"), "name", []string{"cannot have a hub", "workbench"}},
		"a hub whose clusters would end in a hyphen": {hub, named("ann-@example.com", "n"), "name", []string{"hub-n-ann-", "workbench"}},
		"a hub whose clusters would have a sign":     {hub, named("a=b@example.com", "n"), "name", []string{"hub-n-a=b"}},
		"a hub of somebody with dots and plus signs": {hub, named("a.b+c@example.com", "n"), "", nil},
		"a hub of the default name":                  {hub, func(w *Wanted) { w.Name = DefaultName(w.Person, DataprocHub) }, "", nil},
	} {
		t.Run(name, func(t *testing.T) {
			found := Judge(changed(c.from, c.change))
			if c.attribute == "" {
				if len(found) > 0 {
					t.Errorf("found %+v", found)
				}
				return
			}
			if len(found) != 1 || found[0].Attribute != c.attribute || found[0].Summary == "" || !strings.HasSuffix(found[0].Detail, ".") {
				t.Fatalf("found %+v", found)
			}
			for _, word := range c.says {
				if !strings.Contains(found[0].Detail, word) {
					t.Errorf("%q is not in %q", word, found[0].Detail)
				}
			}
		})
	}
}

func TestHowALegacyNotebookIsChanged(t *testing.T) {
	managed, hub := runtimeOf(t), hubOf(t)
	managed.DataDisk, hub.DataDisk = Disk{100, ""}, Disk{100, ""} // its type is never told
	hub.Image = Image{Project: hubImageProject, Family: hubImageFamily}
	for name, c := range map[string]struct {
		from   Wanted
		change func(*Wanted)
		want   []string // attribute, and what it takes
	}{
		"nothing":          {from: managed, change: func(*Wanted) {}},
		"another owner":    {from: managed, change: func(w *Wanted) { w.Person = who(t, "eve@example.com") }, want: []string{"user_email replace"}},
		"another identity": {from: managed, change: func(w *Wanted) { w.Identity, w.ServiceAccount = AsServiceAccount, "" }, want: []string{"identity replace"}},
		"another region":   {from: managed, change: func(w *Wanted) { w.Location, w.Subnet = "us-east1", "" }, want: []string{"location replace"}},
		"another network":  {from: managed, change: func(w *Wanted) { w.Network = "other" }, want: []string{"network replace"}},
		"the same network, spelled out": {from: managed, change: func(w *Wanted) {
			w.Network = "https://c.example.com/v1/projects/sandbox-project/global/networks/default"
		}},
		"the network left to Google":       {from: managed, change: func(w *Wanted) { w.Network = "" }},
		"a public address":                 {from: managed, change: func(w *Wanted) { w.PublicIP = true }, want: []string{"public_ip replace"}},
		"tags":                             {from: managed, change: func(w *Wanted) { w.Tags = []string{"x"} }, want: []string{"tags replace"}},
		"tags of the server":               {from: managed, change: func(w *Wanted) { w.Tags = []string{} }},
		"a larger disk":                    {from: managed, change: func(w *Wanted) { w.DataDisk.SizeGB = 200 }, want: []string{"data_disk replace"}},
		"the type of a disk, not told":     {from: managed, change: func(w *Wanted) { w.DataDisk.Type = "PD_SSD" }},
		"a key":                            {from: managed, change: func(w *Wanted) { w.KMSKey = "k" }, want: []string{"customer_managed_key replace"}},
		"metadata":                         {from: managed, change: func(w *Wanted) { w.Metadata = map[string]string{"a": "b"} }, want: []string{"metadata replace"}},
		"a machine type":                   {from: managed, change: func(w *Wanted) { w.MachineType = "n1-standard-8" }, want: []string{"machine_type restart"}},
		"an accelerator":                   {from: managed, change: func(w *Wanted) { w.Accelerator = &Accelerator{"NVIDIA_L4", 1} }, want: []string{"accelerator restart"}},
		"labels and idle shutdown":         {from: managed, change: func(w *Wanted) { w.Labels, w.IdleShutdown = nil, minutes(20) }, want: []string{"idle_shutdown_minutes", "labels"}},
		"nothing of a hub":                 {from: hub, change: func(*Wanted) {}},
		"the machine type of a hub":        {from: hub, change: func(w *Wanted) { w.MachineType = "e2-standard-2" }, want: []string{"machine_type restart"}},
		"templates":                        {from: hub, change: func(w *Wanted) { w.Templates = w.Templates[:1] }, want: []string{"templates"}},
		"the metadata of a hub":            {from: hub, change: func(w *Wanted) { w.Metadata = nil }, want: []string{"metadata"}},
		"the service account of a hub":     {from: hub, change: func(w *Wanted) { w.ServiceAccount = "b@p.iam.gserviceaccount.com" }, want: []string{"service_account replace"}},
		"the disk of a hub":                {from: hub, change: func(w *Wanted) { w.DataDisk.SizeGB = 50 }, want: []string{"data_disk replace"}},
		"a boot disk that is not told":     {from: hub, change: func(w *Wanted) { w.BootDisk = Disk{150, "PD_SSD"} }, want: []string{"boot_disk untold"}},
		"a key that is not told":           {from: hub, change: func(w *Wanted) { w.KMSKey = "k" }, want: []string{"customer_managed_key untold"}},
		"another image":                    {from: hub, change: func(w *Wanted) { w.Image.Family = "other" }, want: []string{"image replace"}},
		"the image that it has":            {from: hub, change: func(w *Wanted) { w.Image = Image{Family: hubImageFamily} }},
		"another name, and another person": {from: hub, change: func(w *Wanted) { w.Name, w.Person = "eve", who(t, "eve@example.com") }, want: []string{"user_email replace", "name replace"}},
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, change := range Changes(c.from, changed(c.from, c.change)) {
				word := change.Attribute
				switch {
				case change.Replace:
					word += " replace"
				case change.Restart:
					word += " restart"
				case strings.Contains(change.Why, "does not tell"):
					word += " untold"
				}
				if (change.Replace || change.Restart) && change.Why == "" {
					t.Errorf("%s does not say why", word)
				}
				got = append(got, word)
			}
			same(t, got, c.want)
		})
	}
}
