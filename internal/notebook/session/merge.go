package session

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"time"

	"google.golang.org/api/dataproc/v1"
)

// planned is the whole template that brings what Google has from one configuration to the next: what is declared now
// is set, what was declared before and is no more is taken away, and what nobody declared is kept as it was found.
func (d *Desk) planned(is *dataproc.SessionTemplate, before, after Template) (*dataproc.SessionTemplate, error) {
	want, err := clone(is)
	if err != nil {
		return nil, err
	}
	want.Name = after.id()
	want.Uuid, want.Creator, want.CreateTime, want.UpdateTime = "", "", "", "" // Google's own
	set(&want.DisplayName, &want.ForceSendFields, "DisplayName", before.DisplayName, after.DisplayName)
	set(&want.Description, &want.ForceSendFields, "Description", before.Description, after.Description)
	want.Labels = d.cloud.Mark(without(want.Labels, before.Labels, after.Labels), after.Person)
	maps.Copy(want.Labels, after.Labels)
	planKind(want, before, after)
	planRuntime(want, before, after)
	planEnvironment(want, before, after)
	return want, nil
}

// planKind makes it a Jupyter or a Spark Connect session: never both.
func planKind(want *dataproc.SessionTemplate, before, after Template) {
	if after.Kernel == "" {
		want.JupyterSession, want.NullFields = nil, append(want.NullFields, "JupyterSession")
		if want.SparkConnectSession == nil {
			want.SparkConnectSession = &dataproc.SparkConnectConfig{}
		}
		return
	}
	want.SparkConnectSession, want.NullFields = nil, append(want.NullFields, "SparkConnectSession")
	if want.JupyterSession == nil {
		want.JupyterSession = &dataproc.JupyterConfig{}
	}
	j := want.JupyterSession
	j.Kernel = after.Kernel
	set(&j.DisplayName, &j.ForceSendFields, "DisplayName", before.DisplayName, after.DisplayName)
}

func planRuntime(want *dataproc.SessionTemplate, before, after Template) {
	r := want.RuntimeConfig
	if r == nil {
		r = &dataproc.RuntimeConfig{}
	}
	set(&r.Version, &r.ForceSendFields, "Version", before.RuntimeVersion, after.RuntimeVersion)
	set(&r.ContainerImage, &r.ForceSendFields, "ContainerImage", before.ContainerImage, after.ContainerImage)
	for key := range before.Properties {
		if _, still := after.Properties[key]; !still {
			delete(r.Properties, key)
			delete(r.Properties, sparkPrefix+key)
		}
	}
	for key, value := range after.Properties {
		if _, prefixed := r.Properties[sparkPrefix+key]; prefixed { // in the form that Google keeps it
			delete(r.Properties, key)
			key = sparkPrefix + key
		}
		if r.Properties == nil {
			r.Properties = map[string]string{}
		}
		r.Properties[key] = value
	}
	if len(before.Properties) > 0 && len(r.Properties) == 0 {
		r.ForceSendFields = append(r.ForceSendFields, "Properties")
	}
	if want.RuntimeConfig != nil || !reflect.DeepEqual(r, &dataproc.RuntimeConfig{}) {
		want.RuntimeConfig = r
	}
}

func planEnvironment(want *dataproc.SessionTemplate, before, after Template) {
	if want.EnvironmentConfig == nil {
		want.EnvironmentConfig = &dataproc.EnvironmentConfig{}
	}
	if want.EnvironmentConfig.ExecutionConfig == nil {
		want.EnvironmentConfig.ExecutionConfig = &dataproc.ExecutionConfig{}
	}
	e := want.EnvironmentConfig.ExecutionConfig
	e.AuthenticationConfig = &dataproc.AuthenticationConfig{UserWorkloadAuthenticationType: endUser}
	planTTL(&e.IdleTtl, &e.NullFields, "IdleTtl", before.IdleTTL, after.IdleTTL)
	planTTL(&e.Ttl, &e.NullFields, "Ttl", before.TTL, after.TTL)
	set(&e.SubnetworkUri, &e.ForceSendFields, "SubnetworkUri", before.Subnet, after.Subnet)
	set(&e.StagingBucket, &e.ForceSendFields, "StagingBucket", before.StagingBucket, after.StagingBucket)
	set(&e.KmsKey, &e.ForceSendFields, "KmsKey", before.KMSKey, after.KMSKey)
	switch {
	case len(after.NetworkTags) > 0:
		e.NetworkTags = slices.Clone(after.NetworkTags)
	case len(before.NetworkTags) > 0:
		e.NetworkTags, e.ForceSendFields = nil, append(e.ForceSendFields, "NetworkTags")
	}
	planPeripherals(want.EnvironmentConfig, before, after)
}

func planPeripherals(env *dataproc.EnvironmentConfig, before, after Template) {
	p := env.PeripheralsConfig
	if p == nil {
		p = &dataproc.PeripheralsConfig{}
	}
	set(&p.MetastoreService, &p.ForceSendFields, "MetastoreService", before.Metastore, after.Metastore)
	switch {
	case after.HistoryServer != "":
		p.SparkHistoryServerConfig = &dataproc.SparkHistoryServerConfig{DataprocCluster: after.HistoryServer}
	case before.HistoryServer != "":
		p.SparkHistoryServerConfig, p.NullFields = nil, append(p.NullFields, "SparkHistoryServerConfig")
	}
	if env.PeripheralsConfig != nil || !reflect.DeepEqual(p, &dataproc.PeripheralsConfig{}) {
		env.PeripheralsConfig = p
	}
}

// set declares a text, or takes away one that was declared before: Google then hears of it, even of an empty one.
func set(field *string, force *[]string, name, before, after string) {
	switch {
	case after != "":
		*field = after
	case before != "":
		*field, *force = "", append(*force, name)
	}
}

// planTTL is set for durations, whose absence Google fills with its default.
func planTTL(field *string, null *[]string, name string, before, after time.Duration) {
	switch {
	case after != 0 && duration(*field) != after:
		*field = seconds(after)
	case after == 0 && before != 0:
		*field, *null = "", append(*null, name)
	}
}

// without are labels less those that were declared before and are no more.
func without(labels, before, after map[string]string) map[string]string {
	kept := maps.Clone(labels)
	for key := range before {
		if _, still := after[key]; !still {
			delete(kept, key)
		}
	}
	return kept
}

// clone copies by way of JSON, which is also what drops instructions such as ForceSendFields.
func clone(t *dataproc.SessionTemplate) (*dataproc.SessionTemplate, error) {
	text, err := json.Marshal(t)
	if err != nil {
		return nil, fmt.Errorf("encoding a session template: %w", err)
	}
	var copied dataproc.SessionTemplate
	return &copied, json.Unmarshal(text, &copied)
}
