package secret_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/data-access/terraform-provider-provisioner/internal/secret"
)

func TestValueShowsItselfToNobody(t *testing.T) {
	const token = "xoxb-example"
	value := secret.Wrap(token)
	if value.Reveal() != token {
		t.Fatalf("Reveal: got %q", value.Reveal())
	}
	const want = "(sensitive)"
	got := map[string]string{"String": value.String(), "GoString": value.GoString()}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d", "%40s"} {
		got[verb] = fmt.Sprintf(verb, value)
		got[verb+" of a pointer"] = fmt.Sprintf(verb, &value)
	}
	if text, err := value.MarshalText(); err != nil {
		t.Error(err)
	} else {
		got["text"] = string(text)
	}
	if err := json.Unmarshal(marshal(t, value), new(string)); err != nil {
		t.Errorf("JSON is not a string: %v", err)
	}
	for how, text := range got {
		if text != want {
			t.Errorf("%s: got %q", how, text)
		}
	}
	if text := string(marshal(t, value)); text != `"(sensitive)"` {
		t.Errorf("JSON: got %s", text)
	}
}

func TestValueStaysHiddenInsideOthers(t *testing.T) {
	const token = "xoxb-example"
	type wrapper struct {
		Public  secret.Value
		private secret.Value
		Map     map[string]secret.Value
		Slice   []secret.Value
	}
	value := secret.Wrap(token)
	w := wrapper{value, value, map[string]secret.Value{"a": value}, []secret.Value{value}}
	var out bytes.Buffer
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x"} {
		fmt.Fprintf(&out, verb, w)
		fmt.Fprintf(&out, verb, &w)
	}
	out.Write(marshal(t, w))
	for _, handler := range []slog.Handler{slog.NewTextHandler(&out, nil), slog.NewJSONHandler(&out, nil)} {
		slog.New(handler).Info("a line", "value", value, "wrapper", w, slog.Group("g", "v", &value))
	}
	if err := xml.NewEncoder(&out).Encode(value); err != nil {
		t.Error(err)
	}
	if strings.Contains(out.String(), token) || strings.Contains(out.String(), fmt.Sprintf("%x", token)) {
		t.Errorf("the token shows:\n%s", &out)
	}
	if !strings.Contains(out.String(), "value=(sensitive)") || !strings.Contains(out.String(), `"value":"(sensitive)"`) {
		t.Errorf("the logs do not say that something is hidden:\n%s", &out)
	}
	_ = w.private
}

func TestZeroValueIsEmpty(t *testing.T) {
	var value secret.Value
	if value.Reveal() != "" || value.String() != "(sensitive)" {
		t.Errorf("got %q, shown as %q", value.Reveal(), value)
	}
}

func marshal(t *testing.T, v any) []byte {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return text
}
