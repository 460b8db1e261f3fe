package storage

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"time"

	"github.com/fsouza/fake-gcs-server/fakestorage"
)

// metadata is what a client may say about an object.
type metadata struct {
	ContentType        string            `json:"contentType,omitempty"`
	ContentEncoding    string            `json:"contentEncoding,omitempty"`
	ContentDisposition string            `json:"contentDisposition,omitempty"`
	ContentLanguage    string            `json:"contentLanguage,omitempty"`
	CacheControl       string            `json:"cacheControl,omitempty"`
	CustomTime         time.Time         `json:"customTime,omitzero"`
	Metadata           map[string]string `json:"metadata,omitempty"`
}

func metadataOf(o fakestorage.ObjectAttrs) metadata {
	return metadata{
		ContentType: o.ContentType, ContentEncoding: o.ContentEncoding, ContentDisposition: o.ContentDisposition,
		ContentLanguage: o.ContentLanguage, CacheControl: o.CacheControl, CustomTime: o.CustomTime, Metadata: o.Metadata,
	}
}

func (m metadata) into(o *fakestorage.ObjectAttrs) {
	o.ContentType, o.ContentEncoding, o.ContentDisposition = m.ContentType, m.ContentEncoding, m.ContentDisposition
	o.ContentLanguage, o.CacheControl, o.CustomTime, o.Metadata = m.ContentLanguage, m.CacheControl, m.CustomTime, m.Metadata
}

// objectsKeepNo are fields with an effect that is not emulated. Other fields that are not metadata are the server's own:
// Google ignores what a request says about them.
var objectsKeepNo = []string{"acl", "contexts", "customerEncryption", "eventBasedHold", "kmsKeyName", "retention", "temporaryHold"}

// objectResource is an object as the JSON API shows it. Two of the library's own answers lack half of it.
func (f *Fake) objectResource(o fakestorage.ObjectAttrs, host string) map[string]any {
	escaped := fmt.Sprintf("%s/o/%s", url.PathEscape(o.BucketName), url.PathEscape(o.Name))
	metageneration := f.metageneration(versionOf(o))
	resource := fields(metadataOf(o))
	maps.Copy(resource, map[string]any{
		"kind":                    "storage#object",
		"id":                      fmt.Sprintf("%s/%s/%d", o.BucketName, o.Name, o.Generation),
		"selfLink":                host + servicePath + "b/" + escaped,
		"mediaLink":               fmt.Sprintf("%s%sb/%s?generation=%d&alt=media", host, downloadPath, escaped, o.Generation),
		"name":                    o.Name,
		"bucket":                  o.BucketName,
		"generation":              fmt.Sprint(o.Generation),
		"metageneration":          fmt.Sprint(metageneration),
		"size":                    fmt.Sprint(o.Size),
		"md5Hash":                 o.Md5Hash,
		"crc32c":                  o.Crc32c,
		"etag":                    etag(o.Generation, metageneration),
		"storageClass":            o.StorageClass,
		"timeCreated":             timestamp(o.Created),
		"timeStorageClassUpdated": timestamp(o.Created),
		"timeFinalized":           timestamp(o.Created),
		"updated":                 timestamp(o.Updated),
	})
	if !o.Deleted.IsZero() {
		resource["timeDeleted"] = timestamp(o.Deleted)
	}
	return resource
}

func timestamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }

// fields is any value as the JSON object that it becomes.
func fields(value any) map[string]any {
	object := map[string]any{}
	if err := json.Unmarshal(marshal(value), &object); err != nil {
		panic(err) // only structs and maps come here
	}
	return object
}

// merge is a patch as Google applies it: what is null goes, objects merge, anything else is replaced.
func merge(old, patch map[string]any) map[string]any {
	merged := maps.Clone(old)
	if merged == nil {
		merged = map[string]any{}
	}
	for field, value := range patch {
		inner, isObject := value.(map[string]any)
		before, wasObject := merged[field].(map[string]any)
		switch {
		case value == nil:
			delete(merged, field)
		case isObject && wasObject:
			merged[field] = merge(before, inner)
		case isObject:
			merged[field] = merge(nil, inner)
		default:
			merged[field] = value
		}
	}
	return merged
}

// hexOf is a checksum as the XML API writes it.
func hexOf(inBase64 string) string {
	raw, err := base64.StdEncoding.DecodeString(inBase64)
	if err != nil {
		panic(err) // the library's own
	}
	return hex.EncodeToString(raw)
}
