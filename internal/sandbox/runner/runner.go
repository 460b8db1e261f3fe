// Package runner stands in for the machines that moto only pretends to start: it executes the user data of the
// instances of runs, for real, in a scratch folder.
//
// What a program calls besides the shell and its plain tools stands first on its PATH and is no more than a question to
// this package, which keeps a journal of all calls and answers as a machine would: instance metadata, the AWS CLI at the
// emulator, git, conda, docker, make and npm with results that a test may order. Nothing is installed, downloaded or
// built, and a shutdown ends the emulated instance only.
package runner

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/data-access/terraform-provider-provisioner/internal/await"
)

// Options of a runner.
type Options struct {
	Endpoint string        // of the emulator, such as http://127.0.0.1:34567
	Regions  []string      // where to look for machines; default us-east-1 and us-west-2
	Tag      string        // whose bearers are executed; default provisioner_run. No other machine is: boot scripts write to real folders
	Speed    float64       // how many times faster than AWS time passes in a machine; default 1
	Poll     time.Duration // how often to look for new machines; default 200 ms
	Grace    time.Duration // how long a machine that is powered off lets its programs end; default 10 s
	Asleep   bool          // looks for machines from the first Wake on only: a look is a call of the emulator
	Dir      string        // where scratch folders are made; default the system's
	Clock    await.Clock   // default the real one
}

// Runner executes machines until it is closed. It is safe for concurrent use.
type Runner struct {
	options  Options
	listener net.Listener
	stop     context.CancelFunc
	stopped  sync.WaitGroup
	awake    chan struct{}
	wake     sync.Once

	looking sync.Mutex // held while it looks, so that nothing is met that was forgotten meanwhile

	mu       sync.Mutex
	life     context.Context // until the next reset
	over     context.CancelFunc
	machines map[string]*machine
	calls    []Call
	orders   []Order
	results  map[string]Result
	errs     []string
}

// New starts a runner, which looks for machines at once unless it is to begin asleep.
func New(o Options) (*Runner, error) {
	if len(o.Regions) == 0 {
		o.Regions = []string{"us-east-1", "us-west-2"}
	}
	if o.Tag == "" {
		o.Tag = "provisioner_run"
	}
	if o.Speed == 0 {
		o.Speed = 1
	}
	if o.Poll == 0 {
		o.Poll = 200 * time.Millisecond
	}
	if o.Grace == 0 {
		o.Grace = 10 * time.Second
	}
	if o.Clock == nil {
		o.Clock = await.RealClock{}
	}
	if err := supported(); err != nil {
		return nil, err
	}
	listener, err := new(net.ListenConfig).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	ctx, stop := context.WithCancel(context.Background())
	r := &Runner{options: o, listener: listener, stop: stop, awake: make(chan struct{})}
	r.forget()
	if !o.Asleep {
		r.Wake()
	}
	r.stopped.Add(2)
	go r.serve(ctx)
	go r.watch(ctx)
	return r, nil
}

// Wake has the runner look for machines from now on.
func (r *Runner) Wake() { r.wake.Do(func() { close(r.awake) }) }

// forget is what a new runner knows. The caller has the lock, or is alone.
func (r *Runner) forget() {
	if r.over != nil {
		r.over()
	}
	r.life, r.over = context.WithCancel(context.Background())
	r.machines, r.calls, r.orders, r.errs = map[string]*machine{}, nil, nil, nil
	r.results = map[string]Result{}
	for name, counts := range map[string]Result{
		"python": {Passed: 214, Skipped: 6}, "node": {Passed: 17}, "build": {Passed: 1}, "selftest": {Passed: 96, Skipped: 4},
		"ams": {Passed: 21}, "manager": {Passed: 9},
	} {
		r.results[name] = counts
	}
}

// Reset ends all machines at once, removes their folders and forgets calls and orders.
func (r *Runner) Reset() {
	r.looking.Lock()
	r.mu.Lock()
	machines := r.machines
	r.forget()
	r.mu.Unlock()
	r.looking.Unlock()
	for _, m := range machines {
		m.kill()
		if m.dir != "" {
			_ = os.RemoveAll(m.dir)
		}
	}
}

