package google

import (
	"encoding/base64"
	"encoding/json"
	"math"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// durationForm is protobuf's JSON form: seconds, with an s.
var durationForm = regexp.MustCompile(`^-?\d+(\.\d{1,9})?s$`)

// scalar checks a value that is no object and no list, and returns it as it is stored. kind is what was expected, as
// messages name it; "" when the value is fine.
func scalar(s *schema, v any) (stored any, kind string) {
	switch s.Type {
	case "boolean":
		if _, isBool := v.(bool); !isBool {
			return nil, "TYPE_BOOL"
		}
		return v, ""
	case "integer":
		return integer(v, 32, "TYPE_INT32")
	case "number":
		return float(v)
	case "string":
		if s.Format == "int64" || s.Format == "uint64" {
			return integer(v, 64, "TYPE_INT64")
		}
		word, isText := v.(string)
		if !isText {
			return nil, "TYPE_STRING"
		}
		return word, textKind(s.Format, s.Enum, word)
	default: // "any", or nothing said
		return v, ""
	}
}

// integer takes a number or a text that is one, as the server does, and stores what the server tells: 64 bits do not
// fit JSON's numbers and travel as a text.
func integer(v any, bits int, kind string) (any, string) {
	var digits string
	switch given := v.(type) {
	case json.Number:
		digits = given.String()
	case string:
		digits = given
	default:
		return nil, kind
	}
	n, err := strconv.ParseInt(digits, 10, bits)
	if err != nil {
		f, ferr := strconv.ParseFloat(digits, 64) // 1.0 and 1e3 are integers too
		if ferr != nil || f != math.Trunc(f) || math.Abs(f) >= math.Pow(2, float64(bits-1)) {
			return nil, kind
		}
		n = int64(f)
	}
	if bits == 64 {
		return strconv.FormatInt(n, 10), ""
	}
	return json.Number(strconv.FormatInt(n, 10)), ""
}

func float(v any) (any, string) {
	switch given := v.(type) {
	case json.Number:
		return given, ""
	case string:
		if _, err := strconv.ParseFloat(given, 64); err == nil {
			return json.Number(given), ""
		}
	}
	return nil, "TYPE_DOUBLE"
}

// textKind says what a text should have been; "" when it is that.
func textKind(format string, enum []string, word string) string {
	switch format {
	case "google-duration":
		if !durationForm.MatchString(word) {
			return "type.googleapis.com/google.protobuf.Duration"
		}
	case "google-datetime":
		if _, err := time.Parse(time.RFC3339Nano, word); err != nil {
			return "type.googleapis.com/google.protobuf.Timestamp"
		}
	case "byte":
		if _, err := base64.StdEncoding.DecodeString(word); err != nil {
			if _, err := base64.URLEncoding.DecodeString(word); err != nil {
				return "TYPE_BYTES"
			}
		}
	}
	if len(enum) > 0 && word != "" && !slices.Contains(enum, word) {
		return "type.googleapis.com/enum, one of " + strings.Join(enum, " ")
	}
	return ""
}

// seconds is a duration in protobuf's form, or zero.
func seconds(value any) time.Duration {
	d, err := time.ParseDuration(text(value))
	if err != nil {
		return 0
	}
	return d
}

// mustHave are the query parameters that the server wants whatever their description says.
var mustHave = map[string]string{
	"notebooks.v1.projects.locations.instances.create": "instanceId",
	"notebooks.v1.projects.locations.runtimes.create":  "runtimeId",
	"notebooks.v1.projects.locations.runtimes.patch":   "updateMask",
	"notebooks.v2.projects.locations.instances.create": "instanceId",
	"notebooks.v2.projects.locations.instances.patch":  "updateMask",
	"dataproc.v1.projects.regions.clusters.patch":      "updateMask",
	"dataproc.v1.projects.locations.sessions.create":   "sessionId",
}

// readQuery checks the query of a request to m and returns it under the names of the document.
func (m *method) readQuery(query url.Values) (map[string]string, error) {
	var problems []problem
	fault := func(name, text string) { problems = append(problems, problem{Field: snake(name), Description: text}) }
	values := map[string]string{}
	for _, given := range sortedKeys(query) {
		name := camel(given)
		p, isOwn := m.Parameters[name]
		switch {
		case isOwn && p.Location == "query":
			if len(query[given]) > 1 && !p.Repeated {
				fault(name, "Invalid value at '"+snake(name)+"': the parameter is given more than once.")
			}
			for _, word := range query[given] {
				if kind := queryKind(p, word); kind != "" {
					fault(name, "Invalid value at '"+snake(name)+"' ("+kind+"), "+short(word))
				}
			}
			values[name] = query.Get(given)
		case m.doc.Parameters[given] != nil || m.doc.Parameters[strings.TrimPrefix(given, "$")] != nil:
			// A system parameter: the answer is the same JSON whatever it says.
		default:
			fault(given, "Invalid JSON payload received. Unknown name "+strconv.Quote(given)+": Cannot bind query parameter. Field '"+given+"' could not be found in request message.")
		}
	}
	for _, name := range sortedKeys(m.Parameters) {
		p := m.Parameters[name]
		wanted := p.Location == "query" && (p.Required || required(p.Description) || mustHave[m.key] == name)
		if wanted && values[name] == "" {
			fault(name, "Required parameter '"+snake(name)+"' is not specified.")
		}
	}
	return values, refuse(problems)
}

func queryKind(p *parameter, word string) string {
	var v any = word
	if p.Type == "boolean" {
		b, err := strconv.ParseBool(word)
		if err != nil {
			return "TYPE_BOOL"
		}
		v = b
	}
	_, kind := scalar(&schema{Type: p.Type, Format: p.Format, Enum: p.Enum}, v)
	return kind
}
