package provider

import (
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/golang-jwt/jwt/v5"

	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/login"
	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/naming"
	"github.com/data-access/terraform-provider-provisioner/internal/step"
)

const (
	// runSubject is whose the requests of a run are. No account of GitHub's has an underscore in its name.
	runSubject = "provisioner_run"
	// runTokenLife is as long as the longest run may take, and the time until its machine is started.
	runTokenLife = 13 * time.Hour
)

// slideruleRunToken is the token that a run tests a private cluster with, signed by the foundation's key; "" for a public
// cluster, and for one that is not in this account, which no key of ours opens.
//
// The token is for that cluster alone: it is no login at the provisioner, and the run's machine deletes it at its end.
func (c *clouds) slideruleRunToken(ctx context.Context, cluster string) (string, error) {
	region, err := c.sliderule(ctx)
	if err != nil {
		return "", err
	}
	found, err := region.Status(ctx, cluster)
	if err != nil || found.StackID == "" || found.IsPublic {
		return "", err
	}
	base, err := c.slideruleRunBase(ctx)
	if err != nil {
		return "", err
	}
	domain := c.slideruleConfig().Domain.ValueString()
	if domain == "" {
		domain = base.Domain
	}
	now := c.clock.Now()
	token, err := c.signForRun(ctx, base.SigningKey, &login.Claims{
		OrgRoles: []string{}, Subject: runSubject, Audience: jwt.ClaimStrings{cluster}, Organization: base.GitHubOrganization, Clusters: []string{},
		IssuedAt: jwt.NewNumericDate(now), Expires: jwt.NewNumericDate(now.Add(runTokenLife)), Issuer: naming.Issuer(domain),
	})
	if err != nil {
		return "", &step.Error{
			Step: "signing the token of a run against " + cluster, Err: err,
			Remedy: "Check that the signing key of the foundation " + base.Name + " is there and enabled, and that these credentials may sign with it",
		}
	}
	return token, nil
}

// signForRun makes a compact RS256 token of claims.
func (c *clouds) signForRun(ctx context.Context, key string, claims *login.Claims) (string, error) {
	c.sliderules.mu.Lock()
	cfg := c.sliderules.located
	c.sliderules.mu.Unlock()
	signer, err := login.NewKMSSigner(ctx, kms.NewFromConfig(cfg), key)
	if err != nil {
		return "", fmt.Errorf("reading the key: %w", err)
	}
	token := jwt.NewWithClaims(jwt.SigningMethodRS256, claims)
	token.Header["kid"] = signer.KeyID()
	text, err := token.SigningString()
	if err != nil {
		return "", err
	}
	signature, err := signer.Sign(ctx, []byte(text))
	if err != nil {
		return "", err
	}
	return text + "." + token.EncodeSegment(signature), nil
}
