// Package secret reads tokens from where they live. Configuration names the place, never the token:
//
//	s3://bucket/key                                                     an object in S3
//	arn:aws:secretsmanager:REGION:ACCOUNT:secret:NAME[#json_key]        a secret in Secrets Manager
//	secretsmanager://name[#json_key]                                    the same, in the region of the configuration
//	arn:aws:ssm:REGION:ACCOUNT:parameter/path                           a parameter in SSM
//	ssm:///path                                                         the same, in the region of the configuration
//	env:NAME                                                            an environment variable
//	file:PATH                                                           a regular file
//
// The content of the place is the token itself or a JSON object such as {"token":"…"}.
package secret

// Reference names a place where a secret lives. It is comparable; the zero Reference names none.
type Reference struct {
	place  place
	text   string // the whole reference, as it was written
	name   string // what the vendor calls it: object key, secret id, parameter, variable, path
	bucket string // of an S3 object
	region string // of an ARN
	key    string // the field of a JSON object; empty for the default
}

// place is a kind of store.
type place int

const (
	nowhere place = iota
	object
	managedSecret
	parameter
	variable
	file
)

// String is the reference as it was written, without surrounding space; empty for the zero Reference.
// It names a place, so it may be logged.
func (r Reference) String() string { return r.text }

// IsZero reports whether r names no place.
func (r Reference) IsZero() bool { return r == Reference{} }
