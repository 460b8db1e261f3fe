package singleuser

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"reflect"
	"strconv"
)

// object is a decoded JSON object; numbers are json.Number, so nothing is lost.
type object = map[string]any

func decodeObject(text []byte) (object, error) {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	var all object
	if err := decoder.Decode(&all); err != nil {
		return nil, err
	}
	if all == nil {
		return nil, fmt.Errorf("not a JSON object")
	}
	return all, nil
}

// encode is the canonical JSON of a decoded value.
func encode(value any) string {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		return fmt.Sprint(value) // decoded JSON always encodes
	}
	return string(bytes.TrimSpace(out.Bytes()))
}

// convert moves a value between a decoded object and a vendor's type.
func convert(from, into any) error {
	text, err := json.Marshal(from)
	if err != nil {
		return err
	}
	if o, ok := into.(*object); ok {
		*o, err = decodeObject(text)
		return err
	}
	return json.Unmarshal(text, into)
}

// prune drops what means "nothing" on this wire: null, false, 0, "" and what is empty.
func prune(value any) any {
	switch v := value.(type) {
	case object:
		kept := object{}
		for k, item := range v {
			if item = prune(item); item != nil {
				kept[k] = item
			}
		}
		if len(kept) == 0 {
			return nil
		}
		return kept
	case []any:
		if len(v) == 0 {
			return nil
		}
		kept := make([]any, len(v))
		for i, item := range v {
			kept[i] = prune(item)
		}
		return kept
	case bool:
		if !v {
			return nil
		}
	case string:
		if v == "" {
			return nil
		}
	case json.Number:
		f, err := v.Float64()
		if err == nil && f == 0 {
			return nil
		}
		if err == nil && f == math.Trunc(f) && math.Abs(f) < 1<<53 { // -1 is -1.0
			return json.Number(strconv.FormatInt(int64(f), 10))
		}
	}
	return value
}

// same reports whether two decoded values mean the same on this wire.
func same(a, b any) bool { return reflect.DeepEqual(prune(a), prune(b)) }

// merge lays over on top of base, both objects or nothing.
func merge(base any, over object) object {
	merged := object{}
	if b, ok := base.(object); ok {
		maps.Copy(merged, b)
	}
	maps.Copy(merged, over)
	return merged
}
