// Package wire stands between the product and every fake vendor: it writes down each call, makes answers slower
// and, when told to, makes calls go wrong as they do on a real network.
package wire

import (
	"context"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/data-access/terraform-provider-provisioner/internal/await"
)

// Recorder sees the calls to all vendors that it wraps. It is safe for concurrent use.
type Recorder struct {
	clock   await.Clock
	latency atomic.Int64 // a time.Duration
	journal journal

	mu      sync.Mutex
	vendors []string // sorted
	faults  []*pending
}

// New is a recorder that tells and spends time by clock.
func New(clock await.Clock) *Recorder {
	return &Recorder{clock: clock, journal: journal{limit: mostCalls}}
}

// Wrap puts the recorder in front of a vendor's handler.
func (r *Recorder) Wrap(vendor string, next http.Handler) http.Handler {
	r.mu.Lock()
	if i, known := slices.BinarySearch(r.vendors, vendor); !known {
		r.vendors = slices.Insert(r.vendors, i, vendor)
	}
	r.mu.Unlock()
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		call := Call{Vendor: vendor, Method: req.Method, Path: req.URL.Path, Action: actionOf(req), Time: r.clock.Now()}
		fault := r.take(call)
		call.Fault = fault.Kind
		entry := r.journal.add(call)
		r.pause(req.Context(), time.Duration(r.latency.Load()))
		r.serve(&noted{ResponseWriter: w, note: entry}, req, next, vendor, fault)
	})
}

func (r *Recorder) serve(w *noted, req *http.Request, next http.Handler, vendor string, fault Fault) {
	switch fault.Kind {
	case Status:
		answerError(w, req, vendor, fault)
	case Delay:
		late := hold(next, req)
		r.pause(req.Context(), time.Duration(fault.MS)*time.Millisecond)
		late.release(w)
	case ResetBefore:
		reset(w)
	case ResetAfter:
		lost := hold(next, req)
		w.note.answered(lost.status())
		reset(w)
	default:
		next.ServeHTTP(w, req)
		w.note.answered(http.StatusOK) // what net/http sends for a handler that wrote nothing
	}
}

func (r *Recorder) pause(ctx context.Context, d time.Duration) {
	if d > 0 {
		_ = r.clock.Sleep(ctx, d) // a client that left early still had its call arrive
	}
}

// Calls lists every call so far, in the order of arrival.
func (r *Recorder) Calls() []Call { return r.journal.list() }

// Forget empties the list of calls and keeps faults and latency.
func (r *Recorder) Forget() { r.journal.forget() }

// SetLatency makes every answer of every vendor take d longer; zero or less ends that.
func (r *Recorder) SetLatency(d time.Duration) { r.latency.Store(int64(max(d, 0))) }

// Reset forgets calls, faults and latency.
func (r *Recorder) Reset() {
	r.SetLatency(0)
	r.Forget()
	r.mu.Lock()
	defer r.mu.Unlock()
	r.faults = nil
}
