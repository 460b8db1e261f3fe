package login

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/google/go-github/v84/github"

	"github.com/data-access/terraform-provider-provisioner/internal/await"
	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/naming"
	"github.com/data-access/terraform-provider-provisioner/internal/step"
)

const (
	callTimeout = 15 * time.Second
	teamsPage   = 100
	maxPages    = 50 // of teams: nobody is in 5,000; a server that never ends a list must not hold us
)

// patient is how long to bear with a GitHub that stumbles: a login is waited for.
var patient = await.Backoff{Attempts: 3, First: 500 * time.Millisecond, Max: 2 * time.Second}

// GitHub asks GitHub about the holder of a token. It is safe for concurrent use and keeps nothing between logins.
type GitHub struct {
	http  *http.Client
	base  *url.URL
	clock await.Clock
}

// NewGitHub asks at baseURL, such as https://github.example.com/api/v3; "" is GitHub's own API. The client's transport
// is used, its redirection policy is not: a token goes to one host only.
func NewGitHub(client *http.Client, baseURL string, clock await.Clock) (*GitHub, error) {
	if baseURL == "" {
		baseURL = github.NewClient(nil).BaseURL.String()
	}
	base, err := url.Parse(strings.TrimRight(baseURL, "/") + "/")
	if err != nil || base.Host == "" || (base.Scheme != "https" && base.Scheme != "http") || base.User != nil {
		return nil, errors.New("the address of the GitHub API is none: expected a form such as https://github.example.com/api/v3, without a name and password") // which it may have
	}
	return &GitHub{http: client, base: base, clock: clock}, nil
}

// session is one token's client.
type session struct {
	*GitHub
	api *github.Client
}

func (g *GitHub) with(token string) (*session, error) {
	token = strings.TrimSpace(token)
	if token == "" || strings.ContainsFunc(token, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return nil, &step.Error{
			Step: "logging in to GitHub", Err: fmt.Errorf("%w: it is empty, or has characters that no token has", ErrToken),
			Remedy: "Pass a personal access token and nothing else",
		}
	}
	client := http.Client{}
	if g.http != nil {
		client = *g.http
	}
	client.Transport = &bearer{next: client.Transport, host: g.base.Host, token: token}
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	api := github.NewClient(&client)
	base := *g.base
	api.BaseURL = &base
	api.DisableRateLimitCheck = true // GitHub itself says when a limit is used up; the client would reckon by the real clock
	return &session{GitHub: g, api: api}, nil
}

// bearer adds the token in the form that personal access tokens are sent in, for one host only.
type bearer struct {
	next        http.RoundTripper
	host, token string
}

func (b *bearer) RoundTrip(request *http.Request) (*http.Response, error) {
	if request.URL.Host == b.host {
		request = request.Clone(request.Context())
		request.Header.Set("Authorization", "token "+b.token)
	}
	next := b.next
	if next == nil {
		next = http.DefaultTransport
	}
	return next.RoundTrip(request)
}

// call makes one call, again when GitHub stumbled.
func (s *session) call(ctx context.Context, doing string, do func(context.Context) error) error {
	err := await.Retry(ctx, s.clock, patient, stumbled, func(ctx context.Context) error {
		ctx, cancel := context.WithTimeout(ctx, callTimeout)
		defer cancel()
		return do(ctx)
	})
	return told(doing, err, s.clock.Now())
}

// stumbled: another attempt may succeed. What GitHub has clearly said, it would say again.
func stumbled(err error) await.Verdict {
	if status, _ := answered(err); status != 0 {
		return await.Verdict{Again: status >= http.StatusInternalServerError}
	}
	var dns *net.DNSError
	var transport *url.Error
	missing := errors.As(err, &dns) && dns.IsNotFound
	return await.Verdict{Again: errors.As(err, &transport) && !missing}
}

// login is who the token belongs to.
func (s *session) login(ctx context.Context) (string, error) {
	const doing = "asking GitHub whose token this is"
	var user *github.User
	err := s.call(ctx, doing, func(ctx context.Context) (err error) {
		user, _, err = s.api.Users.Get(ctx, "")
		return err
	})
	if err != nil {
		return "", err
	}
	if err := naming.CheckLogin(user.GetLogin()); err != nil {
		return "", told(doing, fmt.Errorf("the answer has no login: %w", err), s.clock.Now())
	}
	return user.GetLogin(), nil
}

// member reports whether an account belongs to an organization. Who is merely invited does not yet.
func (s *session) member(ctx context.Context, organization, login string) (bool, error) {
	doing := fmt.Sprintf("asking GitHub whether %s is a member of %s", login, organization)
	var membership *github.Membership
	absent := false
	err := s.call(ctx, doing, func(ctx context.Context) (err error) {
		membership, _, err = s.api.Organizations.GetOrgMembership(ctx, login, organization)
		if absent = notFound(err); absent {
			return nil
		}
		return err
	})
	if err != nil || absent {
		return false, err
	}
	switch membership.GetState() {
	case "active":
		return true, nil
	case "pending":
		return false, nil
	}
	return false, told(doing, fmt.Errorf("the membership is neither active nor pending but %.40q", membership.GetState()), s.clock.Now())
}

// teams are the slugs of the account's teams in an organization.
func (s *session) teams(ctx context.Context, organization, login string) ([]string, error) {
	doing := "asking GitHub for the teams of " + login
	var slugs []string
	for page := 1; page <= maxPages; page++ {
		var teams []*github.Team
		err := s.call(ctx, doing, func(ctx context.Context) (err error) {
			teams, _, err = s.api.Teams.ListUserTeams(ctx, &github.ListOptions{Page: page, PerPage: teamsPage})
			return err
		})
		if err != nil {
			return nil, err
		}
		if teams == nil { // an empty answer is no empty list
			return nil, told(doing, errors.New("the answer is not a list"), s.clock.Now())
		}
		for _, team := range teams {
			if strings.EqualFold(team.GetOrganization().GetLogin(), organization) {
				slugs = append(slugs, team.GetSlug())
			}
		}
		if len(teams) < teamsPage {
			slices.Sort(slugs)
			return slugs, nil
		}
	}
	return nil, told(doing, fmt.Errorf("the list does not end after %d pages", maxPages), s.clock.Now())
}

// hasTeam reports whether an organization has a team of that slug that the account may know of.
func (s *session) hasTeam(ctx context.Context, organization, slug string) (bool, error) {
	absent := false
	err := s.call(ctx, fmt.Sprintf("asking GitHub whether %s has a team %s", organization, slug), func(ctx context.Context) error {
		_, _, err := s.api.Teams.GetTeamBySlug(ctx, organization, slug)
		if absent = notFound(err); absent {
			return nil
		}
		return err
	})
	return err == nil && !absent, err
}

func notFound(err error) bool {
	status, _ := answered(err)
	return status == http.StatusNotFound
}
