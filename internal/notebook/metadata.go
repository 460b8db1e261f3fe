package notebook

import (
	"maps"
	"slices"
	"strings"
)

// Metadata keys of people that have rules.
const (
	keyGuest    = "enable-guest-attributes"
	keyStartup  = "post-startup-script"
	keyBehavior = "post-startup-script-behavior"
)

// typedKeys are keys that an attribute sets.
var typedKeys = map[string]string{keyIdle: "idle_shutdown_minutes"}

// alternatives say what to do instead of setting a reserved key.
var alternatives = map[string]string{
	"proxy-user-mail":      "The owner is user_email.",
	"proxy-mode":           "The owner is user_email.",
	"service-account-mode": "Who data is read as is identity.",
	"euc-enabled":          "Who data is read as is identity.",
	"enable-euc":           "Who data is read as is identity.",
	"image-url":            "What it boots from is image.",
	"data-disk-uri":        "Its disk is data_disk.",
	"instance-region":      "Where it is, is location.",
	"notebooks-location":   "Where it is, is location.",
	"shutdown-script":      "For idleness, set idle_shutdown_minutes.",
	"user-data":            "To prepare the machine, set the metadata key post-startup-script.",
	"use-collaborative":    "A personal notebook has one owner.",
}

// reserved are the keys that belong to the server in Notebooks v2. Google adds to them: only declared keys are ever
// compared, so this list need not be whole.
var reserved = strings.Fields(`
	agent-health-check-interval-seconds agent-health-check-path container cos-update-strategy
	custom-container-image custom-container-payload data-disk-uri
	dataproc-allow-custom-clusters dataproc-cluster-name dataproc-configs dataproc-default-subnet dataproc-locations-list
	dataproc-machine-types-list dataproc-notebooks-url dataproc-region dataproc-service-account
	disable-check-xsrf disable-swap-binaries enable-euc enable-oslogin euc-enabled framework
	generate-diagnostics-bucket generate-diagnostics-file generate-diagnostics-options
	google-logging-enabled image-url installed-extensions instance-region last_updated_diagnostics new-proxy-agent-enabled
	notebooks-api notebooks-api-version notebooks-examples-location notebooks-location
	proxy-backend-id proxy-byoid-url proxy-mode proxy-registration-url proxy-status proxy-url proxy-user-mail
	report-container-health report-event-url report-system-health report-system-status
	resource-url restriction service-account-mode shutdown-script title use-collaborative user-data version version-description`)

// eucReserved are reserved beside those in a notebook with end-user credentials.
var eucReserved = strings.Fields(`
	disable-ssh ssh-keys block-project-ssh-keys startup-script startup-script-url
	gce-container-declaration gce-software-declaration serial-port-enable`)

// createOnly are the keys that Google reads when it makes a notebook, and never again.
var createOnly = strings.Fields(`install-monitoring-agent install-nvidia-driver serial-port-logging-enable report-notebook-metrics`)

// eucCreateOnly are such keys beside those in a notebook with end-user credentials.
var eucCreateOnly = []string{keyStartup, keyBehavior}

// isFrozen reports whether Google reads a key only when it makes a notebook of an identity.
func isFrozen(key string, identity Identity) bool {
	return slices.Contains(createOnly, key) || (identity != AsServiceAccount && slices.Contains(eucCreateOnly, key))
}

func isReserved(key string) bool { return slices.Contains(reserved, key) }

func sortedKeys(m map[string]string) []string { return slices.Sorted(maps.Keys(m)) }
