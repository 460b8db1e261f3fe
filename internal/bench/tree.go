package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// A tree is a folder of HCL: one call of a small module for each person of a roster. Ours and the floor differ in the
// one resource of that module and in nothing else.
type tree struct {
	dir     string
	environ []string
}

// unlimited is a rate that nothing here reaches.
const unlimited = 1_000_000

// settings is the shared settings file: a clusters/create body and one library.
const settings = `{
  "spark_version": "16.4.x-scala2.12",
  "node_type_id": "i3.xlarge",
  "num_workers": 1,
  "data_security_mode": "SINGLE_USER",
  "autotermination_minutes": 30,
  "spark_conf": {"spark.databricks.delta.preview.enabled": "true"},
  "custom_tags": {"cost-center": "data-access"},
  "libraries": [{"pypi": {"package": "geopandas==1.0.1"}}]
}
`

const roster = `
module "person" {
  source   = "./person"
  for_each = jsondecode(file("${path.module}/people.json"))

  email    = each.value
  settings = file("${path.module}/settings.json")
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

const floorPerson = inputs + `
resource "terraform_data" "cluster" {
  input = jsonencode({ user_email = var.email, defaults_json = var.settings })
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

// ourPerson has no notification: Slack is not counted.
func ourPerson(warmUp bool) string {
	return required + inputs + fmt.Sprintf(`
resource "provisioner_single_user_cluster" "cluster" {
  user_email    = var.email
  defaults_json = var.settings
  warm_up       = %t
}
`, warmUp)
}

// ourRoot calls as fast as it can, or as the vendor's published limits have it.
func ourRoot(limited bool) string {
	provider := "\nprovider \"provisioner\" {}\n"
	if !limited {
		provider = fmt.Sprintf("\nprovider \"provisioner\" {\n  databricks = { rate_limit_per_second = %d }\n}\n", unlimited)
	}
	return required + provider + roster
}

func plant(dir, root, person string, people int) (tree, error) {
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
		"main.tf": root, "person/main.tf": person, "people.json": string(list), "settings.json": settings,
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
