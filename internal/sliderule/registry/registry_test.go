package registry_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"

	"github.com/data-access/terraform-provider-provisioner/internal/await"
	"github.com/data-access/terraform-provider-provisioner/internal/await/awaittest"
	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/registry"
)

const host = "123456789012.dkr.ecr.eu-central-1.amazonaws.com"

// wire answers as ECR would, and keeps what it was asked.
type wire struct {
	*testing.T
	mu      sync.Mutex
	answers []string // status and body, the last one for good
	bodies  []string
	signed  []string // Authorization
}

func (w *wire) config() aws.Config {
	server := httptest.NewServer(http.HandlerFunc(func(out http.ResponseWriter, in *http.Request) {
		body, _ := io.ReadAll(in.Body)
		w.mu.Lock()
		defer w.mu.Unlock()
		w.bodies, w.signed = append(w.bodies, string(body)), append(w.signed, in.Header.Get("Authorization"))
		var status int
		var text string
		_, _ = fmt.Sscanf(w.answers[0], "%d", &status)
		_, text, _ = strings.Cut(w.answers[0], " ")
		if len(w.answers) > 1 {
			w.answers = w.answers[1:]
		}
		out.Header().Set("Content-Type", "application/x-amz-json-1.1")
		out.WriteHeader(status)
		_, _ = io.WriteString(out, text)
	}))
	w.Cleanup(server.Close)
	return aws.Config{
		Region: "us-west-2", BaseEndpoint: &server.URL, Credentials: credentials.NewStaticCredentialsProvider("a", "b", ""),
		Retryer: func() aws.Retryer { return aws.NopRetryer{} },
	}
}

func line() *await.Line {
	return &await.Line{
		Clock: awaittest.New(), Judge: func(err error) await.Verdict { return await.Verdict{Again: strings.Contains(err.Error(), "503")} },
		Unanswered: func(error) bool { return false },
	}
}

func refusing(code string) string {
	return `400 {"__type": "` + code + `", "message": "so it is"}`
}

const found = `200 {"imageDetails": [{"imageDigest": "sha256:0123", "imageTags": ["v5.5.0"]}]}`

func TestAnswersOfECR(t *testing.T) {
	for name, what := range map[string]struct {
		answers []string
		digest  string
		fails   string // in the error
		missing bool
	}{
		"there":                 {[]string{found}, "sha256:0123", "", false},
		"there after a while":   {[]string{`503 {"__type": "ServerException"}`, found}, "sha256:0123", "", false},
		"no such tag":           {[]string{refusing("ImageNotFoundException")}, "", "the registry " + host + " has no image sliderule:v5.5.0, so that a cluster of that version would never come up. Choose a version that was released", true},
		"no such repository":    {[]string{refusing("RepositoryNotFoundException")}, "", "the registry " + host + " has no repository sliderule, so that a cluster of version v5.5.0 would never come up. Correct the registry", true},
		"not ours to look at":   {[]string{refusing("AccessDeniedException")}, "", "", false},
		"worn-out credentials":  {[]string{refusing("ExpiredTokenException")}, "", "ExpiredTokenException", false},
		"credentials of nobody": {[]string{refusing("UnrecognizedClientException")}, "", "UnrecognizedClientException", false},
		"an outage":             {[]string{`503 {"__type": "ServerException"}`}, "", "503", false},
		"no image in it":        {[]string{`200 {"imageDetails": []}`}, "", "without a digest", false},
		"no digest in it":       {[]string{`200 {"imageDetails": [{}]}`}, "", "without a digest", false},
	} {
		t.Run(name, func(t *testing.T) {
			w := &wire{T: t, answers: what.answers}
			got, err := registry.Digest(t.Context(), w.config(), line(), host, "sliderule", "v5.5.0")
			if got != what.digest || (err != nil) != (what.fails != "") {
				t.Fatalf("got %q, %v", got, err)
			}
			if err != nil && !strings.Contains(err.Error(), what.fails) {
				t.Errorf("got %v", err)
			}
			if missing := errors.As(err, new(*registry.Missing)); missing != what.missing {
				t.Errorf("missing %t: %v", missing, err)
			}
		})
	}
}

// Account, region and the names' prefix are the registry's, and not the configuration's.
func TestTheRegistryIsReadFromItsHost(t *testing.T) {
	for text, want := range map[string]string{
		host:              `"repositoryName":"sliderule"`,
		host + "/team/sr": `"repositoryName":"team/sr/sliderule"`,
		host + "/team/":   `"repositoryName":"team/sliderule"`,
		strings.Replace(host, ".com", ".com.cn", 1): `"repositoryName":"sliderule"`,
	} {
		w := &wire{T: t, answers: []string{found}}
		got, err := registry.Digest(t.Context(), w.config(), line(), text, "sliderule", "v5.5.0")
		if err != nil || got != "sha256:0123" || len(w.bodies) != 1 {
			t.Fatalf("%s: got %q, %v", text, got, err)
		}
		for _, part := range []string{want, `"registryId":"123456789012"`, `"imageTag":"v5.5.0"`} {
			if !strings.Contains(w.bodies[0], part) {
				t.Errorf("%s: asked %s", text, w.bodies[0])
			}
		}
		if !strings.Contains(w.signed[0], "/eu-central-1/ecr/") {
			t.Errorf("%s: signed %s", text, w.signed[0])
		}
	}
}

func TestAnotherRegistryIsNotAsked(t *testing.T) {
	for _, text := range []string{
		"registry.example.org", "ghcr.io/team", "localhost:5000", "", "123.dkr.ecr.us-west-2.amazonaws.com", host + ".example.org", "public.ecr.aws/team", "x" + host,
	} {
		w := &wire{T: t, answers: []string{found}}
		if got, err := registry.Digest(t.Context(), w.config(), line(), text, "sliderule", "latest"); got != "" || err != nil || len(w.bodies) != 0 {
			t.Errorf("%s: got %q, %v after %v", text, got, err, w.bodies)
		}
	}
}

func TestSeveralImages(t *testing.T) {
	w := &wire{T: t, answers: []string{found, refusing("AccessDeniedException"), strings.Replace(found, "0123", "4567", 1)}}
	got, err := registry.Digests(t.Context(), w.config(), line(), host, []string{"sliderule", "ilb", "monitor"}, "v5.5.0")
	if err != nil || fmt.Sprint(got) != "map[monitor:sha256:4567 sliderule:sha256:0123]" {
		t.Errorf("got %v, %v", got, err)
	}
	w = &wire{T: t, answers: []string{found, refusing("ImageNotFoundException")}}
	var missing *registry.Missing
	if got, err = registry.Digests(t.Context(), w.config(), line(), host, []string{"sliderule", "ilb", "monitor"}, "v5.5.0"); got != nil || !errors.As(err, &missing) || missing.Image != "ilb" || missing.Tag != "v5.5.0" {
		t.Errorf("got %v, %v", got, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err = registry.Digests(ctx, w.config(), line(), host, []string{"sliderule"}, "v5.5.0"); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}
