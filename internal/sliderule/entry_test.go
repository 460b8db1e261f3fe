//go:build unix

package sliderule_test

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/golang-jwt/jwt/v5"

	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/github"
	"github.com/data-access/terraform-provider-provisioner/internal/sliderule"
	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/access"
	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/login"
)

const anasToken = "github_pat_SECRET"

// organization is an account whose foundation lets the members of an organization log in.
type organization struct {
	account
	region *sliderule.Region
	github *github.Fake
	url    string
}

func newOrganization(t *testing.T) *organization {
	t.Helper()
	a := newAccount(t)
	fake := github.New(github.Options{People: []github.Person{{Login: "Ana", Token: anasToken, Role: "admin", Teams: []string{"dev"}, Scopes: []string{"read:org"}}}})
	server := httptest.NewServer(fake)
	t.Cleanup(server.Close)
	o := &organization{account: a, region: a.region(), github: fake, url: server.URL}
	w := a.foundation()
	w.GitHubOrganization = "SlideRuleEarth"
	if made, err := o.region.EnsureFoundation(t.Context(), w); err != nil || made.Problem != nil {
		t.Fatal(made, err)
	}
	if _, err := o.objects().CreateBucket(t.Context(), &s3.CreateBucketInput{
		Bucket: aws.String("sliderule"), CreateBucketConfiguration: &s3types.CreateBucketConfiguration{LocationConstraint: "us-west-2"},
	}); err != nil {
		t.Fatal(err)
	}
	return o
}

func (o *organization) objects() *s3.Client {
	return s3.NewFromConfig(o.config, func(options *s3.Options) { options.UsePathStyle = true })
}

func (o *organization) logIn(affiliates func(context.Context, string) ([]byte, error)) (*login.Login, error) {
	o.Helper()
	got, err := o.region.Login(o.Context(), sliderule.LoginRequest{Token: anasToken, GitHubURL: o.url, Affiliates: affiliates})
	if err != nil && strings.Contains(err.Error(), "SECRET") {
		o.Errorf("the token is in the error: %v", err)
	}
	return got, err
}

func TestALoginSaysWhoSomebodyIs(t *testing.T) {
	o := newOrganization(t)
	got, err := o.logIn(nil)
	if err != nil || got.Level != access.OrganizationMember || !slices.Equal(got.Clusters, []string{"ana", "dev"}) || got.Claims.Issuer != "https://login.example.org" {
		t.Fatalf("got %+v, %v", got, err)
	}
	caller, err := o.region.Identify(t.Context(), " "+got.Token+"\n")
	if err != nil || caller.Account != "Ana" || caller.Level != access.OrganizationMember || !slices.Equal(caller.Clusters, got.Clusters) {
		t.Fatalf("got %+v, %v", caller, err)
	}
	hers := o.region.For(caller)
	if hers.Caller().Account != "Ana" || o.region.Caller().Level != access.Administrator {
		t.Errorf("the callers are %+v and %+v", hers.Caller(), o.region.Caller())
	}
	var refusal *access.Refusal
	large := wanted()
	large.NodeCapacity = 51
	if err := hers.Check(large); !errors.As(err, &refusal) || refusal.Attribute != "node_capacity" {
		t.Errorf("got %v", err)
	}
	if err := o.region.Check(large); err != nil {
		t.Errorf("an administrator got %v", err)
	}
}

func TestTokensThatAreNotOurs(t *testing.T) {
	o := newOrganization(t)
	got, err := o.logIn(nil)
	if err != nil {
		t.Fatal(err)
	}
	stranger, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	parts := strings.Split(got.Token, ".")
	header, _, _ := jwt.NewParser().ParseUnverified(got.Token, jwt.MapClaims{})
	forged := jwt.NewWithClaims(jwt.SigningMethodRS256, header.Claims)
	forged.Header["kid"] = header.Header["kid"]
	byStranger, err := forged.SignedString(stranger)
	if err != nil {
		t.Fatal(err)
	}
	for name, token := range map[string]string{
		"nonsense": "x", "changed": parts[0] + "." + parts[1][:len(parts[1])-4] + "AAAA." + parts[2], "somebody else's": byStranger, "without a signature": parts[0] + "." + parts[1] + ".",
	} {
		_, err := o.region.Identify(t.Context(), token)
		if !errors.Is(err, login.ErrInvalid) || !strings.Contains(err.Error(), "Log in again") || strings.Contains(err.Error(), parts[1]) {
			t.Errorf("%s: got %v", name, err)
		}
	}
	elsewhere := sliderule.New(o.config, sliderule.Options{Installation: installation, Clock: o.account, Domain: "example.net"})
	if _, err := elsewhere.Identify(t.Context(), got.Token); !errors.Is(err, login.ErrInvalid) {
		t.Errorf("a token of another domain: got %v", err)
	}
	o.pass(12*time.Hour + time.Minute)
	if _, err := o.region.Identify(t.Context(), got.Token); !errors.Is(err, login.ErrExpired) || !strings.Contains(err.Error(), "Log in again") {
		t.Errorf("got %v", err)
	}
}

func TestWhoIsNotAMemberMayNotUseTheProvisioner(t *testing.T) {
	o := newOrganization(t)
	o.github.Put(github.Person{Login: "Ana", Token: anasToken, Scopes: []string{"read:org"}})
	got, err := o.logIn(nil)
	if err != nil || got.Level != access.GitHubMember || len(got.Notes) == 0 {
		t.Fatalf("got %+v, %v", got, err)
	}
	_, err = o.region.Identify(t.Context(), got.Token)
	if !errors.Is(err, login.ErrInvalid) || !strings.Contains(err.Error(), "active member of the organization SlideRuleEarth") {
		t.Errorf("got %v", err)
	}
}

