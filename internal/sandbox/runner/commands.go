package runner

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// command is what a machine does for a call. An error says that it does not end by itself.
type command func(context.Context, *machine, question) (reply, error)

var commands map[string]command

func init() { // not a literal: what it leads to, leads back to it
	commands = map[string]command{
		"aws": amazon, "conda": conda, "curl": download, "docker": docker, "git": git, "make": makeTarget, "mamba": conda, "npm": npm,
		"poweroff": shutdown, "pytest": pytest, "shutdown": shutdown, "sleep": sleep, "wget": download,
	}
}

func done(out string) (reply, error) { return reply{out: out}, nil }

func failed(status int, format string, args ...any) (reply, error) {
	return reply{status: status, out: fmt.Sprintf(format, args...) + "\n", toErr: true}, nil
}

// shortest is how long the shortest pause takes, however fast time passes: a program that looks for something every
// few seconds would else do nothing but look.
const shortest = 50 * time.Millisecond

func sleep(ctx context.Context, m *machine, q question) (reply, error) {
	seconds, err := strconv.ParseFloat(strings.TrimSuffix(q.words[len(q.words)-1], "s"), 64)
	if err != nil {
		return failed(1, "sleep: invalid time interval")
	}
	pause := m.runner.inMachine(time.Duration(seconds * float64(time.Second)))
	return reply{}, m.runner.options.Clock.Sleep(ctx, max(pause, shortest))
}

// shutdown ends the instance as EC2 does for a system that goes down: now, or at the end of so many minutes.
func shutdown(_ context.Context, m *machine, q question) (reply, error) {
	when := "now"
	if q.words[0] == "shutdown" {
		when = q.words[len(q.words)-1]
	}
	if when == "now" {
		m.goDown(0)
		return done("")
	}
	minutes, err := strconv.Atoi(strings.TrimPrefix(when, "+"))
	if err != nil || minutes < 0 {
		return failed(1, "Failed to parse time specification: %s", when)
	}
	m.goDown(time.Duration(minutes) * time.Minute)
	return done("")
}

// goDown powers a machine off after some of its time, whether its program has ended by then or not.
func (m *machine) goDown(after time.Duration) {
	m.runner.stopped.Add(1)
	go func() {
		defer m.runner.stopped.Done()
		if m.runner.options.Clock.Sleep(m.life, m.runner.inMachine(after)) != nil {
			return
		}
		if after > 0 {
			m.powerOff() // what runs is told, and ends before the power goes
			<-m.ended
		}
		if err := m.runner.ended(m.life, m); err != nil && m.life.Err() == nil {
			m.runner.complain("end "+m.id, err)
		}
	}()
}

func hash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// git clones nothing, and lays out at a checkout what that version of SlideRule has.
func git(_ context.Context, m *machine, q question) (reply, error) {
	words := q.words[1:]
	dir := q.dir
	if len(words) > 1 && words[0] == "-C" {
		dir, words = words[1], words[2:]
	}
	switch words[0] {
	case "clone":
		if err := os.MkdirAll(filepath.Join(words[len(words)-1], ".git"), 0o755); err != nil {
			return failed(128, "fatal: %v", err)
		}
	case "checkout":
		version := words[len(words)-1]
		if version == "--" {
			version = words[len(words)-2]
		}
		m.mu.Lock()
		m.version = version
		m.mu.Unlock()
		for _, file := range layout(version) {
			path := filepath.Join(dir, file)
			if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
				return failed(128, "fatal: %v", err)
			}
			if err := os.WriteFile(path, []byte("\n"), 0o600); err != nil {
				return failed(128, "fatal: %v", err)
			}
		}
	case "rev-parse":
		m.mu.Lock()
		defer m.mu.Unlock()
		return done(hash(m.version)[:40] + "\n")
	}
	return done("")
}

// before says whether a version is older than another; a branch is as new as can be.
func before(version string, major, minor, patch int) bool {
	var a, b, c int
	if n, err := fmt.Sscanf(version, "v%d.%d.%d", &a, &b, &c); err != nil || n != 3 {
		return false
	}
	return slices.Compare([]int{a, b, c}, []int{major, minor, patch}) < 0
}

// layout is what the scripts look for: the folder of the applications was renamed, and the manager left.
func layout(version string) []string {
	apps := "apps"
	if before(version, 5, 4, 5) {
		apps = "applications"
	}
	files := []string{"clients/python/environment.yml", "clients/nodejs/package.json", "targets/slideruleearth/Makefile", apps + "/ams/environment.yml"}
	if before(version, 5, 0, 2) {
		files = append(files, apps+"/manager/environment.yml")
	}
	return files
}

// conda makes environments whose every program is a stand-in.
func conda(_ context.Context, m *machine, q question) (reply, error) {
	prefix := q.option("--prefix")
	if prefix == "" || !slices.Contains(q.words, "create") {
		return done("")
	}
	bin := filepath.Join(prefix, "bin")
	if err := os.MkdirAll(bin, 0o755); err != nil {
		return failed(1, "%v", err)
	}
	for _, name := range []string{"pip", "pytest", "python"} {
		if err := os.Symlink(filepath.Join(m.dir, "bin", "pip"), filepath.Join(bin, name)); err != nil {
			return failed(1, "%v", err)
		}
	}
	return done("")
}

// download gives an installer for everything, and the machine's own metadata.
func download(ctx context.Context, m *machine, q question) (reply, error) {
	const metadata = "http://169.254.169.254/latest/"
	url := q.words[len(q.words)-1]
	path, ok := strings.CutPrefix(url, metadata)
	if !ok {
		file := q.option("--output")
		if file == "" {
			return done("")
		}
		if err := os.WriteFile(file, []byte(installer), 0o700); err != nil {
			return failed(23, "curl: (23) %v", err)
		}
		return done("")
	}
	if path == "api/token" && q.option("--request") == "PUT" {
		return done("token-of-" + m.id)
	}
	if !slices.Contains(q.words, "X-aws-ec2-metadata-token: token-of-"+m.id) {
		return failed(22, "curl: (22) The requested URL returned error: 401")
	}
	switch path {
	case "meta-data/instance-id":
		return done(m.id)
	case "meta-data/placement/region":
		return done(m.region)
	case "meta-data/spot/instance-action":
		notice, err := m.runner.notice(ctx, m)
		if err != nil && ctx.Err() == nil {
			m.runner.complain("the notice of "+m.id, err)
		}
		if notice != "" {
			return done(notice)
		}
	}
	return failed(22, "curl: (22) The requested URL returned error: 404")
}
