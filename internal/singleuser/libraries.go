package singleuser

import (
	"context"
	"strings"

	"github.com/databricks/databricks-sdk-go/service/compute"
)

// Library is one library of a cluster.
type Library struct {
	Name    string // such as pypi:simplejson==3.8.0
	Status  string // the vendor's word: INSTALLED, PENDING, FAILED …
	Message string // the vendor's reason, for a failure
}

// library is one library as the wire has it: an object with exactly one kind.
type library struct {
	value object
	key   string // the canonical JSON: the SDK's own String says "unknown" for some kinds
	name  string // how a person names it
}

// UnmarshalJSON reads the wire's form.
func (l *library) UnmarshalJSON(text []byte) error {
	value, err := decodeObject(text)
	if err != nil {
		return err
	}
	value, _ = prune(value).(object)
	*l = library{value: value, key: encode(value), name: libraryName(value)}
	return nil
}

// MarshalJSON writes it as it came.
func (l library) MarshalJSON() ([]byte, error) { return []byte(l.key), nil }

// libraryName is kind and name, such as pypi:simplejson==3.8.0.
func libraryName(value object) string {
	for kind, what := range value {
		if properties, ok := what.(object); ok {
			for _, property := range []string{"package", "coordinates"} {
				if name := text(properties[property]); name != "" {
					return kind + ":" + name
				}
			}
		}
		return kind + ":" + text(what)
	}
	return ""
}

func libraryKeys(libraries []library) map[string]struct{} {
	keys := map[string]struct{}{}
	for _, l := range libraries {
		keys[l.key] = struct{}{}
	}
	return keys
}

// vendors are libraries in the SDK's terms.
func vendors(libraries []library) (list []compute.Library, err error) {
	err = convert(libraries, &list)
	return list, err
}

// attached reports whether a library is this cluster's own and meant to stay.
func (s libraryStatus) attached() bool {
	return s.Library.key != "" && !s.ForAll && s.Status != compute.LibraryInstallStatusUninstallOnRestart
}

func attachedLibraries(statuses []libraryStatus) map[string]libraryStatus {
	byKey := map[string]libraryStatus{}
	for _, status := range statuses {
		if status.attached() {
			byKey[status.Library.key] = status
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

// librariesOf are the libraries that a person should see.
func librariesOf(statuses []libraryStatus) []Library {
	var libraries []Library
	for _, status := range statuses {
		if status.attached() {
			libraries = append(libraries, Library{Name: status.Library.name, Status: string(status.Status), Message: strings.Join(status.Messages, "; ")})
		}
	}
	return libraries
}

// missing are the wanted libraries that a cluster does not have.
func missing(wanted []library, statuses []libraryStatus) (absent []library) {
	have := attachedLibraries(statuses)
	for _, l := range wanted {
		if _, there := have[l.key]; !there {
			absent = append(absent, l)
		}
	}
	return absent
}

// dropped are the libraries that were declared before and are declared no more.
func dropped(before, now []library) (gone []library) {
	kept := libraryKeys(now)
	for _, l := range before {
		if _, stays := kept[l.key]; !stays {
			gone = append(gone, l)
		}
	}
	return gone
}

// install attaches libraries; nothing is started by it: a cluster at rest installs them at its next start.
func (f *Fleet) install(ctx context.Context, id string, libraries []library) error {
	list, err := vendors(libraries)
	if err != nil || len(list) == 0 {
		return err
	}
	f.libraries.Forget(id)
	return f.retry(ctx, func(ctx context.Context) error {
		return f.api.Libraries.Install(ctx, compute.InstallLibraries{ClusterId: id, Libraries: list})
	})
}

func (f *Fleet) uninstall(ctx context.Context, id string, libraries []library) error {
	list, err := vendors(libraries)
	if err != nil || len(list) == 0 {
		return err
	}
	f.libraries.Forget(id)
	return f.retry(ctx, func(ctx context.Context) error {
		return f.api.Libraries.Uninstall(ctx, compute.UninstallLibraries{ClusterId: id, Libraries: list})
	})
}
