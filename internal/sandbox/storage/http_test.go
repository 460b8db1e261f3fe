package storage_test

import (
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	api "google.golang.org/api/storage/v1"

	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/storage"
)

func TestStrangers(t *testing.T) {
	s := open(t, storage.Options{})
	_, err := s.client("another").Objects.Get(shared, "x").Do()
	wantError(t, err, 401, "authError", "Invalid Credentials")
	_, err = s.client("another").Objects.Insert(shared, &api.Object{Name: "x"}).Media(strings.NewReader("y")).Do()
	wantError(t, err, 401, "authError", "Invalid Credentials")
	for _, authorization := range []string{"", "Bearer ", "Basic " + token} {
		got := s.send("GET", "/storage/v1/b/"+shared, "", "", "Authorization", authorization)
		if got.status != 401 || !strings.Contains(got.body, `"reason":"required"`) || got.header.Get("WWW-Authenticate") == "" {
			t.Errorf("got %+v", got)
		}
	}
	if got := s.send("GET", "/"+shared+"/x", "another", ""); got.status != 401 || !strings.Contains(got.body, "<Code>AuthenticationRequired</Code>") {
		t.Errorf("got %+v", got)
	}
	anybody, err := storage.New(storage.Options{})
	s.must(err)
	s.must(anybody.CreateBucket(&api.Bucket{Name: "abc"}))
}

func TestErrorsAsEachAddressWordsThem(t *testing.T) {
	s := open(t, storage.Options{})
	cases := map[string]struct {
		method, path string
		status       int
		want         string
	}{
		"no object, JSON":         {"GET", "/storage/v1/b/" + shared + "/o/a%2Fb", 404, `{"error":{"code":404,"errors":[{"domain":"global","message":"No such object: ` + shared + `/a/b","reason":"notFound"}],"message":"No such object: ` + shared + `/a/b"}}`},
		"no object, content":      {"GET", "/storage/v1/b/" + shared + "/o/a%2Fb?alt=media", 404, "No such object: " + shared + "/a/b"},
		"no object, download":     {"GET", "/download/storage/v1/b/" + shared + "/o/a%2Fb?alt=media", 404, "No such object: " + shared + "/a/b"},
		"no object, XML":          {"GET", "/" + shared + "/a/b", 404, `<?xml version='1.0' encoding='UTF-8'?><Error><Code>NoSuchKey</Code><Message>The specified key does not exist.</Message><Details>No such object: ` + shared + `/a/b</Details></Error>`},
		"no bucket, XML":          {"GET", "/no-such-bucket/a", 404, `<?xml version='1.0' encoding='UTF-8'?><Error><Code>NoSuchBucket</Code>`},
		"a slash not escaped":     {"GET", "/storage/v1/b/" + shared + "/o/a/b", 404, `{"error":{"code":404,`},
		"the version left out":    {"GET", "/storage/b/" + shared, 404, `<?xml`},
		"no such method":          {"POST", "/storage/v1/b/" + shared, 404, `{"error":{"code":404,`},
		"not emulated":            {"GET", "/storage/v1/b/" + shared + "/folders", 501, `{"error":{"code":501,"errors":[{"domain":"global","message":"the sandbox does not emulate storage.folders.list","reason":"notImplemented"}],`},
		"not emulated, XML":       {"PUT", "/" + shared + "/a", 501, `<?xml version='1.0' encoding='UTF-8'?><Error><Code>NotImplemented</Code>`},
		"a bucket's XML":          {"GET", "/" + shared, 501, `<?xml`},
		"an unknown parameter":    {"GET", "/storage/v1/b/" + shared + "?projections=full", 400, `{"error":{"code":400,"errors":[{"domain":"global","message":"Invalid query parameter. Unknown name \"projections\": `},
		"a path parameter":        {"GET", "/storage/v1/b/" + shared + "?bucket=x", 400, `{"error":{"code":400,`},
		"outside the enumeration": {"GET", "/storage/v1/b/" + shared + "?projection=half", 400, `{"error":{"code":400,"errors":[{"domain":"global","message":"Invalid value 'half' for query parameter 'projection'.`},
		"no number":               {"GET", "/storage/v1/b/" + shared + "?ifMetagenerationMatch=x", 400, `{"error":{"code":400,`},
		"a parameter missing":     {"GET", "/storage/v1/b", 400, `{"error":{"code":400,"errors":[{"domain":"global","message":"Required parameter: project","reason":"required"}],`},
		"no page":                 {"GET", "/storage/v1/b?project=" + project + "&pageToken=%25", 400, `{"error":{"code":400,`},
		"no query":                {"GET", "/storage/v1/b?project=%zz", 400, `{"error":{"code":400,`},
		"the library's own":       {"POST", "/_internal/reseed", 501, `<?xml`},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			if got := s.send(c.method, c.path, token, ""); got.status != c.status || !strings.HasPrefix(got.body, c.want) {
				t.Errorf("got %+v, want %d %s", got, c.status, c.want)
			}
		})
	}
	// What any Google client adds to a call, and what cloud.google.com/go/storage leaves empty.
	if got := s.send("GET", "/storage/v1/b/"+shared+"/o?alt=json&prettyPrint=false&delimiter=&matchGlob=&softDeleted=false&pageToken=", token, ""); got.status != 200 {
		t.Errorf("got %+v", got)
	}
}

