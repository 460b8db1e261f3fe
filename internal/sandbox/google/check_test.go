package google_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/google"
)

const (
	createAnn = "/notebooks/v2/" + inZone + "/instances?instanceId=ann"
	newHub    = "/dataproc/v1/projects/acme/regions/us-central1/clusters"
)

func TestBodiesMustFitTheSchema(t *testing.T) {
	p := open(t, google.Options{})
	for _, c := range []struct{ path, body, message string }{
		{createAnn, `{"gceSetup":{"machineTyp":"x"}}`, `Invalid JSON payload received. Unknown name \"machineTyp\" at 'instance.gce_setup': Cannot find field.`},
		{createAnn, `{"x":1,"gceSetup":{"y":2}}`, `Unknown name \"x\" at 'instance'`},
		{createAnn, `{"gceSetup":{"dataDisks":[{"diskSizeGb":"1"},{"size":"2"}]}}`, `Unknown name \"size\" at 'instance.gce_setup.data_disks[1]'`},
		{createAnn, `{"instanceowners":["ann@example.com"]}`, `Unknown name \"instanceowners\"`},
		{createAnn, `{"gceSetup":{"bootDisk":{"diskType":"PD_FAST"}}}`, `Invalid value at 'instance.gce_setup.boot_disk.disk_type'`},
		{createAnn, `{"gceSetup":{"bootDisk":{"diskSizeGb":"many"}}}`, `'instance.gce_setup.boot_disk.disk_size_gb' (TYPE_INT64), \"many\"`},
		{createAnn, `{"gceSetup":{"bootDisk":{"diskSizeGb":1.5}}}`, `(TYPE_INT64), 1.5`},
		{createAnn, `{"enableManagedEuc":"yes"}`, `'instance.enable_managed_euc' (TYPE_BOOL)`},
		{createAnn, `{"instanceOwners":"ann@example.com"}`, `'instance.instance_owners' (repeated field)`},
		{createAnn, `{"instanceOwners":[7]}`, `'instance.instance_owners[0]' (TYPE_STRING), 7`},
		{createAnn, `{"gceSetup":[]}`, `Unknown name \"gce_setup\" at 'instance': Proto field is not repeating, cannot start list.`},
		{createAnn, `{"gceSetup":"x"}`, `Invalid value at 'instance.gce_setup'`},
		{createAnn, `{"labels":{"a":1}}`, `'instance.labels.a' (TYPE_STRING)`},
		{createAnn, `{"gceSetup":{"vmImage":{"family":"x"}}}`, `Required field 'instance.gce_setup.vm_image.project' is not specified.`},
		{createAnn, `{"gceSetup":{"reservationAffinity":{"key":"k"}}}`, `consume_reservation_type`},
		{createAnn, `[]`, `Root element must be a message.`},
		{createAnn, `{"labels":{}`, `Invalid JSON payload received.`},
		{createAnn, `{} {}`, `Expected end of string`},
		{"/notebooks/v2/" + ann + ":stop", `{"now":true}`, `Unknown name \"now\": Cannot find field.`},
		{"/notebooks/v2/" + ann + ":diagnose", `{"diagnosticConfig":{"gcsBucket":"gs://b"},"timeoutMinutes":99999999999}`, `'timeout_minutes' (TYPE_INT32)`},
		{newHub, `{"projectId":"acme","clusterName":"c","config":{"lifecycleConfig":{"idleDeleteTtl":"1h"}}}`, `'cluster.config.lifecycle_config.idle_delete_ttl' (type.googleapis.com/google.protobuf.Duration)`},
		{newHub, `{"projectId":"acme","clusterName":"c","config":{"lifecycleConfig":{"autoDeleteTime":"tomorrow"}}}`, `google.protobuf.Timestamp`},
		{newHub, `{"projectId":"acme","clusterName":"c","config":{"softwareConfig":{"optioimage-versionnalComponents":["JUPYTER"]}}}`, `Unknown name \"optioimage-versionnalComponents\" at 'cluster.config.software_config'`},
		{newHub, `{"projectId":"acme","clusterName":"c","config":{"softwareConfig":{"optionalComponents":["JUPITER"]}}}`, `'cluster.config.software_config.optional_components[0]'`},
		{newHub, `{"clusterName":"c"}`, `Required field 'cluster.project_id' is not specified.`},
		{newHub, `{"projectId":"acme","clusterName":"c","config":{"initializationActions":[{"executionTimeout":"600s"}]}}`, `executable_file`},
	} {
		p.wantSent("POST", c.path, c.body, 400, c.message)
	}
	if len(p.Workbenches())+len(p.Clusters()) != 0 {
		t.Error("a refused request made something")
	}
}

