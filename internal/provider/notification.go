package provider

import (
	"context"
	"fmt"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-validators/listvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/data-access/terraform-provider-provisioner/internal/person"
	"github.com/data-access/terraform-provider-provisioner/internal/slack"
)

// What people are told by Slack is the same for every kind of thing that they get.

type notificationModel struct {
	Text     types.String   `tfsdk:"text"`
	FAQLinks []faqLinkModel `tfsdk:"faq_links"`
}

type faqLinkModel struct {
	Title types.String `tfsdk:"title"`
	URL   types.String `tfsdk:"url"`
}

var notificationTypes = map[string]attr.Type{
	"text":      types.StringType,
	"faq_links": types.ListType{ElemType: types.ObjectType{AttrTypes: map[string]attr.Type{"title": types.StringType, "url": types.StringType}}},
}

func notificationAttribute(when string) schema.SingleNestedAttribute {
	return schema.SingleNestedAttribute{
		Optional:            true,
		MarkdownDescription: "A Slack message to the person, sent once, when " + when + ". A failure of Slack is a warning.",
		Attributes: map[string]schema.Attribute{
			"text": schema.StringAttribute{
				Optional: true, Validators: []validator.String{stringvalidator.LengthBetween(1, 2000)},
				MarkdownDescription: "What to say in place of the default text.",
			},
			"faq_links": schema.ListNestedAttribute{
				Optional: true, Validators: []validator.List{listvalidator.SizeAtMost(20)}, MarkdownDescription: "Pages for the person to read.",
				NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
					"title": schema.StringAttribute{Required: true, Validators: []validator.String{stringvalidator.LengthBetween(1, 200)}, MarkdownDescription: "What the link says."},
					"url":   schema.StringAttribute{Required: true, Validators: []validator.String{urlValidator}, MarkdownDescription: "Where it leads: an http or https address."},
				}},
			},
		},
	}
}

// noticeOf is a message as configured: with the configured text, followed by the address, in place of the default one.
func noticeOf(ctx context.Context, notification types.Object, notice slack.Notice, address string) (slack.Notice, diag.Diagnostics) {
	var n notificationModel
	diags := notification.As(ctx, &n, objectOptions)
	if text := n.Text.ValueString(); text != "" {
		notice.Text = text + "\n" + address
	}
	for _, link := range n.FAQLinks {
		notice.Links = append(notice.Links, slack.Link{Title: link.Title.ValueString(), URL: link.URL.ValueString()})
	}
	return notice, diags
}

// tell sends a message about a thing to its person, and returns when; null is a failure, told as a warning.
func (c *clouds) tell(ctx context.Context, email types.String, notice slack.Notice, thing, address string, diags *diag.Diagnostics) types.String {
	who, err := person.Parse(email.ValueString())
	if err != nil || diags.HasError() {
		return types.StringNull()
	}
	receipt, err := c.teller.Tell(ctx, who, notice)
	if err != nil {
		diags.AddWarning("A person was not told of their "+thing, sentence(err)+fmt.Sprintf(" The %s is ready all the same; tell %s yourself: %s", thing, who, address))
		return types.StringNull()
	}
	return types.StringValue(receipt.SentAt.UTC().Format(time.RFC3339))
}

// probeSlack tells once, at plan, that nobody can be told of what is made.
func (c *clouds) probeSlack(ctx context.Context, things string, diags *diag.Diagnostics) {
	if _, err := c.slackToken(ctx, c.slackConfig()); err != nil && c.first("slack") {
		diags.AddWarning("Nobody can be told by Slack yet", sentence(err)+" People whose "+things+" are made without it are not told later: mend this first.")
	}
}
