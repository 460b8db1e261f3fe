//go:build linux

package script_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	ssmtypes "github.com/aws/aws-sdk-go-v2/service/ssm/types"

	"github.com/data-access/terraform-provider-provisioner/internal/await"
	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/runner"
	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/run/script"
)

func TestEverySuitePasses(t *testing.T) {
	w, in := newWorld(t), test()
	s := w.run(in)
	if s.Status != script.Passed || suites(s) != "python passed, node passed, build passed, selftest passed, ams passed, manager skipped" {
		t.Errorf("%+v\n%s", s, w.object(in, "run.log"))
	}
	if got := s.Suites["python"]; got.Passed != 214 || got.Skipped != 6 || got.Failed != 0 || got.Errors != 0 {
		t.Errorf("python: %+v", got)
	}
	if got := s.Suites["selftest"]; got.Passed != 96 || got.Skipped != 4 {
		t.Errorf("selftest: %+v", got)
	}
	if len(s.Commit) != 40 {
		t.Errorf("the commit is %q", s.Commit)
	}
	if !w.called("pytest", "--domain", "example.org", "--organization", "dev") || !w.called("git", "checkout", "v5.5.0") ||
		!w.called("docker", "login", "--username", "AWS", registry) || !w.called("shutdown", "-h", "+720") {
		t.Errorf("%v", w.runner.Calls())
	}
	if !w.called("docker", "run", "build", "make config-debug && make") || !w.called("docker", "run", "selftest", "make selftest") ||
		!w.called("mamba", "env", "create", "environment.yml") || !w.called("npm", "test") {
		t.Errorf("some of the suites are not what they should be: %v", w.runner.Calls())
	}
	if calls := w.runner.Calls(); calls[0].String() != "shutdown -h +720" {
		t.Errorf("the first call is %v", calls[0])
	}
	for _, c := range w.runner.Calls("npm", "test") {
		if c.Env["DOMAIN"] != "example.org" || c.Env["ORGANIZATION"] != "dev" {
			t.Errorf("%v with %v", c, c.Env)
		}
	}
}

// Every suite runs, whatever became of those before it; the summary says of each how it ended.
func TestSuitesThatDoNotPass(t *testing.T) {
	for name, c := range map[string]struct {
		suite  string
		result runner.Result
		want   script.Suite
		words  string
	}{
		"one fails":                {"python", runner.Result{Passed: 10, Failed: 2, Skipped: 1}, script.Suite{Status: script.Failed, Passed: 10, Failed: 2, Skipped: 1}, "python: 2 failed"},
		"one has errors":           {"ams", runner.Result{Passed: 3, Errors: 1}, script.Suite{Status: script.Errored, Passed: 3, Errors: 1}, "ams: 1 errors"},
		"one crashes":              {"node", runner.Result{Crash: true}, script.Suite{Status: script.Errored}, "node: ended without a result, with status 139"},
		"the build fails":          {"build", runner.Result{Failed: 1}, script.Suite{Status: script.Failed, Failed: 1}, "build: 1 failed"},
		"self-tests fail":          {"selftest", runner.Result{Passed: 90, Failed: 3}, script.Suite{Status: script.Failed, Passed: 90, Failed: 3}, "selftest: 3 failed"},
		"one says nothing of note": {"python", runner.Result{}, script.Suite{Status: script.Errored}, "python: ended without a result, with status 0"},
		"one does not end":         {"python", runner.Result{Hang: true}, script.Suite{Status: script.Errored}, "python: ended without a result, with status 143"},
	} {
		t.Run(name, func(t *testing.T) {
			w, in := newWorld(t), test()
			w.runner.Suite(c.suite, c.result)
			if c.result.Hang {
				in.Limit = 6 * time.Hour // of which the first suite has less than a third
			}
			s := w.run(in)
			got := s.Suites[c.suite]
			got.Seconds = 0
			if s.Status != script.Failed || got != c.want || s.Failure.Step != "suites" || !strings.Contains(s.Failure.Words, c.words) {
				t.Errorf("%+v, %+v\n%s", s, s.Failure, w.object(in, "run.log"))
			}
			for other, suite := range s.Suites {
				if other != c.suite && suite.Status != script.Passed && other != "manager" {
					t.Errorf("%s: %+v\n%s", other, suite, w.object(in, "run.log"))
				}
			}
		})
	}
}

