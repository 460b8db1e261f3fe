package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// This file reads Linux's /proc. Elsewhere there is none, and everything here is zero: not measured.

// tick is the unit of processor time in /proc, the same on every Linux we meet.
const tick = time.Second / 100

// statOf is what /proc/PID/stat says after the command's name, which may itself hold spaces and brackets.
func statOf(pid string) []string {
	text, err := os.ReadFile(filepath.Join("/proc", pid, "stat"))
	if err != nil {
		return nil
	}
	return strings.Fields(string(text[bytes.LastIndexByte(text, ')')+1:]))
}

// Places in that list.
const (
	statParent = 1
	statUser   = 11
	statSystem = 12
)

func cpuOf(pid string) time.Duration {
	stat := statOf(pid)
	if len(stat) <= statSystem {
		return 0
	}
	user, _ := strconv.ParseInt(stat[statUser], 10, 64)
	system, _ := strconv.ParseInt(stat[statSystem], 10, 64)
	return time.Duration(user+system) * tick
}

// peakOf is the most memory that a process has held so far, in bytes.
func peakOf(pid string) int64 {
	text, err := os.ReadFile(filepath.Join("/proc", pid, "status"))
	if err != nil {
		return 0
	}
	return highWater(string(text))
}

func highWater(status string) int64 {
	_, after, found := strings.Cut(status, "VmHWM:")
	if !found { // a process that has ended and not been waited for
		return 0
	}
	line, _, _ := strings.Cut(after, "\n")
	kilobytes, _ := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(line), " kB"), 10, 64)
	return kilobytes * 1024
}

// kin follows one process and its children. A process is looked at once to learn whose child it is: looking at all
// of them every time would itself cost what is measured.
type kin struct {
	parent   string
	known    map[string]bool // whether it is a child
	cpu      time.Duration   // of the parent alone
	own      int64           // the parent's peak
	children int64           // the largest child's peak
}

func newKin(pid int) *kin { return &kin{parent: strconv.Itoa(pid), known: map[string]bool{}} }

func (k *kin) look() {
	if used := cpuOf(k.parent); used > 0 {
		k.cpu = used
	}
	k.own = max(k.own, peakOf(k.parent))
	folder, err := os.Open("/proc")
	if err != nil {
		return
	}
	names, _ := folder.Readdirnames(-1)
	_ = folder.Close()
	for _, pid := range names {
		if pid[0] < '0' || pid[0] > '9' {
			continue
		}
		child, known := k.known[pid]
		if !known {
			stat := statOf(pid)
			child = len(stat) > statParent && stat[statParent] == k.parent
			k.known[pid] = child
		}
		if child {
			k.children = max(k.children, peakOf(pid))
		}
	}
}
