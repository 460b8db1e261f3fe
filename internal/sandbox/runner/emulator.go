package runner

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/aws/aws-sdk-go-v2/service/ec2"
)

// Shortage is a lack of capacity that EC2 shall have: an empty word stands for any.
type Shortage struct {
	InstanceType string `json:"instance_type,omitempty"`
	Zone         string `json:"zone,omitempty"`
	Market       string `json:"market,omitempty"` // spot or on-demand
	Times        int    `json:"times,omitempty"`  // default 1, -1 until the next reset
}

// Lack lets EC2 have no capacity.
func (r *Runner) Lack(ctx context.Context, s Shortage) error {
	return r.tell(ctx, "capacity", s, nil)
}

// Interrupt has EC2 take a spot instance back: its metadata says so at once, and two minutes later it is terminated.
func (r *Runner) Interrupt(ctx context.Context, instance string) error {
	return r.tell(ctx, "interruptions", map[string]string{"instance": instance}, nil)
}

// notice is what the metadata of a machine says of its interruption; "" for nothing.
func (r *Runner) notice(ctx context.Context, m *machine) (string, error) {
	var notices map[string]json.RawMessage
	err := r.tell(ctx, "interruptions", nil, &notices)
	if errors.Is(err, errPlain) {
		return "", nil
	}
	return string(notices[m.id]), err
}

// ended tells EC2 that the system of an instance went down, upon which EC2 does what the instance's shutdown behaviour
// says. Plain moto can only be asked to terminate it.
func (r *Runner) ended(ctx context.Context, m *machine) error {
	err := r.tell(ctx, "shutdowns", map[string]string{"instance": m.id}, nil)
	if errors.Is(err, errPlain) {
		_, err = ec2.NewFromConfig(r.config(m.region)).TerminateInstances(ctx, &ec2.TerminateInstancesInput{InstanceIds: []string{m.id}})
	}
	return err
}

var errPlain = errors.New("the emulator is plain moto")

// tell calls one of the addresses that the sandbox's moto has of its own.
func (r *Runner) tell(ctx context.Context, what string, body, into any) error {
	method, sent := http.MethodGet, []byte(nil)
	if body != nil {
		var err error
		if sent, err = json.Marshal(body); err != nil {
			return err
		}
		method = http.MethodPost
	}
	req, err := http.NewRequestWithContext(ctx, method, r.options.Endpoint+"/moto-api/sandbox/"+what, bytes.NewReader(sent))
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	switch {
	case err != nil:
		return err
	case resp.StatusCode == http.StatusNotFound:
		return errPlain
	case resp.StatusCode != http.StatusOK:
		return fmt.Errorf("%s: %s", resp.Status, text)
	case into != nil:
		return json.Unmarshal(text, into)
	}
	return nil
}
