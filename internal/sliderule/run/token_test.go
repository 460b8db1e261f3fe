package run_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/ssm"

	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/run"
	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/run/script"
)

const secret = "the-token-of-dev"

func private(o *run.Options) {
	o.Token = func(_ context.Context, cluster string) (string, error) {
		return strings.ReplaceAll(secret, "dev", cluster), nil
	}
}

// A private test gets its token before its machine starts, through a parameter that is its own, and nowhere else.
func TestThePrivateTokenReachesTheRunAndNobodyElse(t *testing.T) {
	c := newCloud(t)
	r := c.runner(private)
	c.lives = []life{leaves(time.Minute, script.Summary{Status: script.Failed, Suites: suites()}, "curl said "+secret+"\n")}
	name := ""
	c.during = func(call string) {
		if call == "RunInstances" && len(c.parameters) != 1 {
			t.Errorf("parameters at the start: %v", c.parameters)
		}
	}
	begun, err := r.Start(t.Context(), tests())
	if err != nil {
		t.Fatal(err)
	}
	for each, value := range c.parameters {
		if name = each; value != secret {
			t.Errorf("%s has %s", name, value)
		}
	}
	if name != "/sliderule-foundation/runs/"+begun.ID+"/token" || !strings.Contains(c.machines[0].userData, name) {
		t.Errorf("parameter %s, run %s", name, begun.ID)
	}
	for _, in := range c.inputs {
		if put, ok := in.(*ssm.PutParameterInput); ok && (put.Type != "SecureString" || !strings.Contains(*put.Policies, begun.EndsAt.Format(time.RFC3339))) {
			t.Errorf("written as %+v", put)
		}
	}
	got, err := r.Wait(t.Context(), begun)
	if err == nil || got.Status != run.Failed || len(c.parameters) != 0 {
		t.Errorf("got %+v, %v, left %v", got, err, c.parameters)
	}
	text, _ := json.Marshal(got)
	for where, words := range map[string]string{"the error": err.Error(), "the run": string(text), "the program": c.machines[0].userData, "the events": strings.Join(c.events, "\n")} {
		if strings.Contains(words, secret) {
			t.Errorf("the token is in %s", where)
		}
	}
}

// All tests have one role, which reads what has the ARN of its own instance in a tag: the tag is there before the program
// may look, whatever happens to the reply, and in the partition and account of the foundation.
func TestATokenIsReadByTheMachineOfItsRunAlone(t *testing.T) {
	c := newCloud(t)
	c.foundation.RunProfile = "arn:aws-us-gov:iam::210987654321:instance-profile/runs"
	c.fail("AddTagsToResource", fault{effect: true, err: errLost}, fault{err: errUnavailable})
	begun, err := c.runner(private).Start(t.Context(), tests())
	if err != nil {
		t.Fatal(err)
	}
	if got, want := c.readers["/sliderule-foundation/runs/"+begun.ID+"/token"], "arn:aws-us-gov:ec2:us-west-2:210987654321:instance/"+begun.InstanceID; got != want {
		t.Errorf("%q may read it, not %q", got, want)
	}
	if program := c.machines[0].userData; !strings.Contains(program, "TRIES=6 retry aws ssm get-parameter") {
		t.Error("the program does not try for long")
	}

	// Without its token a machine would work for nothing.
	c = newCloud(t)
	c.fail("AddTagsToResource", fault{err: errDenied})
	_, err = c.runner(private).Start(t.Context(), tests())
	if err == nil || !strings.Contains(err.Error(), "read its token") || !strings.Contains(err.Error(), "was terminated") || len(c.working()) != 0 || len(c.parameters) != 0 {
		t.Errorf("got %v; %d machines work, left %v", err, len(c.working()), c.parameters)
	}

	// And one that nobody could be let read is not written.
	c = newCloud(t)
	c.foundation.RunProfile = "runs"
	if _, err = c.runner(private).Start(t.Context(), tests()); err == nil || !strings.Contains(err.Error(), "the account is not known") || len(c.machines) != 0 || c.count("PutParameter") != 0 {
		t.Errorf("got %v after %v", err, c.calls)
	}
}

// An interrupt between a machine and its token leaves a machine that can go on.
func TestAnInterruptBetweenAMachineAndItsTokenLeavesBoth(t *testing.T) {
	c := newCloud(t)
	ctx, cancel := context.WithCancel(t.Context())
	c.during = func(call string) {
		if call == "CreateSchedule" {
			cancel()
		}
	}
	if begun, err := c.runner(private).Start(ctx, tests()); err != nil || len(c.readers) != 1 || len(c.working()) != 1 {
		t.Errorf("got %+v, %v; readers %v", begun, err, c.readers)
	}
}

func TestATokenDoesNotOutliveARunThatDidNotComeAbout(t *testing.T) {
	c := newCloud(t)
	c.capacity = func(string, string, bool) string { return "InsufficientInstanceCapacity" }
	if _, err := c.runner(private).Start(t.Context(), tests()); err == nil || len(c.parameters) != 0 || c.count("PutParameter") != 1 {
		t.Errorf("got %v, left %v", err, c.parameters)
	}
	c = newCloud(t)
	c.fail("RunInstances", fault{err: errDenied})
	c.fail("DeleteParameter", fault{err: errDenied})
	if _, err := c.runner(private).Start(t.Context(), tests()); err == nil || !strings.Contains(err.Error(), "RunInstances") || !strings.Contains(err.Error(), "deleting the token") {
		t.Errorf("got %v", err)
	}
}

func TestNoTokenIsWrittenWithoutNeed(t *testing.T) {
	public := func(o *run.Options) {
		o.Token = func(context.Context, string) (string, error) { return "", nil }
	}
	c := newCloud(t)
	for _, start := range []struct {
		option func(*run.Options)
		wanted run.Wanted
	}{{public, tests()}, {func(*run.Options) {}, tests()}, {private, release(func(w *run.Wanted) { w.Overwrite = true })}} {
		c.images["sliderule:v1"], c.images["ilb:v1"] = "sha256:1", "sha256:2"
		if _, err := c.runner(start.option).Start(t.Context(), start.wanted); err != nil {
			t.Error(err)
		}
	}
	if c.count("PutParameter") != 0 {
		t.Error("a parameter was written")
	}
	broken := func(o *run.Options) {
		o.Token = func(context.Context, string) (string, error) { return "", errors.New("KMS is away") }
	}
	machines := len(c.machines)
	if _, err := c.runner(broken).Start(t.Context(), tests()); err == nil || !strings.Contains(err.Error(), "handing the token of dev") || !strings.Contains(err.Error(), "KMS is away") || len(c.machines) != machines {
		t.Errorf("got %v", err)
	}
}

// Each attempt has a token of its own, and a reply that is lost does no harm.
func TestATokenIsWrittenForEachAttempt(t *testing.T) {
	c := newCloud(t)
	c.fail("PutParameter", fault{effect: true, err: errLost})
	c.lives = []life{ends(time.Minute, "Server.SpotInstanceTermination")}
	got, err := c.waited(tests(func(w *run.Wanted) { w.Retries = 1 }), private)
	if err != nil || got.Attempt != 2 || len(c.parameters) != 0 || c.count("PutParameter") != 3 {
		t.Errorf("got %+v, %v; %v after %d writes", got, err, c.parameters, c.count("PutParameter"))
	}
}
