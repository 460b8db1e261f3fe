package databricks

import (
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/databricks/databricks-sdk-go/service/compute"
)

// sizeFields are the alternatives of a cluster's size.
var sizeFields = []string{"num_workers", "autoscale"}

// The limits of one cluster.
const (
	maxCustomTags    = 45
	maxSSHPublicKeys = 10
	maxInitScripts   = 10
)

// sparkVersion is the form of a runtime's key. Aliases such as auto:latest-lts are for policies, and pass as well.
var sparkVersion = regexp.MustCompile(`^(\d+\.\d+\.x-([a-z0-9]+-)*scala2\.\d+|auto:.+|custom:.+)$`)

// complete makes of a spec what the vendor makes of it: the policy's values, then a check, then the fields that the
// server fills in itself. The spec stays as it was asked for.
func (f *Fake) complete(spec map[string]any, caller string) (attributes map[string]any, err error) {
	attributes = cloneObject(spec)
	delete(attributes, "apply_policy_default_values") // told in the spec alone
	if err := f.applyPolicy(attributes, spec["apply_policy_default_values"] == true); err != nil {
		return nil, err
	}
	if err := check(attributes); err != nil {
		return nil, err
	}
	fill(attributes, caller)
	return attributes, nil
}

// check refuses what the types of the request let through.
func check(attributes map[string]any) error {
	version, _ := attributes["spark_version"].(string)
	if version == "" {
		return missingField("spark_version")
	}
	if !sparkVersion.MatchString(version) {
		return invalidParameter("Invalid spark version %s.", version)
	}
	if err := checkSize(attributes); err != nil {
		return err
	}
	if minutes, _ := attributes["autotermination_minutes"].(float64); minutes != 0 && (minutes < 10 || minutes > 10000) {
		return invalidParameter("Invalid autotermination_minutes %v: it must be 0, or between 10 and 10000.", minutes)
	}
	for field, most := range map[string]int{"custom_tags": maxCustomTags, "ssh_public_keys": maxSSHPublicKeys, "init_scripts": maxInitScripts} {
		if given := length(attributes[field]); given > most {
			return invalidParameter("Too many %s: %d, at most %d are allowed.", field, given, most)
		}
	}
	return nil
}

// checkSize wants one of num_workers, autoscale and is_single_node; no workers at all is for single-node clusters.
func checkSize(attributes map[string]any) error {
	for _, field := range []string{"is_single_node", "use_ml_runtime"} {
		if attributes[field] == true && attributes["kind"] != string(compute.KindClassicPreview) {
			return invalidParameter("%s can only be used with kind = %s.", field, compute.KindClassicPreview)
		}
	}
	if attributes["is_single_node"] == true {
		return nil
	}
	if scale, given := attributes["autoscale"].(map[string]any); given {
		least, _ := scale["min_workers"].(float64)
		most, _ := scale["max_workers"].(float64)
		if least < 0 || most < 1 || least > most {
			return invalidParameter("Invalid autoscale: min_workers %v, max_workers %v.", least, most)
		}
		return nil
	}
	workers, given := attributes["num_workers"].(float64)
	if !given {
		return missingField("size")
	}
	if workers < 0 {
		return invalidParameter("Invalid num_workers %v.", workers)
	}
	if workers == 0 && !isSingleNode(attributes) {
		return invalidParameter("NumWorkers could be 0 only for SingleNode clusters.")
	}
	return nil
}

// The three marks of a single-node cluster. Without kind a client sets them itself; is_single_node sets them all.
const (
	singleNodeTag     = "ResourceClass"
	singleNodeProfile = "spark.databricks.cluster.profile"
	singleNodeMaster  = "spark.master"
)

func isSingleNode(attributes map[string]any) bool {
	tags, _ := attributes["custom_tags"].(map[string]any)
	conf, _ := attributes["spark_conf"].(map[string]any)
	master, _ := conf[singleNodeMaster].(string)
	return tags[singleNodeTag] == "SingleNode" && conf[singleNodeProfile] == "singleNode" && strings.HasPrefix(master, "local[*")
}

// fill adds what the server adds to a legal spec.
func fill(attributes map[string]any, caller string) {
	if attributes["is_single_node"] == true {
		delete(attributes, "autoscale")
		attributes["num_workers"] = 0.0
		merge(attributes, "custom_tags", map[string]any{singleNodeTag: "SingleNode"})
		merge(attributes, "spark_conf", map[string]any{singleNodeProfile: "singleNode", singleNodeMaster: "local[*]"})
	}
	mode, _ := attributes["data_security_mode"].(string)
	mode = accessMode(mode, attributes)
	attributes["data_security_mode"] = mode
	if mode == string(compute.DataSecurityModeSingleUser) {
		byDefault(attributes, "single_user_name", caller) // a cluster for nobody in particular is the caller's own
	}
	byDefault(attributes, "cluster_name", "")
	byDefault(attributes, "autotermination_minutes", 0.0)
	byDefault(attributes, "enable_elastic_disk", true)
	byDefault(attributes, "enable_local_disk_encryption", false)
	if pool, given := attributes["instance_pool_id"]; given {
		byDefault(attributes, "driver_instance_pool_id", pool)
	} else {
		byDefault(attributes, "node_type_id", defaultNodeType)
		byDefault(attributes, "driver_node_type_id", attributes["node_type_id"])
	}
	if attributes["azure_attributes"] == nil && attributes["gcp_attributes"] == nil {
		given, _ := attributes["aws_attributes"].(map[string]any)
		aws := map[string]any{"zone_id": "auto", "availability": string(compute.AwsAvailabilitySpotWithFallback), "first_on_demand": 1.0}
		maps.Copy(aws, given)
		attributes["aws_attributes"] = aws
	}
}

// accessMode is the name that the API shows on top: the old one, also for what was asked for by its new name.
func accessMode(asked string, attributes map[string]any) string {
	switch compute.DataSecurityMode(asked) {
	case compute.DataSecurityModeDataSecurityModeDedicated:
		return string(compute.DataSecurityModeSingleUser)
	case compute.DataSecurityModeDataSecurityModeStandard:
		return string(compute.DataSecurityModeUserIsolation)
	case compute.DataSecurityModeDataSecurityModeAuto, "":
		// The vendor chooses, from the kind of the cluster; the older API chooses nothing.
		switch {
		case attributes["is_single_node"] == true, text(attributes["single_user_name"]) != "":
			return string(compute.DataSecurityModeSingleUser)
		case asked != "" || attributes["kind"] != nil:
			return string(compute.DataSecurityModeUserIsolation)
		default:
			return string(compute.DataSecurityModeNone)
		}
	default:
		return asked
	}
}

// byDefault sets a field that is absent or empty.
func byDefault(attributes map[string]any, field string, value any) {
	if have, given := attributes[field]; !given || have == "" {
		attributes[field] = value
	}
}

// merge adds entries to a field that is a map.
func merge(attributes map[string]any, field string, entries map[string]any) {
	have, _ := attributes[field].(map[string]any)
	merged := maps.Clone(have)
	if merged == nil {
		merged = map[string]any{}
	}
	maps.Copy(merged, entries)
	attributes[field] = merged
}

func length(value any) int {
	switch v := value.(type) {
	case map[string]any:
		return len(v)
	case []any:
		return len(v)
	default:
		return 0
	}
}

func text(value any) string {
	s, _ := value.(string)
	return s
}

// isMapField reports whether an attribute is a map, whose keys may hold dots.
func isMapField(name string) bool {
	return slices.Contains([]string{"custom_tags", "spark_conf", "spark_env_vars"}, name)
}
