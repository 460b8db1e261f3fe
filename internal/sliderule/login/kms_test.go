package login_test

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"
	"github.com/aws/smithy-go/middleware"

	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/login"
)

const (
	keyUUID = "1234abcd-12ab-34cd-56ef-1234567890ab"
	keyARN  = "arn:aws:kms:us-west-2:111122223333:key/" + keyUUID
)

// keyStore is a KMS with one key. It hashes as it is told, and refuses messages that are too long.
type keyStore struct {
	private *rsa.PrivateKey
	answer  kms.GetPublicKeyOutput
	err     error
	asked   []kms.SignInput
	empty   bool
}

func newKeyStore(t *testing.T) *keyStore {
	t.Helper()
	private := newKeys()[0].private
	der, err := x509.MarshalPKIXPublicKey(&private.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	arn := keyARN
	return &keyStore{private: private, answer: kms.GetPublicKeyOutput{
		KeyId: &arn, KeyUsage: types.KeyUsageTypeSignVerify, KeySpec: types.KeySpecRsa2048, PublicKey: der,
	}}
}

// client is the SDK's, with this store in place of the wire.
func (s *keyStore) client() *kms.Client {
	return kms.NewFromConfig(aws.Config{Region: "us-west-2", APIOptions: []func(*middleware.Stack) error{func(stack *middleware.Stack) error {
		return stack.Initialize.Add(middleware.InitializeMiddlewareFunc("fake", func(_ context.Context, in middleware.InitializeInput, _ middleware.InitializeHandler) (out middleware.InitializeOutput, _ middleware.Metadata, err error) {
			switch input := in.Parameters.(type) {
			case *kms.GetPublicKeyInput:
				out.Result, err = &s.answer, s.err
			case *kms.SignInput:
				out.Result, err = s.sign(input)
			default:
				err = fmt.Errorf("the fake has no %T", input)
			}
			return out, middleware.Metadata{}, err
		}), middleware.After)
	}}})
}

func (s *keyStore) sign(input *kms.SignInput) (*kms.SignOutput, error) {
	s.asked = append(s.asked, *input)
	if s.err != nil || s.empty {
		return &kms.SignOutput{}, s.err
	}
	digest := sha256.Sum256(input.Message)
	hash := digest[:]
	switch {
	case *input.KeyId != keyARN || input.SigningAlgorithm != types.SigningAlgorithmSpecRsassaPkcs1V15Sha256:
		return nil, fmt.Errorf("asked for %s with %s", *input.KeyId, input.SigningAlgorithm)
	case input.MessageType == types.MessageTypeRaw && len(input.Message) > 4096:
		return nil, errors.New("the message is too long")
	case input.MessageType == types.MessageTypeDigest:
		hash = input.Message
	}
	signature, err := rsa.SignPKCS1v15(nil, s.private, crypto.SHA256, hash)
	return &kms.SignOutput{Signature: signature}, err
}

func TestKMSSigns(t *testing.T) {
	store := newKeyStore(t)
	signer, err := login.NewKMSSigner(t.Context(), store.client(), "alias/sliderule")
	if err != nil || signer.KeyID() != keyUUID {
		t.Fatalf("%v, %v", signer, err)
	}
	public, err := signer.PublicKey(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for size, kind := range map[int]types.MessageType{1: types.MessageTypeRaw, 4096: types.MessageTypeRaw, 4097: types.MessageTypeDigest, 12000: types.MessageTypeDigest} {
		message := []byte(strings.Repeat("m", size))
		store.asked = nil
		signature, err := signer.Sign(t.Context(), message)
		digest := sha256.Sum256(message)
		if err != nil || rsa.VerifyPKCS1v15(public, crypto.SHA256, digest[:], signature) != nil || store.asked[0].MessageType != kind {
			t.Errorf("%d bytes: %v", size, err)
		}
	}
}

// From the token of a person to the check of their token, with KMS between.
func TestALoginSignedByKMS(t *testing.T) {
	d := newDesk(t)
	signer, err := login.NewKMSSigner(t.Context(), newKeyStore(t).client(), keyARN)
	if err != nil {
		t.Fatal(err)
	}
	d.signer = signer
	for i := range 100 { // beyond what KMS hashes itself
		d.teams = append(d.teams, fmt.Sprintf("%s/a-team-with-a-long-name-%d", organization, i))
	}
	got := d.loggedIn(t)
	claims, err := login.Verify(got.Token, d.keys(t), issuerURL, "a-team-with-a-long-name-7", d.clock.Now())
	if err != nil || len(claims.Clusters) != 101 || len(got.Token) < 4096 {
		t.Errorf("got %+v, %v", claims, err)
	}
}

func TestKeysThatCannotSign(t *testing.T) {
	elliptical, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	curve, err := x509.MarshalPKIXPublicKey(&elliptical.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*keyStore){
		"KMS says no":            func(s *keyStore) { s.err = errors.New("AccessDenied") },
		"a key for encryption":   func(s *keyStore) { s.answer.KeyUsage = types.KeyUsageTypeEncryptDecrypt },
		"an elliptic curve":      func(s *keyStore) { s.answer.PublicKey = curve },
		"no key":                 func(s *keyStore) { s.answer.PublicKey = nil },
		"a key without an id":    func(s *keyStore) { s.answer.KeyId = nil },
		"a key with an empty id": func(s *keyStore) { s.answer.KeyId = new("") },
	} {
		store := newKeyStore(t)
		change(store)
		if signer, err := login.NewKMSSigner(t.Context(), store.client(), "alias/sliderule"); err == nil {
			t.Errorf("%s: %+v", name, signer)
		}
	}
	store := newKeyStore(t)
	signer, err := login.NewKMSSigner(t.Context(), store.client(), keyARN)
	if err != nil {
		t.Fatal(err)
	}
	if store.empty = true; second2(signer.Sign(t.Context(), []byte("m"))) == nil {
		t.Error("an empty signature passes")
	}
	if store.err = errors.New("disabled"); !errors.Is(second2(signer.Sign(t.Context(), []byte("m"))), store.err) {
		t.Error("a refusal passes")
	}
}

func second2(_ []byte, err error) error { return err }
