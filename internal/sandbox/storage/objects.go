package storage

import (
	"cmp"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/fsouza/fake-gcs-server/fakestorage"
)

// existing is the object of a call, when it is there and all that the call demands of it holds.
func (f *Fake) existing(c *call) (fakestorage.Object, error) {
	generation, _ := strconv.ParseInt(c.query.Get("generation"), 10, 64) // validated; none is 0
	object, err := f.find(c.name(), generation)
	if err != nil {
		return object, err
	}
	demanded, err := c.conditions()
	if err == nil {
		err = demanded.check(object.Generation, f.metageneration(versionOf(object.ObjectAttrs)))
	}
	return object, err
}

func (f *Fake) getObject(c *call) (*reply, error) {
	object, err := f.existing(c)
	if err != nil {
		return nil, err
	}
	if c.face != jsonFace {
		return f.content(c, object)
	}
	return &reply{resource: f.objectResource(object.ObjectAttrs, c.host())}, nil
}

func (f *Fake) patchObject(c *call) (*reply, error) {
	return f.changeObject(c, func(old map[string]any) map[string]any { return merge(old, c.body) })
}

// updateObject replaces the metadata: what a request leaves out is gone.
func (f *Fake) updateObject(c *call) (*reply, error) {
	return f.changeObject(c, func(map[string]any) map[string]any { return merge(nil, c.body) })
}

// changeObject gives an object other metadata. The generation stays, the metageneration grows.
func (f *Fake) changeObject(c *call, change func(map[string]any) map[string]any) (*reply, error) {
	object, err := f.existing(c)
	if err != nil {
		return nil, err
	}
	if err := keepable(c.body); err != nil {
		return nil, err
	}
	var changed metadata
	if err := json.Unmarshal(marshal(change(fields(metadataOf(object.ObjectAttrs)))), &changed); err != nil {
		return nil, invalid("Invalid value: %v", err)
	}
	if err := f.countWrite(c.name()); err != nil {
		return nil, err
	}
	object, err = f.rewriteMetadata(object, changed)
	return &reply{resource: f.objectResource(object.ObjectAttrs, c.host())}, err
}

func (f *Fake) rewriteMetadata(object fakestorage.Object, changed metadata) (fakestorage.Object, error) {
	changed.into(&object.ObjectAttrs)
	object.Updated = f.now()
	f.metagenerations[versionOf(object.ObjectAttrs)]++
	return object, f.store(object)
}

// keepable refuses fields that would have an effect at Google and have none here.
func keepable(resource map[string]any) error {
	for _, field := range objectsKeepNo {
		if value := resource[field]; value != nil && value != false {
			return notEmulated("the field %s of an object", field)
		}
	}
	return nil
}

func (f *Fake) deleteObject(c *call) (*reply, error) {
	object, err := f.existing(c)
	if err != nil {
		return nil, err
	}
	if err := f.countWrite(c.name()); err != nil {
		return nil, err
	}
	if c.query.Get("generation") == "" {
		object.Generation = 0 // a bucket that keeps versions keeps this one; saying the generation removes it for good
	}
	return &reply{status: http.StatusNoContent}, f.remove(c.name(), object.Generation)
}

// remove leaves out a version that is named, or makes the live one a thing of the past.
func (f *Fake) remove(n name, generation int64) error {
	if err := f.library.Backend().DeleteObjectWithGeneration(n.bucket, n.object, generation); err != nil {
		return notFound("No such object: %s/%s", n.bucket, n.object)
	}
	delete(f.metagenerations, version{n, generation})
	return nil
}

const largestPage = 1000

// listObjects pages through names and prefixes together, as Google does; the library repeats all prefixes on each page.
func (f *Fake) listObjects(c *call) (*reply, error) {
	bucket := c.path["bucket"]
	if f.buckets[bucket] == nil {
		return nil, noBucket()
	}
	list, err := f.library.ListObjectsWithOptionsPaginated(bucket, fakestorage.ListOptions{
		Prefix:                   c.query.Get("prefix"),
		Delimiter:                c.query.Get("delimiter"),
		Versions:                 c.query.Get("versions") == "true",
		StartOffset:              c.query.Get("startOffset"),
		EndOffset:                c.query.Get("endOffset"),
		IncludeTrailingDelimiter: c.query.Get("includeTrailingDelimiter") == "true",
	})
	if err != nil {
		return nil, err
	}
	var found []entry
	for _, object := range list.Objects {
		key := object.Name + "\x00" + strconv.FormatInt(object.Generation, 10) // all have the same number of digits
		found = append(found, entry{key: key, item: f.objectResource(object, c.host())})
	}
	for _, prefix := range list.Prefixes {
		found = append(found, entry{key: prefix, prefix: prefix})
	}
	return page(c, "storage#objects", found)
}

// entry is one line of a list: a thing, or a prefix that stands for several.
type entry struct {
	key    string // what the list is sorted by; unique
	item   any
	prefix string
}

// page is the part of a list that a call asks for. A page token is opaque: here, the last key of the page before.
func page(c *call, kind string, found []entry) (*reply, error) {
	slices.SortFunc(found, func(a, b entry) int { return cmp.Compare(a.key, b.key) })
	after, err := base64.URLEncoding.DecodeString(c.query.Get("pageToken"))
	if err != nil {
		return nil, invalid("Invalid argument: pageToken")
	}
	limit, _ := strconv.Atoi(c.query.Get("maxResults")) // validated; none is 0
	if limit <= 0 || limit > largestPage {
		limit = largestPage
	}
	answer := map[string]any{"kind": kind}
	var items, prefixes []any
	last := ""
	for _, e := range found {
		if len(after) > 0 && strings.Compare(e.key, string(after)) <= 0 {
			continue
		}
		if len(items)+len(prefixes) == limit {
			answer["nextPageToken"] = base64.URLEncoding.EncodeToString([]byte(last))
			break
		}
		if last = e.key; e.prefix != "" {
			prefixes = append(prefixes, e.prefix)
		} else {
			items = append(items, e.item)
		}
	}
	if items != nil {
		answer["items"] = items
	}
	if prefixes != nil {
		answer["prefixes"] = prefixes
	}
	return &reply{resource: answer}, nil
}
