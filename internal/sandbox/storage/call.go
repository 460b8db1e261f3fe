package storage

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// call is one request: what Google's description says it is, and what it carries.
type call struct {
	request *http.Request
	face    face
	method  *method
	upload  bool              // it came to an address for uploads
	path    map[string]string // what the path names
	query   url.Values
	content []byte
	body    map[string]any // the content, where the method takes a resource
}

func (c *call) name() name { return name{c.path["bucket"], c.path["object"]} }

// host is the address that the client used, for links that lead back here.
func (c *call) host() string { return "http://" + c.request.Host }

const (
	servicePath  = "/storage/v1/"
	uploadPath   = "/upload" + servicePath
	downloadPath = "/download" + servicePath
)

const largestBody = 256 << 20

// recognise finds out what a request asks for.
func (f *Fake) recognise(c *call) error {
	path := c.request.URL.EscapedPath()
	below := func(prefix string) ([]string, bool) {
		rest, ok := strings.CutPrefix(path, prefix)
		return strings.Split(strings.TrimSuffix(rest, "/"), "/"), ok
	}
	query, err := url.ParseQuery(c.request.URL.RawQuery)
	c.query = query
	verb := c.request.Method
	if segments, ok := below(servicePath); ok {
		c.method, c.path = f.api.find(verb, segments)
		if query.Get("alt") == "media" {
			c.face = contentFace
		}
	} else if segments, ok := below(uploadPath); ok {
		if slices.Contains([]string{http.MethodPut, http.MethodDelete}, verb) && query.Has("upload_id") {
			verb = http.MethodPost // the rest of an upload, which the description leaves out
		}
		c.upload = true
		c.method, c.path = f.api.find(verb, segments)
	} else if segments, ok := below(downloadPath); ok {
		c.face = contentFace
		c.method, c.path = f.api.find(verb, segments)
	} else {
		c.face = xmlFace
		f.recogniseXML(c, path)
	}
	switch {
	case err != nil:
		return invalid("Invalid query: %v", err)
	case c.method == nil && c.face == xmlFace:
		return notEmulated("%s %s of the XML API", c.request.Method, path)
	case c.method == nil || c.face == contentFace && c.method.ID != "storage.objects.get":
		return notFound("Not Found")
	case f.handlers[c.method.ID] == nil:
		return notEmulated("%s", c.method.ID)
	case c.upload != (c.method.ID == "storage.objects.insert"):
		return &apiError{
			status: http.StatusBadRequest, reason: "wrongUrlForUpload",
			message: "Upload requests must include an uploadType URL parameter and a URL path beginning with /upload/",
		}
	}
	return nil
}

// recogniseXML finds the one call of the XML API that is emulated: an object's content. Its slashes need no escape.
func (f *Fake) recogniseXML(c *call, path string) {
	bucket, object, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	object, err := url.PathUnescape(object)
	reads := c.request.Method == http.MethodGet || c.request.Method == http.MethodHead
	if reads && err == nil && bucket != "" && object != "" {
		c.method = f.api.methods["storage.objects.get"]
		c.path = map[string]string{"bucket": bucket, "object": object}
	}
}

// authenticate tells strangers apart from those with a wrong token, as Google does.
func (f *Fake) authenticate(r *http.Request) error {
	token, bearer := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !bearer || token == "" {
		return &apiError{
			status: http.StatusUnauthorized, reason: "required", location: "Authorization",
			message: "Anonymous caller does not have access to the Google Cloud Storage resource. Permission denied on resource (or it may not exist).",
		}
	}
	if f.options.Token != "" && token != f.options.Token {
		return &apiError{status: http.StatusUnauthorized, reason: "authError", location: "Authorization", message: "Invalid Credentials"}
	}
	return nil
}

func (c *call) read(w http.ResponseWriter) error {
	content, err := io.ReadAll(http.MaxBytesReader(w, c.request.Body, largestBody))
	if err != nil {
		return invalid("cannot read the request: %v", err)
	}
	c.content = content
	return nil
}

// withoutEffect are parameters that change what Google does, and are not emulated.
var withoutEffect = []string{
	"enableObjectRetention", "filter", "includeFoldersAsPrefixes", "kmsKeyName", "matchGlob", "overrideUnlockedRetention",
	"predefinedAcl", "predefinedDefaultObjectAcl", "restoreToken", "softDeleted",
}

// validate holds a request against the description.
func (f *Fake) validate(c *call) error {
	if c.face == xmlFace {
		return nil // the description is the JSON API's alone; the XML API ignores what it does not know
	}
	uploads := []string{}
	if c.upload {
		uploads = append(uploads, "upload_id")
	}
	if err := f.api.checkQuery(c.method, c.query, uploads...); err != nil {
		return err
	}
	for _, parameter := range withoutEffect {
		if value := c.query.Get(parameter); value != "" && value != "false" {
			return notEmulated("the parameter %s of %s", parameter, c.method.ID)
		}
	}
	if c.method.Request == nil || c.upload {
		return nil
	}
	var err error
	c.body, err = f.api.decodeBody(c.content, c.method.Request.Ref)
	return err
}

// reply is what goes well.
type reply struct {
	status   int // default: 200
	header   http.Header
	resource any    // as JSON, or
	content  []byte // as it is
}

func (r *reply) write(w http.ResponseWriter) {
	for name, values := range r.header {
		w.Header()[name] = values
	}
	body := r.content
	if r.resource != nil {
		w.Header().Set("Content-Type", "application/json; charset=UTF-8")
		body = append(marshal(r.resource), '\n')
	}
	if w.Header().Get("Content-Length") == "" && r.status != http.StatusNoContent { // an answer to HEAD has one
		w.Header().Set("Content-Length", fmt.Sprint(len(body)))
	}
	if r.status != 0 {
		w.WriteHeader(r.status)
	}
	_, _ = w.Write(body) // a client that left needs no answer
}
