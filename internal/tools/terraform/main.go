// Command terraform prints the path of a Terraform CLI that is new enough, and installs one when there is none.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/hashicorp/go-version"
	"github.com/hashicorp/hc-install/fs"
	"github.com/hashicorp/hc-install/product"
	"github.com/hashicorp/hc-install/releases"
)

const (
	// constraint is the one place that says which Terraform we work with.
	constraint = ">= 1.11.0, < 2.0.0"
	cacheDir   = ".cache/terraform"
)

func main() {
	path, err := run(context.Background())
	if err != nil {
		fmt.Fprintln(os.Stderr, "terraform:", err)
		os.Exit(1)
	}
	fmt.Println(path)
}

func run(ctx context.Context) (string, error) {
	dir, err := filepath.Abs(cacheDir)
	if err != nil {
		return "", err
	}
	constraints, err := version.NewConstraint(constraint)
	if err != nil {
		return "", err
	}
	// PATH comes first, then our own cache.
	found := &fs.Version{Product: product.Terraform, Constraints: constraints, ExtraPaths: []string{dir}}
	released := &releases.LatestVersion{Product: product.Terraform, Constraints: constraints, InstallDir: dir}
	return ensure(ctx, os.Stderr, found.Find, func(ctx context.Context) (string, error) {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return "", err
		}
		return released.Install(ctx)
	})
}

// ensure returns what find finds and otherwise what install installs, and tells progress of the slow way.
func ensure(ctx context.Context, progress io.Writer, find, install func(context.Context) (string, error)) (string, error) {
	path, err := find(ctx)
	if err == nil {
		return path, nil
	}
	fmt.Fprintf(progress, "terraform: none %s on PATH or in %s; downloading a release\n", constraint, cacheDir)
	path, installErr := install(ctx)
	if installErr != nil {
		return "", fmt.Errorf("there is no Terraform %s, and none could be installed: %w\n"+
			"Install one, put it on PATH and run this again (https://developer.hashicorp.com/terraform/install).\n"+
			"What was looked at: %w", constraint, installErr, err)
	}
	fmt.Fprintln(progress, "terraform: installed", path)
	return path, nil
}
