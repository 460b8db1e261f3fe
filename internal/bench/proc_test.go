package main

import (
	"os"
	"runtime"
	"strconv"
	"testing"
)

func TestReadingsOfLinux(t *testing.T) {
	if got := highWater("Name:\tx\nVmPeak:\t  9 kB\nVmHWM:\t   50844 kB\nVmRSS:\t 1 kB\n"); got != 50844*1024 {
		t.Errorf("high water: %d", got)
	}
	if got := highWater("Name:\tx\nState:\tZ (zombie)\n"); got != 0 {
		t.Errorf("high water of a zombie: %d", got)
	}
	if got := totalMemory("MemTotal:        2048 kB\nMemFree: 1 kB\n"); got != 2<<20 {
		t.Errorf("memory: %d", got)
	}
}

func TestOneKnowsItsChildren(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("needs /proc")
	}
	if peakOf("no such process") != 0 || cpuOf("no such process") != 0 {
		t.Error("a process that is not there was measured")
	}
	k := newKin(os.Getppid())
	k.look()
	if !k.known[strconv.Itoa(os.Getpid())] || k.own == 0 || k.children < peakOf(strconv.Itoa(os.Getpid()))/2 {
		t.Errorf("got %+v", k)
	}
}
