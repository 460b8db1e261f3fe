package storage_test

import (
	"net/http/httptest"
	"strings"
	"testing"

	api "google.golang.org/api/storage/v1"

	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/storage"
)

func TestSomebodyElseAtTheSameObject(t *testing.T) {
	s := open(t, storage.Options{})
	ours := s.inserted(anas, "ours")
	edited, err := s.EditObject(storage.Object{Bucket: shared, Name: anas, ContentType: "text/html"})
	s.must(err)
	if edited.Generation != ours.Generation || edited.Metageneration != 2 || edited.Content != "ours" || edited.Metadata != nil {
		t.Errorf("got %+v", edited)
	}
	theirs, err := s.PutObject(storage.Object{Bucket: shared, Name: anas, Content: "theirs"})
	s.must(err)
	if theirs.Generation <= ours.Generation || theirs.Metageneration != 1 || theirs.MD5Hash == ours.Md5Hash {
		t.Errorf("got %+v", theirs)
	}
	wantError(t, s.api.Objects.Delete(shared, anas).IfGenerationMatch(ours.Generation).Do(), 412, "conditionNotMet", "")
	if seen, err := s.api.Objects.Get(shared, anas).Do(); err != nil || seen.Generation != theirs.Generation {
		t.Errorf("got %+v, %v", seen, err)
	}
	s.must(s.DeleteObject(shared, anas))
	_, err = s.api.Objects.Get(shared, anas).Do()
	wantError(t, err, 404, "notFound", "")
	for name, err := range map[string]error{
		"delete":    s.DeleteObject(shared, anas),
		"edit":      second(s.EditObject(storage.Object{Bucket: shared, Name: anas})),
		"no bucket": second(s.PutObject(storage.Object{Bucket: "other", Name: anas})),
		"no name":   second(s.PutObject(storage.Object{Bucket: shared})),
		"a bucket":  s.CreateBucket(&api.Bucket{Name: shared}),
	} {
		if err == nil {
			t.Errorf("%s should have failed", name)
		}
	}
}

func second[T any](_ T, err error) error { return err }

func TestControl(t *testing.T) {
	s := open(t, storage.Options{})
	steps := []struct {
		method, path, body string
		status             int
		answer             string
	}{
		{"POST", "/buckets", `{"name":"theirs","location":"EU"}`, 200, `{"status":"ok"}`},
		{"POST", "/buckets", `{"name":"theirs"}`, 409, "Your previous request"},
		{"POST", "/buckets", `{"nam":"x"}`, 400, `Invalid JSON payload received. Unknown name "nam"`},
		{"GET", "/buckets", "", 200, `[{`},
		{"GET", "/objects", "", 200, "[]"},
		{"POST", "/objects", `{"bucket":"theirs","name":"a/b","content":"x","metadata":{"k":"v"}}`, 200, `{"bucket":"theirs","name":"a/b","content":"x","metadata":{"k":"v"},"generation":`},
		{"POST", "/objects", `{"bucket":"theirs","nam":"a/b"}`, 400, `cannot use this body: unknown field "nam"`},
		{"POST", "/objects", `{"bucket":"nobodys","name":"a/b"}`, 404, "The specified bucket does not exist."},
		{"PATCH", "/objects", `{"bucket":"theirs","name":"a/b","content_type":"text/plain"}`, 200, `{"bucket":"theirs","name":"a/b","content":"x","content_type":"text/plain","generation":`},
		{"PATCH", "/objects", `{"bucket":"theirs","name":"b"}`, 404, "No such object: theirs/b"},
		{"GET", "/objects?bucket=theirs", "", 200, `[{"bucket":"theirs","name":"a/b","content":"x",`},
		{"GET", "/objects?bucket=" + shared, "", 200, "[]"},
		{"DELETE", "/objects?bucket=theirs&name=a/b", "", 200, ""},
		{"DELETE", "/objects?bucket=theirs&name=a/b", "", 404, "No such object: theirs/a/b"},
		{"POST", "/reset", "", 200, ""},
		{"GET", "/buckets", "", 200, "[]"},
		{"GET", "/nothing", "", 404, ""},
	}
	for _, step := range steps {
		w := httptest.NewRecorder()
		s.Control().ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), step.method, step.path, strings.NewReader(step.body)))
		if w.Code != step.status || !strings.HasPrefix(w.Body.String(), step.answer) {
			t.Errorf("%s %s %s: got %d %s, want %d %s", step.method, step.path, step.body, w.Code, w.Body, step.status, step.answer)
		}
	}
}
