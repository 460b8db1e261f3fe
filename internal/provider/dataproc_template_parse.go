package provider

import (
	"cmp"
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"gopkg.in/yaml.v3"

	"github.com/data-access/terraform-provider-provisioner/internal/notebook/template"
	"github.com/data-access/terraform-provider-provisioner/internal/person"
)

// templateCache: a thousand people share one admin's file, and Terraform asks about it several times for each.
var templateCache sync.Map

type parsedTemplate struct {
	template *template.Template
	err      error
}

// parseTemplate is [template.Parse], done once for each text.
func parseTemplate(text string) (*template.Template, error) {
	if known, ok := templateCache.Load(text); ok {
		p := known.(parsedTemplate)
		return p.template, p.err
	}
	parsed, err := template.Parse(text)
	templateCache.Store(text, parsedTemplate{parsed, err})
	return parsed, err
}

// renderTemplate is one person's file.
func renderTemplate(text, email, installation string) (string, person.Person, error) {
	who, err := person.Parse(email)
	if err != nil {
		return "", person.Person{}, err
	}
	parsed, err := parseTemplate(text)
	if err != nil {
		return "", who, err
	}
	yaml, err := parsed.For(who, installation)
	return yaml, who, err
}

// templateProblems is every problem of a file as a sentence; none for nil.
func templateProblems(err error) []string {
	if err == nil {
		return nil
	}
	var all *template.ProblemsError
	if !errors.As(err, &all) || len(all.Problems) == 0 {
		return []string{ended(err.Error())}
	}
	sentences := make([]string, len(all.Problems))
	for i, p := range all.Problems {
		sentences[i] = problemSentence(p)
	}
	return sentences
}

// refuseFile tells every problem of a file at once; who is whom it is rendered for, if for anybody.
func refuseFile(at path.Path, who string, err error, diags *diag.Diagnostics) {
	if err == nil {
		return
	}
	where := at.String()
	if who != "" {
		where += ", for " + who
	}
	diags.AddAttributeError(at, "The cluster file cannot be used", inFile(where, templateProblems(err)))
}

// inFile is what is wrong with a file, in one text: Terraform shows only the first of several alike, and the whole file
// with each.
func inFile(where string, sentences []string) string {
	if len(sentences) == 1 {
		return "In " + where + ", " + sentences[0]
	}
	return "In " + where + ":\n- " + strings.Join(sentences, "\n- ")
}

func problemSentence(p template.Problem) string {
	where := cmp.Or(p.Path, "the file")
	if p.Line > 0 {
		where = fmt.Sprintf("line %d, %s", p.Line, where)
	}
	return where + ": " + ended(p.Message)
}

var errNobodys = errors.New("it has no property " + template.PersonalAuth + " with an e-mail, so it is not one person's: only files that this resource, or somebody like it, made for one person can be imported")

// ownerOf is whom the clusters of a file belong to. It reads whatever somebody made of the file by hand.
func ownerOf(text string) (person.Person, error) {
	var file struct {
		Config struct {
			SoftwareConfig struct {
				Properties map[string]any `yaml:"properties"`
			} `yaml:"softwareConfig"`
		} `yaml:"config"`
	}
	if err := yaml.Unmarshal([]byte(text), &file); err != nil {
		return person.Person{}, fmt.Errorf("it is not YAML: %w", err)
	}
	email, _ := file.Config.SoftwareConfig.Properties[template.PersonalAuth].(string)
	who, err := person.Parse(email)
	if err != nil {
		return who, errNobodys
	}
	return who, nil
}
