package login

import (
	"fmt"
	"slices"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/access"
	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/naming"
)

// Claims are what a token says. The first seven are those of the shipped system, which its clusters and clients read;
// clients are also given the claims as they are, as "metadata".
type Claims struct {
	OrgRoles     []string         `json:"org_roles"` // "member", "affiliate", "owner"
	Subject      string           `json:"sub"`       // GitHub login
	Audience     jwt.ClaimStrings `json:"aud"`       // services and clusters that are open to the bearer
	Organization string           `json:"org"`
	IssuedAt     *jwt.NumericDate `json:"iat"`
	Expires      *jwt.NumericDate `json:"exp"`
	Issuer       string           `json:"iss"`

	Account  string   `json:"account,omitempty"`
	Level    string   `json:"level,omitempty"`
	Clusters []string `json:"clusters"` // that the bearer may deploy
	MaxNodes *int     `json:"max_nodes,omitempty"`
	MaxTTL   *int     `json:"max_ttl,omitempty"` // minutes
}

// ExpiresAt is the moment a token ends; the zero time when it does not say.
func (c *Claims) ExpiresAt() time.Time {
	if c.Expires == nil {
		return time.Time{}
	}
	return c.Expires.Time
}

// Caller is who the bearer of a checked token is. A token of the shipped system, which has no level, is worth at most an
// organization member, on the clusters it is an audience of.
//
// An administrator's token is not enough to act as one over the wire: there, the request has to be signed too.
func (c *Claims) Caller() (access.Caller, error) {
	if c.Account != "" && c.Account != c.Subject {
		return access.Caller{}, fmt.Errorf("%w: it is for two accounts, %.64q and %.64q", ErrInvalid, c.Subject, c.Account)
	}
	member := slices.Contains(c.OrgRoles, roleMember) || slices.Contains(c.OrgRoles, roleOwner)
	caller := access.Caller{
		Account: c.Subject, Level: access.GitHubMember, Clusters: c.Clusters, MaxNodes: c.MaxNodes, MaxMinutes: c.MaxTTL,
		Affiliate: !member && slices.Contains(c.OrgRoles, roleAffiliate),
	}
	for _, name := range c.Audience {
		if naming.IsPublic(name) {
			caller.Public = append(caller.Public, name)
		}
	}
	if c.Level != "" {
		level, err := access.ParseLevel(c.Level)
		if err != nil {
			return access.Caller{}, fmt.Errorf("%w: %w", ErrInvalid, err)
		}
		caller.Level = level
		return caller, nil
	}
	if member || caller.Affiliate {
		caller.Level = access.OrganizationMember
	}
	if caller.Clusters == nil {
		for _, name := range c.Audience {
			if naming.CheckPrivate(name) == nil {
				caller.Clusters = append(caller.Clusters, name)
			}
		}
	}
	return caller, nil
}

// The methods of [jwt.Claims].

// GetExpirationTime is exp.
func (c *Claims) GetExpirationTime() (*jwt.NumericDate, error) { return c.Expires, nil }

// GetIssuedAt is iat.
func (c *Claims) GetIssuedAt() (*jwt.NumericDate, error) { return c.IssuedAt, nil }

// GetNotBefore is nbf, which no token of ours has.
func (c *Claims) GetNotBefore() (*jwt.NumericDate, error) { return nil, nil }

// GetIssuer is iss.
func (c *Claims) GetIssuer() (string, error) { return c.Issuer, nil }

// GetSubject is sub.
func (c *Claims) GetSubject() (string, error) { return c.Subject, nil }

// GetAudience is aud.
func (c *Claims) GetAudience() (jwt.ClaimStrings, error) { return c.Audience, nil }
