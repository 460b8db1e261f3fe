package storage_test

import (
	"bytes"
	"crypto/md5"
	"encoding/base64"
	"net/url"
	"strings"
	"testing"

	"google.golang.org/api/googleapi"
	api "google.golang.org/api/storage/v1"

	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/storage"
)

// The real client sends more than one chunk as an upload in parts.
func TestUploadInParts(t *testing.T) {
	s := open(t, storage.Options{})
	content := bytes.Repeat([]byte("0123456789abcdef"), 3*googleapi.MinUploadChunkSize/16+7)
	upload := func(generation int64) (*api.Object, error) {
		object := &api.Object{Name: "big & odd+name/ü@x", Metadata: map[string]string{"owner": "abc"}}
		return s.api.Objects.Insert(shared, object).IfGenerationMatch(generation).
			Media(bytes.NewReader(content), googleapi.ChunkSize(googleapi.MinUploadChunkSize), googleapi.ContentType("application/zip")).Do()
	}
	made, err := upload(0)
	s.must(err)
	sum := md5.Sum(content)
	if made.Name != "big & odd+name/ü@x" || made.Md5Hash != base64.StdEncoding.EncodeToString(sum[:]) || made.ContentType != "application/zip" ||
		made.Metadata["owner"] != "abc" || made.Size != uint64(len(content)) || made.TimeCreated != "2026-01-02T03:04:05.000Z" {
		t.Errorf("got %+v", made)
	}
	response, err := s.api.Objects.Get(shared, made.Name).Download()
	if read(t, response, err) != string(content) {
		t.Error("another content came back")
	}
	_, err = upload(0)
	wantError(t, err, 412, "conditionNotMet", "")
}

// Somebody else can be faster between the beginning and the end.
func TestUploadInPartsChecksAtItsEndToo(t *testing.T) {
	s := open(t, storage.Options{})
	begin := s.send("POST", "/upload/storage/v1/b/"+shared+"/o?uploadType=resumable&ifGenerationMatch=0", token, `{"name":"x"}`, "Content-Type", "application/json")
	location, err := url.Parse(begin.header.Get("Location"))
	s.must(err)
	if begin.status != 200 || begin.body != "" || !strings.HasPrefix(location.String(), s.url+"/upload/storage/v1/b/"+shared+"/o?") {
		t.Fatalf("got %+v", begin)
	}
	address := location.EscapedPath() + "?" + location.RawQuery
	if part := s.send("PUT", address, token, "12345", "Content-Range", "bytes 0-4/*"); part.status != 308 || part.header.Get("Range") != "bytes=0-4" {
		t.Errorf("got %+v", part)
	}
	_, err = s.PutObject(storage.Object{Bucket: shared, Name: "x", Content: "theirs"})
	s.must(err)
	if end := s.send("PUT", address, token, "6", "Content-Range", "bytes 5-5/6"); end.status != 412 || !strings.Contains(end.body, "conditionNotMet") {
		t.Errorf("got %+v", end)
	}
	if again := s.send("PUT", address, token, "6", "Content-Range", "bytes 5-5/6"); again.status != 404 {
		t.Errorf("a session ends once: %+v", again)
	}
	begin = s.send("POST", "/upload/storage/v1/b/"+shared+"/o?uploadType=resumable&name=y", token, "", "Content-Type", "application/json")
	location, err = url.Parse(begin.header.Get("Location"))
	s.must(err)
	if given := s.send("DELETE", location.EscapedPath()+"?"+location.RawQuery, token, ""); given.status != 499 {
		t.Errorf("got %+v", given)
	}
}

