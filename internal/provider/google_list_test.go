package provider_test

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/data-access/terraform-provider-provisioner/internal/person"
	"github.com/data-access/terraform-provider-provisioner/internal/provider"
	"github.com/data-access/terraform-provider-provisioner/internal/sandbox"
	fake "github.com/data-access/terraform-provider-provisioner/internal/sandbox/google"
	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/storage"
	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/wire"
)

const (
	templateType = "provisioner_dataproc_template"
	sessionType  = "provisioner_spark_session_template"
)

var (
	templateIdentity   = tftypes.Object{AttributeTypes: map[string]tftypes.Type{"bucket": tftypes.String, "path": tftypes.String}}
	sessionIdentity    = tftypes.Object{AttributeTypes: map[string]tftypes.Type{"id": tftypes.String}}
	foundationIdentity = tftypes.Object{AttributeTypes: map[string]tftypes.Type{"project": tftypes.String, "bucket": tftypes.String, "service_account_id": tftypes.String}}
	nobody             = tftypes.NewValue(tftypes.String, nil)
)

// listOf lists with this configuration.
func (p *protocol) listOf(resourceType string, config map[string]tftypes.Value, limit int64, whole bool) []tfprotov6.ListResourceResult {
	p.t.Helper()
	stream, err := p.ListResource(context.Background(), &tfprotov6.ListResourceRequest{
		TypeName: resourceType, Config: p.dynamic(object(p.schemas.ListResourceSchemas[resourceType].ValueType(), config)), Limit: limit, IncludeResource: whole,
	})
	if err != nil {
		p.t.Fatal(err)
	}
	return slices.Collect(stream.Results)
}

func labelOf(t *testing.T, email string) string {
	t.Helper()
	who, err := person.Parse(email)
	if err != nil {
		t.Fatal(err)
	}
	return who.Label()
}

var people = []string{ana, "bob@example.com", "cyd@example.com"}

func TestListOfTemplates(t *testing.T) {
	t.Parallel()
	w := newGoogleWorld(t)
	for _, email := range people {
		who, _ := person.Parse(email)
		for installation, name := range map[string]string{"default": "default", "prod": "theirs"} {
			if _, err := w.Storage.PutObject(storage.Object{
				Bucket: templateBucket, Name: "dataproc_generated_templates/" + who.Folder() + "/" + name + ".yaml", Content: render(t, adminFile(t), email),
				Metadata: map[string]string{"provisioner_owner": who.Label(), "provisioner_managed_by": installation},
			}); err != nil {
				t.Fatal(err)
			}
		}
	}
	p := newGoogleProtocol(t, w)
	in := func(email tftypes.Value) map[string]tftypes.Value {
		return map[string]tftypes.Value{"bucket": text(templateBucket), "user_email": email}
	}
	all := p.listOf(templateType, in(nobody), 0, true)
	if len(all) != 3 {
		t.Fatalf("%d results, want the three that are ours: %v", len(all), all)
	}
	of := p.schemas.ResourceSchemas[templateType].ValueType()
	var found []string
	for _, result := range all {
		path := p.field(result.Identity.IdentityData, templateIdentity, "path")
		if len(result.Diagnostics) > 0 || p.field(result.Resource, of, "path") != path || p.field(result.Resource, of, "yaml") == "" || result.DisplayName != "gs://"+templateBucket+"/"+path {
			t.Errorf("a result is %+v", result)
		}
		found = append(found, p.field(result.Resource, of, "user_email"))
	}
	if slices.Sort(found); !slices.Equal(found, people) {
		t.Errorf("found %v", found)
	}
	if two := p.listOf(templateType, in(nobody), 2, false); len(two) != 2 || two[0].Resource != nil {
		t.Errorf("two: %+v", two)
	}
	if bob := p.listOf(templateType, in(text("Bob@example.com")), 0, false); len(bob) != 1 {
		t.Errorf("Bob's: %+v", bob)
	}
	if none := p.listOf(templateType, in(text("dan@example.com")), 0, false); len(none) != 0 {
		t.Errorf("nobody's: %+v", none)
	}
	if missing := p.listOf(templateType, map[string]tftypes.Value{"bucket": text("not-there")}, 0, false); len(missing) != 1 || len(missing[0].Diagnostics) != 1 {
		t.Errorf("of a missing bucket: %+v", missing)
	}
}

