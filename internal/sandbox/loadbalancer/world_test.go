//go:build unix

package loadbalancer_test

import (
	"context"
	"encoding/base64"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/golang-jwt/jwt/v5"

	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/loadbalancer"
	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/moto"
	"github.com/data-access/terraform-provider-provisioner/internal/sliderule"
	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/login"
)

// shared is one emulator for all the tests of this package.
var shared = sync.OnceValues(func() (*moto.Server, error) {
	return moto.Start(context.Background(), moto.NewFinder(""), moto.Options{})
})

func TestMain(m *testing.M) {
	code := m.Run()
	if server, err := shared(); err == nil {
		server.Close()
	}
	os.Exit(code)
}

// world is an AWS with a foundation, and the load balancers in front of it. Time passes when somebody waits.
type world struct {
	*testing.T
	server  *moto.Server
	clock   awsClock
	config  aws.Config
	region  *sliderule.Region
	fake    *loadbalancer.Fake
	url     string
	signing string // the foundation's key
}

const zone = `{"Resources": {"Zone": {"Type": "AWS::Route53::HostedZone", "Properties": {"Name": "example.org."}}}}`

func newWorld(t *testing.T) *world {
	t.Helper()
	if testing.Short() {
		t.Skip("this needs moto")
	}
	server, err := shared()
	if err != nil {
		t.Fatal(err)
	}
	if err := server.Reset(t.Context()); err != nil {
		t.Fatal(err)
	}
	w := &world{T: t, server: server, clock: awsClock{t, server}}
	w.config = aws.Config{Region: "us-west-2", BaseEndpoint: &server.URL, Credentials: credentials.NewStaticCredentialsProvider("sandbox", "sandbox", "")}
	w.region = sliderule.New(w.config, sliderule.Options{Installation: "default", Clock: w.clock})
	w.fake = loadbalancer.New(loadbalancer.Options{Clock: w.clock, Endpoint: server.URL})
	front := httptest.NewServer(w.fake)
	t.Cleanup(front.Close)
	w.url = front.URL
	_, err = cloudformation.NewFromConfig(w.config).CreateStack(t.Context(), &cloudformation.CreateStackInput{StackName: aws.String("zone"), TemplateBody: aws.String(zone)})
	if err != nil {
		t.Fatal(err)
	}
	made, err := w.region.EnsureFoundation(t.Context(), sliderule.FoundationWanted{
		Name: sliderule.DefaultFoundation, Domain: "example.org", CertificateSource: "s3://sliderule/cf/example.org.pem",
		Registry: "registry.example.org", LogRetentionDays: 30,
	})
	if err != nil || made.Problem != nil {
		t.Fatalf("got %+v, %v", made, err)
	}
	w.signing = made.SigningKey
	return w
}

type awsClock struct {
	*testing.T
	server *moto.Server
}

// Now is the time of the emulated AWS.
func (c awsClock) Now() time.Time {
	now, err := c.server.Now(context.Background())
	if err != nil {
		c.Error(err)
	}
	return now
}

// Sleep lets the emulated AWS live through d.
func (c awsClock) Sleep(ctx context.Context, d time.Duration) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	return c.server.Advance(context.Background(), d)
}

// deploy makes a cluster of two nodes; wait is until it is up.
func (w *world) deploy(name string, public, wait bool, version string) {
	w.Helper()
	made, err := w.region.Deploy(w.Context(), sliderule.Wanted{
		Cluster: name, IsPublic: public, NodeCapacity: 2, MaxNodes: 4, TimeToLive: time.Hour, Version: version,
		Nodes: sliderule.Nodes{InstanceTypes: []string{sliderule.DefaultInstanceType}, VolumeGB: sliderule.DefaultVolumeGB},
	}, wait)
	if err != nil || made.Problem != nil {
		w.Fatalf("got %+v, %v", made, err)
	}
}

// get asks a host, as clients do: with a body.
func (w *world) get(host, path, token, body string) (code int, kind, answer string) {
	w.Helper()
	request, err := http.NewRequestWithContext(w.Context(), http.MethodGet, w.url+path, strings.NewReader(body))
	if err != nil {
		w.Fatal(err)
	}
	request.Host = host
	if token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, "", err.Error()
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		w.Fatal(err)
	}
	return response.StatusCode, response.Header.Get("Content-Type"), strings.TrimSpace(string(text))
}

// token is one for an audience, signed with a key of KMS; claims changes what it says.
func (w *world) token(key, audience string, changes ...func(*jwt.RegisteredClaims)) string {
	w.Helper()
	signer, err := login.NewKMSSigner(w.Context(), kms.NewFromConfig(w.config), key)
	if err != nil {
		w.Fatal(err)
	}
	claims := jwt.RegisteredClaims{
		Subject: "ana", Issuer: "https://login.example.org", Audience: jwt.ClaimStrings{"provisioner", audience}, ExpiresAt: jwt.NewNumericDate(w.clock.Now().Add(time.Hour)),
	}
	for _, change := range changes {
		change(&claims)
	}
	text, err := jwt.NewWithClaims(jwt.SigningMethodRS256, claims).SigningString()
	if err != nil {
		w.Fatal(err)
	}
	signature, err := signer.Sign(w.Context(), []byte(text))
	if err != nil {
		w.Fatal(err)
	}
	return text + "." + base64.RawURLEncoding.EncodeToString(signature)
}
