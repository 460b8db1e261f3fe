//go:build linux

package sandbox_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/data-access/terraform-provider-provisioner/internal/sandbox"
	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/runner"
)

// asked calls a control address.
func asked(t *testing.T, s *sandbox.Sandbox, method, path, body string) (text string, status int) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, s.ControlURL+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(answer), resp.StatusCode
}

func TestTheMachinesOfRunsAreExecuted(t *testing.T) {
	s := start(t, sandbox.Options{Speed: 600})
	for name, value := range s.Env() {
		t.Setenv(name, value)
	}
	cfg, err := config.LoadDefaultConfig(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if text, status := asked(t, s, http.MethodPost, "/runs/orders", `{"command": "git", "print": "ordered\n"}`); status != http.StatusOK {
		t.Fatalf("%d: %s", status, text)
	}
	answer, err := ec2.NewFromConfig(cfg).RunInstances(t.Context(), &ec2.RunInstancesInput{
		MinCount: aws.Int32(1), MaxCount: aws.Int32(1), ImageId: aws.String("ami-12c6146b"), InstanceType: "t4g.nano",
		UserData:          aws.String(base64.StdEncoding.EncodeToString([]byte("#!/bin/bash\ncd \"${WORKDIR:-/opt/run}\"\n[ \"$(git status)\" = ordered ] && exit 4\n"))),
		TagSpecifications: []types.TagSpecification{{ResourceType: types.ResourceTypeInstance, Tags: []types.Tag{{Key: aws.String("provisioner_run"), Value: aws.String("x")}}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	if m, err := s.Runner.Wait(ctx, *answer.Instances[0].InstanceId); err != nil || m.Status != 4 {
		t.Errorf("%+v, %v", m, err)
	}
	var calls []runner.Call
	text, _ := asked(t, s, http.MethodGet, "/runs/calls", "")
	if err := json.Unmarshal([]byte(text), &calls); err != nil || len(calls) != 1 || calls[0].String() != "git status" {
		t.Errorf("%v: %s", err, text)
	}
	if err := s.Reset(t.Context()); err != nil {
		t.Fatal(err)
	}
	if text, _ := asked(t, s, http.MethodGet, "/runs/machines", ""); strings.TrimSpace(text) != "[]" {
		t.Errorf("these outlived the reset: %s", text)
	}
	if err := s.Runner.Err(); err != nil {
		t.Error(err)
	}
}

func TestWithoutAWSThereAreNoRuns(t *testing.T) {
	s := start(t, sandbox.Options{WithoutAWS: true})
	if text, status := asked(t, s, http.MethodGet, "/runs/machines", ""); status != http.StatusNotImplemented || !strings.Contains(text, "without AWS") {
		t.Errorf("%d: %s", status, text)
	}
}
