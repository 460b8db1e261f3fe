package databricks

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/databricks/databricks-sdk-go/service/compute"
)

// library is one library that a cluster is meant to have, in the order of installation.
type library struct {
	compute.Library
	status   compute.LibraryInstallStatus
	messages []string
	leaving  bool // uninstalled, and still there until the driver is replaced
}

// inProgress is the library that a live cluster is installing now: the first one that is waiting.
func (c *cluster) inProgress() *library {
	if c.live() {
		for _, l := range c.libraries {
			if l.status == compute.LibraryInstallStatusPending && !l.leaving {
				return l
			}
		}
	}
	return nil
}

// finishLibrary gives the library in progress its outcome, and lets the next one begin.
func (f *Fake) finishLibrary(c *cluster, l *library, at time.Time) {
	l.status = compute.LibraryInstallStatusInstalled
	if message := f.whyNotInstalled(c, l); message != "" {
		l.status, l.messages = compute.LibraryInstallStatusFailed, []string{message}
	}
	c.installing, c.active = at, at
}

func (f *Fake) whyNotInstalled(c *cluster, l *library) string {
	if message, failing := f.scenarios.failsToInstall(l.Library); failing {
		return message
	}
	// A package that is installed in another version cannot be installed again: uninstall, restart, install.
	if l.Pypi != nil {
		for _, other := range c.libraries {
			if other != l && other.Pypi != nil && other.status == compute.LibraryInstallStatusInstalled &&
				pypiName(other.Pypi.Package) == pypiName(l.Pypi.Package) {
				return "Library installation attempted on the driver node of cluster " + c.id +
					" and failed. Error code: DRIVER_LIBRARY_INSTALLATION_FAILURE. Error message: " +
					pypiName(l.Pypi.Package) + " has been installed already as " + other.Pypi.Package
			}
		}
	}
	// Libraries in the DBFS root are switched off from runtime 15.1.
	if path := l.Whl + l.Jar + l.Egg; strings.HasPrefix(path, "dbfs:/") && c.runtimeAtLeast(15, 1) {
		return "Library installation from the DBFS root is disabled: " + path
	}
	return ""
}

// statusOf is what the API tells of a library now.
func (f *Fake) statusOf(c *cluster, l *library, now time.Time) compute.LibraryInstallStatus {
	switch {
	case l.leaving:
		return compute.LibraryInstallStatusUninstallOnRestart
	case l != c.inProgress():
		return l.status
	case now.Sub(c.installing) < f.scaled(f.timings.Library)/4:
		return compute.LibraryInstallStatusResolving
	default:
		return compute.LibraryInstallStatusInstalling
	}
}

// resetLibraries is a new driver: what was uninstalled is gone, everything else is to be installed again.
func (c *cluster) resetLibraries() {
	c.libraries = slices.DeleteFunc(c.libraries, func(l *library) bool { return l.leaving })
	for _, l := range c.libraries {
		l.status, l.messages = compute.LibraryInstallStatusPending, nil
	}
}

// want adds libraries to a cluster. One that is there stays as it is, unless it failed or was on its way out; a
// cluster that is not live takes them at its next start.
func (f *Fake) want(c *cluster, libraries []compute.Library, now time.Time) {
	for _, wanted := range libraries {
		added := &library{Library: wanted, status: compute.LibraryInstallStatusPending}
		if i := c.indexOf(wanted); i >= 0 {
			there := c.libraries[i]
			if there.leaving && there.status == compute.LibraryInstallStatusInstalled {
				there.leaving = false
				continue
			}
			if !there.leaving && there.status != compute.LibraryInstallStatusFailed {
				continue
			}
			c.libraries = slices.Delete(c.libraries, i, i+1)
		}
		if c.inProgress() == nil {
			c.installing = now
		}
		c.libraries = append(c.libraries, added)
	}
}

func (c *cluster) indexOf(wanted compute.Library) int {
	key := libraryKey(wanted)
	return slices.IndexFunc(c.libraries, func(l *library) bool { return libraryKey(l.Library) == key })
}

// installLibraries is accepted in any state.
func (f *Fake) installLibraries(r call) (any, error) {
	request, err := decode[compute.InstallLibraries](r.body)
	if err != nil {
		return nil, err
	}
	c, err := f.find(request.ClusterId, r.now, compute.ClusterPermissionLevelCanManage)
	if err != nil {
		return nil, err
	}
	for _, wanted := range request.Libraries {
		if err := c.refuseLibrary(wanted); err != nil {
			return nil, err
		}
	}
	f.want(c, request.Libraries, r.now)
	return nil, nil
}

