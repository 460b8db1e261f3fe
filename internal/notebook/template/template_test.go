package template_test

import (
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gopkg.in/yaml.v3"

	"github.com/data-access/terraform-provider-provisioner/internal/notebook/template"
	"github.com/data-access/terraform-provider-provisioner/internal/notebook/template/shape"
	"github.com/data-access/terraform-provider-provisioner/internal/person"
	"github.com/data-access/terraform-provider-provisioner/internal/tools/discovery"
)

var update = flag.Bool("update", false, "write the golden files")

// shipped is where the admin's own templates are.
const shipped = "../../../modules/personal-user-managed-notebook/templates/"

func someone(t testing.TB, email string) person.Person {
	t.Helper()
	who, err := person.Parse(email)
	if err != nil {
		t.Fatal(err)
	}
	return who
}

func file(t testing.TB, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// problems are what Parse says of a text, one in a line; "" when it is good.
func problems(t testing.TB, text string) string {
	t.Helper()
	_, err := template.Parse(text)
	if err == nil {
		return ""
	}
	var all *template.ProblemsError
	if !errors.As(err, &all) || len(all.Problems) == 0 {
		t.Fatalf("no list of problems: %#v", err)
	}
	for _, p := range all.Problems {
		if p.Line < 1 || p.Message == "" {
			t.Errorf("a problem without line or words: %#v", p)
		}
	}
	return err.Error()
}

func TestTheCommittedShapeIsNotStale(t *testing.T) {
	document, err := discovery.Read("dataproc/v1")
	if err != nil {
		t.Fatal(err)
	}
	want, err := shape.Reduce(document, "Cluster")
	if err != nil {
		t.Fatal(err)
	}
	if got := file(t, "cluster.json"); got != string(want) {
		t.Error("cluster.json is not what the Google client of go.mod describes; run: go generate ./internal/notebook/template")
	}
	if len(want) > 20<<10 {
		t.Errorf("the shape has %d bytes: keep what is linked into the provider small", len(want))
	}
}

func TestShippedTemplatesAreGood(t *testing.T) {
	files, err := filepath.Glob(shipped + "*.yaml")
	if err != nil || len(files) != 2 {
		t.Fatalf("there are %v (%v)", files, err)
	}
	for _, path := range files {
		parsed, err := template.Parse(file(t, path))
		if err != nil {
			t.Errorf("%s: %v", path, err)
			continue
		}
		for _, w := range parsed.Warnings() {
			t.Errorf("%s: %v", path, w)
		}
	}
}

func TestRenderedFile(t *testing.T) {
	for _, name := range []string{"single-node", "standard"} {
		got, err := template.Render(file(t, shipped+name+".yaml"), "Ana.Diaz@example.com", "default")
		if err != nil {
			t.Fatal(err)
		}
		golden := "testdata/" + name + ".golden.yaml"
		if *update {
			if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if want := file(t, golden); got != want {
			t.Errorf("%s: got\n%s\nwant\n%s", name, got, want)
		}
	}
}

func TestEveryFaultOfThePublishedFileIsToldWithItsLine(t *testing.T) {
	want := []string{
		`line 5, config.softwareConfig.imageVersion: the support of image 1.5-ubuntu18 ended on 2023-03-31, and no cluster can be made from it; write "2.3-debian12"`,
		`line 6, config.softwareConfig.optioimage-versionnalComponents: there is no key "optioimage-versionnalComponents"; did you mean "optionalComponents"?`,
		`line 7, config.softwareConfig.optioimage-versionnalComponents[0]: ANACONDA cannot be had on any supported image; leave it out: Python with conda is there without it`,
		`line 23, config.initializationActions[0].executableFile: "gs://REPLACEME_BUCKET_NAME/enable_spark_bq.sh" has the placeholder REPLACEME_BUCKET_NAME, which nothing replaces; write the bucket's name: only clusterName and the property dataproc:dataproc.personal-auth.user are each person's own`,
	}
	if got := problems(t, file(t, "testdata/published.yaml")); got != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", got, strings.Join(want, "\n"))
	}
}

func TestThePublishedFileMendedIsTaken(t *testing.T) {
	mended := strings.NewReplacer(
		"1.5-ubuntu18", "2.3-debian12", "optioimage-versionnalComponents", "optionalComponents", "      - ANACONDA\n", "",
		"gs://REPLACEME_BUCKET_NAME/", "gs://our-scripts/",
	).Replace(file(t, "testdata/published.yaml"))
	got, err := template.Render(mended, "ana.diaz@example.com", "")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"clusterName: ana-diaz-6idqd22h\n", "dataproc:dataproc.personal-auth.user: ana.diaz@example.com\n", "numLocalSsds: 0\n",
		"provisioner_owner: ana-diaz-6idqd22h\n", "executionTimeout: \"600s\"\n",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("there is no %q in\n%s", want, got)
		}
	}
	for _, not := range []string{"CLUSTER_NAME", "REPLACEME", "provisioner_managed_by"} {
		if strings.Contains(got, not) {
			t.Errorf("there is %q in\n%s", not, got)
		}
	}
}

