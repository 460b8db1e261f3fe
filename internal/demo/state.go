package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
)

func stateFile() string { return filepath.Join(root, "terraform.tfstate") }

// inState is what a file of Terraform's state has of the resources of a type.
func inState[T any](path, kind string) (all []T, err error) {
	document, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var state struct {
		Resources []struct {
			Type      string `json:"type"`
			Instances []struct {
				Attributes json.RawMessage `json:"attributes"`
			} `json:"instances"`
		} `json:"resources"`
	}
	if err := json.Unmarshal(document, &state); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	for _, resource := range state.Resources {
		if resource.Type != kind {
			continue
		}
		for _, instance := range resource.Instances {
			var has T
			if err := json.Unmarshal(instance.Attributes, &has); err != nil {
				return nil, fmt.Errorf("%s: %w", path, err)
			}
			all = append(all, has)
		}
	}
	return all, nil
}
