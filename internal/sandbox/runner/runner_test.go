//go:build linux

package runner_test

import (
	"context"
	"encoding/base64"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/data-access/terraform-provider-provisioner/internal/await"
	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/moto"
	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/runner"
)

const image = "ami-12c6146b" // one that moto has

// world is an account whose machines are executed.
type world struct {
	*testing.T
	runner *runner.Runner
	ec2    *ec2.Client
	dir    string
}

func newWorld(t *testing.T, o moto.Options) world {
	t.Helper()
	server, err := moto.Start(t.Context(), moto.NewFinder(""), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Close)
	dir := t.TempDir()
	r, err := runner.New(runner.Options{Endpoint: server.URL, Regions: []string{"us-east-1"}, Speed: 600, Poll: 20 * time.Millisecond, Grace: 4 * time.Second, Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Close)
	config := aws.Config{Region: "us-east-1", BaseEndpoint: &server.URL, Credentials: credentials.NewStaticCredentialsProvider("test", "test", "")}
	return world{t, r, ec2.NewFromConfig(config), dir}
}

// start starts an instance with a tag.
func (w world) start(program, tag string) string {
	w.Helper()
	answer, err := w.ec2.RunInstances(w.Context(), &ec2.RunInstancesInput{
		MinCount: aws.Int32(1), MaxCount: aws.Int32(1), ImageId: aws.String(image), InstanceType: "t4g.nano",
		UserData: aws.String(base64.StdEncoding.EncodeToString([]byte(program))), InstanceInitiatedShutdownBehavior: types.ShutdownBehaviorTerminate,
		TagSpecifications: []types.TagSpecification{{ResourceType: types.ResourceTypeInstance, Tags: []types.Tag{{Key: &tag, Value: aws.String("x")}}}},
	})
	if err != nil {
		w.Fatal(err)
	}
	return *answer.Instances[0].InstanceId
}

func (w world) wait(id string) runner.Machine {
	w.Helper()
	ctx, cancel := context.WithTimeout(w.Context(), 30*time.Second)
	defer cancel()
	m, err := w.runner.Wait(ctx, id)
	if err != nil {
		w.Fatalf("%v: %+v, %v, %v", err, m, w.runner.Calls(), w.runner.Err())
	}
	return m
}

// becomes waits for a state of an instance.
func (w world) becomes(id string, want types.InstanceStateName) {
	w.Helper()
	ctx, cancel := context.WithTimeout(w.Context(), 30*time.Second)
	defer cancel()
	err := await.Until(ctx, await.RealClock{}, await.Pace{Min: 10 * time.Millisecond, Max: 50 * time.Millisecond}, func(ctx context.Context) (bool, error) {
		answer, err := w.ec2.DescribeInstances(ctx, &ec2.DescribeInstancesInput{InstanceIds: []string{id}})
		return err == nil && answer.Reservations[0].Instances[0].State.Name == want, err
	})
	if err != nil {
		w.Fatalf("%s is not %s: %v", id, want, err)
	}
}

const head = "#!/bin/bash\nset -eu\ncd \"${WORKDIR:-/opt/run}\"\n"

func TestAMachineIsExecuted(t *testing.T) {
	w := newWorld(t, moto.Options{})
	w.runner.Order(runner.Order{Command: "git fetch", Status: 7, Print: "no route\n"})
	id := w.start(head+`
echo "$HOME $TMPDIR $PWD" >folders
FOO=bar git fetch 'two words' >said || echo "$?" >>said
dnf install x
echo secret | docker login --password-stdin
exit 5
`, "provisioner_run")
	m := w.wait(id)
	if m.Status != 5 || m.Running || m.Problem != "" {
		t.Errorf("%+v", m)
	}
	read := func(name string) string {
		text, err := os.ReadFile(filepath.Join(m.Dir, "work", name))
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	for _, folder := range strings.Fields(read("folders")) {
		if !strings.HasPrefix(folder, m.Dir+"/") || !strings.HasPrefix(m.Dir, w.dir) {
			t.Errorf("%s is not in %s", folder, m.Dir)
		}
	}
	if read("said") != "no route\n7\n" {
		t.Errorf("git said %q", read("said"))
	}
	calls := w.runner.Calls()
	if len(calls) != 3 || calls[0].Words[2] != "two words" || calls[0].Env["FOO"] != "bar" || calls[0].Status != 7 || calls[0].Machine != id || calls[1].String() != "dnf install x" {
		t.Errorf("%+v", calls)
	}
	w.becomes(id, types.InstanceStateNameRunning) // nothing told it to end
	w.runner.Reset()
	if _, err := os.Stat(m.Dir); !os.IsNotExist(err) {
		t.Errorf("%s is still there: %v", m.Dir, err)
	}
}

// Whatever is not meant for this machine is not executed on it.
func TestWhatIsNotExecuted(t *testing.T) {
	w := newWorld(t, moto.Options{})
	left := filepath.Join(w.dir, "left")
	for name, program := range map[string]string{
		"it writes to real folders": "#!/bin/bash\ntouch '" + left + "'\n",
		"it is another program":     "#!/usr/bin/python3\nopen('" + left + "', 'w') # ${WORKDIR:-}\n",
		"it is no program":          "#cloud-config\n",
	} {
		t.Run(name, func(t *testing.T) {
			if m := w.wait(w.start(program, "provisioner_run")); m.Problem == "" || m.Dir != "" {
				t.Errorf("%+v", m)
			}
		})
	}
	other := w.start(head+"touch '"+left+"'\n", "Name")
	w.wait(w.start(head, "provisioner_run")) // it was looked for meanwhile
	for _, m := range w.runner.Machines() {
		if m.ID == other {
			t.Errorf("a machine of nobody's run was executed: %+v", m)
		}
	}
	if _, err := os.Stat(left); !os.IsNotExist(err) {
		t.Error("a program wrote outside of its folder")
	}
}

func TestShutdowns(t *testing.T) {
	for name, o := range map[string]moto.Options{"as AWS": {}, "plain": {Plain: true}} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, o)
			now := w.start(head+"shutdown -h now\n", "provisioner_run")
			w.becomes(now, types.InstanceStateNameTerminated)
			// 20 minutes are two seconds: the program is told, and has a moment to say its last words.
			later := w.start(head+"shutdown -h +20\ntrap 'echo told >last; exit 3' TERM\nsleep 100000 &\nwait\n", "provisioner_run")
			w.becomes(later, types.InstanceStateNameTerminated)
			m := w.wait(later)
			if last, err := os.ReadFile(filepath.Join(m.Dir, "work", "last")); err != nil || string(last) != "told\n" || m.Status != 3 {
				t.Errorf("%q, %v, %+v", last, err, m)
			}
			// One that does not listen ends all the same, and so does what it started elsewhere.
			deaf := w.start(head+"trap '' TERM\nset -m\nsleep 100000 &\nwhile :; do wait; done\n", "provisioner_run")
			for len(w.runner.Calls("sleep")) < 2 {
				w.becomes(deaf, types.InstanceStateNameRunning)
			}
			if _, err := w.ec2.TerminateInstances(t.Context(), &ec2.TerminateInstancesInput{InstanceIds: []string{deaf}}); err != nil {
				t.Fatal(err)
			}
			m = w.wait(deaf)
			if left := alive(t, m.Dir); len(left) > 0 {
				t.Errorf("these still run: %v", left)
			}
			if err := w.runner.Err(); err != nil {
				t.Error(err)
			}
		})
	}
}

// alive are the processes of a machine.
func alive(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := filepath.Glob("/proc/[0-9]*/environ")
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, entry := range entries {
		if environ, err := os.ReadFile(entry); err == nil && strings.Contains(string(environ), dir) {
			found = append(found, entry)
		}
	}
	return found
}

// Instance metadata is of version 2, as the instances of runs have it.
func TestMetadata(t *testing.T) {
	w := newWorld(t, moto.Options{})
	m := w.wait(w.start(head+`
at=http://169.254.169.254/latest
curl --fail $at/meta-data/instance-id >without || echo "$?" >>without
token=$(curl --fail --request PUT $at/api/token)
curl --fail --header "X-aws-ec2-metadata-token: $token" $at/meta-data/instance-id >with
curl --fail --header "X-aws-ec2-metadata-token: $token" $at/meta-data/spot/instance-action >notice || echo "$?" >>notice
`, "provisioner_run"))
	for file, want := range map[string]string{"without": "22\n", "with": m.ID, "notice": "22\n"} {
		if got, err := os.ReadFile(filepath.Join(m.Dir, "work", file)); err != nil || string(got) != want {
			t.Errorf("%s: %q, %v", file, got, err)
		}
	}
}
