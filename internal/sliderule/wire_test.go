package sliderule_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"

	"github.com/data-access/terraform-provider-provisioner/internal/await"
	"github.com/data-access/terraform-provider-provisioner/internal/await/awaittest"
	"github.com/data-access/terraform-provider-provisioner/internal/sliderule"
)

// The SDK repeats by the machine's clock, and creates too; here everything is repeated by ours, or not at all.
func TestTheSDKRepeatsNothing(t *testing.T) {
	var calls, status atomic.Int32
	var body atomic.Value
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		calls.Add(1)
		w.Header().Set("Content-Type", "text/xml")
		w.WriteHeader(int(status.Load()))
		_, _ = w.Write([]byte(body.Load().(string)))
	}))
	defer server.Close()
	config := aws.Config{Region: "us-west-2", BaseEndpoint: &server.URL, Credentials: credentials.NewStaticCredentialsProvider("a", "b", ""), RetryMaxAttempts: 5}
	for _, answer := range []struct {
		status int32
		code   string
		calls  int32
		remedy string
	}{
		{503, "ServiceUnavailable", int32(await.Gentle.Attempts), "Apply again"},
		{400, "Throttling", int32(await.Gentle.Attempts), "no more calls"},
		{403, "AccessDenied", 1, "call DescribeStacks of CloudFormation"},
		{403, "ExpiredToken", 1, "Renew"},
	} {
		status.Store(answer.status)
		body.Store("<ErrorResponse><Error><Code>" + answer.code + "</Code><Message>so it is</Message></Error></ErrorResponse>")
		calls.Store(0)
		r := sliderule.New(config, sliderule.Options{Installation: installation, Clock: awaittest.New()})
		_, err := r.Status(t.Context(), "dev")
		if err == nil || calls.Load() != answer.calls || !strings.Contains(err.Error(), "looking at the cluster dev: CloudFormation answered "+answer.code+": so it is. ") || !strings.Contains(err.Error(), answer.remedy) {
			t.Errorf("got %v after %d calls", err, calls.Load())
		}
	}
	server.Close()
	_, err := sliderule.New(config, sliderule.Options{Installation: installation, Clock: awaittest.New()}).Status(t.Context(), "dev")
	if err == nil || !strings.Contains(err.Error(), "looking at the cluster dev") {
		t.Errorf("got %v", err)
	}
	config.Credentials = aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) { return aws.Credentials{}, errors.New("none found") })
	_, err = sliderule.New(config, sliderule.Options{Installation: installation, Clock: awaittest.New()}).Status(t.Context(), "dev")
	if err == nil || !strings.Contains(err.Error(), "AWS_PROFILE") {
		t.Errorf("got %v", err)
	}
}