func TestAViolationNamesItsField(t *testing.T) {
	p := open(t, google.Options{})
	_, reply, _ := p.send("POST", createAnn, `{"gceSetup":{"b":2,"a":1}}`)
	var body struct {
		Error struct {
			Code    int
			Status  string
			Message string
			Details []struct {
				Type       string                                `json:"@type"`
				Violations []struct{ Field, Description string } `json:"fieldViolations"`
			}
		}
	}
	p.must(json.Unmarshal([]byte(reply), &body))
	e := body.Error
	if e.Code != 400 || e.Status != "INVALID_ARGUMENT" || strings.Count(e.Message, "Cannot find field.") != 2 {
		t.Errorf("got %s", reply)
	}
	if len(e.Details) != 1 || e.Details[0].Type != "type.googleapis.com/google.rpc.BadRequest" || len(e.Details[0].Violations) != 2 || e.Details[0].Violations[0].Field != "instance.gce_setup" {
		t.Errorf("got %+v", e.Details)
	}
}

func TestTheServerIsLenientWhereTheVendorIs(t *testing.T) {
	p := open(t, google.Options{})
	// Either spelling of a field, 64 bits as a number or a text, null as absent, and what only the server may set.
	body := `{"name":"mine","state":"ACTIVE","creator":"me","createTime":"2001-01-01T00:00:00Z","thirdPartyProxyUrl":"mine","enable_managed_euc":null,
		"gce_setup":{"boot_disk":{"diskSizeGb":160},"dataDisks":[{"diskSizeGb":"110"}],"instanceId":"1","systemMetadata":{"a":"b"}}}`
	p.wantSent("POST", "/notebooks/v2/"+inZone+"/instances?instance_id=ann&alt=json&prettyPrint=false&$.xgafv=2&fields=*&quotaUser=q&key=k", body, 200, "operation")
	i := p.get(ann)
	if i.Name != ann || i.State != "INITIALIZING" || i.Creator != "deployer@example.com" || i.CreateTime != "2026-01-02T03:04:05Z" || i.ThirdPartyProxyUrl != "" {
		t.Errorf("got %+v", i)
	}
	if i.GceSetup.BootDisk.DiskSizeGb != 160 || i.GceSetup.DataDisks[0].DiskSizeGb != 110 || i.GceSetup.InstanceId == "1" || i.GceSetup.SystemMetadata["a"] != "" {
		t.Errorf("got %+v %+v", i.GceSetup, i.GceSetup.BootDisk)
	}
	_, reply, _ := p.send("GET", "/notebooks/v2/"+ann, "")
	if !strings.Contains(reply, `"diskSizeGb":"160"`) {
		t.Errorf("64 bits are told as a text, got %s", reply)
	}
	p.wantSent("POST", newHub, `{"projectId":"acme","clusterName":"c","config":{"masterConfig":{"numInstances":"1"}}}`, 200, "operation")
	if got := p.Clusters()[0].Config.MasterConfig.NumInstances; got != 1 {
		t.Errorf("got %d masters", got)
	}
}

func TestQueriesMustFitTheMethod(t *testing.T) {
	p := open(t, google.Options{})
	for _, c := range []struct{ method, path, message string }{
		{"POST", "/notebooks/v2/" + inZone + "/instances", "instance_id"},
		{"POST", "/notebooks/v2/" + inZone + "/instances?instanceId=", "instance_id"},
		{"POST", createAnn + "&validateOnly=true", `Cannot bind query parameter. Field 'validateOnly' could not be found`},
		{"POST", createAnn + "&instanceId=bo", "more than once"},
		{"GET", "/notebooks/v2/" + inZone + "/instances?pageSize=many", "page_size"},
		{"GET", "/notebooks/v2/" + inZone + "/instances?pageSize=-1", "page size"},
		{"GET", "/notebooks/v2/" + inZone + "/instances?orderBy=state", "order by"},
		{"GET", "/notebooks/v2/" + inZone + "/instances?pageToken=mine", "page token"},
		{"PATCH", "/notebooks/v2/" + ann, "update_mask"},
		{"POST", "/notebooks/v1/" + inZone + "/instances", "instance_id"},
		{"POST", "/notebooks/v1/" + inRegion + "/runtimes", "runtime_id"},
		{"PATCH", "/notebooks/v1/" + inRegion + "/runtimes/r", "update_mask"},
		{"POST", "/dataproc/v1/" + inRegion + "/sessions", "session_id"},
		{"PATCH", newHub + "/c", "update_mask"},
		{"DELETE", newHub + "/c?gracefulTerminationTimeout=1h", "graceful_termination_timeout"},
		{"POST", newHub + "?actionOnFailedPrimaryWorkers=PANIC", "action_on_failed_primary_workers"},
		{"GET", "/notebooks/v2/" + inZone + "/operations?returnPartialSuccess=perhaps", "return_partial_success"},
	} {
		p.wantSent(c.method, c.path, "", 400, c.message)
	}
}

