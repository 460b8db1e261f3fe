package cloudformation_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/moto"
	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/cloudformation"
)

// lint is a small linter of our own, not CloudFormation's: that every name that is used is there, that what is there is
// used and described, and that functions and types are ones that we know. It does not know the properties of types;
// [TestCfnLint] does, where that program is to be had.
func lint(template map[string]any) []string {
	l := linter{template: template, used: map[string]bool{}}
	for _, section := range []string{"Resources", "Outputs", "Conditions"} {
		for _, name := range sorted(template[section]) {
			l.walk(section+"."+name, template[section].(map[string]any)[name])
		}
	}
	for _, name := range sorted(template["Parameters"]) {
		if !l.used[name] {
			l.say("the parameter %s is not used", name)
		}
		if l.in("Parameters", name).(map[string]any)["Description"] == nil {
			l.say("the parameter %s is not described", name)
		}
	}
	for _, name := range sorted(template["Conditions"]) {
		if !l.used["condition "+name] {
			l.say("the condition %s is not used", name)
		}
	}
	for _, name := range sorted(template["Outputs"]) {
		if l.in("Outputs", name).(map[string]any)["Description"] == nil {
			l.say("the output %s is not described", name)
		}
	}
	for _, name := range sorted(template["Resources"]) {
		l.resource(name, l.in("Resources", name).(map[string]any))
	}
	return l.found
}

type linter struct {
	template map[string]any
	used     map[string]bool
	found    []string
}

func (l *linter) say(format string, args ...any) {
	l.found = append(l.found, fmt.Sprintf(format, args...))
}

func (l *linter) in(section, name string) any {
	names, _ := l.template[section].(map[string]any)
	return names[name]
}

func sorted(section any) []string {
	names, _ := section.(map[string]any)
	var list []string
	for name := range names {
		list = append(list, name)
	}
	slices.Sort(list)
	return list
}

var (
	variable  = regexp.MustCompile(`\$\{([^!}][^}]*)\}`)
	pseudo    = []string{"AWS::AccountId", "AWS::NoValue", "AWS::Partition", "AWS::Region", "AWS::StackName"}
	functions = []string{"Fn::Base64", "Fn::Equals", "Fn::GetAZs", "Fn::If", "Fn::Join", "Fn::Not", "Fn::Select", "Fn::Split", "Fn::Sub"}
)

func (l *linter) resource(name string, r map[string]any) {
	if !regexp.MustCompile(`^[A-Za-z0-9]+$`).MatchString(name) {
		l.say("the resource %s has a name that is not of letters and digits", name)
	}
	if kind, _ := r["Type"].(string); needs[kind].create == nil && !ofFoundation[kind] {
		l.say("the resource %s is %s, which is in no table here", name, kind)
	}
	for key := range r {
		if !slices.Contains([]string{"Type", "Properties", "DependsOn", "UpdatePolicy", "DeletionPolicy", "UpdateReplacePolicy", "Condition"}, key) {
			l.say("the resource %s has %s", name, key)
		}
	}
	if on, ok := r["DependsOn"]; ok {
		list, several := on.([]any)
		if !several {
			list = []any{on}
		}
		for _, other := range list {
			if l.in("Resources", fmt.Sprint(other)) == nil {
				l.say("the resource %s depends on %v, which is not there", name, other)
			}
		}
	}
}

func (l *linter) walk(at string, v any) {
	switch v := v.(type) {
	case []any:
		for i, item := range v {
			l.walk(fmt.Sprintf("%s.%d", at, i), item)
		}
	case map[string]any:
		for key, item := range v {
			switch {
			case key == "Ref":
				l.refer(at, item.(string))
			case key == "Fn::GetAtt":
				l.attribute(at, item.([]any)[0].(string))
			case key == "Fn::Sub":
				l.sub(at, item)
				continue
			case key == "Fn::If":
				l.condition(at, item.([]any)[0].(string))
			case key == "Condition" && strings.Count(at, ".") == 1:
				l.condition(at, item.(string))
			case strings.HasPrefix(key, "Fn::") && !slices.Contains(functions, key):
				l.say("%s has %s", at, key)
			}
			l.walk(at+"."+key, item)
		}
	}
}

func (l *linter) refer(at, name string) {
	l.used[name] = true
	if !slices.Contains(pseudo, name) && l.in("Parameters", name) == nil && l.in("Resources", name) == nil {
		l.say("%s refers to %s, which is not there", at, name)
	}
}

func (l *linter) attribute(at, name string) {
	if l.in("Resources", name) == nil {
		l.say("%s wants an attribute of %s, which is not there", at, name)
	}
}

