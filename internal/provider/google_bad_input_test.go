package provider_test

import (
	"context"
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
)

// What configuration alone can tell is refused at plan, naming the attribute, the value and the remedy.
func TestBadInputForGoogleIsRefusedAtPlan(t *testing.T) {
	t.Parallel()
	file := adminFile(t)
	bad := func(from, to string) string { return templateOf(strings.Replace(file, from, to, 1), "") }
	for name, c := range map[string]struct {
		config string
		want   []string
	}{
		"a template that is not YAML":          {templateOf("a: [", ""), []string{"cluster file cannot be used", "In template", "line 1"}},
		"a template that is no cluster":        {templateOf("- a\n- b\n", ""), []string{"cluster file cannot be used", "In template"}},
		"an unknown key":                       {bad("softwareConfig", "softwareConfg"), []string{"cluster file cannot be used", "line", "softwareConfg", "softwareConfig"}},
		"an unknown component":                 {bad("- JUPYTER", "- JUPITER"), []string{"cluster file cannot be used", "JUPITER", "JUPYTER"}},
		"no end":                               {bad("idleDeleteTtl: \"7200s\"", "idleDeleteTtl: \"1s\""), []string{"cluster file cannot be used", "idleDeleteTtl"}},
		"an e-mail":                            {templateNamed("test", "ana", file, ""), []string{"not an e-mail address", "user_email"}},
		"an e-mail that breaks out of YAML":    {templateNamed("test", "ana@example.com\n", file, "name = 1 == 1 ? \"a\\nb\" : \"\""), []string{"cannot be the name of a template", "letters, digits"}},
		"a bucket with its scheme":             {strings.Replace(templateOf(file, ""), templateBucket, "gs://"+templateBucket, 1), []string{"not the name of a bucket", "leave out gs://"}},
		"a prefix that climbs":                 {templateOf(file, `prefix = "../x"`), []string{"cannot be a folder", "prefix", "../x"}},
		"a zone in place of a region":          {templateOf(file, `region = "us-central1-a"`), []string{"not a region", "us-central1-a", "us-central1"}},
		"a session in a zone":                  {sessionOf(`location = "us-central1-a"`), []string{"kept in a region", "location", "us-central1-a"}},
		"a session's name":                     {sessionOf(`name = "Ana"`), []string{"name has a form", `"Ana"`}},
		"a kernel":                             {sessionOf(`kernel = "R"`), []string{"kernel", "SPARK_CONNECT", `"R"`}},
		"a session without an end":             {sessionOf(`idle_minutes = 5`), []string{"idle_minutes", "whole minutes from 10 to"}},
		"a runtime of a cluster":               {sessionOf(`runtime_version = "2.2-debian12"`), []string{"runtime version", "2.2-debian12"}},
		"a property that is somebody else":     {sessionOf(`properties = { "spark.hadoop.fs.gs.auth.type" = "APPLICATION_DEFAULT" }`), []string{"who reads the data", "properties"}},
		"a reserved label":                     {sessionOf(`labels = { provisioner_owner = "x" }`), []string{"label is reserved", "labels", "provisioner_owner"}},
		"a staging bucket with its scheme":     {sessionOf(`staging_bucket = "gs://b/x"`), []string{"not the name of a bucket", "gs://b/x"}},
		"a key by half":                        {sessionOf(`customer_managed_key = "k"`), []string{"key is given by its full name", "customer_managed_key", "keyRings"}},
		"a metastore by half":                  {sessionOf(`metastore_service = "m"`), []string{"metastore_service", "services/SERVICE"}},
		"a history server by half":             {sessionOf(`history_server_cluster = "m"`), []string{"history_server_cluster", "clusters/CLUSTER"}},
		"a foundation of nothing":              {foundationOf(``), []string{"A foundation of nothing", "service_account_id"}},
		"grants without an account":            {foundationOf("bucket = \"b-1\"\nusers = [\"ana@example.com\"]"), []string{"Grants need a service account", "users"}},
		"a bucket that is none":                {foundationOf(`bucket = "My Bucket"`), []string{"bucket", "My Bucket"}},
		"an account that is an address":        {foundationOf(`service_account_id = "a@b.com"`), []string{"service_account_id", "a@b.com"}},
		"a basic role":                         {foundationOf("service_account_id = \"notebooks\"\nroles = [\"roles/owner\"]"), []string{"basic role", "roles", "roles/owner"}},
		"a user that is a group of characters": {foundationOf("service_account_id = \"notebooks\"\nusers = [\"all\"]"), []string{"users", `"all"`}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			step := w.on(c.config, fails(c.want...))
			step.PlanOnly = true
			w.run(step)
			for _, call := range w.Wire.Calls() {
				if call.Method != "GET" {
					t.Errorf("%s %s", call.Method, call.Path)
				}
			}
		})
	}
}

