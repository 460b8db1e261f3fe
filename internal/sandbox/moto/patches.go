package moto

import (
	"bytes"
	"context"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"
)

// python has sitecustomize.py, which every Python reads at its start, and the package of patches that it loads into the
// one that serves moto. Nothing needs to know where that Python is.
//
//go:embed python/sitecustomize.py python/sandbox_aws/*.py
var python embed.FS

var errPlain = errors.New("this is plain moto: it has no clock to move, no failures to order and no costs to set")

// unpack writes the patches into a new folder.
func unpack() (dir string, err error) {
	dir, err = os.MkdirTemp("", "sandbox-moto-*")
	if err != nil {
		return "", err
	}
	if err := os.CopyFS(dir, python); err != nil {
		return "", errors.Join(err, os.RemoveAll(dir))
	}
	return dir, nil
}

// outside is the environment without what it says of the real AWS: moto is built on AWS's own SDK, which fails at once
// for a profile that this machine does not have.
func outside(environ []string) []string {
	kept := slices.DeleteFunc(slices.Clone(environ), func(variable string) bool { return strings.HasPrefix(variable, "AWS_") })
	return append(kept, "AWS_CONFIG_FILE="+os.DevNull, "AWS_SHARED_CREDENTIALS_FILE="+os.DevNull, "AWS_EC2_METADATA_DISABLED=true")
}

// patched is the environment in which a Python finds the patches of dir before its own modules.
func patched(dir string, speed float64) []string {
	path := dir + "/python"
	if outside := os.Getenv("PYTHONPATH"); outside != "" {
		path += string(os.PathListSeparator) + outside
	}
	if speed == 0 {
		speed = 1
	}
	return []string{"PYTHONPATH=" + path, "SANDBOX_AWS_SPEED=" + strconv.FormatFloat(speed, 'g', -1, 64)}
}

// checkPatches tells a moto that was not patched, because its program keeps Python from its environment, from one that was.
func (s *Server) checkPatches(ctx context.Context) error {
	if _, err := s.Clock(ctx); err != nil {
		return fmt.Errorf("its Python did not load the patches, set MOTO_SERVER to a program that lets it: %w", err)
	}
	return nil
}

// Clock is the time of the emulated AWS, and how it passes.
type Clock struct {
	Now     time.Time `json:"now"`
	Speed   float64   `json:"speed"`   // how many times faster than AWS stacks settle
	Running int       `json:"running"` // the stacks that are on their way to another state
}

// Clock tells the time of the emulated AWS, at which everything that was due by then has happened.
func (s *Server) Clock(ctx context.Context) (Clock, error) {
	return ask[Clock](ctx, s, http.MethodGet, "clock", nil)
}

// Now is the time of the emulated AWS.
func (s *Server) Now(ctx context.Context) (time.Time, error) {
	clock, err := s.Clock(ctx)
	return clock.Now, err
}

// Advance moves the clock forward; what becomes due by that happens, in order, at its own time.
func (s *Server) Advance(ctx context.Context, by time.Duration) error {
	_, err := ask[Clock](ctx, s, http.MethodPost, "clock", map[string]any{"advance_seconds": by.Seconds()})
	return err
}

// SetSpeed changes how many times faster than AWS stacks settle, those under way included.
func (s *Server) SetSpeed(ctx context.Context, speed float64) error {
	_, err := ask[Clock](ctx, s, http.MethodPost, "clock", map[string]any{"speed": speed})
	return err
}

// Failure is one that a resource of a stack shall have.
type Failure struct {
	Stack     string `json:"stack,omitempty"`     // by name; default: any
	Resource  string `json:"resource"`            // by logical id, or by type such as AWS::EC2::VPC
	Operation string `json:"operation,omitempty"` // create (default), update or delete
	Reason    string `json:"reason,omitempty"`    // the ResourceStatusReason of its event
	Times     int    `json:"times,omitempty"`     // default 1; -1: until the next reset
}

// Fail lets a resource fail when its turn comes.
func (s *Server) Fail(ctx context.Context, f Failure) error {
	_, err := ask[[]any](ctx, s, http.MethodPost, "failures", f)
	return err
}

// Action is a scheduled action of an Auto Scaling group that was due.
type Action struct {
	At      time.Time      `json:"at"` // when it was due
	Region  string         `json:"region"`
	Group   string         `json:"group"`
	Action  string         `json:"action"` // its name
	Sizes   map[string]int `json:"sizes"`  // what it sets: MinSize, MaxSize, DesiredCapacity
	Problem string         `json:"problem"`
}

// Actions lists the scheduled actions that were due since the last reset, oldest first.
func (s *Server) Actions(ctx context.Context) ([]Action, error) {
	return ask[[]Action](ctx, s, http.MethodGet, "actions", nil)
}

// Day is what something cost on a day.
type Day struct {
	Date string  `json:"date"` // such as 2026-08-01
	USD  float64 `json:"usd"`
}

// SetCosts tells Cost Explorer what a project has cost, by the value of the Project tag such as cluster-dev. It replaces
// what was told of that project before; while nothing is told, moto's own queue of answers counts.
func (s *Server) SetCosts(ctx context.Context, project string, days []Day) error {
	_, err := ask[any](ctx, s, http.MethodPost, "costs", map[string]any{"project": project, "days": append([]Day{}, days...)})
	return err
}

// ask calls one of the patches' own addresses.
func ask[T any](ctx context.Context, s *Server, method, what string, body any) (T, error) {
	var answer T
	if s.plain {
		return answer, errPlain
	}
	sent, err := json.Marshal(body)
	if err != nil || body == nil {
		sent = nil
	}
	req, err := http.NewRequestWithContext(ctx, method, s.URL+"/moto-api/sandbox/"+what, bytes.NewReader(sent))
	if err != nil {
		return answer, err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return answer, fmt.Errorf("moto: %w%s", err, s.log)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		return answer, err
	}
	if resp.StatusCode != http.StatusOK {
		return answer, fmt.Errorf("moto: %s %s: %s: %s", method, what, resp.Status, text)
	}
	return answer, json.Unmarshal(text, &answer)
}
