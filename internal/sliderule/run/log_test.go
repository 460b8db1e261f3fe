package run_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/run"
	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/run/script"
)

// failing is a run that failed, with a log.
func (c *cloud) failing(log string) *run.Failure {
	c.Helper()
	c.lives = []life{leaves(time.Minute, script.Summary{Status: script.Failed, Suites: suites()}, log)}
	_, err := c.waited(tests())
	var failure *run.Failure
	if !errors.As(err, &failure) {
		c.Fatalf("got %v", err)
	}
	return failure
}

// A log of any size costs one read of its end.
func TestOnlyTheEndOfALogIsRead(t *testing.T) {
	c := newCloud(t)
	var log strings.Builder
	for i := range 200_000 {
		fmt.Fprintf(&log, "line %d\n", i)
	}
	got := c.failing(log.String())
	if len(got.Tail) != 40 || got.Tail[0] != "line 199960" || got.Tail[39] != "line 199999" {
		t.Errorf("got %q", got.Tail)
	}
	for _, in := range c.inputs {
		if get, ok := in.(*s3.GetObjectInput); ok && strings.HasSuffix(*get.Key, ".log") && (get.Range == nil || *get.Range != "bytes=-65536") {
			t.Errorf("asked for %v", get.Range)
		}
	}
	// One line longer than all that is read.
	if got = newCloud(t).failing(strings.Repeat("x", 1<<20)); len(strings.Join(got.Tail, "")) > 500 {
		t.Errorf("%d lines of %d characters", len(got.Tail), len(strings.Join(got.Tail, "")))
	}
	// Lines so long that what is read begins in the middle of one.
	if got = newCloud(t).failing(strings.Repeat(strings.Repeat("z", 3000)+" end\n", 100)); len(got.Tail) != 21 || !strings.HasPrefix(got.Tail[0], strings.Repeat("z", 400)) {
		t.Errorf("%d lines, the first %.20q", len(got.Tail), got.Tail[0])
	}
	if got = newCloud(t).failing("one\n" + strings.Repeat("y", 1000) + "\n"); len(got.Tail) != 2 || got.Tail[1] != strings.Repeat("y", 400)+"…" {
		t.Errorf("got %q", got.Tail)
	}
	if got = newCloud(t).failing(""); len(got.Tail) != 0 || got.NoLog != nil || !strings.Contains(got.Error(), "It left no log") {
		t.Errorf("got %q, %v", got.Tail, got.NoLog)
	}
}

func TestALogIsShownAsATerminalWould(t *testing.T) {
	got := newCloud(t).failing("\x1b[31mred\x1b[0m\r\n10 %\r50 %\rdone\n\ttab\x00\x07\n\xff\xfe\n\n\n")
	want := []string{"red", "done", " tab", "?"}
	if strings.Join(got.Tail, "|") != strings.Join(want, "|") {
		t.Errorf("got %q", got.Tail)
	}
}

func TestNoSecretOfALogIsShown(t *testing.T) {
	jwt := "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhbmEifQ.c2lnbmF0dXJl"
	got := newCloud(t).failing(strings.Join([]string{
		"token " + jwt, "Authorization: Bearer abcdef123", "ghp_0123456789abcdef0123", "AWS_SECRET_ACCESS_KEY=abc/def+ghi", `"password": "hunter2"`, "key ASIA0123456789ABCDEF", "plain words stay",
	}, "\n"))
	text := got.Error()
	for _, secret := range []string{jwt, "c2lnbmF0dXJl", "abcdef123", "ghp_0123", "abc/def", "hunter2", "ASIA0123"} {
		if strings.Contains(text, secret) {
			t.Errorf("%s is in %s", secret, text)
		}
	}
	if !strings.Contains(text, "plain words stay") || !strings.Contains(text, "Authorization: Bearer (removed)") {
		t.Errorf("got %s", text)
	}
}

// The failure of a run is told although its log cannot be read.
func TestALogThatCannotBeReadHidesNoFailure(t *testing.T) {
	c := newCloud(t)
	r := c.runner()
	c.lives = []life{leaves(time.Minute, script.Summary{Status: script.Failed, Suites: suites(), Failure: &script.Failure{Step: "clone", Words: "no such branch"}}, "x")}
	begun, err := r.Start(t.Context(), tests())
	if err != nil {
		t.Fatal(err)
	}
	c.during = func(call string) {
		if call == "DeleteParameter" { // the last call before the log is read
			c.fail("GetObject", fault{err: errDenied})
		}
	}
	_, err = r.Wait(t.Context(), begun)
	if err == nil || !strings.Contains(err.Error(), "clone: no such branch") || !strings.Contains(err.Error(), "Its log could not be read: S3 answered AccessDenied") && !strings.Contains(err.Error(), "answered AccessDenied: you may not") {
		t.Errorf("got %v", err)
	}
}
