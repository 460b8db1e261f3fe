package databricks

import (
	"reflect"
	"strings"

	"github.com/databricks/databricks-sdk-go/service/compute"
)

// updateCluster changes the fields that the mask names, and no other: one that the mask names and the cluster in the
// request lacks goes back to its default.
func (f *Fake) updateCluster(r call) (any, error) {
	request, err := decode[compute.UpdateCluster](r.body)
	if err != nil {
		return nil, err
	}
	if request.UpdateMask == "" {
		return nil, missingField("update_mask")
	}
	c, err := f.editable(request.ClusterId, r.now)
	if err != nil {
		return nil, err
	}
	wanted, _ := object(r.body)["cluster"].(map[string]any)
	if request.UpdateMask == "*" { // full replacement
		if wanted == nil {
			wanted = map[string]any{}
		}
		return nil, f.replaceSpec(c, wanted, r.now)
	}
	spec := cloneObject(c.spec)
	for _, path := range strings.Split(request.UpdateMask, ",") {
		names := strings.Split(path, ".")
		if err := checkMask(path, names); err != nil {
			return nil, err
		}
		assign(spec, wanted, names)
	}
	chooseSize(spec, wanted, request.UpdateMask)
	return nil, f.replaceSpec(c, spec, r.now)
}

// checkMask refuses a path that does not lead to a field: names are exact, have no spaces, and go into messages but
// not into maps or lists, which change only as a whole.
func checkMask(path string, names []string) error {
	at := reflect.TypeFor[compute.UpdateClusterResource]()
	for _, name := range names {
		for at.Kind() == reflect.Pointer {
			at = at.Elem()
		}
		if at.Kind() != reflect.Struct {
			return invalidParameter("Invalid update_mask: %q goes into a field that can only be updated as a whole.", path)
		}
		field, found := jsonField(at, name)
		if !found {
			return invalidParameter("Invalid update_mask: unknown field %q.", path)
		}
		at = field
	}
	return nil
}

func jsonField(of reflect.Type, name string) (reflect.Type, bool) {
	for i := range of.NumField() {
		if tag, _, _ := strings.Cut(of.Field(i).Tag.Get("json"), ","); tag == name && tag != "-" && tag != "" {
			return of.Field(i).Type, true
		}
	}
	return nil, false
}

// assign copies one path from the request, or removes it.
func assign(into, from map[string]any, names []string) {
	name := names[0]
	value, given := from[name]
	if len(names) == 1 {
		if given {
			into[name] = value
		} else {
			delete(into, name)
		}
		return
	}
	inner, _ := into[name].(map[string]any)
	if inner == nil {
		inner = map[string]any{}
		into[name] = inner
	}
	source, _ := value.(map[string]any)
	assign(inner, source, names[1:])
}

// chooseSize keeps one of the two sizes: the one that this update brought.
func chooseSize(spec, wanted map[string]any, mask string) {
	for i, size := range sizeFields {
		if _, given := wanted[size]; given && strings.Contains(","+mask, ","+size) {
			delete(spec, sizeFields[1-i])
		}
	}
}
