package sandbox

import (
	"context"
	"errors"
	"fmt"
	"net/http"
)

// The secrets that a sandbox begins with: the tokens it accepts, as objects of this bucket.
const (
	SecretsBucket       = "data-access-secrets"
	DatabricksSecretKey = "databricks/token"
	SlackSecretKey      = "slack/token"

	databricksToken = "sandbox-databricks-token"
	slackToken      = "sandbox-slack-token"
)

// What a foundation of SlideRule needs before it can be made: a domain with its hosted zone, and the certificate of the
// load balancers in the project's bucket, as s3://SlideRuleBucket/SlideRuleCertificateKey.
const (
	SlideRuleDomain         = "sliderule.example.org"
	SlideRuleBucket         = "data-access-sliderule"
	SlideRuleCertificateKey = "cf/" + SlideRuleDomain + ".pem"
)

// seedAWS makes what the emulated AWS begins with.
func (s *Sandbox) seedAWS(ctx context.Context) error {
	if s.moto == nil {
		return nil
	}
	return errors.Join(
		s.PutSecret(ctx, SecretsBucket, DatabricksSecretKey, databricksToken),
		s.PutSecret(ctx, SecretsBucket, SlackSecretKey, slackToken),
		s.PutSecret(ctx, SlideRuleBucket, SlideRuleCertificateKey, "The certificate and the key of "+SlideRuleDomain+" would be here.\n"),
		s.makeZone(ctx, SlideRuleDomain),
		s.seedImages(ctx),
	)
}

// makeZone makes a hosted zone of Route 53.
func (s *Sandbox) makeZone(ctx context.Context, domain string) error {
	body := `<CreateHostedZoneRequest xmlns="https://route53.amazonaws.com/doc/2013-04-01/"><Name>` + domain + `.</Name><CallerReference>sandbox</CallerReference></CreateHostedZoneRequest>`
	answer, status, err := s.send(ctx, http.MethodPost, "/2013-04-01/hostedzone", "route53", body, http.Header{"Content-Type": {"application/xml"}})
	if err == nil && status != http.StatusCreated {
		err = fmt.Errorf("status %d: %s", status, answer)
	}
	if err != nil {
		return fmt.Errorf("make the hosted zone of %s: %w", domain, err)
	}
	return nil
}
