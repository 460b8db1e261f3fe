package loadbalancer

import (
	"crypto/rsa"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// door is what a load balancer checks tokens with. It has no other way to know it than its boot script, so that is what
// it is read from: a cluster that was deployed with the wrong key, or none, lets nobody in.
type door struct {
	issuer string
	key    *rsa.PublicKey // nil: none that can be read
}

var (
	bootIssuer = regexp.MustCompile(`JWT_ISSUER='([^'\n]+)'`)
	bootKey    = regexp.MustCompile(`PUBLIC_KEY='(-----BEGIN PUBLIC KEY-----[^'-]+-----END PUBLIC KEY-----)`)
)

// doorOf reads the boot script in a template.
func doorOf(template string) door {
	var d door
	if match := bootIssuer.FindStringSubmatch(template); match != nil {
		d.issuer = match[1]
	}
	if match := bootKey.FindStringSubmatch(template); match != nil {
		lines := strings.Split(match[1], "\n")
		for i := range lines {
			lines[i] = strings.TrimSpace(lines[i]) // the template indents them
		}
		if key, err := jwt.ParseRSAPublicKeyFromPEM([]byte(strings.Join(lines, "\n"))); err == nil {
			d.key = key
		}
	}
	return d
}

// admits says whether a request with this Authorization header reaches the nodes. A public cluster needs no token, and
// refuses a bad one.
func (c *cluster) admits(authorization string, now time.Time) bool {
	if authorization == "" {
		return c.public
	}
	token, ok := strings.CutPrefix(authorization, "Bearer ")
	return ok && c.door.opens(token, c.name, now)
}

func (d door) opens(token, cluster string, now time.Time) bool {
	if d.key == nil || d.issuer == "" {
		return false
	}
	claims := jwt.RegisteredClaims{}
	_, err := jwt.ParseWithClaims(token, &claims, func(*jwt.Token) (any, error) { return d.key, nil },
		jwt.WithValidMethods([]string{jwt.SigningMethodRS256.Alg()}), jwt.WithIssuer(d.issuer), jwt.WithExpirationRequired(), jwt.WithTimeFunc(func() time.Time { return now }))
	return err == nil && (slices.Contains(claims.Audience, cluster) || slices.Contains(claims.Audience, "*"))
}
