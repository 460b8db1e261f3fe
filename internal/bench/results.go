package main

import (
	"cmp"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
)

// results are everything that was measured.
type results struct {
	machine  machine
	options  options
	provider providerAlone
	waits    []wait
	figures  []figure
}

type machine struct {
	cores     int
	memory    int64 // bytes; 0 is not known
	load      string
	platform  string
	golang    string
	terraform string
}

type providerAlone struct {
	bytes       int64
	schema      []float64 // seconds
	schemaBytes int
}

// wait is one person's thing, with everything that is waited for.
type wait struct {
	kind         *kind
	cloud, floor float64 // seconds
	ours         cost
	then         []cost // what was done with it then, as its kind lists it
}

// asked are the calls of all that was done; "" where there is no more than the table has.
func (w wait) asked() string {
	if len(w.then) == 0 {
		return ""
	}
	looks := 0
	for _, name := range w.kind.alone.looks {
		looks += w.ours.Calls.Others[name]
	}
	text := fmt.Sprintf("Calls: %s to create it, %s of them looks meanwhile", number(w.ours.Calls.all()), number(looks))
	for i, c := range w.then {
		text += fmt.Sprintf(", %s %s", number(c.Calls.all()), w.kind.alone.then[i].what)
	}
	return text + "."
}

// own is what is left of the apply after the cloud's time and Terraform's.
func (w wait) own() float64 { return w.ours.Seconds - w.cloud - w.floor }

// figure is one phase of one campaign, as often as it was repeated.
type figure struct {
	campaign
	phase       phase
	floor, ours []cost
}

func (f figure) floorSeconds() float64 { return medianOf(f.floor, cost.seconds) }
func (f figure) seconds() float64      { return medianOf(f.ours, cost.seconds) }
func (f figure) ratio() float64        { return f.seconds() / f.floorSeconds() }

// calls are those of the first repetition: they hardly differ, and a median of each kind would not add up.
func (f figure) calls() tally { return f.ours[0].Calls }

func (c cost) seconds() float64 { return c.Seconds }

// median is the middle of an odd number of values, and the mean of the two middle ones of an even number.
func median(values []float64) float64 {
	if len(values) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(values))
	middle := len(sorted) / 2
	if len(sorted)%2 == 1 {
		return sorted[middle]
	}
	return (sorted[middle-1] + sorted[middle]) / 2
}

func medianOf(costs []cost, what func(cost) float64) float64 {
	values := make([]float64, len(costs))
	for i, c := range costs {
		values[i] = what(c)
	}
	return median(values)
}

// find is the figure of a phase of a kind under a condition.
func (r *results) find(k *kind, p phase, people int, latency int64, limited bool) (figure, bool) {
	for _, f := range r.figures {
		if f.kind == k && f.phase == p && f.people == people && f.latency.Milliseconds() == latency && f.limited == limited {
			return f, true
		}
	}
	return figure{}, false
}

// of are a kind's figures: those under rate limits last, and the phases of one roster together.
func (r *results) of(k *kind) []figure {
	all := slices.DeleteFunc(slices.Clone(r.figures), func(f figure) bool { return f.kind != k })
	slices.SortStableFunc(all, func(a, b figure) int {
		if a.limited != b.limited {
			return map[bool]int{false: -1, true: 1}[a.limited]
		}
		return cmp.Or(cmp.Compare(a.people, b.people), cmp.Compare(a.latency, b.latency))
	})
	return all
}

func newResults(o options, s *stage) *results {
	load := "not known"
	if text, err := os.ReadFile("/proc/loadavg"); err == nil {
		load, _, _ = strings.Cut(string(text), " ")
	}
	memory := int64(0)
	if text, err := os.ReadFile("/proc/meminfo"); err == nil {
		memory = totalMemory(string(text))
	}
	return &results{options: o, machine: machine{
		cores: runtime.NumCPU(), memory: memory, load: load, platform: runtime.GOOS + "/" + runtime.GOARCH,
		golang: strings.TrimPrefix(runtime.Version(), "go"), terraform: s.version,
	}}
}

func totalMemory(meminfo string) int64 {
	_, after, _ := strings.Cut(meminfo, "MemTotal:")
	fields := strings.Fields(after)
	if len(fields) == 0 {
		return 0
	}
	kilobytes, _ := strconv.ParseInt(fields[0], 10, 64)
	return kilobytes * 1024
}
