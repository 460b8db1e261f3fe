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

// The secrets that a sandbox begins with: the tokens it accepts, as objects of this bucket.
const (
	SecretsBucket       = "data-access-secrets"
	DatabricksSecretKey = "databricks/token"
	SlackSecretKey      = "slack/token"

	databricksToken = "sandbox-databricks-token"
	slackToken      = "sandbox-slack-token"
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

func (s *Sandbox) seedSecrets(ctx context.Context) error {
	if s.moto == nil {
		return nil
	}
	return errors.Join(
		s.PutSecret(ctx, SecretsBucket, DatabricksSecretKey, databricksToken),
		s.PutSecret(ctx, SecretsBucket, SlackSecretKey, slackToken),
	)
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
	req, err := http.NewRequestWithContext(ctx, http.MethodPut, s.moto.URL+(&url.URL{Path: path}).EscapedPath(), strings.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "binary/octet-stream")
	// Moto does not check signatures, yet without one the caller is a stranger, who may not write over an object.
	req.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=sandbox/20260101/"+region+"/s3/aws4_request, SignedHeaders=host, Signature=none")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("put s3:/%s: %s: %s", path, resp.Status, answer)
	}
	return nil
}
