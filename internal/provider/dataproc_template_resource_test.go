package provider_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/storage"
	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/wire"
)

const (
	templateAddress = "provisioner_dataproc_template.test"
	anaFile         = "dataproc_generated_templates/6idqd22h-ana-diaz/default.yaml"
)

// adminFile is the admin's file that the module ships.
func adminFile(t testing.TB) string {
	t.Helper()
	text, err := os.ReadFile("../../modules/personal-user-managed-notebook/templates/single-node.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func templateNamed(address, email, file, extra string) string {
	return fmt.Sprintf(`
resource "provisioner_dataproc_template" %q {
  user_email = %q
  bucket     = %q
  template   = %s
  %s
}
`, address, email, templateBucket, asJSON(file), extra)
}

func templateOf(file, extra string) string { return templateNamed("test", ana, file, extra) }

// onlyFile is the one file of the bucket.
func (w *world) onlyFile() storage.Object {
	w.t.Helper()
	files := w.Storage.Objects(templateBucket)
	if len(files) != 1 {
		w.t.Fatalf("there are %d files, want one: %v", len(files), files)
	}
	return files[0]
}

// byHand edits the one file as somebody else would.
func (w *world) byHand(edit func(*storage.Object)) {
	w.t.Helper()
	file := w.onlyFile()
	edit(&file)
	if _, err := w.Storage.PutObject(file); err != nil {
		w.t.Error(err)
	}
}

// uploads counts the uploads that reached Cloud Storage.
func (w *world) uploads() (n int) {
	for _, call := range w.Wire.Calls() {
		if call.Vendor == "storage" && strings.HasPrefix(call.Path, "/upload/") {
			n++
		}
	}
	return n
}

func (w *world) fault(f wire.Fault) func(*resource.TestStep) {
	return first(func() {
		if err := w.Wire.AddFault(f); err != nil {
			w.t.Error(err)
		}
	})
}

func TestTemplateLifecycle(t *testing.T) {
	t.Parallel()
	w := newGoogleWorld(t)
	file := adminFile(t)
	bigger := strings.Replace(file, "n1-standard-4", "n1-standard-8", 1)
	reformatted := "# another comment\n" + strings.Replace(file, "optionalComponents:\n      - JUPYTER", "optionalComponents: [JUPYTER]", 1)
	generation := func(want int) func(*resource.TestStep) {
		return check(func() error { return same(want, w.uploads()) })
	}
	w.run(
		w.on(templateOf(file, ""), planned(templateAddress, plancheck.ResourceActionCreate,
			plancheck.ExpectKnownValue(templateAddress, tfjsonpath.New("yaml"), knownvalue.StringFunc(func(text string) error {
				return contains(text, "dataproc:dataproc.personal-auth.user: "+ana, "clusterName: single-node-"+anaLabel, "provisioner_managed_by: default")
			})),
			plancheck.ExpectKnownValue(templateAddress, tfjsonpath.New("uri"), knownvalue.StringExact("gs://"+templateBucket+"/"+anaFile)),
			plancheck.ExpectUnknownValue(templateAddress, tfjsonpath.New("generation")),
		), holds(templateAddress, "outcome", "created", "managed_by", "default", "path", anaFile, "id", templateBucket+"/"+anaFile, "prefix", "dataproc_generated_templates", "name", "default"),
			check(func() error { return same(anaFile, w.onlyFile().Name) })),
		w.on(templateOf(file, ""), nothing),
		w.on(templateNamed("test", "Ana.Diaz@Example.com", file, ""), nothing),
		w.on(templateOf(reformatted, ""), nothing, generation(1)),
		w.on(templateOf(bigger, ""), planned(templateAddress, plancheck.ResourceActionUpdate,
			plancheck.ExpectUnknownValue(templateAddress, tfjsonpath.New("generation")),
		), generation(2), check(func() error { return contains(w.onlyFile().Content, "n1-standard-8") })),
		w.on(templateOf(bigger, "delete_leftover_clusters = true"), planned(templateAddress, plancheck.ResourceActionUpdate), generation(2)),
		w.on(templateOf(bigger, ""), planned(templateAddress, plancheck.ResourceActionUpdate), generation(2)),
		w.on(templateOf(bigger, ""), importsBy(templateAddress, "gs://"+templateBucket+"/"+anaFile, "template")),
		w.on(templateOf(bigger, ""), importsBy(templateAddress, templateBucket+"/"+anaFile, "template")),
		w.on(templateOf(bigger, `name = "big"`), planned(templateAddress, plancheck.ResourceActionReplace), check(func() error {
			return same("dataproc_generated_templates/6idqd22h-ana-diaz/big.yaml", w.onlyFile().Name)
		})),
		w.on(templateOf(bigger, `prefix = "a/b"`), planned(templateAddress, plancheck.ResourceActionReplace), check(func() error {
			return same("a/b/6idqd22h-ana-diaz/default.yaml", w.onlyFile().Name)
		})),
		w.on(templateNamed("test", "bob@example.com", bigger, ""), planned(templateAddress, plancheck.ResourceActionReplace),
			check(func() error { return contains(w.onlyFile().Content, "personal-auth.user: bob@example.com") })),
	)
	if files := w.Storage.Objects(templateBucket); len(files) != 0 {
		t.Errorf("destroy left %v", files)
	}
}

// contains reports the first text that is missing in another.
func contains(text string, wanted ...string) error {
	for _, part := range wanted {
		if !strings.Contains(text, part) {
			return fmt.Errorf("%q is not in\n%s", part, text)
		}
	}
	return nil
}

func TestTemplateDriftIsShownAndRepaired(t *testing.T) {
	t.Parallel()
	w := newGoogleWorld(t)
	file := adminFile(t)
	good := func() error { return contains(w.onlyFile().Content, "machineTypeUri: n1-standard-4") }
	marked := func() error {
		if err := good(); err != nil {
			return err
		}
		return same("default "+anaLabel, w.onlyFile().Metadata["provisioner_managed_by"]+" "+w.onlyFile().Metadata["provisioner_owner"])
	}
	shown := planned(templateAddress, plancheck.ResourceActionUpdate)
	w.run(
		w.on(templateOf(file, "")),
		w.on(templateOf(file, ""), first(func() {
			w.byHand(func(o *storage.Object) {
				o.Content = strings.Replace(o.Content, "n1-standard-4", "n1-highmem-96", 1)
			})
		}), shown, check(marked)),
		w.on(templateOf(file, ""), first(func() { // as gcloud storage cp writes it: without our metadata
			w.byHand(func(o *storage.Object) { o.Content, o.Metadata = "not: a cluster", nil })
		}), shown, check(marked)),
		w.on(templateOf(file, ""), first(func() {
			w.byHand(func(o *storage.Object) { o.Metadata = nil })
		}), shown, check(marked)),
		w.on(templateOf(file, ""), first(func() {
			w.byHand(func(o *storage.Object) { o.Metadata["provisioner_owner"] = "bob" })
		}), fails("The template could not be changed", "made by this installation")),
		w.on(templateOf(file, ""), first(func() {
			if err := w.Storage.DeleteObject(templateBucket, anaFile); err != nil {
				t.Error(err)
			}
		}), planned(templateAddress, plancheck.ResourceActionCreate), check(marked)),
		w.on(templateOf(file, ""), nothing),
	)
}

func TestTemplateKnownOnlyAfterApply(t *testing.T) {
	t.Parallel()
	w := newGoogleWorld(t)
	rendered := func(file string) string {
		return `resource "terraform_data" "file" { input = ` + asJSON(file) + ` }` + strings.Replace(templateOf("x", ""), `"x"`, "terraform_data.file.output", 1)
	}
	file := adminFile(t)
	w.run(
		w.on(rendered(file), planned(templateAddress, plancheck.ResourceActionCreate, plancheck.ExpectUnknownValue(templateAddress, tfjsonpath.New("yaml"))), holds(templateAddress, "outcome", "created")),
		w.on(rendered(file), nothing),
		w.on(rendered("# "+file), check(func() error { return same(1, w.uploads()) })),
		w.on(rendered(strings.Replace(file, "idleDeleteTtl", "idelDeleteTtl", 1)), fails("The cluster file cannot be used", "line", "idelDeleteTtl")),
	)
}

func TestTemplateOfSomebodyElses(t *testing.T) {
	t.Parallel()
	w := newGoogleWorld(t)
	if _, err := w.Storage.PutObject(storage.Object{Bucket: templateBucket, Name: anaFile, Content: "theirs: 1"}); err != nil {
		t.Fatal(err)
	}
	w.run(w.on(templateOf(adminFile(t), ""), fails("The template could not be uploaded", ana, "was not made by this installation")))
	if text := w.onlyFile().Content; text != "theirs: 1" {
		t.Errorf("somebody else's file reads %q", text)
	}
}

func TestTemplateOfALostStateIsOursAgain(t *testing.T) {
	t.Parallel()
	w := newGoogleWorld(t)
	if _, err := w.Storage.PutObject(storage.Object{
		Bucket: templateBucket, Name: anaFile, Content: "old: 1", Metadata: map[string]string{"provisioner_owner": anaLabel, "provisioner_managed_by": "default"},
	}); err != nil {
		t.Fatal(err)
	}
	w.run(w.on(templateOf(adminFile(t), ""), holds(templateAddress, "outcome", "no_action"), check(func() error { return contains(w.onlyFile().Content, "n1-standard-4") })))
}

func TestTemplateOfAnotherInstallationIsLeft(t *testing.T) {
	t.Parallel()
	w := newGoogleWorld(t)
	file := adminFile(t)
	bigger := strings.Replace(file, "n1-standard-4", "n1-standard-8", 1)
	w.run(
		w.on(templateOf(file, "")),
		w.onAs("prod", templateOf(file, ""), nothing, holds(templateAddress, "managed_by", "default")),
		w.onAs("prod", templateOf(bigger, ""), planned(templateAddress, plancheck.ResourceActionUpdate), check(func() error { return same(1, w.uploads()) })),
	)
	if by := w.onlyFile().Metadata["provisioner_managed_by"]; by != "default" {
		t.Errorf("the file is managed by %q", by)
	}
}

func TestTemplateUploadsSurviveTheNetwork(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]wire.Fault{
		"the answer is lost":  {Vendor: "storage", Method: "POST", Path: "/upload/*", Kind: wire.ResetAfter},
		"the request is lost": {Vendor: "storage", Method: "POST", Path: "/upload/*", Kind: wire.ResetBefore},
		"too many requests":   {Vendor: "storage", Method: "POST", Path: "/upload/*", Kind: wire.Status, Status: 429},
		"a broken server":     {Vendor: "storage", Method: "POST", Path: "/upload/*", Kind: wire.Status, Status: 503},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newGoogleWorld(t)
			w.run(w.on(templateOf(adminFile(t), ""), w.fault(fault), holds(templateAddress, "outcome", "created"), check(func() error { return same(anaFile, w.onlyFile().Name) })))
		})
	}
}

