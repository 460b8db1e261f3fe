package databricks

import (
	"encoding/json"
	"slices"
)

// object reads a document that decode has accepted.
func object(document []byte) map[string]any {
	var fields map[string]any
	if err := json.Unmarshal(document, &fields); err != nil {
		panic(err)
	}
	return fields
}

// convert reads what the API would write into the SDK's type.
func convert[T any](reply any) T {
	var typed T
	document, err := json.Marshal(reply)
	if err == nil {
		err = json.Unmarshal(document, &typed)
	}
	if err != nil {
		panic(err)
	}
	return typed
}

func cloneObject(fields map[string]any) map[string]any {
	return cloneValue(fields).(map[string]any)
}

func cloneValue(value any) any {
	switch v := value.(type) {
	case map[string]any:
		clone := make(map[string]any, len(v))
		for name, item := range v {
			clone[name] = cloneValue(item)
		}
		return clone
	case []any:
		clone := slices.Clone(v)
		for i := range clone {
			clone[i] = cloneValue(clone[i])
		}
		return clone
	default:
		return value
	}
}
