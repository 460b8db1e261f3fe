package notebook

import "strings"

// parentOf is the path of a location.
func parentOf(project, location string) string {
	return "projects/" + project + "/locations/" + location
}

// lastPart is a machine type or another name without its path.
func lastPart(path string) string { return path[strings.LastIndex(path, "/")+1:] }

// networkPath is a network as Notebooks takes it: a name becomes the path of that network in the project, and an
// address of Compute loses its host, so that both spellings compare equal.
func networkPath(project, network string) string {
	return fullPath(network, "projects/"+project+"/global/networks/")
}

// subnetPath is the same for a subnetwork; a name is one of the region.
func subnetPath(project, region, subnet string) string {
	return fullPath(subnet, "projects/"+project+"/regions/"+region+"/subnetworks/")
}

func fullPath(given, folder string) string {
	if given == "" {
		return ""
	}
	if at := strings.Index(given, "projects/"); at >= 0 {
		return given[at:]
	}
	return folder + lastPart(given)
}

// address is a proxy's name as people open it.
func address(proxy string) string {
	if proxy == "" || strings.Contains(proxy, "://") {
		return proxy
	}
	return "https://" + proxy
}

// added are the tags that Google adds to every notebook's machine.
var added = map[string]bool{"deeplearning-vm": true, "notebook-instance": true}

// ownTags are the tags of the configuration among those that a machine has.
func ownTags(tags []string) (own []string) {
	for _, tag := range tags {
		if !added[tag] {
			own = append(own, tag)
		}
	}
	return own
}
