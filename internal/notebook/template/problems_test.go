package template_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/data-access/terraform-provider-provisioner/internal/notebook/template"
)

// good is a whole file in few lines; a case changes one of them.
const good = `clusterName: spark
labels: {team: research}
config:
  softwareConfig: {imageVersion: "2.3", optionalComponents: [JUPYTER]}
  gceClusterConfig: {metadata: {enable-guest-attributes: "TRUE"}}
  masterConfig: {numInstances: 1}
  endpointConfig: {enableHttpPortAccess: true}
  lifecycleConfig: {idleDeleteTtl: 7200s}
`

// change is the good file with one line replaced, or with a line at its end.
func change(line string) string {
	key, _, _ := strings.Cut(line, ":")
	var out []string
	done := false
	for old := range strings.Lines(good) {
		if strings.HasPrefix(old, key+":") {
			old, done = line+"\n", true
		}
		out = append(out, old)
	}
	if !done {
		out = append(out, line+"\n")
	}
	return strings.Join(out, "")
}

func TestTheGoodFileIsGood(t *testing.T) {
	parsed, err := template.Parse(good)
	if err != nil || len(parsed.Warnings()) > 0 {
		t.Fatal(err, parsed.Warnings())
	}
}

func TestFaultsOfForm(t *testing.T) {
	for line, want := range map[string]string{
		// Keys.
		"clustername: x":                                      `line 9, clustername: there is no key "clustername"; did you mean "clusterName"?`,
		"xyzzy: x":                                            `line 9, xyzzy: there is no key "xyzzy" here; there are clusterName, config, labels, projectId, virtualClusterConfig`,
		"  masterConfig: {numInstance: 1}":                    `line 6, config.masterConfig.numInstance: there is no key "numInstance"; did you mean "numInstances"?`,
		"status: {state: RUNNING}":                            `line 9, status: status is what Google says of a running cluster; leave it out`,
		"  masterConfig: {instanceNames: [a]}":                `line 6, config.masterConfig.instanceNames: instanceNames is what Google says of a running cluster; leave it out`,
		"labels: {a: x, a: y}":                                `line 2, labels.a: "a" is here a second time, after line 2; keep one of them`,
		"  workerConfig: {}\n  workerConfig: {}":              `line 10, config.workerConfig: workerConfig is here a second time, after line 9; keep one of them`,
		"labels: {1: x}":                                      `line 2, labels: a key is the number 1, where a text belongs; write it in quotes`,
		"labels: {? [a] : x}":                                 `line 2, labels: a key is a list, where a text belongs; write it in quotes`,
		"labels: &l {a: x}\nprojectId: p\n<<: *l":             `line 4, <<: merge keys (<<) are not for a cluster's file; write the keys out, or give each value an alias`,
		"  initializationActions: [{executionTimeout: 600s}]": `line 9, config.initializationActions[0].executableFile: executableFile is missing, and required`,

		// Types.
		"projectId: 5":                                                  `line 9, projectId: projectId is the number 5; write it in quotes: "5"`,
		"labels: text":                                                  `line 2, labels: labels is the text "text", where a mapping belongs`,
		"labels: {a: 2026-01-02}":                                       `line 2, labels.a: "a" is the date 2026-01-02; write it in quotes: "2026-01-02"`,
		"labels: {a: true}":                                             `line 2, labels.a: "a" is the truth value true; write it in quotes: "true"`,
		"labels: {a: }":                                                 `line 2, labels.a: "a" is empty; write a text, such as "", or leave the key out`,
		"labels: {a: [b]}":                                              `line 2, labels.a: "a" is a list, where a text belongs`,
		"labels: {a: !!binary aGk=}":                                    `line 2, labels.a: "a" is the value "aGk=" with the tag !!binary; write it in quotes: "aGk="`,
		`  masterConfig: {numInstances: "two"}`:                         `line 6, config.masterConfig.numInstances: numInstances is the text "two", where a whole number belongs`,
		`  masterConfig: {numInstances: "1"}`:                           `line 6, config.masterConfig.numInstances: numInstances is the text "1", where a whole number belongs`,
		"  masterConfig: {numInstances: 1.5}":                           `line 6, config.masterConfig.numInstances: numInstances is the number 1.5, where a whole number belongs`,
		"  masterConfig: {numInstances: 3000000000}":                    `line 6, config.masterConfig.numInstances: numInstances is the number 3000000000, where a whole number belongs`,
		"  masterConfig: {numInstances: 99999999999999999999}":          `line 6, config.masterConfig.numInstances: numInstances is the number 99999999999999999999, where a whole number belongs`,
		"  masterConfig: {diskConfig: {bootDiskProvisionedIops: many}}": `line 6, config.masterConfig.diskConfig.bootDiskProvisionedIops: bootDiskProvisionedIops is the text "many", where a whole number belongs`,
		"  masterConfig: {startupConfig: {requiredRegistrationFraction: half}}":           `line 6, config.masterConfig.startupConfig.requiredRegistrationFraction: requiredRegistrationFraction is the text "half", where a number belongs`,
		"  masterConfig: {startupConfig: {requiredRegistrationFraction: .nan}}":           `line 6, config.masterConfig.startupConfig.requiredRegistrationFraction: requiredRegistrationFraction is the number .nan, where a number belongs`,
		"  masterConfig: {startupConfig: {requiredregistrationfraction: 1}}":              `line 6, config.masterConfig.startupConfig.requiredregistrationfraction: there is no key "requiredregistrationfraction"; did you mean "requiredRegistrationFraction"?`,
		`  endpointConfig: {enableHttpPortAccess: "true"}`:                                `line 7, config.endpointConfig.enableHttpPortAccess: enableHttpPortAccess is the text "true", where true or false belongs`,
		`  endpointConfig: {enableHttpPortAccess: 1}`:                                     `line 7, config.endpointConfig.enableHttpPortAccess: enableHttpPortAccess is the number 1, where true or false belongs`,
		"  lifecycleConfig: {idleDeleteTtl: 1h}":                                          `line 8, config.lifecycleConfig.idleDeleteTtl: idleDeleteTtl is the text "1h", where a number of seconds such as "3600s" belongs; write "3600s"`,
		"  lifecycleConfig: {idleDeleteTtl: 14d}":                                         `line 8, config.lifecycleConfig.idleDeleteTtl: idleDeleteTtl is the text "14d", where a number of seconds such as "3600s" belongs; write "1209600s"`,
		`  lifecycleConfig: {idleDeleteTtl: "7200"}`:                                      `line 8, config.lifecycleConfig.idleDeleteTtl: idleDeleteTtl is the text "7200", where a number of seconds such as "3600s" belongs; write "7200s"`,
		"  lifecycleConfig: {idleDeleteTtl: soon}":                                        `line 8, config.lifecycleConfig.idleDeleteTtl: idleDeleteTtl is the text "soon", where a number of seconds such as "3600s" belongs`,
		"  lifecycleConfig: {idleDeleteTtl: 7200s, autoDeleteTime: 2030-01-02}":           `line 8, config.lifecycleConfig.autoDeleteTime: autoDeleteTime is the date 2030-01-02, where a time such as "2027-01-31T18:00:00Z" belongs`,
		`  softwareConfig: {imageVersion: 2.3, optionalComponents: [JUPYTER]}`:            `line 4, config.softwareConfig.imageVersion: imageVersion is the number 2.3; write it in quotes: "2.3"`,
		`  softwareConfig: {imageVersion: "2.3", optionalComponents: JUPYTER}`:            `line 4, config.softwareConfig.optionalComponents: optionalComponents is the text "JUPYTER", where a list belongs`,
		`  softwareConfig: {imageVersion: "2.3", optionalComponents: [JUPYTER, ~]}`:       `line 4, config.softwareConfig.optionalComponents[1]: optionalComponents[1] is empty; write a text, or leave the item out`,
		`  softwareConfig: {imageVersion: "2.3", optionalComponents: [JUPYTER, jupyter]}`: `line 4, config.softwareConfig.optionalComponents[1]: optionalComponents[1] is "jupyter", which is none of COMPONENT_UNSPECIFIED, ALLOYDB_CONNECTOR, ANACONDA, DELTA, DOCKER, DRUID, FLINK, HBASE, HIVE_WEBHCAT, HUDI, ICEBERG, JUPYTER, PIG, PRESTO, TRINO, RANGER, SOLR, ZEPPELIN, ZOOKEEPER, JUPYTER_KERNEL_GATEWAY; did you mean "JUPYTER"?`,
	} {
		if got := problems(t, change(line)); got != want {
			t.Errorf("%s\n got %s\nwant %s", line, got, want)
		}
	}
}

