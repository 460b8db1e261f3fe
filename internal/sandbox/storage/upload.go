package storage

import (
	"bytes"
	"encoding/json"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"unicode/utf8"
)

// insertObject is an upload, whole or in part.
func (f *Fake) insertObject(c *call) (*reply, error) {
	bucket := c.path["bucket"]
	if f.buckets[bucket] == nil {
		return nil, noBucket()
	}
	if !c.query.Has("upload_id") {
		if err := f.admit(c); err != nil {
			return nil, err
		}
	}
	answer := f.ask(c, uploadPath+"b/"+url.PathEscape(bucket)+"/o", c.query)
	switch {
	case c.request.Method == http.MethodDelete && answer.Code == 499: // Google's word for an upload that was given up
		return &reply{status: answer.Code}, nil
	case answer.Code < 400 && answer.Header().Get("Location") != "":
		return f.session(c, answer)
	case answer.Code == http.StatusPermanentRedirect || answer.Header().Get("X-Http-Status-Code-Override") != "":
		return &reply{status: answer.Code, header: answer.Header()}, nil // the client goes on with the next part
	}
	if err := refused(answer); err != nil {
		return nil, err
	}
	var written struct {
		Name       string `json:"name"`
		Generation int64  `json:"generation,string"`
	}
	if err := json.Unmarshal(answer.Body.Bytes(), &written); err != nil {
		return nil, err
	}
	object, err := f.stamp(name{bucket, written.Name}, written.Generation)
	if err != nil {
		return nil, err
	}
	return &reply{resource: f.objectResource(object.ObjectAttrs, c.host())}, nil
}

// admit checks the beginning of an upload: what is to be written, and whether that may be.
func (f *Fake) admit(c *call) error {
	resource, err := f.uploaded(c)
	if err != nil {
		return err
	}
	object, _ := resource["name"].(string)
	if given := c.query.Get("name"); given != "" {
		object = given
	}
	n := name{c.path["bucket"], object}
	switch of, _ := resource["bucket"].(string); {
	case of != "" && of != n.bucket:
		return invalid("The bucket in the request's body, '%s', is not that of its address, '%s'.", of, n.bucket)
	case object == "":
		return required("Required object name")
	case len(object) > 1024 || !utf8.ValidString(object) || strings.ContainsAny(object, "\r\n") || object == "." || object == "..":
		return invalid("Invalid object name: '%s'", object)
	}
	if err := keepable(resource); err != nil {
		return err
	}
	demanded, err := c.conditions()
	if err != nil {
		return err
	}
	var generation, metageneration int64
	if live, err := f.library.GetObject(n.bucket, n.object); err == nil {
		generation, metageneration = live.Generation, f.metageneration(versionOf(live.ObjectAttrs))
	}
	if err := demanded.check(generation, metageneration); err != nil {
		return err
	}
	return f.countWrite(n) // of an upload in parts the beginning counts
}

// uploaded is the resource that comes with an upload. In one of its forms there is none, only a name in the query.
func (f *Fake) uploaded(c *call) (map[string]any, error) {
	switch c.query.Get("uploadType") {
	case "media":
		return map[string]any{}, nil
	case "resumable":
		return f.api.decodeBody(c.content, c.method.Request.Ref)
	case "multipart":
		first, err := firstOfTwo(c.request.Header.Get("Content-Type"), c.content)
		if err != nil {
			return nil, &apiError{status: http.StatusBadRequest, reason: "badContent", message: "Malformed multipart body."}
		}
		return f.api.decodeBody(first, c.method.Request.Ref)
	default:
		return nil, invalid("Invalid upload type: '%s'", c.query.Get("uploadType"))
	}
}

// firstOfTwo is the resource of an upload in one request; its content is the second part.
func firstOfTwo(contentType string, body []byte) ([]byte, error) {
	_, parameters, err := mime.ParseMediaType(contentType)
	if err != nil {
		return nil, err
	}
	parts := multipart.NewReader(bytes.NewReader(body), parameters["boundary"])
	part, err := parts.NextPart()
	if err != nil {
		return nil, err
	}
	first, err := io.ReadAll(part)
	if err == nil {
		_, err = parts.NextPart()
	}
	return first, err
}

// session answers the beginning of an upload in parts: where they go. The library answers with an object that is not
// there yet, and does not escape its name.
func (f *Fake) session(c *call, answer *httptest.ResponseRecorder) (*reply, error) {
	_, id, _ := strings.Cut(answer.Header().Get("Location"), "upload_id=")
	query := url.Values{"uploadType": {"resumable"}, "upload_id": {id}}
	location := c.host() + uploadPath + "b/" + url.PathEscape(c.path["bucket"]) + "/o?" + query.Encode()
	return &reply{header: http.Header{"Location": {location}, "X-Guploader-Uploadid": {id}}}, nil
}
