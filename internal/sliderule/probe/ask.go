package probe

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"
)

const (
	discoveryPath = "/discovery/status"
	versionPath   = "/source/version"
)

// asker asks one cluster once.
type asker struct {
	cluster string
	host    string   // of the cluster, with its port if it has one
	base    *url.URL // where the requests go
	token   string
	client  string
	limit   time.Duration
	http    *http.Client
	done    func() // closes its connections
}

// newClient makes a client that follows no redirection, so that a token goes to one host only. Its connections are its
// own, to be closed; name is what the certificate must be for.
func (a *asker) newClient(given *http.Client, name string) (client *http.Client, done func()) {
	client = &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	client.Transport = ownTransport()
	if given != nil && given.Transport != nil {
		client.Transport = given.Transport
	}
	transport, ok := client.Transport.(*http.Transport)
	if !ok {
		return client, func() {}
	}
	transport = transport.Clone()
	// Whoever stands in for the cluster's address has to be the cluster: the certificate is checked for its name.
	if a.base.Scheme == "https" && a.base.Host != a.host {
		if transport.TLSClientConfig == nil {
			transport.TLSClientConfig = &tls.Config{MinVersion: tls.VersionTLS12}
		}
		transport.TLSClientConfig.ServerName = name
	}
	client.Transport = transport
	return client, transport.CloseIdleConnections
}

func ownTransport() http.RoundTripper {
	standard, ok := http.DefaultTransport.(*http.Transport)
	if !ok {
		return http.DefaultTransport
	}
	transport := standard.Clone()
	transport.DialContext = (&net.Dialer{Timeout: connectLimit}).DialContext
	transport.TLSHandshakeTimeout = connectLimit
	transport.MaxResponseHeaderBytes = longestBody
	return transport
}

// registered is how many nodes the load balancer knows. The question is a GET with a body, as the released clients ask.
func (a *asker) registered(ctx context.Context) (int, error) {
	question, err := json.Marshal(map[string]string{"service": a.cluster})
	if err != nil {
		return 0, err
	}
	var told struct {
		Nodes any `json:"nodes"`
	}
	if err := a.get(ctx, discoveryPath, string(question), "", &told); err != nil {
		return 0, err
	}
	nodes, ok := count(told.Nodes)
	if !ok {
		return 0, errors.New("it answers without saying how many nodes there are")
	}
	return nodes, nil
}

// count is a whole number that is not negative. Numbers may arrive as texts.
func count(value any) (int, bool) {
	switch n := value.(type) {
	case float64:
		return int(n), n >= 0 && n <= math.MaxInt32 && n == math.Trunc(n)
	case string:
		parsed, err := strconv.ParseUint(n, 10, 31)
		return int(parsed), err == nil
	}
	return 0, false
}

// versionForm is what a version may look like: anything else is not shown to anybody.
var versionForm = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._+-]{0,63}$`)

// version is the server's. A token is shown only to a cluster that asks for one: a public cluster refuses one that has
// expired, and answers without any.
func (a *asker) version(ctx context.Context) (string, error) {
	var told struct {
		Server struct {
			Version string `json:"version"`
		} `json:"server"`
	}
	err := a.get(ctx, versionPath, "", "", &told)
	if demanded(err) {
		if a.token == "" {
			return "", unknown("It does not tell its version without a token: set jwt_user in the provider's sliderule block.")
		}
		if !a.guarded() {
			return "", unknown("It does not tell its version without a token, which is not sent over a network without https.")
		}
		err = a.get(ctx, versionPath, "", a.token, &told)
		if demanded(err) {
			return "", unknown("It does not tell its version to the bearer of jwt_user: the token may have expired, or be for other clusters. Log in again.")
		}
	}
	var refused status
	if errors.As(err, &refused) && (refused.code == http.StatusNotFound || refused.code == http.StatusTooManyRequests) {
		return "", unknown(fmt.Sprintf("Its version is not known: asked for %s, %s.", versionPath, refused))
	}
	if err != nil {
		return "", err
	}
	if !versionForm.MatchString(told.Server.Version) {
		return "", unknown("Its version is not known: it answers with none, or with something else.")
	}
	return told.Server.Version, nil
}

// demanded: the cluster wants a token, or another one.
func demanded(err error) bool {
	var refused status
	return errors.As(err, &refused) && (refused.code == http.StatusUnauthorized || refused.code == http.StatusForbidden)
}

// guarded: what is sent cannot be read on the way.
func (a *asker) guarded() bool {
	if a.base.Scheme == "https" || a.base.Hostname() == "localhost" {
		return true
	}
	ip, err := netip.ParseAddr(a.base.Hostname())
	return err == nil && ip.IsLoopback()
}

// status is an answer other than 200.
type status struct {
	code     int
	redirect string // the host it points to
}

func (s status) Error() string {
	text := strings.TrimSpace(fmt.Sprintf("it answers %d %s", s.code, http.StatusText(s.code)))
	if s.redirect != "" {
		text += fmt.Sprintf(" to %.80q, where nobody is asked", s.redirect)
	}
	return text
}

// get reads one JSON object into told.
func (a *asker) get(ctx context.Context, path, question, token string, told any) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, a.base.JoinPath(path).String(), strings.NewReader(question))
	if err != nil {
		return err
	}
	request.Host = a.host
	request.Header.Set("Accept", "application/json")
	request.Header.Set("X-SlideRule-Client", a.client)
	if question != "" {
		request.Header.Set("Content-Type", "application/json")
	}
	if token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	response, err := a.http.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		said := status{code: response.StatusCode}
		if to, err := response.Location(); err == nil {
			said.redirect = to.Scheme + "://" + to.Host
		}
		return said
	}
	return decode(response.Body, told)
}

func decode(body io.Reader, told any) error {
	text, err := io.ReadAll(io.LimitReader(body, longestBody+1))
	switch {
	case err != nil:
		return err
	case len(text) > longestBody:
		return fmt.Errorf("its answer is longer than %d bytes", longestBody)
	case json.Unmarshal(text, told) != nil:
		return errors.New("its answer is not the JSON of a SlideRule cluster")
	}
	return nil
}