func TestFilesThatAreNoCluster(t *testing.T) {
	for text, want := range map[string]string{
		"":                                   "line 1: the file is empty; write a Dataproc cluster: clusterName, config, labels",
		"# nothing\n":                        "line 1: the file is empty",
		"\n\njust text":                      `line 3: the file is the text "just text", and no Dataproc cluster`,
		"- a\n- b":                           "line 1: the file is a list, and no Dataproc cluster",
		"~":                                  "line 1: the file is empty, and no Dataproc cluster",
		"apiVersion: v1\nkind: Pod":          "line 1: this is no Dataproc cluster: of apiVersion, kind none is a key of one",
		"a: [1\nb: 2":                        "line 1: this is not YAML: did not find expected ',' or ']'",
		"a: b: c":                            "line 1: this is not YAML: mapping values are not allowed in this context",
		"\ta: b":                             "line 1: this is not YAML: found character that cannot start any token",
		"a: *b":                              "line 1: this is not YAML: unknown anchor 'b' referenced",
		"clusterName: \x01":                  "line 1: this is not YAML: control characters are not allowed",
		good + "---\n" + good:                "line 9: a second document begins here (---); write one cluster in one file",
		good + "---\na: [":                   "line 10: this is not YAML: ",
		"a: " + strings.Repeat("x", 300_000): "line 1: the file has 300003 bytes",
		"{}":                                 "line 1, config.lifecycleConfig.idleDeleteTtl: idleDeleteTtl is missing",
		"config:":                            "line 1, config.lifecycleConfig.idleDeleteTtl: idleDeleteTtl is missing",
		"config: 5":                          "line 1, config: config is the number 5, where a mapping belongs\nline 1, config.lifecycle",
		"config: [a]":                        "line 1, config: config is a list, where a mapping belongs\nline 1, config.lifecycle",
	} {
		if got := problems(t, text); !strings.HasPrefix(got, want) || strings.Contains(got[len(want):], "\n") {
			t.Errorf("%.60q\n got %s\nwant %s", text, got, want)
		}
	}
}

