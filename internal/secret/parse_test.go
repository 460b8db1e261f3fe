package secret_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/data-access/terraform-provider-provisioner/internal/secret"
)

func TestParseKeepsEveryAcceptedForm(t *testing.T) {
	seen := map[secret.Reference]string{}
	for _, text := range []string{
		"s3://bucket/key",
		"s3://my.bucket-1/folder/tokens/slack.json",
		"s3://bucket/a key#with?signs%20",
		"arn:aws:secretsmanager:us-west-2:123456789012:secret:slack/bot-AbCdEf",
		"arn:aws:secretsmanager:us-west-2:123456789012:secret:slack/bot-AbCdEf#bot",
		"arn:aws-us-gov:secretsmanager:us-gov-west-1:123456789012:secret:slack",
		"arn:aws-cn:secretsmanager:cn-north-1:123456789012:secret:slack",
		"secretsmanager://slack",
		"secretsmanager://team/slack_bot+1=@x",
		"secretsmanager://team/slack#bot.token",
		"arn:aws:ssm:eu-central-1:123456789012:parameter/team/slack",
		"arn:aws:ssm:eu-central-1:123456789012:parameter/slack:3",
		"ssm:///slack",
		"ssm:///team/slack_bot.token-1",
		"ssm:///team/slack:live",
		"env:SLACK_BOT_TOKEN",
		"env:_x1",
		"file:token.txt",
		"file:/run/secrets/token",
		"file:///run/secrets/token",
		"file:../with a space",
	} {
		ref, err := secret.Parse(" " + text + "\n")
		if err != nil || ref.String() != text || ref.IsZero() {
			t.Errorf("%q: got %q, %v", text, ref, err)
		}
		if again, _ := secret.Parse(ref.String()); again != ref {
			t.Errorf("%q is not the same reference when it is read again", text)
		}
		if other, taken := seen[ref]; taken {
			t.Errorf("%q and %q are one reference", text, other)
		}
		seen[ref] = text
	}
}

func TestParseNamesWhatIsWrongWithAKnownForm(t *testing.T) {
	for _, text := range []string{
		"s3://", "s3://bucket", "s3://bucket/", "s3:///key", "s3://b/key", "s3://bu cket/key", "s3://bucket/a\x00b",
		"s3://bucket/" + strings.Repeat("k", 1025),
		"secretsmanager://", "secretsmanager://#key", "secretsmanager://name#", "secretsmanager://a name",
		"arn:aws:secretsmanager:us-west-2:123456789012:secret:", "arn:aws:secretsmanager:us-west-2:123456789012:slack",
		"arn:aws:secretsmanager::123456789012:secret:slack", "arn:aws:secretsmanager:us-west-2:12:secret:slack",
		"arn:aws:secretsmanager:us-west-2:123456789012:secret:slack#",
		"arn:aws:secretsmanager:us-west-2:123456789012:secret:slack:bot::",
		"arn:aws:ssm:us-west-2:123456789012:document/x", "arn:aws:ssm:us-west-2:123456789012:parameter/", "arn:aws:ssm:us-west-2:123456789012:parameter/x#key",
		"ssm://", "ssm:///", "ssm://slack", "ssm://team/slack", "ssm:/slack", "ssm:///a b",
		"env:", "env:1X", "env:A-B", "env:A B",
		"file:", "file://", "file://host/path", "file:a\nb",
	} {
		ref, err := secret.Parse(text)
		if !errors.Is(err, secret.ErrSyntax) || !ref.IsZero() {
			t.Errorf("%q: got %q, %v; want %v", text, ref, err, secret.ErrSyntax)
		}
	}
}

func TestParseNamesOnlyTheSchemeOfTheUnknown(t *testing.T) {
	for text, named := range map[string]string{
		"vault://kv/slack":                        "vault://",
		"https://user:hunter2@example.com/secret": "https://",
		"S3://tokens/slack":                       "S3://",
		"arn:aws:iam::123456789012:role/slack":    "ARN of another service",
		"arn:gcp:secretsmanager:r:123456789012:s": "ARN of another service",
		"":      "empty",
		"slack": "no known scheme",
	} {
		_, err := secret.Parse(text)
		if !errors.Is(err, secret.ErrUnknownScheme) || !strings.Contains(err.Error(), named) {
			t.Errorf("%q: got %v; want %v naming %q", text, err, secret.ErrUnknownScheme, named)
			continue
		}
		for _, form := range []string{"s3://bucket/key", "secretsmanager:REGION", "secretsmanager://name", "ssm:REGION", "ssm:///path", "env:NAME", "file:PATH"} {
			if !strings.Contains(err.Error(), form) {
				t.Errorf("%q: the error does not list %s: %v", text, form, err)
			}
		}
		if rest := strings.TrimPrefix(text, named); rest != text && strings.Contains(err.Error(), rest) {
			t.Errorf("%q: the error repeats what follows the scheme: %v", text, err)
		}
	}
}

func TestParseNeverRepeatsAPastedToken(t *testing.T) {
	for _, token := range []string{
		"xoxb-000000000000-EXAMPLEEXAMPLE",
		"dapi00000000000000000000000000example",
		"ghp_0000000000000000000000000000example",
		"user:correct horse battery",
		"eyJhbGciOiJub25lIn0.e30.example",
		`{"token":"example-inside-json"}`,
		"env:xoxb-000000000000-EXAMPLEEXAMPLE",
		"AbCd:example/0123",
	} {
		_, err := secret.Parse(token)
		if err == nil {
			t.Errorf("%q was taken for a reference", token)
			continue
		}
		for _, part := range strings.FieldsFunc(strings.TrimPrefix(token, "env:"), func(r rune) bool { return strings.ContainsRune(`:. {}"`, r) }) {
			if len(part) > 5 && strings.Contains(err.Error(), part) {
				t.Errorf("the error repeats %q: %v", part, err)
			}
		}
	}
}
