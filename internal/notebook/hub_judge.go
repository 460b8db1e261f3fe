package notebook

import (
	"fmt"
	"regexp"
	"strings"
)

// hubReserved are the metadata keys that are not the configuration's, with the remedy. Those of hubSettings are reserved
// too: the API removes no key, so one that was set differently could not be given back.
var hubReserved = map[string]string{
	keyTemplates:             "Set templates",
	keyIdle:                  "Set lifecycleConfig.idleDeleteTtl in the templates: what costs money are the clusters",
	keyProxyMail:             "The owner is user_email",
	keyProxyMode:             "The owner is user_email",
	"framework":              hubServers,
	"instance-region":        hubServers,
	"notebooks-api":          hubServers,
	"notebooks-api-version":  hubServers,
	"proxy-backend-id":       hubServers,
	"proxy-byoid-url":        hubServers,
	"proxy-registration-url": hubServers,
	"proxy-status":           hubServers,
	"proxy-url":              hubServers,
	"restriction":            hubServers,
	"shutdown-script":        hubServers,
	"title":                  hubServers,
	"version":                hubServers,
}

const (
	hubServers = "Leave it out: it is the server's, and another machine's would break this one"
	hubMakes   = "Leave it out: this provider sets what makes a machine a hub"
)

var (
	clusterForm  = regexp.MustCompile(`^[a-z]([-a-z0-9]{0,49}[a-z0-9])?$`)
	clusterOdd   = regexp.MustCompile(`[^a-zA-Z0-9=]`)
	templateForm = regexp.MustCompile(`^gs://[a-z0-9][-a-z0-9_.]*[a-z0-9]/[^,/\s][^,\s]*\.yaml$`)
)

// judge is what a hub has not, and whose clusters could not be started. A field that is not known yet has its zero value
// and is not judged.
func (p *hub) judge(w Wanted) []Problem {
	var found problems
	found.iff(w.Identity == AsServiceAccount, "identity", "A Dataproc Hub has no identity to choose",
		"Its clusters read data as the templates say, which is as the owner with personal authentication. Leave identity out; service_account is who the hub's own machine runs as.")
	found.iff(w.Accelerator != nil, "accelerator", "A Dataproc Hub has no accelerator",
		"It computes nothing. Leave accelerator out and give one to the clusters, in the templates.")
	found.iff(w.ThirdPartyIdentity, "third_party_identity", "A Dataproc Hub knows no third-party identities",
		"Its owner signs in with a Google account. Leave third_party_identity out.")
	found.iff(len(w.Templates) == 0 && w.known("templates"), "templates", "A Dataproc Hub needs a template",
		"It starts nothing but what its templates describe. Name at least one cluster file, such as the uri of a provisioner_dataproc_template.")
	for _, uri := range w.Templates {
		found.iff(!templateForm.MatchString(uri), "templates", "A template is one cluster file in Cloud Storage",
			fmt.Sprintf("%q is not of the form gs://BUCKET/FOLDER/NAME.yaml. The hub offers every file whose name begins with this text, so a folder or a part of a name would let the owner start other people's clusters; a comma would make it two.", uri))
	}
	for _, key := range sortedKeys(w.Metadata) {
		remedy, reserved := hubReserved[key]
		if _, ours := hubSettings[key]; ours {
			remedy, reserved = hubMakes, true
		}
		found.iff(reserved, "metadata", "That metadata key is not the configuration's",
			fmt.Sprintf("%q cannot be set on a Dataproc Hub. %s.", key, remedy))
	}
	found.iff(w.Image.Family != "" && w.Image.Name != "", "image", "An image is a family or a name, not both",
		fmt.Sprintf("Family is %q and name is %q. Leave one of them out.", w.Image.Family, w.Image.Name))
	found.disk("boot_disk", "A Dataproc Hub", w.BootDisk)
	found.disk("data_disk", "A Dataproc Hub", w.DataDisk)
	found.cluster(w)
	return found
}

// cluster judges the name that the hub gives its owner's cluster, which Dataproc would refuse when the owner picks a
// template, long after the apply.
func (p *problems) cluster(w Wanted) {
	if w.Name == "" || w.Person.Email() == "" {
		return
	}
	local, _, _ := strings.Cut(w.Person.Email(), "@")
	cluster := clusterPrefix + w.Name + "-" + clusterOdd.ReplaceAllString(local, "-")
	if clusterForm.MatchString(cluster) {
		return
	}
	why := "Dataproc takes lower-case letters, digits and hyphens, with a letter or a digit at the end"
	remedy := "Such an e-mail cannot have a hub: set environment = \"" + string(Workbench) + "\" for this person"
	if len(cluster) > longestCluster {
		why = fmt.Sprintf("Dataproc takes at most %d characters, and this has %d", longestCluster, len(cluster))
		if room := longestCluster - (len(cluster) - len(w.Name)); room > 0 {
			remedy = fmt.Sprintf("Give the notebook a name of at most %d characters, or set environment = %q for this person", room, Workbench)
		}
	} else if strings.ToLower(w.Name) != w.Name {
		remedy = "Give the notebook a name in lower case"
	}
	*p = append(*p, Problem{Attribute: "name", Summary: "The hub's clusters would have a name that Dataproc refuses", Detail: fmt.Sprintf(
		"The hub %q names the cluster of %s %q. %s. %s.", w.Name, w.Person.Email(), cluster, why, remedy)})
}