func TestTemplateThatChangedSinceThePlanIsNotOverwritten(t *testing.T) {
	t.Parallel()
	w := newGoogleWorld(t)
	file := adminFile(t)
	bigger := strings.Replace(file, "n1-standard-4", "n1-standard-8", 1)
	w.run(
		w.on(templateOf(file, "")),
		w.on(templateOf(bigger, ""), w.fault(wire.Fault{Vendor: "storage", Method: "POST", Path: "/upload/*", Kind: wire.Status, Status: 412}),
			fails("The template could not be changed", ana, "somebody else changed it meanwhile", "Plan again")),
		w.on(templateOf(bigger, ""), planned(templateAddress, plancheck.ResourceActionUpdate), check(func() error { return contains(w.onlyFile().Content, "n1-standard-8") })),
	)
}

func TestTemplateWithoutABucket(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.run(w.on(templateOf(adminFile(t), ""), fails("The template could not be uploaded", ana, "no bucket", templateBucket, "provisioner_google_foundation")))

	made := `
resource "provisioner_google_foundation" "test" {
  bucket = "` + templateBucket + `"
}
` + strings.Replace(templateOf(adminFile(t), ""), `"`+templateBucket+`"`, "provisioner_google_foundation.test.bucket", 1)
	w = newWorld(t)
	w.run(w.on(made, holds(templateAddress, "outcome", "created")), w.on(made, nothing))
}

