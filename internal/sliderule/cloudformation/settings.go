package cloudformation

import (
	"encoding/json"
	"fmt"

	"gopkg.in/yaml.v3"
)

// settingsKey is where the metadata of a template has the settings. CloudFormation keeps metadata as it was written, and
// tells it to whoever may read the template. It takes no update that changes metadata alone: what goes in here has to
// change a tag or a resource too.
const settingsKey = "ProvisionerSettings"

// settings notes what was asked for. A tag would be too short, and takes no quotes; an output would be a value that
// other stacks could depend on.
func (d *document) settings(text string) {
	if text != "" {
		d.top.Content = append(d.top.Content, node("Metadata"), node(map[string]string{settingsKey: text}))
	}
}

// SettingsOf is [Cluster.Settings] of the template that it was rendered into; "" for a template without any, which
// somebody else wrote.
func SettingsOf(body string) (string, error) {
	var template struct {
		Metadata yaml.Node `yaml:"Metadata"`
	}
	if err := yaml.Unmarshal([]byte(body), &template); err != nil {
		return "", fmt.Errorf("the template cannot be read: %w", err)
	}
	if text := value(&template.Metadata, settingsKey); text != nil {
		return text.Value, nil
	}
	return "", nil
}

func checkSettings(text string) error {
	if text != "" && !json.Valid([]byte(text)) {
		return refused("settings", text, "they are JSON")
	}
	return nil
}
