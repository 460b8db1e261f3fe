package cloudformation_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/cloudformation"
)

var update = flag.Bool("update", false, "write the golden files anew")

// aKey is a public key of nobody.
const aKey = `-----BEGIN PUBLIC KEY-----
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA2VlMaaiMKk32I4Pn1VM0
l8cyM48QM4Tzl1PHZHn+yLAyvjmveCuHohnm+hDGlJCpTqKHrjX3sD1b/nTy1nw6
qtiHAfq5PU0RA8Olcu2JUdRPesWOWPMZdg57qRH/o4xnOOt8jStpcMEp4pwGRT5y
FnKgMbxPHhBRcVQMf1XPOP/PKKdZyiKgLXbFRiZfhzFckOQx1yK6aG8MoSURuMPY
ID81B7eF6VnsnEckHggyFey3OjnJvmt33hkps9SlJViWg8k60v/+jVRK1KDu173a
OMK5PcGlIVXvDbZGIPOc7ptmWauzbtZeT500lZRi0wmcq7zhGi5dHwm5eHDMr7Fe
NQIDAQAB
-----END PUBLIC KEY-----
`

// plain is the smallest cluster that there is.
func plain() cloudformation.Cluster {
	return cloudformation.Cluster{
		Name: "dev", Domain: "example.org", Version: "v5.5.0", Registry: "123456789012.dkr.ecr.us-west-2.amazonaws.com",
		CertificateSource: "s3://project/cf/example.org.pem", PublicKeyPEM: aKey, Issuer: "https://login.example.org",
		NodeCapacity: 2, AMI: "ami-0123456789abcdef0", LogBucket: "sliderule-foundation-logs-1abc",
		BalancerProfile: "arn:aws:iam::123456789012:instance-profile/sliderule-foundation-BalancerProfile-1ABC",
		NodeProfile:     "arn:aws:iam::123456789012:instance-profile/sliderule-foundation-NodeProfile-1ABC",
		Tags:            map[string]string{cloudformation.ManagedByTag: "default", cloudformation.OwnerTag: "ana.diaz@example.com"},
	}
}

// full has everything.
func full() cloudformation.Cluster {
	c := plain()
	c.Name, c.Domain, c.IsPublic, c.AMI = "team-ice", "sr.test:8443", true, ""
	c.NodeCapacity, c.MinNodes, c.MaxNodes = 5, 1, 20
	c.InstanceTypes, c.SpotShare, c.SpotMaxPrice, c.VolumeGB = []string{"r8g.2xlarge", "r7g.2xlarge", "c7g.4xlarge"}, 80, 0.17, 64
	c.Zones = []string{"us-west-2a", "us-west-2c", "us-west-2d"}
	c.Sleep = &cloudformation.Sleep{Down: []string{"0 20 * * MON-FRI", "0 12 * * SAT"}, Up: []string{"0 7 * * MON-FRI"}, TimeZone: "America/New_York"}
	c.Budget = &cloudformation.Budget{LimitUSD: 500.5, Emails: []string{"zoe@example.com", "ana.diaz@example.com"}}
	c.Settings = `{"Budget":{"LimitUSD":500.5}}`
	return c
}

func foundation() cloudformation.Foundation {
	return cloudformation.Foundation{
		Name: "sliderule-foundation", Installation: "default", Domain: "example.org", CertificateSource: "s3://project/cf/example.org.pem",
		Registry: "123456789012.dkr.ecr.us-west-2.amazonaws.com", GitHubOrganization: "ExampleOrg", Tags: map[string]string{"team": "data"},
	}
}

func cluster(t *testing.T, c cloudformation.Cluster) cloudformation.Template {
	t.Helper()
	made, err := cloudformation.RenderCluster(c)
	if err != nil {
		t.Fatal(err)
	}
	return made
}

func theFoundation(t *testing.T) cloudformation.Template {
	t.Helper()
	made, err := cloudformation.RenderFoundation(foundation())
	if err != nil {
		t.Fatal(err)
	}
	return made
}

func TestGolden(t *testing.T) {
	for name, made := range map[string]cloudformation.Template{
		"foundation": theFoundation(t), "cluster": cluster(t, plain()), "cluster-full": cluster(t, full()),
	} {
		golden(t, name+".yaml", made.Body)
		parameters, err := json.MarshalIndent(made.Parameters, "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		golden(t, name+".parameters.json", string(parameters)+"\n")
	}
	for file, text := range scripts(t, cluster(t, plain())) {
		golden(t, file, text)
	}
}

func golden(t *testing.T, file, got string) {
	t.Helper()
	path := filepath.Join("testdata", file)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs; if that is right, run: go test ./internal/sliderule/cloudformation -run TestGolden -update\ngot:\n%s", path, got)
	}
}

// scripts are the boot scripts of a template, as instances get them.
func scripts(t *testing.T, made cloudformation.Template) map[string]string {
	t.Helper()
	script := func(properties any) string {
		return get(t, properties, "UserData", "Fn::Base64").(string)
	}
	resources := decode(t, made.Body)["Resources"]
	return map[string]string{
		"ilb.sh":     script(get(t, resources, "LoadBalancer", "Properties")),
		"monitor.sh": script(get(t, resources, "Monitor", "Properties")),
		"node.sh":    script(get(t, resources, "NodeTemplate", "Properties", "LaunchTemplateData")),
	}
}

// get is what is in maps of maps, under one key after the other.
func get(t *testing.T, v any, keys ...string) any {
	t.Helper()
	for _, key := range keys {
		inside, ok := v.(map[string]any)
		if !ok || inside[key] == nil {
			t.Fatalf("no %s in %v", strings.Join(keys, "."), v)
		}
		v = inside[key]
	}
	return v
}

// decode is a template with its short functions written in full.
func decode(t *testing.T, body string) map[string]any {
	t.Helper()
	var root yaml.Node
	if err := yaml.Unmarshal([]byte(body), &root); err != nil {
		t.Fatal(err)
	}
	return inFull(t, root.Content[0]).(map[string]any)
}

func inFull(t *testing.T, n *yaml.Node) any {
	t.Helper()
	var v any
	switch n.Kind {
	case yaml.MappingNode:
		m := map[string]any{}
		for i := 0; i < len(n.Content); i += 2 {
			if _, twice := m[n.Content[i].Value]; twice {
				t.Fatalf("the key %s is there twice", n.Content[i].Value)
			}
			m[n.Content[i].Value] = inFull(t, n.Content[i+1])
		}
		v = m
	case yaml.SequenceNode:
		list := []any{}
		for _, item := range n.Content {
			list = append(list, inFull(t, item))
		}
		v = list
	case yaml.ScalarNode:
		if strings.HasPrefix(n.Tag, "!!") {
			if err := n.Decode(&v); err != nil {
				t.Fatal(err)
			}
		} else {
			v = n.Value
		}
	default:
		t.Fatalf("CloudFormation does not know aliases: line %d", n.Line)
	}
	switch {
	case strings.HasPrefix(n.Tag, "!!"):
		return v
	case n.Tag == "!Ref":
		return map[string]any{"Ref": v}
	case n.Tag == "!GetAtt":
		resource, attribute, _ := strings.Cut(v.(string), ".")
		return map[string]any{"Fn::GetAtt": []any{resource, attribute}}
	}
	return map[string]any{"Fn::" + n.Tag[1:]: v}
}

// newKey makes a key as KMS shows it.
func newKey(t *testing.T) string {
	t.Helper()
	private, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKIXPublicKey(&private.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}))
}
