package provider

import (
	"math/big"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/data-access/terraform-provider-provisioner/internal/notebook"
)

// notebookIsSettled: a plan changes a notebook that Terraform proposes as it is only to finish it, to bring it to the
// state that is wanted, to take away keys that are declared no more, or to go back to the default of what is
// configured no more. The environments and the identity that a plan warns of are left to the framework.
func notebookIsSettled(_ *clouds, prior, config map[string]tftypes.Value) bool {
	state := textOf(prior["state"])
	environment := notebook.Environment(textOf(prior["environment"]))
	switch {
	case environment != notebook.Workbench, textOf(prior["identity"]) != string(notebook.AsUser):
		return false
	case unfinishedNotebook(textOf(prior["outcome"]), state), isElsewhere(textOf(prior["desired_state"]), state):
		return false
	case config["machine_type"].IsNull() && textOf(prior["machine_type"]) != defaultMachineTypes[environment]:
		return false
	case config["idle_shutdown_minutes"].IsNull() && !prior["idle_shutdown_minutes"].Equal(tftypes.NewValue(tftypes.Number, big.NewFloat(notebookIdleMinutes))):
		return false
	}
	for _, keys := range []string{"labels", "metadata"} {
		if config[keys].IsNull() && !prior[keys].IsNull() {
			return false
		}
	}
	for _, flag := range notebookFlags {
		if config[flag].IsNull() && !prior[flag].Equal(tftypes.NewValue(tftypes.Bool, false)) {
			return false
		}
	}
	for attribute, value := range notebookDefaults {
		if config[attribute].IsNull() && textOf(prior[attribute]) != value {
			return false
		}
	}
	return true
}
