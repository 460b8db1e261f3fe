package moto_test

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/moto"
)

// machine is one with a python3 and nothing else, whose pip puts a moto_server where pip does.
type machine struct {
	moto.Finder
	env      map[string]string
	programs map[string]string
	commands [][]string
	log      strings.Builder
}

func newMachine(t *testing.T) *machine {
	m := &machine{env: map[string]string{}, programs: map[string]string{"python3": "/usr/bin/python3"}}
	m.Finder = moto.Finder{
		CacheDir: t.TempDir(),
		Log:      &m.log,
		Getenv:   func(name string) string { return m.env[name] },
		LookPath: func(name string) (string, error) {
			if path, ok := m.programs[name]; ok {
				return path, nil
			}
			return "", fs.ErrNotExist
		},
		Run: func(_ context.Context, command ...string) error {
			m.commands = append(m.commands, command)
			if len(m.commands) == 2 {
				return putMoto(filepath.Dir(filepath.Dir(command[0])))
			}
			return nil
		},
	}
	return m
}

func putMoto(home string) error {
	if err := os.MkdirAll(filepath.Join(home, "bin"), 0o755); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(home, "bin", "moto_server"), []byte("#!/bin/sh\n"), 0o755)
}

func (m *machine) cached() string { return filepath.Join(m.CacheDir, "moto", "bin", "moto_server") }

func TestBinaryIsFoundWhereItIs(t *testing.T) {
	m := newMachine(t)
	find := func(want string) {
		t.Helper()
		if got, err := m.Binary(t.Context()); err != nil || got != want || len(m.commands) != 0 {
			t.Errorf("got %s, %v after running %v, want %s", got, err, m.commands, want)
		}
	}
	if err := putMoto(filepath.Join(m.CacheDir, "moto")); err != nil {
		t.Fatal(err)
	}
	find(m.cached())
	m.programs["moto_server"] = "/usr/bin/moto_server"
	find("/usr/bin/moto_server")
	m.env["MOTO_SERVER"], m.programs["/opt/moto"] = "/opt/moto", "/opt/moto"
	find("/opt/moto")
	m.env["MOTO_SERVER"] = "/nowhere"
	if _, err := m.Binary(t.Context()); err == nil || !strings.Contains(err.Error(), "MOTO_SERVER names no program") {
		t.Errorf("got %v", err)
	}
}

func TestBinaryIsInstalledWhenThereIsNone(t *testing.T) {
	m := newMachine(t)
	for range 2 { // the second time it is there
		got, err := m.Binary(t.Context())
		if err != nil || got != m.cached() {
			t.Fatalf("got %s, %v", got, err)
		}
	}
	if len(m.commands) != 2 {
		t.Fatalf("ran %q", m.commands)
	}
	made := m.commands[0][3]
	for i, want := range []string{
		"/usr/bin/python3 -m venv " + made,
		made + "/bin/python -m pip install --quiet --disable-pip-version-check moto[server]==5.2.1",
	} {
		if got := strings.Join(m.commands[i], " "); got != want {
			t.Errorf("ran  %s\nwant %s", got, want)
		}
	}
	if filepath.Dir(made) != m.CacheDir {
		t.Errorf("installed into %s, outside the cache", made)
	}
	if _, err := os.Stat(m.cached()); err != nil {
		t.Error(err)
	}
	if got := m.log.String(); strings.Count(got, "\n") != 1 || !strings.Contains(got, "installing moto 5.2.1") {
		t.Errorf("said %q", got)
	}
}

func TestAHalfMadeInstallationIsNeverUsed(t *testing.T) {
	m := newMachine(t)
	whole := m.Run
	m.Run = func(ctx context.Context, command ...string) error {
		_ = whole(ctx, command...)
		if len(m.commands) == 2 {
			return errors.New("no network")
		}
		return nil
	}
	if _, err := m.Binary(t.Context()); err == nil || !strings.Contains(err.Error(), "no network") || !strings.Contains(err.Error(), "MOTO_SERVER") {
		t.Errorf("got %v", err)
	}
	left, err := os.ReadDir(m.CacheDir)
	if err != nil || len(left) != 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func TestAnotherProcessMayBeFirst(t *testing.T) {
	m := newMachine(t)
	alone := m.Run
	m.Run = func(ctx context.Context, command ...string) error {
		if err := alone(ctx, command...); err != nil || len(m.commands) < 2 {
			return err
		}
		return putMoto(filepath.Join(m.CacheDir, "moto"))
	}
	if got, err := m.Binary(t.Context()); err != nil || got != m.cached() {
		t.Errorf("got %s, %v", got, err)
	}
	if left, err := os.ReadDir(m.CacheDir); err != nil || len(left) != 1 {
		t.Errorf("our own copy was left behind: %v, %v", left, err)
	}
}

func TestPythonIsNeeded(t *testing.T) {
	m := newMachine(t)
	delete(m.programs, "python3")
	if _, err := m.Binary(t.Context()); err == nil || !strings.Contains(err.Error(), "python3 is needed") {
		t.Errorf("got %v", err)
	}
	if len(m.commands) != 0 {
		t.Errorf("ran %v", m.commands)
	}
}

func TestTheCacheIsTheUsersOwnUnlessNamed(t *testing.T) {
	home := t.TempDir()
	t.Setenv("HOME", home)
	t.Setenv("XDG_CACHE_HOME", home)
	t.Chdir(home)
	users, err := os.UserCacheDir()
	if err != nil {
		t.Fatal(err)
	}
	for set, want := range map[string]string{"": filepath.Join(users, "provisioner"), filepath.Join(home, "absolute"): filepath.Join(home, "absolute"), "relative": filepath.Join(home, "relative")} {
		m := newMachine(t)
		m.CacheDir, m.env["PROVISIONER_CACHE"] = "", set
		if got, err := m.Binary(t.Context()); err != nil || got != filepath.Join(want, "moto", "bin", "moto_server") {
			t.Errorf("PROVISIONER_CACHE=%q: got %s, %v, want it in %s", set, got, err, want)
		}
	}
}

func TestTheRealRunnerTellsWhatWentWrong(t *testing.T) {
	err := moto.NewFinder("").Run(t.Context(), "sh", "-c", "echo no such package; exit 1")
	if err == nil || !strings.Contains(err.Error(), "no such package") {
		t.Errorf("got %v", err)
	}
}
