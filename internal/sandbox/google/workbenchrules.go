package google

import (
	"fmt"
	"slices"
	"strings"
)

const maxDiskGB = 64000

// googleImages are the projects whose images are Google's own, and the beginnings of its container images.
var (
	googleImages     = []string{"cloud-notebooks-managed", "deeplearning-platform-release"}
	googleContainers = []string{"gcr.io/deeplearning-platform-release/", "us-docker.pkg.dev/deeplearning-platform-release/"}
)

// reservedKeys are the metadata keys that belong to the server.
var reservedKeys = strings.Fields(`
	agent-health-check-interval-seconds agent-health-check-path container cos-update-strategy custom-container-image
	custom-container-payload data-disk-uri dataproc-allow-custom-clusters dataproc-cluster-name dataproc-configs
	dataproc-default-subnet dataproc-locations-list dataproc-machine-types-list dataproc-notebooks-url dataproc-region
	dataproc-service-account disable-check-xsrf disable-swap-binaries enable-euc enable-oslogin euc-enabled framework
	generate-diagnostics-bucket generate-diagnostics-file generate-diagnostics-options google-logging-enabled image-url
	installed-extensions instance-region last_updated_diagnostics new-proxy-agent-enabled notebooks-api
	notebooks-api-version notebooks-examples-location notebooks-location proxy-backend-id proxy-byoid-url proxy-mode
	proxy-registration-url proxy-status proxy-url proxy-user-mail report-container-health report-event-url
	report-system-health report-system-status resource-url restriction service-account-mode shutdown-script title
	use-collaborative user-data version version-description`)

// reservedWithEUC are further ones where the owner's credentials are on the machine: nobody else may get in. The two
// startup scripts are refused at once.
var reservedWithEUC = strings.Fields(`
	disable-ssh ssh-keys block-project-ssh-keys gce-container-declaration gce-software-declaration serial-port-enable`)

var startupScripts = []string{"startup-script", "startup-script-url"}

// Keys that count at the creation only.
var (
	createOnlyKeys        = []string{"install-monitoring-agent", "install-nvidia-driver", "serial-port-logging-enable", "report-notebook-metrics"}
	createOnlyKeysWithEUC = []string{"post-startup-script", "post-startup-script-behavior"}
)

// checkWorkbench refuses what the schema lets through.
func checkWorkbench(body fields, projectNumber string) error {
	owners := texts(body["instanceOwners"])
	if len(owners) > 1 {
		return invalid("Only one instance owner is supported, got %d.", len(owners))
	}
	for _, owner := range owners {
		if !emailForm.MatchString(owner) {
			return invalid("Invalid instance owner %q: the format is alias@example.com.", owner)
		}
	}
	if err := checkLabels(body["labels"], 64); err != nil {
		return err
	}
	setup, _ := body["gceSetup"].(fields)
	for field, what := range map[string]string{"dataDisks": "data disk", "networkInterfaces": "network interface", "serviceAccounts": "service account", "acceleratorConfigs": "accelerator config"} {
		if list, _ := setup[field].([]any); len(list) > 1 {
			return invalid("Only one %s is supported, got %d.", what, len(list))
		}
	}
	if setup["vmImage"] != nil && setup["containerImage"] != nil {
		return invalid("Only one of vm_image and container_image may be specified.")
	}
	for _, disk := range []any{setup["bootDisk"], setup["dataDisks"]} {
		if err := checkDisk(disk); err != nil {
			return err
		}
	}
	if script := text(look(setup, "metadata", "post-startup-script")); script != "" && !strings.HasPrefix(script, "gs://") {
		return invalid("Invalid post-startup-script %q: it must be a Cloud Storage path (gs://).", script)
	}
	return checkEUC(body, setup, projectNumber)
}

func checkDisk(disk any) error {
	if size := number(look(disk, "diskSizeGb")); size < 0 || size > maxDiskGB {
		return invalid("Invalid disk_size_gb %d: it must be at most %d.", size, maxDiskGB)
	}
	if text(look(disk, "diskEncryption")) == "CMEK" && text(look(disk, "kmsKey")) == "" {
		return invalid("kms_key must be specified when disk_encryption is CMEK.")
	}
	return nil
}

// checkEUC is about what managed end-user credentials exclude.
func checkEUC(body, setup fields, projectNumber string) error {
	if body["enableManagedEuc"] != true {
		return nil
	}
	account, own := text(look(setup["serviceAccounts"], "email")), eucAccount(projectNumber)
	repository := text(look(setup, "containerImage", "repository"))
	image := text(look(setup, "vmImage", "project"))
	switch {
	case body["enableThirdPartyIdentity"] == true:
		return invalid("enable_managed_euc and enable_third_party_identity cannot both be true.")
	case len(texts(body["instanceOwners"])) == 0:
		return invalid("Managed end user credentials need exactly one instance owner.")
	case account != "" && account != own:
		return invalid("A custom service account %q cannot be used with managed end user credentials: the instance runs as %s.", account, own)
	case image != "" && !slices.Contains(googleImages, image),
		repository != "" && !slices.ContainsFunc(googleContainers, func(prefix string) bool { return strings.HasPrefix(repository, prefix) }):
		return invalid("Only images provided by Google can be used with managed end user credentials.")
	}
	for _, script := range startupScripts {
		if look(setup, "metadata", script) != nil {
			return invalid("The metadata key %q cannot be used with managed end user credentials.", script)
		}
	}
	return nil
}

// protectedKey is how an operation fails whose metadata has a key of the server's own.
func protectedKey(instance fields, metadata any) *rpcError {
	given, _ := metadata.(fields)
	for _, key := range sortedKeys(given) {
		if slices.Contains(reservedKeys, key) || instance["enableManagedEuc"] == true && slices.Contains(reservedWithEUC, key) {
			return &rpcError{Code: codeInvalidArgument, Message: fmt.Sprintf("metadata key %q is protected by Workbench Notebooks", key)}
		}
	}
	return nil
}

// frozenKey is how a patch fails that changes metadata which counts at the creation only.
func frozenKey(instance, metadata fields) *rpcError {
	frozen := createOnlyKeys
	if instance["enableManagedEuc"] == true {
		frozen = slices.Concat(createOnlyKeys, createOnlyKeysWithEUC)
	}
	for _, key := range frozen {
		if value, given := metadata[key]; given && text(value) != text(look(instance, "gceSetup", "metadata", key)) {
			return &rpcError{Code: codeInvalidArgument, Message: fmt.Sprintf("metadata key %q can only be set at instance creation", key)}
		}
	}
	return nil
}