func (c *cluster) refuseLibrary(l compute.Library) error {
	if libraryName(l) == "" {
		return invalidParameter("Library must specify exactly one of pypi, whl, requirements, jar, maven, cran and egg")
	}
	if l.Egg != "" && c.runtimeAtLeast(14, 0) {
		return invalidParameter("Egg libraries are not supported from Databricks Runtime 14.0: %s", l.Egg)
	}
	if l.Requirements != "" && !c.runtimeAtLeast(15, 0) {
		return invalidParameter("requirements.txt libraries need Databricks Runtime 15.0 or above: %s", l.Requirements)
	}
	return nil
}

// uninstallLibraries takes effect when the driver is replaced; libraries that are not there are ignored.
func (f *Fake) uninstallLibraries(r call) (any, error) {
	request, err := decode[compute.UninstallLibraries](r.body)
	if err != nil {
		return nil, err
	}
	c, err := f.find(request.ClusterId, r.now, compute.ClusterPermissionLevelCanManage)
	if err != nil {
		return nil, err
	}
	for _, unwanted := range request.Libraries {
		i := c.indexOf(unwanted)
		if i < 0 {
			continue
		}
		busy := c.inProgress()
		if c.state == compute.StateTerminated {
			c.libraries = slices.Delete(c.libraries, i, i+1)
		} else {
			c.libraries[i].leaving = true
		}
		if c.inProgress() != busy {
			c.installing = r.now
		}
	}
	return nil, nil
}

func (f *Fake) clusterLibraries(r call) (any, error) {
	c, err := f.find(r.URL.Query().Get("cluster_id"), r.now, compute.ClusterPermissionLevelCanAttachTo)
	if err != nil {
		return nil, err
	}
	return compute.ClusterLibraryStatuses{ClusterId: c.id, LibraryStatuses: f.libraryStatuses(c, r.now)}, nil
}

func (f *Fake) allLibraries(r call) (any, error) {
	var reply compute.ListAllClusterLibraryStatusesResponse
	for _, c := range f.created {
		f.advance(c, r.now)
		if len(c.libraries) > 0 && !c.purged && f.may(c, compute.ClusterPermissionLevelCanAttachTo) {
			reply.Statuses = append(reply.Statuses, compute.ClusterLibraryStatuses{ClusterId: c.id, LibraryStatuses: f.libraryStatuses(c, r.now)})
		}
	}
	return reply, nil
}

// libraryStatuses lists the wanted libraries in the order of installation, then those on their way out.
func (f *Fake) libraryStatuses(c *cluster, now time.Time) []compute.LibraryFullStatus {
	var staying, leaving []compute.LibraryFullStatus
	for _, l := range c.libraries {
		status := compute.LibraryFullStatus{
			Library:         &l.Library,
			Status:          f.statusOf(c, l, now),
			Messages:        l.messages,
			ForceSendFields: []string{"IsLibraryForAllClusters"}, // the vendor writes the false
		}
		if l.leaving {
			leaving = append(leaving, status)
		} else {
			staying = append(staying, status)
		}
	}
	return append(staying, leaving...)
}

// libraryName is the package, path or coordinates of a library, or "" when it is not exactly one of them.
func libraryName(l compute.Library) string {
	names := []string{l.Whl, l.Requirements, l.Jar, l.Egg}
	if l.Pypi != nil {
		names = append(names, l.Pypi.Package)
	}
	if l.Maven != nil {
		names = append(names, l.Maven.Coordinates)
	}
	if l.Cran != nil {
		names = append(names, l.Cran.Package)
	}
	names = slices.DeleteFunc(names, func(name string) bool { return name == "" })
	if len(names) != 1 {
		return ""
	}
	return names[0]
}

// libraryKey is the same for two libraries exactly when the vendor takes them for one.
func libraryKey(l compute.Library) string {
	key, err := json.Marshal(l)
	if err != nil {
		panic(err) // a struct of plain fields
	}
	return string(key)
}

// pypiName is a package's name without its version, in PyPI's spelling.
func pypiName(requirement string) string {
	name, _, _ := strings.Cut(requirement, "[")
	if end := strings.IndexAny(name, "=<>!~;@ "); end >= 0 {
		name = name[:end]
	}
	return strings.NewReplacer("_", "-", ".", "-").Replace(strings.ToLower(name))
}

// runtimeAtLeast compares the cluster's Databricks Runtime, such as 15.4.x-scala2.12.
func (c *cluster) runtimeAtLeast(major, minor int) bool {
	version, _ := c.attributes["spark_version"].(string)
	parts := strings.SplitN(version, ".", 3)
	if len(parts) < 3 {
		return true // an alias of the newest one
	}
	haveMajor, err1 := strconv.Atoi(parts[0])
	haveMinor, err2 := strconv.Atoi(parts[1])
	return err1 != nil || err2 != nil || haveMajor > major || haveMajor == major && haveMinor >= minor
}
