package secret

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
)

// readParameter reads a parameter by its path or its ARN, decrypted.
func readParameter(ctx context.Context, api *ssm.Client, name string) ([]byte, error) {
	output, err := api.GetParameter(ctx, &ssm.GetParameterInput{Name: aws.String(name), WithDecryption: aws.Bool(true)})
	if err != nil {
		return nil, awsError(err, "the parameter does not exist; check its path, account and region",
			"allow ssm:GetParameter on the parameter (and kms:Decrypt on its key)")
	}
	if output.Parameter == nil {
		return nil, nil
	}
	return []byte(aws.ToString(output.Parameter.Value)), nil
}
