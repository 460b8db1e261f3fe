package storage

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/fsouza/fake-gcs-server/fakestorage"
)

// bucket is one with its settings. The library keeps of a bucket its name, and whether it keeps versions.
type bucket struct {
	name             string
	settings         map[string]any // as they were given, and what Google adds
	metageneration   int64
	created, updated time.Time
	policy           policy
}

func (f *Fake) insertBucket(c *call) (*reply, error) {
	if err := f.ours(c.query.Get("project")); err != nil {
		return nil, err
	}
	made, err := f.newBucket(c.body)
	if err != nil {
		return nil, err
	}
	return &reply{resource: f.bucketResource(made, c.host())}, nil
}

// ours checks a project, which may be written as an id or a number.
func (f *Fake) ours(project string) error {
	if project != f.options.Project && project != fmt.Sprint(f.options.ProjectNumber) {
		return invalid("Unknown project id: %s", project)
	}
	return nil
}

func (f *Fake) newBucket(resource map[string]any) (*bucket, error) {
	name, _ := resource["name"].(string)
	if err := checkBucketName(name); err != nil {
		return nil, err
	}
	if f.buckets[name] != nil {
		return nil, conflict("Your previous request to create the named bucket succeeded and you already own it.")
	}
	now := f.now()
	made := &bucket{name: name, metageneration: 1, created: now, updated: now}
	settings, err := made.settle(merge(nil, resource), now)
	if err != nil {
		return nil, err
	}
	made.settings = settings
	made.policy = firstPolicy(f.options.Project, made.uniform())
	f.library.CreateBucketWithOpts(fakestorage.CreateBucketOpts{Name: name, VersioningEnabled: made.versioned()})
	f.buckets[name] = made
	return made, nil
}

// bucket is the one of a call, when it is there and all that the call demands of it holds.
func (f *Fake) bucket(c *call) (*bucket, error) {
	b := f.buckets[c.path["bucket"]]
	if b == nil {
		return nil, noBucket()
	}
	demanded, err := c.conditions()
	if err == nil {
		err = demanded.check(0, b.metageneration)
	}
	return b, err
}

func (f *Fake) getBucket(c *call) (*reply, error) {
	b, err := f.bucket(c)
	if err != nil {
		return nil, err
	}
	return &reply{resource: f.bucketResource(b, c.host())}, nil
}

func (f *Fake) listBuckets(c *call) (*reply, error) {
	if err := f.ours(c.query.Get("project")); err != nil {
		return nil, err
	}
	var found []entry
	for name, b := range f.buckets {
		if strings.HasPrefix(name, c.query.Get("prefix")) {
			found = append(found, entry{key: name, item: f.bucketResource(b, c.host())})
		}
	}
	return page(c, "storage#buckets", found)
}

func (f *Fake) patchBucket(c *call) (*reply, error) {
	return f.changeBucket(c, func(old map[string]any) map[string]any { return merge(old, c.body) })
}

// updateBucket replaces the settings: what a request leaves out is as in a new bucket.
func (f *Fake) updateBucket(c *call) (*reply, error) {
	return f.changeBucket(c, func(old map[string]any) map[string]any {
		return merge(map[string]any{"location": old["location"]}, c.body)
	})
}

func (f *Fake) changeBucket(c *call, change func(map[string]any) map[string]any) (*reply, error) {
	b, err := f.bucket(c)
	if err != nil {
		return nil, err
	}
	now := f.now()
	settings, err := b.settle(change(b.settings), now)
	if err != nil {
		return nil, err
	}
	versioned := b.versioned()
	b.settings = settings
	b.changed(now)
	if b.versioned() != versioned {
		f.keepVersions(c, b)
	}
	return &reply{resource: f.bucketResource(b, c.host())}, nil
}

func (b *bucket) changed(now time.Time) {
	b.updated = now
	b.metageneration++
}

// keepVersions tells the library, which hears of that by HTTP alone.
func (f *Fake) keepVersions(c *call, b *bucket) {
	change := &call{
		request: c.request.Clone(c.request.Context()),
		content: marshal(map[string]any{"versioning": map[string]any{"enabled": b.versioned()}}),
	}
	change.request.Method = http.MethodPatch
	if answer := f.ask(change, servicePath+"b/"+b.name, nil); answer.Code != http.StatusOK {
		panic(answer.Body.String()) // it has the bucket
	}
}

// deleteBucket refuses while there is anything in it, old versions included; the library would not see those.
func (f *Fake) deleteBucket(c *call) (*reply, error) {
	b, err := f.bucket(c)
	if err != nil {
		return nil, err
	}
	if len(f.all(b.name)) > 0 {
		return nil, conflict("The bucket you tried to delete is not empty.")
	}
	delete(f.buckets, b.name)
	return &reply{status: http.StatusNoContent}, f.library.Backend().DeleteBucket(b.name)
}

// bucketResource is a bucket as the JSON API shows it.
func (f *Fake) bucketResource(b *bucket, host string) map[string]any {
	resource := maps.Clone(b.settings)
	location := fmt.Sprint(b.settings["location"])
	maps.Copy(resource, map[string]any{
		"kind":           "storage#bucket",
		"id":             b.name,
		"name":           b.name,
		"selfLink":       host + servicePath + "b/" + b.name,
		"projectNumber":  fmt.Sprint(f.options.ProjectNumber),
		"metageneration": fmt.Sprint(b.metageneration),
		"etag":           etag(0, b.metageneration),
		"timeCreated":    timestamp(b.created),
		"updated":        timestamp(b.updated),
		"locationType":   locationType(location),
	})
	if resource["locationType"] != "region" {
		if _, given := resource["rpo"]; !given {
			resource["rpo"] = "DEFAULT"
		}
	}
	return resource
}

func locationType(location string) string {
	switch {
	case slices.Contains([]string{"US", "EU", "ASIA"}, location):
		return "multi-region"
	case region.MatchString(location):
		return "region"
	default:
		return "dual-region"
	}
}
