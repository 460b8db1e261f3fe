package singleuser

import (
	"context"
	"fmt"
	"strings"

	"github.com/databricks/databricks-sdk-go/service/compute"
)

// Library is one library of a cluster.
type Library struct {
	Name    string // such as pypi:simplejson==3.8.0
	Status  string // the vendor's word: INSTALLED, PENDING, FAILED …
	Message string // the vendor's reason, for a failure
}

// libraryKey identifies a library: the JSON of its one kind. The SDK's String says "unknown" for some kinds.
func libraryKey(library compute.Library) string {
	var one object
	if err := convert(library, &one); err != nil {
		return fmt.Sprintf("%+v", library)
	}
	return encode(prune(one))
}

func libraryKeys(libraries []compute.Library) map[string]struct{} {
	keys := map[string]struct{}{}
	for _, library := range libraries {
		keys[libraryKey(library)] = struct{}{}
	}
	return keys
}

// libraryName is how a person names a library.
func libraryName(library compute.Library) string {
	switch {
	case library.Pypi != nil:
		return "pypi:" + library.Pypi.Package
	case library.Maven != nil:
		return "maven:" + library.Maven.Coordinates
	case library.Cran != nil:
		return "cran:" + library.Cran.Package
	case library.Requirements != "":
		return "requirements:" + library.Requirements
	case library.Whl != "":
		return "whl:" + library.Whl
	case library.Jar != "":
		return "jar:" + library.Jar
	default:
		return "egg:" + library.Egg
	}
}

// attached reports whether a library is this cluster's own and meant to stay.
func attached(status compute.LibraryFullStatus) bool {
	return status.Library != nil && !status.IsLibraryForAllClusters && status.Status != compute.LibraryInstallStatusUninstallOnRestart
}

func attachedLibraries(statuses []compute.LibraryFullStatus) map[string]compute.LibraryFullStatus {
	byKey := map[string]compute.LibraryFullStatus{}
	for _, status := range statuses {
		if attached(status) {
			byKey[libraryKey(*status.Library)] = status
		}
	}
	return byKey
}

// ready reports whether a status needs no more waiting. SKIPPED is the vendor's own decision; RESTORED came back after
// a restart.
func ready(status compute.LibraryInstallStatus) bool {
	switch status {
	case compute.LibraryInstallStatusInstalled, compute.LibraryInstallStatusSkipped, compute.LibraryInstallStatusRestored:
		return true
	}
	return false
}

// told are the libraries that a person should see.
func librariesOf(statuses []compute.LibraryFullStatus) []Library {
	var libraries []Library
	for _, status := range statuses {
		if attached(status) {
			libraries = append(libraries, Library{Name: libraryName(*status.Library), Status: string(status.Status), Message: strings.Join(status.Messages, "; ")})
		}
	}
	return libraries
}

// missing are the wanted libraries that a cluster does not have.
func missing(wanted []compute.Library, statuses []compute.LibraryFullStatus) (absent []compute.Library) {
	have := attachedLibraries(statuses)
	for _, library := range wanted {
		if _, there := have[libraryKey(library)]; !there {
			absent = append(absent, library)
		}
	}
	return absent
}

// dropped are the libraries that were declared before and are declared no more.
func dropped(before, now []compute.Library) (gone []compute.Library) {
	kept := libraryKeys(now)
	for _, library := range before {
		if _, stays := kept[libraryKey(library)]; !stays {
			gone = append(gone, library)
		}
	}
	return gone
}

// install attaches libraries; nothing is started by it: a cluster at rest installs them at its next start.
func (f *Fleet) install(ctx context.Context, id string, libraries []compute.Library) error {
	if len(libraries) == 0 {
		return nil
	}
	f.libraries.Forget(id)
	return f.retry(ctx, func(ctx context.Context) error {
		return f.api.Libraries.Install(ctx, compute.InstallLibraries{ClusterId: id, Libraries: libraries})
	})
}

func (f *Fleet) uninstall(ctx context.Context, id string, libraries []compute.Library) error {
	if len(libraries) == 0 {
		return nil
	}
	f.libraries.Forget(id)
	return f.retry(ctx, func(ctx context.Context) error {
		return f.api.Libraries.Uninstall(ctx, compute.UninstallLibraries{ClusterId: id, Libraries: libraries})
	})
}
