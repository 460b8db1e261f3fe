package sandbox

import (
	"maps"
	"slices"
	"strings"
)

// The region and the account of the emulated AWS.
const (
	region  = "us-east-1"
	account = "123456789012"
)

// Env is the environment in which the real SDKs talk to this sandbox and to nothing else.
func (s *Sandbox) Env() map[string]string {
	env := map[string]string{
		"DATABRICKS_HOST":  s.DatabricksURL,
		"DATABRICKS_TOKEN": databricksToken,

		"SLACK_BOT_TOKEN": slackToken,
		"SLACK_API_URL":   s.SlackURL,

		"SLIDERULE_GITHUB_TOKEN":     githubMember.Token,
		"GITHUB_API_URL":             s.GitHubURL,
		"GITHUB_SERVER_URL":          s.GitHubURL,
		"PROVISIONER_GITHUB_API_URL": s.GitHubURL,

		"PROVISIONER_SLIDERULE_URL": s.SlideRuleURL,

		"AWS_ENDPOINT_URL":            s.AWSURL,
		"AWS_REGION":                  region,
		"AWS_DEFAULT_REGION":          region,
		"AWS_ACCESS_KEY_ID":           "sandbox",
		"AWS_SECRET_ACCESS_KEY":       "sandbox",
		"AWS_EC2_METADATA_DISABLED":   "true",
		"AWS_CONFIG_FILE":             "/dev/null",
		"AWS_SHARED_CREDENTIALS_FILE": "/dev/null",

		"PROVISIONER_SANDBOX": s.ControlURL,
	}
	maps.Copy(env, s.googleEnv())
	return env
}

// alsoTheirs are more families, and a name, of variables that lead clients of the same vendors elsewhere.
var alsoTheirs = []string{"CLOUDSDK", "GCLOUD", "STORAGE_EMULATOR_HOST"}

// Environ is an environment, in the form of os.Environ, for a command that runs inside the sandbox. What it says about
// the same vendors goes: a profile or an endpoint of the real cloud would otherwise win over the sandbox's.
func (s *Sandbox) Environ(outside []string) []string {
	env := s.Env()
	families := map[string]bool{}
	for _, name := range alsoTheirs {
		families[name] = true
	}
	for name := range env {
		families[family(name)] = true
	}
	inside := slices.DeleteFunc(slices.Clone(outside), func(variable string) bool {
		name, _, _ := strings.Cut(variable, "=")
		_, ours := env[name]
		return ours || families[name] || families[family(name)] && family(name) != family("PROVISIONER_SANDBOX")
	})
	for _, name := range slices.Sorted(maps.Keys(env)) {
		inside = append(inside, name+"="+env[name])
	}
	return inside
}

// family is the first word of a variable's name, such as AWS.
func family(name string) string {
	first, _, _ := strings.Cut(name, "_")
	return first
}
