package google_test

import (
	"strings"
	"testing"

	"github.com/data-access/terraform-provider-provisioner/internal/notebook/google"
)

func TestLabels(t *testing.T) {
	for text, want := range map[string]struct{ key, value bool }{
		"a": {true, true}, "cost-center": {true, true}, "a_1": {true, true}, "été": {true, true}, "名": {true, true},
		"": {false, true}, "1a": {false, true}, "-a": {false, true}, "_": {false, true},
		"A": {}, "a b": {}, "a.b": {}, "a@b": {}, "a\xff": {}, "É": {},
		strings.Repeat("é", 63): {true, true}, strings.Repeat("a", 64): {},
	} {
		if google.IsLabelKey(text) != want.key || google.IsLabelValue(text) != want.value {
			t.Errorf("%q: key %t, value %t; want %+v", text, google.IsLabelKey(text), google.IsLabelValue(text), want)
		}
	}
}
