package login

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/data-access/terraform-provider-provisioner/internal/await"
	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/access"
	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/naming"
	"github.com/data-access/terraform-provider-provisioner/internal/step"
)

// DefaultLifetime is how long a token is good for, unless configured.
const DefaultLifetime = 12 * time.Hour

const (
	roleMember    = "member"
	roleAffiliate = "affiliate"
	roleOwner     = "owner" // never by a GitHub token
)

// memberScopes are what a member's token is good for. An affiliation narrows them.
var memberScopes = []string{scopeClusters, "monitor:access", scopeProvisioner, "runner:access"}

const (
	scopeClusters    = "sliderule:access"
	scopeProvisioner = "provisioner:access"
)

// Config is what tokens are issued by.
type Config struct {
	Domain       string        // of the clusters, such as slideruleearth.io
	Organization string        // of GitHub
	Lifetime     time.Duration // 0 is [DefaultLifetime]
	Rules        access.Table
	// Affiliates reads the file of affiliates; nil, or no content, is that there are none.
	Affiliates func(context.Context) ([]byte, error)
	// PublicCluster finds the real name of the live public cluster; nil is that there is none.
	PublicCluster func(context.Context) (string, error)
}

// Issuer logs people in.
type Issuer struct {
	config Config
	github *GitHub
	signer Signer
	clock  await.Clock
}

// NewIssuer checks the configuration and makes an Issuer of it.
func NewIssuer(config Config, github *GitHub, signer Signer, clock await.Clock) (*Issuer, error) {
	if err := naming.CheckDomain(config.Domain); err != nil {
		return nil, err
	}
	if err := naming.CheckLogin(config.Organization); err != nil { // organizations and people share one name space
		return nil, fmt.Errorf("the GitHub organization: %w", err)
	}
	if err := config.Rules.Check(); err != nil {
		return nil, err
	}
	if config.Lifetime == 0 {
		config.Lifetime = DefaultLifetime
	}
	if config.Lifetime < time.Minute || config.Lifetime > 24*time.Hour {
		return nil, fmt.Errorf("a token lifetime of %s: it must be between a minute and a day", config.Lifetime)
	}
	return &Issuer{config: config, github: github, signer: signer, clock: clock}, nil
}

// Login is what somebody gets who logs in.
type Login struct {
	Token     string // the jwt_user: whoever has it, is its account
	Claims    Claims
	Account   string
	Level     access.Level
	Clusters  []string // that they may deploy
	ExpiresAt time.Time
	Notes     []string // what they may wonder about, in sentences
}

// WithToken logs in the holder of a GitHub token, at most as an organization member.
func (i *Issuer) WithToken(ctx context.Context, token string) (*Login, error) {
	session, err := i.github.with(token)
	if err != nil {
		return nil, err
	}
	account, err := session.login(ctx)
	if err != nil {
		return nil, err
	}
	entry, standing, err := i.standing(ctx, session, account)
	if err != nil {
		return nil, err
	}
	login := &Login{Account: account}
	login.Claims = i.claims(ctx, login, entry, standing)
	if login.Token, err = sign(ctx, i.signer, &login.Claims); err != nil {
		return nil, &step.Error{Step: "signing the token of " + account, Err: err, Remedy: "Check that the signing key is there, enabled, and may be used"}
	}
	if len(login.Token) > maxToken {
		return nil, &step.Error{
			Step: "signing the token of " + account, Err: fmt.Errorf("with %d clusters it is longer than %d bytes", len(login.Clusters), maxToken),
			Remedy: "Leave some teams of the organization",
		}
	}
	return login, nil
}

// standing is all that is known of an account.
func (i *Issuer) standing(ctx context.Context, session *session, account string) (*affiliate, access.Standing, error) {
	standing := access.Standing{Account: account}
	organization := i.config.Organization
	affiliates, err := i.affiliates(ctx)
	if err != nil {
		return nil, standing, err
	}
	entry, err := affiliates.of(account)
	if err != nil {
		return nil, standing, affiliatesFailed(err)
	}
	standing.Affiliation = entry.affiliation()
	if standing.Member, err = session.member(ctx, organization, account); err != nil || !standing.Member {
		return entry, standing, err
	}
	if standing.Teams, err = session.teams(ctx, organization, account); err != nil {
		return nil, standing, err
	}
	own := strings.ToLower(account)
	if i.config.Rules.OwnCluster && naming.CheckPrivate(own) == nil && !slices.Contains(standing.Teams, own) {
		if standing.OthersCluster = affiliates.others(account, own); !standing.OthersCluster {
			standing.OthersCluster, err = session.hasTeam(ctx, organization, own)
		}
	}
	return entry, standing, err
}

