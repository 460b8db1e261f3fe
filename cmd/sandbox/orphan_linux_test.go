package main_test

import (
	"io"
	"os"
	"syscall"
	"testing"
)

func TestMotoDoesNotOutliveAKilledSandbox(t *testing.T) {
	w := watchMoto(t, false)
	// Whoever reads a named pipe gets its end when the last writer is gone: moto inherits this one.
	if err := syscall.Mkfifo(w.path("alive"), 0o600); err != nil {
		t.Fatal(err)
	}
	script, err := os.ReadFile(w.path("moto"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(w.path("moto"), append([]byte("#!/bin/sh\nexec 9> '"+w.path("alive")+"'\n"), script...), 0o755); err != nil {
		t.Fatal(err)
	}
	cmd, out := background(t, "-env")
	alive, err := os.Open(w.path("alive"))
	if err != nil {
		t.Fatal(err)
	}
	defer alive.Close()
	if _, err := io.ReadAll(out); err != nil { // it is up
		t.Fatal(err)
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadAll(alive); err != nil {
		t.Error(err)
	}
}