func TestBodiesAreReadStrictly(t *testing.T) {
	s := open(t, storage.Options{})
	for body, want := range map[string]string{
		`{"Labels":{}}`:                                      `Unknown name \"Labels\" at 'bucket': Cannot find field.`,
		`{"versioning":{"enable":true}}`:                     `Unknown name \"enable\" at 'bucket.versioning'`,
		`{"versioning":{"enabled":"true"}}`:                  `Invalid value at 'bucket.versioning.enabled' (TYPE_BOOLEAN), true`,
		`{"versioning":true}`:                                `Invalid value at 'bucket.versioning' (TYPE_OBJECT)`,
		`{"labels":{"a":1}}`:                                 `Invalid value at 'bucket.labels.a' (TYPE_STRING), 1`,
		`{"labels":[]}`:                                      `Invalid value at 'bucket.labels' (TYPE_OBJECT)`,
		`{"location":{}}`:                                    `Invalid value at 'bucket.location' (TYPE_STRING)`,
		`{"cors":[{"maxAgeSeconds":"x"}]}`:                   `Invalid value at 'bucket.cors[0].maxAgeSeconds' (TYPE_INTEGER), x`,
		`{"cors":[{"maxAgeSeconds":1.5}]}`:                   `Invalid value at 'bucket.cors[0].maxAgeSeconds'`,
		`{"softDeletePolicy":{"effectiveTime":"yesterday"}}`: `Invalid value at 'bucket.softDeletePolicy.effectiveTime'`,
		`{"encryption":{"googleManagedEncryptionEnforcementConfig":{"restrictionMode":"On"}}}`: `(TYPE_STRING), On`,
		`[]`: "Parse Error",
		`{"`: "Parse Error",
	} {
		if got := s.send("PATCH", "/storage/v1/b/"+shared, token, body); got.status != 400 || !strings.Contains(got.body, want) {
			t.Errorf("%s: got %+v, want %s", body, got, want)
		}
	}
	for _, body := range []string{
		`{"cors":[{"maxAgeSeconds":"60"},{"maxAgeSeconds":60}]}`, `{"retentionPolicy":{"retentionPeriod":3600}}`, `{"labels":null}`, "null", "",
	} {
		if got := s.send("PATCH", "/storage/v1/b/"+shared, token, body); got.status != 200 {
			t.Errorf("%s: got %+v", body, got)
		}
	}
}

func TestResetForgetsEverything(t *testing.T) {
	s := open(t, storage.Options{RateLimits: true})
	s.inserted(anas, "one")
	s.Reset()
	if len(s.Buckets()) != 0 || len(s.Objects("")) != 0 {
		t.Error("something is left")
	}
	_, err := s.insert(anas, "one", 0)
	wantError(t, err, 404, "notFound", "The specified bucket does not exist.")
	s.must(s.CreateBucket(&api.Bucket{Name: shared}))
	if again := s.inserted(anas, "one"); again.Metageneration != 1 {
		t.Errorf("got %+v", again)
	}
}

func TestManyCallersAtOnce(t *testing.T) {
	s := open(t, storage.Options{})
	var callers sync.WaitGroup
	var first atomic.Int32
	for i := range 20 {
		callers.Go(func() {
			name := fmt.Sprintf("p%d", i)
			if _, err := s.insert(name, name, 0); err != nil {
				t.Error(err)
			}
			if _, err := s.insert("one", name, 0); err == nil {
				first.Add(1)
			}
			if _, err := s.api.Objects.List(shared).Do(); err != nil {
				t.Error(err)
			}
		})
	}
	callers.Wait()
	if objects := s.Objects(shared); len(objects) != 21 || first.Load() != 1 {
		t.Errorf("%d objects, one of them written %d times", len(objects), first.Load())
	}
}
