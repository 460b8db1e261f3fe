package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/process"
	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/wire"
)

// cloud is a sandbox in a process of its own: what it costs is then neither the provider's nor Terraform's.
type cloud struct {
	process *process.Process
	environ []string
	control string
}

func (s *stage) startCloud(ctx context.Context, k *kind, flags ...string) (*cloud, error) {
	if !k.aws {
		flags = append(flags, "-without-aws")
	}
	cmd := exec.Command(s.sandbox, append([]string{"-env"}, flags...)...)
	var complaints bytes.Buffer
	cmd.Stderr = &complaints
	cmd.Env = s.environ()
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	running, err := process.Start(cmd, syscall.SIGTERM)
	if err != nil {
		return nil, err
	}
	c := &cloud{process: running}
	stop := context.AfterFunc(ctx, running.Kill) // ends the reading below
	exports, err := io.ReadAll(out)
	stop()
	if err == nil {
		c.environ = unquoted(string(exports))
		c.control = variable(c.environ, "PROVISIONER_SANDBOX")
	}
	if c.control == "" {
		running.Kill()
		return nil, errors.Join(fmt.Errorf("the sandbox does not start: %s", &complaints), err, ctx.Err())
	}
	return c, nil
}

// close leaves nothing running.
func (c *cloud) close() { c.process.Kill() }

// unquoted reads the lines that a shell would: export NAME='value'.
func unquoted(exports string) (environ []string) {
	for line := range strings.Lines(exports) {
		name, value, found := strings.Cut(strings.TrimPrefix(strings.TrimSpace(line), "export "), "=")
		if found {
			value = strings.TrimSuffix(strings.TrimPrefix(value, "'"), "'")
			environ = append(environ, name+"="+strings.ReplaceAll(value, `'\''`, "'"))
		}
	}
	return environ
}

func variable(environ []string, name string) string {
	for _, v := range environ {
		if value, found := strings.CutPrefix(v, name+"="); found {
			return value
		}
	}
	return ""
}

// reset empties the cloud and gives it a latency.
func (c *cloud) reset(ctx context.Context, latency time.Duration) error {
	if err := c.ask(ctx, http.MethodPost, "/reset", nil, nil); err != nil {
		return err
	}
	return c.ask(ctx, http.MethodPost, "/latency", map[string]int64{"ms": latency.Milliseconds()}, nil)
}

func (c *cloud) forgetCalls(ctx context.Context) error {
	return c.ask(ctx, http.MethodDelete, "/calls", nil, nil)
}

func (c *cloud) calls(ctx context.Context) (calls []wire.Call, err error) {
	return calls, c.ask(ctx, http.MethodGet, "/calls", nil, &calls)
}

// cpu is the processor time that the cloud has used so far.
func (c *cloud) cpu() time.Duration { return cpuOf(strconv.Itoa(c.process.PID())) }

func (c *cloud) ask(ctx context.Context, method, path string, body, into any) error {
	document, err := json.Marshal(body)
	if err != nil {
		return err
	}
	if body == nil {
		document = nil
	}
	req, err := http.NewRequestWithContext(ctx, method, c.control+path, bytes.NewReader(document))
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	if resp.StatusCode >= 300 {
		return fmt.Errorf("the sandbox answers %s %s with %s: %s", method, path, resp.Status, answer)
	}
	if into == nil {
		return nil
	}
	return json.Unmarshal(answer, into)
}
