package template

import (
	"context"
	"crypto/md5" // it is how Cloud Storage tells contents apart, and guards nothing
	"encoding/base64"
	"strings"

	"google.golang.org/api/googleapi"
	"google.golang.org/api/storage/v1"

	"github.com/data-access/terraform-provider-provisioner/internal/notebook/google"
	"github.com/data-access/terraform-provider-provisioner/internal/person"
)

// contentType is the registered one of YAML.
const contentType = "application/yaml"

// Checksum is the MD5 of a text, as Cloud Storage writes it: in base64.
func Checksum(text string) string {
	sum := md5.Sum([]byte(text))
	return base64.StdEncoding.EncodeToString(sum[:])
}

// upload writes the text where wanted.Generation is (0: where nothing is), and says how often it tried. The checksum
// goes with it, so that half a text is never stored.
func (s *Store) upload(ctx context.Context, who person.Person, wanted Object) (stored Object, attempts int, err error) {
	object := &storage.Object{
		Name: wanted.Name, ContentType: contentType, Md5Hash: Checksum(wanted.Text), Metadata: s.cloud.Mark(nil, who),
	}
	var written *storage.Object
	err = s.cloud.Repeat(ctx, func(ctx context.Context) (err error) {
		attempts++
		// One request: a text of this size needs no resumable upload.
		written, err = google.Storage(s.cloud).Objects.Insert(wanted.Bucket, object).IfGenerationMatch(wanted.Generation).
			Media(strings.NewReader(wanted.Text), googleapi.ChunkSize(0)).Fields(attributes...).Context(ctx).Do()
		return err
	})
	if err != nil {
		return Object{}, attempts, err
	}
	stored = describe(wanted.Bucket, written)
	stored.Text = wanted.Text
	return stored, attempts, nil
}
