package sliderule

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssm"

	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/cloudformation"
	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/login"
	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/naming"
	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/registry"
	"github.com/data-access/terraform-provider-provisioner/internal/step"
)

// nodeImage is the image whose digest is recorded: the one that does the work.
const nodeImage = "sliderule"

// render is the template and the tags of a cluster's stack. kept is the stack as it is, whose version, image, machine
// image and zones stay; nil for a new one.
func (r *Region) render(ctx context.Context, f *Foundation, w Wanted, kept *stack) (cloudformation.Template, map[string]string, error) {
	own := map[string]string{tagProject: naming.Project(w.Cluster), tagManagedBy: r.options.Installation, tagCluster: w.Cluster}
	c := cloudformation.Cluster{
		Name: w.Cluster, Domain: r.domain(f), Version: w.Version, Registry: f.Registry, IsPublic: w.IsPublic,
		CertificateSource: f.CertificateSource, Issuer: naming.Issuer(r.domain(f)),
		NodeCapacity: w.NodeCapacity, MinNodes: w.MinNodes, MaxNodes: w.MaxNodes,
		InstanceTypes: w.Nodes.InstanceTypes, SpotShare: w.Nodes.SpotShare, SpotMaxPrice: w.Nodes.SpotMaxPrice, VolumeGB: w.Nodes.VolumeGB,
		Zones: w.Zones, LogBucket: f.LogBucket, BalancerProfile: f.BalancerProfile, NodeProfile: f.NodeProfile, Tags: own,
	}
	if w.Sleep != nil {
		c.Sleep = &cloudformation.Sleep{Down: w.Sleep.Down, Up: w.Sleep.Up, TimeZone: w.Sleep.TimeZone}
	}
	if to := emails(w); w.Budget != nil && len(to) > 0 {
		c.Budget = &cloudformation.Budget{LimitUSD: w.Budget.LimitUSD, Emails: to}
	}
	// The owner is a tag of the stack alone, which CloudFormation hands on: who changes a cluster is not its owner.
	all := map[string]string{tagShape: shape(w), cloudformation.OwnerTag: r.owner()}
	if kept != nil {
		all[cloudformation.OwnerTag] = kept.tag(cloudformation.OwnerTag)
	}
	for key, value := range own {
		all[key] = value
	}
	if rates, err := r.rates(w); err == nil {
		all[tagRates] = tagOfRates(rates)
	}
	if w.Budget != nil {
		all[tagBudget] = tagOfBudget(w.Budget)
	}
	if w.Sleep != nil {
		all[tagSleep] = "yes"
	}
	zones := strings.Join(w.Zones, " ")
	var err error
	if kept != nil {
		c.Version, c.AMI = kept.parameter(parameterVersion), kept.machine()
		if has := kept.zones(); len(has) > 0 {
			c.Zones = has // the region's first two may be others by now
		}
		zones = kept.tag(tagZones)
		if image := kept.tag(tagImage); image != "" {
			all[tagImage] = image
		}
	} else {
		if c.AMI, err = r.newestMachine(ctx); err != nil {
			return cloudformation.Template{}, nil, err
		}
		if all[tagImage], err = r.digestOf(ctx, f, w.Version); err != nil {
			return cloudformation.Template{}, nil, err
		}
		if all[tagImage] == "" {
			delete(all, tagImage)
		}
	}
	if zones != "" {
		all[tagZones] = zones
	}
	if all[cloudformation.OwnerTag] == "" {
		delete(all, cloudformation.OwnerTag)
	}
	if c.Settings, err = settingsText(w, strings.Fields(zones)); err != nil {
		return cloudformation.Template{}, nil, err
	}
	if c.PublicKeyPEM, err = r.publicKey(ctx, f); err != nil {
		return cloudformation.Template{}, nil, err
	}
	template, err := r.renderCluster(c)
	return template, all, err
}

func (r *Region) domain(f *Foundation) string {
	if r.options.Domain != "" {
		return r.options.Domain
	}
	return f.Domain
}

// ErrDomain says that the configured domain is one that clusters cannot have an address under.
var ErrDomain = errors.New("the stacks of clusters may not have their addresses there")

// CheckFoundation refuses what Deploy would refuse for want of a foundation that fits: none ([ErrNoFoundation]), another
// installation's ([ErrExists]), or one whose role may not make records under the configured domain ([ErrDomain]). It is
// for a plan, and changes nothing.
func (r *Region) CheckFoundation(ctx context.Context) error {
	_, err := r.fittingFoundation(ctx)
	return err
}

// fittingFoundation is the foundation for new clusters. The role of its stacks makes records below its domain alone.
func (r *Region) fittingFoundation(ctx context.Context) (*Foundation, error) {
	f, err := r.ownFoundation(ctx)
	if err != nil {
		return nil, err
	}
	ours, theirs := host(r.domain(f)), host(f.Domain)
	if ours == theirs || strings.HasSuffix(ours, "."+theirs) {
		return f, nil
	}
	return nil, &step.Error{
		Step: "looking at the foundation " + f.Name,
		Err:  fmt.Errorf("sliderule.domain is %s, and the foundation's domain is %s: %w", r.options.Domain, f.Domain, ErrDomain),
		Remedy: "In the provider block, leave sliderule.domain out, or set it to " + f.Domain + " or a domain below that; " +
			"or name the foundation of that domain in sliderule.foundation",
	}
}

// host is a domain without its port.
func host(domain string) string {
	name, _, _ := strings.Cut(domain, ":")
	return strings.ToLower(name)
}

// owner is whom the clusters belong to that are made here: the account, and who has AWS credentials is no account.
func (r *Region) owner() string {
	if r.options.Caller.Account != "" {
		return r.options.Caller.Account
	}
	return r.options.Caller.Level.String()
}

// newestMachine is the machine image of a new cluster. It is resolved once: a parameter that AWS moves on would have an
// update replace load balancer and monitor.
func (r *Region) newestMachine(ctx context.Context) (string, error) {
	answer, err := ask(ctx, r, systemsManager(r.config).GetParameter, &ssm.GetParameterInput{Name: aws.String(cloudformation.DefaultImage)})
	if err != nil {
		return "", failed("looking up the newest machine image", err)
	}
	if answer.Parameter == nil || aws.ToString(answer.Parameter.Value) == "" {
		return "", fmt.Errorf("the parameter %s has no machine image", cloudformation.DefaultImage)
	}
	return aws.ToString(answer.Parameter.Value), nil
}

// digestOf is the digest of the nodes' image, or "" when it cannot be known. A version that its registry does not have is
// an error: a cluster of it would cost its hours and never come up.
func (r *Region) digestOf(ctx context.Context, f *Foundation, version string) (string, error) {
	look := r.options.Digest
	if look == nil {
		look = func(ctx context.Context, host, image, version string) (string, error) {
			return registry.Digest(ctx, r.config, r.line, host, image, version)
		}
	}
	digest, err := look(ctx, f.Registry, nodeImage, version)
	return digest, failed("looking up the image "+nodeImage+":"+version, err)
}

// publicKey is what the load balancer checks tokens with.
func (r *Region) publicKey(ctx context.Context, f *Foundation) (text string, err error) {
	err = r.line.Ask(ctx, func(ctx context.Context) error {
		signer, err := login.NewKMSSigner(ctx, keyService(r.config), f.SigningKey)
		if err != nil {
			return err
		}
		key, err := signer.PublicKey(ctx)
		if err != nil {
			return err
		}
		text, err = login.PEM(key)
		return err
	})
	return text, failed("reading the public key "+strconv.Quote(f.SigningKey), err)
}
