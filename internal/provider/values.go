package provider

import (
	"maps"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// Values of Terraform's and what they are in plain Go.

func stringOrNull(text string) types.String {
	if text == "" {
		return types.StringNull()
	}
	return types.StringValue(text)
}

// textsOf is a map of texts; one that is not known yet is empty.
func textsOf(m types.Map) map[string]string {
	if m.IsNull() || m.IsUnknown() {
		return nil
	}
	texts := map[string]string{}
	for key, value := range m.Elements() {
		if text, ok := value.(types.String); ok {
			texts[key] = text.ValueString()
		}
	}
	return texts
}

func mapOf(texts map[string]string) types.Map {
	values := map[string]attr.Value{}
	for key, text := range texts {
		values[key] = types.StringValue(text)
	}
	return types.MapValueMust(types.StringType, values)
}

// textsIn are the texts of a list or set, without those that are not known yet.
func textsIn(elements []attr.Value) []string {
	texts := []string{}
	for _, value := range elements {
		if text, ok := value.(types.String); ok && !text.IsUnknown() && !text.IsNull() {
			texts = append(texts, text.ValueString())
		}
	}
	return texts
}

// sortedTexts are the known values of a set of texts, in order.
func sortedTexts(s types.Set) []string {
	if s.IsNull() || s.IsUnknown() {
		return nil
	}
	return slices.Sorted(slices.Values(textsIn(s.Elements())))
}

func setOf(texts []string) types.Set {
	values := make([]attr.Value, len(texts))
	for i, text := range texts {
		values[i] = types.StringValue(text)
	}
	return types.SetValueMust(types.StringType, values)
}

func textList(texts []string) types.List {
	values := make([]attr.Value, len(texts))
	for i, text := range texts {
		values[i] = types.StringValue(text)
	}
	return types.ListValueMust(types.StringType, values)
}

func sameTexts(a, b []string) bool {
	return slices.Equal(slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b)))
}

// withoutEntries is a map without the entries that are to go.
func withoutEntries(all map[string]string, goes func(key, value string) bool) map[string]string {
	kept := maps.Clone(all)
	if kept == nil {
		kept = map[string]string{}
	}
	maps.DeleteFunc(kept, goes)
	return kept
}

// declaredText is a value that the configuration declares; "" is left to Google.
func declaredText(value, config types.String) string {
	if config.IsNull() {
		return ""
	}
	return value.ValueString()
}

func fill(field *types.String, value types.String) {
	if field.IsUnknown() {
		*field = value
	}
}

// follow takes over what Google tells.
func follow(field *types.String, told string) {
	if told != "" {
		*field = types.StringValue(told)
	}
}

// coversKeys reports whether a map has all that another one declares.
func coversKeys(has, declared types.Map) bool {
	if has.IsNull() || declared.IsUnknown() {
		return false
	}
	there := has.Elements()
	for key, value := range declared.Elements() {
		if is, ok := there[key]; !ok || !is.Equal(value) {
			return false
		}
	}
	return true
}

// seenKeys is what became of the keys that were declared; what others added is theirs. A key that is empty was removed:
// Google may keep it so.
func seenKeys(declared types.Map, is map[string]string) types.Map {
	if declared.IsNull() || declared.IsUnknown() {
		return declared
	}
	before, seen := textsOf(declared), map[string]string{}
	for key, value := range before {
		if now, there := is[key]; there && (now != "" || value == "") {
			seen[key] = now
		}
	}
	if maps.Equal(seen, before) {
		return declared
	}
	return mapOf(seen)
}
