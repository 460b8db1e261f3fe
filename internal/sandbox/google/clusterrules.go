package google

import (
	"regexp"
	"slices"
	"strings"
	"time"
)

// personalAuth is the property that makes a cluster one person's own.
const personalAuth = "dataproc:dataproc.personal-auth.user"

// The images that clusters can still be made from, with the patch that each stands for today.
var (
	supportedImages = map[string]string{"2.1": "2.1.98", "2.2": "2.2.62", "2.3": "2.3.11", "3.0": "3.0.2"}
	imageForm       = regexp.MustCompile(`^(\d+\.\d+)(\.\d+)?(-RC\d+)?(-(debian|ubuntu|rocky|ml-ubuntu)\d*)?(-arm)?$`)
)

const defaultImage = "2.3-debian12"

// resolvedImage is the version that a cluster really runs: 2.2-debian12 becomes 2.2.62-debian12.
func resolvedImage(asked string) string {
	if asked == "" {
		asked = defaultImage
	}
	parts := imageForm.FindStringSubmatch(asked)
	if parts == nil || parts[2] != "" {
		return asked
	}
	return strings.Replace(asked, parts[1], supportedImages[parts[1]], 1)
}

func checkCluster(body fields) error {
	if body["config"] != nil && body["virtualClusterConfig"] != nil {
		return invalid("Exactly one of config and virtual_cluster_config must be specified.")
	}
	if err := checkLabels(body["labels"], 32); err != nil {
		return err
	}
	config, _ := body["config"].(fields)
	if err := checkSoftware(config); err != nil {
		return err
	}
	if look(config, "gceClusterConfig", "networkUri") != nil && look(config, "gceClusterConfig", "subnetworkUri") != nil {
		return invalid("network_uri cannot be specified together with subnetwork_uri.")
	}
	if n := number(look(config, "masterConfig", "numInstances")); n != 0 && n != 1 && n != 3 {
		return invalid("Invalid number of masters %d: it must be 1 or 3.", n)
	}
	if n := number(look(config, "workerConfig", "numInstances")); n == 1 && !singleNode(config) {
		return invalid("Invalid number of workers 1: a cluster has at least 2, or none.")
	}
	return checkLifecycle(config["lifecycleConfig"])
}

func checkSoftware(config fields) error {
	image := text(look(config, "softwareConfig", "imageVersion"))
	if image == "" {
		image = defaultImage
	}
	parts := imageForm.FindStringSubmatch(image)
	if parts == nil {
		return invalid("Invalid image version %q.", image)
	}
	if _, supported := supportedImages[parts[1]]; !supported {
		return invalid("Selected software image version %s can no longer be used to create new clusters. Please select a more recent image.", image)
	}
	if slices.Contains(texts(look(config, "softwareConfig", "optionalComponents")), "ANACONDA") {
		return invalid("Optional component ANACONDA is not supported by image version %s.", image)
	}
	owner := look(config, "softwareConfig", "properties", personalAuth)
	if owner != nil && !emailForm.MatchString(text(owner)) {
		return invalid("Invalid value %q of the property %s: it must be one e-mail address.", text(owner), personalAuth)
	}
	return nil
}

func singleNode(config fields) bool {
	return look(config, "softwareConfig", "properties", "dataproc:dataproc.allow.zero.workers") == "true" || config["clusterType"] == "SINGLE_NODE"
}

// checkLifecycle keeps the times of a cluster within the vendor's bounds.
func checkLifecycle(lifecycle any) error {
	const longest = 14 * 24 * time.Hour
	for field, least := range map[string]time.Duration{
		"idleDeleteTtl": 5 * time.Minute,
		"autoDeleteTtl": 10 * time.Minute,
		"idleStopTtl":   5 * time.Minute,
		"autoStopTtl":   10 * time.Minute,
	} {
		if given := look(lifecycle, field); given != nil && (seconds(given) < least || seconds(given) > longest) {
			return invalid("Invalid %s %q: it must be between %ds and %ds.", snake(field), given, int(least.Seconds()), int(longest.Seconds()))
		}
	}
	for _, pair := range [][2]string{{"autoDeleteTtl", "autoDeleteTime"}, {"autoStopTtl", "autoStopTime"}} {
		if look(lifecycle, pair[0]) != nil && look(lifecycle, pair[1]) != nil {
			return invalid("Only one of %s and %s may be specified.", snake(pair[0]), snake(pair[1]))
		}
	}
	return nil
}
