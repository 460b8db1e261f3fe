//go:build unix

package main_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/moto"
)

// binary is the program under test, built once.
var binary string

func TestMain(m *testing.M) { os.Exit(build(m)) }

func build(m *testing.M) int {
	dir, err := os.MkdirTemp("", "sandbox-*")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	binary = filepath.Join(dir, "sandbox")
	if out, err := exec.CommandContext(context.Background(), "go", "build", "-o", binary, ".").CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "%v\n%s", err, out)
		return 1
	}
	return m.Run()
}

// run runs the program to its end.
func run(t *testing.T, args ...string) (status int, stdout, stderr string) {
	t.Helper()
	var out, complaints bytes.Buffer
	cmd := exec.CommandContext(t.Context(), binary, args...)
	cmd.Stdout, cmd.Stderr = &out, &complaints
	return ended(t, cmd.Run()), out.String(), complaints.String()
}

func ended(t *testing.T, err error) int {
	t.Helper()
	var exit *exec.ExitError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &exit):
		return exit.ExitCode()
	}
	t.Fatal(err)
	return 0
}

// watched is a moto that a script starts, so that a test knows its process id and, when blocked, when it starts.
type watched struct{ dir string }

// watchMoto makes the sandbox start moto through that script.
func watchMoto(t *testing.T, blocked bool) watched {
	t.Helper()
	real, err := moto.NewFinder("").Binary(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	w := watched{t.TempDir()}
	wait := ""
	if blocked {
		for _, fifo := range []string{"here", "go"} {
			if err := syscall.Mkfifo(w.path(fifo), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		wait = fmt.Sprintf("echo here > '%s'\nread line < '%s'\n", w.path("here"), w.path("go"))
	}
	script := fmt.Sprintf("#!/bin/sh\necho $$ > '%s'\n%sexec '%s' \"$@\"\n", w.path("pid"), wait, real)
	if err := os.WriteFile(w.path("moto"), []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("MOTO_SERVER", w.path("moto"))
	return w
}

func (w watched) path(name string) string { return filepath.Join(w.dir, name) }

func (w watched) pid(t *testing.T) int {
	t.Helper()
	text, err := os.ReadFile(w.path("pid"))
	if err != nil {
		t.Fatal(err)
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil {
		t.Fatal(err)
	}
	return pid
}

func (w watched) gone(t *testing.T) {
	t.Helper()
	if err := syscall.Kill(w.pid(t), 0); !errors.Is(err, syscall.ESRCH) {
		t.Errorf("moto still runs: %v", err)
	}
}

// healthy asks a control address.
func healthy(t *testing.T, address string) bool {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address+"/healthz", nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return false
	}
	_ = resp.Body.Close()
	return resp.StatusCode == http.StatusOK
}

func TestACommandRunsInTheSandbox(t *testing.T) {
	w := watchMoto(t, false)
	t.Setenv("AWS_PROFILE", "production")
	t.Setenv("GOOGLE_APPLICATION_CREDENTIALS", "production.json")
	t.Setenv("CLOUDSDK_CORE_PROJECT", "production")
	status, out, complaints := run(t, "--", "sh", "-c", "env; exit 7")
	if status != 7 {
		t.Errorf("got status %d, %s", status, complaints)
	}
	env := map[string]string{}
	for line := range strings.Lines(out) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), "=")
		env[name] = value
	}
	for _, name := range []string{"DATABRICKS_HOST", "DATABRICKS_TOKEN", "SLACK_BOT_TOKEN", "SLACK_API_URL", "GOOGLE_OAUTH_ACCESS_TOKEN", "GOOGLE_STORAGE_CUSTOM_ENDPOINT", "AWS_ENDPOINT_URL", "AWS_REGION", "AWS_ACCESS_KEY_ID", "PROVISIONER_SANDBOX", "PATH"} {
		if env[name] == "" {
			t.Errorf("%s is missing", name)
		}
	}
	for name, value := range env {
		if name == "AWS_PROFILE" || strings.HasPrefix(value, "production") {
			t.Errorf("%s of the real cloud got in", name)
		}
	}
	w.gone(t)
	if healthy(t, env["PROVISIONER_SANDBOX"]) {
		t.Error("the sandbox still answers")
	}
}

// background starts the program and returns its standard output.
func background(t *testing.T, args ...string) (*exec.Cmd, io.ReadCloser) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), binary, args...)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	return cmd, out
}

func TestEnvKeepsRunningUntilToldToStop(t *testing.T) {
	for _, stop := range []syscall.Signal{syscall.SIGTERM, syscall.SIGINT} {
		t.Run(stop.String(), func(t *testing.T) {
			w := watchMoto(t, false)
			cmd, out := background(t, "-env")
			lines, err := io.ReadAll(out) // to its end: the program closes it and goes on
			if err != nil {
				t.Fatal(err)
			}
			script := string(lines) + `echo "$PROVISIONER_SANDBOX $PROVISIONER_SANDBOX_PID $AWS_SHARED_CREDENTIALS_FILE"`
			said, err := exec.CommandContext(t.Context(), "sh", "-eu", "-c", script).Output()
			if err != nil {
				t.Fatalf("%v in\n%s", err, script)
			}
			words := strings.Fields(string(said))
			if len(words) != 3 || words[1] != strconv.Itoa(cmd.Process.Pid) || words[2] != "/dev/null" {
				t.Fatalf("a shell understands %q from\n%s", words, lines)
			}
			if !healthy(t, words[0]) {
				t.Error("the sandbox is not up")
			}
			if err := cmd.Process.Signal(stop); err != nil {
				t.Fatal(err)
			}
			if status := ended(t, cmd.Wait()); status != 0 {
				t.Errorf("got status %d", status)
			}
			w.gone(t)
			if healthy(t, words[0]) {
				t.Error("the sandbox still answers")
			}
		})
	}
}

