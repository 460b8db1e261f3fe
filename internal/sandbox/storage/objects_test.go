package storage_test

import (
	"crypto/md5"
	"encoding/base64"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"google.golang.org/api/googleapi"
	api "google.golang.org/api/storage/v1"

	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/storage"
)

func TestCreateOnlyOnce(t *testing.T) {
	s := open(t, storage.Options{})
	first := s.inserted(anas, "one")
	sum := md5.Sum([]byte("one"))
	want := map[string]any{
		"kind": "storage#object", "name": anas, "bucket": shared, "contentType": "text/yaml", "size": uint64(3), "metageneration": int64(1),
		"md5Hash": base64.StdEncoding.EncodeToString(sum[:]), "id": fmt.Sprintf("%s/%s/%d", shared, anas, first.Generation),
		"timeCreated": "2026-01-02T03:04:05.000Z", "updated": "2026-01-02T03:04:05.000Z", "owner": "abc", "storageClass": "STANDARD",
	}
	got := map[string]any{
		"kind": first.Kind, "name": first.Name, "bucket": first.Bucket, "contentType": first.ContentType, "size": first.Size, "metageneration": first.Metageneration,
		"md5Hash": first.Md5Hash, "id": first.Id,
		"timeCreated": first.TimeCreated, "updated": first.Updated, "owner": first.Metadata["owner"], "storageClass": first.StorageClass,
	}
	for field := range want {
		if got[field] != want[field] {
			t.Errorf("%s: got %v, want %v", field, got[field], want[field])
		}
	}
	_, err := s.insert(anas, "two", 0)
	wantError(t, err, 412, "conditionNotMet", "pre-conditions")

	second, err := s.insert(anas, "two", first.Generation)
	s.must(err)
	if second.Generation <= first.Generation || second.Md5Hash == first.Md5Hash || second.Etag == first.Etag {
		t.Errorf("a new content is a new generation: %+v after %+v", second, first)
	}
	_, err = s.insert(anas, "three", first.Generation)
	wantError(t, err, 412, "conditionNotMet", "")
}

func TestContentByEveryAddress(t *testing.T) {
	s := open(t, storage.Options{})
	object := s.inserted(anas, "hello")
	response, err := s.api.Objects.Get(shared, anas).Download()
	if got := read(t, response, err); got != "hello" || response.Header.Get("X-Goog-Generation") != fmt.Sprint(object.Generation) {
		t.Errorf("JSON: got %q %v", got, response.Header)
	}
	link, err := url.Parse(object.MediaLink)
	s.must(err)
	for path, etag := range map[string]string{
		"/" + shared + "/tpl%2Fana.diaz@example.com.yaml":                       `"5d41402abc4b2a76b9719d911017c592"`, // as cloud.google.com/go/storage writes it
		"/" + shared + "/tpl/ana.diaz%40example.com.yaml":                       `"5d41402abc4b2a76b9719d911017c592"`,
		link.EscapedPath() + "?" + link.RawQuery:                                object.Etag,
		"/storage/v1/b/" + shared + "/o/" + url.PathEscape(anas) + "?alt=media": object.Etag,
	} {
		got := s.send("GET", path, token, "")
		for name, want := range map[string]string{
			"X-Goog-Generation": fmt.Sprint(object.Generation), "X-Goog-Metageneration": "1", "X-Goog-Stored-Content-Length": "5",
			"Content-Type": "text/yaml", "Etag": etag, "X-Goog-Meta-Owner": "abc", "Last-Modified": "Fri, 02 Jan 2026 03:04:05 GMT",
		} {
			if got.header.Get(name) != want {
				t.Errorf("%s: %s is %q, want %q", path, name, got.header.Get(name), want)
			}
		}
		if hashes := got.header["X-Goog-Hash"]; got.status != 200 || got.body != "hello" || len(hashes) != 2 || hashes[1] != "md5="+object.Md5Hash {
			t.Errorf("%s: got %+v", path, got)
		}
		if part := s.send("GET", path, token, "", "Range", "bytes=1-2"); part.status != 206 || part.body != "el" || part.header.Get("Content-Range") != "bytes 1-2/5" {
			t.Errorf("%s: got %+v", path, part)
		}
		if beyond := s.send("GET", path, token, "", "Range", "bytes=9-"); beyond.status != 416 {
			t.Errorf("%s: got %+v", path, beyond)
		}
	}
	if head := s.send("HEAD", "/"+shared+"/"+anas, token, ""); head.status != 200 || head.header.Get("Content-Length") != "5" {
		t.Errorf("got %+v", head)
	}
}

