package secret_test

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/smithy-go/logging"

	"github.com/data-access/terraform-provider-provisioner/internal/secret"
)

const (
	token     = "tok-example"
	secretARN = "arn:aws:secretsmanager:eu-west-3:123456789012:secret:slack-AbCdEf"
	paramARN  = "arn:aws:ssm:eu-west-3:123456789012:parameter/team/slack"
)

// from gives a configuration that talks to a server in us-west-2 and does not pause between attempts.
func from(server *httptest.Server) func(context.Context) (aws.Config, error) {
	return func(context.Context) (aws.Config, error) {
		return aws.Config{
			Region:       "us-west-2",
			BaseEndpoint: aws.String(server.URL),
			HTTPClient:   server.Client(),
			Retryer:      func() aws.Retryer { return aws.NopRetryer{} },
			Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
				return aws.Credentials{AccessKeyID: "AKIDEXAMPLE", SecretAccessKey: "example"}, nil
			}),
		}, nil
	}
}

func serve(t *testing.T, handler http.HandlerFunc) *httptest.Server {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return server
}

// answer replies to every request with one status and body.
func answer(t *testing.T, status int, body string) *httptest.Server {
	return serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	})
}

func s3Error(code string) string {
	return `<?xml version="1.0" encoding="UTF-8"?><Error><Code>` + code + `</Code><Message>said the service</Message></Error>`
}

func jsonError(code string) string { return `{"__type":"` + code + `","message":"said the service"}` }

func quoted(t *testing.T, v any) string { return string(marshal(t, v)) }

func TestWireOfEachService(t *testing.T) {
	cases := map[string]struct {
		ref     string
		region  string
		request string // method, path, target and body
		reply   string
	}{
		"object": {
			ref: "s3://bucket/folder/my token", region: "us-west-2",
			request: "GET /bucket/folder/my%20token  ", reply: token + "\n",
		},
		"object in JSON": {
			ref: "s3://bucket/key", region: "us-west-2",
			request: "GET /bucket/key  ", reply: `{"token":"` + token + `"}`,
		},
		"secret by name": {
			ref: "secretsmanager://slack", region: "us-west-2",
			request: `POST / secretsmanager.GetSecretValue {"SecretId":"slack","VersionStage":"AWSCURRENT"}`,
			reply:   `{"Name":"slack","SecretString":"` + token + `"}`,
		},
		"secret with a key": {
			ref: "secretsmanager://slack#bot", region: "us-west-2",
			request: `POST / secretsmanager.GetSecretValue {"SecretId":"slack","VersionStage":"AWSCURRENT"}`,
			reply:   `{"SecretString":` + quoted(t, `{"token":"other","bot":"`+token+`"}`) + `}`,
		},
		"secret by ARN, in its region": {
			ref: secretARN, region: "eu-west-3",
			request: `POST / secretsmanager.GetSecretValue {"SecretId":"` + secretARN + `","VersionStage":"AWSCURRENT"}`,
			reply:   `{"SecretString":"` + token + `"}`,
		},
		"secret by ARN with a key": {
			ref: secretARN + "#bot", region: "eu-west-3",
			request: `POST / secretsmanager.GetSecretValue {"SecretId":"` + secretARN + `","VersionStage":"AWSCURRENT"}`,
			reply:   `{"SecretString":` + quoted(t, `{"bot":"`+token+`"}`) + `}`,
		},
		"binary secret": {
			ref: "secretsmanager://slack", region: "us-west-2",
			request: `POST / secretsmanager.GetSecretValue {"SecretId":"slack","VersionStage":"AWSCURRENT"}`,
			reply:   `{"SecretBinary":"` + base64.StdEncoding.EncodeToString([]byte(token+"\n")) + `"}`,
		},
		"parameter by path": {
			ref: "ssm:///team/slack", region: "us-west-2",
			request: `POST / AmazonSSM.GetParameter {"Name":"/team/slack","WithDecryption":true}`,
			reply:   `{"Parameter":{"Name":"/team/slack","Type":"SecureString","Value":"` + token + `","Version":1}}`,
		},
		"parameter by ARN, in its region": {
			ref: paramARN, region: "eu-west-3",
			request: `POST / AmazonSSM.GetParameter {"Name":"` + paramARN + `","WithDecryption":true}`,
			reply:   `{"Parameter":{"Value":"` + token + `"}}`,
		},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			server := serve(t, func(w http.ResponseWriter, r *http.Request) {
				body, _ := io.ReadAll(r.Body)
				if got := fmt.Sprintf("%s %s %s %s", r.Method, r.URL.EscapedPath(), r.Header.Get("X-Amz-Target"), body); got != c.request {
					t.Errorf("request %s\nwant    %s", got, c.request)
				}
				if scope := r.Header.Get("Authorization"); !strings.Contains(scope, "/"+c.region+"/") {
					t.Errorf("signed for another region than %s: %s", c.region, scope)
				}
				_, _ = io.WriteString(w, c.reply)
			})
			value, err := secret.NewReader(from(server)).Read(t.Context(), parse(t, c.ref))
			if err != nil || value.Reveal() != token {
				t.Errorf("got %q, %v", value.Reveal(), err)
			}
		})
	}
}

