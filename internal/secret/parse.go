package secret

import (
	"fmt"
	"regexp"
	"strings"
)

const forms = "s3://bucket/key, " +
	"arn:aws:secretsmanager:REGION:ACCOUNT:secret:NAME[#json_key], secretsmanager://name[#json_key], " +
	"arn:aws:ssm:REGION:ACCOUNT:parameter/path, ssm:///path, env:NAME, file:PATH"

var (
	awsARN        = regexp.MustCompile(`^arn:aws[a-z-]*:(secretsmanager|ssm):`)
	secretARN     = regexp.MustCompile(`^arn:aws[a-z-]*:secretsmanager:([a-z0-9-]+):[0-9]{12}:secret:[A-Za-z0-9/_+=.@-]+$`)
	parameterARN  = regexp.MustCompile(`^arn:aws[a-z-]*:ssm:([a-z0-9-]+):[0-9]{12}:parameter/[A-Za-z0-9_./-]+(:[A-Za-z0-9_.-]+)?$`)
	bucketName    = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{2,254}$`)
	secretName    = regexp.MustCompile(`^[A-Za-z0-9/_+=.@-]{1,512}$`)
	parameterName = regexp.MustCompile(`^/[A-Za-z0-9_./-]+(:[A-Za-z0-9_.-]+)?$`) // a version or label may follow the colon
	variableName  = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)
	urlScheme     = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9+.-]{0,15}://`)
)

// Parse reads a reference; surrounding space does not matter. A form it does not know is [ErrUnknownScheme], whose
// error names the scheme alone because the text may be a token; a known form used wrongly is [ErrSyntax].
func Parse(text string) (Reference, error) {
	text = strings.TrimSpace(text)
	switch {
	case strings.HasPrefix(text, "s3://"):
		return parseObject(text)
	case strings.HasPrefix(text, "secretsmanager://"):
		return parseSecretName(text)
	case strings.HasPrefix(text, "ssm:"):
		return parseParameterName(text)
	case strings.HasPrefix(text, "env:"):
		return parseVariable(text)
	case strings.HasPrefix(text, "file:"):
		return parseFile(text)
	}
	if match := awsARN.FindStringSubmatch(text); match != nil {
		if match[1] == "ssm" {
			return parseParameterARN(text)
		}
		return parseSecretARN(text)
	}
	return Reference{}, fmt.Errorf("%w: %s; write one of %s. If it is the token itself, put it in one of these places and revoke it wherever it was seen",
		ErrUnknownScheme, whatScheme(text), forms)
}

// whatScheme says as much about an unknown text as cannot be part of a token: what stands before "://", or that it is an ARN.
func whatScheme(text string) string {
	switch scheme := urlScheme.FindString(text); {
	case text == "":
		return "it is empty"
	case scheme != "":
		return fmt.Sprintf("the scheme %s is not known", scheme)
	case strings.HasPrefix(text, "arn:"):
		return "it is an ARN of another service"
	}
	return "it has no known scheme"
}

func parseObject(text string) (Reference, error) {
	bucket, key, _ := strings.Cut(strings.TrimPrefix(text, "s3://"), "/")
	if !bucketName.MatchString(bucket) || key == "" || len(key) > 1024 || hasControl(key) {
		return malformed(text, "s3://bucket/key")
	}
	return Reference{place: object, text: text, bucket: bucket, name: key}, nil
}

func parseSecretName(text string) (Reference, error) {
	name, key, ok := cutKey(strings.TrimPrefix(text, "secretsmanager://"))
	if !ok || !secretName.MatchString(name) {
		return malformed(text, "secretsmanager://name or secretsmanager://name#json_key")
	}
	return Reference{place: managedSecret, text: text, name: name, key: key}, nil
}

func parseSecretARN(text string) (Reference, error) {
	arn, key, ok := cutKey(text)
	match := secretARN.FindStringSubmatch(arn)
	if !ok || match == nil {
		return malformed(text, "arn:aws:secretsmanager:REGION:ACCOUNT:secret:NAME, a JSON key after # and not after a colon")
	}
	return Reference{place: managedSecret, text: text, name: arn, region: match[1], key: key}, nil
}

func parseParameterARN(text string) (Reference, error) {
	match := parameterARN.FindStringSubmatch(text)
	if match == nil {
		return malformed(text, "arn:aws:ssm:REGION:ACCOUNT:parameter/path")
	}
	return Reference{place: parameter, text: text, name: text, region: match[1]}, nil
}

func parseParameterName(text string) (Reference, error) {
	name, ok := strings.CutPrefix(text, "ssm://")
	if !ok || !parameterName.MatchString(name) {
		return malformed(text, "ssm:///path, three slashes; a parameter without a leading slash is named by its ARN")
	}
	return Reference{place: parameter, text: text, name: name}, nil
}

func parseVariable(text string) (Reference, error) {
	name := strings.TrimPrefix(text, "env:")
	if !variableName.MatchString(name) {
		// What is not a name may be the value: it is not repeated.
		return Reference{}, fmt.Errorf("%w: env: must be followed by the name of a variable, such as env:SLACK_BOT_TOKEN, not by its value", ErrSyntax)
	}
	return Reference{place: variable, text: text, name: name}, nil
}

func parseFile(text string) (Reference, error) {
	path := strings.TrimPrefix(text, "file:")
	if local, ok := strings.CutPrefix(path, "//"); ok {
		if !strings.HasPrefix(local, "/") {
			return malformed(text, "file:PATH or file:///absolute/path; a host cannot be named")
		}
		path = local
	}
	if path == "" || hasControl(path) {
		return malformed(text, "file:PATH")
	}
	return Reference{place: file, text: text, name: path}, nil
}

// cutKey splits a name from the JSON key after "#"; a "#" with nothing behind it is not ok.
func cutKey(text string) (name, key string, ok bool) {
	name, key, found := strings.Cut(text, "#")
	return name, key, !found || key != "" && !hasControl(key)
}

func hasControl(text string) bool {
	return strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r == 0x7f })
}

func malformed(text, form string) (Reference, error) {
	return Reference{}, fmt.Errorf("%w: %q; write %s", ErrSyntax, text, form)
}
