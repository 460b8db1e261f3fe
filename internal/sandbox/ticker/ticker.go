// Package ticker stands in for the part of EventBridge Scheduler that moto lacks: it fires schedules when they are due.
// What the emulator does itself when its clock comes to it, such as scheduled actions of groups, it lists among them.
//
// It knows what the product really wrote, for it reads schedules through the Scheduler's API; it does what AWS would do
// with them, for it assumes the schedule's own role and makes the call of the universal target at the emulator; and it
// refuses what AWS would refuse, a role that nobody lets in or that may not make the call included.
package ticker

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/scheduler"
	"github.com/aws/aws-sdk-go-v2/service/scheduler/types"
	"github.com/aws/aws-sdk-go-v2/service/sts"
)

// Clock is the time by which schedules are due.
type Clock interface {
	Now(ctx context.Context) (time.Time, error)
	Advance(ctx context.Context, by time.Duration) error
}

// Options of a ticker.
type Options struct {
	Endpoint string   // of the emulator, such as http://127.0.0.1:34567
	Regions  []string // where to look for schedules; default us-east-1 and us-west-2
	Clock    Clock
	// Actions lists what else the emulator did by its clock since it was last reset, oldest first; nil: it does nothing.
	Actions func(ctx context.Context) ([]Firing, error)
}

// Ticker fires the schedules of one emulator. It is safe for concurrent use.
type Ticker struct {
	options Options

	mu    sync.Mutex
	fired []Firing
	known map[string]*progress // by the schedule's ARN
	acted int                  // how many of the emulator's own are among fired
}

// Firing is one call that a schedule made, or should have made, or one scheduled action of a group.
type Firing struct {
	At       time.Time `json:"at"`       // when it was due
	Region   string    `json:"region"`   // of the schedule
	Schedule string    `json:"schedule"` // group and name, such as sliderule/dev-cluster-auto-shutdown or dev-asg/sleep
	Target   string    `json:"target"`   // as in its ARN, such as cloudformation:deleteStack or autoscaling:scheduledAction
	Input    string    `json:"input"`    // the JSON that it was given
	Attempt  int       `json:"attempt"`  // from 1
	Status   int       `json:"status"`   // of the answer; 0: there was no call
	Answer   string    `json:"answer,omitempty"`
	Problem  string    `json:"problem,omitempty"` // why AWS would not have made this call
}

// OK says whether the call was made and accepted.
func (f Firing) OK() bool { return f.Problem == "" && f.Status/100 == 2 }

// New is a ticker that has fired nothing.
func New(o Options) *Ticker {
	if len(o.Regions) == 0 {
		o.Regions = []string{"us-east-1", "us-west-2"}
	}
	return &Ticker{options: o, known: map[string]*progress{}}
}

// Reset forgets what was fired.
func (t *Ticker) Reset() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.fired, t.known, t.acted = nil, map[string]*progress{}, 0
}

// Fired lists all firings so far, oldest first.
func (t *Ticker) Fired() []Firing {
	t.mu.Lock()
	defer t.mu.Unlock()
	return slices.Clone(t.fired)
}

// Tick fires what is due by now and returns it. A firing with a problem is an error too, so that a test which forgets to
// look fails.
func (t *Ticker) Tick(ctx context.Context) ([]Firing, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.tick(ctx)
}

// Advance moves the clock forward and fires everything that becomes due, each at its own time: between two firings the
// emulator lives through the time between them.
func (t *Ticker) Advance(ctx context.Context, by time.Duration) ([]Firing, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	all, err := t.tick(ctx)
	if err != nil {
		return all, err
	}
	now, err := t.options.Clock.Now(ctx)
	if err != nil {
		return all, err
	}
	for until := now.Add(by); ; {
		jobs, err := t.jobs(ctx)
		if err != nil {
			return all, err
		}
		now, err := t.options.Clock.Now(ctx)
		if err != nil {
			return all, err
		}
		next := until
		for _, j := range jobs {
			if due, ok := j.due(); ok && due.Before(next) {
				next = due
			}
		}
		if step := next.Sub(now); step > 0 {
			if err := t.options.Clock.Advance(ctx, step); err != nil {
				return all, err
			}
		}
		fired, err := t.tick(ctx)
		all = append(all, fired...)
		if err != nil || !next.Before(until) {
			return all, err
		}
	}
}

// tick is Tick with the lock held. What it fires can make another schedule due or gone, so it looks again each time.
func (t *Ticker) tick(ctx context.Context) ([]Firing, error) {
	fired, err := t.actions(ctx)
	if err != nil {
		return nil, err
	}
	problems := problemsOf(fired)
	for {
		now, err := t.options.Clock.Now(ctx)
		if err != nil {
			return fired, err
		}
		jobs, err := t.jobs(ctx)
		if err != nil {
			return fired, err
		}
		slices.SortStableFunc(jobs, func(a, b job) int {
			x, _ := a.due()
			y, _ := b.due()
			return x.Compare(y)
		})
		i := slices.IndexFunc(jobs, func(j job) bool {
			due, ok := j.due()
			return ok && !due.After(now)
		})
		if i < 0 {
			return fired, errors.Join(problems...)
		}
		f, err := t.fire(ctx, jobs[i])
		if err != nil {
			return fired, err
		}
		problems = append(problems, problemsOf([]Firing{f})...)
		fired = append(fired, f)
		t.fired = append(t.fired, f)
	}
}

