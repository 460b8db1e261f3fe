package cloudformation_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/cloudformation"
)

func TestScriptsAreValidShell(t *testing.T) {
	for _, file := range []string{"ilb.sh", "monitor.sh", "node.sh"} {
		t.Run(file, func(t *testing.T) {
			path := filepath.Join("testdata", file)
			if out, err := exec.Command("bash", "-n", path).CombinedOutput(); err != nil {
				t.Errorf("bash -n: %v\n%s", err, out)
			}
			checker, err := exec.LookPath("shellcheck")
			if err != nil {
				t.Skip("shellcheck is not on the PATH: Debian has it as a package of that name")
			}
			if out, err := exec.Command(checker, path).CombinedOutput(); err != nil {
				t.Errorf("shellcheck: %v\n%s", err, out)
			}
		})
	}
}

// Defect 12: values that a shell would run. Every one is refused before anything is rendered; that all else is quoted
// is what the golden scripts show.
func TestDefect12HostileValuesAreRefused(t *testing.T) {
	hostile := []string{"x$(id)", "x`id`", "x; id", "x' ; id #", `x"id`, "x\nid", "x id", "x\\", "-x", "../x", "x|id", "x&id", "x>y", "{{x}}", "${x}", "@VERSION@", "é", ""}
	for name, set := range map[string]func(*cloudformation.Cluster, string){
		"cluster":     func(c *cloudformation.Cluster, v string) { c.Name = v },
		"domain":      func(c *cloudformation.Cluster, v string) { c.Domain = v },
		"version":     func(c *cloudformation.Cluster, v string) { c.Version = v },
		"registry":    func(c *cloudformation.Cluster, v string) { c.Registry = v },
		"certificate": func(c *cloudformation.Cluster, v string) { c.CertificateSource = "s3://bucket/" + v },
		"bucket":      func(c *cloudformation.Cluster, v string) { c.CertificateSource = "s3://" + v + "/key" },
		"issuer":      func(c *cloudformation.Cluster, v string) { c.Issuer = "https://" + v },
		"log bucket":  func(c *cloudformation.Cluster, v string) { c.LogBucket = v },
		"profile": func(c *cloudformation.Cluster, v string) {
			c.NodeProfile = "arn:aws:iam::123456789012:instance-profile/" + v
		},
		"public key":    func(c *cloudformation.Cluster, v string) { c.PublicKeyPEM = v },
		"instance type": func(c *cloudformation.Cluster, v string) { c.InstanceTypes = []string{v} },
		"zone":          func(c *cloudformation.Cluster, v string) { c.Zones = []string{v} },
		"ami":           func(c *cloudformation.Cluster, v string) { c.AMI = "ami-" + v },
		"sleep": func(c *cloudformation.Cluster, v string) {
			c.Sleep = &cloudformation.Sleep{Down: []string{v}, Up: []string{"0 7 * * *"}}
		},
		"time zone": func(c *cloudformation.Cluster, v string) {
			c.Sleep = &cloudformation.Sleep{Down: []string{"0 1 * * *"}, Up: []string{"0 7 * * *"}, TimeZone: v + "\n"}
		},
		"e-mail": func(c *cloudformation.Cluster, v string) {
			c.Budget = &cloudformation.Budget{LimitUSD: 1, Emails: []string{v}}
		},
		"installation": func(c *cloudformation.Cluster, v string) { c.Tags[cloudformation.ManagedByTag] = v },
	} {
		t.Run(name, func(t *testing.T) {
			for _, value := range hostile {
				c := plain()
				set(&c, value)
				if made, err := cloudformation.RenderCluster(c); err == nil {
					t.Errorf("%q was rendered, with the parameters %v", value, made.Parameters)
				}
			}
		})
	}
}

// What stands around a valid key never gets into the script.
func TestPublicKeyIsWrittenAnew(t *testing.T) {
	c := plain()
	c.PublicKeyPEM = "$(id)\n" + newKey(t) + "'; id\n"
	if script := scripts(t, cluster(t, c))["ilb.sh"]; strings.Contains(script, "$(id)") || strings.Contains(script, "; id") {
		t.Error(script)
	}
}

