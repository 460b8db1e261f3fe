package moto

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
)

// Version is the moto that this sandbox is tested with.
const Version = "5.2.1"

// Finder finds moto_server on this machine or installs it. Its fields are seams; [NewFinder] fills them.
type Finder struct {
	CacheDir string    // where to install; "" is $PROVISIONER_CACHE or a folder in the user's cache directory
	Log      io.Writer // told before something slow
	Getenv   func(string) string
	LookPath func(string) (string, error)
	Run      func(ctx context.Context, command ...string) error
}

// NewFinder is a Finder for this machine.
func NewFinder(cacheDir string) Finder {
	return Finder{
		CacheDir: cacheDir,
		Log:      os.Stderr,
		Getenv:   os.Getenv,
		LookPath: exec.LookPath,
		Run: func(ctx context.Context, command ...string) error {
			if out, err := exec.CommandContext(ctx, command[0], command[1:]...).CombinedOutput(); err != nil {
				return fmt.Errorf("%s: %w\n%s", command[0], err, out)
			}
			return nil
		},
	}
}

// cacheDir is absolute, for a virtual environment knows itself by its path.
func (f Finder) cacheDir() (string, error) {
	if dir := cmp.Or(f.CacheDir, f.Getenv("PROVISIONER_CACHE")); dir != "" {
		return filepath.Abs(dir)
	}
	dir, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("nowhere to install moto, set PROVISIONER_CACHE to a folder: %w", err)
	}
	return filepath.Join(dir, "provisioner"), nil
}

// Binary is the moto_server that MOTO_SERVER names, or the one on the PATH, or the one in the cache, which it
// installs when need be.
func (f Finder) Binary(ctx context.Context) (string, error) {
	if named := f.Getenv("MOTO_SERVER"); named != "" {
		path, err := f.LookPath(named)
		if err != nil {
			return "", fmt.Errorf("MOTO_SERVER names no program: %w", err)
		}
		return path, nil
	}
	if path, err := f.LookPath("moto_server"); err == nil {
		return path, nil
	}
	cache, err := f.cacheDir()
	if err != nil {
		return "", err
	}
	home := filepath.Join(cache, "moto")
	binary := filepath.Join(home, "bin", "moto_server")
	if exists(binary) {
		return binary, nil
	}
	if err := f.install(ctx, home); err != nil {
		return "", fmt.Errorf("install moto %s (or set MOTO_SERVER to one that you have): %w", Version, err)
	}
	return binary, nil
}

// install makes a virtual environment beside home and links home to it when it is complete: a half-made one is never
// taken for moto, and of two processes that install at the same time both end up with a whole one.
func (f Finder) install(ctx context.Context, home string) error {
	python, err := f.LookPath("python3")
	if err != nil {
		return fmt.Errorf("python3 is needed: %w", err)
	}
	if err := os.MkdirAll(filepath.Dir(home), 0o755); err != nil {
		return err
	}
	made, err := os.MkdirTemp(filepath.Dir(home), "moto-"+Version+"-*")
	if err != nil {
		return err
	}
	_, _ = fmt.Fprintf(f.Log, "sandbox: installing moto %s into %s (once; about a minute)\n", Version, home)
	err = f.Run(ctx, python, "-m", "venv", made)
	if err == nil {
		err = f.Run(ctx, filepath.Join(made, "bin", "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "moto[server]=="+Version)
	}
	if err == nil {
		err = os.Symlink(filepath.Base(made), home)
	}
	if err == nil {
		return nil
	}
	if exists(filepath.Join(home, "bin", "moto_server")) {
		err = nil // another process was first
	}
	return errors.Join(err, os.RemoveAll(made))
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
