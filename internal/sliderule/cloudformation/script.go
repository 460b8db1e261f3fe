package cloudformation

import (
	"embed"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

//go:embed boot/*.sh
var boot embed.FS

// maxUserData is what an instance takes, before it is encoded.
const maxUserData = 16 << 10

// placeholder is alone on the right of an assignment, or on a line.
var placeholder = regexp.MustCompile(`(?m)^(?:([A-Z_0-9]+)=@([A-Z_0-9]+)@|@([A-Z_0-9]+)@)$`)

// script is a boot script with its values. The table must have exactly what the script asks for: one name too many or
// too few is an error, and so is a value that was not quoted into one word of the shell.
func script(file string, table map[string]string) (string, error) {
	raw, err := boot.ReadFile("boot/" + file)
	if err != nil {
		return "", err
	}
	common, err := boot.ReadFile("boot/common.sh")
	if err != nil {
		return "", err
	}
	var unknown []string
	used := map[string]bool{}
	filled := placeholder.ReplaceAllStringFunc(string(raw), func(line string) string {
		parts := placeholder.FindStringSubmatch(line)
		if parts[3] == "COMMON" {
			return strings.TrimRight(string(common), "\n")
		}
		name, value, ok := parts[1], "", false
		if name == parts[2] {
			value, ok = table[name]
		}
		if !ok {
			unknown = append(unknown, line)
			return line
		}
		used[name] = true
		return name + "=" + quoted(value)
	})
	for name := range table {
		if !used[name] {
			unknown = append(unknown, name)
		}
	}
	if len(unknown) > 0 {
		slices.Sort(unknown)
		return "", fmt.Errorf("the boot script %s and its table differ: %s", file, strings.Join(unknown, ", "))
	}
	if len(filled) > maxUserData {
		return "", fmt.Errorf("the boot script %s has %d bytes, and an instance takes %d", file, len(filled), maxUserData)
	}
	return filled, nil
}

// quoted is a text as one word of a shell, whatever is in it.
func quoted(text string) string { return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'" }

// scripts are the three boot scripts of a cluster that was checked.
func scripts(c checked) (map[string]string, error) {
	all := map[string]string{
		"CLUSTER": c.Name, "DOMAIN": c.Domain, "HOST": c.host, "VERSION": c.Version, "REGISTRY": c.Registry,
		"REGISTRY_REGION": c.registryRegion, "LOG_BUCKET": c.LogBucket, "IS_PUBLIC": fmt.Sprint(c.IsPublic),
		"JWT_ISSUER": c.Issuer, "CERTIFICATE_SOURCE": c.CertificateSource, "PUBLIC_KEY": c.publicKey,
		"PROJECT_BUCKET": c.source.bucket, "PROJECT_FOLDER": c.source.folder,
	}
	everywhere := []string{"CLUSTER", "DOMAIN", "VERSION", "REGISTRY", "REGISTRY_REGION", "LOG_BUCKET"}
	made := map[string]string{}
	for file, more := range map[string][]string{
		"ilb.sh":     {"HOST", "IS_PUBLIC", "JWT_ISSUER", "CERTIFICATE_SOURCE", "PUBLIC_KEY"},
		"monitor.sh": nil,
		"node.sh":    {"PROJECT_BUCKET", "PROJECT_FOLDER"},
	} {
		table := map[string]string{}
		for _, name := range slices.Concat(everywhere, more) {
			table[name] = all[name]
		}
		text, err := script(file, table)
		if err != nil {
			return nil, err
		}
		made[file] = text
	}
	return made, nil
}
