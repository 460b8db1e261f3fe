package databricks

import (
	"encoding/json"
	"errors"
	"io"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"

	"golang.org/x/time/rate"
)

const maxRequestBytes = 10 << 20 // the vendor's limit for a request

// call is one request, read and admitted.
type call struct {
	*http.Request
	body []byte
	now  time.Time
}

// answer computes a reply while the workspace is locked. A nil reply is written as {}.
type answer func(call) (any, error)

func (f *Fake) routes() *http.ServeMux {
	mux := http.NewServeMux()
	public := func(pattern string, reply answer) { mux.HandleFunc(pattern, f.serve(reply, false, noLimit)) }
	api := func(pattern string, limit limitClass, reply answer) {
		mux.HandleFunc(pattern, f.serve(reply, true, limit))
	}

	public("GET /.well-known/databricks-config", f.discover)
	public("GET /oidc/.well-known/oauth-authorization-server", f.authorizationServer)
	public("POST /oidc/v1/token", f.issueToken)

	api("POST /api/2.1/clusters/create", clustersLimit, f.createCluster)
	api("GET /api/2.1/clusters/get", clustersLimit, f.getCluster)
	api("GET /api/2.1/clusters/list", clustersLimit, f.listClusters)
	api("POST /api/2.1/clusters/edit", clustersLimit, f.editCluster)
	api("POST /api/2.1/clusters/update", clustersLimit, f.updateCluster)
	api("POST /api/2.1/clusters/resize", clustersLimit, f.resizeCluster)
	api("POST /api/2.1/clusters/start", clustersLimit, f.startCluster)
	api("POST /api/2.1/clusters/restart", clustersLimit, f.restartCluster)
	api("POST /api/2.1/clusters/delete", clustersLimit, f.terminateCluster)
	api("POST /api/2.1/clusters/permanent-delete", clustersLimit, f.permanentlyDeleteCluster)
	api("POST /api/2.1/clusters/pin", clustersLimit, f.pinCluster)
	api("POST /api/2.1/clusters/unpin", clustersLimit, f.unpinCluster)
	api("POST /api/2.1/clusters/change-owner", clustersLimit, f.changeOwner)
	api("POST /api/2.1/clusters/events", clustersLimit, f.clusterEvents)
	api("GET /api/2.1/clusters/spark-versions", clustersLimit, f.listSparkVersions)
	api("GET /api/2.1/clusters/list-node-types", clustersLimit, f.listNodeTypes)

	api("POST /api/2.0/libraries/install", clustersLimit, f.installLibraries)
	api("POST /api/2.0/libraries/uninstall", clustersLimit, f.uninstallLibraries)
	api("GET /api/2.0/libraries/cluster-status", clustersLimit, f.clusterLibraries)
	api("GET /api/2.0/libraries/all-cluster-statuses", clustersLimit, f.allLibraries)

	api("GET /api/2.0/permissions/clusters/{cluster_id}", permissionReads, f.getPermissions)
	api("PUT /api/2.0/permissions/clusters/{cluster_id}", permissionWrites, f.setPermissions)
	api("PATCH /api/2.0/permissions/clusters/{cluster_id}", permissionWrites, f.updatePermissions)
	api("GET /api/2.0/permissions/clusters/{cluster_id}/permissionLevels", permissionReads, f.permissionLevels)

	api("GET /api/2.0/preview/scim/v2/Me", scimReads, f.me)
	api("GET /api/2.0/preview/scim/v2/Users", scimReads, f.listUsers)
	api("GET /api/2.0/preview/scim/v2/Users/{id}", scimReads, f.getUser)

	api("GET /api/2.0/policies/clusters/list", clustersLimit, f.listPolicies)
	api("GET /api/2.0/policies/clusters/get", clustersLimit, f.getPolicy)

	// The vendor answers 404 to an unknown path and to a known one with another method alike.
	api("/", noLimit, func(c call) (any, error) {
		return nil, &apiError{status: http.StatusNotFound, code: "ENDPOINT_NOT_FOUND", message: "No API found for '" + c.Method + " " + c.URL.Path + "'"}
	})
	return mux
}

