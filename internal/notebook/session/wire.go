package session

import (
	"maps"
	"strconv"
	"strings"
	"time"

	"google.golang.org/api/dataproc/v1"
)

// endUser is how Google calls sessions that run as whoever starts them. Below runtime 3.0 it is not the default, so
// that it is always said.
const endUser = "END_USER_CREDENTIALS"

// sparkPrefix is what Google may put before a property's name.
const sparkPrefix = "spark:"

// read translates what Google has.
func read(is *dataproc.SessionTemplate) *Template {
	t, _ := parse(is.Name)
	t.ID, t.UUID, t.Creator = is.Name, is.Uuid, is.Creator
	t.DisplayName, t.Description, t.Labels = is.DisplayName, is.Description, maps.Clone(is.Labels)
	if is.JupyterSession != nil {
		t.Kernel = is.JupyterSession.Kernel
	}
	if r := is.RuntimeConfig; r != nil {
		t.RuntimeVersion, t.ContainerImage, t.Properties = r.Version, r.ContainerImage, plain(r.Properties)
	}
	if e := execution(is); e != nil {
		t.IdleTTL, t.TTL = duration(e.IdleTtl), duration(e.Ttl)
		t.Subnet, t.NetworkTags, t.StagingBucket, t.KMSKey = e.SubnetworkUri, e.NetworkTags, e.StagingBucket, e.KmsKey
		t.ServiceAccount = e.ServiceAccount
		t.EndUserIdentity = e.AuthenticationConfig != nil && e.AuthenticationConfig.UserWorkloadAuthenticationType == endUser
	}
	if is.EnvironmentConfig != nil && is.EnvironmentConfig.PeripheralsConfig != nil {
		p := is.EnvironmentConfig.PeripheralsConfig
		t.Metastore = p.MetastoreService
		if p.SparkHistoryServerConfig != nil {
			t.HistoryServer = p.SparkHistoryServerConfig.DataprocCluster
		}
	}
	return &t
}

func execution(is *dataproc.SessionTemplate) *dataproc.ExecutionConfig {
	if is.EnvironmentConfig == nil {
		return nil
	}
	return is.EnvironmentConfig.ExecutionConfig
}

// plain are properties without the prefix that Google may add.
func plain(properties map[string]string) map[string]string {
	if properties == nil {
		return nil
	}
	bare := map[string]string{}
	for key, value := range properties {
		short := strings.TrimPrefix(key, sparkPrefix)
		if _, exact := properties[short]; exact && short != key { // both forms are there: the plain one is what we wrote
			continue
		}
		bare[short] = value
	}
	return bare
}

// seconds is Google's form of a duration, whose unit is fixed: 1h is illegal.
func seconds(d time.Duration) string {
	if d == 0 {
		return ""
	}
	return strconv.FormatInt(int64(d/time.Second), 10) + "s"
}

func duration(text string) time.Duration {
	d, _ := time.ParseDuration(text) // what cannot be read is not known
	return d
}
