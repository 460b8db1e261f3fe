//go:build unix

package process_test

import (
	"bufio"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"

	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/process"
)

// shell runs a script and returns its output, of which the first line has been read: the script has come that far.
// The output ends when nobody holds it any more, so reading to its end proves that nothing is left.
func shell(t *testing.T, script string) (*process.Process, io.Reader) {
	t.Helper()
	reader, writer, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "sh", "-c", script)
	cmd.Stdout = writer
	p, err := process.Start(cmd, syscall.SIGKILL)
	_ = writer.Close()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Kill(); _ = reader.Close() })
	out := bufio.NewReader(reader)
	if line, err := out.ReadString('\n'); err != nil || line != "ready\n" {
		t.Fatalf("got %q, %v", line, err)
	}
	return p, out
}

func untilNothingIsLeft(t *testing.T, out io.Reader) string {
	t.Helper()
	rest, err := io.ReadAll(out)
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(rest))
}

func TestWhatACommandLeavesBehindIsEnded(t *testing.T) {
	p, out := shell(t, "sleep 1000 & echo ready; exit 7")
	if status := p.Status(); status != 7 {
		t.Errorf("got status %d", status)
	}
	untilNothingIsLeft(t, out)
	if p.Wait() == nil {
		t.Error("a status of 7 is an error to wait for")
	}
}

func TestKillEndsEverything(t *testing.T) {
	p, out := shell(t, "trap '' INT TERM; sh -c 'sleep 1000 & sleep 1000' & echo ready; wait")
	p.Kill()
	untilNothingIsLeft(t, out)
	if status := p.Status(); status != 128+9 {
		t.Errorf("got status %d", status)
	}
	p.Kill() // again does nothing
}

func TestSignalReachesTheCommandAlone(t *testing.T) {
	p, out := shell(t, `
		trap 'echo leader; exit 3' TERM
		sh -c "trap 'echo child; exit' TERM; echo ready; while :; do sleep 0.05; done" &
		wait`)
	if err := p.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if status := p.Status(); status != 3 {
		t.Errorf("got status %d", status)
	}
	if said := untilNothingIsLeft(t, out); said != "leader" {
		t.Errorf("got %q", said)
	}
}

func TestSignalAllReachesChildrenToo(t *testing.T) {
	p, out := shell(t, `
		trap 'wait; echo leader; exit 3' TERM
		sh -c "trap 'echo child; exit' TERM; echo ready; while :; do sleep 0.05; done" &
		wait`)
	if err := p.SignalAll(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if said := untilNothingIsLeft(t, out); said != "child\nleader" {
		t.Errorf("got %q", said)
	}
}

func TestStatusOfASignal(t *testing.T) {
	p, _ := shell(t, "echo ready; kill -TERM $$")
	if status := p.Status(); status != 128+15 {
		t.Errorf("got status %d", status)
	}
}

func TestACommandThatCannotStart(t *testing.T) {
	if _, err := process.Start(exec.CommandContext(t.Context(), "/dev/null"), syscall.SIGKILL); err == nil {
		t.Error("no error")
	}
}
