package secret

import (
	"context"
	"fmt"
	"os"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
)

// Reader reads secrets, each at most once in its life. It is safe for concurrent use.
type Reader struct {
	loadAWS   func(context.Context) (aws.Config, error)
	lookupEnv func(string) (string, bool)

	config memo[aws.Config]
	mu     sync.Mutex
	values map[Reference]*memo[Value]
}

// Option changes how a [Reader] reads.
type Option func(*Reader)

// WithEnvironment has env:NAME looked up by lookup in place of [os.LookupEnv].
func WithEnvironment(lookup func(name string) (value string, ok bool)) Option {
	return func(r *Reader) { r.lookupEnv = lookup }
}

// NewReader is a reader that calls loadAWS for the AWS configuration when the first reference to AWS is read, and
// never again once it has one. A nil loadAWS refuses such references.
func NewReader(loadAWS func(context.Context) (aws.Config, error), options ...Option) *Reader {
	r := &Reader{loadAWS: loadAWS, lookupEnv: os.LookupEnv, values: map[Reference]*memo[Value]{}}
	for _, option := range options {
		option(r)
	}
	return r
}

// Read returns the secret that lives at ref: one line, at most 64 KiB, without surrounding space. A success is
// remembered for the life of the reader, an error is not. Errors name the reference and the remedy, never what was
// read: [ErrMissing], [ErrEmpty], [ErrTooLarge], [ErrMultiline], [ErrDenied] or [ErrUnreadable]; the zero Reference
// is [ErrSyntax].
func (r *Reader) Read(ctx context.Context, ref Reference) (Value, error) {
	if ref.IsZero() {
		return Value{}, fmt.Errorf("%w: it is empty; write one of %s", ErrSyntax, forms)
	}
	value, err := r.memo(ref).get(ctx, func(ctx context.Context) (Value, error) {
		content, err := r.fetch(ctx, ref)
		if err != nil {
			return Value{}, err
		}
		return tokenOf(content, ref.key)
	})
	if err != nil {
		return Value{}, fmt.Errorf("secret %s: %w", ref, err)
	}
	return value, nil
}

func (r *Reader) memo(ref Reference) *memo[Value] {
	r.mu.Lock()
	defer r.mu.Unlock()
	m, ok := r.values[ref]
	if !ok {
		m = &memo[Value]{}
		r.values[ref] = m
	}
	return m
}

func (r *Reader) fetch(ctx context.Context, ref Reference) ([]byte, error) {
	switch ref.place {
	case variable:
		return readVariable(r.lookupEnv, ref.name)
	case file:
		return readFile(ref.name)
	}
	cfg, err := r.awsConfig(ctx, ref)
	if err != nil {
		return nil, err
	}
	switch ref.place {
	case object:
		return readObject(ctx, s3.NewFromConfig(cfg, s3Options), cfg.Region, ref.bucket, ref.name)
	case managedSecret:
		return readSecret(ctx, secretsmanager.NewFromConfig(cfg), ref.name)
	default:
		return readParameter(ctx, ssm.NewFromConfig(cfg), ref.name)
	}
}

// awsConfig is the configuration for one reference: in the region of its ARN, or else in the configured one.
func (r *Reader) awsConfig(ctx context.Context, ref Reference) (aws.Config, error) {
	if r.loadAWS == nil {
		return aws.Config{}, fmt.Errorf("%w: AWS is not configured here; name an environment variable or a file", ErrUnreadable)
	}
	cfg, err := r.config.get(ctx, func(ctx context.Context) (aws.Config, error) {
		cfg, err := r.loadAWS(ctx)
		if err != nil {
			return cfg, fmt.Errorf("%w: the AWS configuration cannot be loaded; check AWS_PROFILE and the shared configuration files: %w", ErrUnreadable, err)
		}
		return cfg, nil
	})
	if err != nil {
		return aws.Config{}, err
	}
	cfg = cfg.Copy()
	if ref.region != "" {
		cfg.Region = ref.region
	}
	if cfg.Region == "" {
		return aws.Config{}, fmt.Errorf("%w: no AWS region is configured; set AWS_REGION, or name a secret or parameter by its ARN", ErrUnreadable)
	}
	return cfg, nil
}
