package singleuser

import (
	"context"
	"strings"
	"sync/atomic"

	"github.com/databricks/databricks-sdk-go/service/compute"

	"github.com/data-access/terraform-provider-provisioner/internal/await"
	"github.com/data-access/terraform-provider-provisioner/internal/ledger"
	"github.com/data-access/terraform-provider-provisioner/internal/person"
	"github.com/data-access/terraform-provider-provisioner/internal/snapshot"
)

// Fleet is the clusters of one workspace, as one installation of this provider sees them. It is safe for concurrent use.
type Fleet struct {
	api          API
	clock        await.Clock
	installation string

	clusters    *snapshot.Snapshot[*details]
	libraries   *snapshot.Snapshot[[]libraryStatus]
	permissions *snapshot.Ahead[[]Entry]
	pins        *snapshot.Snapshot[struct{}]

	line   *await.Line
	ahead  atomic.Bool   // a run that reads clusters will read their permissions too
	starts chan struct{} // a place for each cluster that may be starting at once
	run    ledger.Ledger // claims and turns by person and name, and what is kept by id
}

// Options says how a fleet behaves.
type Options struct {
	Installation string // who owns what is made: clusters of another installation are somebody else's
	Clock        await.Clock
	Starts       int // how many clusters may be warming up at once
}

// readers is how many permission reads are under way at once: the vendor refuses more than 20.
const readers = 16

// New makes a fleet.
func New(api API, options Options) *Fleet {
	f := &Fleet{api: api, clock: options.Clock, installation: options.Installation, line: newLine(options.Clock), starts: make(chan struct{}, options.Starts)}
	f.clusters = snapshot.New(f.clock, f.getCluster, f.listClusters)
	f.libraries = snapshot.New(f.clock, f.getLibraries, f.listLibraries)
	f.permissions = snapshot.NewAhead(readers, f.getPermissions)
	f.pins = snapshot.New(f.clock, nil, f.listPins) // only ever asked whole
	return f
}

// forget makes later reads of a cluster direct.
func (f *Fleet) forget(id string) {
	f.clusters.Forget(id)
	f.libraries.Forget(id)
	f.permissions.Forget(id)
}

// Tags that every cluster of ours carries. They, and its name, are what survives when a run is killed.
const (
	tagPrefix    = "provisioner_"
	tagOwner     = tagPrefix + "owner"
	tagManagedBy = tagPrefix + "managed_by"
	tagWarm      = tagPrefix + "warm" // which libraries the last complete warm-up installed
)

func (f *Fleet) tags(who person.Person) map[string]string {
	return map[string]string{tagOwner: f.ownerTag(who), tagManagedBy: f.installation}
}

// ownerTag is the e-mail, for the cost reports that people read, or a label where the cloud's alphabet is narrower.
func (f *Fleet) ownerTag(who person.Person) string {
	narrow := strings.Contains(f.api.Host, ".gcp.") || strings.ContainsFunc(who.Email(), func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9') && !strings.ContainsRune("+-=._:/@", r)
	})
	if narrow {
		return who.Label()
	}
	return who.Email()
}

// owns reports whether this installation made a cluster, for anyone.
func (f *Fleet) owns(d *details) bool {
	return d.CustomTags[tagOwner] != "" && d.CustomTags[tagManagedBy] == f.installation
}

// isFor reports whether a cluster is one person's.
func (f *Fleet) isFor(d *details, who person.Person) bool {
	return d.CustomTags[tagOwner] == f.ownerTag(who) || who.Is(d.SingleUserName)
}

func (f *Fleet) getCluster(ctx context.Context, id string) (found *details, err error) {
	err = f.ask(ctx, func(ctx context.Context) (err error) {
		found, err = f.api.read.cluster(ctx, id)
		return err
	})
	return found, asGone(err)
}

// pageSize is the vendor's largest page.
const pageSize = 100

// listClusters reads every cluster that a person or a program made; those of jobs and pipelines are left out, which in
// a busy workspace are the most. Permissions have no list: in a run that reads clusters, those of ours are fetched ahead.
func (f *Fleet) listClusters(ctx context.Context) (map[string]*details, error) {
	var all []*details
	err := f.ask(ctx, func(ctx context.Context) (err error) {
		all, err = f.api.read.clusters(ctx, compute.ListClustersFilterBy{ClusterSources: []compute.ClusterSource{compute.ClusterSourceApi, compute.ClusterSourceUi}})
		return err
	})
	if err != nil {
		return nil, err
	}
	byID := make(map[string]*details, len(all))
	var ours []string
	for _, d := range all {
		byID[d.ClusterID] = d
		if f.owns(d) {
			ours = append(ours, d.ClusterID)
		}
	}
	if f.ahead.Load() {
		f.permissions.Want(ctx, ours)
	}
	return byID, nil
}

func (f *Fleet) getLibraries(ctx context.Context, id string) (statuses []libraryStatus, err error) {
	err = f.ask(ctx, func(ctx context.Context) (err error) {
		statuses, err = f.api.read.libraries(ctx, id)
		return err
	})
	return statuses, asGone(err)
}

func (f *Fleet) listLibraries(ctx context.Context) (map[string][]libraryStatus, error) {
	var all []clusterLibraries
	err := f.ask(ctx, func(ctx context.Context) (err error) {
		all, err = f.api.read.allLibraries(ctx)
		return err
	})
	if err != nil {
		return nil, err
	}
	byID := make(map[string][]libraryStatus, len(all))
	for _, one := range all {
		byID[one.ClusterID] = one.Statuses
	}
	// A cluster without libraries is not in this list; that is no reason to ask for it again.
	if clusters, err := f.clusters.All(ctx); err == nil {
		for id := range clusters {
			if _, there := byID[id]; !there {
				byID[id] = nil
			}
		}
	}
	return byID, nil
}
