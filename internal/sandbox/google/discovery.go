package google

import (
	"encoding/json"
	"fmt"
	"strings"
	"sync"

	"github.com/data-access/terraform-provider-provisioner/internal/tools/discovery"
)

// served are the descriptions that the fake serves, by their folder in the module.
var served = []string{"notebooks/v1", "notebooks/v2", "dataproc/v1", "cloudresourcemanager/v1", "iam/v1"}

// document is one API in one version, as Google describes it.
type document struct {
	Name       string
	Version    string
	Parameters map[string]*parameter // the system parameters, which every method takes
	Schemas    map[string]*schema
	Resources  map[string]*resource

	paths *branch
}

type resource struct {
	Methods   map[string]*method
	Resources map[string]*resource
}

type method struct {
	ID         string
	Path       string
	HTTPMethod string
	Parameters map[string]*parameter
	Request    *schema

	doc *document
	key string // the ID with the version in it: notebooks.v2.projects.locations.instances.get
}

type parameter struct {
	Description string
	Location    string
	Pattern     string
	Type        string
	Format      string
	Enum        []string
	Required    bool
	Repeated    bool
}

type schema struct {
	Ref                  string `json:"$ref"`
	ID                   string
	Type                 string
	Format               string
	Description          string
	Enum                 []string
	ReadOnly             bool
	Properties           map[string]*schema
	Items                *schema
	AdditionalProperties *schema
}

// documents are the descriptions of this build's own client module, read once in a process.
var documents = sync.OnceValues(loadDocuments)

func loadDocuments() (map[string]*document, error) {
	loaded := map[string]*document{}
	for _, api := range served {
		text, err := discovery.Read(api)
		if err != nil {
			return nil, err
		}
		d := &document{paths: newBranch()}
		if err := json.Unmarshal(text, d); err != nil {
			return nil, fmt.Errorf("read the description of %s: %w", api, err)
		}
		d.index(d.Resources)
		loaded[api] = d
	}
	return loaded, nil
}

// index puts every method at its path.
func (d *document) index(resources map[string]*resource) {
	for _, r := range resources {
		for _, m := range r.Methods {
			m.doc = d
			m.key = d.Name + "." + d.Version + strings.TrimPrefix(m.ID, d.Name)
			d.paths.add(m)
		}
		d.index(r.Resources)
	}
}

// resolve follows a reference to a named schema.
func (d *document) resolve(s *schema) *schema {
	if s.Ref != "" {
		return d.Schemas[s.Ref]
	}
	return s
}

// required reports whether a description says so; the documents have no other mark for bodies and queries.
func required(description string) bool {
	return strings.HasPrefix(strings.ToLower(description), "required")
}
