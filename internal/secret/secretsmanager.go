package secret

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
)

// readSecret reads the current version; a binary secret is taken for the text it encodes.
func readSecret(ctx context.Context, api *secretsmanager.Client, id string) ([]byte, error) {
	output, err := api.GetSecretValue(ctx, &secretsmanager.GetSecretValueInput{SecretId: aws.String(id), VersionStage: aws.String("AWSCURRENT")})
	if err != nil {
		return nil, awsError(err, "the secret does not exist or has no current value; check its name, account and region",
			"allow secretsmanager:GetSecretValue on the secret (and kms:Decrypt on its key)")
	}
	if output.SecretString != nil {
		return []byte(*output.SecretString), nil
	}
	return output.SecretBinary, nil
}