func TestListOfSessionTemplates(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, email := range people {
		for _, place := range []string{"us-central1", "europe-west1"} {
			name := "projects/" + sandbox.GoogleProject + "/locations/" + place + "/sessionTemplates/spark-" + labelOf(t, email)
			if err := w.Google.Seed(fake.SessionTemplate, name, map[string]any{
				"jupyterSession": map[string]any{"kernel": "PYTHON"}, "labels": map[string]any{"provisioner_owner": labelOf(t, email), "provisioner_managed_by": "default"},
			}, ""); err != nil {
				t.Fatal(err)
			}
		}
	}
	p := newGoogleProtocol(t, w)
	all := p.listOf(sessionType, nil, 0, true)
	of := p.schemas.ResourceSchemas[sessionType].ValueType()
	if len(all) != 3 {
		t.Fatalf("%d results, want the three of the provider's region", len(all))
	}
	for i, result := range all {
		id := p.field(result.Identity.IdentityData, sessionIdentity, "id")
		if len(result.Diagnostics) > 0 || p.field(result.Resource, of, "id") != id || p.field(result.Resource, of, "name") != "spark-"+labelOf(t, people[i]) {
			t.Errorf("result %d is %+v", i, result)
		}
	}
	bob := p.listOf(sessionType, map[string]tftypes.Value{"user_email": text("Bob@example.com"), "location": text("europe-west1")}, 0, true)
	if len(bob) != 1 || p.field(bob[0].Resource, of, "user_email") != "bob@example.com" || p.field(bob[0].Resource, of, "location") != "europe-west1" {
		t.Errorf("Bob's: %+v", bob)
	}
	if one := p.listOf(sessionType, nil, 1, false); len(one) != 1 || one[0].Resource != nil {
		t.Errorf("one: %+v", one)
	}
	if err := w.Wire.AddFault(wire.Fault{Vendor: "google", Path: "/dataproc/*", Kind: wire.Status, Status: 403}); err != nil {
		t.Fatal(err)
	}
	if refused := p.listOf(sessionType, map[string]tftypes.Value{"location": text("us-east1")}, 0, false); len(refused) != 1 || len(refused[0].Diagnostics) != 1 {
		t.Errorf("an error reads as %+v", refused)
	}
}

func TestListOfFoundations(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := newGoogleProtocol(t, w)
	const foundationType = "provisioner_google_foundation"
	if none := p.listOf(foundationType, nil, 0, true); len(none) != 0 {
		t.Errorf("of nothing: %+v", none)
	}
	w.run(w.on(foundationOf(wholeFoundation+`
  roles  = ["roles/dataproc.worker"]
  users  = ["ana.diaz@example.com"]
  labels = { team = "data" }`)+`
resource "provisioner_google_foundation" "more" {
  bucket = "more-templates"
}
`, check(func() error {
		p := newGoogleProtocol(t, w)
		all := p.listOf(foundationType, nil, 0, true)
		if len(all) != 2 {
			return fmt.Errorf("%d results, want both: %+v", len(all), all)
		}
		of := p.schemas.ResourceSchemas[foundationType].ValueType()
		for i, want := range []struct{ id, bucket, account, email string }{
			{sandbox.GoogleProject + "/more-templates/-", "more-templates", "", ""},
			{sandbox.GoogleProject + "/notebook-templates/personal-notebooks", "notebook-templates", "personal-notebooks", notebooksAccount},
		} {
			r := all[i]
			if len(r.Diagnostics) > 0 || r.DisplayName != want.id || p.field(r.Resource, of, "id") != want.id || p.field(r.Identity.IdentityData, foundationIdentity, "bucket") != want.bucket ||
				p.field(r.Identity.IdentityData, foundationIdentity, "service_account_id") != want.account || p.field(r.Resource, of, "service_account_email") != want.email {
				t.Errorf("result %d is %+v: %s", i, r, told(r.Diagnostics))
			}
		}
		whole, err := all[1].Resource.Unmarshal(of)
		if err != nil {
			return err
		}
		for _, text := range []string{"roles/dataproc.worker", "ana.diaz@example.com", `"team"`} {
			if !strings.Contains(whole.String(), text) {
				t.Errorf("%s is not in %s", text, whole)
			}
		}
		if strings.Contains(fmt.Sprint(whole), "provisioner_managed_by") {
			t.Error("our own label is told as the configuration's")
		}
		if one := p.listOf(foundationType, nil, 1, false); len(one) != 1 || one[0].Resource != nil {
			t.Errorf("one: %+v", one)
		}
		if refused := p.listOf(foundationType, map[string]tftypes.Value{"project": text("not-there")}, 0, false); len(refused) != 1 || len(refused[0].Diagnostics) != 1 {
			t.Errorf("of a missing project: %+v", refused)
		}
		return nil
	})))
}

