package provider

import (
	"context"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/action/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/action/schema"
	resources "github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/run/script"
)

const aboutRunActions = "\n\nAn action keeps no state, always waits until the run has ended, and shows what happens meanwhile. When Terraform is interrupted, the run goes on and ends by itself, and the error says where its log will be.\n\n" +
	"It needs Terraform 1.14 or later. The resource of the same name does the same with older versions and with OpenTofu, and keeps what the run came to. " +
	"For administrators, who act with AWS credentials alone."

func (a *slideruleRunAction) Schema(ctx context.Context, _ action.SchemaRequest, resp *action.SchemaResponse) {
	attributes := forActions(runInputs(a.kind))
	attributes["retries"] = schema.Int64Attribute{
		Optional:            true,
		MarkdownDescription: "How often a run whose spot machine AWS took back is tried again, at most 5. Each attempt has an id and a log of its own. Defaults to 0.",
	}
	wait := timeouts.AttributesWithOpts(ctx, timeouts.Opts{InvokeDescription: "Defaults to the time limit and 30 minutes, for each attempt."})
	if nested, ok := wait.(schema.SingleNestedAttribute); ok {
		nested.MarkdownDescription = "How long to wait. A run that is not waited for any more goes on."
		wait = nested
	}
	attributes["timeouts"] = wait
	about := "Tests a version of SlideRule against a cluster, on a spot machine of its own that ends itself. It fails when a suite did, and shows which, with the end of the log."
	if a.kind == script.Release {
		about = "Releases a version of SlideRule: the images of a tag are built and pushed under that tag, on a spot machine of its own that ends itself. It shows their digests as the registry has them."
		addReleaseInputs(attributes)
	} else {
		attributes["version"] = schema.StringAttribute{Required: true, MarkdownDescription: "What is tested: a branch, a tag or a commit."}
	}
	resp.Schema = schema.Schema{MarkdownDescription: about + aboutRunActions, Attributes: attributes}
}

// addReleaseInputs adds what a release alone is told.
func addReleaseInputs(attributes map[string]schema.Attribute) {
	flag := func(description string) schema.Attribute {
		return schema.BoolAttribute{Optional: true, MarkdownDescription: description + " Defaults to false."}
	}
	attributes["overwrite"] = flag("Whether images that the registry has under this tag may be replaced. It also completes a release that ended half-way.")
	attributes["move_latest"] = flag("Whether the tag `latest` is moved to these images as well.")
	attributes[imageNames] = schema.ListAttribute{
		ElementType: types.StringType, Optional: true, Validators: textsGiven(),
		MarkdownDescription: "Names of the images, each of a repository that the registry has. Defaults to `" + strings.Join(script.ClusterImages(), "`, `") + "`.",
	}
}

// forActions are the arguments of a resource as those of an action, which has no plan to keep defaults in.
func forActions(of map[string]resources.Attribute) map[string]schema.Attribute {
	all := map[string]schema.Attribute{}
	for name, attribute := range of {
		required, description := attribute.IsRequired(), attribute.GetMarkdownDescription()
		switch a := attribute.(type) {
		case resources.BoolAttribute:
			all[name] = schema.BoolAttribute{Required: required, Optional: !required, MarkdownDescription: description, Validators: a.Validators}
		case resources.Int64Attribute:
			all[name] = schema.Int64Attribute{Required: required, Optional: !required, MarkdownDescription: description, Validators: a.Validators}
		case resources.StringAttribute:
			all[name] = schema.StringAttribute{Required: required, Optional: !required, MarkdownDescription: description, Validators: a.Validators}
		case resources.ListAttribute:
			all[name] = schema.ListAttribute{ElementType: a.ElementType, Required: required, Optional: !required, MarkdownDescription: description, Validators: a.Validators}
		}
	}
	return all
}
