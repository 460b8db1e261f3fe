//go:build unix

package run_test

import (
	"context"
	"encoding/json"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	vm "github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/aws/aws-sdk-go-v2/service/ecr"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/scheduler"
	"github.com/aws/aws-sdk-go-v2/service/ssm"

	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/moto"
	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/ticker"
	"github.com/data-access/terraform-provider-provisioner/internal/sliderule"
	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/run"
	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/run/script"
)

// shared is one server for all the tests of this package: moto needs a second to start, and a reset is enough.
var shared = sync.OnceValues(func() (*moto.Server, error) {
	return moto.Start(context.Background(), moto.NewFinder(""), moto.Options{})
})

func TestMain(m *testing.M) {
	code := m.Run()
	if !testing.Short() {
		if server, err := shared(); err == nil {
			server.Close()
		}
	}
	os.Exit(code)
}

// account is an emulated AWS: the real wire, the foundation's real template, and schedules that fire.
type account struct {
	*testing.T
	server     *moto.Server
	ticker     *ticker.Ticker
	config     aws.Config
	foundation *sliderule.Foundation
	onSleep    func() // what machines do meanwhile
}

// Now is the time of the emulated AWS.
func (a *account) Now() time.Time {
	now, err := a.server.Now(context.Background())
	if err != nil {
		a.Error(err)
	}
	return now
}

// Sleep lets the emulated AWS live through d.
func (a *account) Sleep(ctx context.Context, d time.Duration) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if a.onSleep != nil {
		a.onSleep()
	}
	_, err := a.ticker.Advance(context.Background(), d)
	return err
}

func newAccount(t *testing.T) *account {
	t.Helper()
	if testing.Short() {
		t.Skip("this needs moto")
	}
	server, err := shared()
	if err != nil {
		t.Fatal(err)
	}
	if err := server.Reset(t.Context()); err != nil {
		t.Fatal(err)
	}
	a := &account{
		T: t, server: server, ticker: ticker.New(ticker.Options{Endpoint: server.URL, Regions: []string{"us-west-2"}, Clock: server}),
		config: aws.Config{Region: "us-west-2", BaseEndpoint: &server.URL, Credentials: credentials.NewStaticCredentialsProvider("sandbox", "sandbox", "")},
	}
	region := sliderule.New(a.config, sliderule.Options{Installation: installation, Clock: a})
	a.foundation, err = region.EnsureFoundation(t.Context(), sliderule.FoundationWanted{
		Name: sliderule.DefaultFoundation, Domain: "example.org", CertificateSource: "s3://sliderule/cf/example.org.pem", Registry: ecrRegistry, LogRetentionDays: 30,
	})
	if err != nil || a.foundation.Problem != nil {
		t.Fatalf("got %+v, %v", a.foundation, err)
	}
	return a
}

func byPath(o *s3.Options) { o.UsePathStyle = true }

func (a *account) runner() *run.Runner {
	return run.New(a.config, run.Options{
		Installation: installation, Clock: a,
		Foundation: func(context.Context) (*sliderule.Foundation, error) { return a.foundation, nil },
		Token:      func(context.Context, string) (string, error) { return secret, nil },
	})
}

func (a *account) started(r *run.Runner, w run.Wanted) *run.Run {
	a.Helper()
	got, err := r.Start(a.Context(), w)
	if err != nil {
		a.Fatal(err)
	}
	return got
}

func (a *account) machine(id string) vm.Instance {
	a.Helper()
	answer, err := ec2.NewFromConfig(a.config).DescribeInstances(a.Context(), &ec2.DescribeInstancesInput{InstanceIds: []string{id}})
	if err != nil {
		a.Fatal(err)
	}
	return answer.Reservations[0].Instances[0]
}

// leave is what the program of a run leaves, and the end of its machine.
func (a *account) leave(r *run.Run, s script.Summary, log string) {
	a.Helper()
	s.RunID, s.Kind, s.Version, s.Started, s.Ended = r.ID, r.Kind, r.Version, r.StartedAt, a.Now()
	text, err := json.Marshal(s)
	if err != nil {
		a.Fatal(err)
	}
	client := s3.NewFromConfig(a.config, byPath)
	for file, content := range map[string]string{"run.log": log, "summary.json": string(text)} {
		_, err := client.PutObject(a.Context(), &s3.PutObjectInput{Bucket: &a.foundation.LogBucket, Key: aws.String("runs/" + r.ID + "/" + file), Body: strings.NewReader(content)})
		if err != nil {
			a.Fatal(err)
		}
	}
	if _, err := ec2.NewFromConfig(a.config).TerminateInstances(a.Context(), &ec2.TerminateInstancesInput{InstanceIds: []string{r.InstanceID}}); err != nil {
		a.Fatal(err)
	}
}

func (a *account) left() (schedules, parameters int) {
	a.Helper()
	s, err := scheduler.NewFromConfig(a.config).ListSchedules(a.Context(), &scheduler.ListSchedulesInput{})
	if err != nil {
		a.Fatal(err)
	}
	p, err := ssm.NewFromConfig(a.config).GetParametersByPath(a.Context(), &ssm.GetParametersByPathInput{Path: aws.String("/sliderule-foundation/runs"), Recursive: aws.Bool(true)})
	if err != nil {
		a.Fatal(err)
	}
	return len(s.Schedules), len(p.Parameters)
}

