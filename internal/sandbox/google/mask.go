package google

import (
	"slices"
	"strings"
)

// mask is a google.protobuf.FieldMask: paths in JSON's spelling, each split at its dots.
type mask [][]string

// The paths that each patch takes, in the spelling of its description.
var (
	workbenchPaths = []string{
		"labels",
		"gce_setup.min_cpu_platform",
		"gce_setup.metadata",
		"gce_setup.machine_type",
		"gce_setup.accelerator_configs",
		"gce_setup.accelerator_configs.type",
		"gce_setup.accelerator_configs.core_count",
		"gce_setup.gpu_driver_config",
		"gce_setup.gpu_driver_config.enable_gpu_driver",
		"gce_setup.gpu_driver_config.custom_gpu_driver_path",
		"gce_setup.shielded_instance_config",
		"gce_setup.shielded_instance_config.enable_secure_boot",
		"gce_setup.shielded_instance_config.enable_vtpm",
		"gce_setup.shielded_instance_config.enable_integrity_monitoring",
		"gce_setup.reservation_affinity",
		"gce_setup.reservation_affinity.consume_reservation_type",
		"gce_setup.reservation_affinity.key",
		"gce_setup.reservation_affinity.values",
		"gce_setup.tags",
		"gce_setup.container_image",
		"gce_setup.container_image.repository",
		"gce_setup.container_image.tag",
		"gce_setup.disable_public_ip",
		"disable_proxy_access",
	}
	runtimePaths = []string{
		"software_config.kernels",
		"software_config.post_startup_script",
		"software_config.custom_gpu_driver_path",
		"software_config.idle_shutdown",
		"software_config.idle_shutdown_timeout",
		"software_config.disable_terminal",
		"labels",
	}
	clusterPaths = []string{
		"labels",
		"config.worker_config.num_instances",
		"config.secondary_worker_config.num_instances",
		"config.autoscaling_config.policy_uri",
	}
)

// The paths that existing clients send with success although no description lists them.
var (
	unlistedWorkbenchPaths = []string{"enable_deletion_protection", "gce_setup.data_disks.resource_policies"}
	unlistedClusterPaths   = []string{
		"config.lifecycle_config",
		"config.lifecycle_config.idle_delete_ttl", "config.lifecycle_config.auto_delete_ttl", "config.lifecycle_config.auto_delete_time",
		"config.lifecycle_config.idle_stop_ttl", "config.lifecycle_config.auto_stop_ttl", "config.lifecycle_config.auto_stop_time",
	}
)

// readMask reads a mask in either spelling. Every path must lead to a field, and be one that may be changed.
func (m *method) readMask(given string, listed, unlisted []string) (mask, error) {
	var read mask
	for path := range strings.SplitSeq(given, ",") {
		path = strings.TrimSpace(path)
		steps := strings.Split(path, ".")
		for i := range steps {
			steps[i] = camel(steps[i])
		}
		if !m.doc.leads(m.Request, steps) {
			return nil, invalid("Invalid field mask: there is no field %q.", path)
		}
		spelled := snake(strings.Join(steps, "."))
		if !slices.Contains(listed, spelled) && !slices.Contains(unlisted, spelled) {
			return nil, invalid("Invalid update mask: the field %q cannot be updated. Updatable fields: %s.", path, strings.Join(listed, ", "))
		}
		read = append(read, steps)
	}
	return read, nil
}

// leads reports whether a path leads to a field. It goes through lists, as the published paths do.
func (d *document) leads(s *schema, steps []string) bool {
	for _, step := range steps {
		s = d.resolve(s)
		if s.Type == "array" {
			s = d.resolve(s.Items)
		}
		if _, s = s.property(step); s == nil {
			return false
		}
	}
	return true
}

// has reports whether the mask has a path, or one below or above it.
func (m mask) has(steps ...string) bool {
	return slices.ContainsFunc(m, func(path []string) bool {
		common := min(len(path), len(steps))
		return slices.Equal(path[:common], steps[:common])
	})
}

// apply copies what the mask names from body into object. What the body lacks is cleared.
func (m mask) apply(object, body fields) {
	for _, path := range m {
		copyPath(object, body, path)
	}
}

func copyPath(into, from fields, path []string) {
	name := path[0]
	if len(path) == 1 {
		if value, given := from[name]; given {
			into[name] = cloneValue(value)
		} else {
			delete(into, name)
		}
		return
	}
	source, target := firstObject(from[name]), firstObject(into[name])
	if target == nil {
		if source == nil {
			return // nothing to copy into nothing
		}
		target = fields{}
		into[name] = target
		if _, isList := from[name].([]any); isList {
			into[name] = []any{target}
		}
	}
	copyPath(target, source, path[1:])
}

// firstObject is an object, or the first one of a list.
func firstObject(value any) fields {
	if items := list(value); len(items) > 0 {
		value = items[0]
	}
	object, _ := value.(fields)
	return object
}
