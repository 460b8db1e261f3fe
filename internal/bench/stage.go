package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
)

// What the Makefile builds.
const (
	providerBinary = "bin/terraform-provider-provisioner"
	sandboxBinary  = "bin/sandbox"
)

// stage is a scratch folder with everything a run needs. The binaries are copies, so that a build at the same time
// does not change what is measured half-way.
type stage struct {
	dir       string
	terraform string
	version   string // of Terraform
	provider  string
	sandbox   string
	cliConfig string
}

func build(ctx context.Context, terraform string) (s *stage, err error) {
	dir, err := os.MkdirTemp("", "provisioner-bench-*")
	if err != nil {
		return nil, err
	}
	s = &stage{dir: dir, terraform: terraform}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.close())
		}
	}()
	if s.terraform == "" {
		if s.terraform, err = findTerraform(ctx); err != nil {
			return nil, err
		}
	}
	if s.version, err = terraformVersion(ctx, s.terraform); err != nil {
		return nil, err
	}
	mirror := filepath.Join(dir, "mirror")
	// Newer than every release, and laid out as Terraform expects a mirror.
	s.provider = filepath.Join(mirror, "registry.terraform.io/data-access/provisioner/99.0.0", runtime.GOOS+"_"+runtime.GOARCH, "terraform-provider-provisioner_v99.0.0")
	s.sandbox = filepath.Join(dir, "sandbox")
	s.cliConfig = filepath.Join(dir, "terraformrc")
	return s, errors.Join(
		copyProgram(providerBinary, s.provider),
		copyProgram(sandboxBinary, s.sandbox),
		os.WriteFile(s.cliConfig, fmt.Appendf(nil, "provider_installation {\n  filesystem_mirror {\n    path = %q\n  }\n}\n", mirror), 0o600),
	)
}

func (s *stage) close() error { return os.RemoveAll(s.dir) }

func copyProgram(from, to string) error {
	source, err := os.Open(from)
	if err != nil {
		return fmt.Errorf("run `make build` first, at the top of the repository: %w", err)
	}
	defer source.Close()
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return err
	}
	target, err := os.OpenFile(to, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o755)
	if err != nil {
		return err
	}
	_, err = io.Copy(target, source)
	return errors.Join(err, target.Close())
}

// findTerraform is the CLI that the tests use.
func findTerraform(ctx context.Context) (string, error) {
	if path := os.Getenv("TF_ACC_TERRAFORM_PATH"); path != "" {
		return path, nil
	}
	var said bytes.Buffer
	cmd := exec.CommandContext(ctx, "go", "run", "./internal/tools/terraform")
	cmd.Stderr = &said
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("find a Terraform: %w\n%s", err, &said)
	}
	return strings.TrimSpace(string(out)), nil
}

func terraformVersion(ctx context.Context, terraform string) (string, error) {
	cmd := exec.CommandContext(ctx, terraform, "version", "-json")
	cmd.Env = cleaned(os.Environ(), "CHECKPOINT_DISABLE=1", "TF_CLI_CONFIG_FILE="+os.DevNull)
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("%s version: %w", terraform, err)
	}
	var told struct {
		Version string `json:"terraform_version"`
	}
	err = json.Unmarshal(out, &told)
	return told.Version, err
}

// environ is the environment of a measured Terraform.
func (s *stage) environ(more ...string) []string {
	return cleaned(os.Environ(), append([]string{"CHECKPOINT_DISABLE=1", "TF_IN_AUTOMATION=1", "TF_CLI_CONFIG_FILE=" + s.cliConfig}, more...)...)
}

// vendorVariables are families of variables that would change what is measured, or lead it out to a real cloud.
var vendorVariables = map[string]bool{
	"TF": true, "DATABRICKS": true, "GOOGLE": true, "CLOUDSDK": true, "GCLOUD": true, "GCE": true, "STORAGE": true, "AWS": true, "SLACK": true, "SLIDERULE": true, "PROVISIONER": true,
}

func cleaned(outside []string, more ...string) (env []string) {
	for _, variable := range outside {
		if family, _, _ := strings.Cut(variable, "_"); !vendorVariables[family] {
			env = append(env, variable)
		}
	}
	return append(env, more...)
}