func TestOldVersionsAreReadByTheirGeneration(t *testing.T) {
	s := open(t, storage.Options{})
	_, err := s.api.Buckets.Patch(shared, &api.Bucket{Versioning: &api.BucketVersioning{Enabled: true}}).Do()
	s.must(err)
	first := s.inserted(anas, "one")
	_, err = s.insert(anas, "two", first.Generation)
	s.must(err)
	response, err := s.api.Objects.Get(shared, anas).Generation(first.Generation).Download()
	if got := read(t, response, err); got != "one" {
		t.Errorf("got %q", got)
	}
	list, err := s.api.Objects.List(shared).Versions(true).Do()
	s.must(err)
	if len(list.Items) != 2 || list.Items[0].Generation != first.Generation || list.Items[0].TimeDeleted == "" || list.Items[1].TimeDeleted != "" {
		t.Errorf("got %+v", list.Items)
	}
	s.must(s.api.Objects.Delete(shared, anas).Do())
	wantError(t, s.api.Buckets.Delete(shared).Do(), 409, "conflict", "not empty")
	for _, old := range list.Items {
		s.must(s.api.Objects.Delete(shared, anas).Generation(old.Generation).Do())
	}
	s.must(s.api.Buckets.Delete(shared).Do())
}

func TestMetadataChangesWithoutANewGeneration(t *testing.T) {
	s := open(t, storage.Options{})
	made := s.inserted(anas, "one")
	s.clock.Advance(time.Minute)
	patched, err := s.api.Objects.Patch(shared, anas, &api.Object{
		Metadata: map[string]string{"team": "x"}, CacheControl: "no-store", NullFields: []string{"Metadata.owner"},
	}).IfMetagenerationMatch(1).Do()
	s.must(err)
	if patched.Generation != made.Generation || patched.Metageneration != 2 || patched.Md5Hash != made.Md5Hash || patched.Etag == made.Etag ||
		patched.Metadata["team"] != "x" || len(patched.Metadata) != 1 || patched.ContentType != "text/yaml" ||
		patched.TimeCreated != made.TimeCreated || patched.Updated != "2026-01-02T03:05:05.000Z" {
		t.Errorf("got %+v", patched)
	}
	_, err = s.api.Objects.Patch(shared, anas, &api.Object{}).IfMetagenerationMatch(1).Do()
	wantError(t, err, 412, "conditionNotMet", "")
	updated, err := s.api.Objects.Update(shared, anas, &api.Object{ContentType: "text/plain"}).Do()
	s.must(err)
	if updated.Metageneration != 3 || updated.ContentType != "text/plain" || updated.Metadata != nil || updated.CacheControl != "" {
		t.Errorf("got %+v", updated)
	}
	if seen, err := s.api.Objects.Get(shared, anas).Do(); err != nil || seen.Metageneration != 3 || seen.Etag != updated.Etag {
		t.Errorf("got %+v, %v", seen, err)
	}
	again, err := s.insert(anas, "two", made.Generation)
	s.must(err)
	if again.Metageneration != 1 {
		t.Errorf("a new generation begins at 1: %+v", again)
	}
	_, err = s.api.Objects.Patch(shared, anas, &api.Object{TemporaryHold: true}).Do()
	wantError(t, err, 501, "notImplemented", "temporaryHold")
}

