package login_test

import (
	"context"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/access"
	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/login"
)

var now = time.Date(2026, 8, 1, 9, 0, 0, 0, time.UTC)

// good are claims that pass.
func good() jwt.MapClaims {
	return jwt.MapClaims{
		"sub": "Ana", "aud": []string{"provisioner", "ana"}, "iss": issuerURL, "org": organization, "org_roles": []string{"member"},
		"iat": now.Add(-time.Hour).Unix(), "exp": now.Add(time.Hour).Unix(), "account": "Ana", "level": "organization member", "clusters": []string{"ana"},
	}
}

// forged signs whatever it is given, by any method.
func forged(t *testing.T, method jwt.SigningMethod, with any, header map[string]any, claims jwt.Claims) string {
	t.Helper()
	token := jwt.NewWithClaims(method, claims)
	token.Header["kid"] = newKeys()[0].id
	for name, value := range header {
		if token.Header[name] = value; value == nil {
			delete(token.Header, name)
		}
	}
	text, err := token.SignedString(with)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func trusted(t *testing.T) login.Keys {
	t.Helper()
	keys, err := login.KeysOf(t.Context(), newKeys()[0])
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

func verify(t *testing.T, token string) (*login.Claims, error) {
	t.Helper()
	return login.Verify(token, trusted(t), issuerURL, login.ProvisionerAudience, now)
}

func with(changes ...any) jwt.MapClaims {
	claims := good()
	for i := 0; i < len(changes); i += 2 {
		if name := changes[i].(string); changes[i+1] == nil {
			delete(claims, name)
		} else {
			claims[name] = changes[i+1]
		}
	}
	return claims
}

func TestAGoodTokenPasses(t *testing.T) {
	token := forged(t, jwt.SigningMethodRS256, newKeys()[0].private, nil, good())
	claims, err := verify(t, token)
	if err != nil || claims.Subject != "Ana" || claims.Level != "organization member" || fmt.Sprint(claims.Clusters) != "[ana]" || !claims.ExpiresAt().Equal(now.Add(time.Hour)) {
		t.Errorf("got %+v, %v", claims, err)
	}
	// The shipped system writes a single audience as a bare string.
	if _, err := verify(t, forged(t, jwt.SigningMethodRS256, newKeys()[0].private, nil, with("aud", "provisioner"))); err != nil {
		t.Error(err)
	}
}

func TestTokensThatAreRefused(t *testing.T) {
	mine, foreign := newKeys()[0].private, newKeys()[1].private
	rs := jwt.SigningMethodRS256
	publicPEM, err := login.PEM(&mine.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	block, _ := pem.Decode([]byte(publicPEM))
	valid := forged(t, rs, mine, nil, good())
	parts := strings.Split(valid, ".")
	claims := good()
	claims["level"], claims["clusters"] = "administrator", []string{"theirs"}
	raised, _ := json.Marshal(claims)
	invalid := login.ErrInvalid
	for name, c := range map[string]struct {
		token string
		want  error
	}{
		"nothing":                         {"", invalid},
		"no token":                        {"abc", invalid},
		"two parts":                       {parts[0] + "." + parts[1], invalid},
		"four parts":                      {valid + ".x", invalid},
		"an endless one":                  {strings.Repeat("a", 1<<20), invalid},
		"tampered claims":                 {parts[0] + "." + base64.RawURLEncoding.EncodeToString(raised) + "." + parts[2], invalid},
		"a tampered signature":            {parts[0] + "." + parts[1] + "." + flipped(parts[2]), invalid},
		"no signature":                    {parts[0] + "." + parts[1] + ".", invalid},
		"padded":                          {valid + "==", invalid},
		"none":                            {forged(t, jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType, nil, good()), invalid},
		"None, with another's signature":  {reheaded(parts, `{"alg":"None","kid":"key-0"}`), invalid},
		"HMAC keyed with the public PEM":  {forged(t, jwt.SigningMethodHS256, []byte(publicPEM), nil, good()), invalid},
		"HMAC keyed with the public DER":  {forged(t, jwt.SigningMethodHS256, block.Bytes, nil, good()), invalid},
		"HMAC keyed with the modulus":     {forged(t, jwt.SigningMethodHS256, mine.N.Bytes(), nil, good()), invalid},
		"RS512 with the right key":        {forged(t, jwt.SigningMethodRS512, mine, nil, good()), invalid},
		"PS256 with the right key":        {forged(t, jwt.SigningMethodPS256, mine, nil, good()), invalid},
		"no algorithm":                    {reheaded(parts, `{"kid":"key-0"}`), invalid},
		"a foreign key under its own id":  {forged(t, rs, foreign, map[string]any{"kid": "key-1"}, good()), invalid},
		"a foreign key under our id":      {forged(t, rs, foreign, nil, good()), invalid},
		"our key under a foreign id":      {forged(t, rs, mine, map[string]any{"kid": "key-1"}, good()), invalid},
		"no key id":                       {forged(t, rs, mine, map[string]any{"kid": nil}, good()), invalid},
		"a key id that is no text":        {forged(t, rs, mine, map[string]any{"kid": 0}, good()), invalid},
		"a header that demands":           {forged(t, rs, mine, map[string]any{"crit": []string{"b64"}, "b64": false}, good()), invalid},
		"expired":                         {forged(t, rs, mine, nil, with("exp", now.Add(-time.Second).Unix())), login.ErrExpired},
		"expired just now":                {forged(t, rs, mine, nil, with("exp", now.Unix())), login.ErrExpired},
		"expired, and foreign":            {forged(t, rs, foreign, nil, with("exp", now.Add(-time.Second).Unix())), invalid},
		"without an end":                  {forged(t, rs, mine, nil, with("exp", nil)), invalid},
		"an end that is no number":        {forged(t, rs, mine, nil, with("exp", "never")), invalid},
		"an end of null":                  {forged(t, rs, mine, nil, with("exp", json.RawMessage("null"))), invalid},
		"another issuer":                  {forged(t, rs, mine, nil, with("iss", "https://login.evil.test")), invalid},
		"an issuer that begins alike":     {forged(t, rs, mine, nil, with("iss", issuerURL+"/x")), invalid},
		"no issuer":                       {forged(t, rs, mine, nil, with("iss", nil)), invalid},
		"another audience":                {forged(t, rs, mine, nil, with("aud", []string{"runner", "ana"})), invalid},
		"defect 17: part of the audience": {forged(t, rs, mine, nil, with("aud", []string{"provisioner-two", "pro"})), invalid},
		"every audience is not this one":  {forged(t, rs, mine, nil, with("aud", []string{"*"})), invalid},
		"no audience":                     {forged(t, rs, mine, nil, with("aud", []string{})), invalid},
		"an audience that is no text":     {forged(t, rs, mine, nil, with("aud", 5)), invalid},
		"for nobody":                      {forged(t, rs, mine, nil, with("sub", nil)), invalid},
		"for nobody there can be":         {forged(t, rs, mine, nil, with("sub", "../ana")), invalid},
		"claims that are no claims":       {forged(t, rs, mine, nil, with("clusters", "ana")), invalid},
	} {
		got, err := verify(t, c.token)
		if got != nil || !errors.Is(err, c.want) {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
		if err != nil && len(c.token) > 20 && strings.Contains(err.Error(), c.token[len(c.token)-20:]) {
			t.Errorf("%s: the token is in the error: %v", name, err)
		}
	}
}

func flipped(part string) string {
	if part[0] == 'A' {
		return "B" + part[1:]
	}
	return "A" + part[1:]
}

func reheaded(parts []string, header string) string {
	return base64.RawURLEncoding.EncodeToString([]byte(header)) + "." + parts[1] + "." + parts[2]
}

// A check that names no issuer, no audience or no key would be none.
func TestAVerificationOfNothing(t *testing.T) {
	token := forged(t, jwt.SigningMethodRS256, newKeys()[0].private, nil, with("aud", []string{"", "provisioner"}))
	for name, err := range map[string]error{
		"no issuer":   second(login.Verify(token, trusted(t), "", "provisioner", now)),
		"no audience": second(login.Verify(token, trusted(t), issuerURL, "", now)),
		"no keys":     second(login.Verify(token, nil, issuerURL, "provisioner", now)),
	} {
		if !errors.Is(err, login.ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func second(_ *login.Claims, err error) error { return err }

func TestCallersOfTokens(t *testing.T) {
	for name, c := range map[string]struct {
		claims login.Claims
		want   string // level, clusters, public, affiliate
	}{
		"ours":                           {login.Claims{Subject: "a", Account: "a", Level: "organization member", OrgRoles: []string{"member"}, Clusters: []string{"a"}, Audience: []string{"provisioner", "b", public}}, "organization member [a] [" + public + "] false"},
		"ours, without a cluster":        {login.Claims{Subject: "a", Level: "organization member", OrgRoles: []string{"member"}, Clusters: []string{}, Audience: []string{"b"}}, "organization member [] [] false"},
		"a guest":                        {login.Claims{Subject: "a", Level: "github member", Clusters: []string{}}, "github member [] [] false"},
		"an affiliate":                   {login.Claims{Subject: "a", Level: "organization member", OrgRoles: []string{"affiliate"}, Clusters: []string{"lab"}}, "organization member [lab] [] true"},
		"a member and affiliate":         {login.Claims{Subject: "a", Level: "organization member", OrgRoles: []string{"member", "affiliate"}, Clusters: []string{"lab"}}, "organization member [lab] [] false"},
		"the shipped system's member":    {login.Claims{Subject: "a", OrgRoles: []string{"member"}, Audience: []string{"provisioner", "runner", "monitor", "dev", public}}, "organization member [dev] [" + public + "] false"},
		"the shipped system's affiliate": {login.Claims{Subject: "a", OrgRoles: []string{"affiliate"}, Audience: []string{"provisioner", "lab"}}, "organization member [lab] [] true"},
		"the shipped system's owner":     {login.Claims{Subject: "a", OrgRoles: []string{"owner", "member"}, Audience: []string{"provisioner", "dev", "*"}}, "organization member [dev] [] false"},
		"the shipped system's guest":     {login.Claims{Subject: "a", Audience: []string{}}, "github member [] [] false"},
	} {
		caller, err := c.claims.Caller()
		if got := fmt.Sprint(caller.Level, caller.Clusters, caller.Public, caller.Affiliate); err != nil || strings.ReplaceAll(got, "] [", "][") != strings.ReplaceAll(c.want, "] [", "][") {
			t.Errorf("%s: %s, %v; want %s", name, got, err, c.want)
		}
	}
	for name, claims := range map[string]login.Claims{
		"a level unheard of": {Subject: "a", Level: "king"},
		"two accounts":       {Subject: "a", Account: "b", Level: "organization member"},
	} {
		if caller, err := claims.Caller(); !errors.Is(err, login.ErrInvalid) || caller.Level != access.Anonymous {
			t.Errorf("%s: %+v, %v", name, caller, err)
		}
	}
}

// broken is a signer that misbehaves.
type broken struct {
	key
	signature func([]byte) ([]byte, error)
	public    func() (*rsa.PublicKey, error)
}

func (b broken) Sign(_ context.Context, message []byte) ([]byte, error) { return b.signature(message) }

func (b broken) PublicKey(context.Context) (*rsa.PublicKey, error) { return b.public() }

func TestASignerThatFails(t *testing.T) {
	mine, foreign := newKeys()[0], newKeys()[1]
	public := func() (*rsa.PublicKey, error) { return &mine.private.PublicKey, nil }
	for name, signer := range map[string]login.Signer{
		"it cannot sign":          broken{mine, func([]byte) ([]byte, error) { return nil, errors.New("disabled") }, public},
		"it signs with another":   broken{mine, func(m []byte) ([]byte, error) { return foreign.Sign(context.Background(), m) }, public},
		"it signs something else": broken{mine, func(m []byte) ([]byte, error) { return mine.Sign(context.Background(), slices.Concat(m, m)) }, public},
		"it has no public key":    broken{mine, func([]byte) ([]byte, error) { return nil, nil }, func() (*rsa.PublicKey, error) { return nil, errors.New("denied") }},
	} {
		d := newDesk(t)
		d.signer = signer
		if got, err := d.logIn(t); err == nil || got != nil || !strings.Contains(err.Error(), "signing the token of Ana: ") {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
	if _, err := login.KeysOf(t.Context(), broken{mine, nil, func() (*rsa.PublicKey, error) { return nil, errors.New("denied") }}); err == nil {
		t.Error("keys of nothing")
	}
}

func FuzzVerify(f *testing.F) {
	private := newKeys()[0].private
	token := jwt.NewWithClaims(jwt.SigningMethodRS256, good())
	token.Header["kid"] = newKeys()[0].id
	valid, err := token.SignedString(private)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(valid)
	for _, seed := range []string{"", "..", "a.b.c", "eyJhbGciOiJub25lIn0.e30.", valid[:len(valid)-2], "." + valid} {
		f.Add(seed)
	}
	keys := login.Keys{newKeys()[0].id: &private.PublicKey}
	f.Fuzz(func(t *testing.T, text string) {
		claims, err := login.Verify(text, keys, issuerURL, login.ProvisionerAudience, now)
		if err == nil && text != valid {
			t.Fatalf("%q passes for %+v", text, claims)
		}
	})
}
