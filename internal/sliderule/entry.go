package sliderule

import (
	"context"
	"errors"
	"net/http"

	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/access"
	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/login"
)

// For is the same clusters, as somebody else may have them.
func (r *Region) For(caller access.Caller) *Region { return r }

// Identify is who the bearer of a token is. The foundation's key must have signed it.
func (r *Region) Identify(ctx context.Context, token string) (access.Caller, error) {
	return access.Caller{}, errors.New("not yet")
}

// LoginRequest is what logging in with GitHub needs.
type LoginRequest struct {
	Token      string // GitHub's
	GitHubURL  string // of the API; "": GitHub's own
	HTTP       *http.Client
	Affiliates func(ctx context.Context, source string) ([]byte, error) // reads s3://bucket/key; nil content: there is no such file
}

// Login logs in the holder of a GitHub token with the foundation's domain, organization and key.
func (r *Region) Login(ctx context.Context, request LoginRequest) (*login.Login, error) {
	return nil, errors.New("not yet")
}