func TestRefusalsOfEachService(t *testing.T) {
	large := strings.Repeat("x", 64<<10+1)
	cases := []struct {
		ref    string
		status int
		body   string
		kind   error
		remedy string
	}{
		{"s3://bucket/key", 404, s3Error("NoSuchKey"), secret.ErrMissing, "check both names"},
		{"s3://bucket/key", 404, s3Error("NoSuchBucket"), secret.ErrMissing, "check both names"},
		{"s3://bucket/key", 404, "", secret.ErrMissing, "check both names"},
		{"s3://bucket/key", 403, s3Error("AccessDenied"), secret.ErrDenied, "s3:GetObject"},
		{"s3://bucket/key", 403, "", secret.ErrDenied, "s3:GetObject"},
		{"s3://bucket/key", 403, "<html>a proxy says no", secret.ErrDenied, "s3:GetObject"},
		{"s3://bucket/key", 403, s3Error("InvalidAccessKeyId"), secret.ErrDenied, "renew them"},
		{"s3://bucket/key", 400, s3Error("ExpiredToken"), secret.ErrDenied, "renew them"},
		{"s3://bucket/key", 403, s3Error("InvalidObjectState"), secret.ErrUnreadable, "restore it"},
		{"s3://bucket/key", 500, s3Error("InternalError"), secret.ErrUnreadable, "said the service"},
		{"s3://bucket/key", 200, "", secret.ErrEmpty, "store the token"},
		{"s3://bucket/key", 200, large, secret.ErrTooLarge, "not of other data"},
		{"s3://bucket/key", 200, token + "\nx", secret.ErrMultiline, "on one line"},
		{"secretsmanager://slack", 400, jsonError("ResourceNotFoundException"), secret.ErrMissing, "account and region"},
		{"secretsmanager://slack", 400, jsonError("AccessDeniedException"), secret.ErrDenied, "secretsmanager:GetSecretValue"},
		{"secretsmanager://slack", 400, jsonError("DecryptionFailure"), secret.ErrDenied, "kms:Decrypt"},
		{"secretsmanager://slack", 400, jsonError("UnrecognizedClientException"), secret.ErrDenied, "renew them"},
		{"secretsmanager://slack", 403, "", secret.ErrDenied, "secretsmanager:GetSecretValue"},
		{"secretsmanager://slack", 400, jsonError("InvalidRequestException"), secret.ErrUnreadable, "said the service"},
		{"secretsmanager://slack", 404, "", secret.ErrUnreadable, "see its message"},
		{"secretsmanager://slack", 200, `{"SecretString":""}`, secret.ErrEmpty, "store the token"},
		{"secretsmanager://slack", 200, `{"SecretString":"` + large + `"}`, secret.ErrTooLarge, "not of other data"},
		{"secretsmanager://slack", 200, `{"SecretBinary":"` + base64.StdEncoding.EncodeToString([]byte(token+"\xff\xfe")) + `"}`, secret.ErrUnreadable, "UTF-8"},
		{"secretsmanager://slack", 200, `{}`, secret.ErrEmpty, "store the token"},
		{"secretsmanager://slack", 200, `{"SecretString":"` + token, secret.ErrUnreadable, "AWS_ENDPOINT_URL"},
		{"secretsmanager://slack", 200, `{"SecretString":{"` + token + `":1}}`, secret.ErrUnreadable, "AWS_ENDPOINT_URL"},
		{"secretsmanager://slack#bot", 200, `{"SecretString":"{\"token\":\"` + token + `\"}"}`, secret.ErrMissing, `"bot"`},
		{"secretsmanager://slack#bot", 200, `{"SecretString":"` + token + `"}`, secret.ErrUnreadable, `"bot"`},
		{"ssm:///team/slack", 400, jsonError("ParameterNotFound"), secret.ErrMissing, "check its path"},
		{"ssm:///team/slack:9", 400, jsonError("ParameterVersionNotFound"), secret.ErrMissing, "check its path"},
		{"ssm:///team/slack", 400, jsonError("AccessDeniedException"), secret.ErrDenied, "ssm:GetParameter"},
		{"ssm:///team/slack", 403, "", secret.ErrDenied, "ssm:GetParameter"},
		{"ssm:///team/slack", 500, jsonError("InternalServerError"), secret.ErrUnreadable, "said the service"},
		{"ssm:///team/slack", 200, `{"Parameter":{"Value":" "}}`, secret.ErrEmpty, "store the token"},
		{"ssm:///team/slack", 200, `{}`, secret.ErrEmpty, "store the token"},
	}
	for _, c := range cases {
		body := c.body[:min(len(c.body), 60)]
		t.Run(fmt.Sprintf("%s %d %s", c.ref, c.status, body), func(t *testing.T) {
			ref := parse(t, c.ref)
			_, err := secret.NewReader(from(answer(t, c.status, c.body))).Read(t.Context(), ref)
			refused(t, err, c.kind, ref, token)
			if err != nil && !strings.Contains(err.Error(), c.remedy) {
				t.Errorf("no remedy (%q): %v", c.remedy, err)
			}
		})
	}
}

