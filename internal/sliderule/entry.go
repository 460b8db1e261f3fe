package sliderule

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/golang-jwt/jwt/v5"

	"github.com/data-access/terraform-provider-provisioner/internal/await"
	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/access"
	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/login"
	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/naming"
	"github.com/data-access/terraform-provider-provisioner/internal/step"
)

// For is the same clusters, as somebody else may have them. What either has looked up, both know.
func (r *Region) For(caller access.Caller) *Region {
	other := *r
	other.options.Caller = &caller
	return &other
}

// Caller is whose limits hold.
func (r *Region) Caller() access.Caller { return *r.options.Caller }

// Rules are the table that they stand in.
func (r *Region) Rules() access.Table { return r.options.Rules }

// Identify is who the bearer of a token is. The foundation's key must have signed it, for its domain; a token that was
// changed, has expired or is somebody else's fails with [login.ErrInvalid] or [login.ErrExpired], and is never shown.
func (r *Region) Identify(ctx context.Context, token string) (access.Caller, error) {
	const doing = "checking the SlideRule login"
	f, signer, err := r.signer(ctx)
	if err != nil {
		return access.Caller{}, failed(doing, err)
	}
	keys, err := login.KeysOf(ctx, signer)
	if err != nil {
		return access.Caller{}, failed(doing, err)
	}
	claims, err := login.Verify(strings.TrimSpace(token), keys, naming.Issuer(r.domain(f)), login.ProvisionerAudience, r.options.Clock.Now())
	if err != nil {
		return access.Caller{}, notIdentified(doing, f, err)
	}
	caller, err := claims.Caller()
	if err != nil {
		return access.Caller{}, notIdentified(doing, f, err)
	}
	return caller, nil
}

func notIdentified(doing string, f *Foundation, err error) error {
	told := &step.Error{Step: doing, Err: err, Remedy: "Log in again, at the foundation " + f.Name + " in this account and region"}
	if errors.Is(err, jwt.ErrTokenInvalidAudience) || errors.Is(err, jwt.ErrTokenRequiredClaimMissing) { // ours always say until when
		told.Words = "its bearer may not use the provisioner: " + err.Error()
		told.Remedy = "Log in as an active member of the organization " + f.GitHubOrganization
	}
	return told
}

// signer is the foundation, and its key.
func (r *Region) signer(ctx context.Context) (f *Foundation, signer login.Signer, err error) {
	if f, err = r.foundation(ctx); err != nil {
		return nil, nil, err
	}
	err = r.line.Ask(ctx, func(ctx context.Context) (err error) {
		signer, err = login.NewKMSSigner(ctx, keyService(r.config), f.SigningKey)
		return err
	})
	return f, patientSigner{signer, r.line}, failed("reading the signing key of the foundation "+f.Name, err)
}

// patientSigner signs again when KMS stumbled: the signature of a message is always the same.
type patientSigner struct {
	login.Signer
	line *await.Line
}

// Sign signs a message.
func (s patientSigner) Sign(ctx context.Context, message []byte) (signature []byte, err error) {
	err = s.line.Repeat(ctx, func(ctx context.Context) (err error) {
		signature, err = s.Signer.Sign(ctx, message)
		return err
	})
	return signature, err
}

// LoginRequest is what logging in with GitHub needs.
type LoginRequest struct {
	Token     string // GitHub's
	GitHubURL string // of the API; "": GitHub's own
	HTTP      *http.Client
	// Affiliates reads s3://bucket/key; nil content: there is no such file. Without one, S3 is asked.
	Affiliates func(ctx context.Context, source string) ([]byte, error)
}

// Login logs in the holder of a GitHub token with the foundation's domain, organization and key, at most as an
// organization member. GitHub's refusals are the errors of package login; none of them shows the token.
func (r *Region) Login(ctx context.Context, request LoginRequest) (*login.Login, error) {
	const doing = "logging in"
	f, signer, err := r.signer(ctx)
	if err != nil {
		return nil, failed(doing, err)
	}
	if f.GitHubOrganization == "" {
		return nil, &step.Error{
			Step: doing, Err: fmt.Errorf("the foundation %s names no GitHub organization, so that nobody can log in through GitHub", f.Name),
			Remedy: "Set github_organization of the foundation",
		}
	}
	github, err := login.NewGitHub(request.HTTP, request.GitHubURL, r.options.Clock)
	if err != nil {
		return nil, &step.Error{Step: doing, Err: err, Remedy: "Correct the address of GitHub's API in the environment"}
	}
	read := request.Affiliates
	if read == nil {
		read = r.readFile
	}
	issuer, err := login.NewIssuer(login.Config{
		Domain: r.domain(f), Organization: f.GitHubOrganization, Rules: r.options.Rules,
		Affiliates: func(ctx context.Context) ([]byte, error) { return read(ctx, beside(f.CertificateSource)) },
	}, github, signer, r.options.Clock)
	if err != nil {
		return nil, failed(doing, err)
	}
	made, err := issuer.WithToken(ctx, request.Token)
	return made, failed(doing, err)
}
