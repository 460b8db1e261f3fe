package storage

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"sync"

	"github.com/data-access/terraform-provider-provisioner/internal/tools/discovery"
)

// description is Google's own machine-readable description of the API: its methods, parameters and bodies.
type description struct {
	Parameters map[string]*schema `json:"parameters"` // of every method
	Schemas    map[string]*schema `json:"schemas"`
	Resources  resources          `json:"resources"`

	methods map[string]*method // by id
}

type resources map[string]struct {
	Methods   map[string]*method `json:"methods"`
	Resources resources          `json:"resources"`
}

// method is one call, such as storage.objects.get.
type method struct {
	ID         string             `json:"id"`
	HTTPMethod string             `json:"httpMethod"`
	Path       string             `json:"path"` // below /storage/v1/, such as b/{bucket}/o/{object}
	Parameters map[string]*schema `json:"parameters"`
	Request    *schema            `json:"request"`

	segments []string
}

// describe reads the description once for all fakes of a process.
var describe = sync.OnceValues(func() (*description, error) {
	text, err := discovery.Read("storage/v1")
	if err != nil {
		return nil, err
	}
	d := &description{methods: map[string]*method{}}
	if err := json.Unmarshal(text, d); err != nil {
		return nil, fmt.Errorf("read Google's description of Cloud Storage: %w", err)
	}
	d.index(d.Resources)
	return d, nil
})

func (d *description) index(all resources) {
	for _, r := range all {
		for _, m := range r.Methods {
			m.segments = strings.Split(m.Path, "/")
			d.methods[m.ID] = m
		}
		d.index(r.Resources)
	}
}

// find is the method of a request, and what its path says. An object's name is one segment: its slashes are escaped.
func (d *description) find(httpMethod string, segments []string) (*method, map[string]string) {
	for _, m := range d.methods {
		if m.HTTPMethod != httpMethod || len(m.segments) != len(segments) {
			continue
		}
		if names, ok := m.match(segments); ok {
			return m, names
		}
	}
	return nil, nil
}

func (m *method) match(segments []string) (map[string]string, bool) {
	names := map[string]string{}
	for i, want := range m.segments {
		got, err := url.PathUnescape(segments[i])
		name, variable := strings.CutPrefix(want, "{")
		switch {
		case err != nil || got == "":
			return nil, false
		case variable:
			names[strings.TrimSuffix(name, "}")] = got
		case got != want:
			return nil, false
		}
	}
	return names, true
}
