package sandbox

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strings"

	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/moto"
)

var errWithoutAWS = errors.New("this sandbox was started without AWS")

func (s *Sandbox) startAWS(ctx context.Context) (vendor, error) {
	aws := vendor{name: "aws", url: &s.AWSURL}
	if s.options.WithoutAWS {
		aws.serves = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			http.Error(w, errWithoutAWS.Error(), http.StatusNotImplemented) // a status that SDKs do not retry
		})
		aws.reset = always(func() {})
		return aws, nil
	}
	server, err := moto.Start(ctx, moto.NewFinder(s.options.CacheDir), moto.Options{Plain: s.options.PlainAWS, Speed: s.options.Speed})
	if err != nil {
		return vendor{}, err
	}
	s.moto = server
	clock := s.startTicker()
	aws.control = s.awsControl()
	aws.reset = func(ctx context.Context) error {
		s.Ticker.Reset()
		clock.reset()
		return server.Reset(ctx)
	}
	aws.serves, err = forward(server.URL)
	return aws, err
}

// forward passes requests on with their Host header, which is part of what AWS clients sign.
func forward(to string) (http.Handler, error) {
	target, err := url.Parse(to)
	if err != nil {
		return nil, err
	}
	return &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(target)
			r.Out.Host = r.In.Host
		},
		Transport: &http.Transport{DisableCompression: true}, // answers pass as they are
		ErrorHandler: func(w http.ResponseWriter, _ *http.Request, err error) {
			http.Error(w, "moto does not answer: "+err.Error(), http.StatusBadGateway)
		},
	}, nil
}

// PutSecret writes an object to the emulated S3, and makes its bucket when there is none.
// It goes past the recorder: the list of calls is the product's own.
func (s *Sandbox) PutSecret(ctx context.Context, bucket, key, value string) error {
	if s.moto == nil {
		return errWithoutAWS
	}
	if err := s.put(ctx, "/"+bucket, ""); err != nil {
		return err
	}
	return s.put(ctx, "/"+bucket+"/"+key, value)
}

func (s *Sandbox) put(ctx context.Context, path, body string) error {
	answer, status, err := s.send(ctx, http.MethodPut, path, "s3", body, http.Header{"Content-Type": {"binary/octet-stream"}})
	if err != nil {
		return err
	}
	if status != http.StatusOK {
		return fmt.Errorf("put s3:/%s: status %d: %s", path, status, answer)
	}
	return nil
}

// send makes a request of a service of the emulated AWS.
func (s *Sandbox) send(ctx context.Context, method, path, service, body string, header http.Header) (answer string, status int, err error) {
	req, err := http.NewRequestWithContext(ctx, method, s.moto.URL+(&url.URL{Path: path}).EscapedPath(), strings.NewReader(body))
	if err != nil {
		return "", 0, err
	}
	req.Header = header
	// Moto does not check signatures, yet they say which service is meant, and without one the caller is a stranger, who
	// may not write over an object.
	req.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=sandbox/20260101/"+region+"/"+service+"/aws4_request, SignedHeaders=host, Signature=none")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return "", 0, err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	return string(text), resp.StatusCode, err
}
