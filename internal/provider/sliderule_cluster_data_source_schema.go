package provider

import (
	"context"
	"errors"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/datasource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/naming"
	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/probe"
)

func (d *slideruleClusterDataSource) Schema(ctx context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	text := func(description string) schema.StringAttribute {
		return schema.StringAttribute{Computed: true, MarkdownDescription: description}
	}
	number := func(description string) schema.Int64Attribute {
		return schema.Int64Attribute{Computed: true, MarkdownDescription: description}
	}
	flag := func(description string) schema.BoolAttribute {
		return schema.BoolAttribute{Computed: true, MarkdownDescription: description}
	}
	usd := func(description string) schema.Float64Attribute {
		return schema.Float64Attribute{Computed: true, MarkdownDescription: description}
	}
	wait := timeouts.AttributesWithOpts(ctx, timeouts.Opts{ReadDescription: "Defaults to 5 minutes."})
	if nested, ok := wait.(schema.SingleNestedAttribute); ok {
		nested.MarkdownDescription = "How long looking and asking may take together. Asking alone gives up after half a minute."
		wait = nested
	}
	resp.Schema = schema.Schema{
		MarkdownDescription: "A SlideRule cluster as it is now, whoever made it, and on request what the cluster itself says. A cluster that is not there is `not running`, and no error; a look that failed is an error.\n\n" +
			"A cluster that was asked and is not up, and a client of another major version, are also told in a warning. " +
			"The variable `" + slideruleURL + "` leads the questions to another address, which passes them on by their Host header: for tests, and for private networks.",
		Attributes: map[string]schema.Attribute{
			"cluster": schema.StringAttribute{
				Required: true, Validators: []validator.String{clusterToReadValidator},
				MarkdownDescription: "Name of the cluster, such as `dev`; of a public one, its real name, such as `sliderule-20260801090000`.",
			},
			"probe": schema.BoolAttribute{
				Optional:            true,
				MarkdownDescription: "Whether to ask the cluster itself, over the internet: is it up, which version is it, and how many nodes are ready. A private cluster tells its version only to the bearer of a token: see `jwt_user` in the provider's `sliderule` block. Defaults to false.",
			},
			"client_version": schema.StringAttribute{
				Optional: true, Validators: []validator.String{clientVersionValidator},
				MarkdownDescription: "Version of the client that people use, such as `v5.2.1`. When its major version is not the server's, a warning says so.",
			},
			"status":           text("`not running`, `in-progress deployment`, `in-progress destruction` or `running`: what CloudFormation says. Running does not mean that it answers: see `probe`."),
			"is_public":        flag("Whether everybody may use it. Null when there is no cluster."),
			"node_capacity":    number("How many nodes it has when it is awake."),
			"min_nodes":        number("What people's live requests may scale it down to."),
			"max_nodes":        number("What people's live requests may scale it up to."),
			"version":          text("Tag of the images that it was deployed with."),
			"expires_at":       text("When it ends, or within the last day ended, by itself (RFC 3339, UTC). Null when nothing is scheduled to end it."),
			"endpoint":         text("Address that clients are given."),
			"ilb_address":      text("Public address of its load balancer."),
			"group_name":       text("Auto Scaling group of its nodes."),
			"current_nodes":    number("How many nodes there are now: 0 while it sleeps, and when it is not running."),
			"hourly_cost_usd":  usd("What it costs an hour as it is now, in USD, by the provider's list of prices. Null when the price of its machines is not known."),
			"accrued_cost_usd": usd("What it has cost this calendar month (UTC), in USD and whole cents. Null when it has no budget, and when it cannot be looked up."),
			"stack_id":         text("ARN of its stack. Null when there is none."),
			"stack_status":     text("CloudFormation's word for the state of its stack."),
			"reason":           text("Why it is not as it should be: the first failing event of its stack."),
			"ami":              text("Machine image that it was made from."),
			"image_digest":     text("Digest of the image that its nodes run, as it was when the cluster was deployed. Null when that could not be known."),
			"managed_by":       text("The provider's `installation` that made it. Null when none did."),
			"up":               flag("Whether it answers, and has a node that is ready. Null when it was not asked."),
			"server_version":   text("Version that the cluster itself tells. Null when it was not asked, or did not tell."),
			"registered_nodes": number("How many nodes have registered with its load balancer. They follow `current_nodes`, minutes later. Null when it was not asked, or did not tell."),
			"message":          text("How the cluster is, in sentences: what keeps it from answering and how to bring it up, and whether the client fits. Null when there is nothing to say."),
			"timeouts":         wait,
		},
	}
}

var clusterToReadValidator = check{
	summary: "This cannot be the name of a cluster", description: "value must be the name of a cluster",
	verify: func(name string) error {
		err := naming.CheckCluster(name)
		var wrong *naming.Error
		switch {
		case name == "sliderule":
			return errors.New(`"sliderule", which is only an address of the live public cluster. Give its real name, such as sliderule-20260801090000`)
		case errors.As(err, &wrong):
			return fmt.Errorf("%.80q, which no cluster is called: %s. %s", name, wrong.Rule, wrong.Remedy)
		}
		return err
	},
}

var clientVersionValidator = check{
	summary: "This is not the version of a client", description: "value must be a version such as v5.2.1",
	verify: func(text string) error {
		if _, ok := probe.Major(text); !ok {
			return fmt.Errorf("%.80q, which is no version: write it as in v5.2.1, or leave it out", text)
		}
		return nil
	},
}
