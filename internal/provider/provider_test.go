package provider_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"testing"
	"time"

	"github.com/databricks/databricks-sdk-go/service/compute"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-testing/config"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/data-access/terraform-provider-provisioner/internal/await"
	"github.com/data-access/terraform-provider-provisioner/internal/provider"
	"github.com/data-access/terraform-provider-provisioner/internal/sandbox"
	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/databricks"
)

const (
	clusterAddress = "provisioner_single_user_cluster.test"
	settings       = `{"spark_version":"15.4.x-scala2.12","node_type_id":"i3.xlarge","kind":"CLASSIC_PREVIEW","is_single_node":true,"autotermination_minutes":30,"custom_tags":{"team":"data"},"libraries":[{"pypi":{"package":"pandas==2.2.3"}}]}`
)

var factories = map[string]func() (tfprotov6.ProviderServer, error){
	"provisioner": func() (tfprotov6.ProviderServer, error) { return provider.Server("0.0.0-test")(), nil },
}

// world is one test's own clouds.
type world struct {
	*sandbox.Sandbox
	t testing.TB
}

func newWorld(t testing.TB) *world {
	t.Helper()
	s, err := sandbox.Start(context.Background(), sandbox.Options{Speed: 1, WithoutAWS: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	s.Databricks.SetTimings(quick)
	return &world{Sandbox: s, t: t}
}

// variables are the test configuration's, in testdata/cluster.
type variables map[string]any

func (w *world) with(changes variables) config.Variables {
	env := w.Env()
	all := variables{"host": w.DatabricksURL, "token": env["DATABRICKS_TOKEN"], "slack": w.SlackURL, "slack_token": env["SLACK_BOT_TOKEN"], "defaults": settings}
	maps.Copy(all, changes)
	converted := config.Variables{}
	for name, value := range all {
		switch v := value.(type) {
		case string:
			converted[name] = config.StringVariable(v)
		case bool:
			converted[name] = config.BoolVariable(v)
		case []map[string]string:
			var items []config.Variable
			for _, item := range v {
				object := map[string]config.Variable{}
				for k, text := range item {
					object[k] = config.StringVariable(text)
				}
				items = append(items, config.ObjectVariable(object))
			}
			converted[name] = config.SetVariable(items...)
		}
	}
	return converted
}

// step applies the test configuration with the given variables.
func (w *world) step(changes variables, more ...func(*resource.TestStep)) resource.TestStep {
	step := resource.TestStep{ConfigDirectory: config.StaticDirectory("testdata/cluster"), ConfigVariables: w.with(changes), ProtoV6ProviderFactories: factories}
	for _, change := range more {
		change(&step)
	}
	return step
}

// run runs the steps in their order, each against the same world.
func (w *world) run(steps ...resource.TestStep) {
	w.t.Helper()
	resource.Test(w.t.(*testing.T), resource.TestCase{Steps: steps})
}

// only is the one cluster of the workspace.
func (w *world) only() compute.ClusterDetails {
	w.t.Helper()
	clusters := w.Databricks.Clusters()
	if len(clusters) != 1 {
		w.t.Fatalf("there are %d clusters, want one", len(clusters))
	}
	return clusters[0]
}

// calls counts the calls to one path.
func (w *world) calls(path string) (n int) {
	for _, call := range w.Wire.Calls() {
		if call.Path == path {
			n++
		}
	}
	return n
}

// quick is how long things take in the tests' cloud.
var quick = databricks.Timings{Start: 300 * time.Millisecond, Stop: 100 * time.Millisecond, Library: 100 * time.Millisecond}

// elsewhere calls the clusters API as somebody else would.
func (w *world) elsewhere(call string, body any) {
	w.post(http.MethodPost, "/api/2.1/clusters/"+call, body)
}

func (w *world) permit(group, level string) {
	w.post(http.MethodPatch, "/api/2.0/permissions/clusters/"+w.only().ClusterId, map[string]any{"access_control_list": []any{map[string]any{"group_name": group, "permission_level": level}}})
}

func (w *world) post(method, path string, body any) {
	w.t.Helper()
	text, err := json.Marshal(body)
	if err != nil {
		w.t.Fatal(err)
	}
	request, err := http.NewRequestWithContext(w.t.Context(), method, w.DatabricksURL+path, bytes.NewReader(text))
	if err != nil {
		w.t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+w.Env()["DATABRICKS_TOKEN"])
	reply, err := http.DefaultClient.Do(request)
	if err != nil {
		w.t.Fatal(err)
	}
	defer reply.Body.Close()
	if reply.StatusCode != http.StatusOK {
		text, _ := io.ReadAll(reply.Body)
		w.t.Fatalf("%s: %d %s", path, reply.StatusCode, text)
	}
}

// until waits until the one cluster is in a state; settled until it is at rest.
func (w *world) until(state compute.State) {
	w.t.Helper()
	err := await.Until(w.t.Context(), await.RealClock{}, await.Pace{Min: 10 * time.Millisecond, Max: 10 * time.Millisecond}, func(context.Context) (bool, error) {
		return w.only().State == state, nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) settled() { w.until(compute.StateTerminated) }
