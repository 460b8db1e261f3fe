package template

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"google.golang.org/api/dataproc/v1"
	"gopkg.in/yaml.v3"
)

// errLossy says that the typed value would not say what the file says.
var errLossy = errors.New("the cluster type of this release's Google client does not keep everything that is in the file")

// decode makes the typed cluster, such that encoding it again says no less.
func decode(canonical []byte) (*dataproc.Cluster, error) {
	var cluster dataproc.Cluster
	var declared any
	if err := errors.Join(json.Unmarshal(canonical, &cluster), json.Unmarshal(canonical, &declared)); err != nil {
		return nil, fmt.Errorf("the file does not fit Dataproc's cluster type: %w", err)
	}
	force(reflect.ValueOf(&cluster), declared)
	return &cluster, nil
}

// lossless checks that a file and its typed cluster say the same.
func lossless(canonical []byte) error {
	cluster, err := decode(canonical)
	if err != nil {
		return err
	}
	encoded, err := json.Marshal(cluster)
	if err == nil && !sameJSON(encoded, canonical) {
		err = errLossy
	}
	return err
}

// force has Google's client keep what the file declares and Go takes for nothing, such as internalIpOnly: false.
func force(v reflect.Value, declared any) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			force(v.Elem(), declared)
		}
	case reflect.Slice:
		items, _ := declared.([]any)
		for i := range min(len(items), v.Len()) {
			force(v.Index(i), items[i])
		}
	case reflect.Struct:
		object, _ := declared.(map[string]any)
		forced := v.FieldByName("ForceSendFields")
		for _, field := range reflect.VisibleFields(v.Type()) {
			name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
			inside, given := object[name]
			if name == "" || name == "-" || !given {
				continue
			}
			held := v.FieldByIndex(field.Index)
			if isEmpty(held) && forced.IsValid() {
				forced.Set(reflect.Append(forced, reflect.ValueOf(field.Name)))
			}
			force(held, inside)
		}
	}
}

func isEmpty(v reflect.Value) bool {
	if v.Kind() == reflect.Map || v.Kind() == reflect.Slice {
		return v.Len() == 0
	}
	return v.IsZero()
}

// encode writes a cluster as YAML, its keys in alphabetical order.
func encode(cluster *dataproc.Cluster) (string, error) {
	document, err := json.Marshal(cluster)
	if err != nil {
		return "", err
	}
	plain, err := plainly(document)
	if err != nil {
		return "", err
	}
	var text bytes.Buffer
	encoder := yaml.NewEncoder(&text)
	encoder.SetIndent(2)
	if err := errors.Join(encoder.Encode(node(plain)), encoder.Close()); err != nil {
		return "", err
	}
	var again any
	if err := yaml.Unmarshal(text.Bytes(), &again); err != nil {
		return "", fmt.Errorf("what was written cannot be read: %w", err)
	}
	if repeated, err := json.Marshal(again); err != nil || !sameJSON(repeated, document) {
		return "", fmt.Errorf("what was written reads otherwise: %w", errors.Join(errLossy, err))
	}
	return text.String(), nil
}

// plainly decodes JSON, whole numbers as whole numbers: YAML would write 1e+06 for a million.
func plainly(document []byte) (plain any, err error) {
	decoder := json.NewDecoder(bytes.NewReader(document))
	decoder.UseNumber()
	if err := decoder.Decode(&plain); err != nil {
		return nil, err
	}
	return numbers(plain), nil
}

func numbers(plain any) any {
	switch v := plain.(type) {
	case map[string]any:
		for key, inside := range v {
			v[key] = numbers(inside)
		}
	case []any:
		for i, inside := range v {
			v[i] = numbers(inside)
		}
	case json.Number:
		if whole, err := v.Int64(); err == nil {
			return whole
		}
		if number, err := v.Float64(); err == nil {
			return number
		}
	}
	return plain
}

// node is a plain value as YAML, keys sorted. Texts stand in quotes unless no reader can take them for anything else.
func node(plain any) *yaml.Node {
	switch v := plain.(type) {
	case map[string]any:
		n := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}
		for _, key := range slices.Sorted(maps.Keys(v)) {
			n.Content = append(n.Content, node(key), node(v[key]))
		}
		if len(v) == 0 {
			n.Style = yaml.FlowStyle
		}
		return n
	case []any:
		n := &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq"}
		for _, item := range v {
			n.Content = append(n.Content, node(item))
		}
		if len(v) == 0 {
			n.Style = yaml.FlowStyle
		}
		return n
	case string:
		n := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: v}
		if !plainText.MatchString(v) || slices.Contains(words, strings.ToLower(v)) {
			n.Style = yaml.DoubleQuotedStyle
		}
		return n
	case int64:
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!int", Value: strconv.FormatInt(v, 10)}
	case float64:
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!float", Value: strconv.FormatFloat(v, 'g', -1, 64)}
	case bool:
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!bool", Value: strconv.FormatBool(v)}
	}
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!null", Value: "null"}
}

// plainText begins with a letter and ends with a letter, a digit or a slash.
var plainText = regexp.MustCompile(`^[A-Za-z]([A-Za-z0-9_./:@+-]*[A-Za-z0-9/])?$`)

// words are what some readers of YAML take for a truth value or for nothing.
var words = []string{"true", "false", "null", "y", "n", "yes", "no", "on", "off"}

func sameJSON(a, b []byte) bool {
	var left, right any
	return json.Unmarshal(a, &left) == nil && json.Unmarshal(b, &right) == nil && reflect.DeepEqual(left, right)
}
