package main

import (
	"fmt"

	"gopkg.in/yaml.v3"
)

// relabel gives the first label of a person's notebook another value.
func relabel(document []byte, email, value string) (changed []byte, label string, line edit, err error) {
	labels, err := find(document, email, "personal_notebook", "labels")
	if err != nil {
		return nil, "", edit{}, err
	}
	if labels.Kind != yaml.MappingNode || len(labels.Content) == 0 {
		return nil, "", edit{}, fmt.Errorf("the notebook of %s has no label on the roster", email)
	}
	label = labels.Content[0].Value
	changed, line, err = reword(document, email, value, "personal_notebook", "labels", label)
	return changed, label, line, err
}

// idler is the first person whose notebook has a label on the roster; "" when there is none.
func idler(document []byte, people []entry) string {
	for _, e := range people {
		if _, _, _, err := relabel(document, e.email, "x"); err == nil {
			return e.email
		}
	}
	return ""
}
