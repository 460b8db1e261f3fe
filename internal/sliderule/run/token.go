package run

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/arn"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/ssm/types"

	"github.com/data-access/terraform-provider-provisioner/internal/sliderule"
	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/call"
	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/cloudformation"
	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/run/script"
)

// tokenParameter is where a run finds the token of a private cluster: under the path that the profile of runs may read
// and delete.
func tokenParameter(f *sliderule.Foundation, id string) string {
	return "/" + f.Name + "/runs/" + id + "/token"
}

// putToken writes the token that a run needs, and returns the name of its parameter; "" when it needs none. AWS deletes
// the parameter at the run's end, should nobody else: a parameter with such a policy costs 0.05 USD a month, by the hour.
func (r *Runner) putToken(ctx context.Context, f *sliderule.Foundation, w Wanted, run *Run) (string, error) {
	if r.options.Token == nil || w.Kind != script.Test {
		return "", nil
	}
	token, err := r.options.Token(ctx, w.Cluster)
	if err != nil || token == "" {
		return "", err
	}
	policy, err := json.Marshal([]map[string]any{{
		"Type": "Expiration", "Version": "1.0", "Attributes": map[string]string{"Timestamp": run.EndsAt.UTC().Format(time.RFC3339)},
	}})
	if err != nil {
		return "", err
	}
	if _, err := instanceARN(f, r.config.Region, ""); err != nil {
		return "", err // nobody could be let read it
	}
	r.tokens.Store(run.ID, token)
	name := tokenParameter(f, run.ID)
	tag := func(key, value string) types.Tag { return types.Tag{Key: &key, Value: &value} }
	_, err = repeat(ctx, r, ssm.NewFromConfig(r.config).PutParameter, &ssm.PutParameterInput{
		Name: &name, Value: &token, Type: types.ParameterTypeSecureString, Tier: types.ParameterTierAdvanced, Policies: aws.String(string(policy)),
		Description: aws.String("Token of the run " + run.ID),
		Tags:        []types.Tag{tag(cloudformation.RunTag, run.ID), tag(cloudformation.ManagedByTag, r.options.Installation)},
	})
	// No other run has its id: a parameter of that name is this one, and only the reply was lost.
	if err != nil && !call.HasCode(err, "ParameterAlreadyExists") {
		return "", fmt.Errorf("writing the parameter %s: %w", name, err)
	}
	return name, nil
}

// giveToken lets the machine of a run, and no other, read and delete the parameter with the run's token: all tests have
// one role, and that role touches what has the ARN of its own instance in a tag. The program tries until then. A machine
// that cannot be given its token would work for nothing, and is terminated.
func (r *Runner) giveToken(ctx context.Context, o order, m *machine) error {
	if o.token == "" {
		return nil
	}
	of, err := instanceARN(o.foundation, r.config.Region, m.id())
	if err == nil {
		_, err = repeat(ctx, r, ssm.NewFromConfig(r.config).AddTagsToResource, &ssm.AddTagsToResourceInput{
			ResourceType: types.ResourceTypeForTaggingParameter, ResourceId: &o.token,
			Tags: []types.Tag{{Key: aws.String(cloudformation.RunInstanceTag), Value: &of}},
		})
	}
	return r.orTerminated(ctx, "letting the machine of the run "+o.ID+" read its token", m, err)
}

// instanceARN is the ARN of an instance, in the partition and account of the foundation.
func instanceARN(f *sliderule.Foundation, region, id string) (string, error) {
	of, err := arn.Parse(f.RunProfile)
	if err != nil || of.AccountID == "" {
		return "", advice("the account is not known: the foundation %s tells %q as the ARN of the profile of test runs. Apply its provisioner_sliderule_foundation again", f.Name, f.RunProfile)
	}
	return arn.ARN{Partition: of.Partition, Service: "ec2", Region: region, AccountID: of.AccountID, Resource: "instance/" + id}.String(), nil
}

// dropToken deletes the parameter of a run, if there is one.
func (r *Runner) dropToken(ctx context.Context, f *sliderule.Foundation, id string) error {
	_, err := repeat(ctx, r, ssm.NewFromConfig(r.config).DeleteParameter, &ssm.DeleteParameterInput{Name: aws.String(tokenParameter(f, id))})
	if call.HasCode(err, "ParameterNotFound") {
		return nil
	}
	return err
}
