//go:build unix

package sliderule_test

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecr"

	"github.com/data-access/terraform-provider-provisioner/internal/sliderule"
	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/registry"
)

const ecrHost = "123456789012.dkr.ecr.us-west-2.amazonaws.com/team"

// push gives the registry an image of the nodes, and returns its digest.
func (a account) push(content string, tags ...string) string {
	a.Helper()
	client, repository := ecr.NewFromConfig(a.config), aws.String("team/sliderule")
	_, _ = client.CreateRepository(a.Context(), &ecr.CreateRepositoryInput{RepositoryName: repository}) // or it is there
	manifest := `{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","layers":[],"config":{"digest":"` + content + `"}}`
	for _, tag := range tags {
		if _, err := client.PutImage(a.Context(), &ecr.PutImageInput{RepositoryName: repository, ImageManifest: &manifest, ImageTag: aws.String(tag)}); err != nil {
			a.Fatal(err)
		}
	}
	answer, err := client.DescribeImages(a.Context(), &ecr.DescribeImagesInput{RepositoryName: repository})
	if err != nil {
		a.Fatal(err)
	}
	sum := sha256.Sum256([]byte(manifest))
	digest := "sha256:" + hex.EncodeToString(sum[:])
	for _, image := range answer.ImageDetails {
		if aws.ToString(image.ImageDigest) == digest {
			return digest
		}
	}
	a.Fatalf("the registry has no %s", digest)
	return ""
}

// Defect 33 on the real wire: latest moves on, the cluster tells what it was made of. A version that was never released
// makes nothing.
func TestDefect33TheDigestIsTheRegistrys(t *testing.T) {
	a := newAccount(t)
	w := a.foundation()
	w.Registry = ecrHost
	if _, err := a.region().EnsureFoundation(t.Context(), w); err != nil {
		t.Fatal(err)
	}
	_, err := a.region().Deploy(t.Context(), wanted(), true)
	var missing *registry.Missing
	if !errors.As(err, &missing) || !missing.Repository || strings.Contains(err.Error(), "Apply again") {
		t.Errorf("got %v", err)
	}
	first := a.push("one", "latest", "v5.5.0")
	_, err = a.region().Deploy(t.Context(), wanted(func(w *sliderule.Wanted) { w.Version = "v9.9.9" }), true)
	if !errors.As(err, &missing) || missing.Tag != "v9.9.9" || !strings.Contains(err.Error(), "the registry "+ecrHost+" has no image sliderule:v9.9.9") {
		t.Errorf("got %v", err)
	}
	if left := a.schedules(); len(left) != 0 || a.status().StackID != "" {
		t.Errorf("a version that is not there left %v", left)
	}
	latest := func(w *sliderule.Wanted) { w.Version = "" }
	if made := a.deployed(wanted(latest)); made.ImageDigest != first || made.Version != "latest" {
		t.Errorf("got %+v, want %s", made, first)
	}
	second := a.push("two", "latest")
	if again := a.deployed(wanted(latest, nodes(4))); again.ImageDigest != first || first == second {
		t.Errorf("got %s, want %s, and not %s", again.ImageDigest, first, second)
	}
}
