package google

import (
	"container/heap"
	"time"
)

// timeline is what will happen by itself, soonest first. Nothing on it happens before somebody looks.
type timeline struct {
	due   events
	count int
}

type event struct {
	at    time.Time
	order int // of two events at one moment, the first planned comes first
	do    func(at time.Time)
}

func (t *timeline) plan(at time.Time, do func(at time.Time)) {
	t.count++
	heap.Push(&t.due, event{at, t.count, do})
}

// advance lets everything happen that is due by now, each at its own moment.
func (t *timeline) advance(now time.Time) {
	for len(t.due) > 0 && !t.due[0].at.After(now) {
		next := heap.Pop(&t.due).(event)
		next.do(next.at)
	}
}

// events are a heap.
type events []event

func (e events) Len() int { return len(e) }

func (e events) Less(i, j int) bool {
	if e[i].at.Equal(e[j].at) {
		return e[i].order < e[j].order
	}
	return e[i].at.Before(e[j].at)
}

func (e events) Swap(i, j int) { e[i], e[j] = e[j], e[i] }

func (e *events) Push(x any) { *e = append(*e, x.(event)) }

func (e *events) Pop() any {
	last := len(*e) - 1
	popped := (*e)[last]
	(*e)[last] = event{}
	*e = (*e)[:last]
	return popped
}