func TestGoogleImportsByIdentity(t *testing.T) {
	t.Parallel()
	p := newGoogleProtocol(t, newWorld(t))
	for resourceType, c := range map[string]struct {
		of       tftypes.Object
		identity map[string]tftypes.Value
		id       string
	}{
		templateType:                    {templateIdentity, map[string]tftypes.Value{"bucket": text(templateBucket), "path": text(anaFile)}, templateBucket + "/" + anaFile},
		sessionType:                     {sessionIdentity, map[string]tftypes.Value{"id": text(anaSession)}, anaSession},
		"provisioner_google_foundation": {foundationIdentity, map[string]tftypes.Value{"project": text("p"), "bucket": text("b-1")}, "p/b-1/-"},
	} {
		reply, err := p.ImportResourceState(context.Background(), &tfprotov6.ImportResourceStateRequest{
			TypeName: resourceType, Identity: &tfprotov6.ResourceIdentityData{IdentityData: p.dynamic(object(c.of, c.identity))},
		})
		if err != nil || len(reply.Diagnostics) > 0 || len(reply.ImportedResources) != 1 {
			t.Fatalf("%s: got %+v, %v", resourceType, told(reply.Diagnostics), err)
		}
		if id := p.field(reply.ImportedResources[0].State, p.schemas.ResourceSchemas[resourceType].ValueType(), "id"); id != c.id {
			t.Errorf("%s: imported %q, want %q", resourceType, id, c.id)
		}
	}
}

