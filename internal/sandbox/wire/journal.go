package wire

import (
	"slices"
	"sync"
	"time"
)

// Call is one request that reached a vendor. It never holds a query, a header or a body: that is where tokens are.
type Call struct {
	Vendor string    `json:"vendor"`
	Method string    `json:"method"`
	Path   string    `json:"path"`
	Action string    `json:"action,omitempty"` // the operation, where a vendor has one path for all of them (AWS)
	Status int       `json:"status"`           // the vendor's answer, even when a fault lost it; 0: none, or not yet
	Fault  Kind      `json:"fault,omitempty"`
	Time   time.Time `json:"time"` // of arrival
}

// mostCalls bounds the memory of a sandbox that runs for days.
const mostCalls = 1_000_000

type journal struct {
	mu      sync.Mutex
	limit   int
	entries []*entry
}

type entry struct {
	journal *journal
	call    Call
}

// add writes a call down on arrival, so that whoever has an answer also finds its call in the list.
func (j *journal) add(call Call) *entry {
	j.mu.Lock()
	defer j.mu.Unlock()
	if len(j.entries) >= j.limit {
		j.entries = slices.Clone(j.entries[j.limit/2:]) // the older half goes at once: a shift for every call would be slow
	}
	e := &entry{journal: j, call: call}
	j.entries = append(j.entries, e)
	return e
}

// answered notes the status; only the first one counts.
func (e *entry) answered(status int) {
	e.journal.mu.Lock()
	defer e.journal.mu.Unlock()
	if e.call.Status == 0 {
		e.call.Status = status
	}
}

func (j *journal) list() []Call {
	j.mu.Lock()
	defer j.mu.Unlock()
	calls := make([]Call, len(j.entries))
	for i, e := range j.entries {
		calls[i] = e.call
	}
	return calls
}

func (j *journal) forget() {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.entries = nil
}
