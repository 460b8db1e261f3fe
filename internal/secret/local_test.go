package secret_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/data-access/terraform-provider-provisioner/internal/secret"
)

// noAWS fails the test that asks for AWS.
func noAWS(t *testing.T) func(context.Context) (aws.Config, error) {
	return func(context.Context) (aws.Config, error) {
		t.Error("AWS was configured for a reference that does not need it")
		return aws.Config{}, errors.New("not wanted")
	}
}

func parse(t *testing.T, text string) secret.Reference {
	t.Helper()
	ref, err := secret.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return ref
}

// refused checks that an error is of a kind, names the reference and does not show the content.
func refused(t *testing.T, err, kind error, ref secret.Reference, content string) {
	t.Helper()
	if !errors.Is(err, kind) {
		t.Errorf("%s: got %v, want %v", ref, err, kind)
		return
	}
	if !strings.Contains(err.Error(), ref.String()) {
		t.Errorf("the error does not name %s: %v", ref, err)
	}
	if content != "" && strings.Contains(err.Error(), content) {
		t.Errorf("the error shows the content: %v", err)
	}
}

func TestContent(t *testing.T) {
	const token = "tok-example"
	cases := map[string]struct {
		content string
		kind    error
	}{
		"alone":                       {content: token},
		"with a newline":              {content: token + "\n"},
		"with a Windows newline":      {content: token + "\r\n"},
		"in space":                    {content: " \t" + token + " \n\n"},
		"after a byte order mark":     {content: "\ufeff" + token},
		"in JSON":                     {content: `{"token":"` + token + `"}`},
		"in JSON over several lines":  {content: "{\n  \"other\": 1,\n  \"token\": \"" + token + "\\n\"\n}\n"},
		"at the limit of size":        {content: token + strings.Repeat(" ", 64<<10-len(token))},
		"nothing":                     {content: "", kind: secret.ErrEmpty},
		"only space":                  {content: " \n\t\n", kind: secret.ErrEmpty},
		"JSON with an empty token":    {content: `{"token":" "}`, kind: secret.ErrEmpty},
		"JSON with null":              {content: `{"token":null}`, kind: secret.ErrEmpty},
		"two lines":                   {content: token + "\nmore", kind: secret.ErrMultiline},
		"two lines, carriage return":  {content: token + "\rmore", kind: secret.ErrMultiline},
		"JSON with two lines":         {content: `{"token":"` + token + `\nmore"}`, kind: secret.ErrMultiline},
		"JSON without the key":        {content: `{"Token":"` + token + `"}`, kind: secret.ErrMissing},
		"JSON with a number":          {content: `{"token":12345678}`, kind: secret.ErrUnreadable},
		"broken JSON":                 {content: `{"token":"` + token, kind: secret.ErrUnreadable},
		"JSON with more behind":       {content: `{"token":"` + token + `"} x`, kind: secret.ErrUnreadable},
		"a NUL":                       {content: token + "\x00", kind: secret.ErrUnreadable},
		"not UTF-8":                   {content: token + "\xff", kind: secret.ErrUnreadable},
		"one byte more than the size": {content: token + strings.Repeat(" ", 64<<10-len(token)+1), kind: secret.ErrTooLarge},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			reader := secret.NewReader(noAWS(t), secret.WithEnvironment(func(string) (string, bool) { return c.content, true }))
			path := filepath.Join(t.TempDir(), "token")
			if err := os.WriteFile(path, []byte(c.content), 0o600); err != nil {
				t.Fatal(err)
			}
			for _, ref := range []secret.Reference{parse(t, "env:TOKEN"), parse(t, "file:"+path)} {
				value, err := reader.Read(t.Context(), ref)
				if c.kind != nil {
					refused(t, err, c.kind, ref, token)
				} else if err != nil || value.Reveal() != token {
					t.Errorf("%s: got %q, %v", ref, value.Reveal(), err)
				}
			}
		})
	}
}

func TestEnvironmentOfTheProcess(t *testing.T) {
	t.Setenv("SECRET_TEST_TOKEN", "tok-example")
	reader := secret.NewReader(nil)
	if value, err := reader.Read(t.Context(), parse(t, "env:SECRET_TEST_TOKEN")); err != nil || value.Reveal() != "tok-example" {
		t.Errorf("got %q, %v", value.Reveal(), err)
	}
	ref := parse(t, "env:SECRET_TEST_ABSENT")
	_, err := reader.Read(t.Context(), ref)
	refused(t, err, secret.ErrMissing, ref, "")
}

func TestFileMustBeARegularOne(t *testing.T) {
	folder := t.TempDir()
	real := filepath.Join(folder, "real")
	link := filepath.Join(folder, "link")
	if err := errors.Join(os.WriteFile(real, []byte("tok-example\n"), 0o600), os.Symlink(real, link)); err != nil {
		t.Fatal(err)
	}
	reader := secret.NewReader(noAWS(t))
	for _, text := range []string{"file:" + real, "file://" + real, "file:" + link} {
		if value, err := reader.Read(t.Context(), parse(t, text)); err != nil || value.Reveal() != "tok-example" {
			t.Errorf("%s: got %q, %v", text, value.Reveal(), err)
		}
	}
	for path, kind := range map[string]error{
		folder:                         secret.ErrUnreadable,
		os.DevNull:                     secret.ErrUnreadable,
		filepath.Join(folder, "none"):  secret.ErrMissing,
		filepath.Join(real, "beneath"): secret.ErrUnreadable,
	} {
		ref := parse(t, "file:"+path)
		_, err := reader.Read(t.Context(), ref)
		refused(t, err, kind, ref, "tok-example")
	}
}

func TestReadWithoutAReference(t *testing.T) {
	if _, err := secret.NewReader(nil).Read(t.Context(), secret.Reference{}); !errors.Is(err, secret.ErrSyntax) {
		t.Errorf("got %v", err)
	}
}
