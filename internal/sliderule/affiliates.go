package sliderule

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/data-access/terraform-provider-provisioner/internal/step"
)

// affiliatesFile is beside the certificate.
const affiliatesFile = "affiliates.json"

// mostAffiliates is far more than the file of an organization has, in bytes.
const mostAffiliates = 4 << 20

// beside is where the file of affiliates is, for a certificate at s3://bucket/folder/name.
func beside(certificate string) string {
	return certificate[:strings.LastIndexByte(certificate, '/')+1] + affiliatesFile
}

// readFile reads s3://bucket/key. No file is nil, and no error; that it cannot be told whether there is one, is an error:
// without its entry, an affiliate would be let in lower than they are, or higher.
func (r *Region) readFile(ctx context.Context, source string) ([]byte, error) {
	bucket, key, _ := strings.Cut(strings.TrimPrefix(source, "s3://"), "/")
	var content []byte
	err := r.line.Ask(ctx, func(ctx context.Context) (err error) {
		ctx, done := context.WithTimeout(ctx, callTimeout)
		defer done()
		content, err = r.readObject(ctx, bucket, key)
		return err
	})
	switch {
	case err == nil:
		return content, nil
	case hasCode(err, "NoSuchKey"):
		return nil, nil
	}
	told := &step.Error{Step: "reading the affiliates from " + source, Err: err, Words: inWords(err), Remedy: remedy(err)}
	switch {
	case hasCode(err, "NoSuchBucket"):
		told.Remedy = "Correct certificate_source of the foundation: the file is looked for beside the certificate"
	case status(err) == http.StatusForbidden:
		told.Remedy = "Let the provider's AWS identity read it (s3:GetObject), and list the bucket (s3:ListBucket): otherwise S3 does not say that there is none"
	}
	return nil, told
}

func (r *Region) readObject(ctx context.Context, bucket, key string) ([]byte, error) {
	input := &s3.GetObjectInput{Bucket: &bucket, Key: &key}
	answer, err := objectStore(r.config).GetObject(ctx, input)
	if home := homeOf(err); home != "" && home != r.config.Region {
		answer, err = objectStore(r.config).GetObject(ctx, input, func(o *s3.Options) { o.Region = home })
	}
	if err != nil {
		return nil, err
	}
	defer func() { _ = answer.Body.Close() }()
	content, err := io.ReadAll(io.LimitReader(answer.Body, mostAffiliates+1))
	if err == nil && len(content) > mostAffiliates {
		err = fmt.Errorf("it is longer than %d bytes", mostAffiliates)
	}
	return content, err
}

// objectStore suits any endpoint: one of our own has no host name for each bucket.
func objectStore(cfg aws.Config) *s3.Client {
	return s3.NewFromConfig(cfg, func(o *s3.Options) {
		o.UsePathStyle = o.UsePathStyle || o.BaseEndpoint != nil
		o.DisableLogOutputChecksumValidationSkipped = true
	})
}

// homeOf is the region that S3 says a bucket is in when it is asked in another one.
func homeOf(err error) string {
	var answer *awshttp.ResponseError
	if !errors.As(err, &answer) || answer.Response == nil {
		return ""
	}
	switch answer.HTTPStatusCode() {
	case http.StatusMovedPermanently, http.StatusTemporaryRedirect, http.StatusBadRequest:
		return answer.Response.Header.Get("X-Amz-Bucket-Region")
	}
	return ""
}