func TestUploadOfContentAlone(t *testing.T) {
	s := open(t, storage.Options{})
	if got := s.send("POST", "/upload/storage/v1/b/"+shared+"/o?uploadType=media&name=a%2Fb", token, "hello", "Content-Type", "text/plain"); got.status != 200 || !strings.Contains(got.body, `"name":"a/b"`) {
		t.Errorf("got %+v", got)
	}
	if objects := s.Objects(shared); len(objects) != 1 || objects[0].Content != "hello" || objects[0].ContentType != "text/plain" {
		t.Errorf("got %+v", objects)
	}
}

func TestUploadsThatAreRefused(t *testing.T) {
	s := open(t, storage.Options{})
	multipart := func(resource string) string {
		return "--x\r\nContent-Type: application/json\r\n\r\n" + resource + "\r\n--x\r\nContent-Type: text/plain\r\n\r\nhello\r\n--x--\r\n"
	}
	const related = "multipart/related; boundary=x"
	cases := map[string]struct {
		path, kind, body string
		status           int
		want             string
	}{
		"no such bucket":     {"/upload/storage/v1/b/other/o?uploadType=multipart", related, multipart(`{"name":"a"}`), 404, "The specified bucket does not exist."},
		"an unknown field":   {"/upload/storage/v1/b/B/o?uploadType=multipart", related, multipart(`{"name":"a","contenttype":"x"}`), 400, `Unknown name \"contenttype\" at 'object'`},
		"an unknown query":   {"/upload/storage/v1/b/B/o?uploadType=multipart&ifGeneration=1", related, multipart(`{"name":"a"}`), 400, `Unknown name \"ifGeneration\"`},
		"no name":            {"/upload/storage/v1/b/B/o?uploadType=multipart", related, multipart(`{}`), 400, "Required object name"},
		"a long name":        {"/upload/storage/v1/b/B/o?uploadType=multipart", related, multipart(`{"name":"` + strings.Repeat("é", 513) + `"}`), 400, "Invalid object name"},
		"another bucket":     {"/upload/storage/v1/b/B/o?uploadType=multipart", related, multipart(`{"name":"a","bucket":"b"}`), 400, "not that of its address"},
		"an acl":             {"/upload/storage/v1/b/B/o?uploadType=multipart", related, multipart(`{"name":"a","acl":[{}]}`), 501, "does not emulate the field acl"},
		"another checksum":   {"/upload/storage/v1/b/B/o?uploadType=multipart", related, multipart(`{"name":"a","md5Hash":"1B2M2Y8AsgTpgAmY7PhCfg=="}`), 400, "doesn't match"},
		"one part":           {"/upload/storage/v1/b/B/o?uploadType=multipart", related, "--x\r\n\r\n{}\r\n--x--\r\n", 400, "Malformed multipart body."},
		"no boundary":        {"/upload/storage/v1/b/B/o?uploadType=multipart", "", "", 400, "Malformed multipart body."},
		"not JSON":           {"/upload/storage/v1/b/B/o?uploadType=resumable", "application/json", "{", 400, "Parse Error"},
		"two values":         {"/upload/storage/v1/b/B/o?uploadType=resumable", "application/json", "{}{}", 400, "Parse Error"},
		"an unknown type":    {"/upload/storage/v1/b/B/o?uploadType=carrier", "", "", 400, "Invalid upload type"},
		"the wrong address":  {"/storage/v1/b/B/o?uploadType=media&name=a", "", "hello", 400, "Upload requests must include"},
		"an unknown session": {"/upload/storage/v1/b/B/o?upload_id=no", "", "hello", 404, "Not Found"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			verb := "POST"
			if strings.Contains(c.path, "upload_id") {
				verb = "PUT"
			}
			got := s.send(verb, strings.ReplaceAll(c.path, "/B/", "/"+shared+"/"), token, c.body, "Content-Type", c.kind)
			if got.status != c.status || !strings.Contains(got.body, c.want) {
				t.Errorf("got %+v, want %d %s", got, c.status, c.want)
			}
		})
	}
	if objects := s.Objects(""); len(objects) != 0 {
		t.Errorf("something was written: %+v", objects)
	}
}
