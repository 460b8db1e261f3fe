package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// checkOut makes the folder that an admin would have cloned, anew.
func checkOut(into string, folders ...string) error {
	if err := os.RemoveAll(into); err != nil {
		return err
	}
	for _, folder := range folders {
		if err := copySources(folder, filepath.Join(into, folder)); err != nil {
			return fmt.Errorf("copy %s: %w", folder, err)
		}
	}
	return nil
}

// copySources copies what a repository would hold: no links, and nothing that Terraform left behind.
func copySources(from, to string) error {
	return filepath.WalkDir(from, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		relative, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		target := filepath.Join(to, relative)
		name := entry.Name()
		switch {
		case entry.IsDir() && name == ".terraform":
			return fs.SkipDir
		case entry.IsDir():
			return os.MkdirAll(target, 0o755)
		case !entry.Type().IsRegular(), name == ".terraform.lock.hcl", strings.HasSuffix(name, ".tfstate"), strings.HasSuffix(name, ".tfstate.backup"):
			return nil
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(target, content, 0o644)
	})
}

// withoutSecrets fails when a file below dir holds one of the secrets.
func withoutSecrets(dir string, secrets ...string) error {
	return filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, secret := range secrets {
			if strings.Contains(string(content), secret) {
				return errors.New("a token is in " + path + ", where none may be")
			}
		}
		return nil
	})
}

// installedFrom fails unless the provider that Terraform will run in dir is one of the mirror's.
func installedFrom(mirror, dir string) error {
	const builds = "*/data-access/provisioner/*/*/terraform-provider-provisioner*"
	theirs, err := filepath.Glob(filepath.Join(dir, ".terraform", "providers", builds))
	if err != nil || len(theirs) != 1 {
		return fmt.Errorf("Terraform should have installed one provider, and has %d", len(theirs))
	}
	ours, err := filepath.Glob(filepath.Join(mirror, builds))
	if err != nil {
		return err
	}
	for _, build := range ours {
		one, err1 := os.ReadFile(build)
		other, err2 := os.ReadFile(theirs[0])
		if err1 == nil && err2 == nil && bytes.Equal(one, other) {
			return nil
		}
	}
	return fmt.Errorf("%s is not the provider in %s", theirs[0], mirror)
}