func (i *Issuer) affiliates(ctx context.Context) (Affiliates, error) {
	if i.config.Affiliates == nil {
		return Affiliates{}, nil
	}
	content, err := i.config.Affiliates(ctx)
	if err != nil {
		return Affiliates{}, affiliatesFailed(err)
	}
	affiliates, err := ParseAffiliates(content)
	if err != nil {
		return Affiliates{}, affiliatesFailed(err)
	}
	return affiliates, nil
}

func affiliatesFailed(err error) error {
	return &step.Error{Step: "reading the affiliates", Err: err, Remedy: "Have the file of affiliates made readable and correct"}
}

// claims says what the token is to say, and fills in the rest of the login.
func (i *Issuer) claims(ctx context.Context, login *Login, entry *affiliate, standing access.Standing) Claims {
	caller := i.config.Rules.Caller(standing)
	now := i.clock.Now()
	claims := Claims{
		OrgRoles: []string{}, Subject: caller.Account, Audience: jwt.ClaimStrings{}, Organization: i.config.Organization,
		IssuedAt: jwt.NewNumericDate(now), Expires: jwt.NewNumericDate(now.Add(i.config.Lifetime)), Issuer: naming.Issuer(i.config.Domain),
		Account: caller.Account, Level: caller.Level.String(), Clusters: []string{},
	}
	nodes, minutes := i.config.Rules.Limits(caller)
	claims.MaxNodes, claims.MaxTTL = new(max(nodes.Max, 0)), new(max(minutes.Max, 0))
	if standing.Member {
		claims.OrgRoles = append(claims.OrgRoles, roleMember)
	} else if standing.Affiliation == nil {
		login.Notes = append(login.Notes, fmt.Sprintf("%s is not an active member of %s, so that only public clusters are open.", caller.Account, i.config.Organization))
	}
	if entry != nil {
		claims.OrgRoles = append(claims.OrgRoles, roleAffiliate)
	}
	scopes := scopesOf(caller, entry)
	if entry != nil && len(scopes) == 0 {
		login.Notes = append(login.Notes, fmt.Sprintf("The affiliation of %s has none of the allowed_scopes %s, so that nothing is open.", caller.Account, strings.Join(memberScopes, ", ")))
	}
	if standing.OthersCluster {
		login.Notes = append(login.Notes, fmt.Sprintf("The cluster %s belongs to others of that name, so that %s may not deploy it.", strings.ToLower(caller.Account), caller.Account))
	}
	for _, scope := range scopes {
		if scope != scopeClusters {
			service, _, _ := strings.Cut(scope, ":")
			claims.Audience = append(claims.Audience, service)
		}
	}
	if slices.Contains(scopes, scopeProvisioner) {
		claims.Clusters = append(claims.Clusters, caller.Clusters...)
	}
	if slices.Contains(scopes, scopeClusters) {
		claims.Audience = append(claims.Audience, caller.Clusters...)
		if name, note := i.publicCluster(ctx); name != "" {
			claims.Audience = append(claims.Audience, name)
		} else if note != "" {
			login.Notes = append(login.Notes, note)
		}
	}
	login.Level, login.Clusters, login.ExpiresAt = caller.Level, claims.Clusters, claims.ExpiresAt()
	return claims
}

// scopesOf are what a token is good for; an affiliation narrows them, also a member's.
func scopesOf(caller access.Caller, entry *affiliate) []string {
	if caller.Level != access.OrganizationMember {
		return nil
	}
	scopes := slices.Clone(memberScopes)
	if entry != nil {
		scopes = slices.DeleteFunc(scopes, func(scope string) bool { return !slices.Contains(entry.AllowedScopes, scope) })
	}
	return scopes
}

// publicCluster is the live public cluster's real name. That it cannot be found must not keep anybody from their own.
func (i *Issuer) publicCluster(ctx context.Context) (name, note string) {
	if i.config.PublicCluster == nil {
		return "", ""
	}
	name, err := i.config.PublicCluster(ctx)
	if err == nil && name != "" && !naming.IsPublic(name) {
		err = errors.New("its name is not that of a public cluster")
	}
	if err != nil {
		return "", fmt.Sprintf("The public cluster was not found, so that nodes of one's own on it are not open: %v.", err)
	}
	return name, ""
}
