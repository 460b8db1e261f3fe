package storage

import (
	"fmt"
	"net/http"
	"net/url"

	"github.com/fsouza/fake-gcs-server/fakestorage"
)

// content answers with an object itself, or a range of it. The library does that at one address, whatever was asked.
func (f *Fake) content(c *call, object fakestorage.Object) (*reply, error) {
	query := url.Values{"alt": {"media"}, "generation": {fmt.Sprint(object.Generation)}}
	answer := f.ask(c, downloadPath+"b/"+url.PathEscape(object.BucketName)+"/o/"+url.PathEscape(object.Name), query)
	header := answer.Header()
	if answer.Code == http.StatusRequestedRangeNotSatisfiable {
		return nil, &apiError{status: answer.Code, reason: "requestedRangeNotSatisfiable", message: "Request range not satisfiable"}
	}
	if err := refused(answer); err != nil {
		return nil, err
	}
	metageneration := f.metageneration(versionOf(object.ObjectAttrs))
	header.Set("X-Goog-Metageneration", fmt.Sprint(metageneration))
	header.Set("X-Goog-Storage-Class", object.StorageClass)
	header["X-Goog-Hash"] = []string{"crc32c=" + object.Crc32c, "md5=" + object.Md5Hash} // the library joins them
	header.Set("Last-Modified", object.Updated.UTC().Format(http.TimeFormat))
	header.Set("Etag", etag(object.Generation, metageneration))
	if c.face == xmlFace { // where it is the checksum
		header.Set("Etag", fmt.Sprintf("%q", hexOf(object.Md5Hash)))
	}
	if object.ContentType == "" {
		header.Set("Content-Type", "application/octet-stream")
	}
	return &reply{status: answer.Code, header: header, content: answer.Body.Bytes()}, nil
}
