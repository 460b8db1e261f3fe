package main

import (
	"net/http"
	"strings"

	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/wire"
)

// tally counts the calls of one run by what they cost a vendor.
type tally struct {
	Lists           int // one answers for many people
	PermissionReads int // the one kind of read that has no list
	Others          map[string]int
	Refused         int // 429: the vendor's rate limit; also counted above
}

// discovery is how an SDK finds out what kind of workspace it talks to.
const discovery = "discovery"

func count(calls []wire.Call) tally {
	t := tally{Others: map[string]int{}}
	for _, call := range calls {
		switch {
		case isList(call):
			t.Lists++
		case isPermissionRead(call):
			t.PermissionReads++
		default:
			t.Others[nameOf(call)]++
		}
		if call.Status == http.StatusTooManyRequests {
			t.Refused++
		}
	}
	return t
}

func isList(call wire.Call) bool {
	return call.Method == http.MethodGet && (strings.HasSuffix(call.Path, "/list") || strings.HasSuffix(call.Path, "/all-cluster-statuses"))
}

func isPermissionRead(call wire.Call) bool {
	return call.Method == http.MethodGet && strings.HasPrefix(call.Path, "/api/2.0/permissions/")
}

// nameOf is the operation without the thing it is done to, such as "clusters/create" or "PATCH permissions".
func nameOf(call wire.Call) string {
	switch {
	case strings.HasPrefix(call.Path, "/api/2.0/permissions/"):
		return call.Method + " permissions"
	case strings.HasPrefix(call.Path, "/.well-known/"), strings.HasPrefix(call.Path, "/oidc/"):
		return discovery
	case strings.HasPrefix(call.Path, "/api/"):
		parts := strings.SplitN(call.Path, "/", 4) // "", "api", version, operation
		return parts[len(parts)-1]
	default:
		return call.Vendor + " " + call.Path
	}
}

func (t tally) others() (n int) {
	for _, m := range t.Others {
		n += m
	}
	return n
}

func (t tally) all() int { return t.Lists + t.PermissionReads + t.others() }
