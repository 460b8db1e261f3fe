package runner

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// run does what a suite was ordered to do; print tells its result, and write leaves it in a file.
func (r *Runner) run(ctx context.Context, name string, print func(Result) string, write func(Result) error) (reply, error) {
	result := r.suite(name)
	if result.Hang {
		<-ctx.Done()
		return reply{}, ctx.Err()
	}
	if result.Crash {
		return reply{status: 139, out: "running " + name + " ...\nSegmentation fault (core dumped)\n"}, nil
	}
	if err := write(result); err != nil {
		return failed(3, "%v", err)
	}
	status := 0
	if result.Failed+result.Errors > 0 {
		status = 1
	}
	return reply{status: status, out: print(result)}, nil
}

func nothing(Result) error { return nil }

// pytest is the suite of the environment it is called from.
func pytest(ctx context.Context, m *machine, q question) (reply, error) {
	name := filepath.Base(filepath.Dir(filepath.Dir(q.path)))
	file := q.option("--junitxml")
	return m.runner.run(ctx, name, pytestWords, func(r Result) error { return writeJUnit(file, r) })
}

func pytestWords(r Result) string {
	return fmt.Sprintf("============ %d failed, %d passed, %d skipped, %d errors in 12.34s ============\n", r.Failed, r.Passed, r.Skipped, r.Errors)
}

// writeJUnit writes what pytest does, or nothing when it was not asked for.
func writeJUnit(file string, r Result) error {
	if file == "" {
		return nil
	}
	return os.WriteFile(file, fmt.Appendf(nil,
		`<?xml version="1.0" encoding="utf-8"?><testsuites name="pytest tests"><testsuite name="pytest" errors="%d" failures="%d" skipped="%d" tests="%d" time="12.34"><testcase classname="a" name="b"/></testsuite></testsuites>`,
		r.Errors, r.Failed, r.Skipped, r.Passed+r.Failed+r.Skipped+r.Errors), 0o600)
}

// npm runs jest for "npm test".
func npm(ctx context.Context, m *machine, q question) (reply, error) {
	if len(q.words) < 2 || q.words[1] != "test" {
		return done("")
	}
	return m.runner.run(ctx, "node", func(r Result) string {
		return fmt.Sprintf("Tests: %d failed, %d skipped, %d passed, %d total\n", r.Failed, r.Skipped, r.Passed, r.Passed+r.Failed+r.Skipped)
	}, func(r Result) error {
		text, err := json.Marshal(map[string]any{
			"numFailedTests": r.Failed, "numPassedTests": r.Passed, "numPendingTests": r.Skipped, "numRuntimeErrorTestSuites": r.Errors,
			"success": r.Failed+r.Errors == 0, "testResults": []any{},
		})
		if file := q.option("--outputFile"); err == nil && file != "" {
			err = os.WriteFile(file, text, 0o600)
		}
		return err
	})
}

// container is a suite that runs in the build container, by the container's name.
func container(ctx context.Context, m *machine, q question) (reply, error) {
	name := q.option("--name")
	switch name {
	case "ams-environment", "manager-environment":
		return done("")
	case "build":
		return m.runner.run(ctx, name, func(r Result) string {
			return fmt.Sprintf("scan-build: %d bugs found.\n", r.Failed+r.Errors)
		}, nothing)
	case "selftest":
		return m.runner.run(ctx, name, func(r Result) string {
			bar := strings.Repeat("*", 33) + "\n"
			return bar + fmt.Sprintf("number of tests: %d\nnumber of skipped tests: %d\nnumber of asserts: 1234\nnumber of errors: %d\n",
				r.Passed+r.Failed+r.Skipped, r.Skipped, r.Failed+r.Errors) + bar
		}, nothing)
	}
	file := q.words[len(q.words)-1]
	return m.runner.run(ctx, name, pytestWords, func(r Result) error { return writeJUnit(file, r) })
}
