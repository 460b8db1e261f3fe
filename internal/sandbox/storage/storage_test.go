package storage_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"golang.org/x/oauth2"
	"google.golang.org/api/googleapi"
	"google.golang.org/api/option"
	api "google.golang.org/api/storage/v1"

	"github.com/data-access/terraform-provider-provisioner/internal/await/awaittest"
	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/storage"
)

const (
	token   = "the-token"
	project = "data-access"
	shared  = "data-access-templates"
	anas    = "tpl/ana.diaz@example.com.yaml"
)

// service is a fake with the real client in front of it, and one bucket.
type service struct {
	*storage.Fake
	t     *testing.T
	url   string
	clock *awaittest.Clock
	api   *api.Service
}

func open(t *testing.T, options storage.Options) *service {
	t.Helper()
	s := &service{t: t, clock: awaittest.New()}
	options.Clock, options.Token, options.Project = s.clock, token, project
	fake, err := storage.New(options)
	s.must(err)
	server := httptest.NewServer(fake)
	t.Cleanup(server.Close)
	s.Fake, s.url = fake, server.URL
	s.api = s.client(token)
	s.must(fake.CreateBucket(&api.Bucket{Name: shared}))
	return s
}

func (s *service) client(token string) *api.Service {
	s.t.Helper()
	source := oauth2.StaticTokenSource(&oauth2.Token{AccessToken: token})
	client, err := api.NewService(context.Background(), option.WithEndpoint(s.url+"/storage/v1/"), option.WithTokenSource(source))
	s.must(err)
	return client
}

func (s *service) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

// insert uploads as our product does; if there is one already, it must have that generation.
func (s *service) insert(name, content string, generation int64) (*api.Object, error) {
	object := &api.Object{Name: name, ContentType: "text/yaml", Metadata: map[string]string{"owner": "abc"}}
	return s.api.Objects.Insert(shared, object).IfGenerationMatch(generation).Media(strings.NewReader(content)).Do()
}

func (s *service) inserted(name, content string) *api.Object {
	s.t.Helper()
	object, err := s.insert(name, content, 0)
	s.must(err)
	return object
}

// wantError is an error of the JSON API.
func wantError(t *testing.T, err error, status int, reason, message string) {
	t.Helper()
	var refused *googleapi.Error
	if !errors.As(err, &refused) || refused.Code != status || len(refused.Errors) != 1 || refused.Errors[0].Reason != reason || !strings.Contains(refused.Message, message) {
		t.Errorf("got %v, want %d %s %q", err, status, reason, message)
	}
}

type answer struct {
	status int
	header http.Header
	body   string
}

// send is for what the real client does not do.
func (s *service) send(method, path, token, body string, header ...string) answer {
	s.t.Helper()
	request, err := http.NewRequestWithContext(s.t.Context(), method, s.url+path, strings.NewReader(body))
	s.must(err)
	if token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	for i := 0; i < len(header); i += 2 {
		request.Header.Set(header[i], header[i+1])
	}
	response, err := http.DefaultClient.Do(request)
	s.must(err)
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	s.must(err)
	return answer{response.StatusCode, response.Header, string(text)}
}

func read(t *testing.T, response *http.Response, err error) string {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
