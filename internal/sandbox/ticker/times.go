package ticker

import (
	"cmp"
	"fmt"
	"regexp"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/scheduler"
)

// times is when a schedule fires: once, or every so often.
type times struct {
	once  time.Time
	every time.Duration
}

var rate = regexp.MustCompile(`^rate\((\d+) (minute|hour|day)s?\)$`)

var units = map[string]time.Duration{"minute": time.Minute, "hour": time.Hour, "day": 24 * time.Hour}

func parse(expression, zone string) (times, error) {
	location, err := time.LoadLocation(cmp.Or(zone, "UTC"))
	if err != nil {
		return times{}, err
	}
	if once, err := time.ParseInLocation("at(2006-01-02T15:04:05)", expression, location); err == nil {
		return times{once: once}, nil
	}
	if match := rate.FindStringSubmatch(expression); match != nil {
		if n, err := strconv.Atoi(match[1]); err == nil && n > 0 {
			return times{every: time.Duration(n) * units[match[2]]}, nil
		}
	}
	return times{}, fmt.Errorf("the ticker fires at(…) and rate(…), not %s", expression)
}

// progress is how far a schedule has come. It begins anew when the schedule is changed.
type progress struct {
	version  string
	next     time.Time // the next firing that no call was accepted for
	retry    time.Time // zero: next has not been tried
	attempts int       // at next
	finished bool      // nothing is left to fire
}

// progressOf is the progress of a schedule as it is now.
func (t *Ticker) progressOf(s *scheduler.GetScheduleOutput) *progress {
	version := fmt.Sprint(aws.ToTime(s.LastModificationDate).UnixNano(), aws.ToString(s.ScheduleExpression), aws.ToTime(s.StartDate), aws.ToTime(s.EndDate))
	p, known := t.known[*s.Arn]
	if !known || p.version != version {
		p = &progress{version: version}
		t.known[*s.Arn] = p
	}
	return p
}

// due is when a schedule fires next. The dates bound only what recurs; a rate counts from its start, or from when the
// schedule was made.
func (j job) due() (time.Time, bool) {
	p := j.progress
	switch {
	case p.finished:
		return time.Time{}, false
	case !p.retry.IsZero():
		return p.retry, true
	case j.times.every == 0:
		return j.times.once, true
	}
	if p.next.IsZero() {
		p.next = aws.ToTime(j.schedule.StartDate)
		if p.next.IsZero() {
			p.next = aws.ToTime(j.schedule.CreationDate)
		}
	}
	if j.schedule.EndDate != nil && p.next.After(*j.schedule.EndDate) {
		p.finished = true
		return time.Time{}, false
	}
	return p.next, true
}

const (
	mostAttempts = 185 // AWS's own defaults
	oldestEvent  = 24 * time.Hour
)

// note moves on after a firing. AWS repeats what was not accepted, at growing intervals, as often and as long as the
// target's retry policy says; then it gives up, and the firing counts as made.
func (j job) note(f Firing) {
	p := j.progress
	p.attempts++
	first := j.times.once
	if j.times.every > 0 {
		first = p.next
	}
	most, oldest := mostAttempts, oldestEvent
	if policy := j.schedule.Target.RetryPolicy; policy != nil {
		if policy.MaximumRetryAttempts != nil {
			most = int(*policy.MaximumRetryAttempts)
		}
		if policy.MaximumEventAgeInSeconds != nil {
			oldest = time.Duration(*policy.MaximumEventAgeInSeconds) * time.Second
		}
	}
	again := f.At.Add(time.Minute << min(p.attempts-1, 6))
	if !f.OK() && p.attempts <= most && again.Sub(first) <= oldest {
		p.retry = again
		return
	}
	p.retry, p.attempts = time.Time{}, 0
	if j.times.every == 0 {
		p.finished = true
		return
	}
	p.next = first.Add(j.times.every)
	p.finished = j.schedule.EndDate != nil && p.next.After(*j.schedule.EndDate)
}
