package main

import (
	"fmt"
	"strings"

	"google.golang.org/api/dataproc/v1"
	"gopkg.in/yaml.v3"

	persons "github.com/data-access/terraform-provider-provisioner/internal/person"
	"github.com/data-access/terraform-provider-provisioner/internal/sandbox"
	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/storage"
)

// notebook is one as Google holds it, whichever of its products it is of.
type notebook struct {
	Environment string
	ID          string
	State       string
	Address     string
	ReadsAs     string // as IAM writes members
	Labels      map[string]string
	All         any // everything else
}

// onGoogle is what people have on Google Cloud.
type onGoogle struct {
	notebooks map[string][]notebook                  // by the e-mail of the one who may use it
	templates map[string][]storage.Object            // of Dataproc clusters, by the e-mail of the one whom a cluster from it reads data as
	sessions  map[string][]*dataproc.SessionTemplate // by the owner's label
	clusters  map[string][]*dataproc.Cluster         // by the owner's label
}

// labelOwner is the label in which the provider notes whose a thing is.
const labelOwner = "provisioner_owner"

// labelOf is the value of that label for a person.
func labelOf(email string) string {
	who, err := persons.Parse(email)
	if err != nil {
		return ""
	}
	return who.Label()
}

func lookAtGoogle(s *sandbox.Sandbox) onGoogle {
	g := onGoogle{
		notebooks: map[string][]notebook{}, templates: map[string][]storage.Object{},
		sessions: map[string][]*dataproc.SessionTemplate{}, clusters: map[string][]*dataproc.Cluster{},
	}
	for _, i := range s.Google.Workbenches() {
		owner, readsAs := strings.ToLower(strings.Join(i.InstanceOwners, ",")), "everybody's service account"
		switch {
		case i.EnableManagedEuc:
			readsAs = "user:" + owner
		case len(i.GceSetup.ServiceAccounts) > 0:
			readsAs = "serviceAccount:" + i.GceSetup.ServiceAccounts[0].Email
		}
		g.notebooks[owner] = append(g.notebooks[owner], notebook{"workbench", i.Name, i.State, "https://" + i.ProxyUri, readsAs, i.Labels, i})
	}
	for _, r := range s.Google.Runtimes() {
		owner, readsAs := strings.ToLower(r.AccessConfig.RuntimeOwner), "serviceAccount:"+r.AccessConfig.RuntimeOwner
		if r.AccessConfig.AccessType == "SINGLE_USER" {
			readsAs = "user:" + owner
		}
		g.notebooks[owner] = append(g.notebooks[owner], notebook{"managed", r.Name, r.State, "https://" + r.AccessConfig.ProxyUri, readsAs, r.Labels, r})
	}
	for _, o := range s.Storage.Objects("") {
		owner := strings.ToLower(personalAuth(o.Content))
		g.templates[owner] = append(g.templates[owner], o)
	}
	for _, t := range s.Google.SessionTemplates() {
		g.sessions[t.Labels[labelOwner]] = append(g.sessions[t.Labels[labelOwner]], t)
	}
	for _, c := range s.Google.Clusters() {
		g.clusters[c.Labels[labelOwner]] = append(g.clusters[c.Labels[labelOwner]], c)
	}
	return g
}

// personalAuth is whom a cluster of a file reads data as, by Dataproc's personal authentication.
func personalAuth(file string) string {
	var cluster struct {
		Config struct {
			SoftwareConfig struct {
				Properties map[string]string `yaml:"properties"`
			} `yaml:"softwareConfig"`
		} `yaml:"config"`
	}
	if err := yaml.Unmarshal([]byte(file), &cluster); err != nil {
		return "not a cluster: " + err.Error()
	}
	return cluster.Config.SoftwareConfig.Properties["dataproc:dataproc.personal-auth.user"]
}

// sessionIdentity is with whose credentials sessions of a template read data.
func sessionIdentity(t *dataproc.SessionTemplate) string {
	e := t.EnvironmentConfig
	if e == nil || e.ExecutionConfig == nil || e.ExecutionConfig.AuthenticationConfig == nil {
		return ""
	}
	return e.ExecutionConfig.AuthenticationConfig.UserWorkloadAuthenticationType
}

// moving tells whether a notebook is on its way from one state to another.
func (g onGoogle) moving() bool {
	for _, theirs := range g.notebooks {
		for _, n := range theirs {
			if n.State != "ACTIVE" && n.State != "STOPPED" {
				return true
			}
		}
	}
	return false
}

// of is what one person has on Google Cloud, to compare. Their clusters are their own affair: they start them.
func (g onGoogle) of(email string) any {
	return []any{g.notebooks[email], g.templates[email], g.sessions[labelOf(email)]}
}

// beginCluster starts a Dataproc cluster from a person's file, as they would do it, and tells its name.
func beginCluster(s *sandbox.Sandbox, file storage.Object) (string, error) {
	var body map[string]any
	if err := yaml.Unmarshal([]byte(file.Content), &body); err != nil {
		return "", err
	}
	name, _ := body["clusterName"].(string)
	region := "us-central1"
	return name, s.Google.Seed("cluster", fmt.Sprintf("projects/%s/regions/%s/clusters/%s", sandbox.GoogleProject, region, name), body, "RUNNING")
}
