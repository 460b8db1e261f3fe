package run

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/ssm/types"

	"github.com/data-access/terraform-provider-provisioner/internal/sliderule"
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
	r.tokens.Store(run.ID, token)
	name := tokenParameter(f, run.ID)
	tag := func(key, value string) types.Tag { return types.Tag{Key: &key, Value: &value} }
	_, err = repeat(ctx, r, ssm.NewFromConfig(r.config).PutParameter, &ssm.PutParameterInput{
		Name: &name, Value: &token, Type: types.ParameterTypeSecureString, Tier: types.ParameterTierAdvanced, Policies: aws.String(string(policy)),
		Description: aws.String("Token of the run " + run.ID),
		Tags:        []types.Tag{tag(cloudformation.RunTag, run.ID), tag(cloudformation.ManagedByTag, r.options.Installation)},
	})
	// No other run has its id: a parameter of that name is this one, and only the reply was lost.
	if err != nil && !hasCode(err, "ParameterAlreadyExists") {
		return "", fmt.Errorf("writing the parameter %s: %w", name, err)
	}
	return name, nil
}

// dropToken deletes the parameter of a run, if there is one.
func (r *Runner) dropToken(ctx context.Context, f *sliderule.Foundation, id string) error {
	_, err := repeat(ctx, r, ssm.NewFromConfig(r.config).DeleteParameter, &ssm.DeleteParameterInput{Name: aws.String(tokenParameter(f, id))})
	if hasCode(err, "ParameterNotFound") {
		return nil
	}
	return err
}
