package sandbox

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
)

// Registry is the host of the sandbox's container registry, in the account and region of its environment.
const Registry = account + ".dkr.ecr." + region + ".amazonaws.com"

// SlideRuleRelease is the released version whose images the registry begins with; they are the latest too.
const SlideRuleRelease = "v5.5.0"

// clusterImages are what a cluster is made of.
var clusterImages = []string{"sliderule", "ilb", "monitor", "monitor-agent", "ams"}

func (s *Sandbox) seedImages(ctx context.Context) error {
	s.images.Store(0)
	for _, image := range clusterImages {
		if _, err := s.push(ctx, image, SlideRuleRelease, "latest"); err != nil {
			return err
		}
	}
	return nil
}

// PutImage pushes an image to the emulated registry, each time another one, and makes its repository when there is none.
// It returns the digest, such as sha256:0a1b…. It goes past the recorder, as PutSecret does.
func (s *Sandbox) PutImage(ctx context.Context, repository, tag string) (digest string, err error) {
	return s.push(ctx, repository, tag)
}

// push pushes one image under several tags.
func (s *Sandbox) push(ctx context.Context, repository string, tags ...string) (digest string, err error) {
	if s.moto == nil {
		return "", errWithoutAWS
	}
	answer, status, err := s.registry(ctx, "CreateRepository", map[string]any{"repositoryName": repository})
	if err == nil && status != http.StatusOK && !strings.Contains(answer, "RepositoryAlreadyExistsException") {
		err = fmt.Errorf("status %d: %s", status, answer)
	}
	if err != nil {
		return "", fmt.Errorf("make the repository %s: %w", repository, err)
	}
	manifest := manifestOf(fmt.Sprintf("%s, image %d of the sandbox", repository, s.images.Add(1)))
	digest = digestOf(manifest)
	for _, tag := range tags {
		answer, status, err := s.registry(ctx, "PutImage", map[string]any{"repositoryName": repository, "imageTag": tag, "imageManifest": manifest, "imageDigest": digest})
		if err == nil && status != http.StatusOK {
			err = fmt.Errorf("status %d: %s", status, answer)
		}
		if err != nil {
			return "", fmt.Errorf("push %s:%s: %w", repository, tag, err)
		}
	}
	return digest, nil
}

// manifestOf is the manifest of an image of one layer, which nobody can pull.
func manifestOf(content string) string {
	part := func(mediaType, of string) string {
		return fmt.Sprintf(`{"mediaType":%q,"size":%d,"digest":%q}`, mediaType, len(of), digestOf(of))
	}
	const prefix = "application/vnd.oci.image."
	return fmt.Sprintf(`{"schemaVersion":2,"mediaType":%q,"config":%s,"layers":[%s]}`,
		prefix+"manifest.v1+json", part(prefix+"config.v1+json", "{}"), part(prefix+"layer.v1.tar+gzip", content))
}

func digestOf(content string) string {
	sum := sha256.Sum256([]byte(content))
	return "sha256:" + hex.EncodeToString(sum[:])
}

// registry calls an operation of ECR.
func (s *Sandbox) registry(ctx context.Context, operation string, body map[string]any) (answer string, status int, err error) {
	text, err := json.Marshal(body)
	if err != nil {
		return "", 0, err
	}
	return s.send(ctx, http.MethodPost, "/", "ecr", string(text), http.Header{
		"Content-Type": {"application/x-amz-json-1.1"},
		"X-Amz-Target": {"AmazonEC2ContainerRegistry_V20150921." + operation},
	})
}
