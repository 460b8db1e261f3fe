package storage

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"

	"github.com/fsouza/fake-gcs-server/fakestorage"
)

// ask hands a request to the library, at the address where the library wants it.
func (f *Fake) ask(c *call, address string, query url.Values) *httptest.ResponseRecorder {
	request := c.request.Clone(c.request.Context())
	target, err := url.Parse(address + "?" + query.Encode())
	if err != nil {
		panic(err) // its parts were escaped
	}
	request.URL = target
	request.Body = io.NopCloser(bytes.NewReader(c.content))
	answer := httptest.NewRecorder()
	f.library.HTTPHandler().ServeHTTP(answer, request)
	answer.Header().Del("Access-Control-Allow-Origin") // Google sends it to origins that the bucket's cors setting names
	return answer
}

// refused puts the library's refusal into Google's words; nil when the library did not refuse.
func refused(answer *httptest.ResponseRecorder) error {
	if answer.Code < 400 {
		return nil
	}
	var body struct {
		Error struct {
			Message string `json:"message"`
		} `json:"error"`
	}
	if json.Unmarshal(answer.Body.Bytes(), &body) != nil || body.Error.Message == "" {
		body.Error.Message = http.StatusText(answer.Code)
	}
	switch answer.Code {
	case http.StatusBadRequest:
		return invalid("%s", body.Error.Message)
	case http.StatusNotFound:
		return notFound("%s", body.Error.Message)
	case http.StatusPreconditionFailed:
		return conditionNotMet("At least one of the pre-conditions you specified did not hold.")
	default:
		return errors.New(body.Error.Message)
	}
}

// find is an object as it is now, or the generation asked for.
func (f *Fake) find(n name, generation int64) (fakestorage.Object, error) {
	if f.buckets[n.bucket] == nil {
		return fakestorage.Object{}, noBucket()
	}
	object, err := f.library.GetObjectWithGeneration(n.bucket, n.object, generation)
	if err != nil {
		return fakestorage.Object{}, notFound("No such object: %s/%s", n.bucket, n.object)
	}
	return object, nil
}

// all are a bucket's objects, with those that newer ones have replaced where the bucket keeps them.
func (f *Fake) all(bucket string) []fakestorage.ObjectAttrs {
	list, err := f.library.ListObjectsWithOptionsPaginated(bucket, fakestorage.ListOptions{Versions: true})
	if err != nil {
		panic(err) // every bucket of ours is one of the library's
	}
	return list.Objects
}

// store writes an object over itself, in place: an object that says its generation keeps it.
func (f *Fake) store(object fakestorage.Object) error {
	object.ACL = nil // buckets of today have none
	return f.library.CreateObjectStreaming(object.StreamingObject())
}

// stamp gives a new object the times of our clock; the library has only the machine's.
func (f *Fake) stamp(n name, generation int64) (fakestorage.Object, error) {
	object, err := f.find(n, generation)
	if err != nil {
		return object, err
	}
	object.Created, object.Updated = f.now(), f.now()
	return object, f.store(object)
}

func versionOf(object fakestorage.ObjectAttrs) version {
	return version{name{object.BucketName, object.Name}, object.Generation}
}

// metageneration counts how often an object's metadata was written. The library says 1 for ever.
func (f *Fake) metageneration(v version) int64 { return 1 + f.metagenerations[v] }
