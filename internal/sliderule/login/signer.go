package login

import (
	"context"
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"

	"github.com/golang-jwt/jwt/v5"
)

// Signer has a private RSA key, which may be out of everybody's reach.
type Signer interface {
	// KeyID names the key in the tokens signed with it.
	KeyID() string
	// Sign is the RSASSA_PKCS1_V1_5_SHA_256 signature of a message.
	Sign(ctx context.Context, message []byte) ([]byte, error)
	// PublicKey is what the signatures are checked with.
	PublicKey(ctx context.Context) (*rsa.PublicKey, error)
}

// Keys are the public keys that tokens are accepted from, by id.
type Keys map[string]*rsa.PublicKey

// KeysOf are the keys of some signers: one, or two while a key is being replaced.
func KeysOf(ctx context.Context, signers ...Signer) (Keys, error) {
	keys := Keys{}
	for _, signer := range signers {
		key, err := signer.PublicKey(ctx)
		if err != nil {
			return nil, fmt.Errorf("reading the public key %s: %w", signer.KeyID(), err)
		}
		keys[signer.KeyID()] = key
	}
	return keys, nil
}

// PEM is a key as a "PUBLIC KEY" block, which the load balancer of a cluster takes.
func PEM(key *rsa.PublicKey) (string, error) {
	der, err := x509.MarshalPKIXPublicKey(key)
	if err != nil {
		return "", err
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})), nil
}

// sign makes a compact RS256 token of claims. A signature that does not hold is not handed out.
func sign(ctx context.Context, signer Signer, claims *Claims) (string, error) {
	token := jwt.NewWithClaims(jwt.SigningMethodRS256, claims)
	token.Header["kid"] = signer.KeyID()
	text, err := token.SigningString()
	if err != nil {
		return "", err
	}
	key, err := signer.PublicKey(ctx)
	if err != nil {
		return "", err
	}
	signature, err := signer.Sign(ctx, []byte(text))
	if err != nil {
		return "", err
	}
	digest := sha256.Sum256([]byte(text))
	if rsa.VerifyPKCS1v15(key, crypto.SHA256, digest[:], signature) != nil {
		return "", errors.New("the signature does not match the public key")
	}
	return text + "." + token.EncodeSegment(signature), nil
}
