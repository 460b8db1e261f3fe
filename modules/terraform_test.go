package modules_test

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/data-access/terraform-provider-provisioner/internal/sandbox"
)

// folder is a folder of configuration in a copy of the repository, and the environment that Terraform gets in it.
type folder struct {
	path string
	env  []string
}

// checkOut copies modules/ and examples/, as they stand in the repository, to where a test may leave things behind.
func checkOut(t *testing.T) string {
	t.Helper()
	if os.Getenv("TF_ACC") == "" {
		t.Skip("TF_ACC is empty: nothing that starts a CLI is tested")
	}
	for _, name := range []string{"TF_ACC_TERRAFORM_PATH", "TF_CLI_CONFIG_FILE"} {
		if os.Getenv(name) == "" {
			t.Fatalf("%s is not set: run `make test-modules`, which builds and installs the provider first", name)
		}
	}
	top := t.TempDir()
	for _, name := range []string{"modules", "examples"} {
		if err := copySources(filepath.Join(top, name), filepath.Join("..", name)); err != nil {
			t.Fatal(err)
		}
	}
	return top
}

// copySources leaves out what a run by hand has left behind.
func copySources(to, from string) error {
	return filepath.WalkDir(from, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		relative, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		target := filepath.Join(to, relative)
		switch name := entry.Name(); {
		case name == ".terraform":
			return filepath.SkipDir
		case entry.IsDir():
			return os.MkdirAll(target, 0o755)
		case strings.HasPrefix(name, ".terraform.") || strings.Contains(name, ".tfstate"):
			return nil
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(target, content, 0o644)
	})
}

// start starts a sandbox in which a warm-up takes two looks.
func start(t *testing.T, withAWS bool) *sandbox.Sandbox {
	t.Helper()
	s, err := sandbox.Start(t.Context(), sandbox.Options{Speed: 1000, WithoutAWS: !withAWS})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// in is a folder whose Terraform works in a sandbox, or in none.
func in(s *sandbox.Sandbox, path ...string) folder {
	env := os.Environ()
	if s != nil {
		env = s.Environ(env)
	}
	return folder{filepath.Join(path...), append(env, "CHECKPOINT_DISABLE=1", "TF_IN_AUTOMATION=1", "TF_INPUT=0")}
}

// run returns what a command said, on one line, and its exit status.
func (f folder) run(t *testing.T, args ...string) (said string, status int) {
	t.Helper()
	out, status := f.raw(t, args...)
	return strings.Join(strings.Fields(out), " "), status
}

// raw returns what a command said as it stands.
func (f folder) raw(t *testing.T, args ...string) (said string, status int) {
	t.Helper()
	var out bytes.Buffer
	cmd := exec.CommandContext(t.Context(), os.Getenv("TF_ACC_TERRAFORM_PATH"), args...)
	cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = f.path, f.env, &out, &out
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return out.String(), cmd.ProcessState.ExitCode()
}

// must fails the test unless a command ends with the status.
func (f folder) must(t *testing.T, status int, args ...string) string {
	t.Helper()
	said, got := f.raw(t, append(args, "-no-color")...)
	if got != status {
		t.Fatalf("terraform %s ended with %d, want %d:\n%s", strings.Join(args, " "), got, status, said)
	}
	return said
}

func (f folder) write(t *testing.T, name, content string) {
	t.Helper()
	path := filepath.Join(f.path, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

// matches lists what a pattern finds; nothing at all is a mistake in the pattern.
func matches(t *testing.T, pattern ...string) []string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(pattern...))
	if err != nil || len(found) == 0 {
		t.Fatalf("%s matches nothing (%v)", filepath.Join(pattern...), err)
	}
	return found
}
