package template

import (
	"strings"
)

// personal is what personal authentication excludes. The vendor says so when the cluster is made, which is long after
// the file was.
func (j *judge) personal() {
	j.machineImages()
	j.metadata()
	j.never(at("config", "securityConfig", "identityConfig"), "it maps people to service accounts, so that nobody is themselves; leave it out")
	for _, key := range []string{"idleStopTtl", "autoStopTtl", "autoStopTime"} {
		j.never(at("config", "lifecycleConfig", key), "such a cluster cannot be stopped, only deleted; write idleDeleteTtl instead")
	}
	kerberos := at("config", "securityConfig", "kerberosConfig", "enableKerberos")
	if v := j.root.at(kerberos...); v != nil && v.scalar == false {
		j.warn(kerberos, "personal authentication switches Kerberos on by itself; leave enableKerberos out")
	}
	if actions := at("config", "initializationActions"); j.root.at(actions...) != nil {
		j.warn(actions, "that initialization actions run together with personal authentication is not sure: Google rules out startup scripts; try one cluster before people rely on it")
	}
}

// never refuses what is there at all.
func (j *judge) never(path []string, why string) {
	if j.root.at(path...) != nil {
		j.refuse(path, "%s and personal authentication exclude each other: %s", path[len(path)-1], why)
	}
}

// machineImages: a custom image on any group of machines.
func (j *judge) machineImages() {
	j.root.at("config").each(func(v *value) {
		if strings.HasSuffix(v.path, ".imageUri") {
			j.problems = append(j.problems, Problem{Line: v.line, Path: v.path, Message: "imageUri and personal authentication exclude each other: it works on Google's own images only; leave imageUri out, and choose by imageVersion"})
		}
	})
}

// each is walk for what may be missing.
func (v *value) each(see func(*value)) {
	if v != nil {
		v.walk(see)
	}
}

func (j *judge) metadata() {
	metadata := j.root.at("config", "gceClusterConfig", "metadata")
	if metadata == nil {
		return
	}
	for key, v := range metadata.fields {
		path := at("config", "gceClusterConfig", "metadata", key)
		switch strings.ToLower(key) {
		case "startup-script", "startup-script-url":
			j.refuse(path, "%s and personal authentication exclude each other: no startup script may run on such a machine; leave it out", key)
		case "enable-guest-attributes":
			if !strings.EqualFold(v.text(), "true") && v.text() != "1" {
				j.refuse(path, `%s is %q, and personal authentication hands its keys over by guest attributes; write "true", or leave it out`, key, v.text())
			}
		}
	}
}
