package modules_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-config-inspect/tfconfig"
)

var (
	hclBlock  = regexp.MustCompile("(?ms)^```terraform\n(.*?)^```")
	jsonBlock = regexp.MustCompile("(?ms)^```json\n(.*?)^```")
	yamlBlock = regexp.MustCompile("(?ms)^```yaml\n(.*?)^```")
	published = regexp.MustCompile(`"github\.com/data-access/terraform-provider-provisioner//modules/([a-z-]+)(\?ref=[^"]*)?"`)
)

// Every block of a module's README can be planned as it stands, with the README's JSON as cluster-defaults.json and its
// YAML as cluster.yaml beside it; only the address of the module is rewritten to the module at hand.
func TestReadmeBlocksArePlanned(t *testing.T) {
	t.Parallel()
	top := checkOut(t)
	s := start(t, false)
	for _, readme := range matches(t, top, "modules", "*", "README.md") {
		module := filepath.Base(filepath.Dir(readme))
		text := read(t, readme)
		blocks := hclBlock.FindAllStringSubmatch(text, -1)
		if len(blocks) == 0 {
			t.Fatalf("%s has no terraform block", readme)
		}
		for i, block := range blocks {
			t.Run(fmt.Sprintf("%s/%d", module, i+1), func(t *testing.T) {
				t.Parallel()
				f := in(s, top, "readme", module, fmt.Sprint(i+1))
				f.write(t, "main.tf", published.ReplaceAllString(block[1], `"../../../modules/$1"`))
				for name, beside := range map[string]*regexp.Regexp{"cluster-defaults.json": jsonBlock, "cluster.yaml": yamlBlock} {
					if file := beside.FindStringSubmatch(text); file != nil {
						f.write(t, name, file[1])
					}
				}
				f.must(t, 0, "init")
				f.must(t, 2, "plan", "-detailed-exitcode") // 2: there is something to make
			})
		}
	}
}

func TestReadmeTablesMatchTheCode(t *testing.T) {
	t.Parallel()
	for _, readme := range matches(t, "*", "README.md") {
		module, diags := tfconfig.LoadModule(filepath.Dir(readme))
		if diags.HasErrors() {
			t.Fatal(diags)
		}
		text := read(t, readme)
		for _, table := range []string{variables(module), outputs(module)} {
			if !strings.Contains(text, "\n"+table+"\n") && !strings.HasSuffix(text, "\n"+table) {
				t.Errorf("%s lacks this table, as the code has it:\n%s", readme, table)
			}
		}
	}
}

func variables(m *tfconfig.Module) string {
	rows := []string{}
	for _, v := range m.Variables {
		value := "required"
		if !v.Required {
			text, _ := json.Marshal(v.Default) // it came from a parser: it can be written
			value = "`" + string(text) + "`"
		}
		rows = append(rows, fmt.Sprintf("| `%s` | `%s` | %s | %s |", v.Name, brief(v.Type), value, v.Description))
	}
	return table("| Name | Type | Default | Description |\n|---|---|---|---|\n", rows)
}

func outputs(m *tfconfig.Module) string {
	rows := []string{}
	for _, o := range m.Outputs {
		rows = append(rows, fmt.Sprintf("| `%s` | %s |", o.Name, o.Description))
	}
	return table("| Name | Description |\n|---|---|\n", rows)
}

func table(head string, rows []string) string {
	slices.Sort(rows)
	return head + strings.Join(rows, "\n") + "\n"
}

// brief leaves the attributes of an object to the code.
func brief(typ string) string {
	outside, _, isObject := strings.Cut(typ, "({")
	if !isObject {
		return typ
	}
	return outside + "({…})" + strings.Repeat(")", strings.Count(outside, "("))
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