func TestEnvEndsWhenNobodyReadsIt(t *testing.T) {
	w := watchMoto(t, false)
	reader, writer, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	_ = reader.Close()
	var complaints bytes.Buffer
	cmd := exec.CommandContext(t.Context(), binary, "-env")
	cmd.Stdout, cmd.Stderr = writer, &complaints
	if status := ended(t, cmd.Run()); status != 1 || !strings.Contains(complaints.String(), "nobody reads the environment") {
		t.Errorf("got status %d, %s", status, complaints.String())
	}
	_ = writer.Close()
	w.gone(t)
}

func TestACommandGetsItsSignals(t *testing.T) {
	for _, signal := range []string{"TERM", "INT"} {
		t.Run(signal, func(t *testing.T) {
			cmd, out := background(t, "-without-aws", "--", "sh", "-c", "trap 'exit 5' "+signal+"; echo ready; while :; do sleep 0.05; done")
			if _, err := io.ReadFull(out, make([]byte, len("ready\n"))); err != nil {
				t.Fatal(err)
			}
			if err := cmd.Process.Signal(map[string]os.Signal{"TERM": syscall.SIGTERM, "INT": os.Interrupt}[signal]); err != nil {
				t.Fatal(err)
			}
			if status := ended(t, cmd.Wait()); status != 5 {
				t.Errorf("got status %d", status)
			}
		})
	}
}

func TestACommandLeavesNoChild(t *testing.T) {
	_, out := background(t, "-without-aws", "--", "sh", "-c", "sleep 1000 & echo done")
	if said, err := io.ReadAll(out); err != nil || string(said) != "done\n" { // ends when nobody holds it open
		t.Errorf("got %q, %v", said, err)
	}
}

func TestCommandLinesAndTheirStatus(t *testing.T) {
	cases := map[string]struct {
		args   []string
		status int
		stderr []string
	}{
		"nothing to do":     {nil, 2, []string{"-env", "-- COMMAND", "-rate-limits"}},
		"help":              {[]string{"-help"}, 0, []string{"-- COMMAND"}},
		"an unknown flag":   {[]string{"-fast"}, 2, []string{"-fast"}},
		"no number":         {[]string{"-speed", "x", "-env"}, 2, []string{"-speed"}},
		"no speed":          {[]string{"-speed", "0", "-env"}, 2, []string{"-speed must be above 0"}},
		"latency below 0":   {[]string{"-latency", "-1s", "-env"}, 2, []string{"-latency must not be below 0"}},
		"both":              {[]string{"-env", "--", "true"}, 2, []string{"exclude each other"}},
		"no such command":   {[]string{"-without-aws", "--", "no-such-command"}, 127, []string{"no-such-command"}},
		"success":           {[]string{"-without-aws", "-latency", "1ms", "-rate-limits", "--", "true"}, 0, nil},
		"ended by a signal": {[]string{"-without-aws", "--", "sh", "-c", "kill -KILL $$"}, 128 + 9, nil},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			status, out, complaints := run(t, c.args...)
			if status != c.status || out != "" {
				t.Errorf("got status %d, want %d; stdout %q, stderr %q", status, c.status, out, complaints)
			}
			for _, want := range c.stderr {
				if !strings.Contains(complaints, want) {
					t.Errorf("%q is missing from %q", want, complaints)
				}
			}
		})
	}
}

func TestToldToStopWhileStarting(t *testing.T) {
	w := watchMoto(t, true)
	cmd, _ := background(t, "-env")
	if _, err := os.ReadFile(w.path("here")); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if status := ended(t, cmd.Wait()); status != 1 {
		t.Errorf("got status %d", status)
	}
	w.gone(t)
}

func TestNothingRunsForAParentThatDied(t *testing.T) {
	w := watchMoto(t, true)
	// The shell ends once the sandbox is starting moto; the sandbox keeps its standard error open until it ends.
	parent := exec.CommandContext(t.Context(), "sh", "-c", `"$0" -- touch "$1" & read line < "$2"`, binary, w.path("ran"), w.path("here"))
	reader, writer, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	parent.Stderr = writer
	if err := parent.Run(); err != nil {
		t.Fatal(err)
	}
	_ = writer.Close()
	if err := os.WriteFile(w.path("go"), []byte("go\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	complaints, err := io.ReadAll(reader)
	if err != nil || !strings.Contains(string(complaints), "whoever started the sandbox is gone") {
		t.Errorf("got %q, %v", complaints, err)
	}
	if _, err := os.Stat(w.path("ran")); err == nil {
		t.Error("the command ran")
	}
	w.gone(t)
}
