package modules_test

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/data-access/terraform-provider-provisioner/internal/person"
	fake "github.com/data-access/terraform-provider-provisioner/internal/sandbox/google"
)

// cluster is a cluster file that is right, with more lines below config.
func cluster(lines ...string) string {
	return "config:\n  softwareConfig:\n    imageVersion: \"2.3-debian12\"\n    optionalComponents: [JUPYTER]\n" +
		"  endpointConfig:\n    enableHttpPortAccess: true\n  lifecycleConfig:\n    idleDeleteTtl: \"7200s\"\n" + strings.Join(lines, "\n") + "\n"
}

// C: the path of one person's templates was the beginning of another's, so that the hub offered both.
func TestDefectCNobodysPathBeginsAnothers(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	p.asks(t, userManagedModule, users("joe@corp.com", "joe@corp.com.br", "jo@corp.com"), `environment = "dataproc_hub"`)
	p.apply(t)
	objects := p.google.Storage.Objects("")
	if len(objects) != 6 {
		t.Fatalf("there are %d files", len(objects))
	}
	for _, hub := range p.google.Google.LegacyInstances() {
		owner := hub.Metadata["proxy-user-mail"]
		for path := range strings.SplitSeq(hub.Metadata["dataproc-configs"], ",") {
			offered := []string{}
			for _, o := range objects { // as a hub looks for them
				if strings.HasPrefix(o.Bucket+"/"+o.Name, strings.TrimSuffix(path, "/")) {
					offered = append(offered, o.Name)
					if !strings.Contains(o.Content, "personal-auth.user: "+owner+"\n") {
						t.Errorf("the hub of %s offers %s:\n%s", owner, o.Name, o.Content)
					}
				}
			}
			if len(offered) != 1 {
				t.Errorf("the hub of %s offers %v for %s", owner, offered, path)
			}
		}
	}

	// In the deployer one account could rewrite everybody's files, and change every machine.
	account := "serviceAccount:" + *p.gives(t, "notebooks").ServiceAccount
	if got, want := p.rolesInBucket(t, objects[0].Bucket, account), []string{"roles/storage.objectViewer"}; !slices.Equal(got, want) {
		t.Errorf("in the bucket the account has %v, want %v", got, want)
	}
	if got, want := p.roles(t, account), []string{"roles/dataproc.hubAgent", "roles/dataproc.worker"}; !slices.Equal(got, want) {
		t.Errorf("in the project the account has %v, want %v", got, want)
	}
}

