// Package moto runs moto_server, which emulates AWS, as a child of this process.
package moto

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"syscall"
	"time"

	"github.com/data-access/terraform-provider-provisioner/internal/await"
	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/process"
)

// slowestStart is generous: moto needs a second, the first import on a cold disk far more.
const slowestStart = 90 * time.Second

var pace = await.Pace{Min: 20 * time.Millisecond, Max: 200 * time.Millisecond}

// Options of a server.
type Options struct {
	Plain bool    // moto as it is, without what this package makes of it: no states under way, no clock to move
	Speed float64 // how many times faster than AWS stacks settle; default 1
}

// Server is a running moto_server.
type Server struct {
	URL     string // such as http://127.0.0.1:34567
	plain   bool
	process *process.Process
	log     *tail
}

// Start finds moto_server, or installs it, and returns when it answers.
func Start(ctx context.Context, find Finder, o Options) (*Server, error) {
	binary, err := find.Binary(ctx)
	if err != nil {
		return nil, err
	}
	return Run(ctx, binary, o)
}

// Run starts the given moto_server on a free port and returns when it answers.
func Run(ctx context.Context, binary string, o Options) (*Server, error) {
	ctx, cancel := context.WithTimeout(ctx, slowestStart)
	defer cancel()
	log := newTail()
	// ctx bounds the start alone. Port 0: the kernel picks a free port, and moto says which.
	cmd := exec.CommandContext(context.WithoutCancel(ctx), binary, "-H", "127.0.0.1", "-p", "0")
	cmd.Env = append(outside(os.Environ()), "MOTO_PORT=0", "PYTHONUNBUFFERED=1")
	if !o.Plain {
		patches, err := unpack()
		if err != nil {
			return nil, fmt.Errorf("write the patches of moto: %w", err)
		}
		defer os.RemoveAll(patches) // it has read them when it answers
		cmd.Env = append(cmd.Env, patched(patches, o.Speed)...)
	}
	cmd.Stdout, cmd.Stderr = log, log
	cmd.WaitDelay = time.Second
	started, err := process.Start(cmd, syscall.SIGKILL)
	if err != nil {
		return nil, fmt.Errorf("start %s: %w", binary, err)
	}
	s := &Server{process: started, log: log, plain: o.Plain}
	if err := s.untilReady(ctx); err != nil {
		s.Close()
		return nil, fmt.Errorf("%s did not come up: %w%s", binary, err, log)
	}
	return s, nil
}

func (s *Server) untilReady(ctx context.Context) error {
	select {
	case s.URL = <-s.log.address:
	case <-s.Done():
		return cmp.Or(s.process.Wait(), errors.New("it ended at once"))
	case <-ctx.Done():
		return ctx.Err()
	}
	err := await.Until(ctx, await.RealClock{}, pace, func(ctx context.Context) (bool, error) {
		return s.call(ctx, http.MethodGet, "/moto-api/") == nil, nil
	})
	if err == nil && !s.plain {
		err = s.checkPatches(ctx)
	}
	return err
}

// Done is closed when moto has ended, for whatever reason.
func (s *Server) Done() <-chan struct{} { return s.process.Done() }

// PID is moto's process id.
func (s *Server) PID() int { return s.process.PID() }

// Reset empties every account.
func (s *Server) Reset(ctx context.Context) error {
	return s.call(ctx, http.MethodPost, "/moto-api/reset")
}

// Close ends moto and everything it started. It may be called again.
func (s *Server) Close() { s.process.Kill() } // all it has is in memory, so there is nothing to ask it for

func (s *Server) call(ctx context.Context, method, path string) error {
	req, err := http.NewRequestWithContext(ctx, method, s.URL+path, nil)
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return fmt.Errorf("moto: %w%s", err, s.log)
	}
	defer resp.Body.Close()
	_, _ = io.Copy(io.Discard, resp.Body)
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("moto: %s %s: %s%s", method, path, resp.Status, s.log)
	}
	return nil
}
