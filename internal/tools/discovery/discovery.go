// Package discovery finds Google's own machine-readable descriptions of its APIs. They ship inside the Go module whose
// clients the product uses, so what the fakes judge by and what the product speaks are always of one version.
package discovery

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"
	"sync"
)

const module = "google.golang.org/api"

// Read is the description of one API in one version, such as "notebooks/v2": a JSON document.
func Read(api string) ([]byte, error) {
	root, err := folder()
	if err != nil {
		return nil, fmt.Errorf("find Google's description of %s: %w", api, err)
	}
	name, _, _ := strings.Cut(api, "/")
	return os.ReadFile(filepath.Join(root, filepath.FromSlash(api), name+"-api.json"))
}

// folder asks go where the module is, once in a process. The question is put beside this source, so that it does not
// matter where a test runs; a binary that was moved, or built with -trimpath, asks for the version it was built with.
var folder = sync.OnceValues(func() (string, error) {
	wanted, dir := module, os.TempDir()
	if _, source, _, ok := runtime.Caller(0); ok && isFile(source) {
		dir = filepath.Dir(source)
	} else if version := builtWith(module); version != "" {
		wanted += "@" + version
	}
	list := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", wanted)
	list.Dir = dir
	out, err := list.Output()
	var exit *exec.ExitError
	switch root := strings.TrimSpace(string(out)); {
	case errors.As(err, &exit):
		return "", fmt.Errorf("go list %s: %w: %s", wanted, err, exit.Stderr)
	case err != nil:
		return "", err
	case root == "":
		return "", fmt.Errorf("%s is not in the module cache: run go mod download", wanted)
	default:
		return root, nil
	}
})

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}

// builtWith is the version of a module that is in this binary.
func builtWith(path string) (version string) {
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, dependency := range info.Deps {
			if dependency.Path == path {
				version = dependency.Version
			}
		}
	}
	return version
}