// E: a misspelt key was taken without a word. F: the image and a component were dead. H: what personal authentication
// excludes failed when a person's cluster was started.
func TestDefectsEFHMistakesInATemplateAreRefusedAtPlan(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	for name, c := range map[string]struct {
		text string
		said []string
	}{
		"E a misspelt key":         {"config:\n  softwareConfig:\n    optioimage-versionnalComponents: [JUPYTER]\n  lifecycleConfig: {idleDeleteTtl: 7200s}\n", []string{"line 3", "config.softwareConfig.optioimage-versionnalComponents"}},
		"E a key of another case":  {"clustername: ana\nconfig:\n  lifecycleConfig: {idleDeleteTtl: 7200s}\n", []string{"line 1", "clustername", "clusterName"}},
		"E no such component":      {strings.Replace(cluster(), "JUPYTER", "JUPITER", 1), []string{"line 4", "config.softwareConfig.optionalComponents", "JUPYTER"}},
		"E no cluster at all":      {"- a\n- b\n", []string{"line 1"}},
		"F a dead image":           {strings.Replace(cluster(), "2.3-debian12", "1.5-ubuntu18", 1), []string{"config.softwareConfig.imageVersion", "ended on 2023-03-31", "2.3-debian12"}},
		"F a dead component":       {strings.Replace(cluster(), "JUPYTER", "ANACONDA", 1), []string{"config.softwareConfig.optionalComponents", "ANACONDA cannot be had on any supported image"}},
		"H a startup script":       {cluster("  gceClusterConfig:", "    metadata: {startup-script: \"echo\"}"), []string{"config.gceClusterConfig.metadata.startup-script", "exclude each other"}},
		"H no guest attributes":    {cluster("  gceClusterConfig:", "    metadata: {enable-guest-attributes: \"false\"}"), []string{"enable-guest-attributes", "hands its keys over by guest attributes"}},
		"H a custom image":         {cluster("  masterConfig:", "    imageUri: projects/p/global/images/mine"), []string{"config.masterConfig.imageUri", "exclude each other"}},
		"H people as accounts":     {cluster("  securityConfig:", "    identityConfig: {userServiceAccountMapping: {\"ana@example.com\": \"a@p.iam.gserviceaccount.com\"}}"), []string{"identityConfig", "exclude each other"}},
		"H stopping when idle":     {strings.Replace(cluster(), "idleDeleteTtl", "idleStopTtl: \"7200s\"\n    idleDeleteTtl", 1), []string{"idleStopTtl", "only deleted"}},
		"M no end":                 {strings.Replace(cluster(), "    idleDeleteTtl: \"7200s\"", "    autoDeleteTtl: \"7200s\"", 1), []string{"idleDeleteTtl is missing"}},
		"the deployer's own words": {cluster("  initializationActions:", "    - executableFile: gs://REPLACEME_BUCKET_NAME/enable_spark_bq.sh"), []string{"REPLACEME_BUCKET_NAME", "write the bucket's name"}},
	} {
		t.Log(name)
		p.write(t, "one.yaml", c.text)
		p.asks(t, userManagedModule, users("ana@example.com"), `templates = { one = file("${path.module}/one.yaml") }`)
		p.refuses(t, append([]string{"The cluster file cannot be used", "templates.tf line"}, c.said...)...)
	}

	p.write(t, "one.yaml", cluster("  initializationActions:", "    - executableFile: gs://mine/prepare.sh"))
	contains(t, p.plan(t), "The cluster file needs attention", "initialization actions run together with personal authentication is not sure")
	p.write(t, "one.yaml", strings.Replace(cluster(), "2.3-debian12", "2.1-debian11", 1))
	contains(t, p.plan(t), "the support of image 2.1-debian11 ended on 2026-03-31")
	if there := p.things(); len(there) > 0 {
		t.Errorf("a plan made %v", there)
	}
}

// H: on the notebook's side.
func TestDefectHSettingsThatEndUserCredentialsExcludeAreRefusedAtPlan(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	for name, c := range map[string]struct{ setting, refusal string }{
		"a startup script":   {`metadata = { startup-script = "echo" }`, "A metadata key is reserved in a notebook with end-user credentials"},
		"a script elsewhere": {`metadata = { post-startup-script = "/home/me/prepare.sh" }`, "in the form gs://bucket/object"},
		"idle shutdown off":  {`metadata = { enable-guest-attributes = "false" }`, "Idle shutdown needs guest attributes"},
		"another idle time":  {`metadata = { idle-timeout-seconds = "60" }`, "is what idle_shutdown_minutes sets"},
		"an account":         {`service_account = "mine@data-access.iam.gserviceaccount.com"`, `leave service_account out, or set identity = "service_account"`},
	} {
		t.Log(name)
		p.asks(t, managedModule, users("ana@example.com"), c.setting)
		p.refuses(t, c.refusal)
	}
	p.asks(t, managedModule, users("ana@example.com"), `identity = "service_account"`)
	contains(t, p.plan(t), "Queries will be logged as a service account, not as the person")
}

// G: names were cut out of paths by fixed offsets, and the sources were found from one working directory only.
func TestDefectGAnyFileNameFromAnyDirectory(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	long := "a-cluster-for-people-with-a-lot-of-data-and-very-little-time.v2_final"
	for _, file := range []string{"x.yaml", long + ".yaml", "Zeta.yml"} {
		p.write(t, filepath.Join("clusters", file), cluster())
	}
	arguments := []string{
		users("ann@a.com"), `generated_templates_path_name = "/a/b/"`,
		`templates = { for file in fileset("${path.module}/clusters", "*") : file => file("${path.module}/clusters/${file}") }`,
	}
	p.asks(t, userManagedModule, arguments...)
	p.apply(t)
	paths := []string{}
	for _, o := range p.google.Storage.Objects("") {
		paths = append(paths, o.Name)
	}
	want := []string{"a/b/emaq2vhh-ann/Zeta.yaml", "a/b/emaq2vhh-ann/" + long + ".yaml", "a/b/emaq2vhh-ann/x.yaml"}
	if !slices.Equal(paths, want) {
		t.Errorf("the files are %v, want %v", paths, want)
	}

	elsewhere := p.folder
	elsewhere.path = t.TempDir()
	elsewhere.must(t, 0, "-chdir="+p.path, "plan", "-detailed-exitcode")

	// The folder of the deployer, beside the configuration, and the file in it that is picked.
	p.write(t, "masters/per-auth-cluster.yaml", cluster())
	p.write(t, "masters/unused.yaml", "nobody reads this")
	p.asks(t, userManagedModule, users("ann@a.com"), `master_templates_path_name = "masters"`)
	p.apply(t)
	elsewhere.must(t, 0, "-chdir="+p.path, "plan", "-detailed-exitcode")
	if uris := slices.Collect(maps.Values(p.gives(t, "notebooks").People["ann@a.com"].TemplateURIs)); len(uris) != 1 || !strings.HasSuffix(uris[0], "/dataproc_generated_templates/emaq2vhh-ann/per-auth-cluster.yaml") {
		t.Errorf("the files are %v", uris)
	}
	p.asks(t, userManagedModule, users("ann@a.com"), `master_templates_path_name = "masters"`, `dataproc_yaml_template_file_name = "mine.yaml"`)
	p.refuses(t, "There is no mine.yaml in the folder masters beside your configuration")
}

