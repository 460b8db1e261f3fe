package provider

import (
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// The parts of a nested attribute, in plain Go. What is null is the default, and what is not known yet is the zero value.

func numberOr(value attr.Value, otherwise int) int {
	if n, ok := value.(types.Int64); ok && !n.IsNull() {
		return number(n)
	}
	return otherwise
}

func decimalOr(value attr.Value, otherwise float64) float64 {
	if x, ok := value.(types.Float64); ok && !x.IsNull() {
		return x.ValueFloat64()
	}
	return otherwise
}

// elementsOf are those of a list or set.
func elementsOf(value attr.Value) []attr.Value {
	switch all := value.(type) {
	case types.List:
		return all.Elements()
	case types.Set:
		return all.Elements()
	}
	return nil
}

// textsOrNone are the texts of a list or set, nil when there are none.
func textsOrNone(elements []attr.Value) []string {
	if texts := textsIn(elements); len(texts) > 0 {
		return texts
	}
	return nil
}

// whollyKnown reports whether neither a value nor anything in it has to wait for the apply.
func whollyKnown(value attr.Value) bool {
	if value == nil {
		return true
	}
	if value.IsUnknown() {
		return false
	}
	parts := elementsOf(value)
	if object, ok := value.(types.Object); ok {
		for _, part := range object.Attributes() {
			parts = append(parts, part)
		}
	}
	for _, part := range parts {
		if !whollyKnown(part) {
			return false
		}
	}
	return true
}
