package provider

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/function"

	"github.com/data-access/terraform-provider-provisioner/internal/person"
)

var _ function.Function = (*dataprocTemplateFunction)(nil)

func newDataprocTemplateFunction() function.Function { return &dataprocTemplateFunction{} }

type dataprocTemplateFunction struct{}

func (*dataprocTemplateFunction) Metadata(_ context.Context, _ function.MetadataRequest, resp *function.MetadataResponse) {
	resp.Name = "dataproc_template"
}

func (*dataprocTemplateFunction) Definition(_ context.Context, _ function.DefinitionRequest, resp *function.DefinitionResponse) {
	resp.Definition = function.Definition{
		Summary: "One person's Dataproc cluster file",
		MarkdownDescription: "Makes one person's Dataproc cluster file of an admin's: the text that the resource `provisioner_dataproc_template` uploads, without uploading it. " +
			"The admin's file is decoded strictly; what cannot be used is an error that names the line.",
		Parameters: []function.Parameter{
			function.StringParameter{Name: "yaml", MarkdownDescription: "The admin's file: a Dataproc cluster in YAML."},
			function.StringParameter{Name: "email", MarkdownDescription: "The person's e-mail address; case does not matter."},
		},
		VariadicParameter: function.StringParameter{
			Name: "installation", MarkdownDescription: "The provider's `installation`, which a function cannot know and a label of the clusters names: at most one. Defaults to `" + defaultInstallation + "`.",
		},
		Return: function.StringReturn{},
	}
}

func (*dataprocTemplateFunction) Run(ctx context.Context, req function.RunRequest, resp *function.RunResponse) {
	var yaml, email string
	var installations []string
	if resp.Error = req.Arguments.Get(ctx, &yaml, &email, &installations); resp.Error != nil {
		return
	}
	installation := defaultInstallation
	switch {
	case len(installations) == 1 && !installationForm.MatchString(installations[0]):
		resp.Error = function.NewArgumentFuncError(2, fmt.Sprintf("%q is no installation: it has 1 to 63 lower-case letters, digits and hyphens, beginning with a letter", installations[0]))
		return
	case len(installations) == 1:
		installation = installations[0]
	case len(installations) > 1:
		resp.Error = function.NewArgumentFuncError(3, "give one installation at most")
		return
	}
	text, _, err := renderTemplate(yaml, email, installation)
	switch {
	case errors.Is(err, person.ErrNotEmail):
		resp.Error = function.NewArgumentFuncError(1, err.Error())
	case err != nil:
		resp.Error = function.NewArgumentFuncError(0, strings.Join(templateProblems(err), "\n"))
	default:
		resp.Error = resp.Result.Set(ctx, text)
	}
}
