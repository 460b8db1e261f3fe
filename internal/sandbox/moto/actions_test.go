//go:build unix

package moto_test

import (
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
)

// until passes the time to a moment of the clock, which is the given hour of a day to come in a zone.
func (c cloud) until(zone string, days, hour, minute int) time.Time {
	c.Helper()
	now, err := c.Now(c.Context())
	c.must(err)
	location, err := time.LoadLocation(zone)
	c.must(err)
	there := now.In(location)
	moment := time.Date(there.Year(), there.Month(), there.Day()+days, hour, minute, 0, 0, location)
	c.pass(moment.Sub(now))
	return moment.UTC()
}

func (c cloud) act(name, recurrence, zone string, change func(*autoscaling.PutScheduledUpdateGroupActionInput)) error {
	input := &autoscaling.PutScheduledUpdateGroupActionInput{AutoScalingGroupName: aws.String("fleet"), ScheduledActionName: &name, MinSize: aws.Int32(0), DesiredCapacity: aws.Int32(0)}
	if recurrence != "" {
		input.Recurrence = &recurrence
	}
	if zone != "" {
		input.TimeZone = &zone
	}
	if change != nil {
		change(input)
	}
	_, err := c.groups.PutScheduledUpdateGroupAction(c.Context(), input)
	return err
}

func TestAGroupSleepsAndWakes(t *testing.T) {
	const zone = "America/Denver" // where clocks change, and where it is another day for some hours
	c := newFleet(t)
	c.until("America/Denver", 1, 12, 0)
	c.must(c.act("sleep", "30 20 * * *", zone, nil))
	c.must(c.act("wake", "0 7 * * *", zone, func(a *autoscaling.PutScheduledUpdateGroupActionInput) { a.DesiredCapacity = aws.Int32(5) }))
	for _, k := range []struct{ days, hour, minute, nodes int }{{0, 20, 29, 6}, {0, 20, 30, 0}, {1, 6, 59, 0}, {0, 7, 0, 5}, {0, 20, 30, 0}, {130, 12, 0, 5}} {
		at := c.until(zone, k.days, k.hour, k.minute)
		if n := len(c.instances("fleet")); n != k.nodes {
			t.Errorf("at %s there are %d, want %d", at, n, k.nodes)
		}
	}
	done, err := c.Actions(t.Context())
	c.must(err)
	first, last := done[0], done[len(done)-1]
	if len(done) != 262 || first.Group != "fleet" || first.Action != "sleep" || first.Region != "us-west-2" || first.Sizes["DesiredCapacity"] != 0 || len(first.Sizes) != 2 || first.Problem != "" {
		t.Errorf("%d were done, first %+v", len(done), first)
	}
	location, err := time.LoadLocation(zone)
	c.must(err)
	if got := last.At.In(location); got.Hour() != 7 || got.Minute() != 0 {
		t.Errorf("months later, with other clocks, it woke at %s", got)
	}
	listed, err := c.groups.DescribeScheduledActions(t.Context(), &autoscaling.DescribeScheduledActionsInput{AutoScalingGroupName: aws.String("fleet"), ScheduledActionNames: []string{"sleep"}})
	c.must(err)
	if next := listed.ScheduledUpdateGroupActions[0].StartTime; next == nil || next.Sub(last.At) != 13*time.Hour+30*time.Minute {
		t.Errorf("the next sleep is at %v", next)
	}
}

