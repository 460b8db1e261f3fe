package session_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/data-access/terraform-provider-provisioner/internal/notebook/session"
)

func TestJudge(t *testing.T) {
	many := map[string]string{}
	for i := range 31 {
		many[fmt.Sprint("k", i)] = ""
	}
	for name, c := range map[string]struct {
		change    func(*session.Template)
		attribute string // "" is fine
		says      string
	}{
		"all is well":        {change: func(*session.Template) {}},
		"nothing known":      {change: func(t *session.Template) { *t = session.Template{} }},
		"a zone":             {func(t *session.Template) { t.Location = "us-central1-a" }, "location", "us-central1-a"},
		"short name":         {func(t *session.Template) { t.Name = "abc" }, "name", "abc"},
		"long name":          {func(t *session.Template) { t.Name = strings.Repeat("a", 64) }, "name", "63"},
		"digit first":        {func(t *session.Template) { t.Name = "1abc" }, "name", "1abc"},
		"capital":            {func(t *session.Template) { t.Name = "Ana-x" }, "name", "Ana-x"},
		"longest name":       {change: func(t *session.Template) { t.Name = strings.Repeat("a", 63) }},
		"kernel":             {func(t *session.Template) { t.Kernel = "R" }, "kernel", `"R"`},
		"display name":       {func(t *session.Template) { t.DisplayName = strings.Repeat("é", 64) }, "display_name", "64"},
		"longest display":    {change: func(t *session.Template) { t.DisplayName = strings.Repeat("é", 63) }},
		"short ttl":          {func(t *session.Template) { t.TTL = 9 * time.Minute }, "max_minutes", "9 minutes"},
		"long ttl":           {func(t *session.Template) { t.TTL = 15 * 24 * time.Hour }, "max_minutes", "21600 minutes"},
		"negative idle":      {func(t *session.Template) { t.IdleTTL = -time.Hour }, "idle_minutes", "from 10 to 20160"},
		"half a minute":      {func(t *session.Template) { t.IdleTTL = time.Hour + 30*time.Second }, "idle_minutes", "60.5 minutes"},
		"bounds":             {change: func(t *session.Template) { t.IdleTTL, t.TTL = 10*time.Minute, 14*24*time.Hour }},
		"staging address":    {func(t *session.Template) { t.StagingBucket = "gs://b" }, "staging_bucket", "gs://b"},
		"staging path":       {func(t *session.Template) { t.StagingBucket = "bucket/path" }, "staging_bucket", "bucket/path"},
		"image as runtime":   {func(t *session.Template) { t.RuntimeVersion = "2.2-debian12" }, "runtime_version", "2.2-debian12"},
		"patch version":      {func(t *session.Template) { t.RuntimeVersion = "2.3.4" }, "runtime_version", "2.3.4"},
		"dead runtime":       {func(t *session.Template) { t.RuntimeVersion = "2.0" }, "runtime_version", "2.3"},
		"service account":    {func(t *session.Template) { t.ServiceAccount = "a@p.iam.gserviceaccount.com" }, "service_account", "whoever starts them"},
		"key":                {func(t *session.Template) { t.KMSKey = "k" }, "customer_managed_key", "cryptoKeys"},
		"metastore":          {func(t *session.Template) { t.Metastore = "m" }, "metastore_service", "services"},
		"history server":     {func(t *session.Template) { t.HistoryServer = "m" }, "history_server_cluster", "clusters"},
		"tag":                {func(t *session.Template) { t.NetworkTags = []string{"A_b"} }, "network_tags", "A_b"},
		"prefixed property":  {func(t *session.Template) { t.Properties = map[string]string{"spark:spark.a": "1"} }, "properties", `write "spark.a"`},
		"spaced property":    {func(t *session.Template) { t.Properties = map[string]string{"spark. a": "1"} }, "properties", "spark. a"},
		"nameless property":  {func(t *session.Template) { t.Properties = map[string]string{"": "1"} }, "properties", `""`},
		"two-line property":  {func(t *session.Template) { t.Properties = map[string]string{"spark.a": "1\n2"} }, "properties", "spark.a"},
		"reserved label":     {func(t *session.Template) { t.Labels = map[string]string{"provisioner_owner": "x"} }, "labels", "provisioner_owner"},
		"Google's label":     {func(t *session.Template) { t.Labels = map[string]string{"goog-x": "x"} }, "labels", "goog-x"},
		"label with a dot":   {func(t *session.Template) { t.Labels = map[string]string{"team": "a.b"} }, "labels", "a.b"},
		"label with capital": {func(t *session.Template) { t.Labels = map[string]string{"Team": "a"} }, "labels", "Team"},
		"many labels":        {func(t *session.Template) { t.Labels = many }, "labels", "31"},
	} {
		problems := session.Judge(wanted(c.change))
		switch {
		case c.attribute == "" && len(problems) > 0:
			t.Errorf("%s: %v", name, problems)
		case c.attribute != "" && (len(problems) != 1 || problems[0].Attribute != c.attribute || !strings.Contains(problems[0].Detail, c.says)):
			t.Errorf("%s: %v", name, problems)
		}
	}
}

// Every way to have a session read data as somebody else is refused; what only looks like one is not.
func TestPropertiesThatChangeWhoReads(t *testing.T) {
	for key, refused := range map[string]bool{
		"spark.hadoop.fs.gs.auth.type":                                     true,
		"spark.hadoop.fs.gs.auth.service.account.json.keyfile":             true,
		"spark.hadoop.google.cloud.auth.service.account.enable":            true,
		"spark.hadoop.fs.gs.auth.impersonation.service.account":            true,
		"spark.datasource.bigquery.credentialsFile":                        true,
		"spark.datasource.bigquery.gcpAccessToken":                         true,
		"spark.datasource.bigquery.gcpImpersonationServiceAccount":         true,
		"spark.executorEnv.GOOGLE_APPLICATION_CREDENTIALS":                 true,
		"dataproc.authentication.type":                                     true,
		"dataproc:dataproc.personal-auth.user":                             true,
		"spark.hadoop.fs.s3a.aws.credentials.provider":                     false,
		"spark.authenticate":                                               false,
		"spark.executor.instances":                                         false,
		"spark.hadoop.fs.gs.implicit.dir.repair.enable":                    false,
		"spark.hadoop.hive.metastore.client.auth.mode":                     false,
		"spark.datasource.bigquery.viewsEnabled":                           false,
		"spark.dataproc.executor.compute.tier":                             false,
		"spark.dynamicAllocation.executorAllocationRatio":                  false,
		"spark.sql.catalog.x.org.apache.iceberg.gcp.bigquery.BigQueryMeta": false,
	} {
		problems := session.Judge(session.Template{Properties: map[string]string{key: "x"}})
		if refused != (len(problems) > 0) {
			t.Errorf("%s: %v", key, problems)
		}
	}
}

func TestWarn(t *testing.T) {
	if warnings := session.Warn(wanted()); len(warnings) > 0 {
		t.Error(warnings)
	}
	warnings := session.Warn(wanted(func(t *session.Template) {
		t.RuntimeVersion, t.IdleTTL, t.TTL = "2.2", 2*time.Hour, time.Hour
	}))
	if len(warnings) != 2 || warnings[0].Attribute != "runtime_version" || warnings[1].Attribute != "idle_minutes" || !strings.Contains(warnings[1].Detail, "idle_minutes = 120") {
		t.Error(warnings)
	}
}