func TestAliasesStandForWhatTheyName(t *testing.T) {
	text := `
labels: {team: &team research, owner: *team}
config:
  lifecycleConfig: {idleDeleteTtl: 600s}
  masterConfig: {diskConfig: &disk {bootDiskSizeGb: 100}}
  workerConfig: {diskConfig: *disk}
`
	got, err := template.Render(text, "ana@example.com", "")
	if err != nil || strings.Count(got, "bootDiskSizeGb: 100") != 2 || !strings.Contains(got, "owner: research") || strings.ContainsAny(got, "&*") {
		t.Errorf("%v\n%s", err, got)
	}
	if got := problems(t, strings.Replace(text, "bootDiskSizeGb: 100", "bootDiskSize: 100", 1)); strings.Count(got, "\n") != 1 {
		t.Errorf("a fault in what is used twice has two paths:\n%s", got)
	}
}

func TestAFileMadeToExhaustTheReaderDoesNot(t *testing.T) {
	var text strings.Builder
	text.WriteString("config:\n  softwareConfig:\n    optionalComponents: [JUPYTER]\n")
	text.WriteString("  gceClusterConfig: {metadata: &m {")
	for i := range 2000 {
		fmt.Fprintf(&text, "k%d: x, ", i)
	}
	text.WriteString("}}\n  initializationActions: [")
	text.WriteString(strings.Repeat("{executableFile: gs://b/o, executionTimeout: 1s}, ", 4000))
	text.WriteString("]\n  auxiliaryNodeGroups: [")
	text.WriteString(strings.Repeat("{nodeGroup: {roles: [DRIVER], labels: *m}}, ", 100))
	text.WriteString("]\n")
	if got := problems(t, text.String()); !strings.Contains(got, "more than 20000 values") {
		t.Errorf("got %.300s", got)
	}
	if got := problems(t, "config: &c\n  gceClusterConfig: *c\n"); got == "" {
		t.Error("a file that contains itself was taken")
	}
}