func TestATestRunOnTheRealWire(t *testing.T) {
	a := newAccount(t)
	r := a.runner()
	begun := a.started(r, tests())
	m := a.machine(begun.InstanceID)
	if m.InstanceLifecycle != vm.InstanceLifecycleTypeSpot || m.MetadataOptions.HttpTokens != vm.HttpTokensStateRequired || *m.IamInstanceProfile.Arn != a.foundation.RunProfile || tagOf(m.Tags, "provisioner_run") != begun.ID {
		t.Errorf("got %+v", m)
	}
	if schedules, parameters := a.left(); schedules != 1 || parameters != 1 {
		t.Errorf("%d schedules, %d parameters", schedules, parameters)
	}
	if got, err := r.Read(t.Context(), begun.ID); err != nil || got.Status != run.Running || got.Version != "main" || !got.Spot || !got.EndsAt.Equal(begun.EndsAt) {
		t.Errorf("got %+v, %v", got, err)
	}
	sleeps := 0
	a.onSleep = func() {
		if sleeps++; sleeps == 5 {
			a.leave(begun, script.Summary{Status: script.Failed, Suites: suites(func(s map[string]script.Suite) { s["ams"] = script.Suite{Status: script.Failed, Failed: 3} })}, strings.Repeat("a line of the log\n", 5000)+"the last line\n")
		}
	}
	got, err := r.Wait(t.Context(), begun)
	if err == nil || got.Status != run.Failed || !strings.Contains(err.Error(), "ams (3 failed") || !strings.Contains(err.Error(), "the last line\nThe whole log: s3://") || strings.Count(err.Error(), "a line of the log") != 39 {
		t.Fatalf("got %+v, %v", got, err)
	}
	if schedules, parameters := a.left(); schedules != 0 || parameters != 0 {
		t.Errorf("left are %d schedules, %d parameters", schedules, parameters)
	}
	listed, err := r.List(t.Context())
	if err != nil || len(listed) != 1 || listed[0].Status != run.Failed {
		t.Errorf("got %+v, %v", listed, err)
	}
	if err := r.Stop(t.Context(), begun.ID, true); err != nil {
		t.Fatal(err)
	}
	if got, err = r.Read(t.Context(), begun.ID); err != nil || got.Suites != nil {
		t.Errorf("got %+v, %v", got, err)
	}
}

// The schedule that was really written is read as AWS does, and may end the machine by the role that was really made:
// nothing before its time, and the end after it.
func TestTheScheduledEndOnTheRealWire(t *testing.T) {
	a := newAccount(t)
	r := a.runner()
	begun := a.started(r, tests(func(w *run.Wanted) { w.TimeLimit = 30 * time.Minute }))
	if fired, err := a.ticker.Advance(t.Context(), 34*time.Minute); err != nil || len(fired) != 0 {
		t.Errorf("fired %+v, %v", fired, err)
	}
	if m := a.machine(begun.InstanceID); m.State.Name != vm.InstanceStateNameRunning {
		t.Errorf("before its time it is %s", m.State.Name)
	}
	if fired, err := a.ticker.Advance(t.Context(), 2*time.Minute); err != nil || len(fired) != 1 || !fired[0].OK() {
		t.Errorf("fired %+v, %v", fired, err)
	}
	if m := a.machine(begun.InstanceID); m.State.Name != vm.InstanceStateNameTerminated {
		t.Errorf("after its time it is %s", m.State.Name)
	}
	if got, err := r.Read(t.Context(), begun.ID); err != nil || got.Status != run.TimedOut {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestAReleaseOnTheRealWire(t *testing.T) {
	a := newAccount(t)
	client := ecr.NewFromConfig(a.config)
	for _, image := range []string{"sliderule", "ilb"} {
		if _, err := client.CreateRepository(t.Context(), &ecr.CreateRepositoryInput{RepositoryName: &image}); err != nil {
			t.Fatal(err)
		}
	}
	a.foundation.Registry = ecrRegistry
	r := a.runner()
	begun := a.started(r, release())
	pushed := map[string]string{}
	for _, image := range begun.Images {
		manifest := `{"schemaVersion": 2, "mediaType": "application/vnd.docker.distribution.manifest.v2+json", "config": {"mediaType": "application/vnd.docker.container.image.v1+json", "size": 1, "digest": "sha256:` + strings.Repeat(image[:1], 64) + `"}, "layers": []}`
		put, err := client.PutImage(t.Context(), &ecr.PutImageInput{RepositoryName: &image, ImageManifest: &manifest, ImageTag: &begun.Version})
		if err != nil {
			t.Fatal(err)
		}
		pushed[image] = *put.Image.ImageId.ImageDigest
	}
	a.leave(begun, script.Summary{Status: script.Passed, Images: pushed}, "pushed\n")
	got, err := r.Wait(t.Context(), begun)
	if err != nil || got.Problem != nil || got.Status != run.Passed || got.Digests["ilb"] != pushed["ilb"] {
		t.Errorf("got %+v, %v", got, err)
	}
	if _, err := r.Start(t.Context(), release()); err == nil || !strings.Contains(err.Error(), "ilb:v5.6.0 (sha256:") {
		t.Errorf("got %v", err)
	}
}