func (l *linter) condition(at, name string) {
	l.used["condition "+name] = true
	if l.in("Conditions", name) == nil {
		l.say("%s has the condition %s, which is not there", at, name)
	}
}

func (l *linter) sub(at string, v any) {
	text, local := v, map[string]any{}
	if list, ok := v.([]any); ok {
		text, local = list[0], list[1].(map[string]any)
		l.walk(at, local)
	}
	for _, match := range variable.FindAllStringSubmatch(text.(string), -1) {
		name, attribute, _ := strings.Cut(match[1], ".")
		switch {
		case local[match[1]] != nil:
		case attribute != "":
			l.attribute(at, name)
		default:
			l.refer(at, match[1])
		}
	}
}

func templates(t *testing.T) map[string]cloudformation.Template {
	sleeping := full()
	sleeping.Asleep, sleeping.Budget.Emails = true, nil
	return map[string]cloudformation.Template{
		"foundation": theFoundation(t), "cluster": cluster(t, plain()), "full": cluster(t, full()), "sleeping": cluster(t, sleeping),
	}
}

func TestTemplatesPassOurLinter(t *testing.T) {
	for name, made := range templates(t) {
		template := decode(t, made.Body)
		for _, found := range lint(template) {
			t.Errorf("%s: %s", name, found)
		}
		if len(made.Body) > 51200 {
			t.Errorf("%s has %d bytes", name, len(made.Body))
		}
		for _, parameter := range sorted(template["Parameters"]) {
			if _, given := made.Parameters[parameter]; !given {
				t.Errorf("%s: the parameter %s gets no value", name, parameter)
			}
			delete(made.Parameters, parameter)
		}
		if len(made.Parameters) > 0 {
			t.Errorf("%s has no parameters for %v", name, made.Parameters)
		}
	}
}

// The linter itself must be able to find something.
func TestOurLinterFinds(t *testing.T) {
	const good = "Parameters: {P: {Description: d}}\nConditions: {C: !Equals [!Ref P, a]}\n" +
		"Resources: {R: {Type: 'AWS::EC2::VPC', Condition: C, Properties: {X: !Sub '${P} ${R} ${R.Id} ${!no}'}}}\n" +
		"Outputs: {O: {Description: d, Value: !GetAtt R.Id}}\n"
	if found := lint(decode(t, good)); found != nil {
		t.Fatal(found)
	}
	for _, c := range []struct{ from, to, want string }{
		{"GetAtt R.Id", "GetAtt Q.Id", "wants an attribute of Q"},
		{"${R.Id}", "${Q.Id}", "wants an attribute of Q"},
		{"${R}", "${Q}", "refers to Q"},
		{"!GetAtt R.Id", "!Ref Q", "refers to Q"},
		{"Condition: C", "Condition: D", "has the condition D"},
		{"Condition: C,", "", "the condition C is not used"},
		{"{P: {Description: d}}", "{P: {Description: d}, Q: {Description: d}}", "the parameter Q is not used"},
		{"Outputs: {O: {Description: d,", "Outputs: {O: {", "the output O is not described"},
		{"P: {Description: d}", "P: {}", "the parameter P is not described"},
		{"Condition: C", "DependsOn: Q", "depends on Q"},
		{"AWS::EC2::VPC", "AWS::EC2::VPX", "in no table"},
		{"!GetAtt R.Id", "!ImportValue R", "has Fn::ImportValue"},
	} {
		if found := strings.Join(lint(decode(t, strings.Replace(good, c.from, c.to, 1))), "; "); !strings.Contains(found, c.want) {
			t.Errorf("%s in place of %s: found %q, want %q", c.to, c.from, found, c.want)
		}
	}
}

// TestCfnLint runs AWS's linter, which moto depends on: it stands beside moto_server.
func TestCfnLint(t *testing.T) {
	server, err := moto.NewFinder("").Binary(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	program, err := exec.LookPath(filepath.Join(filepath.Dir(server), "cfn-lint"))
	if err != nil {
		t.Skip("cfn-lint does not stand beside moto_server: this moto was installed without its part for CloudFormation")
	}
	for name, made := range templates(t) {
		path := filepath.Join(t.TempDir(), name+".yaml")
		if err := os.WriteFile(path, []byte(made.Body), 0o600); err != nil {
			t.Fatal(err)
		}
		// W3010: zones may be named, by whoever asks for the cluster.
		if out, err := exec.CommandContext(t.Context(), program, "--ignore-checks", "W3010", "--regions", "us-west-2", "--", path).CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s", name, err, out)
		}
	}
}
