package runner

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecr"
	"github.com/aws/smithy-go"
)

// docker has the images that make made, pushes them to the emulated registry, and runs the suites of the build container.
func docker(ctx context.Context, m *machine, q question) (reply, error) {
	words := q.words[1:]
	if len(words) == 0 {
		return done("")
	}
	last := words[len(words)-1]
	switch words[0] {
	case "run":
		return container(ctx, m, q)
	case "push":
		return m.push(ctx, last)
	case "tag":
		m.mu.Lock()
		defer m.mu.Unlock()
		built, ok := m.images[words[1]]
		if !ok {
			return failed(1, "Error response from daemon: No such image: %s", words[1])
		}
		m.images[last] = built
	case "image":
		m.mu.Lock()
		defer m.mu.Unlock()
		built, ok := m.images[last]
		if !ok {
			return failed(1, "Error response from daemon: No such image: %s", last)
		}
		return done(built + "\n")
	}
	return done("")
}

// clusterImages are what the target cluster-docker makes at a version.
func clusterImages(version string) []string {
	images := []string{"sliderule", "ilb", "monitor", "monitor-agent", "ams"}
	if before(version, 5, 0, 2) {
		images = append(images, "manager")
	}
	return images
}

// makeTarget is make on the build host: what is built, and pushed, are the cluster's images.
func makeTarget(ctx context.Context, m *machine, q question) (reply, error) {
	version, registry := q.option("VERSION"), q.option("ECR")
	m.mu.Lock()
	images := clusterImages(m.version)
	m.mu.Unlock()
	switch {
	case slices.Contains(q.words, "cluster-docker"):
		m.mu.Lock()
		defer m.mu.Unlock()
		for _, name := range images {
			m.images[registry+"/"+name+":"+version] = "sha256:" + hash("configuration of "+name+" at "+version)
		}
	case slices.Contains(q.words, "cluster-docker-push"):
		for _, name := range images {
			if did, err := m.push(ctx, registry+"/"+name+":"+version); err != nil || did.status != 0 {
				did.out += "make: *** [Makefile: cluster-docker-push] Error 1\n"
				return did, err
			}
		}
	}
	return done("")
}

// Manifest is what docker pushes for an image whose configuration has a digest.
func Manifest(configuration string) string {
	return `{"schemaVersion":2,"mediaType":"application/vnd.docker.distribution.manifest.v2+json","config":{"mediaType":"application/vnd.docker.container.image.v1+json","size":7023,"digest":"` +
		configuration + `"},"layers":[]}`
}

// push writes an image to the emulated registry, whose repository must be there, as with ECR.
func (m *machine) push(ctx context.Context, reference string) (reply, error) {
	m.mu.Lock()
	built, ok := m.images[reference]
	m.mu.Unlock()
	if !ok {
		return failed(1, "An image does not exist locally with the tag: %s", reference)
	}
	host, name, _ := strings.Cut(reference, "/")
	name, tag, _ := strings.Cut(name, ":")
	parts := strings.Split(host, ".")
	if len(parts) < 6 {
		return failed(1, "the registry %s is none of ECR", host)
	}
	manifest := Manifest(built)
	digest := "sha256:" + hash(manifest)
	_, err := ecr.NewFromConfig(m.runner.config(parts[3])).PutImage(ctx, &ecr.PutImageInput{
		RepositoryName: &name, ImageManifest: &manifest, ImageTag: &tag, ImageDigest: &digest,
		ImageManifestMediaType: aws.String("application/vnd.docker.distribution.manifest.v2+json"),
	})
	var refused smithy.APIError
	if errors.As(err, &refused) && refused.ErrorCode() == "ImageAlreadyExistsException" {
		err = nil // a push of what is there is a success
	}
	if err != nil {
		return failed(1, "denied: %v", err)
	}
	return done(reference + ": digest: " + digest + "\n")
}
