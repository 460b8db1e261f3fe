package main

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"os"
	"os/signal"
	"slices"
	"strconv"
	"strings"
	"syscall"
)

// printEnv writes env as shell commands and closes w, so that whoever reads to the end can go on.
func printEnv(w io.WriteCloser, env map[string]string) error {
	// A reader that is gone shall be an error here, not the end of this process before it has cleaned up.
	signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE)
	env["PROVISIONER_SANDBOX_PID"] = strconv.Itoa(os.Getpid())
	var lines bytes.Buffer
	for _, name := range slices.Sorted(maps.Keys(env)) {
		fmt.Fprintf(&lines, "export %s=%s\n", name, quote(env[name]))
	}
	if _, err := w.Write(lines.Bytes()); err != nil {
		return err
	}
	return w.Close()
}

// quote makes any text one word of a POSIX shell.
func quote(text string) string {
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}
