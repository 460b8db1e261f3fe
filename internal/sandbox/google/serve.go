package google

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"io"
	"math"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

const maxRequestBytes = 10 << 20

// call is one request, read and admitted.
type call struct {
	method *method
	target string            // what it is about: projects/p/locations/l/instances/n, or .../instances
	query  map[string]string // by the names of the document
	body   fields            // as the server stores it
	now    time.Time
}

// answer computes a reply while the project is locked: a raw document, a *page, or something to be written as JSON.
type answer func(*call) (any, error)

// raw is JSON that is shared between replies and never changes.
type raw []byte

// segment is one part of the target: 1 is the project, 3 the location, 5 the id.
func (c *call) segment(i int) string {
	if parts := strings.Split(c.target, "/"); i < len(parts) {
		return parts[i]
	}
	return ""
}

func (c *call) project() string  { return c.segment(1) }
func (c *call) location() string { return c.segment(3) }

// parentOf is a name without its last part.
func parentOf(name string) string { return name[:max(strings.LastIndex(name, "/"), 0)] }

func lastOf(name string) string { return name[strings.LastIndex(name, "/")+1:] }

// verb is the last word of the method's id: create, patch, setLabels.
func (c *call) verb() string { return c.method.ID[strings.LastIndex(c.method.ID, ".")+1:] }

// requestID is the caller's own name for the request, wherever the method takes it.
func (c *call) requestID() string {
	if id := c.query["requestId"]; id != "" {
		return id
	}
	return text(c.body["requestId"])
}

// ServeHTTP is the five APIs.
func (f *Fake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	m, target := f.route(r.Method, r.URL.Path)
	if m == nil {
		noSuchURL(w, r)
		return
	}
	if err := f.authenticate(r.Header); err != nil {
		write(w, nil, err)
		return
	}
	c, err := read(w, r, m, target)
	if err != nil {
		write(w, nil, err)
		return
	}
	reply, err := f.locked(c)
	write(w, reply, err) // replies share nothing that changes, so they are written outside the lock
}

// route takes a path apart: the API's name, and what the vendor's own host would be asked.
func (f *Fake) route(httpMethod, path string) (m *method, target string) {
	api, path, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	version, target, _ := strings.Cut(path, "/")
	d := f.documents[api+"/"+version]
	if d == nil {
		return nil, ""
	}
	target, _ = cutVerb(target)
	return d.find(httpMethod, path), target
}

func read(w http.ResponseWriter, r *http.Request, m *method, target string) (*call, error) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxRequestBytes))
	if err != nil {
		return nil, invalid("The request could not be read: %v", err)
	}
	values, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return nil, invalid("The query could not be read: %v", err)
	}
	c := &call{method: m, target: target}
	if c.query, err = m.readQuery(values); err != nil {
		return nil, err
	}
	c.body, err = m.readBody(body)
	return c, err
}

func (f *Fake) authenticate(header http.Header) error {
	token, isBearer := strings.CutPrefix(header.Get("Authorization"), "Bearer ")
	switch {
	case !isBearer || token == "":
		return unauthenticated("CREDENTIALS_MISSING")
	case f.options.Token != "" && token != f.options.Token:
		return unauthenticated("ACCESS_TOKEN_INVALID")
	}
	return nil
}

func (f *Fake) locked(c *call) (any, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	c.now = f.now()
	f.timeline.advance(c.now)
	if err := f.admit(c); err != nil {
		return nil, err
	}
	reply, implemented := f.answers[c.method.key]
	if !implemented {
		return nil, unimplemented()
	}
	result, err := reply(c)
	if err != nil {
		return nil, err
	}
	return encode(result)
}

// admit refuses the projects of others, and calls beyond a quota. It also turns a project's number into its id, so
// that nothing else has to know that there are two names for a project.
func (f *Fake) admit(c *call) error {
	if strings.HasPrefix(c.target, "projects/") {
		named := c.project()
		p, found := f.findProject(named)
		switch {
		case found:
			c.target = strings.Replace(c.target, "projects/"+named, "projects/"+p.id, 1)
		case named != "-" || c.method.doc.Name != "iam":
			return denied(c.method, named)
		}
	}
	if f.options.RateLimits {
		return f.quotas.admit(c)
	}
	return nil
}

// encode writes what may change later while the project is still locked.
func encode(reply any) (any, error) {
	switch reply.(type) {
	case raw, *page:
		return reply, nil
	case nil:
		return raw("{}"), nil
	}
	document, err := json.Marshal(reply)
	return raw(document), err
}

func write(w http.ResponseWriter, reply any, err error) {
	status, document := http.StatusOK, []byte(nil)
	var refused *apiError
	switch {
	case errors.As(err, &refused):
		status = refused.status
		document, _ = json.Marshal(refused.body())
		if refused.retryAfter > 0 {
			w.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(refused.retryAfter.Seconds()))))
		}
	case err != nil:
		status = http.StatusInternalServerError
		document, _ = json.Marshal((&apiError{status: status, code: "INTERNAL", message: err.Error()}).body())
	default:
		document = bytesOf(reply)
	}
	w.Header().Set("Content-Type", "application/json; charset=UTF-8")
	w.WriteHeader(status)
	_, _ = w.Write(document) // a client that went away is its own concern
}

func bytesOf(reply any) []byte {
	if p, isPage := reply.(*page); isPage {
		var b bytes.Buffer
		p.writeTo(&b)
		return b.Bytes()
	}
	return reply.(raw)
}

// noSuchURL is the page that Google's front end shows for a path or a method that no API has.
func noSuchURL(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/html; charset=UTF-8")
	w.WriteHeader(http.StatusNotFound)
	_, _ = fmt.Fprintf(w, "<!DOCTYPE html>\n<html lang=en>\n<title>Error 404 (Not Found)!!1</title>\n"+
		"<p><b>404.</b> <ins>That’s an error.</ins>\n<p>The requested URL <code>%s</code> was not found on this server. <ins>That’s all we know.</ins>\n",
		html.EscapeString(r.URL.Path))
}