func TestWhatIsDeclaredSurvivesEvenWhenGoTakesItForNothing(t *testing.T) {
	text := `
labels: {}
config:
  gceClusterConfig: {internalIpOnly: false, tags: []}
  masterConfig: {numInstances: 1, diskConfig: {numLocalSsds: 0, bootDiskProvisionedIops: 3000, bootDiskProvisionedThroughput: "0"}}
  workerConfig: {startupConfig: {requiredRegistrationFraction: 0}}
  secondaryWorkerConfig: {numInstances: 0, startupConfig: {requiredRegistrationFraction: 0.25}}
  endpointConfig: {enableHttpPortAccess: false}
  encryptionConfig: {}
  lifecycleConfig: {idleDeleteTtl: 600s, autoDeleteTime: 2030-01-02T03:04:05Z}
`
	got, err := template.Render(text, "ana@example.com", "default")
	if err != nil {
		t.Fatal(err)
	}
	var out struct {
		Config map[string]any `yaml:"config"`
	}
	if err := yaml.Unmarshal([]byte(got), &out); err != nil {
		t.Fatal(err)
	}
	var in struct {
		Config map[string]any `yaml:"config"`
	}
	delete(out.Config, "softwareConfig")
	canonical := strings.NewReplacer("bootDiskProvisionedIops: 3000", `bootDiskProvisionedIops: "3000"`, "2030-01-02T03:04:05Z", `"2030-01-02T03:04:05Z"`).Replace(text)
	if err := yaml.Unmarshal([]byte(canonical), &in); err != nil {
		t.Fatal(err)
	}
	want, _ := yaml.Marshal(in.Config)
	have, _ := yaml.Marshal(out.Config)
	if string(want) != string(have) {
		t.Errorf("got\n%s\nwant\n%s", have, want)
	}
}

// The shape and the client are of one release. Should they ever part, nothing gets lost in silence.
func TestWhatTheClientDoesNotKnowIsNotDropped(t *testing.T) {
	if err := template.Lossless([]byte(`{"config":{"masterConfig":{"numInstances":0}},"labels":{}}`)); err != nil {
		t.Error(err)
	}
	for _, document := range []string{`{"config":{"newer":1}}`, `{"config":{"masterConfig":{"numInstances":"x"}}}`} {
		if template.Lossless([]byte(document)) == nil {
			t.Errorf("%s: something got lost", document)
		}
	}
}

func TestForIsRepeatable(t *testing.T) {
	ana, ben := someone(t, "ana@example.com"), someone(t, "ben@example.org")
	for _, name := range []string{"single-node", "standard"} {
		parsed, err := template.Parse(file(t, shipped+name+".yaml"))
		if err != nil {
			t.Fatal(err)
		}
		first, err := parsed.For(ana, "default")
		if err != nil {
			t.Fatal(err)
		}
		again, err := template.Parse(first)
		if err != nil {
			t.Fatalf("what was made cannot be parsed: %v\n%s", err, first)
		}
		if w := again.Warnings(); len(w) > 0 {
			t.Error(w)
		}
		if second, err := again.For(ana, "default"); err != nil || second != first {
			t.Errorf("%v; got\n%s\nwant\n%s", err, second, first)
		}
		if theirs, err := again.For(ben, ""); err != nil || strings.Contains(theirs, "ana") || strings.Contains(theirs, "managed_by") {
			t.Errorf("%v; something of Ana's is in Ben's:\n%s", err, theirs)
		}
		if third, err := parsed.For(ana, "default"); err != nil || third != first { // Ben left nothing behind
			t.Errorf("%v; got\n%s\nwant\n%s", err, third, first)
		}
	}
}

