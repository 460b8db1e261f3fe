package provider

import (
	"context"
	"fmt"
	"strings"
	"sync"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/data-access/terraform-provider-provisioner/internal/notebook/google"
	"github.com/data-access/terraform-provider-provisioner/internal/notebook/leftover"
	"github.com/data-access/terraform-provider-provisioner/internal/person"
)

// defaultDeleteLeftovers: what runs on may be somebody's work of the night.
const defaultDeleteLeftovers = false

// leftovers is what may run on for a person whose template goes, and where to look for it.
type leftovers struct {
	who             person.Person
	project, region string
	deletes         bool   // the configuration asks for it
	attribute       string // by which it does
	find            func(ctx context.Context, cloud *google.Cloud) ([]leftover.Leftover, error)
}

// known says whether there is a place to look in.
func (l leftovers) known() bool { return l.project != "" && l.region != "" }

// plan lists, in the plan of a destroy, what runs on.
func (l leftovers) plan(ctx context.Context, c *clouds, diags *diag.Diagnostics) {
	if c == nil {
		return
	}
	if !l.known() {
		if l.deletes {
			diags.AddWarning("Leftovers cannot be looked for", fmt.Sprintf("%s asks to delete what runs on for %s, and there is no project and region to look in: set them here, or in the provider's google block. The destroy will fail.", l.attribute, l.who))
		}
		return
	}
	family := c.probeGoogle(ctx, diags)
	if family == nil {
		return
	}
	found, err := l.find(ctx, family.cloud)
	switch {
	case err != nil && (l.deletes || c.first("leftovers "+l.project+" "+l.region)):
		diags.AddWarning("Leftovers could not be looked for", sentence(google.Failed("looking for what runs on in "+l.project+", "+l.region, l.who, err)))
	case len(found) == 0:
	case l.deletes:
		diags.AddWarning("Leftovers will be deleted", fmt.Sprintf("%s still has %s in %s, %s. All of it is deleted with this resource, because %s is true.", l.who, listed(found), l.project, l.region, l.attribute))
	default:
		diags.AddWarning("Leftovers will run on", fmt.Sprintf("%s still has %s in %s, %s. All of it is left as it is, and goes on costing money until it ends by itself: set %s = true and apply before the destroy, or delete them yourself.", l.who, listed(found), l.project, l.region, l.attribute))
	}
}

// remove deletes what runs on, when that was asked for. Each failure is an error of its own.
func (l leftovers) remove(ctx context.Context, cloud *google.Cloud, diags *diag.Diagnostics) {
	if !l.deletes {
		return
	}
	if !l.known() {
		diags.AddError("Leftovers cannot be looked for", fmt.Sprintf("%s asks to delete what runs on for %s, and there is no project and region to look in: set google.project and google.location in the provider block.", l.attribute, l.who))
		return
	}
	found, err := l.find(ctx, cloud)
	if err != nil {
		diags.AddError("Leftovers could not be looked for", sentence(google.Failed("looking for what runs on in "+l.project+", "+l.region, l.who, err)))
		return
	}
	problems := make([]error, len(found))
	var all sync.WaitGroup
	for i, one := range found { // each takes minutes
		all.Go(func() { problems[i] = leftover.Delete(ctx, cloud, one) })
	}
	all.Wait()
	for i, problem := range problems {
		if problem != nil {
			diags.AddError("A leftover could not be deleted", sentence(google.Failed(fmt.Sprintf("deleting the leftover %s %s", found[i].Kind, found[i].Name), l.who, problem)))
		}
	}
}

// listed names things: the cluster a (RUNNING) and the session b (ACTIVE).
func listed(found []leftover.Leftover) string {
	names := make([]string, len(found))
	for i, l := range found {
		names[i] = fmt.Sprintf("the %s %s (%s)", l.Kind, l.Name, l.State)
	}
	last := len(names) - 1
	if last == 0 {
		return names[0]
	}
	return strings.Join(names[:last], ", ") + " and " + names[last]
}