func TestASingleActionIsUsedUp(t *testing.T) {
	c := newFleet(t)
	now, err := c.Now(t.Context())
	c.must(err)
	once := func(a *autoscaling.PutScheduledUpdateGroupActionInput) { a.StartTime = aws.Time(now.Add(time.Hour)) }
	c.must(c.act("once", "", "", once))
	c.must(c.act("some", "0 * * * *", "", func(a *autoscaling.PutScheduledUpdateGroupActionInput) {
		a.DesiredCapacity, a.EndTime = aws.Int32(4), aws.Time(now.Add(3*time.Hour+time.Minute))
	}))
	c.must(c.act("more", "59 23 * * *", "", func(a *autoscaling.PutScheduledUpdateGroupActionInput) {
		a.MinSize, a.DesiredCapacity = nil, aws.Int32(21)
	}))
	c.pass(48 * time.Hour)
	done, err := c.Actions(t.Context())
	c.must(err)
	times, problems := map[string]int{}, 0
	for _, a := range done {
		times[a.Action]++
		if a.Problem != "" {
			problems++
		}
	}
	if times["once"] != 1 || times["some"] != 3 || times["more"] != 2 || problems != 2 {
		t.Errorf("got %v, %d problems: %+v", times, problems, done)
	}
	listed, err := c.groups.DescribeScheduledActions(t.Context(), &autoscaling.DescribeScheduledActionsInput{AutoScalingGroupName: aws.String("fleet")})
	c.must(err)
	if len(listed.ScheduledUpdateGroupActions) != 1 {
		t.Errorf("left: %+v", listed.ScheduledUpdateGroupActions)
	}
	c.must(c.Reset(t.Context()))
	if done, err := c.Actions(t.Context()); err != nil || len(done) != 0 {
		t.Errorf("a reset left %+v, %v", done, err)
	}
}

func TestRecurrencesAreThoseOfCrontab(t *testing.T) {
	c := newFleet(t)
	for recurrence, due := range map[string]func(time.Time) bool{
		"0 20 * * 1-5": func(t time.Time) bool {
			return t.Format("15:04") == "20:00" && t.Weekday() != time.Saturday && t.Weekday() != time.Sunday
		},
		"*/20 3 * * Sun":      func(t time.Time) bool { return t.Format("Mon 15:04") == "Sun 03:00" },
		"5,10 6-23/6 * * 7":   func(t time.Time) bool { return t.Format("Mon 04") == "Sun 05" && t.Hour()%6 == 0 },
		"0 0 29 2 *":          func(t time.Time) bool { return t.Format("2 Jan 2006") == "29 Feb 2028" },
		"15 12 1 * sat":       func(t time.Time) bool { return t.Day() == 1 || t.Weekday() == time.Saturday }, // either will do
		"59 23 31 dec *":      func(t time.Time) bool { return t.Format("2 Jan 15:04") == "31 Dec 23:59" },
		"0 4 8-14 * *":        func(t time.Time) bool { return t.Hour() == 4 && t.Day() >= 8 && t.Day() <= 14 },
		"0 9 * jan-mar,DEC 2": func(t time.Time) bool { return t.Format("Mon 15:04") == "Tue 09:00" && t.Month()%12 <= 3 },
	} {
		c.must(c.act("a", recurrence, "", nil))
		listed, err := c.groups.DescribeScheduledActions(t.Context(), &autoscaling.DescribeScheduledActionsInput{AutoScalingGroupName: aws.String("fleet")})
		c.must(err)
		if next := listed.ScheduledUpdateGroupActions[0].StartTime; next == nil || !due(next.UTC()) {
			t.Errorf("%s: next at %v", recurrence, next)
		}
	}
	for _, wrong := range []string{"0 20 * *", "0 20 * * ? *", "60 0 * * *", "0 24 * * *", "0 0 0 * *", "0 0 * 13 *", "0 0 * * 8", "5-1 * * * *", "*/0 * * * *", "x * * * *"} {
		refused(t, c.act("a", wrong, "", nil), "ValidationError", "Given recurrence string: "+wrong+" is invalid")
	}
	refused(t, c.act("a", "0 20 * * *", "Mars/Base", nil), "ValidationError", "time zone: Mars/Base is not valid")
	refused(t, c.act("a", "0 20 * * *", "", func(a *autoscaling.PutScheduledUpdateGroupActionInput) { a.MinSize, a.DesiredCapacity = nil, nil }), "ValidationError", "At least one of")
	refused(t, c.act("a", "", "", nil), "ValidationError", "start time or recurrence")
	refused(t, c.act("a", "", "", func(a *autoscaling.PutScheduledUpdateGroupActionInput) { a.StartTime = aws.Time(time.Unix(0, 0)) }), "ValidationError", "in the past")
}
