package wire

import (
	"bytes"
	"io"
	"net/http"
	"net/url"
	"strings"
)

// actionOf is the AWS operation of a request, or "" for vendors that have a path for each.
func actionOf(req *http.Request) string {
	if target := req.Header.Get("X-Amz-Target"); target != "" {
		return target[strings.LastIndex(target, ".")+1:]
	}
	if action := req.URL.Query().Get("Action"); action != "" {
		return action
	}
	if !isForm(req) {
		return ""
	}
	body, err := io.ReadAll(req.Body)
	req.Body = io.NopCloser(io.MultiReader(bytes.NewReader(body), broken{err}))
	form, _ := url.ParseQuery(string(body)) // the vendor is the one to complain
	return form.Get("Action")
}

func isForm(req *http.Request) bool {
	return strings.HasPrefix(req.Header.Get("Content-Type"), "application/x-www-form-urlencoded")
}

// broken passes on that the client did not send its whole body.
type broken struct{ err error }

func (b broken) Read([]byte) (int, error) {
	if b.err == nil {
		return 0, io.EOF
	}
	return 0, b.err
}
