// Package probe asks a SlideRule cluster itself how it is: whether it answers, which version it has, and how many of
// its nodes are ready for work. CloudFormation can only tell that the machines were made.
//
// A cluster that cannot be asked is not a failure of the one who asks: it is an answer, with the reason in plain words.
// What was not told is never a zero.
package probe

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Options say how a cluster is asked.
type Options struct {
	// HTTP has the transport; its redirection policy, its cookies and its time limit are not used. nil is one that
	// gives up connecting after ten seconds.
	HTTP *http.Client
	// BaseURL is where the requests go, as they name the cluster in their Host header; "" is the endpoint itself. Over
	// https it has to show the certificate of the cluster all the same.
	BaseURL string
	// Token opens private clusters, "" is none. It is sent only to the address that is asked, only when that demands one,
	// and not over a network without https.
	Token string
	// Client is what the cluster may note about who asked, such as "terraform-1.2.3"; "" is "terraform".
	Client string
	// Limit is how long everything together may take; 0 is half a minute.
	Limit time.Duration
}

// Answer is what came of it.
type Answer struct {
	Up         bool   // it answers, and at least one node is ready for work
	Version    string // of the server, such as "v5.5.0"; "" is not known
	Nodes      int    // that have registered with the load balancer
	NodesKnown bool   // Nodes was told
	Problem    string // what is wrong or was not told, in whole sentences; "" when there is nothing to say
}

const (
	wholeLimit   = 30 * time.Second
	connectLimit = 10 * time.Second
	longestBody  = 1 << 20 // bytes of an answer that we read; a real one has a few hundred
)

// Ask asks a cluster at its endpoint, such as https://dev.slideruleearth.io. It fails only when it cannot ask: an
// address that is none, or a ctx that ended. Whatever the network or the cluster does is an Answer.
func Ask(ctx context.Context, o Options, cluster, endpoint string) (Answer, error) {
	a, err := newAsker(o, cluster, endpoint)
	if err != nil {
		return Answer{}, fmt.Errorf("asking the cluster %s: %w", cluster, err)
	}
	defer a.done()
	within, done := context.WithTimeout(ctx, a.limit)
	defer done()
	answer := a.ask(within)
	if err := ctx.Err(); err != nil { // theirs, not ours: nothing is known of the cluster
		return Answer{}, fmt.Errorf("asking the cluster %s: %w", cluster, err)
	}
	return answer, nil
}

func (a *asker) ask(ctx context.Context) Answer {
	nodes, err := a.registered(ctx)
	if err != nil {
		return Answer{Problem: a.sentence(discoveryPath, err)}
	}
	answer := Answer{Nodes: nodes, NodesKnown: true}
	if nodes == 0 {
		// The load balancer has nobody to pass a question about the version to.
		answer.Problem = "Its load balancer answers, but no node has registered: nodes boot for some minutes, and a sleeping cluster has none."
		return answer
	}
	answer.Version, err = a.version(ctx)
	var untold unknown
	switch {
	case errors.As(err, &untold):
		answer.Up, answer.Problem = true, string(untold)
	case err != nil:
		answer.Problem = a.sentence(versionPath, err)
	default:
		answer.Up = true
	}
	return answer
}

// sentence says what went wrong with a request.
func (a *asker) sentence(path string, err error) string {
	return fmt.Sprintf("Asked for %s, %s: %s.", path, a.host, plain(err, a.limit))
}

// unknown is a sentence that says why a cluster that is up does not tell its version.
type unknown string

func (u unknown) Error() string { return string(u) }

// newAsker checks the addresses.
func newAsker(o Options, cluster, endpoint string) (*asker, error) {
	at, err := address(endpoint)
	if err != nil {
		return nil, fmt.Errorf("its endpoint %w", err)
	}
	a := &asker{cluster: cluster, host: at.Host, base: at, token: strings.TrimSpace(o.Token), client: cmp.Or(o.Client, "terraform"), limit: cmp.Or(o.Limit, wholeLimit)}
	if o.BaseURL != "" {
		if a.base, err = address(o.BaseURL); err != nil {
			return nil, fmt.Errorf("the address to ask in its place %w", err)
		}
	}
	a.http, a.done = a.newClient(o.HTTP, at.Hostname())
	return a, nil
}

// address reads an address that requests can go to. It is not shown when it cannot be used: it may have a password.
func address(text string) (*url.URL, error) {
	at, err := url.Parse(text)
	switch {
	case err != nil || at.Hostname() == "" || (at.Scheme != "https" && at.Scheme != "http"):
		return nil, errors.New("is no address: expected a form such as https://dev.example.org")
	case at.User != nil || at.RawQuery != "" || at.Fragment != "":
		return nil, errors.New("has more than a host and a path: expected a form such as https://dev.example.org")
	}
	return at, nil
}
