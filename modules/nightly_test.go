package modules_test

import (
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/aws/aws-sdk-go-v2/service/scheduler"

	"github.com/data-access/terraform-provider-provisioner/internal/sandbox"
	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/runner"
)

// night is examples/nightly at work.
type night struct {
	folder
	sandbox *sandbox.Sandbox
}

// newNight has its foundation. Machines live fast, but not so fast that the real programs in them reach the time limit.
func newNight(t *testing.T) *night {
	t.Helper()
	top := checkOut(t)
	s, err := sandbox.Start(t.Context(), sandbox.Options{Speed: 60})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	if s.Runner == nil {
		t.Skip("the machines of test runs are executed on Linux only")
	}
	once := in(s, top, "examples", "nightly", "foundation")
	once.must(t, 0, "init")
	once.must(t, 0, "apply", "-auto-approve")
	n := &night{in(s, top, "examples", "nightly"), s}
	n.must(t, 0, "init")
	return n
}

// destroyed destroys, and fails the test unless only the foundation is left.
func (n *night) destroyed(t *testing.T) {
	t.Helper()
	n.must(t, 0, "destroy", "-auto-approve")
	for _, left := range n.left(t) {
		t.Errorf("destroy left %s", left)
	}
}

// left is what costs money, or would end it, besides the foundation.
func (n *night) left(t *testing.T) (all []string) {
	t.Helper()
	for name, id := range stacks(n.sandbox) {
		if name != "stack nightly-foundation" {
			all = append(all, name+" "+id)
		}
	}
	cfg := aws.Config{
		Region: "us-east-1", BaseEndpoint: &n.sandbox.AWSURL, Credentials: credentials.NewStaticCredentialsProvider("sandbox", "sandbox", ""),
	}
	machines, err := ec2.NewFromConfig(cfg).DescribeInstances(context.Background(), &ec2.DescribeInstancesInput{})
	if err != nil {
		t.Fatal(err)
	}
	for _, reservation := range machines.Reservations {
		for _, m := range reservation.Instances {
			if m.State.Name != types.InstanceStateNameTerminated {
				all = append(all, "machine "+aws.ToString(m.InstanceId)+", "+string(m.State.Name))
			}
		}
	}
	schedules, err := scheduler.NewFromConfig(cfg).ListSchedules(context.Background(), &scheduler.ListSchedulesInput{})
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range schedules.Schedules {
		all = append(all, "schedule "+aws.ToString(s.Name))
	}
	return all
}

// summary is what the workflow's step of that name shows, by the step's own words.
func (n *night) summary(t *testing.T) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "summary.md")
	step := nightly(t).step(t, "Summary")
	cmd := exec.CommandContext(t.Context(), "bash", "-e", "-o", "pipefail", "-c", step.Run)
	cmd.Dir = n.path
	path := "PATH=" + filepath.Dir(os.Getenv("TF_ACC_TERRAFORM_PATH")) + ":" + os.Getenv("PATH")
	cmd.Env = slices.Concat(n.env, []string{path, "GITHUB_STEP_SUMMARY=" + file, "TF_VAR_version_to_test=main"})
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return read(t, file)
}

func TestANight(t *testing.T) {
	t.Parallel()
	n := newNight(t)
	_, err := exec.LookPath("jq")
	hasJQ := err == nil // GitHub's machines have it; for all else in here nobody needs it
	if !hasJQ {
		t.Log("there is no jq: what the summary shows is not tested")
	}

	n.must(t, 0, "apply", "-auto-approve")
	var suites map[string]struct {
		Status string `json:"status"`
		Passed int    `json:"passed"`
	}
	if err := json.Unmarshal([]byte(n.must(t, 0, "output", "-json", "suites")), &suites); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"python", "node", "build", "selftest", "ams", "manager"} {
		if s := suites[name]; s.Status != "passed" && s.Status != "skipped" {
			t.Errorf("the suite %s is %+v", name, s)
		}
	}
	if s := suites["python"]; s.Passed == 0 {
		t.Errorf("the Python clients were not tested: %+v", s)
	}
	if log := n.must(t, 0, "output", "-raw", "log_uri"); !strings.HasPrefix(log, "s3://") {
		t.Errorf("the log is at %q", log)
	}
	if hasJQ {
		if shown := n.summary(t); !strings.Contains(shown, "**passed**") || !strings.Contains(shown, "| python | passed | ") || !strings.Contains(shown, "Log: `s3://") {
			t.Errorf("the summary is\n%s", shown)
		}
	}
	n.must(t, 0, "plan", "-detailed-exitcode")
	n.destroyed(t)

	n.sandbox.Runner.Suite("ams", runner.Result{Passed: 10, Failed: 2})
	said, status := n.run(t, "apply", "-auto-approve", "-no-color")
	said = strings.Join(strings.Fields(strings.ReplaceAll(said, "│", " ")), " ")
	if status != 1 || !strings.Contains(said, "ams (2 failed, 0 errors, 10 passed)") || !strings.Contains(said, "The whole log: s3://") {
		t.Errorf("the apply ended with %d: %s", status, said)
	}
	if hasJQ {
		if shown := n.summary(t); !strings.Contains(shown, "**failed**") || !strings.Contains(shown, "| ams | failed | 10 | 2 | ") {
			t.Errorf("the summary is\n%s", shown)
		}
	}
	n.destroyed(t)
}

// A night whose state was lost with its machine is found by its tags, and gone on with.
func TestANightWithoutAState(t *testing.T) {
	t.Parallel()
	n := newNight(t)
	if said := n.must(t, 0, "apply", "-auto-approve", "-target=module.cluster"); !strings.Contains(said, "1 added") {
		t.Fatal(said)
	}
	before := stacks(n.sandbox)
	if err := os.Remove(filepath.Join(n.path, "terraform.tfstate")); err != nil {
		t.Fatal(err)
	}
	n.must(t, 0, "apply", "-auto-approve")
	if now := stacks(n.sandbox); before["stack nightly-cluster"] == "" || now["stack nightly-cluster"] != before["stack nightly-cluster"] {
		t.Errorf("the cluster was %v and is %v", before, now)
	}
	n.destroyed(t)
}

func TestANightWithoutAFoundation(t *testing.T) {
	t.Parallel()
	f := in(start(t, true), checkOut(t), "examples", "nightly")
	f.must(t, 0, "init")
	said, status := f.run(t, "apply", "-auto-approve", "-no-color")
	if said = strings.ReplaceAll(said, "│ ", ""); status != 1 || !strings.Contains(said, "nightly-foundation") || !strings.Contains(said, "does not exist") {
		t.Errorf("ended with %d: %s", status, said)
	}
}