// The folder of the applications has another name since v5.4.5, and the manager left in v5.0.2.
func TestSuitesOfOlderVersions(t *testing.T) {
	for version, manager := range map[string]string{"v5.4.4": script.Skipped, "v5.0.1": script.Passed} {
		t.Run(version, func(t *testing.T) {
			w, in := newWorld(t), test()
			in.Version = version
			if s := w.run(in); s.Status != script.Passed || s.Suites["ams"].Status != script.Passed || s.Suites["manager"].Status != manager {
				t.Errorf("%+v", s)
			}
		})
	}
}

func TestStepsThatFail(t *testing.T) {
	for name, c := range map[string]struct {
		order       runner.Order
		step, words string
		tries       int
	}{
		"packages": {runner.Order{Command: "dnf", Status: 1, Times: -1}, "install", "the packages cannot be installed", 3},
		"login":    {runner.Order{Command: "docker login", Status: 1, Times: -1}, "login", "the registry " + registry + " does not let this machine in", 3},
		"clone":    {runner.Order{Command: "git clone", Status: 128, Times: -1}, "clone", "cannot be cloned", 3},
	} {
		t.Run(name, func(t *testing.T) {
			w, in := newWorld(t), test()
			w.runner.Order(c.order)
			s := w.run(in)
			if s.Status != script.Failed || s.Failure.Step != c.step || !strings.Contains(s.Failure.Words, c.words) {
				t.Errorf("%+v, %+v\n%s", s, s.Failure, w.object(in, "run.log"))
			}
			if tries := len(w.runner.Calls(strings.Fields(c.order.Command)...)); tries != c.tries || !w.called("sleep", "10") || !w.called("sleep", "20") {
				t.Errorf("tried %d times, or without waiting longer and longer", tries)
			}
			if len(s.Suites) != 6 || s.Suites["python"].Status != script.Errored {
				t.Errorf("%+v", s.Suites)
			}
		})
	}
}

func TestStepsThatFailOnce(t *testing.T) {
	w, in := newWorld(t), test()
	for _, command := range []string{"dnf install", "docker login", "git clone", "curl --silent --show-error", "mamba env create", "npm install", "docker pull"} {
		w.runner.Order(runner.Order{Command: command, Status: 1})
	}
	for _, object := range []string{"/run.log", "/summary.json"} {
		w.runner.Order(runner.Order{Command: "aws s3 cp", Containing: object, Status: 1})
	}
	if s := w.run(in); s.Status != script.Passed {
		t.Errorf("%+v, %+v\n%s", s, s.Failure, w.object(in, "run.log"))
	}
}

// The summary is there before the machine goes down at its limit.
func TestTheLimitOfARun(t *testing.T) {
	w, in := newWorld(t), test()
	w.runner.Order(runner.Order{Command: "dnf", Hang: true, Times: -1})
	in.Limit = 30 * time.Minute // less than the tries of this step
	if s := w.run(in); s.Status != script.TimedOut || s.Failure.Step != "install" || s.Failure.Words != "the limit of 30 minutes is reached" {
		t.Errorf("%+v, %+v", s, s.Failure)
	}
}

// until waits for something that a machine does.
func (w world) until(what string, done func() bool) {
	w.Helper()
	ctx, cancel := context.WithTimeout(w.Context(), 30*time.Second)
	defer cancel()
	err := await.Until(ctx, await.RealClock{}, await.Pace{Min: 10 * time.Millisecond, Max: 50 * time.Millisecond}, func(context.Context) (bool, error) { return done(), nil })
	if err != nil {
		w.Fatalf("%s: %v, after %v", what, err, w.runner.Calls())
	}
}

func TestARunThatIsEndedFromOutside(t *testing.T) {
	for name, c := range map[string]struct {
		end           func(w world, instance string) error
		words, reason string
	}{
		"AWS takes the spot machine back": {
			func(w world, instance string) error { return w.runner.Interrupt(w.Context(), instance) },
			"AWS takes the spot machine back", "Client.InstanceInitiatedShutdown",
		},
		"somebody terminates it": {
			func(w world, instance string) error {
				_, err := ec2.NewFromConfig(w.config).TerminateInstances(w.Context(), &ec2.TerminateInstancesInput{InstanceIds: []string{instance}})
				return err
			},
			"the program was told to end", "Client.UserInitiatedShutdown",
		},
	} {
		t.Run(name, func(t *testing.T) {
			w, in := newWorld(t), test()
			if err := emulator.SetSpeed(t.Context(), 5); err != nil { // long from the notice to the end
				t.Fatal(err)
			}
			w.runner.Suite("build", runner.Result{Hang: true})
			instance := w.begin(in)
			w.until("the build", func() bool { return w.called("docker", "run", "build") })
			if err := c.end(w, instance); err != nil {
				t.Fatal(err)
			}
			if reason := w.end(instance); reason != c.reason {
				t.Errorf("the machine ended by %s", reason)
			}
			s := w.summary(in)
			if s.Status != script.Interrupted || s.Failure.Words != c.words || s.Failure.Step != "suite build" {
				t.Errorf("%+v, %+v\n%s", s, s.Failure, w.object(in, "run.log"))
			}
			if got := suites(s); got != "python passed, node passed, build error, selftest error, ams error, manager error" {
				t.Error(got)
			}
		})
	}
}