// Close ends everything. It may be called again.
func (r *Runner) Close() {
	r.stop()
	_ = r.listener.Close()
	r.Reset()
	r.stopped.Wait()
}

// Err is what went wrong in the runner itself; a test that has one proves nothing.
func (r *Runner) Err() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.errs) == 0 {
		return nil
	}
	return errors.New(strings.Join(r.errs, "; "))
}

func (r *Runner) complain(what string, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.errs) < 20 {
		r.errs = append(r.errs, fmt.Sprintf("%s: %v", what, err))
	}
}

// watch looks for machines that started, and for those that were ended from outside.
func (r *Runner) watch(ctx context.Context) {
	defer r.stopped.Done()
	select {
	case <-r.awake:
	case <-ctx.Done():
		return
	}
	for r.options.Clock.Sleep(ctx, r.options.Poll) == nil {
		r.lookAround(ctx)
	}
}

func (r *Runner) lookAround(ctx context.Context) {
	r.looking.Lock()
	defer r.looking.Unlock()
	for _, region := range r.options.Regions {
		if err := r.look(ctx, region); err != nil && ctx.Err() == nil {
			r.complain("look for machines in "+region, err)
		}
	}
}

func (r *Runner) look(ctx context.Context, region string) error {
	pages := ec2.NewDescribeInstancesPaginator(ec2.NewFromConfig(r.config(region)), &ec2.DescribeInstancesInput{
		Filters: []types.Filter{{Name: aws.String("tag-key"), Values: []string{r.options.Tag}}},
	})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return err
		}
		for _, reservation := range page.Reservations {
			for _, instance := range reservation.Instances {
				if err := r.meet(ctx, region, instance); err != nil {
					return fmt.Errorf("%s: %w", aws.ToString(instance.InstanceId), err)
				}
			}
		}
	}
	return nil
}

// meet starts a machine that runs and was not seen before, and powers off one that does not run any more.
func (r *Runner) meet(ctx context.Context, region string, instance types.Instance) error {
	id, running := aws.ToString(instance.InstanceId), instance.State != nil && instance.State.Name == types.InstanceStateNameRunning
	r.mu.Lock()
	known := r.machines[id]
	r.mu.Unlock()
	switch {
	case known != nil && !running:
		known.powerOff()
		return nil
	case known != nil || !running:
		return nil
	}
	answer, err := ec2.NewFromConfig(r.config(region)).DescribeInstanceAttribute(ctx, &ec2.DescribeInstanceAttributeInput{
		InstanceId: &id, Attribute: types.InstanceAttributeNameUserData,
	})
	if err != nil {
		return err
	}
	program := ""
	if answer.UserData != nil {
		raw, err := base64.StdEncoding.DecodeString(aws.ToString(answer.UserData.Value))
		if err != nil {
			return err
		}
		program = string(raw)
	}
	m := &machine{runner: r, id: id, region: region, tags: map[string]string{}, ended: make(chan struct{}), images: map[string]string{}}
	for _, tag := range instance.Tags {
		m.tags[aws.ToString(tag.Key)] = aws.ToString(tag.Value)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if ctx.Err() != nil {
		return nil
	}
	m.life = r.life
	r.machines[id] = m
	return m.start(program)
}

// config leads an SDK to the emulator.
func (r *Runner) config(region string) aws.Config {
	return aws.Config{
		Region:       region,
		BaseEndpoint: &r.options.Endpoint,
		Credentials:  credentials.NewStaticCredentialsProvider("machine", "machine", ""),
		Retryer:      func() aws.Retryer { return aws.NopRetryer{} },
	}
}

// inMachine is how long something that takes so long on AWS takes here.
func (r *Runner) inMachine(d time.Duration) time.Duration {
	return time.Duration(float64(d) / r.options.Speed)
}

// supported says what a machine needs of this one, besides Linux.
func supported() error {
	for _, file := range []string{"/bin/bash", "/proc/self/environ"} {
		if _, err := os.Stat(file); err != nil {
			return fmt.Errorf("machines can be executed on Linux with bash only: %w", err)
		}
	}
	return nil
}