func TestTwoTemplatesForOneFile(t *testing.T) {
	t.Parallel()
	w := newGoogleWorld(t)
	file := adminFile(t)
	w.run(w.on(templateNamed("test", ana, file, "")+templateNamed("other", "Ana.Diaz@example.com", file, ""), fails("another resource of this configuration")))
}

// Without a moved block Terraform destroys at the old address and creates at the new one, in no fixed order.
func TestATemplateThatMovedKeepsItsFile(t *testing.T) {
	t.Parallel()
	w := newGoogleWorld(t)
	file := adminFile(t)
	w.run(
		w.on(templateNamed("test", ana, file, "")),
		w.on(templateNamed("other", ana, file, ""), check(func() error { return same(anaFile, w.onlyFile().Name) })),
	)
}

func TestTemplateImports(t *testing.T) {
	t.Parallel()
	w := newGoogleWorld(t)
	imports := func(id string) string {
		return "import {\n  to = " + templateAddress + "\n  id = \"" + id + "\"\n}\n"
	}
	file := adminFile(t)
	put := func(name, content string, metadata map[string]string) func(*resource.TestStep) {
		return first(func() {
			if _, err := w.Storage.PutObject(storage.Object{Bucket: templateBucket, Name: name, Content: content, Metadata: metadata}); err != nil {
				t.Error(err)
			}
		})
	}
	published := "dataproc_generated_templates/" + ana + ".yaml"
	mine := render(t, file, ana)
	w.run(
		w.on(imports("s3://x/y.yaml")+templateOf(file, ""), fails("cannot be imported", "gs://bucket/prefix/person/name.yaml")),
		w.on(imports("gs://"+templateBucket+"/"+published)+templateOf(file, ""), put(published, mine, nil), fails("cannot be imported", ana, anaFile)),
		w.on(imports("gs://"+templateBucket+"/"+published)+templateOf(file, ""), put(published, "clusterName: x", nil), fails("cannot be imported", "personal-auth.user")),
		w.on(imports("gs://"+templateBucket+"/"+anaFile)+templateOf(file, ""), put(anaFile, mine, map[string]string{"provisioner_owner": anaLabel, "provisioner_managed_by": "default"}),
			planned(templateAddress, plancheck.ResourceActionNoop), holds(templateAddress, "user_email", ana, "name", "default", "outcome", "no_action")),
		w.on(templateOf(file, ""), nothing),
		w.on(templateOf(strings.Replace(file, "n1-standard-4", "n1-standard-8", 1), ""), planned(templateAddress, plancheck.ResourceActionUpdate), holds(templateAddress, "template", knownvalue.StringFunc(func(text string) error {
			return contains(text, "n1-standard-8", "# One machine")
		}))),
	)
}
