package main

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// rig is the demo as a program, on the small checkout in testdata, with a real Terraform and the real provider.
type rig struct {
	cmd  *exec.Cmd
	pipe io.Closer
	out  *bufio.Reader
	err  bytes.Buffer
	tag  string // in the environment of everything that it starts, but for the machines of runs
	tmp  string // where it makes temporary files, and those machines have their folders
}

// binary is the demo, built once for all tests.
var binary string

func TestMain(m *testing.M) { os.Exit(buildAndTest(m)) }

func buildAndTest(m *testing.M) int {
	if os.Getenv("TF_ACC") != "" {
		dir, err := os.MkdirTemp("", "demo")
		if err != nil {
			panic(err)
		}
		defer os.RemoveAll(dir)
		binary = filepath.Join(dir, "demo")
		if out, err := exec.Command("go", "build", "-o", binary, ".").CombinedOutput(); err != nil {
			panic(string(out))
		}
	}
	return m.Run()
}

func start(t *testing.T, args ...string) *rig {
	t.Helper()
	if os.Getenv("TF_ACC") == "" {
		t.Skip("it starts Terraform: set TF_ACC")
	}
	config := os.Getenv("TF_CLI_CONFIG_FILE")
	if info, err := os.Stat(config); err != nil || !info.Mode().IsRegular() {
		t.Fatal("it needs the provider: export TF_CLI_CONFIG_FILE=$(scripts/mirror.sh)")
	}
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS("testdata/checkout")); err != nil {
		t.Fatal(err)
	}
	terraform := os.Getenv("TF_ACC_TERRAFORM_PATH")
	if terraform == "" {
		terraform = "terraform"
	}
	tmp, err := os.MkdirTemp("", "demo") //nolint:usetesting // sockets are in it, whose paths must be short
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(tmp) })
	r := &rig{tag: "DEMO_TEST=" + t.Name() + strconv.Itoa(os.Getpid()), tmp: tmp}
	r.cmd = exec.Command(binary, append([]string{"-terraform", terraform, "-cli-config", config}, args...)...)
	r.cmd.Dir, r.cmd.Env, r.cmd.Stderr = dir, append(os.Environ(), r.tag, "TMPDIR="+tmp), &r.err
	out, err := r.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	r.pipe, r.out = out, bufio.NewReader(out)
	if err := r.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.cmd.Process.Kill(); _ = r.cmd.Wait() })
	return r
}

// until reads up to a line that has the text.
func (r *rig) until(t *testing.T, text string) {
	t.Helper()
	for read := ""; ; {
		line, err := r.out.ReadString('\n')
		if read += line; strings.Contains(line, text) {
			return
		}
		if err != nil {
			t.Fatalf("the demo never said %q: %v\n%s%s", text, err, read, &r.err)
		}
	}
}

// end is the exit status and the rest of the output.
func (r *rig) end(t *testing.T) (status int, rest string) {
	t.Helper()
	text, err := io.ReadAll(r.out)
	if err != nil {
		t.Fatal(err)
	}
	var failed *exec.ExitError
	if err := r.cmd.Wait(); err != nil && !errors.As(err, &failed) {
		t.Fatal(err)
	}
	return r.cmd.ProcessState.ExitCode(), string(text)
}

// machines are the folders of machines of runs, or a file in each of them.
func (r *rig) machines(t *testing.T, file ...string) []string {
	t.Helper()
	folders, err := filepath.Glob(filepath.Join(append([]string{r.tmp, "sandbox-i-*"}, file...)...))
	if err != nil {
		t.Fatal(err)
	}
	return folders
}

// running lists the programs that have our tag, and those of machines.
func (r *rig) running(t *testing.T) []string {
	t.Helper()
	environments, err := filepath.Glob("/proc/[0-9]*/environ")
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, file := range environments {
		text, err := os.ReadFile(file)
		if err != nil || !bytes.Contains(text, []byte(r.tag)) && !bytes.Contains(text, []byte(r.tmp+"/")) {
			continue // another's, or gone by now
		}
		command, _ := os.ReadFile(filepath.Join(filepath.Dir(file), "cmdline"))
		if len(command) > 0 { // none: it has ended
			all = append(all, strings.ReplaceAll(string(command), "\x00", " "))
		}
	}
	return all
}