func TestFaultsOfMeaning(t *testing.T) {
	for line, want := range map[string]string{
		// An image, a component.
		`  softwareConfig: {imageVersion: "1.5-debian10", optionalComponents: [JUPYTER]}`:      `line 4, config.softwareConfig.imageVersion: the support of image 1.5-debian10 ended on 2023-03-31, and no cluster`,
		`  softwareConfig: {imageVersion: "2.0.99", optionalComponents: [JUPYTER]}`:            `line 4, config.softwareConfig.imageVersion: the support of image 2.0.99 is over`,
		`  softwareConfig: {imageVersion: "latest", optionalComponents: [JUPYTER]}`:            `line 4, config.softwareConfig.imageVersion: "latest" is no image version; write one such as "2.3-debian12"`,
		`  softwareConfig: {imageVersion: "2.2", optionalComponents: [JUPYTER, ANACONDA]}`:     `line 4, config.softwareConfig.optionalComponents[1]: ANACONDA cannot be had`,
		`  softwareConfig: {imageVersion: "2.3", optionalComponents: [COMPONENT_UNSPECIFIED]}`: `line 4, config.softwareConfig.optionalComponents[0]: COMPONENT_UNSPECIFIED is no component`,

		// An end.
		"  lifecycleConfig: {}":                                                                               `line 8, config.lifecycleConfig.idleDeleteTtl: idleDeleteTtl is missing: a cluster nobody uses would run on`,
		"  lifecycleConfig: {autoDeleteTtl: 86400s}":                                                          `line 8, config.lifecycleConfig.idleDeleteTtl: idleDeleteTtl is missing`,
		"  lifecycleConfig: {idleDeleteTtl: 299s}":                                                            `line 8, config.lifecycleConfig.idleDeleteTtl: idleDeleteTtl is 299s; write "300s" (5 minutes) to "1209600s" (14 days)`,
		"  lifecycleConfig: {idleDeleteTtl: 1209600.5s}":                                                      `line 8, config.lifecycleConfig.idleDeleteTtl: idleDeleteTtl is 1209600.5s; write`,
		"  lifecycleConfig: {idleDeleteTtl: -600s}":                                                           `line 8, config.lifecycleConfig.idleDeleteTtl: idleDeleteTtl is -600s; write`,
		"  lifecycleConfig: {idleDeleteTtl: 300s, autoDeleteTtl: 599s}":                                       `line 8, config.lifecycleConfig.autoDeleteTtl: autoDeleteTtl is 599s; write "600s" (10 minutes)`,
		"  lifecycleConfig: {idleDeleteTtl: 300s, autoDeleteTtl: 600s, autoDeleteTime: 2030-01-02T03:04:05Z}": `line 8, config.lifecycleConfig.autoDeleteTime: autoDeleteTime and autoDeleteTtl exclude each other`,

		// What personal authentication excludes.
		"  lifecycleConfig: {idleDeleteTtl: 300s, idleStopTtl: 300s}":                             `line 8, config.lifecycleConfig.idleStopTtl: idleStopTtl and personal authentication exclude each other: such a cluster cannot be stopped`,
		"  lifecycleConfig: {idleDeleteTtl: 300s, autoStopTtl: 600s}":                             `line 8, config.lifecycleConfig.autoStopTtl: autoStopTtl and`,
		"  lifecycleConfig: {idleDeleteTtl: 300s, autoStopTime: 2030-01-02T03:04:05Z}":            `line 8, config.lifecycleConfig.autoStopTime: autoStopTime and`,
		"  masterConfig: {imageUri: projects/p/global/images/i}":                                  `line 6, config.masterConfig.imageUri: imageUri and personal authentication exclude each other`,
		"  workerConfig: {imageUri: i}":                                                           `line 9, config.workerConfig.imageUri: imageUri and`,
		"  secondaryWorkerConfig: {imageUri: i}":                                                  `line 9, config.secondaryWorkerConfig.imageUri: imageUri and`,
		"  auxiliaryNodeGroups: [{nodeGroup: {roles: [DRIVER], nodeGroupConfig: {imageUri: i}}}]": `line 9, config.auxiliaryNodeGroups[0].nodeGroup.nodeGroupConfig.imageUri: imageUri and`,
		"  gceClusterConfig: {metadata: {startup-script: echo}}":                                  `line 5, config.gceClusterConfig.metadata.startup-script: startup-script and personal authentication exclude each other`,
		"  gceClusterConfig: {metadata: {startup-script-url: gs://b/o}}":                          `line 5, config.gceClusterConfig.metadata.startup-script-url: startup-script-url and`,
		`  gceClusterConfig: {metadata: {enable-guest-attributes: "False"}}`:                      `line 5, config.gceClusterConfig.metadata.enable-guest-attributes: enable-guest-attributes is "False"`,
		"  securityConfig: {identityConfig: {userServiceAccountMapping: {a@b.c: d@e.f}}}":         `line 9, config.securityConfig.identityConfig: identityConfig and personal authentication exclude each other: it maps people to service accounts`,
		"virtualClusterConfig: {kubernetesClusterConfig: {gkeClusterConfig: {}}}":                 `line 9, virtualClusterConfig: clusters on GKE have no personal authentication`,

		// Combinations and numbers.
		"  gceClusterConfig: {networkUri: default, subnetworkUri: default}": `line 5, config.gceClusterConfig.networkUri: networkUri and subnetworkUri exclude each other`,
		"  masterConfig: {numInstances: 2}":                                 `line 6, config.masterConfig.numInstances: a cluster has 1 master, or 3`,
		"  masterConfig: {numInstances: 0}":                                 `line 6, config.masterConfig.numInstances: a cluster has 1 master, or 3`,

		// Labels and names.
		"labels: {provisioner_owner: me}":         `line 2, labels.provisioner_owner: the label provisioner_owner is reserved`,
		"labels: {provisioner_managed_by: me}":    `line 2, labels.provisioner_managed_by: the label provisioner_managed_by is reserved`,
		"labels: {goog-dataproc-x: me}":           `line 2, labels.goog-dataproc-x: the label goog-dataproc-x is reserved`,
		"labels: {Team: me}":                      `line 2, labels.Team: "Team" cannot be a label's key`,
		"labels: {team: a.b@c.d}":                 `line 2, labels.team: "a.b@c.d" cannot be a label's value`,
		"clusterName: My_Cluster":                 `line 1, clusterName: "My_Cluster" cannot begin the name of a person's cluster`,
		"clusterName: trailing-":                  `line 1, clusterName: "trailing-" cannot begin`,
		"clusterName: " + strings.Repeat("a", 42): `line 1, clusterName: "` + strings.Repeat("a", 42) + `" cannot begin the name of a person's cluster: write at most 41`,

		// Placeholders where nothing replaces them.
		"projectId: REPLACEME_PROJECT": `line 9, projectId: "REPLACEME_PROJECT" has the placeholder REPLACEME_PROJECT, which nothing replaces; write the value itself`,

		"  initializationActions: [{executableFile: gs://REPLACEME_BUCKET_NAME/x}]": `line 9, config.initializationActions[0].executableFile: "gs://REPLACEME_BUCKET_NAME/x" has the placeholder REPLACEME_BUCKET_NAME, which nothing replaces; write the bucket's name`,

		"  configBucket: CLUSTER_NAME": `line 9, config.configBucket: "CLUSTER_NAME" has the placeholder CLUSTER_NAME`,
		`  softwareConfig: {imageVersion: "2.3", optionalComponents: [JUPYTER], properties: {"spark:x": REPLACEME_USER_NAME}}`: `line 4, config.softwareConfig.properties.spark:x: "REPLACEME_USER_NAME" has the placeholder REPLACEME_USER_NAME`,
	} {
		if got := problems(t, change(line)); !strings.HasPrefix(got, want) || strings.Contains(got, "\n") {
			t.Errorf("%s\n got %s\nwant %s", line, got, want)
		}
	}
	many := "labels: {"
	for i := range 31 {
		many += fmt.Sprintf("l%d: x, ", i)
	}
	if got := problems(t, change(many+"}")); !strings.HasPrefix(got, "line 2, labels: there are 31 labels; Dataproc takes 32, two of which are the provider's") {
		t.Errorf("got %s", got)
	}
}

