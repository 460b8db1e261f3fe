package run

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssm"

	"github.com/data-access/terraform-provider-provisioner/internal/sliderule"
	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/call"
	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/cloudformation"
	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/naming"
	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/run/script"
)

// Start starts a run on a machine of its own, and returns when the machine has its scheduled end. It does not wait for
// the run.
//
// Its errors are an [*Invalid] for what cannot be meant or is not allowed, [ErrExists] for a release whose images are in
// the registry already, a [*NoCapacity] when there was no machine to be had, and [ErrUnknown] when no answer came and no
// machine is to be seen. After an error nothing runs, or what runs ends by itself at the time limit.
func (r *Runner) Start(ctx context.Context, w Wanted) (*Run, error) { return r.start(ctx, w, nil) }

// start is an attempt after some that AWS interrupted.
func (r *Runner) start(ctx context.Context, w Wanted, previous []string) (*Run, error) {
	if err := r.Check(w); err != nil {
		return nil, err
	}
	w = w.withDefaults()
	run, err := r.prepare(ctx, w, previous)
	return run, failed("starting the "+w.title(), err)
}

func (r *Runner) prepare(ctx context.Context, w Wanted, previous []string) (*Run, error) {
	f, err := r.foundation(ctx)
	if err != nil {
		return nil, err
	}
	if w.Repository == "" {
		w.Repository = repository(f.GitHubOrganization)
	}
	if w.Owner == "" {
		w.Owner = r.owner()
	}
	now := r.options.Clock.Now().UTC()
	run := &Run{
		Wanted: w, ID: r.newID(w), Attempt: len(previous) + 1, Previous: previous, Status: Running, StartedAt: now, EndsAt: now.Add(w.TimeLimit + margin),
		Managed: true, ManagedBy: r.options.Installation,
	}
	run.locate(f)
	// An interrupted attempt may have pushed some of the images: they are this release's own.
	overwrite := w.Overwrite || len(previous) > 0
	if _, err := profile(f, w.Kind); err != nil {
		return nil, err
	}
	if w.Kind == script.Release {
		if err := r.checkRegistry(ctx, f, w, overwrite); err != nil {
			return nil, err
		}
	}
	o := order{Run: run, foundation: f, tags: r.tags(run)}
	image, err := r.image(ctx, w.Architecture)
	if err != nil {
		return nil, err
	}
	if o.subnets, err = r.subnets(ctx, w); err != nil {
		return nil, failed("looking for a subnet for the "+w.title(), err)
	}
	group, err := r.group(ctx, f, w, o.subnets[0].vpc)
	if err != nil {
		return nil, failed("looking for the security group of the "+w.title(), err)
	}
	inputs := script.Inputs{
		Kind: w.Kind, RunID: run.ID, Cluster: w.Cluster, Domain: f.Domain, Version: w.Version, Repository: w.Repository,
		Registry: f.Registry, Region: r.config.Region, Bucket: f.LogBucket, Prefix: prefix, Limit: w.TimeLimit,
		Overwrite: overwrite, MoveLatest: w.MoveLatest, Images: w.Images,
	}
	inputs.DataBucket, inputs.DataFolder = data(f.CertificateSource)
	if o.token, err = r.putToken(ctx, f, w, run); err != nil {
		return nil, failed("handing the token of "+w.Cluster+" to the "+w.title(), err)
	}
	inputs.TokenParameter = o.token
	m, err := r.machineFor(ctx, o, inputs, image, group)
	if err != nil {
		if o.token != "" {
			err = errors.Join(err, r.withoutToken(ctx, f, run.ID))
		}
		return nil, err
	}
	m.describe(run)
	run.Managed, run.ManagedBy = true, r.options.Installation // whatever of its tags is shown yet
	return run, nil
}

// machineFor renders the program and starts the machine. A group that somebody removed meanwhile is made again.
func (r *Runner) machineFor(ctx context.Context, o order, inputs script.Inputs, image, group string) (*machine, error) {
	userData, err := script.Render(inputs)
	if err != nil {
		return nil, err
	}
	as, err := profile(o.foundation, o.Kind)
	if err != nil {
		return nil, err
	}
	for attempt := 1; ; attempt++ {
		o.request = request(o.Wanted, as, image, group, userData)
		m, err := r.launch(ctx, o)
		if !call.HasCode(err, "InvalidGroup.NotFound") || o.SecurityGroup != "" || attempt > 1 {
			return m, err
		}
		if group, err = r.group(ctx, o.foundation, o.Wanted, o.subnets[0].vpc); err != nil {
			return nil, err
		}
	}
}

// withoutToken deletes the token of a run that did not come about.
func (r *Runner) withoutToken(ctx context.Context, f *sliderule.Foundation, id string) error {
	ctx, done := context.WithTimeout(context.WithoutCancel(ctx), shortCalls)
	defer done()
	return failed("deleting the token of the run "+id, r.dropToken(ctx, f, id))
}

// upstream is the organization whose SlideRule is tested and released, unless the foundation names another.
const upstream = "SlideRuleEarth"

func repository(organization string) string {
	if organization == "" {
		organization = upstream
	}
	return "https://github.com/" + organization + "/sliderule.git"
}

// data is the bucket and folder of the servers' data, which lies beside the certificate, s3://bucket/folder/file.
func data(certificate string) (bucket, folder string) {
	bucket, key, _ := strings.Cut(strings.TrimPrefix(certificate, "s3://"), "/")
	return bucket, key[:max(strings.LastIndexByte(key, '/'), 0)]
}

func (r *Runner) owner() string {
	if r.options.Caller.Account != "" {
		return r.options.Caller.Account
	}
	return r.options.Caller.Level.String()
}

// tags say whose a machine is and what for. The role of the scheduler ends what has the first two, and nothing else.
func (r *Runner) tags(run *Run) map[string]string {
	return map[string]string{
		cloudformation.RunTag:       run.ID,
		cloudformation.ManagedByTag: r.options.Installation,
		cloudformation.OwnerTag:     run.Owner,
		cloudformation.ProjectTag:   naming.Project(run.Cluster),
		"Name":                      run.ID,
		tagCluster:                  run.Cluster,
		tagVersion:                  run.Version,
		tagKind:                     string(run.Kind),
	}
}

// image is the current Amazon Linux, as AWS names it.
func (r *Runner) image(ctx context.Context, architecture string) (string, error) {
	name := cloudformation.DefaultImage
	if architecture == amd64 {
		name = name[:len(name)-len(arm64)] + amd64
	}
	found, err := ask(ctx, r, ssm.NewFromConfig(r.config).GetParameter, &ssm.GetParameterInput{Name: &name})
	if err != nil {
		return "", failed("looking for the machine image "+name, err)
	}
	if found.Parameter == nil || aws.ToString(found.Parameter.Value) == "" {
		return "", failed("looking for the machine image "+name, fmt.Errorf("the parameter is empty"))
	}
	return aws.ToString(found.Parameter.Value), nil
}