// warningsOf are the diagnostics of the plan of a new resource.
func (p *protocol) warningsOf(resourceType string, config map[string]tftypes.Value) string {
	p.t.Helper()
	of := p.schemas.ResourceSchemas[resourceType].ValueType()
	proposed := map[string]tftypes.Value{}
	for _, a := range p.schemas.ResourceSchemas[resourceType].Block.Attributes {
		if a.Computed {
			proposed[a.Name] = tftypes.NewValue(a.ValueType(), tftypes.UnknownValue)
		}
	}
	for k, v := range config {
		proposed[k] = v
	}
	reply, err := p.PlanResourceChange(context.Background(), &tfprotov6.PlanResourceChangeRequest{
		TypeName: resourceType, PriorState: p.dynamic(tftypes.NewValue(of, nil)), ProposedNewState: p.dynamic(object(of, proposed)), Config: p.dynamic(object(of, config)),
	})
	if err != nil {
		p.t.Fatal(err)
	}
	return told(reply.Diagnostics)
}

func TestWarningsAtPlan(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	texts := func(of tftypes.Type, values ...string) tftypes.Value {
		var all []tftypes.Value
		for _, v := range values {
			all = append(all, text(v))
		}
		return tftypes.NewValue(of, all)
	}
	old := strings.Replace(adminFile(t), "2.3-debian12", "2.1-debian11", 1)
	template := map[string]tftypes.Value{"user_email": text(ana), "bucket": text("not-there"), "template": text(old)}
	p := newGoogleProtocol(t, w)
	if err := contains(p.warningsOf(templateType, template), "WARNING: A bucket is not there yet: There is no bucket not-there", "provisioner_google_foundation", "WARNING: The cluster file needs attention: In template, line", "2.1-debian11"); err != nil {
		t.Error(err)
	}
	if again := p.warningsOf(templateType, map[string]tftypes.Value{"user_email": text("bob@example.com"), "bucket": text("not-there"), "template": text(old)}); again != "" {
		t.Errorf("told again for another person: %s", again)
	}
	if err := contains(p.warningsOf(sessionType, map[string]tftypes.Value{
		"user_email": text(ana), "runtime_version": text("2.1"), "idle_minutes": tftypes.NewValue(tftypes.Number, 600), "max_minutes": tftypes.NewValue(tftypes.Number, 60),
	}), "WARNING: Google no longer supports this Spark runtime", "2.1", "WARNING: A session ends before it can be idle"); err != nil {
		t.Error(err)
	}
	foundation := map[string]tftypes.Value{"bucket": text("made-in-this-apply"), "bucket_location": text("US"), "force_destroy": tftypes.NewValue(tftypes.Bool, false)}
	if before := p.warningsOf("provisioner_google_foundation", foundation); before != "" {
		t.Errorf("got %s", before)
	}
	if there := p.warningsOf(templateType, map[string]tftypes.Value{"user_email": text("cy@example.com"), "bucket": text("made-in-this-apply"), "template": text(adminFile(t))}); there != "" {
		t.Errorf("a bucket that the same apply makes is missed: %s", there)
	}
	if err := contains(p.warningsOf("provisioner_google_foundation", map[string]tftypes.Value{
		"service_account_id": text("notebooks"), "roles": texts(tftypes.Set{ElementType: tftypes.String}, "roles/storage.objectAdmin"),
	}), "WARNING: A role reaches further than notebooks need", "roles/storage.objectAdmin"); err != nil {
		t.Error(err)
	}
}

func TestDataprocTemplateFunction(t *testing.T) {
	t.Parallel()
	file := adminFile(t)
	call := func(arguments string) string {
		return `output "text" { value = provider::provisioner::dataproc_template(` + arguments + `) }`
	}
	gives := func(arguments, want string) resource.TestStep {
		return resource.TestStep{Config: call(arguments), ConfigStateChecks: []statecheck.StateCheck{statecheck.ExpectKnownOutputValue("text", knownvalue.StringExact(want))}}
	}
	breaks := func(arguments, want string) resource.TestStep {
		return resource.TestStep{Config: call(arguments), ExpectError: regexp.MustCompile(want)}
	}
	mine := render(t, file, ana)
	resource.UnitTest(t, resource.TestCase{ProtoV6ProviderFactories: factories, Steps: []resource.TestStep{
		gives(asJSON(file)+`, "Ana.Diaz@example.com"`, mine),
		gives(asJSON(file)+`, "ana.diaz@example.com", "prod"`, strings.Replace(mine, "managed_by: default", "managed_by: prod", 1)),
		breaks(asJSON(file)+`, "ana"`, `(?s)"email".*not\s+an\s+e-mail`),
		breaks(`"a: 1", "ana.diaz@example.com"`, `(?s)"yaml".*line\s+1`),
		breaks(asJSON(file)+`, "ana.diaz@example.com", "My State"`, `(?s)installation.*lower-case`),
		breaks(asJSON(file)+`, "ana.diaz@example.com", "a", "b"`, `(?s)one\s+installation\s+at\s+most`),
	}})
	// What the function gives is what the resource uploads.
	w := newGoogleWorld(t)
	w.run(w.on(templateOf(file, "")+call(asJSON(file)+`, "ana.diaz@example.com"`), check(func() error { return same(mine, w.onlyFile().Content) })))
}