func TestObjectOfUnknownLengthIsNotReadToItsEnd(t *testing.T) {
	const chunk = 1 << 10
	var sent atomic.Int64
	server := serve(t, func(w http.ResponseWriter, r *http.Request) {
		for r.Context().Err() == nil && sent.Load() < 1<<30 { // far beyond what the sockets can hold
			n, err := w.Write(make([]byte, chunk))
			sent.Add(int64(n))
			if err != nil {
				return
			}
		}
	})
	ref := parse(t, "s3://bucket/key")
	_, err := secret.NewReader(from(server)).Read(t.Context(), ref)
	refused(t, err, secret.ErrTooLarge, ref, "")
	if sent.Load() >= 1<<30 {
		t.Error("the whole object was read")
	}
}

func TestBucketInAnotherRegion(t *testing.T) {
	server := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Amz-Bucket-Region", "eu-west-3")
		if !strings.Contains(r.Header.Get("Authorization"), "/eu-west-3/") {
			w.WriteHeader(http.StatusMovedPermanently)
			_, _ = io.WriteString(w, s3Error("PermanentRedirect"))
			return
		}
		_, _ = io.WriteString(w, token)
	})
	value, err := secret.NewReader(from(server)).Read(t.Context(), parse(t, "s3://bucket/key"))
	if err != nil || value.Reveal() != token {
		t.Errorf("got %q, %v", value.Reveal(), err)
	}
}

func TestAnObjectWithoutAChecksumIsNotWorthALogLine(t *testing.T) {
	load := from(answer(t, http.StatusOK, token))
	_, err := secret.NewReader(func(ctx context.Context) (aws.Config, error) {
		cfg, err := load(ctx)
		cfg.Logger = logging.LoggerFunc(func(_ logging.Classification, format string, args ...any) {
			t.Errorf("logged: "+format, args...)
		})
		cfg.ResponseChecksumValidation = aws.ResponseChecksumValidationWhenSupported
		return cfg, err
	}).Read(t.Context(), parse(t, "s3://bucket/key"))
	if err != nil {
		t.Error(err)
	}
}

func TestStandardEndpointVariable(t *testing.T) {
	server := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("X-Amz-Target") == "" && r.URL.Path != "/bucket/key" {
			t.Errorf("the bucket is not in the path: %s %s", r.Host, r.URL)
		}
		replies := map[string]string{"": token, "secretsmanager.GetSecretValue": `{"SecretString":"` + token + `"}`, "AmazonSSM.GetParameter": `{"Parameter":{"Value":"` + token + `"}}`}
		_, _ = io.WriteString(w, replies[r.Header.Get("X-Amz-Target")])
	})
	t.Setenv("AWS_CONFIG_FILE", t.TempDir()+"/none")
	t.Setenv("AWS_SHARED_CREDENTIALS_FILE", t.TempDir()+"/none")
	t.Setenv("AWS_PROFILE", "")
	t.Setenv("AWS_REGION", "us-west-2")
	t.Setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "example")
	// A name in place of an address: the SDK by itself would put the bucket before it.
	t.Setenv("AWS_ENDPOINT_URL", strings.Replace(server.URL, "127.0.0.1", "localhost", 1))
	reader := secret.NewReader(func(ctx context.Context) (aws.Config, error) { return config.LoadDefaultConfig(ctx) })
	for _, text := range []string{"s3://bucket/key", "secretsmanager://slack", "ssm:///slack"} {
		if value, err := reader.Read(t.Context(), parse(t, text)); err != nil || value.Reveal() != token {
			t.Errorf("%s: got %q, %v", text, value.Reveal(), err)
		}
	}
}

func TestConfigurationThatIsNotThere(t *testing.T) {
	boom := errors.New("boom")
	for remedy, load := range map[string]func(context.Context) (aws.Config, error){
		"name an environment variable": nil,
		"AWS_PROFILE":                  func(context.Context) (aws.Config, error) { return aws.Config{}, boom },
		"AWS_REGION":                   func(context.Context) (aws.Config, error) { return aws.Config{}, nil },
	} {
		ref := parse(t, "s3://bucket/key")
		_, err := secret.NewReader(load).Read(t.Context(), ref)
		refused(t, err, secret.ErrUnreadable, ref, "")
		if !strings.Contains(err.Error(), remedy) || remedy == "AWS_PROFILE" && !errors.Is(err, boom) {
			t.Errorf("want the remedy %s: %v", remedy, err)
		}
	}
}

func TestNoAnswer(t *testing.T) {
	server := answer(t, 200, "")
	load := from(server)
	server.Close()
	ref := parse(t, secretARN)
	_, err := secret.NewReader(load).Read(t.Context(), ref)
	refused(t, err, secret.ErrUnreadable, ref, "")
	if err != nil && !strings.Contains(err.Error(), "check the AWS credentials") {
		t.Errorf("no remedy: %v", err)
	}
}
