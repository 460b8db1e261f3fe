package databricks

import (
	"fmt"
	"net/http"
	"net/url"
	"time"
)

const (
	tokenLife     = time.Hour
	tokenExchange = "urn:ietf:params:oauth:grant-type:token-exchange"
	jwtTokenType  = "urn:ietf:params:oauth:token-type:jwt"
)

// discover tells the SDK what kind of host this is, before its first call.
func (f *Fake) discover(r call) (any, error) {
	return map[string]any{
		"oidc_endpoint": host(r) + "/oidc",
		"account_id":    accountID,
		"workspace_id":  workspaceID,
		"cloud":         "AWS",
		"host_type":     "workspace",
		"token_federation_default_oidc_audiences": []string{host(r) + "/oidc/v1/token"},
	}, nil
}

func (f *Fake) authorizationServer(r call) (any, error) {
	return map[string]any{
		"authorization_endpoint": host(r) + "/oidc/v1/authorize",
		"token_endpoint":         host(r) + "/oidc/v1/token",
	}, nil
}

// issueToken serves machines: a client's id and secret, or a workload's identity token from another issuer.
func (f *Fake) issueToken(r call) (any, error) {
	form, err := url.ParseQuery(string(r.body))
	if err != nil {
		return nil, &oauthError{http.StatusBadRequest, "invalid_request", "The form cannot be read."}
	}
	switch grantType := form.Get("grant_type"); grantType {
	case "client_credentials":
		id, secret, basic := r.BasicAuth()
		if !basic {
			id, secret = form.Get("client_id"), form.Get("client_secret")
		}
		if id == "" || secret == "" {
			return nil, &oauthError{http.StatusUnauthorized, "invalid_client", "Client authentication failed"}
		}
	case tokenExchange:
		if form.Get("subject_token") == "" || form.Get("subject_token_type") != jwtTokenType {
			return nil, &oauthError{http.StatusBadRequest, "invalid_request", "subject_token and subject_token_type " + jwtTokenType + " are required."}
		}
	default:
		return nil, &oauthError{http.StatusBadRequest, "unsupported_grant_type", "Unsupported grant_type: " + grantType}
	}
	token := fmt.Sprintf("issued-%d", len(f.tokens)+1)
	f.tokens[token] = r.now.Add(tokenLife)
	return map[string]any{"access_token": token, "token_type": "Bearer", "scope": "all-apis", "expires_in": int(tokenLife / time.Second)}, nil
}

// host is how the client reached the workspace.
func host(r call) string {
	scheme := "http"
	if r.TLS != nil {
		scheme = "https"
	}
	return scheme + "://" + r.Host
}