// Whatever the server answers by itself must be what the framework would have answered.
func TestShortPlansOfTemplatesAreTheFrameworks(t *testing.T) { //nolint:tparallel // the cases share two servers
	t.Parallel()
	w := newGoogleWorld(t)
	short := newGoogleProtocol(t, w)
	long := googleProtocolOf(t, w, providerserver.NewProtocol6(provider.New("0.0.0-test", w.atGoogle())())())
	number := func(n int) tftypes.Value { return tftypes.NewValue(tftypes.Number, n) }
	yes := tftypes.NewValue(tftypes.Bool, true)
	file := adminFile(t)
	template := map[string]tftypes.Value{
		"user_email": text(ana), "bucket": text(templateBucket), "prefix": text("dataproc_generated_templates"), "name": text("default"), "template": text(file),
		"delete_leftover_clusters": tftypes.NewValue(tftypes.Bool, false), "id": text(templateBucket + "/" + anaFile), "uri": text("gs://" + templateBucket + "/" + anaFile), "path": text(anaFile),
		"yaml": text(render(t, file, ana)), "generation": number(7), "md5": text("x"), "managed_by": text("default"), "outcome": text("created"),
	}
	session := map[string]tftypes.Value{
		"user_email": text(ana), "project": text(sandbox.GoogleProject), "location": text("us-central1"), "name": text("spark-" + anaLabel), "kernel": text("PYTHON"),
		"idle_minutes": number(60), "max_minutes": number(1440), "delete_leftover_sessions": tftypes.NewValue(tftypes.Bool, false), "runtime_version": text("2.3"),
		"id": text(anaSession), "uuid": text("u"), "creator": text("c"), "effective_identity": text("user"), "managed_by": text("default"), "outcome": text("created"),
	}
	required := map[string][]string{templateType: {"user_email", "bucket", "template"}, sessionType: {"user_email"}}
	for name, c := range map[string]struct {
		resourceType  string
		prior         map[string]tftypes.Value
		state, config map[string]tftypes.Value
		settled       bool
	}{
		"template: nothing differs":               {templateType, template, nil, nil, true},
		"template: all is configured":             {templateType, template, nil, map[string]tftypes.Value{"prefix": text("dataproc_generated_templates"), "name": text("default")}, true},
		"template: leftovers configured":          {templateType, template, map[string]tftypes.Value{"delete_leftover_clusters": yes}, map[string]tftypes.Value{"delete_leftover_clusters": yes}, true},
		"template: another installation's":        {templateType, template, map[string]tftypes.Value{"managed_by": text("prod"), "yaml": text("theirs")}, nil, true},
		"template: edited by hand":                {templateType, template, map[string]tftypes.Value{"yaml": text("x")}, nil, false},
		"template: its marks are lost":            {templateType, template, map[string]tftypes.Value{"managed_by": text("")}, nil, false},
		"template: a name configured no more":     {templateType, template, map[string]tftypes.Value{"name": text("mine")}, nil, false},
		"template: a prefix configured no more":   {templateType, template, map[string]tftypes.Value{"prefix": text("mine")}, nil, false},
		"template: leftovers configured no more":  {templateType, template, map[string]tftypes.Value{"delete_leftover_clusters": yes}, nil, false},
		"session: nothing differs":                {sessionType, session, nil, nil, true},
		"session: a kernel is configured":         {sessionType, session, map[string]tftypes.Value{"kernel": text("SCALA")}, map[string]tftypes.Value{"kernel": text("SCALA")}, true},
		"session: a name is configured no more":   {sessionType, session, map[string]tftypes.Value{"name": text("mine")}, nil, true},
		"session: another installation's":         {sessionType, session, map[string]tftypes.Value{"managed_by": text("prod"), "effective_identity": text("service_account")}, nil, true},
		"session: as a service account":           {sessionType, session, map[string]tftypes.Value{"effective_identity": text("service_account")}, nil, false},
		"session: its marks are lost":             {sessionType, session, map[string]tftypes.Value{"managed_by": text("")}, nil, false},
		"session: a kernel configured no more":    {sessionType, session, map[string]tftypes.Value{"kernel": text("SCALA")}, nil, false},
		"session: idle minutes configured no":     {sessionType, session, map[string]tftypes.Value{"idle_minutes": number(30)}, nil, false},
		"session: most minutes configured no":     {sessionType, session, map[string]tftypes.Value{"max_minutes": number(30)}, nil, false},
		"session: leftovers configured no more":   {sessionType, session, map[string]tftypes.Value{"delete_leftover_sessions": yes}, nil, false},
		"session: idle minutes as they are":       {sessionType, session, map[string]tftypes.Value{"idle_minutes": number(30)}, map[string]tftypes.Value{"idle_minutes": number(30)}, true},
		"session: a project that is not ours now": {sessionType, session, map[string]tftypes.Value{"project": text("other")}, nil, true},
	} {
		t.Run(name, func(t *testing.T) {
			of := short.schemas.ResourceSchemas[c.resourceType].ValueType()
			set, configured := map[string]tftypes.Value{}, map[string]tftypes.Value{}
			for _, values := range []map[string]tftypes.Value{c.prior, c.state} {
				for k, v := range values {
					set[k] = v
				}
			}
			for _, k := range required[c.resourceType] {
				configured[k] = set[k]
			}
			for k, v := range c.config {
				configured[k] = v
			}
			state := short.dynamic(object(of, set))
			req := &tfprotov6.PlanResourceChangeRequest{TypeName: c.resourceType, PriorState: state, ProposedNewState: state, Config: short.dynamic(object(of, configured))}
			want, err := long.PlanResourceChange(context.Background(), req)
			if err != nil {
				t.Fatal(err)
			}
			got, err := short.PlanResourceChange(context.Background(), req)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got.PlannedState.MsgPack, want.PlannedState.MsgPack) || !bytes.Equal(got.PlannedPrivate, want.PlannedPrivate) ||
				len(got.Diagnostics) != len(want.Diagnostics) || len(got.RequiresReplace) != len(want.RequiresReplace) {
				t.Errorf("got  %+v\nwant %+v", got, want)
			}
			if changes := !bytes.Equal(want.PlannedState.MsgPack, state.MsgPack); changes == c.settled {
				t.Errorf("changes: %v, so this case is not what it says", changes)
			}
			if answered := got.PlannedState == req.PriorState; answered != c.settled {
				t.Errorf("answered by itself: %v, want %v", answered, c.settled)
			}
		})
	}
}
