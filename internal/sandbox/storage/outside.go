package storage

import (
	"encoding/json"
	"maps"
	"slices"

	"github.com/fsouza/fake-gcs-server/fakestorage"
	api "google.golang.org/api/storage/v1"
)

// Object is one with its content, as a person sees it in the console.
type Object struct {
	Bucket         string            `json:"bucket"`
	Name           string            `json:"name"`
	Content        string            `json:"content,omitempty"`
	ContentType    string            `json:"content_type,omitempty"`
	Metadata       map[string]string `json:"metadata,omitempty"`
	Generation     int64             `json:"generation,omitempty"`     // told, never taken
	Metageneration int64             `json:"metageneration,omitempty"` // told, never taken
	MD5Hash        string            `json:"md5_hash,omitempty"`       // told, never taken
}

func (f *Fake) view(o fakestorage.Object) Object {
	return Object{
		Bucket: o.BucketName, Name: o.Name, Content: string(o.Content), ContentType: o.ContentType, Metadata: maps.Clone(o.Metadata),
		Generation: o.Generation, Metageneration: f.metageneration(versionOf(o.ObjectAttrs)), MD5Hash: o.Md5Hash,
	}
}

// Objects lists the live objects of a bucket by name, or of all buckets when none is named.
func (f *Fake) Objects(bucket string) []Object {
	f.mu.Lock()
	defer f.mu.Unlock()
	found := []Object{}
	for _, b := range slices.Sorted(maps.Keys(f.buckets)) {
		if bucket != "" && bucket != b {
			continue
		}
		for _, attributes := range f.all(b) {
			live, err := f.library.GetObject(b, attributes.Name)
			if err == nil && live.Generation == attributes.Generation {
				found = append(found, f.view(live))
			}
		}
	}
	return found
}

// PutObject writes an object as somebody else would: without a condition, and outside the rate limit.
func (f *Fake) PutObject(o Object) (Object, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	switch {
	case f.buckets[o.Bucket] == nil:
		return Object{}, noBucket()
	case o.Name == "":
		return Object{}, required("Required object name")
	}
	written := fakestorage.Object{
		ObjectAttrs: fakestorage.ObjectAttrs{BucketName: o.Bucket, Name: o.Name, ContentType: o.ContentType, Metadata: o.Metadata},
		Content:     []byte(o.Content),
	}
	if err := f.store(written); err != nil {
		return Object{}, err
	}
	stamped, err := f.stamp(name{o.Bucket, o.Name}, 0)
	return f.view(stamped), err
}

// EditObject gives an object the content type and the metadata of o, as somebody else would. The content stays, and
// with it the generation.
func (f *Fake) EditObject(o Object) (Object, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	object, err := f.find(name{o.Bucket, o.Name}, 0)
	if err != nil {
		return Object{}, err
	}
	changed := metadataOf(object.ObjectAttrs)
	changed.ContentType, changed.Metadata = o.ContentType, maps.Clone(o.Metadata)
	object, err = f.rewriteMetadata(object, changed)
	return f.view(object), err
}

// DeleteObject deletes an object as somebody else would.
func (f *Fake) DeleteObject(bucket, object string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if _, err := f.find(name{bucket, object}, 0); err != nil {
		return err
	}
	return f.remove(name{bucket, object}, 0)
}

// CreateBucket makes a bucket as somebody else would.
func (f *Fake) CreateBucket(bucket *api.Bucket) error { return f.createBucket(marshal(bucket)) }

func (f *Fake) createBucket(document []byte) error {
	resource, err := f.api.decodeBody(document, "Bucket")
	if err != nil {
		return err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	_, err = f.newBucket(resource)
	return err
}

// Buckets lists all buckets by name.
func (f *Fake) Buckets() []*api.Bucket {
	f.mu.Lock()
	defer f.mu.Unlock()
	found := []*api.Bucket{}
	for _, name := range slices.Sorted(maps.Keys(f.buckets)) {
		seen := &api.Bucket{}
		if err := json.Unmarshal(marshal(f.bucketResource(f.buckets[name], "")), seen); err != nil {
			panic(err) // it is what clients read
		}
		found = append(found, seen)
	}
	return found
}