// ServeHTTP is the workspace.
func (f *Fake) ServeHTTP(w http.ResponseWriter, r *http.Request) { f.mux.ServeHTTP(w, r) }

func (f *Fake) serve(reply answer, authenticated bool, limit limitClass) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Databricks-Org-Id", workspaceID)
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxRequestBytes))
		if err != nil {
			write(w, nil, malformed("Could not read the request: %v", err))
			return
		}
		result, err := f.locked(call{Request: r, body: body, now: f.now()}, reply, authenticated, limit)
		write(w, result, err) // replies share nothing that changes, so they are written outside the lock
	}
}

func (f *Fake) locked(c call, reply answer, authenticated bool, limit limitClass) (any, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if authenticated && !f.accepts(c) {
		return nil, &apiError{status: http.StatusUnauthorized, message: "Credential was not sent or was of an unsupported type for this API."}
	}
	if f.options.RateLimits {
		if err := f.limits.admit(limit, c.now); err != nil {
			return nil, err
		}
	}
	return reply(c)
}

// accepts checks the bearer token: the configured one, one that this workspace issued and that has not expired, or
// any when none is configured.
func (f *Fake) accepts(c call) bool {
	token, isBearer := strings.CutPrefix(c.Header.Get("Authorization"), "Bearer ")
	if !isBearer || token == "" {
		return false
	}
	if expires, issued := f.tokens[token]; issued {
		return c.now.Before(expires)
	}
	return f.options.Token == "" || token == f.options.Token
}

func write(w http.ResponseWriter, reply any, err error) {
	status := http.StatusOK
	if err != nil {
		var refused *apiError
		var scim *scimError
		var oauth *oauthError
		switch {
		case errors.As(err, &refused):
			status, reply = refused.status, refused.body()
			if refused.retryAfter > 0 {
				w.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(refused.retryAfter.Seconds()))))
			}
		case errors.As(err, &scim):
			status, reply = scim.status, scim.body()
		case errors.As(err, &oauth):
			status, reply = oauth.status, oauth.body()
		default:
			status, reply = http.StatusInternalServerError, map[string]any{"error_code": "INTERNAL_ERROR", "message": err.Error()}
		}
	}
	if reply == nil {
		reply = struct{}{}
	}
	document, err := json.Marshal(reply)
	if err != nil {
		status, document = http.StatusInternalServerError, []byte(`{"error_code":"INTERNAL_ERROR","message":"the reply cannot be written"}`)
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(document) // a client that went away is its own concern
}

// limitClass is a family of calls that the vendor counts together.
type limitClass int

const (
	noLimit limitClass = iota
	permissionReads
	permissionWrites
	scimReads
	clustersLimit
)

type limits map[limitClass]*rate.Limiter

// newLimits has the limits of one workspace. Those of permissions and SCIM are the vendor's; the one of the clusters,
// libraries and policies APIs is not published, and 30 a second is an assumption: twice what one SDK client sends.
func newLimits() limits {
	return limits{
		permissionReads:  rate.NewLimiter(100, 100),
		permissionWrites: rate.NewLimiter(30, 30),
		scimReads:        rate.NewLimiter(255.0/60, 255),
		clustersLimit:    rate.NewLimiter(30, 30),
	}
}

// admit refuses a call beyond its family's limit with 429, and says when one more will be let in.
func (l limits) admit(class limitClass, now time.Time) error {
	limiter, limited := l[class]
	if !limited || limiter.AllowN(now, 1) {
		return nil
	}
	missing := 1 - limiter.TokensAt(now)
	return &apiError{
		status:     http.StatusTooManyRequests,
		code:       "REQUEST_LIMIT_EXCEEDED",
		message:    "Your request was rejected since your organization has exceeded the rate limit for this API.",
		retryAfter: time.Duration(missing / float64(limiter.Limit()) * float64(time.Second)),
	}
}
