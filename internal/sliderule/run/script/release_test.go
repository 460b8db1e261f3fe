//go:build linux

package script_test

import (
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecr"
	"github.com/aws/aws-sdk-go-v2/service/ecr/types"

	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/runner"
	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/run/script"
)

func digest(t *testing.T, client *ecr.Client, name, tag string) string {
	t.Helper()
	answer, err := client.DescribeImages(t.Context(), &ecr.DescribeImagesInput{RepositoryName: &name, ImageIds: []types.ImageIdentifier{{ImageTag: &tag}}})
	if err != nil {
		return ""
	}
	return aws.ToString(answer.ImageDetails[0].ImageDigest)
}

// Defect 33, and the versions that upstream never pushed: every image has the version's own tag, and its digest is told.
func TestARelease(t *testing.T) {
	w, in := newWorld(t), release()
	client := w.repositories(script.ClusterImages()...)
	s := w.run(in)
	if s.Status != script.Passed || len(s.Images) != 5 || len(s.Suites) != 0 {
		t.Fatalf("%+v, %+v\n%s", s, s.Failure, w.object(in, "run.log"))
	}
	for name, told := range s.Images {
		if got := digest(t, client, name, "v5.5.0"); got == "" || got != told {
			t.Errorf("%s: the registry has %q, the summary %q", name, got, told)
		}
		if got := digest(t, client, name, "latest"); got != "" {
			t.Errorf("%s: latest moved, to %s", name, got)
		}
	}
	if !w.called("make", "cluster-docker", "VERSION=v5.5.0") || !w.called("make", "cluster-docker-push", "VERSION=v5.5.0") || !w.called("git", "checkout", "v5.5.0") {
		t.Errorf("%v", w.runner.Calls())
	}

	t.Run("again", func(t *testing.T) { // what is built is what the registry has
		again := in
		again.RunID = "release-again"
		if s := w.run(again); s.Status != script.Passed || len(s.Images) != 5 {
			t.Errorf("%+v, %+v", s, s.Failure)
		}
	})
}

func TestAReleaseMovesLatestWhenAsked(t *testing.T) {
	w, in := newWorld(t), release()
	in.MoveLatest, in.Images = true, []string{"sliderule", "ilb"}
	client := w.repositories(script.ClusterImages()...)
	s := w.run(in)
	if s.Status != script.Passed || len(s.Images) != 2 {
		t.Fatalf("%+v, %+v\n%s", s, s.Failure, w.object(in, "run.log"))
	}
	for name, told := range s.Images {
		if got := digest(t, client, name, "latest"); got != told {
			t.Errorf("%s: latest is %q, not %q", name, got, told)
		}
	}
}

func TestAReleaseAndAnotherImageOfItsTag(t *testing.T) {
	for name, overwrite := range map[string]bool{"is refused": false, "overwrites": true} {
		t.Run(name, func(t *testing.T) {
			w, in := newWorld(t), release()
			in.Overwrite = overwrite
			client := w.repositories(script.ClusterImages()...)
			other := runner.Manifest("sha256:" + strings.Repeat("0", 64))
			if _, err := client.PutImage(t.Context(), &ecr.PutImageInput{RepositoryName: aws.String("ams"), ImageTag: &in.Version, ImageManifest: &other}); err != nil {
				t.Fatal(err)
			}
			before := digest(t, client, "ams", in.Version)
			s := w.run(in)
			if overwrite {
				if s.Status != script.Passed || s.Images["ams"] == before {
					t.Errorf("%+v, %+v", s, s.Failure)
				}
				return
			}
			if s.Status != script.Failed || s.Failure.Step != "check" || !strings.Contains(s.Failure.Words, "ams:v5.5.0, "+before) || !strings.Contains(s.Failure.Words, "set overwrite") {
				t.Errorf("%+v, %+v\n%s", s, s.Failure, w.object(in, "run.log"))
			}
			if len(w.runner.Calls("docker", "push")) > 0 || w.called("make", "cluster-docker-push") || digest(t, client, "sliderule", in.Version) != "" {
				t.Error("something was pushed")
			}
		})
	}
}

func TestReleasesThatFail(t *testing.T) {
	for name, c := range map[string]struct {
		repositories []string
		order        runner.Order
		images       []string
		step, words  string
	}{
		"the build":            {script.ClusterImages(), runner.Order{Command: "make", Status: 2}, nil, "build", "make cluster-docker failed"},
		"a missing repository": {[]string{"sliderule"}, runner.Order{Command: "-"}, nil, "check", "the registry does not say whether it has ilb:v5.5.0"},
		"an image too many":    {script.ClusterImages(), runner.Order{Command: "-"}, []string{"sliderule", "proxy"}, "check", "made no image proxy:v5.5.0"},
	} {
		t.Run(name, func(t *testing.T) {
			w, in := newWorld(t), release()
			in.Images = c.images
			client := w.repositories(c.repositories...)
			w.runner.Order(c.order)
			s := w.run(in)
			if s.Status != script.Failed || s.Failure.Step != c.step || !strings.Contains(s.Failure.Words, c.words) || len(s.Images) != 0 {
				t.Errorf("%+v, %+v\n%s", s, s.Failure, w.object(in, "run.log"))
			}
			if digest(t, client, "sliderule", in.Version) != "" {
				t.Error("something was pushed")
			}
		})
	}
}