// Defect 31: no parameter and no output has a boot script, or anything long.
func TestDefect31NoScriptInParametersOrOutputs(t *testing.T) {
	for name, made := range map[string]cloudformation.Template{"cluster": cluster(t, full()), "foundation": theFoundation(t)} {
		for key, value := range made.Parameters {
			if len(value) > 500 || strings.Contains(value, "#!") {
				t.Errorf("%s: the parameter %s has %d bytes: %s", name, key, len(value), value)
			}
		}
		if outputs := fmt.Sprint(decode(t, made.Body)["Outputs"]); strings.Contains(outputs, "#!") || strings.Contains(outputs, "UserData") {
			t.Errorf("%s: %s", name, outputs)
		}
	}
}

// machine runs boot scripts in a folder of its own, with stand-ins for what it calls: each notes how it was called.
type machine struct {
	*testing.T
	root string
}

func newMachine(t *testing.T) machine {
	m := machine{t, t.TempDir()}
	for name, body := range map[string]string{
		"dnf": "", "systemctl": "", "sleep": "", "docker": "[ \"$1\" != login ] || cat >/dev/null",
		"aws": `case "$*" in *get-login-password*) echo password ;; esac`,
		"curl": `case "$*" in
*api/token*) echo token ;;
*meta-data/instance-id*) echo i-0123 ;;
*meta-data/local-ipv4*) echo 10.0.0.9 ;;
*meta-data/placement/region*) echo us-west-2 ;;
*.sha256*) echo "$SUM  docker-compose-linux-$(uname -m)" >"docker-compose-linux-$(uname -m).sha256" ;;
*docker-compose*) echo compose >"docker-compose-linux-$(uname -m)" ;;
esac`,
	} {
		m.write("bin/"+name, "#!/bin/bash\necho \"${0##*/} $*\" >>\""+m.root+"/calls\"\n"+body+"\n")
	}
	return m
}

func (m machine) write(file, text string) {
	m.Helper()
	path := filepath.Join(m.root, file)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		m.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o755); err != nil {
		m.Fatal(err)
	}
}

func (m machine) read(file string) string {
	m.Helper()
	text, err := os.ReadFile(filepath.Join(m.root, file))
	if err != nil {
		m.Fatal(err)
	}
	return string(text)
}

// sumOfCompose is the sum of what the stand-in downloads.
const sumOfCompose = "8cb9a1051d3a40518ba9f05574d27724fcbeee3afb9d297b2e019e9b0f96899c"

// boot runs a script whose every path is inside the machine's folder.
func (m machine) boot(script, sum string) (string, error) {
	for _, folder := range []string{"/etc/", "/opt/", "/usr/local/", "/var/log/", "/data"} {
		for _, before := range []string{" ", "=", ">", "\"", "-p "} {
			script = strings.ReplaceAll(script, before+folder, before+m.root+folder)
		}
	}
	for _, folder := range []string{"etc/systemd/system", "usr/local/bin"} {
		if err := os.MkdirAll(filepath.Join(m.root, folder), 0o755); err != nil {
			m.Fatal(err)
		}
	}
	m.write("boot.sh", script)
	command := exec.CommandContext(m.Context(), "bash", filepath.Join(m.root, "boot.sh"))
	command.Env = []string{"PATH=" + m.root + "/bin:" + os.Getenv("PATH"), "SUM=" + sum}
	out, err := command.CombinedOutput()
	return string(out), err
}

