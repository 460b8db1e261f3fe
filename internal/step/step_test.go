package step_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/data-access/terraform-provider-provisioner/internal/person"
	"github.com/data-access/terraform-provider-provisioner/internal/step"
)

func TestErrorNamesStepPersonAndRemedy(t *testing.T) {
	ana, err := person.Parse("ana@example.com")
	if err != nil {
		t.Fatal(err)
	}
	boom := errors.New("boom.")
	for want, e := range map[string]*step.Error{
		"baking for ana@example.com: boom. Try again": {Step: "baking", Person: ana, Err: boom, Remedy: "Try again"},
		"baking: no flour": {Step: "baking", Err: boom, Words: "no flour. "},
	} {
		if e.Error() != want {
			t.Errorf("got %q, want %q", e.Error(), want)
		}
		if wrapped := fmt.Errorf("x: %w", e); !errors.Is(wrapped, boom) || !step.Told(wrapped) {
			t.Error("the cause or the step is lost")
		}
	}
	if step.Told(boom) {
		t.Error("a plain error names no step")
	}
}
