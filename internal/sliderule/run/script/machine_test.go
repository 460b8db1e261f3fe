//go:build linux

package script_test

import (
	"context"
	"encoding/base64"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/aws/aws-sdk-go-v2/service/ecr"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/aws-sdk-go-v2/service/ssm"

	"github.com/data-access/terraform-provider-provisioner/internal/await"
	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/moto"
	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/runner"
	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/run/script"
)

const speed = 1200 // 20 minutes are a second

// emulator is one for all tests of this package, each of which begins with an empty one.
var emulator *moto.Server

func TestMain(m *testing.M) { os.Exit(withEmulator(m)) }

func withEmulator(m *testing.M) int {
	var err error
	emulator, err = moto.Start(context.Background(), moto.NewFinder(""), moto.Options{Speed: speed})
	if err != nil {
		panic(err)
	}
	defer emulator.Close()
	return m.Run()
}

// world is an account with a log bucket, and machines that are executed.
type world struct {
	*testing.T
	runner *runner.Runner
	config aws.Config
}

func newWorld(t *testing.T) world {
	t.Helper()
	if err := emulator.Reset(t.Context()); err != nil {
		t.Fatal(err)
	}
	r, err := runner.New(runner.Options{Endpoint: emulator.URL, Regions: []string{region}, Speed: speed, Poll: 50 * time.Millisecond, Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := r.Err(); err != nil {
			t.Error(err)
		}
		r.Close()
	})
	w := world{T: t, runner: r, config: aws.Config{
		Region: region, BaseEndpoint: &emulator.URL, Credentials: credentials.NewStaticCredentialsProvider("test", "test", ""),
	}}
	_, err = w.s3().CreateBucket(t.Context(), &s3.CreateBucketInput{
		Bucket: aws.String(bucket), CreateBucketConfiguration: &s3types.CreateBucketConfiguration{LocationConstraint: region},
	})
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func (w world) s3() *s3.Client {
	return s3.NewFromConfig(w.config, func(o *s3.Options) { o.UsePathStyle = true; o.DisableLogOutputChecksumValidationSkipped = true })
}

// begin starts the machine of a program, as a run does.
func (w world) begin(in script.Inputs) (instance string) {
	w.Helper()
	program, err := script.Render(in)
	if err != nil {
		w.Fatal(err)
	}
	image, err := ssm.NewFromConfig(w.config).GetParameter(w.Context(), &ssm.GetParameterInput{Name: aws.String("/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64")})
	if err != nil {
		w.Fatal(err)
	}
	answer, err := ec2.NewFromConfig(w.config).RunInstances(w.Context(), &ec2.RunInstancesInput{
		MinCount: aws.Int32(1), MaxCount: aws.Int32(1), ImageId: image.Parameter.Value, InstanceType: "m7g.2xlarge",
		UserData:                          aws.String(base64.StdEncoding.EncodeToString([]byte(program))),
		InstanceInitiatedShutdownBehavior: types.ShutdownBehaviorTerminate,
		InstanceMarketOptions: &types.InstanceMarketOptionsRequest{MarketType: types.MarketTypeSpot, SpotOptions: &types.SpotMarketOptions{
			SpotInstanceType: types.SpotInstanceTypeOneTime, InstanceInterruptionBehavior: types.InstanceInterruptionBehaviorTerminate,
		}},
		TagSpecifications: []types.TagSpecification{{ResourceType: types.ResourceTypeInstance, Tags: []types.Tag{{Key: aws.String("provisioner_run"), Value: &in.RunID}}}},
	})
	if err != nil {
		w.Fatal(err)
	}
	return *answer.Instances[0].InstanceId
}

// end waits until a machine's program is over and EC2 has terminated it, and tells EC2's reason.
func (w world) end(instance string) (reason string) {
	w.Helper()
	ctx, cancel := context.WithTimeout(w.Context(), time.Minute)
	defer cancel()
	m, err := w.runner.Wait(ctx, instance)
	if err != nil || m.Problem != "" {
		w.Fatalf("%v, %+v\n%s", err, m, w.console(m))
	}
	err = await.Until(ctx, await.RealClock{}, await.Pace{Min: 20 * time.Millisecond, Max: 100 * time.Millisecond}, func(ctx context.Context) (bool, error) {
		answer, err := ec2.NewFromConfig(w.config).DescribeInstances(ctx, &ec2.DescribeInstancesInput{InstanceIds: []string{instance}})
		if err != nil {
			return false, err
		}
		found := answer.Reservations[0].Instances[0]
		reason = aws.ToString(found.StateReason.Code)
		return found.State.Name == types.InstanceStateNameTerminated, nil
	})
	if err != nil {
		w.Fatalf("the machine did not end: %v\n%s", err, w.console(m))
	}
	return reason
}

func (w world) console(m runner.Machine) string {
	console, _ := os.ReadFile(filepath.Join(m.Dir, "console.log"))
	log, _ := os.ReadFile(filepath.Join(m.Dir, "work", "run.log"))
	return string(console) + "\n" + string(log)
}

// object is what a run left, or "".
func (w world) object(in script.Inputs, name string) string {
	w.Helper()
	answer, err := w.s3().GetObject(w.Context(), &s3.GetObjectInput{Bucket: aws.String(bucket), Key: aws.String(in.Prefix + "/" + in.RunID + "/" + name)})
	var missing interface{ ErrorCode() string }
	if errors.As(err, &missing) && missing.ErrorCode() == "NoSuchKey" {
		return ""
	}
	if err != nil {
		w.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		w.Fatal(err)
	}
	return string(text)
}

// run executes a program to its end.
func (w world) run(in script.Inputs) script.Summary {
	w.Helper()
	if reason := w.end(w.begin(in)); reason != "Client.InstanceInitiatedShutdown" {
		w.Errorf("the machine ended by %s", reason)
	}
	return w.summary(in)
}

func (w world) summary(in script.Inputs) script.Summary {
	w.Helper()
	text := w.object(in, "summary.json")
	s, err := script.ParseSummary([]byte(text))
	if err != nil {
		w.Fatalf("%v in %s\n%s", err, text, w.object(in, "run.log"))
	}
	if s.RunID != in.RunID || s.Kind != in.Kind || s.Version != in.Version || s.Ended.Before(s.Started) || s.Started.IsZero() {
		w.Errorf("the summary is of another run: %s", text)
	}
	if (s.Status == script.Passed) != (s.Failure == nil) {
		w.Errorf("a failure and a status that exclude each other: %s", text)
	}
	if w.object(in, "run.log") == "" {
		w.Error("there is no log")
	}
	return s
}

// suites are the statuses of a summary, in the order of the suites.
func suites(s script.Summary) string {
	var words []string
	for _, name := range script.Suites() {
		words = append(words, name+" "+s.Suites[name].Status)
	}
	return strings.Join(words, ", ")
}

// repositories makes those of a registry.
func (w world) repositories(names ...string) *ecr.Client {
	w.Helper()
	client := ecr.NewFromConfig(w.config)
	for _, name := range names {
		if _, err := client.CreateRepository(w.Context(), &ecr.CreateRepositoryInput{RepositoryName: &name}); err != nil {
			w.Fatal(err)
		}
	}
	return client
}

// called says whether a call was made that has all the words, in their order.
func (w world) called(words ...string) bool {
	return slices.ContainsFunc(w.runner.Calls(words[0]), func(c runner.Call) bool {
		at := 0
		for _, word := range c.Words {
			if at < len(words) && word == words[at] {
				at++
			}
		}
		return at == len(words)
	})
}