// A run without an upload has no summary, and its machine ends nevertheless.
func TestUploadsThatNeverWork(t *testing.T) {
	w, in := newWorld(t), test()
	w.runner.Order(runner.Order{Command: "aws s3 cp", Status: 1, Times: -1})
	w.end(w.begin(in))
	if tries := len(w.runner.Calls("aws", "s3", "cp")); tries < 6 || w.object(in, "summary.json") != "" {
		t.Errorf("%d tries", tries)
	}
}

// A token that this machine may not read is not waited for without end.
func TestATokenOfAnotherMachine(t *testing.T) {
	w, in := newWorld(t), test()
	in.TokenParameter = "/sliderule-foundation/runs/" + in.RunID
	_, err := ssm.NewFromConfig(w.config).PutParameter(t.Context(), &ssm.PutParameterInput{
		Name: &in.TokenParameter, Value: aws.String("ghp_secretsecret"), Type: ssmtypes.ParameterTypeSecureString,
		Tags: []ssmtypes.Tag{{Key: aws.String("provisioner_run_instance"), Value: aws.String("arn:aws:ec2:" + region + ":123456789012:instance/i-0123")}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if s := w.run(in); s.Status != script.Failed || s.Failure.Step != "token" || !strings.Contains(s.Failure.Words, in.TokenParameter+", cannot be read") || len(w.runner.Calls("aws", "ssm", "get-parameter")) != 6 {
		t.Errorf("%+v, %+v", s, s.Failure)
	}
	if w.called("pytest") {
		t.Error("tests ran without their token")
	}
}

// The token of a private cluster reaches the clients, and nothing else; it is gone with the run.
func TestTheToken(t *testing.T) {
	for _, token := range []string{"ghp_secretsecret", "eyJhbGciOiJSUzI1NiJ9.eyJzZWNyZXQiOjF9.c2VjcmV0"} {
		t.Run(token[:3], func(t *testing.T) {
			w, in := newWorld(t), test()
			in.TokenParameter = "/sliderule-foundation/runs/" + in.RunID
			parameters := ssm.NewFromConfig(w.config)
			if _, err := parameters.PutParameter(t.Context(), &ssm.PutParameterInput{Name: &in.TokenParameter, Value: &token, Type: ssmtypes.ParameterTypeSecureString}); err != nil {
				t.Fatal(err)
			}
			w.runner.Order(runner.Order{Command: "aws ssm get-parameter", Status: 254, Times: 5}) // as long as the tag is not known
			instance := w.begin(in)
			own := ssmtypes.Tag{Key: aws.String("provisioner_run_instance"), Value: aws.String("arn:aws:ec2:" + region + ":123456789012:instance/" + instance)}
			if _, err := parameters.AddTagsToResource(t.Context(), &ssm.AddTagsToResourceInput{ResourceType: ssmtypes.ResourceTypeForTaggingParameter, ResourceId: &in.TokenParameter, Tags: []ssmtypes.Tag{own}}); err != nil {
				t.Fatal(err)
			}
			w.end(instance)
			if s := w.summary(in); s.Status != script.Passed {
				t.Errorf("%+v, %+v", s, s.Failure)
			}
			if _, err := parameters.GetParameter(t.Context(), &ssm.GetParameterInput{Name: aws.String(in.TokenParameter)}); err == nil {
				t.Error("the token is still there")
			}
			if strings.Contains(w.object(in, "run.log")+w.object(in, "summary.json"), "secret") {
				t.Error("the token is in the log or the summary")
			}
			isPAT := strings.HasPrefix(token, "ghp_")
			for _, c := range w.runner.Calls("pytest") {
				if isPAT != (c.Env["SLIDERULE_GITHUB_TOKEN"] == token) {
					t.Errorf("the clients have %v", c.Env)
				}
			}
			for _, c := range w.runner.Calls() {
				if strings.Contains(c.String(), token) {
					t.Errorf("the token is a word of %v", c)
				}
			}
		})
	}
}