func (r *rig) gone(t *testing.T) {
	t.Helper()
	if !soon(func() bool { return len(r.running(t)) == 0 }) {
		t.Errorf("these still run:\n%s", strings.Join(r.running(t), "\n"))
	}
	if left := r.machines(t); len(left) > 0 {
		t.Errorf("the folders of machines are left: %q", left)
	}
}

func TestTheDemoTwice(t *testing.T) {
	r := start(t, "-speed", "600")
	status, out := r.end(t)
	if status != 0 || !strings.Contains(out, "Everything held") {
		t.Fatalf("got status %d\n%s%s", status, out, &r.err)
	}
	r.gone(t)
	again := exec.CommandContext(t.Context(), r.cmd.Path, r.cmd.Args[1:]...) // in the folder that the first run left
	again.Dir, again.Env = r.cmd.Dir, r.cmd.Env
	if out, err := again.CombinedOutput(); err != nil {
		t.Errorf("the second time: %v\n%s", err, out)
	}
}

func TestAnInterruptedDemoLeavesNothing(t *testing.T) {
	moments := map[string]struct {
		text string
		more int // programs beside the demo that run by then, at least
		args []string
		till func(*rig) bool // nil: at once
	}{
		"while the clouds start":          {"Start the clouds", 0, nil, nil},
		"while Terraform sets up":         {"On the roster", 1, nil, nil},
		"while the clusters start":        {ana + "       cluster            starting", 3, nil, nil},
		"while the libraries install":     {"installing libraries", 3, nil, nil},
		"while the provider is served":    {"clock of AWS from here on", 2, []string{"-speed", "600"}, nil},
		"while the provider is in demand": {"SlideRule cluster  changing", 3, []string{"-speed", "600"}, nil},
		"while a version is tested":       {"test run           creating", 4, []string{"-speed", "600"}, func(r *rig) bool { return len(r.machines(t, "work", "run.log")) > 0 }},
	}
	for name, moment := range moments {
		t.Run(name, func(t *testing.T) {
			r := start(t, moment.args...)
			r.until(t, moment.text)
			if moment.till != nil && !soon(func() bool { return moment.till(r) }) {
				t.Fatal("the moment never came")
			}
			if n := len(r.running(t)); n < 1+moment.more {
				t.Errorf("%d programs run: what is tested?", n)
			}
			if err := r.cmd.Process.Signal(os.Interrupt); err != nil {
				t.Fatal(err)
			}
			asked := time.Now()
			if status, out := r.end(t); status != 130 {
				t.Errorf("got status %d\n%s%s", status, out, &r.err)
			}
			if took := time.Since(asked); took > defaultPatience {
				t.Errorf("it took %s: Terraform had to be killed", took)
			}
			r.gone(t)
		})
	}
}

func TestADemoThatNobodyReadsEnds(t *testing.T) {
	r := start(t)
	r.until(t, "creating")
	if err := r.pipe.Close(); err != nil { // as in: make demo | head
		t.Fatal(err)
	}
	_ = r.cmd.Wait()
	if status := r.cmd.ProcessState.ExitCode(); status != 128+int(syscall.SIGPIPE) {
		t.Errorf("got status %d\n%s", status, &r.err)
	}
	r.gone(t)
}

func TestAFailureIsTold(t *testing.T) {
	r := start(t)
	r.until(t, "Start the clouds") // before the folder is copied
	broken := filepath.Join(r.cmd.Dir, "examples/complete/main.tf")
	if err := os.WriteFile(broken, []byte("resource nonsense"), 0o600); err != nil {
		t.Fatal(err)
	}
	status, _ := r.end(t)
	complaint := r.err.String()
	if status != 1 || !strings.Contains(complaint, "terraform init ended with status 1") || !strings.Contains(complaint, logFile) || !strings.Contains(complaint, "Invalid") {
		t.Errorf("got status %d\n%s", status, complaint)
	}
	r.gone(t)
}
