package runner

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/process"
)

// machine is an instance whose program is executed.
type machine struct {
	runner     *Runner
	life       context.Context // until the runner forgets it
	id, region string
	tags       map[string]string
	dir        string // scratch
	process    *process.Process
	ended      chan struct{} // closed when nothing of it is left

	mu      sync.Mutex
	off     bool              // it was told to end
	status  int               // of the program, once ended
	failed  string            // why it never started
	version string            // that git checked out
	images  map[string]string // that docker has: the digest of the configuration, by reference
}

// start executes a program. The caller has the runner's lock.
func (m *machine) start(program string) error {
	switch {
	case !strings.HasPrefix(program, "#!/bin/bash\n"):
		m.failed = "its user data is no program of bash"
	case !strings.Contains(program, "${WORKDIR:-"):
		m.failed = "its program does not take its folder from WORKDIR, and may write anywhere"
	}
	if m.failed != "" {
		close(m.ended)
		return nil
	}
	err := m.execute(program)
	if err != nil {
		m.failed = err.Error()
		close(m.ended)
	}
	return err
}

func (m *machine) execute(program string) (err error) {
	if m.dir, err = os.MkdirTemp(m.runner.options.Dir, "sandbox-"+m.id+"-*"); err != nil {
		return err
	}
	for _, folder := range []string{"home", "tmp", "work", "bin"} {
		if err := os.Mkdir(filepath.Join(m.dir, folder), 0o755); err != nil {
			return err
		}
	}
	if err := writeStandIns(filepath.Join(m.dir, "bin")); err != nil {
		return err
	}
	file := filepath.Join(m.dir, "user-data")
	if err := os.WriteFile(file, []byte(program), 0o700); err != nil {
		return err
	}
	console, err := os.Create(filepath.Join(m.dir, "console.log"))
	if err != nil {
		return err
	}
	defer console.Close()
	cmd := exec.CommandContext(context.Background(), "/bin/bash", file)
	cmd.Dir, cmd.Stdout, cmd.Stderr = m.dir, console, console
	cmd.WaitDelay = time.Second
	cmd.Env = []string{
		"PATH=" + filepath.Join(m.dir, "bin") + ":/usr/local/bin:/usr/bin:/bin",
		"HOME=" + filepath.Join(m.dir, "home"), "TMPDIR=" + filepath.Join(m.dir, "tmp"), "WORKDIR=" + filepath.Join(m.dir, "work"),
		"SANDBOX_MACHINE=" + m.id, "SANDBOX_BIN=" + filepath.Join(m.dir, "bin"), "SANDBOX_PORT=" + m.runner.port(),
	}
	if m.process, err = process.Start(cmd, syscall.SIGKILL); err != nil {
		return err
	}
	m.runner.stopped.Add(1)
	go func() {
		defer m.runner.stopped.Done()
		m.mu.Lock()
		p := m.process
		m.mu.Unlock()
		status := p.Status()
		m.sweep()
		m.mu.Lock()
		m.status = status
		m.mu.Unlock()
		close(m.ended)
	}()
	return nil
}

// powerOff tells the programs of a machine to end, as a system that goes down does, and ends what is left a moment
// later. It returns at once, and may be called again.
func (m *machine) powerOff() {
	m.mu.Lock()
	again := m.off
	m.off = true
	m.mu.Unlock()
	if again || m.process == nil {
		return
	}
	_ = m.process.Signal(syscall.SIGTERM)
	m.runner.stopped.Add(1)
	go func() {
		defer m.runner.stopped.Done()
		ctx, done := context.WithTimeout(context.Background(), m.runner.options.Grace)
		defer done()
		select {
		case <-m.ended:
		case <-ctx.Done():
			m.kill()
		}
	}()
}

// kill ends all of a machine at once and returns when it is gone.
func (m *machine) kill() {
	if m.process == nil {
		return
	}
	m.process.Kill()
	<-m.ended
}

// sweep ends what a program left behind in other process groups: each bears the machine in its environment.
func (m *machine) sweep() {
	mark := []byte("SANDBOX_BIN=" + filepath.Join(m.dir, "bin") + "\x00")
	for range 10 { // what is found may just be starting something
		found := false
		entries, err := os.ReadDir("/proc")
		if err != nil {
			return
		}
		for _, entry := range entries {
			pid, err := strconv.Atoi(entry.Name())
			if err != nil || pid == os.Getpid() {
				continue
			}
			environ, err := os.ReadFile("/proc/" + entry.Name() + "/environ")
			if err == nil && bytes.Contains(environ, mark) && syscall.Kill(pid, syscall.SIGKILL) == nil {
				found = true
			}
		}
		if !found {
			return
		}
	}
}

// Machine is what a test sees of one.
type Machine struct {
	ID      string            `json:"id"`
	Region  string            `json:"region"`
	Tags    map[string]string `json:"tags"`
	Dir     string            `json:"dir"`               // its scratch folder, which stays until the runner is closed or reset
	Running bool              `json:"running"`           // its program, that is
	Status  int               `json:"status"`            // exit status of its program
	Problem string            `json:"problem,omitempty"` // why its program was not executed
}

func (m *machine) describe() Machine {
	d := Machine{ID: m.id, Region: m.region, Tags: m.tags, Dir: m.dir}
	select {
	case <-m.ended:
	default:
		d.Running = true
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	d.Status, d.Problem = m.status, m.failed
	return d
}

// Machines are those that were found, in no order.
func (r *Runner) Machines() []Machine {
	r.mu.Lock()
	defer r.mu.Unlock()
	all := []Machine{}
	for _, m := range r.machines {
		all = append(all, m.describe())
	}
	return all
}

var errNoMachine = errors.New("no such machine was found yet")

func (r *Runner) machine(id string) (*machine, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if m := r.machines[id]; m != nil {
		return m, nil
	}
	return nil, fmt.Errorf("%w: %s", errNoMachine, id)
}

// Wait returns when the program of a machine has ended.
func (r *Runner) Wait(ctx context.Context, id string) (Machine, error) {
	for {
		m, err := r.machine(id)
		if err == nil {
			select {
			case <-m.ended:
				return m.describe(), nil
			case <-ctx.Done():
				return m.describe(), ctx.Err()
			}
		}
		if err := r.options.Clock.Sleep(ctx, r.options.Poll); err != nil {
			return Machine{}, fmt.Errorf("%w: %s", errNoMachine, id)
		}
	}
}
