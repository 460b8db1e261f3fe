package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// A tree is a folder of HCL: one call of a small module for each person of a roster. Ours and the floor differ in the
// resources of that module and in nothing else.
type tree struct {
	dir     string
	environ []string
}

const roster = `
module "person" {
  source   = "./person"
  for_each = jsondecode(file("${path.module}/people.json"))

  email    = each.value
  settings = file("${path.module}/settings")
}
`

const inputs = `
variable "email" {
  type = string
}

variable "settings" {
  type = string
}
`

const required = `
terraform {
  required_providers {
    provisioner = {
      source = "data-access/provisioner"
    }
  }
}
`

// source is the text of a tree.
type source struct{ root, person, settings string }

func (f *floor) source() source { return source{roster, f.person, f.settings} }

// source of everybody's, with a module for one person.
func (k *kind) source(person string, limited bool) source {
	return source{required + k.provider(limited) + roster, person, k.settings}
}

func plant(dir string, from source, people int) (tree, error) {
	emails := map[string]string{}
	for i := range people {
		emails[fmt.Sprintf("person-%04d", i+1)] = fmt.Sprintf("person-%04d@example.com", i+1)
	}
	list, err := json.Marshal(emails)
	if err != nil {
		return tree{}, err
	}
	err = os.MkdirAll(filepath.Join(dir, "person"), 0o755)
	for name, text := range map[string]string{
		"main.tf": from.root, "person/main.tf": from.person, "people.json": string(list), "settings": from.settings,
	} {
		err = errors.Join(err, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600))
	}
	return tree{dir: dir}, err
}

// forget makes the next apply the first one again.
func (t tree) forget() error {
	for _, name := range []string{"terraform.tfstate", "terraform.tfstate.backup"} {
		if err := os.Remove(filepath.Join(t.dir, name)); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
	}
	return nil
}
