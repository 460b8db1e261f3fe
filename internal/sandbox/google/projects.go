package google

import "encoding/json"

func (p *project) tell() fields {
	return fields{
		"projectId":      p.id,
		"projectNumber":  p.number,
		"name":           p.id,
		"lifecycleState": "ACTIVE",
		"createTime":     timestamp(p.created),
	}
}

func (f *Fake) getProject(c *call) (any, error) { return f.projects[c.project()].tell(), nil }

// listProjects tells all of them on one page: there are never many.
func (f *Fake) listProjects(*call) (any, error) {
	p := &page{field: "projects"}
	for _, id := range sortedKeys(f.projects) {
		document, err := json.Marshal(f.projects[id].tell())
		if err != nil {
			return nil, err
		}
		p.items = append(p.items, document)
	}
	return p, nil
}
