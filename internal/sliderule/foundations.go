package sliderule

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/access"
	templates "github.com/data-access/terraform-provider-provisioner/internal/sliderule/cloudformation"
	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/naming"
)

// ListFoundations is every foundation of this installation, by name.
func (r *Region) ListFoundations(ctx context.Context) ([]*Foundation, error) {
	const doing = "listing the foundations"
	if err := r.allow(access.Request{Function: access.Info}); err != nil {
		return nil, failed(doing, err)
	}
	all, err := r.all(ctx)
	if err != nil {
		return nil, failed(doing, err)
	}
	var found []*Foundation
	for _, s := range all {
		if s.tag(tagFoundation) != "" && r.owns(s) {
			found = append(found, r.foundationOf(s, "", nil))
		}
	}
	slices.SortFunc(found, func(a, b *Foundation) int { return cmp.Compare(a.Name, b.Name) })
	return found, nil
}

// plainFoundation has nothing that could be refused.
func plainFoundation() templates.Foundation {
	return templates.Foundation{Name: "plain", Installation: "plain", Domain: "example.org", CertificateSource: "s3://plain/example.org.pem", Registry: "example.org"}
}

// FoundationTemplate is a digest of what the foundation's stack is rendered from. It changes with the releases that
// change the stack, and not with what is asked for.
var FoundationTemplate = sync.OnceValue(func() string {
	rendered, err := templates.RenderFoundation(plainFoundation())
	if err != nil { // it is plain
		return ""
	}
	sum := sha256.Sum256([]byte(rendered.Body))
	return hex.EncodeToString(sum[:8])
})

// JudgeFoundation is every problem of a foundation that is asked for, without asking AWS. What is not said is not judged.
func JudgeFoundation(w FoundationWanted) (problems []Problem) {
	tell := func(attribute, summary, remedy string, err error) {
		if err != nil {
			detail := strings.TrimRight(err.Error(), ". ") + ". " + remedy
			problems = append(problems, Problem{Attribute: attribute, Summary: summary, Detail: strings.TrimRight(detail, ". ")})
		}
	}
	// What the renderer refuses of one value shows when all the others are plain.
	refused := func(set func(*templates.Foundation)) error {
		f := plainFoundation()
		set(&f)
		_, err := templates.RenderFoundation(f)
		return err
	}
	if w.Name != "" {
		tell("name", "This cannot be the name of a foundation", "Choose one such as "+DefaultFoundation, cmp.Or(
			refused(func(f *templates.Foundation) { f.Name = w.Name }), notOfACluster(w.Name)))
	}
	if w.Domain != "" {
		tell("domain", "This cannot be a domain", "", naming.CheckDomain(w.Domain))
	}
	if w.CertificateSource != "" {
		tell("certificate_source", "This does not say where a certificate is", "Give the address of one object, as in s3://sliderule/cf/example.org.pem",
			refused(func(f *templates.Foundation) { f.CertificateSource = w.CertificateSource }))
	}
	if w.Registry != "" {
		tell("registry", "This cannot be a registry", "Leave out the scheme, the image and its tag, as in 123456789012.dkr.ecr.us-west-2.amazonaws.com",
			refused(func(f *templates.Foundation) { f.Registry = w.Registry }))
	}
	if w.GitHubOrganization != "" {
		tell("github_organization", "This cannot be an organization of GitHub", "Give its login, which stands in its address at GitHub, as in SlideRuleEarth",
			refused(func(f *templates.Foundation) { f.GitHubOrganization = w.GitHubOrganization }))
	}
	if w.LogRetentionDays != 0 {
		tell("log_retention_days", "Logs cannot be kept so long", "Choose a number of days from 1 to 3650, such as 90",
			refused(func(f *templates.Foundation) { f.LogRetentionDays = w.LogRetentionDays }))
	}
	tell("tags", "These tags cannot be used", "Change or remove it", cmp.Or(
		reserved(w.Tags), refused(func(f *templates.Foundation) { f.Tags = w.Tags })))
	return problems
}

func notOfACluster(name string) error {
	if _, isCluster := naming.ParseStack(name); isCluster {
		return fmt.Errorf("name %q: it has the form of a cluster's stack", name)
	}
	return nil
}

// reserved refuses the keys that we set ourselves, and those that IAM, for which case does not matter, takes for one.
func reserved(tags map[string]string) error {
	before := map[string]string{}
	for _, key := range slices.Sorted(maps.Keys(tags)) {
		lower := strings.ToLower(key)
		if strings.HasPrefix(lower, "provisioner_") {
			return fmt.Errorf("tag %q: keys that begin with provisioner_ are the provisioner's own", key)
		}
		if other, there := before[lower]; there {
			return fmt.Errorf("tags %q and %q: their keys differ in case alone, which IAM takes for one", other, key)
		}
		before[lower] = key
	}
	return nil
}