func TestPreconditionsOfReadsAndDeletes(t *testing.T) {
	s := open(t, storage.Options{})
	generation := s.inserted(anas, "one").Generation
	_, err := s.api.Objects.Get(shared, anas).IfGenerationMatch(1).Do()
	wantError(t, err, 412, "conditionNotMet", "")
	if _, err = s.api.Objects.Get(shared, anas).IfGenerationNotMatch(generation).Do(); !googleapi.IsNotModified(err) {
		t.Errorf("got %v", err)
	}
	if got := s.send("GET", "/"+shared+"/"+anas, token, "", "x-goog-if-generation-match", "1"); got.status != 412 || !strings.Contains(got.body, "<Code>PreconditionFailed</Code>") {
		t.Errorf("got %+v", got)
	}
	wantError(t, s.api.Objects.Delete(shared, anas).IfGenerationMatch(1).Do(), 412, "conditionNotMet", "")
	wantError(t, s.api.Objects.Delete(shared, anas).IfGenerationNotMatch(generation).Do(), 412, "conditionNotMet", "")
	s.must(s.api.Objects.Delete(shared, anas).IfGenerationMatch(generation).Do())
	wantError(t, s.api.Objects.Delete(shared, anas).IfGenerationMatch(generation).Do(), 404, "notFound", "No such object: "+shared+"/"+anas)
	if got := s.send("DELETE", "/storage/v1/b/"+shared+"/o/x?ifGenerationMatch=soon", token, ""); got.status != 400 {
		t.Errorf("got %+v", got)
	}
}

func TestListsArePagedInOrder(t *testing.T) {
	s := open(t, storage.Options{})
	for _, name := range []string{"b.yaml", "a/2", "a/1", "c/1", "a.yaml", "ü@x"} {
		_, err := s.PutObject(storage.Object{Bucket: shared, Name: name, Content: name})
		s.must(err)
	}
	var got, pages []string
	err := s.api.Objects.List(shared).Delimiter("/").MaxResults(2).Pages(t.Context(), func(page *api.Objects) error {
		pages = append(pages, fmt.Sprint(len(page.Items)+len(page.Prefixes)))
		for _, item := range page.Items {
			got = append(got, item.Name)
		}
		got = append(got, page.Prefixes...)
		return nil
	})
	s.must(err)
	if want := []string{"a.yaml", "a/", "b.yaml", "c/", "ü@x"}; !slices.Equal(got, want) || strings.Join(pages, " ") != "2 2 1" {
		t.Errorf("got %v in pages of %v, want %v", got, pages, want)
	}
	under, err := s.api.Objects.List(shared).Prefix("a/").Do()
	if err != nil || len(under.Items) != 2 || under.Items[1].Name != "a/2" || under.Kind != "storage#objects" {
		t.Errorf("got %+v, %v", under, err)
	}
	_, err = s.api.Objects.List("no-such-bucket").Do()
	wantError(t, err, 404, "notFound", "The specified bucket does not exist.")
	_, err = s.api.Objects.List(shared).MatchGlob("*").Do()
	wantError(t, err, 501, "notImplemented", "matchGlob")
}

func TestTheSameObjectIsWrittenOnceASecond(t *testing.T) {
	s := open(t, storage.Options{RateLimits: true})
	first := s.inserted(anas, "one")
	s.inserted("another", "one")
	_, err := s.insert(anas, "two", first.Generation)
	wantError(t, err, 429, "rateLimitExceeded", shared+"/"+anas+" exceeded the rate limit")
	wantError(t, s.api.Objects.Delete(shared, anas).Do(), 429, "rateLimitExceeded", "")
	_, err = s.api.Objects.Patch(shared, anas, &api.Object{}).Do()
	wantError(t, err, 429, "rateLimitExceeded", "")
	s.clock.Advance(time.Second)
	s.must(s.api.Objects.Delete(shared, anas).Do())
}
