package login

import (
	"context"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"errors"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"
)

// KMSSigner signs with a key that never leaves KMS. It holds a function in place of the client, whose every method the
// linker would keep otherwise.
type KMSSigner struct {
	sign   func(context.Context, *kms.SignInput) (*kms.SignOutput, error)
	arn    string
	public *rsa.PublicKey
}

// NewKMSSigner takes the id, ARN or alias of a key. It reads the public key at once, and refuses one that cannot sign
// RS256 tokens.
//
// An alias is resolved here, once: a key that replaces another needs a new signer, and so a new id in its tokens.
func NewKMSSigner(ctx context.Context, client *kms.Client, key string) (*KMSSigner, error) {
	answer, err := client.GetPublicKey(ctx, &kms.GetPublicKeyInput{KeyId: &key})
	if err != nil {
		return nil, fmt.Errorf("reading the public key of %s from KMS: %w", key, err)
	}
	if answer.KeyUsage != types.KeyUsageTypeSignVerify {
		return nil, fmt.Errorf("the KMS key %s is for %s, and a signing key must be for %s", key, answer.KeyUsage, types.KeyUsageTypeSignVerify)
	}
	parsed, err := x509.ParsePKIXPublicKey(answer.PublicKey)
	if err != nil {
		return nil, fmt.Errorf("the public key of %s from KMS: %w", key, err)
	}
	public, ok := parsed.(*rsa.PublicKey)
	if !ok || public.Size() < 256 {
		return nil, fmt.Errorf("the KMS key %s is %s, and a signing key must be RSA of 2048 bits or more", key, answer.KeySpec)
	}
	if answer.KeyId == nil || *answer.KeyId == "" {
		return nil, fmt.Errorf("KMS did not tell the id of the key %s", key)
	}
	sign := func(ctx context.Context, input *kms.SignInput) (*kms.SignOutput, error) {
		return client.Sign(ctx, input)
	}
	return &KMSSigner{sign: sign, arn: *answer.KeyId, public: public}, nil
}

// KeyID is the key's UUID.
func (s *KMSSigner) KeyID() string { return s.arn[strings.LastIndex(s.arn, "/")+1:] }

// PublicKey is the key as it was when the signer was made: the material of a signing key never changes.
func (s *KMSSigner) PublicKey(context.Context) (*rsa.PublicKey, error) { return s.public, nil }

// maxRaw is the longest message that KMS hashes itself.
const maxRaw = 4096

// Sign lets KMS sign. The signature is the same whether KMS hashes a message or we do.
func (s *KMSSigner) Sign(ctx context.Context, message []byte) ([]byte, error) {
	input := &kms.SignInput{
		KeyId: &s.arn, Message: message, MessageType: types.MessageTypeRaw, SigningAlgorithm: types.SigningAlgorithmSpecRsassaPkcs1V15Sha256,
	}
	if len(message) > maxRaw {
		digest := sha256.Sum256(message)
		input.Message, input.MessageType = digest[:], types.MessageTypeDigest
	}
	answer, err := s.sign(ctx, input)
	if err != nil {
		return nil, fmt.Errorf("signing with the KMS key %s: %w", s.KeyID(), err)
	}
	if len(answer.Signature) == 0 {
		return nil, errors.New("KMS answered without a signature")
	}
	return answer.Signature, nil
}