// What is known only after the apply is planned all the same: a template, and the names of what somebody else makes.
func TestWhatIsSharedMayBeUnknownAtPlan(t *testing.T) {
	t.Parallel()
	for environment, arguments := range map[string][]string{
		"workbench":    {`existing_bucket = { name = terraform_data.bucket.output }`},
		"dataproc_hub": {`existing_bucket = { name = provisioner_google_foundation.shared.bucket }`, `existing_service_account = { email = provisioner_google_foundation.shared.service_account_email }`},
	} {
		t.Run(environment, func(t *testing.T) {
			t.Parallel()
			p := newProject(t)
			p.write(t, "one.yaml", cluster())
			p.holds(t, `
terraform {
  required_providers {
    provisioner = { source = "data-access/provisioner" }
  }
}

resource "terraform_data" "text" {
  input = file("${path.module}/one.yaml")
}

resource "terraform_data" "bucket" {
  input = provisioner_google_foundation.shared.bucket
}

resource "provisioner_google_foundation" "shared" {
  project            = "data-access"
  bucket             = "what-teams-share"
  service_account_id = "what-teams-share"
  users              = ["ann@a.com"]
}
`, instance("notebooks", userManagedModule, append(arguments, users("ann@a.com"), fmt.Sprintf("environment = %q", environment), `templates = { one = terraform_data.text.output }`)...))
			p.apply(t)
			p.settled(t)
		})
	}
}

// labelOf is by what a person's things are found.
func labelOf(t *testing.T, email string) string {
	t.Helper()
	who, err := person.Parse(email)
	if err != nil {
		t.Fatal(err)
	}
	return who.Label()
}

// L: who left went on having a template, and a running cluster.
func TestDefectLWhoLeavesLeavesNothing(t *testing.T) {
	t.Parallel()
	for _, deletes := range []bool{false, true} {
		t.Run(fmt.Sprint(deletes), func(t *testing.T) {
			t.Parallel()
			p := newProject(t)
			setting := fmt.Sprintf("delete_leftover_clusters = %t", deletes)
			p.asks(t, userManagedModule, users("ann@a.com", "ann@b.com"), setting)
			p.apply(t)
			for name, owner := range map[string]string{"hers": labelOf(t, "ann@a.com"), "the-others": labelOf(t, "ann@b.com"), "nobodys": ""} {
				labels := map[string]any{"provisioner_managed_by": "default", "provisioner_owner": owner}
				err := p.google.Google.Seed(fake.Cluster, "projects/data-access/regions/us-central1/clusters/"+name, map[string]any{"clusterName": name, "projectId": "data-access", "labels": labels}, "")
				if err != nil {
					t.Fatal(err)
				}
			}
			before := p.things()

			p.asks(t, userManagedModule, users("ann@b.com"), setting)
			after := without(before, "ann-emaq2vhh", "emaq2vhh-ann")
			if deletes {
				contains(t, p.plan(t), "Leftovers will be deleted", "ann@a.com still has the cluster hers (RUNNING)")
				after = without(after, "clusters/hers")
			} else {
				contains(t, p.plan(t), "Leftovers will run on", "ann@a.com still has the cluster hers (RUNNING)", "delete_leftover_clusters = true")
			}
			p.apply(t)
			same(t, p.things(), after)
		})
	}
}