func TestUnknownPathsAreUnknownToTheFrontEnd(t *testing.T) {
	p := open(t, google.Options{})
	for _, c := range []struct{ method, path string }{
		{"GET", "/"},
		{"GET", "/v2/" + ann},
		{"GET", "/storage/v1/b"},
		{"GET", "/notebooks/v3/" + ann},
		{"GET", "/notebooks/v2/" + inProject + "/zones/us-central1-a/instances/ann"},
		{"GET", "/notebooks/v2/" + inZone + "/instances/"},
		{"PUT", "/notebooks/v2/" + ann},
		{"GET", "/notebooks/v2/" + ann + ":stop"},
		{"POST", "/notebooks/v2/" + ann + ":explode"},
		{"POST", "/notebooks/v2/" + ann},
		{"GET", "/dataproc/v1/" + inRegion + "/clusters/c"},
		{"GET", "/dataproc/v2/" + inRegion + "/sessions"},
	} {
		status, reply, header := p.send(c.method, c.path, "")
		if status != 404 || !strings.Contains(reply, "was not found on this server") || !strings.HasPrefix(header.Get("Content-Type"), "text/html") {
			t.Errorf("%s %s: got %d %s", c.method, c.path, status, reply)
		}
	}
	_, reply, _ := p.send("GET", "/notebooks/v2/<script>", "")
	if strings.Contains(reply, "<script>") {
		t.Errorf("the page repeats markup: %s", reply)
	}
}

func TestTheToken(t *testing.T) {
	p := open(t, google.Options{Token: "right"})
	for authorization, want := range map[string]int{"": 401, "Bearer ": 401, "Basic right": 401, "Bearer wrong": 401, "Bearer right": 200} {
		request, err := http.NewRequestWithContext(t.Context(), "GET", p.url+"/notebooks/v2/"+inZone+"/instances", http.NoBody)
		p.must(err)
		request.Header.Set("Authorization", authorization)
		response, err := http.DefaultClient.Do(request)
		p.must(err)
		var body struct{ Error struct{ Status string } }
		_ = json.NewDecoder(response.Body).Decode(&body)
		_ = response.Body.Close()
		if response.StatusCode != want || want == 401 && body.Error.Status != "UNAUTHENTICATED" {
			t.Errorf("%q: got %d %s, want %d", authorization, response.StatusCode, body.Error.Status, want)
		}
	}
	_, err := p.instances.Get(ann).Do()
	refused(t, err, 401, "UNAUTHENTICATED", "invalid authentication credentials")
}

func TestTheProjectsOfOthers(t *testing.T) {
	p := open(t, google.Options{})
	const theirs = "projects/theirs/locations/us-central1-a"
	_, err := p.instances.List(theirs).Do()
	e := refusal(t, err, 403, "PERMISSION_DENIED", "Permission 'notebooks.instances.list' denied on resource '//notebooks.googleapis.com/projects/theirs' (or it may not exist).")
	if len(e.Details) != 1 || !strings.Contains(e.Body, "IAM_PERMISSION_DENIED") {
		t.Errorf("got %s", e.Body)
	}
	_, err = p.clusters.List("theirs", "us-central1").Do()
	refused(t, err, 403, "PERMISSION_DENIED", "dataproc.clusters.list")
	_, err = p.crm.Get("theirs").Do()
	refused(t, err, 403, "PERMISSION_DENIED", "projects.get")

	p.AddProject("theirs", 42)
	p.must(second(p.instances.List(theirs).Do()))
	got, err := p.instances.List("projects/42/locations/us-central1-a").Do() // the number is a name too
	if err != nil || len(got.Instances) != 0 {
		t.Errorf("got %+v %v", got, err)
	}
	p.must(second(p.instances.Create("projects/777/locations/us-central1-a", personal("ann@example.com")).InstanceId("ann").Do()))
	if p.get(ann).Name != ann {
		t.Error("an instance is named by the project's number")
	}
}
