package run

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/data-access/terraform-provider-provisioner/internal/sliderule"
	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/call"
	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/run/script"
)

const (
	prefix         = "runs" // of the keys in the log bucket: where the profile of runs may write
	summaryFile    = "summary.json"
	logFile        = "run.log"
	longestSummary = 1 << 20 // bytes
)

func key(id, file string) string { return prefix + "/" + id + "/" + file }

// locate says where a run leaves its summary and log.
func (run *Run) locate(f *sliderule.Foundation) {
	at := "s3://" + f.LogBucket + "/"
	run.SummaryURI, run.LogURI = at+key(run.ID, summaryFile), at+key(run.ID, logFile)
}

// read is an object, or the part of it that a range of HTTP names, at most so many bytes; nil when there is none.
func (r *Runner) read(ctx context.Context, bucket, key, part string, most int64) (content []byte, err error) {
	input := &s3.GetObjectInput{Bucket: &bucket, Key: &key}
	if part != "" {
		input.Range = &part
	}
	err = r.line.Ask(ctx, func(ctx context.Context) error {
		ctx, done := context.WithTimeout(ctx, call.Timeout)
		defer done()
		answer, err := s3.NewFromConfig(r.config, s3Options).GetObject(ctx, input)
		if err != nil {
			return err
		}
		defer func() { _ = answer.Body.Close() }()
		content, err = io.ReadAll(io.LimitReader(answer.Body, most))
		return err
	})
	switch {
	case call.HasCode(err, "InvalidRange"): // it is empty
		return []byte{}, nil
	case call.HasCode(err, "NoSuchKey", "NotFound"), call.Status(err) == http.StatusNotFound && !call.HasCode(err, "NoSuchBucket"):
		return nil, nil
	}
	return content, err
}

// summary is what a run left; nil for nothing yet. What cannot be read as a summary is the summary of a failure: it will
// not become better.
func (r *Runner) summary(ctx context.Context, f *sliderule.Foundation, id string) (*script.Summary, error) {
	content, err := r.read(ctx, f.LogBucket, key(id, summaryFile), "", longestSummary)
	if err != nil || content == nil {
		return nil, err
	}
	found, err := script.ParseSummary(content)
	if err == nil && found.RunID != id {
		err = errors.New("it is the summary of another run")
	}
	if err != nil {
		return &script.Summary{RunID: id, Status: script.Failed, Failure: &script.Failure{Step: "reading its summary", Words: err.Error()}}, nil
	}
	return &found, nil
}

// pagesOf lists objects, and the folders among them when there is a delimiter.
func (r *Runner) pagesOf(ctx context.Context, input *s3.ListObjectsV2Input, each func(*s3.ListObjectsV2Output) error) error {
	for {
		page, err := ask(ctx, r, s3.NewFromConfig(r.config, s3Options).ListObjectsV2, input)
		if err != nil {
			return err
		}
		if err := each(page); err != nil {
			return err
		}
		if !aws.ToBool(page.IsTruncated) {
			return nil
		}
		input.ContinuationToken = page.NextContinuationToken
	}
}

// ids are the runs that left something, oldest first.
func (r *Runner) ids(ctx context.Context, f *sliderule.Foundation) (ids []string, err error) {
	input := &s3.ListObjectsV2Input{Bucket: &f.LogBucket, Prefix: aws.String(prefix + "/"), Delimiter: aws.String("/")}
	err = r.pagesOf(ctx, input, func(page *s3.ListObjectsV2Output) error {
		for _, folder := range page.CommonPrefixes {
			id := strings.TrimSuffix(strings.TrimPrefix(aws.ToString(folder.Prefix), prefix+"/"), "/")
			if idForm.MatchString(id) {
				ids = append(ids, id)
			}
		}
		return nil
	})
	return ids, err
}

// removeObjects deletes what a run left.
func (r *Runner) removeObjects(ctx context.Context, f *sliderule.Foundation, id string) error {
	var keys []string
	input := &s3.ListObjectsV2Input{Bucket: &f.LogBucket, Prefix: aws.String(key(id, ""))}
	err := r.pagesOf(ctx, input, func(page *s3.ListObjectsV2Output) error {
		for _, object := range page.Contents {
			keys = append(keys, aws.ToString(object.Key))
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, each := range keys {
		if _, err := repeat(ctx, r, s3.NewFromConfig(r.config, s3Options).DeleteObject, &s3.DeleteObjectInput{Bucket: &f.LogBucket, Key: &each}); err != nil {
			return err
		}
	}
	return nil
}
