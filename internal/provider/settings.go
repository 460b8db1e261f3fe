package provider

import (
	"sync"

	"github.com/data-access/terraform-provider-provisioner/internal/singleuser"
)

// settingsCache: a thousand people share one settings file, and Terraform asks about it several times for each.
var settingsCache sync.Map

type parsedSettings struct {
	settings *singleuser.Settings
	err      error
}

// parseSettings is [singleuser.ParseSettings], done once for each text.
func parseSettings(text string) (*singleuser.Settings, error) {
	if known, ok := settingsCache.Load(text); ok {
		p := known.(parsedSettings)
		return p.settings, p.err
	}
	settings, err := singleuser.ParseSettings(text)
	settingsCache.Store(text, parsedSettings{settings, err})
	return settings, err
}

// storedSettings reads what a state holds: a file as it was configured, or what a look wrote, which need not satisfy
// the rules for a file.
func storedSettings(text string) (*singleuser.Settings, error) {
	if settings, err := parseSettings(text); err == nil {
		return settings, nil
	}
	return singleuser.ParseObserved(text)
}
