package foundation

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"google.golang.org/api/googleapi"

	"github.com/data-access/terraform-provider-provisioner/internal/await"
	"github.com/data-access/terraform-provider-provisioner/internal/notebook/google"
)

// binding gives members a role, on a condition or on none.
type binding struct {
	role      string
	members   []string
	condition any // in whatever type its API has it: it is handed back as it came
}

// policy is who may do what with one thing, behind one of Google's three APIs for that. A write carries the etag of the
// read before it, so that nobody's change in between is lost.
type policy struct {
	read  func(ctx context.Context) ([]binding, error)
	write func(ctx context.Context, bindings []binding) error
}

// settling is the patience with other writers, and with accounts that are so new that policies do not know them yet.
var settling = await.Backoff{Attempts: 12, First: time.Second, Max: 15 * time.Second}

// revise changes a policy: it reads, edits and writes, and begins anew when somebody else wrote meanwhile, when the
// answer was lost (the etag keeps a second write from undoing anything), or when a member is too new to be known.
// An edit that changes nothing ends it. changed says whether anything was written.
func (b *Builder) revise(ctx context.Context, p policy, edit func([]binding) ([]binding, bool)) (changed bool, err error) {
	unread := false
	err = await.Retry(ctx, b.cloud.Clock, settling, func(err error) await.Verdict {
		return await.Verdict{Again: ctx.Err() == nil && (unread && google.IsGone(err) || !unread && anew(err))}
	}, func(ctx context.Context) error {
		var is []binding
		err := b.cloud.Ask(ctx, func(ctx context.Context) (err error) { is, err = p.read(ctx); return err })
		if unread = err != nil; unread { // asked for often enough; but what was made a moment ago may not be seen yet
			return err
		}
		edited, differs := edit(is)
		if !differs {
			return nil
		}
		changed = true // or perhaps, if it fails
		return b.cloud.Once(ctx, func(ctx context.Context) error { return p.write(ctx, edited) })
	})
	return changed && err == nil, err
}

// anew reports whether a failed write is to be begun anew with a fresh read.
func anew(err error) bool {
	var api *googleapi.Error
	if !errors.As(err, &api) {
		return true // the answer was lost: the next read shows whether it happened
	}
	switch api.Code {
	case http.StatusConflict, http.StatusPreconditionFailed: // somebody else wrote
		return true
	case http.StatusBadRequest: // of a person this is final; an account of ours was made a moment ago
		return strings.Contains(api.Message, "does not exist") && strings.Contains(api.Message, ".iam.gserviceaccount.com")
	}
	return api.Code >= http.StatusInternalServerError
}

// grant gives a role to members who have it not, and leaves everybody else and every condition alone.
func grant(role string, members ...string) func([]binding) ([]binding, bool) {
	return func(is []binding) ([]binding, bool) {
		missing := lacking(is, role, members)
		if len(missing) == 0 {
			return is, false
		}
		for i := range is {
			if is[i].role == role && unconditional(is[i]) {
				is[i].members = append(slices.Clone(is[i].members), missing...)
				return is, true
			}
		}
		return append(is, binding{role: role, members: missing}), true
	}
}

// revoke takes a role from members, and leaves everybody else and every condition alone.
func revoke(role string, members ...string) func([]binding) ([]binding, bool) {
	return func(is []binding) ([]binding, bool) {
		var kept []binding
		changed := false
		for _, b := range is {
			if b.role == role && unconditional(b) {
				rest := slices.DeleteFunc(slices.Clone(b.members), func(m string) bool { return has(members, m) })
				changed = changed || len(rest) < len(b.members)
				if len(rest) == 0 {
					continue
				}
				b.members = rest
			}
			kept = append(kept, b)
		}
		return kept, changed
	}
}

// all makes several edits at once.
func all(edits ...func([]binding) ([]binding, bool)) func([]binding) ([]binding, bool) {
	return func(is []binding) ([]binding, bool) {
		changed := false
		for _, edit := range edits {
			var did bool
			is, did = edit(is)
			changed = changed || did
		}
		return is, changed
	}
}

// lacking are the members who do not have a role without a condition.
func lacking(is []binding, role string, members []string) []string {
	return slices.DeleteFunc(slices.Clone(members), func(m string) bool {
		return slices.ContainsFunc(is, func(b binding) bool { return b.role == role && unconditional(b) && has(b.members, m) })
	})
}

// has compares as Google does: addresses without case.
func has(members []string, one string) bool {
	return slices.ContainsFunc(members, func(m string) bool { return strings.EqualFold(m, one) })
}
