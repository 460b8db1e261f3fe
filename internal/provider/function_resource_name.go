package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/function"

	"github.com/data-access/terraform-provider-provisioner/internal/person"
)

var _ function.Function = (*resourceNameFunction)(nil)

func newResourceNameFunction() function.Function { return &resourceNameFunction{} }

type resourceNameFunction struct{}

func (*resourceNameFunction) Metadata(_ context.Context, _ function.MetadataRequest, resp *function.MetadataResponse) {
	resp.Name = "resource_name"
}

func (*resourceNameFunction) Definition(_ context.Context, _ function.DefinitionRequest, resp *function.DefinitionResponse) {
	resp.Definition = function.Definition{
		Summary: "A name for something that belongs to one person",
		MarkdownDescription: "Makes a name of a prefix, a readable part of an e-mail address and a hash of the whole address, in lower-case letters, digits and hyphens. " +
			"Two people never share one: what is too long is shortened in the readable part.",
		Parameters: []function.Parameter{
			function.StringParameter{Name: "email", MarkdownDescription: "The person's e-mail address; case does not matter."},
			function.StringParameter{Name: "prefix", MarkdownDescription: "What the name begins with; may be empty."},
			function.Int64Parameter{Name: "max", MarkdownDescription: "The most characters that the name may have."},
		},
		Return: function.StringReturn{},
	}
}

func (*resourceNameFunction) Run(ctx context.Context, req function.RunRequest, resp *function.RunResponse) {
	var email, prefix string
	var limit int64
	if resp.Error = req.Arguments.Get(ctx, &email, &prefix, &limit); resp.Error != nil {
		return
	}
	who, err := person.Parse(email)
	if err != nil {
		resp.Error = function.NewArgumentFuncError(0, err.Error())
		return
	}
	name, err := who.Name(prefix, int(limit))
	if err != nil {
		resp.Error = function.NewArgumentFuncError(2, err.Error())
		return
	}
	resp.Error = resp.Result.Set(ctx, name)
}