func TestAffiliatesAreBesideTheCertificate(t *testing.T) {
	o := newOrganization(t)
	source := ""
	got, err := o.logIn(func(_ context.Context, s string) ([]byte, error) {
		source = s
		return []byte(`{"ana": {"active": true, "clusters": ["guests"], "allowed_scopes": ["provisioner:access"], "max_nodes": 3}}`), nil
	})
	if err != nil || source != "s3://sliderule/cf/affiliates.json" || !slices.Contains(got.Clusters, "guests") || *got.Claims.MaxNodes != 3 {
		t.Errorf("from %s got %+v, %v", source, got, err)
	}
	boom := errors.New("access denied")
	if got, err := o.logIn(func(context.Context, string) ([]byte, error) { return nil, boom }); !errors.Is(err, boom) || got != nil || !strings.Contains(err.Error(), "affiliates") {
		t.Errorf("got %+v, %v", got, err)
	}
	if _, err := o.logIn(func(context.Context, string) ([]byte, error) { return nil, nil }); err != nil {
		t.Errorf("without such a file: %v", err)
	}
}

func TestAffiliatesAreReadFromS3(t *testing.T) {
	o := newOrganization(t)
	if got, err := o.logIn(nil); err != nil || slices.Contains(got.Clusters, "guests") {
		t.Fatalf("without such a file: %+v, %v", got, err)
	}
	put := func(content string) {
		t.Helper()
		_, err := o.objects().PutObject(t.Context(), &s3.PutObjectInput{Bucket: aws.String("sliderule"), Key: aws.String("cf/affiliates.json"), Body: strings.NewReader(content)})
		if err != nil {
			t.Fatal(err)
		}
	}
	put(`{"Ana": {"active": true, "clusters": ["guests"], "allowed_scopes": ["provisioner:access"]}}`)
	if got, err := o.logIn(nil); err != nil || !slices.Contains(got.Clusters, "guests") {
		t.Errorf("got %+v, %v", got, err)
	}
	put(`[]`)
	if got, err := o.logIn(nil); err == nil || got != nil || !strings.Contains(err.Error(), "reading the affiliates") {
		t.Errorf("got %+v, %v", got, err)
	}
	w := o.foundation()
	w.GitHubOrganization, w.CertificateSource = "SlideRuleEarth", "s3://nowhere/cf/example.org.pem"
	if _, err := o.region.EnsureFoundation(t.Context(), w); err != nil {
		t.Fatal(err)
	}
	if got, err := o.logIn(nil); err == nil || got != nil || !strings.Contains(err.Error(), "s3://nowhere/cf/affiliates.json") || !strings.Contains(err.Error(), "certificate_source") {
		t.Errorf("got %+v, %v", got, err)
	}
}

// A refusal says nothing of whether there are affiliates.
func TestRefusedAffiliatesAreAnError(t *testing.T) {
	o := newOrganization(t)
	behind, err := url.Parse(o.server.URL)
	if err != nil {
		t.Fatal(err)
	}
	aws := httputil.NewSingleHostReverseProxy(behind)
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasSuffix(r.URL.Path, "affiliates.json") {
			aws.ServeHTTP(w, r)
			return
		}
		w.WriteHeader(http.StatusForbidden)
		_, _ = io.WriteString(w, `<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>`)
	}))
	defer front.Close()
	config := o.config
	config.BaseEndpoint = &front.URL
	o.region = sliderule.New(config, sliderule.Options{Installation: installation, Clock: o.account})
	if got, err := o.logIn(nil); err == nil || got != nil || !strings.Contains(err.Error(), "s3:ListBucket") {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestLoginsThatCannotBe(t *testing.T) {
	o := newOrganization(t)
	o.github.Remove("Ana")
	if _, err := o.logIn(nil); !errors.Is(err, login.ErrToken) {
		t.Errorf("got %v", err)
	}
	if made, err := o.region.EnsureFoundation(t.Context(), o.foundation()); err != nil || made.Outcome != sliderule.FoundationUpdated {
		t.Fatal(made, err)
	}
	o.region = o.account.region()
	if _, err := o.logIn(nil); err == nil || !strings.Contains(err.Error(), "github_organization") {
		t.Errorf("without an organization: got %v", err)
	}
	if err := o.region.RemoveFoundation(t.Context(), sliderule.DefaultFoundation); err != nil {
		t.Fatal(err)
	}
	if _, err := o.logIn(nil); !errors.Is(err, sliderule.ErrNoFoundation) {
		t.Errorf("without a foundation: got %v", err)
	}
	if _, err := o.region.Identify(t.Context(), "x"); !errors.Is(err, sliderule.ErrNoFoundation) {
		t.Errorf("without a foundation: got %v", err)
	}
}

// What one caller's region has looked up, another's need not ask for.
func TestCallersShareWhatWasLookedUp(t *testing.T) {
	c := newCloud(t)
	r := c.region()
	for i := range 12 {
		c.add(fmt.Sprintf("dev%d-cluster", i), installation, nil)
	}
	for i := range 12 { // after a few single looks, one list answers for all
		if _, err := r.Status(t.Context(), fmt.Sprintf("dev%d", i)); err != nil {
			t.Fatal(err)
		}
	}
	asked := c.count("DescribeStacks")
	other := r.For(access.Caller{Account: "Ana", Level: access.OrganizationMember, Clusters: []string{"dev0"}})
	if _, err := other.Status(t.Context(), "dev0"); err != nil {
		t.Fatal(err)
	}
	if more := c.count("DescribeStacks") - asked; more > 0 {
		t.Errorf("%d more calls", more)
	}
}
