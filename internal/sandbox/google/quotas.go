package google

import (
	"fmt"
	"net/http"
	"strings"
	"time"
)

// quota is how many calls of one family a minute takes. Notebooks publishes none: 60 changes a minute and project is
// this fake's assumption. The others are the vendor's.
type quota struct {
	name      string
	perMinute int
}

var (
	notebookChanges = quota{"WriteRequestsPerMinutePerProject", 60}
	clusterCalls    = quota{"ClusterOperationRequestsPerMinutePerProjectPerRegion", 200}
	policyChanges   = quota{"WriteRequestsPerMinutePerProject", 600}
)

// quotas count the calls of the current minute, by quota and by whom it is for.
type quotas map[string]window

type window struct {
	minute time.Time
	used   int
}

// quotaOf is the quota that a call uses up, and whose it is; ok is false when it uses none.
func quotaOf(c *call) (q quota, owner string, ok bool) {
	if c.method.HTTPMethod == http.MethodGet || strings.Contains(c.verb(), "IamP") && c.verb() != "setIamPolicy" {
		return quota{}, "", false
	}
	switch c.method.doc.Name {
	case "notebooks":
		return notebookChanges, c.project(), true
	case "dataproc":
		return clusterCalls, c.project() + "/" + c.location(), c.segment(4) == "clusters"
	default:
		return policyChanges, c.project(), true
	}
}

// admit refuses a call beyond its quota with 429, and says when the next minute begins.
func (q quotas) admit(c *call) error {
	limit, owner, limited := quotaOf(c)
	if !limited {
		return nil
	}
	key := c.method.doc.Name + " " + owner
	minute := c.now.Truncate(time.Minute)
	w := q[key]
	if !w.minute.Equal(minute) {
		w = window{minute: minute}
	}
	if w.used >= limit.perMinute {
		return tooMany(c, limit, minute.Add(time.Minute).Sub(c.now))
	}
	w.used++
	q[key] = w
	return nil
}

func tooMany(c *call, limit quota, wait time.Duration) error {
	service := c.method.doc.Name + ".googleapis.com"
	e := &apiError{
		status:     http.StatusTooManyRequests,
		code:       "RESOURCE_EXHAUSTED",
		message:    fmt.Sprintf("Quota exceeded for quota metric '%s' and limit '%s' of service '%s' for consumer 'project:%s'.", limit.name, limit.name, service, c.project()),
		retryAfter: wait,
	}
	return e.with(errorInfo("RATE_LIMIT_EXCEEDED", "googleapis.com", map[string]string{
		"service": service, "quota_limit": limit.name, "quota_limit_value": fmt.Sprint(limit.perMinute), "consumer": "projects/" + c.project(),
	}))
}
