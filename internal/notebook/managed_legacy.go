package notebook

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"google.golang.org/api/googleapi"
	notebooks "google.golang.org/api/notebooks/v1"

	"github.com/data-access/terraform-provider-provisioner/internal/notebook/google"
	"github.com/data-access/terraform-provider-provisioner/internal/step"
)

// ErrEnded says that Google no longer makes notebooks of that environment. What exists can still be read, changed as
// far as its API goes, stopped and deleted.
var ErrEnded = errors.New("Google ended this product")

// legacy is what the two products of Notebooks v1 have in common. Each is one call of Google's; the fleet repeats.
type legacy struct {
	cloud *google.Cloud
	named string // for people
}

// finish waits for an operation. A creation that was accepted may still end with "no longer".
func (l legacy) finish(ctx context.Context, operation string) error {
	err := l.cloud.FinishNotebooks(ctx, operation)
	var failed *google.OperationError
	if errors.As(err, &failed) && soundsEnded(failed.Message) {
		return fmt.Errorf("%w; set environment = %q (%w)", ErrEnded, Workbench, err)
	}
	return err
}

// refused names the successor when a creation was refused because the product ended; any other error stays as it is.
func (l legacy) refused(ctx context.Context, w Wanted, err error) error {
	if !google.Refused(err) || google.IsTaken(err) {
		return err
	}
	var api *googleapi.Error
	if !errors.As(err, &api) || !soundsEnded(api.Message+" "+api.Body) && !l.ended(ctx, w) {
		return err
	}
	var told *step.Error
	if !errors.As(google.Failed("creating the "+l.named+" "+w.Name, w.Person, err), &told) {
		return err
	}
	return &step.Error{
		Step: told.Step, Person: w.Person, Err: fmt.Errorf("%w (%w)", ErrEnded, err), Words: ErrEnded.Error() + ": " + told.Words,
		Remedy: fmt.Sprintf("Set environment = %q: its notebooks query data as their owner too", Workbench),
	}
}

// ended asks Google's settings whether it still makes what it ended in 2025. They are asked once a creation was refused
// in words that say nothing of it, and not before every creation, which would be refused all the same. Only a clear no
// counts: not everybody may read them.
func (l legacy) ended(ctx context.Context, w Wanted) bool {
	config, err := google.Workbench(l.cloud).Projects.Locations.Instances.GetConfig(parentOf(w.Project, w.Location)).Context(ctx).Do()
	return err == nil && config.DisableWorkbenchLegacyCreation
}

// soundsEnded: Google has not written down how it refuses to make what it ended, so this goes by the words. An image or
// a machine type that ended is something else.
func soundsEnded(text string) bool {
	text = strings.ToLower(text)
	says := func(words ...string) bool {
		return slices.ContainsFunc(words, func(word string) bool { return strings.Contains(text, word) })
	}
	switch {
	case says("disableworkbenchlegacycreation"):
		return true
	case says("service_disabled", "image", "machine type", "accelerator", "disk type"):
		return false
	}
	return says("deprecat", "no longer", "end of life", "end of support", "end-of-life", "discontinued", "disabled", "removed", "shut down", "turned down", "sunset") &&
		says("creat", "legacy", "managed notebook", "user-managed", "runtimes", "workbench instance")
}

// elsewhere lists a product where the location "-" is understood, and else location by location; whether v1
// understands it is not written down.
func (l legacy) elsewhere(ctx context.Context, project, location string, fits func(string) bool, list func(location string) error) error {
	err := list(location)
	if location != "-" || !google.Refused(err) {
		return err
	}
	var locations []string
	every := google.Notebooks(l.cloud).Projects.Locations.List("projects/" + project)
	if listErr := every.Pages(ctx, func(page *notebooks.ListLocationsResponse) error {
		for _, found := range page.Locations {
			if fits(found.LocationId) {
				locations = append(locations, found.LocationId)
			}
		}
		return nil
	}); listErr != nil {
		return fmt.Errorf("%w; the locations could not be listed either: %w", err, listErr)
	}
	for _, found := range locations {
		if err := list(found); err != nil {
			return err
		}
	}
	return nil
}

// whole refuses a page that lacks locations: what it does not list may exist.
func whole(unreachable []string) error {
	if len(unreachable) == 0 {
		return nil
	}
	return fmt.Errorf("%w: %s", ErrIncomplete, strings.Join(unreachable, ", "))
}

// gone says it in the words of the domain.
func gone(id string, err error) error {
	if google.IsGone(err) {
		return fmt.Errorf("%w: %s", google.ErrGone, id)
	}
	return err
}

// describedIn is the id of what a list returned, with the project as the configuration spells it: Google may answer
// with its number.
func describedIn(environment Environment, project, name string) string {
	at, short, err := split(name, environment)
	if err != nil {
		return name
	}
	at.project = project
	return at.id(short)
}