func TestWhatMayStandThere(t *testing.T) {
	for _, line := range []string{
		"clusterName: CLUSTER_NAME", "clusterName:", "projectId: some-project", "labels:", `labels: {empty: ""}`,
		"  masterConfig: {numInstances: 3}", "  masterConfig: {numInstances: 0x1}", "  softwareConfig: {imageVersion: '2.3', optionalComponents: [JUPYTER], properties: {dataproc:dataproc.personal-auth.user: REPLACEME_USER_NAME}}",
		"  softwareConfig: {imageVersion: '2.3', optionalComponents: [JUPYTER], properties: {dataproc:dataproc.personal-auth.user: somebody@example.com}}",
		"  lifecycleConfig: {idleDeleteTtl: 300s}", "  lifecycleConfig: {idleDeleteTtl: 1209600s, autoDeleteTtl: 600s}",
		"  gceClusterConfig: {subnetworkUri: s, internalIpOnly: true}", "  gceClusterConfig: {metadata: {SPARK_BQ_CONNECTOR_VERSION: 0.42.1}}",
	} {
		parsed, err := template.Parse(change(line))
		if err != nil {
			t.Errorf("%s: %v", line, err)
			continue
		}
		if w := parsed.Warnings(); len(w) > 0 {
			t.Errorf("%s: %v", line, w)
		}
	}
}

func TestWarnings(t *testing.T) {
	for line, want := range map[string]string{
		"  softwareConfig: {imageVersion: '2.3'}":                                "JUPYTER is not among the optional components",
		"  softwareConfig: {optionalComponents: [JUPYTER]}":                      "no image is named",
		"  endpointConfig: {}":                                                   "the component gateway is off",
		"  endpointConfig: {enableHttpPortAccess: false}":                        "the component gateway is off",
		"  initializationActions: [{executableFile: gs://b/o}]":                  "that initialization actions run together with personal authentication is not sure",
		"  securityConfig: {kerberosConfig: {enableKerberos: false}}":            "personal authentication switches Kerberos on",
		"  softwareConfig: {imageVersion: '2.1', optionalComponents: [JUPYTER]}": "ended on 2026-03-31",
	} {
		parsed, err := template.Parse(change(line))
		if err != nil {
			t.Errorf("%s: %v", line, err)
			continue
		}
		if w := parsed.Warnings(); len(w) != 1 || !strings.Contains(w[0].Message, want) || w[0].Line < 3 {
			t.Errorf("%s: got %v, want %s", line, w, want)
		}
	}
}
