package secret

import (
	"context"
	"errors"
	"net/http"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

// objects is the part of S3 that is used here.
type objects interface {
	GetObject(context.Context, *s3.GetObjectInput, ...func(*s3.Options)) (*s3.GetObjectOutput, error)
}

// s3Options suits any endpoint: one of our own has no host name for each bucket, and an object without a checksum is
// no reason to write to the log.
func s3Options(o *s3.Options) {
	o.UsePathStyle = o.UsePathStyle || o.BaseEndpoint != nil
	o.DisableLogOutputChecksumValidationSkipped = true
}

func readObject(ctx context.Context, api objects, region, bucket, key string) ([]byte, error) {
	input := &s3.GetObjectInput{Bucket: aws.String(bucket), Key: aws.String(key)}
	output, err := api.GetObject(ctx, input)
	if home := bucketRegion(err); home != "" && home != region {
		output, err = api.GetObject(ctx, input, func(o *s3.Options) { o.Region = home })
	}
	if err != nil {
		return nil, awsError(err, "the object or its bucket does not exist; check both names",
			"allow s3:GetObject on the object (and kms:Decrypt on its key); without s3:ListBucket an absent object looks the same")
	}
	defer func() { _ = output.Body.Close() }()
	return readLimited(output.Body)
}

// bucketRegion is where S3 says that the bucket lives when it refuses a request in another region; empty when it does not say.
func bucketRegion(err error) string {
	var response *awshttp.ResponseError
	if !errors.As(err, &response) || response.Response == nil {
		return ""
	}
	switch response.HTTPStatusCode() {
	case http.StatusMovedPermanently, http.StatusTemporaryRedirect, http.StatusBadRequest:
		return response.Response.Header.Get("X-Amz-Bucket-Region")
	}
	return ""
}