// actions takes over what the emulator did by itself since the last look.
func (t *Ticker) actions(ctx context.Context) ([]Firing, error) {
	if t.options.Actions == nil {
		return nil, nil
	}
	all, err := t.options.Actions(ctx)
	if err != nil {
		return nil, err
	}
	if len(all) < t.acted { // the emulator was reset, but not the ticker
		t.acted = 0
	}
	added := all[t.acted:]
	t.acted = len(all)
	t.fired = append(t.fired, added...)
	return added, nil
}

func problemsOf(fired []Firing) (problems []error) {
	for _, f := range fired {
		if f.Problem != "" {
			problems = append(problems, fmt.Errorf("schedule %s: %s", f.Schedule, f.Problem))
		}
	}
	return problems
}

// job is a schedule that can fire.
type job struct {
	region   string
	schedule *scheduler.GetScheduleOutput
	times    times
	*progress
}

func (j job) name() string {
	return aws.ToString(j.schedule.GroupName) + "/" + aws.ToString(j.schedule.Name)
}

// jobs reads every schedule that is switched on.
func (t *Ticker) jobs(ctx context.Context) ([]job, error) {
	var jobs []job
	for _, region := range t.options.Regions {
		client := scheduler.NewFromConfig(t.config(region))
		pages := scheduler.NewListSchedulesPaginator(client, &scheduler.ListSchedulesInput{State: types.ScheduleStateEnabled})
		for pages.HasMorePages() {
			page, err := pages.NextPage(ctx)
			if err != nil {
				return nil, fmt.Errorf("list the schedules of %s: %w", region, err)
			}
			for _, s := range page.Schedules {
				got, err := client.GetSchedule(ctx, &scheduler.GetScheduleInput{Name: s.Name, GroupName: s.GroupName})
				if err != nil {
					return nil, fmt.Errorf("read schedule %s/%s: %w", *s.GroupName, *s.Name, err)
				}
				times, err := parse(aws.ToString(got.ScheduleExpression), aws.ToString(got.ScheduleExpressionTimezone))
				if err != nil {
					return nil, fmt.Errorf("schedule %s/%s: %w", *s.GroupName, *s.Name, err)
				}
				jobs = append(jobs, job{region, got, times, t.progressOf(got)})
			}
		}
	}
	return jobs, nil
}

// config leads an SDK to the emulator.
func (t *Ticker) config(region string) aws.Config {
	return aws.Config{
		Region:       region,
		BaseEndpoint: &t.options.Endpoint,
		Credentials:  credentials.NewStaticCredentialsProvider("scheduler", "scheduler", ""),
		Retryer:      func() aws.Retryer { return aws.NopRetryer{} },
	}
}

// fire makes one call and notes what came of it.
func (t *Ticker) fire(ctx context.Context, j job) (Firing, error) {
	due, _ := j.due()
	f := Firing{At: due, Region: j.region, Schedule: j.name(), Input: aws.ToString(j.schedule.Target.Input), Attempt: j.attempts + 1}
	call, err := targetOf(j.schedule.Target)
	if err == nil {
		f.Target = call.service + ":" + call.operation
		err = t.invoke(ctx, j, call, &f)
	}
	var problem refusal
	if errors.As(err, &problem) {
		f.Problem, err = string(problem), nil
	}
	if err != nil {
		return f, fmt.Errorf("fire schedule %s: %w", j.name(), err)
	}
	j.note(f)
	if j.finished && j.schedule.ActionAfterCompletion == types.ActionAfterCompletionDelete {
		_, err = scheduler.NewFromConfig(t.config(j.region)).DeleteSchedule(ctx, &scheduler.DeleteScheduleInput{Name: j.schedule.Name, GroupName: j.schedule.GroupName})
	}
	return f, err
}

// refusal is why AWS would not make a call.
type refusal string

func (r refusal) Error() string { return string(r) }

func (t *Ticker) invoke(ctx context.Context, j job, call call, f *Firing) error {
	role := aws.ToString(j.schedule.Target.RoleArn)
	if err := t.mayBeCalled(ctx, j.region, role, call); err != nil {
		return err
	}
	session, err := sts.NewFromConfig(t.config(j.region)).AssumeRole(ctx, &sts.AssumeRoleInput{
		RoleArn: &role, RoleSessionName: aws.String(cmp.Or(aws.ToString(j.schedule.Name), "schedule")),
	})
	if err != nil {
		return refusal(fmt.Sprintf("cannot assume %s: %v", role, err))
	}
	f.Status, f.Answer, err = t.query(ctx, j.region, call.service, call.form, aws.Credentials{
		AccessKeyID: *session.Credentials.AccessKeyId, SecretAccessKey: *session.Credentials.SecretAccessKey, SessionToken: *session.Credentials.SessionToken,
	})
	return err
}