func TestScriptsBoot(t *testing.T) {
	for file, want := range map[string]struct{ calls, settings []string }{
		"ilb.sh": {
			[]string{"aws s3 cp --only-show-errors s3://project/cf/example.org.pem "},
			[]string{"CLUSTER=dev", "DOMAIN=example.org", "IS_PUBLIC=false", "JWT_ISSUER=https://login.example.org"},
		},
		"monitor.sh": {nil, []string{"CLUSTER=dev", "INSTANCE_ID=i-0123"}},
		"node.sh": {
			[]string{"aws s3 sync --only-show-errors s3://project/cf/server/ ", "aws s3 sync --only-show-errors s3://project/cf/ams/ "},
			[]string{"IPV4=10.0.0.9", "PROJECT_BUCKET=project", "PROJECT_FOLDER=cf"},
		},
	} {
		t.Run(file, func(t *testing.T) {
			m := newMachine(t)
			if out, err := m.boot(scripts(t, cluster(t, plain()))[file], sumOfCompose); err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			want.calls = append(want.calls, "dnf install --assumeyes docker", "aws ecr get-login-password --region us-west-2",
				"docker login --username AWS --password-stdin 123456789012.dkr.ecr.us-west-2.amazonaws.com",
				"docker compose --project-name cluster pull --quiet", "docker compose --project-name cluster up --detach",
				"s3://sliderule-foundation-logs-1abc/clusters/dev/i-0123/boot.log")
			calls, settings := m.read("calls"), m.read("opt/cluster/.env")
			for _, call := range want.calls {
				if !strings.Contains(calls, call) {
					t.Errorf("%q was not called:\n%s", call, calls)
				}
			}
			want.settings = append(want.settings, "VERSION=v5.5.0", "REGISTRY=123456789012.dkr.ecr.us-west-2.amazonaws.com")
			for _, setting := range want.settings {
				if !slices.Contains(strings.Split(settings, "\n"), setting) {
					t.Errorf("no %q:\n%s", setting, settings)
				}
			}
			if file == "ilb.sh" {
				if key := m.read("etc/haproxy/pem/pubkey.pem"); key != aKey {
					t.Error(key)
				}
			}
		})
	}
}

func TestScriptsTryThreeTimesAndStop(t *testing.T) {
	for name, c := range map[string]struct {
		sum, stub, noted string
	}{
		"Docker cannot be installed":      {sumOfCompose, "dnf", "dnf install"},
		"Compose is not what it is to be": {strings.Repeat("0", 64), "", "docker-compose-linux-"},
		"the images cannot be pulled":     {sumOfCompose, "docker", "docker compose --project-name cluster pull"},
		"the data cannot be had":          {sumOfCompose, "aws", "aws s3 sync --only-show-errors s3://project/cf/server/"},
	} {
		t.Run(name, func(t *testing.T) {
			m := newMachine(t)
			switch c.stub {
			case "docker":
				m.write("bin/docker", "#!/bin/bash\necho \"docker $*\" >>\""+m.root+"/calls\"\ncase \"$*\" in *pull*) exit 1 ;; esac\n[ \"$1\" != login ] || cat >/dev/null\n")
			case "aws":
				m.write("bin/aws", "#!/bin/bash\necho \"aws $*\" >>\""+m.root+"/calls\"\ncase \"$*\" in *sync*) exit 1 ;; esac\necho password\n")
			case "dnf":
				m.write("bin/dnf", "#!/bin/bash\necho \"dnf $*\" >>\""+m.root+"/calls\"\nexit 1\n")
			}
			out, err := m.boot(scripts(t, cluster(t, plain()))["node.sh"], c.sum)
			if err == nil {
				t.Fatalf("it went on:\n%s", out)
			}
			calls := m.read("calls")
			want := 3
			if c.stub == "" {
				want = 6 // the program and its sum
			}
			if got := strings.Count(calls, c.noted); got != want {
				t.Errorf("tried %d times, want %d:\n%s", got, want, calls)
			}
			if strings.Contains(calls, "up --detach") || !strings.Contains(calls, "boot.log") || !strings.Contains(calls, "sleep 10\n") || !strings.Contains(calls, "sleep 20\n") {
				t.Errorf("it started, kept its log, or did not wait:\n%s", calls)
			}
		})
	}
}
