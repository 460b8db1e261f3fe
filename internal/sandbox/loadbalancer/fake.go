// Package loadbalancer plays the load balancers of all SlideRule clusters of an emulated AWS: it finds the cluster by
// the Host header, looks at its stack and its nodes as they are at that moment, and answers as HAProxy and the
// orchestrator of the cluster would.
package loadbalancer

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"

	"github.com/data-access/terraform-provider-provisioner/internal/await"
)

// Latest is the version that the images called latest have.
const Latest = "v5.5.0"

// Options of a fake.
type Options struct {
	Clock    await.Clock // by which tokens expire; default: the machine's
	Endpoint string      // of the emulated AWS; "": there are no clusters
	Regions  []string    // where to look for clusters; default us-east-1 and us-west-2
}

// Fake serves <cluster>.<domain>. It is safe for concurrent use.
type Fake struct {
	options Options

	mu     sync.Mutex
	orders map[string]Order // by cluster
}

// Order is how the load balancer of a cluster is to differ from what AWS says.
type Order struct {
	Cluster    string `json:"cluster"`
	Version    string `json:"version,omitempty"`    // of the server; default: that of the stack
	Registered *int   `json:"registered,omitempty"` // nodes; default: those in service. Registration lags, both ways
	Status     int    `json:"status,omitempty"`     // what everything is answered with, such as 502
	HangUp     bool   `json:"hang_up,omitempty"`    // every connection is closed without an answer
}

// New is a fake without orders.
func New(o Options) *Fake {
	if o.Clock == nil {
		o.Clock = await.RealClock{}
	}
	if len(o.Regions) == 0 {
		o.Regions = []string{"us-east-1", "us-west-2"}
	}
	return &Fake{options: o, orders: map[string]Order{}}
}

// Reset forgets all orders.
func (f *Fake) Reset() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.orders = map[string]Order{}
}

// Order replaces what was ordered for a cluster before; one that names only the cluster ends it.
func (f *Fake) Order(o Order) error {
	switch {
	case o.Cluster == "":
		return errors.New("an order is for a cluster: which?")
	case o.Registered != nil && *o.Registered < 0:
		return fmt.Errorf("registered is %d: nodes cannot be fewer than none", *o.Registered)
	case o.Status != 0 && (o.Status < 200 || o.Status > 599):
		return fmt.Errorf("status is %d: no answer has that", o.Status)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.orders[o.Cluster] = o
	return nil
}

func (f *Fake) order(cluster string) Order {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.orders[cluster]
}

// ServeHTTP answers for the cluster that the Host header names.
func (f *Fake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	name, domain, _ := strings.Cut(r.Host, ".")
	order := f.order(name)
	switch {
	case order.HangUp:
		panic(http.ErrAbortHandler)
	case order.Status != 0:
		page(w, order.Status)
		return
	}
	c, err := f.find(r.Context(), name, domain)
	if err != nil {
		http.Error(w, "the emulated AWS does not tell: "+err.Error(), http.StatusInternalServerError)
		return
	}
	if c == nil {
		page(w, http.StatusServiceUnavailable)
		return
	}
	c.version = cmp.Or(order.Version, c.version)
	if order.Registered != nil {
		c.registered = *order.Registered
	}
	f.answer(w, r, c)
}

func (f *Fake) answer(w http.ResponseWriter, r *http.Request, c *cluster) {
	switch {
	case r.URL.Path == "/discovery/status":
		status(w, r, c)
	case r.URL.Path == "/discovery/whoami":
		tell(w, map[string]string{"cluster": c.name})
	case strings.HasPrefix(r.URL.Path, "/discovery/"): // from inside the network only
		page(w, http.StatusForbidden)
	case !strings.HasPrefix(r.URL.Path, "/source/"):
		page(w, http.StatusNotFound)
	case !c.admits(r.Header.Get("Authorization"), f.options.Clock.Now()):
		page(w, http.StatusForbidden)
	case c.registered == 0: // nobody is there to pass it to
		page(w, http.StatusServiceUnavailable)
	case r.URL.Path == "/source/version":
		server := map[string]string{"version": c.version, "build": c.version + "-0-g0000000", "launch": "2026-08-01T09:00:00Z"}
		tell(w, map[string]any{"server": server, "icesat2": map[string]string{"version": c.version}})
	default:
		http.Error(w, "this server only tells its version", http.StatusNotFound)
	}
}

// status tells how many nodes serve what the request's body names; clients send it with a GET. The nodes of a cluster
// serve what is called like the cluster.
func status(w http.ResponseWriter, r *http.Request, c *cluster) {
	var question struct {
		Service string `json:"service"`
	}
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<16)).Decode(&question); err != nil {
		page(w, http.StatusInternalServerError)
		return
	}
	nodes := 0
	if question.Service == c.name {
		nodes = c.registered
	}
	tell(w, map[string]int{"nodes": nodes})
}

func tell(w http.ResponseWriter, value any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(value) // a client that left needs no answer
}

// page is how HAProxy says what it does not do.
func page(w http.ResponseWriter, code int) {
	reason := map[int]string{
		http.StatusForbidden:          "Request forbidden by administrative rules.",
		http.StatusServiceUnavailable: "No server is available to handle this request.",
	}[code]
	w.Header().Set("Content-Type", "text/html")
	w.Header().Set("Cache-Control", "no-cache")
	w.WriteHeader(code)
	_, _ = fmt.Fprintf(w, "<html><body><h1>%d %s</h1>\n%s\n</body></html>\n", code, http.StatusText(code), reason)
}

// withoutPort is the host of a Host header.
func withoutPort(host string) string {
	if name, _, err := net.SplitHostPort(host); err == nil {
		return name
	}
	return host
}

// find is the cluster of a name under a domain if it is up, in any region; nil when it is not.
func (f *Fake) find(ctx context.Context, name, domain string) (*cluster, error) {
	if f.options.Endpoint == "" || name == "" {
		return nil, nil
	}
	for _, region := range f.options.Regions {
		c, err := f.findIn(ctx, region, name)
		if err != nil {
			return nil, err
		}
		if c != nil && withoutPort(c.domain) == withoutPort(domain) {
			return c, nil
		}
	}
	return nil, nil
}
