package login

import (
	"errors"
	"fmt"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/naming"
)

// Errors of tokens, to test for with errors.Is.
var (
	// ErrInvalid says that a token is not one of ours, was changed, or is for something else.
	ErrInvalid = errors.New("the token is not valid")
	// ErrExpired says that a token was valid, and is no longer.
	ErrExpired = errors.New("the token has expired")
)

const maxToken = 16 << 10 // bytes; a token with a hundred clusters has half of it; longer ones are not issued

// ProvisionerAudience is the audience of tokens that the provisioner takes.
const ProvisionerAudience = "provisioner"

// Verify returns the claims of a token that one of the keys signed with RS256, for this issuer and audience, and that
// has not expired. It fails with [ErrExpired] or [ErrInvalid], and never shows the token.
func Verify(token string, keys Keys, issuer, audience string, now time.Time) (*Claims, error) {
	if issuer == "" || audience == "" {
		return nil, fmt.Errorf("%w: nobody said by whom and for what it has to be", ErrInvalid)
	}
	if len(token) > maxToken {
		return nil, fmt.Errorf("%w: it is longer than %d bytes", ErrInvalid, maxToken)
	}
	parser := jwt.NewParser(
		jwt.WithValidMethods([]string{jwt.SigningMethodRS256.Alg()}), // neither "none", nor a MAC keyed with a public key
		jwt.WithIssuer(issuer),
		jwt.WithAudience(audience),
		jwt.WithExpirationRequired(),
		jwt.WithStrictDecoding(),
		jwt.WithTimeFunc(func() time.Time { return now }),
	)
	claims := &Claims{}
	_, err := parser.ParseWithClaims(token, claims, func(t *jwt.Token) (any, error) {
		if _, critical := t.Header["crit"]; critical {
			return nil, errors.New("its header demands what is not understood here")
		}
		id, _ := t.Header["kid"].(string)
		key := keys[id]
		if key == nil {
			return nil, fmt.Errorf("the key %.64q is not one of ours", id)
		}
		return key, nil
	})
	switch {
	case errors.Is(err, jwt.ErrTokenExpired):
		return nil, fmt.Errorf("%w at %s: log in again", ErrExpired, claims.ExpiresAt().UTC().Format(time.RFC3339))
	case err != nil:
		return nil, fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	if err := naming.CheckLogin(claims.Subject); err != nil {
		return nil, fmt.Errorf("%w: it is for nobody: %w", ErrInvalid, err)
	}
	return claims, nil
}
