//go:build unix

package moto_test

import (
	"context"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/moto"
)

func TestStartResetStop(t *testing.T) {
	server, err := moto.Start(t.Context(), moto.NewFinder(""), moto.Options{Plain: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Close)
	do := func(method, path string) int {
		t.Helper()
		req, err := http.NewRequestWithContext(t.Context(), method, server.URL+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=K/20260102/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=x")
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		return resp.StatusCode
	}
	if do("PUT", "/a-bucket") != 200 || do("HEAD", "/a-bucket") != 200 {
		t.Fatal("moto has no working S3")
	}
	if err := server.Reset(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := do("HEAD", "/a-bucket"); got != 404 {
		t.Errorf("the bucket outlived a reset: %d", got)
	}
	server.Close()
	server.Close()
	if err := syscall.Kill(server.PID(), 0); !errors.Is(err, syscall.ESRCH) {
		t.Errorf("moto still runs: %v", err)
	}
	if err := server.Reset(t.Context()); err == nil {
		t.Error("a moto that is gone was reset")
	}
}

// program writes a stand-in for moto_server.
func program(t *testing.T, script string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "moto_server")
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+script), 0o755); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestAMotoThatEndsIsToldWithItsLog(t *testing.T) {
	_, err := moto.Run(t.Context(), program(t, "echo ModuleNotFoundError: flask >&2; exit 1"), moto.Options{})
	if err == nil || !strings.Contains(err.Error(), "ModuleNotFoundError: flask") || !strings.Contains(err.Error(), "exit status 1") {
		t.Errorf("got %v", err)
	}
}

func TestOnlyTheEndOfALongLogIsTold(t *testing.T) {
	_, err := moto.Run(t.Context(), program(t, "seq 100000; exit 1"), moto.Options{})
	if err == nil || !strings.HasSuffix(err.Error(), "\n100000") || len(err.Error()) > 5000 {
		t.Errorf("got %d characters", len(err.Error()))
	}
}

func TestAMotoThatHangsIsEndedWithTheContext(t *testing.T) {
	pidFile := filepath.Join(t.TempDir(), "pid")
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	// The stand-in says when to give up, so that no time has to pass.
	ready := filepath.Join(t.TempDir(), "ready")
	if err := syscall.Mkfifo(ready, 0o600); err != nil {
		t.Fatal(err)
	}
	go func() {
		_, _ = os.ReadFile(ready) // until the stand-in has written
		cancel()
	}()
	_, err := moto.Run(ctx, program(t, "echo $$ > "+pidFile+"; echo > "+ready+"; exec sleep 1000"), moto.Options{})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	text, err := os.ReadFile(pidFile)
	if err != nil {
		t.Fatal(err)
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(pid, 0); !errors.Is(err, syscall.ESRCH) {
		t.Errorf("the stand-in still runs: %v", err)
	}
}

func TestAMissingProgramIsToldByName(t *testing.T) {
	if _, err := moto.Run(t.Context(), "/nowhere/moto_server", moto.Options{}); err == nil || !strings.Contains(err.Error(), "/nowhere/moto_server") {
		t.Errorf("got %v", err)
	}
}