func TestForSomebodyAndAnInstallation(t *testing.T) {
	parsed, err := template.Parse(file(t, shipped+"standard.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	if text, err := parsed.For(person.Person{}, "default"); err == nil {
		t.Errorf("a file of nobody:\n%s", text)
	}
	if _, err := parsed.For(someone(t, "ana@example.com"), "Not A Label"); err == nil || !strings.Contains(err.Error(), "provisioner_managed_by") {
		t.Errorf("got %v", err)
	}
	if _, err := template.Render("x: 1", "ana@example.com", ""); err == nil {
		t.Error("a file that is no cluster was rendered")
	}
	if _, err := template.Render("clusterName: x", "ana", ""); !errors.Is(err, person.ErrNotEmail) {
		t.Errorf("got %v", err)
	}
}

func TestClusterNamesFitAndDoNotCollide(t *testing.T) {
	base := "clusterName: %\nconfig: {lifecycleConfig: {idleDeleteTtl: 600s}}\n"
	seen := map[string]bool{}
	for _, declared := range []string{"a", "spark", strings.Repeat("a", 41), "CLUSTER_NAME"} {
		for _, email := range []string{"Ann.Lee@a.com", "ann-lee@a.com", "ann@b.com", strings.Repeat("x", 60) + "@a.com", "1@a.com"} {
			text, err := template.Render(strings.Replace(base, "%", declared, 1), email, "")
			if err != nil {
				t.Fatal(err)
			}
			var cluster struct {
				Name string `yaml:"clusterName"`
			}
			if err := yaml.Unmarshal([]byte(text), &cluster); err != nil || len(cluster.Name) > 51 || seen[cluster.Name] || problems(t, text) != "" {
				t.Errorf("%s, %s: %q (%v)\n%s", declared, email, cluster.Name, err, problems(t, text))
			}
			if declared != "CLUSTER_NAME" && !strings.HasPrefix(cluster.Name, declared+"-") {
				t.Errorf("%q does not begin with %q", cluster.Name, declared)
			}
			seen[cluster.Name] = true
		}
	}
}

func TestWarningsOfImagesFollowTheDay(t *testing.T) {
	on := func(year int, month time.Month, d int) time.Time {
		return time.Date(year, month, d, 12, 0, 0, 0, time.UTC)
	}
	for _, c := range []struct {
		image string
		day   time.Time
		want  string // part of the one warning; "" is none
	}{
		{"2.1-debian11", on(2026, 3, 31), "ends on 2026-03-31"},
		{"2.1-debian11", on(2026, 11, 20), "ended on 2026-03-31, and no cluster can be made from it after 2026-12-31"},
		{"2.1", on(2026, 12, 31), "after 2026-12-31"},
		{"2.1", on(2027, 1, 1), "since 2026-12-31 no cluster"},
		{"2.2-debian12", on(2026, 11, 20), ""},
		{"2.2-debian12", on(2027, 1, 20), "ends on 2027-03-31; write \"2.3-debian12\""},
		{"2.2-ubuntu22", on(2027, 4, 1), "ended on 2027-03-31"},
		{"2.3", on(2026, 11, 20), ""},
		{"2.3", on(2027, 6, 1), "ends on 2027-06-09; see what Google has by then"},
		{"2.3", on(2027, 6, 10), "ended on 2027-06-09"},
		{"2.3.5-ml-ubuntu22", on(2026, 11, 20), ""},
		{"3.0-debian12", on(2026, 11, 20), "a preview"},
		{"preview", on(2026, 11, 20), "without notice"},
		{"2.9", on(2026, 11, 20), "none that this release knows of (2.1, 2.2, 2.3, 3.0)"},
	} {
		parsed, err := template.Parse(strings.Replace(file(t, shipped+"standard.yaml"), "2.3-debian12", c.image, 1))
		if err != nil {
			t.Errorf("%s: %v", c.image, err)
			continue
		}
		warnings := parsed.WarningsOn(c.day)
		switch {
		case c.want == "" && len(warnings) == 0:
		case len(warnings) != 1 || c.want == "" || !strings.Contains(warnings[0].Message, c.want):
			t.Errorf("%s on %s: got %v, want %q", c.image, c.day, warnings, c.want)
		case warnings[0].Line != 8 || warnings[0].Path != "config.softwareConfig.imageVersion":
			t.Errorf("%s: it is told of line %d, %s", c.image, warnings[0].Line, warnings[0].Path)
		}
	}
}
