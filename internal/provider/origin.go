package provider

import (
	"encoding/json"
	"slices"
)

// importedKey marks, in the private state, what was imported: an [origin], or for a cluster that its settings were
// taken from the workspace, of which the configuration need not declare everything.
const importedKey = "imported"

// untoldKey marks, in the private state, a thing whose creation is not whole yet: its person is told when it is.
const untoldKey = "untold"

// origin remembers which attributes of a notebook are as an import found them: no configuration ever declared what they
// hold, so none can take it away.
type origin []string

func (o origin) imports(attribute string) bool { return slices.Contains(o, attribute) }

// originOf reads the private state.
func originOf(stored []byte) (o origin) {
	_ = json.Unmarshal(stored, &o) // nothing stored: not imported
	return o
}

func (o origin) stored() []byte {
	if len(o) == 0 {
		return nil
	}
	text, err := json.Marshal(o)
	if err != nil { // a list of texts always can be written
		return nil
	}
	return text
}
