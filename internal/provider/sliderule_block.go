package provider

import (
	"errors"
	"fmt"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-validators/float64validator"
	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework-validators/mapvalidator"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/data-access/terraform-provider-provisioner/internal/sliderule"
	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/access"
	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/budget"
	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/naming"
)

// slideruleBlock is the sliderule attribute of the provider.
func slideruleBlock() schema.SingleNestedAttribute {
	return schema.SingleNestedAttribute{
		Optional: true,
		MarkdownDescription: "SlideRule clusters on AWS, in the region and with the credentials of `aws`. Nothing is looked for unless a resource of theirs needs it, or `jwt_user` is set. " +
			"Who has AWS credentials and no `jwt_user` is administrator.",
		Attributes: map[string]schema.Attribute{
			"domain": schema.StringAttribute{
				Optional: true, Validators: []validator.String{domainValidator},
				MarkdownDescription: "Domain of the clusters, such as `slideruleearth.io`. Defaults to the foundation's.",
			},
			"foundation": schema.StringAttribute{
				Optional: true, Validators: []validator.String{foundationNameValidator},
				MarkdownDescription: "Name of the foundation, which is that of its stack. Defaults to `" + sliderule.DefaultFoundation + "`.",
			},
			"jwt_user": schema.StringAttribute{
				Optional: true, Sensitive: true,
				MarkdownDescription: "Login of the person whose limits hold, from the ephemeral `provisioner_sliderule_login` of another provider configuration, so that no plan file holds it. " +
					"Limits are then checked at plan. They keep people from mistakes: who holds the AWS credentials could leave the login out.",
			},
			"limits": limitsAttribute(),
			"prices": pricesAttribute(),
		},
	}
}

var (
	domainValidator = check{
		summary: "This cannot be a domain", description: "value must be a domain such as example.org",
		verify: func(text string) error { return nonEmpty(text, naming.CheckDomain(text)) },
	}
	foundationNameValidator = check{
		summary: "This cannot be the name of a foundation", description: "value must begin with a letter and have at most 64 letters, digits and hyphens",
		verify: func(text string) error {
			for _, problem := range sliderule.JudgeFoundation(sliderule.FoundationWanted{Name: text}) {
				return errors.New("none: " + ended(problem.Detail))
			}
			return nonEmpty(text, nil)
		},
	}
	dateValidator = check{
		summary: "This is not a date", description: "value must be a date such as 2026-01-31",
		verify: func(text string) error {
			if _, err := time.Parse(time.DateOnly, text); err != nil {
				return fmt.Errorf("%q, which is no date: write it as in 2026-01-31", text)
			}
			return nil
		},
	}
)

func nonEmpty(text string, err error) error {
	switch {
	case text == "":
		return errors.New("empty: give it a value, or leave the argument out")
	case err != nil:
		return fmt.Errorf("none: %w", err)
	}
	return nil
}

// The bounds of what can be configured: beyond them a number is a slip.
const (
	mostNodesEver    = 1000
	mostMinutesEver  = 525600 // a year
	fewestMinutes    = 15
	mostUSDAnHour    = 1000
	mostUSDGBMonthly = 100
)

func limitsAttribute() schema.SingleNestedAttribute {
	designed := access.Default().Levels
	limit := func(level access.Level, who string) schema.SingleNestedAttribute {
		rights := designed[level]
		return schema.SingleNestedAttribute{
			Optional: true, MarkdownDescription: who,
			Attributes: map[string]schema.Attribute{
				"node_capacity": schema.Int64Attribute{
					Optional: true, Validators: []validator.Int64{int64validator.Between(1, mostNodesEver)},
					MarkdownDescription: fmt.Sprintf("The most nodes of one cluster. Defaults to %d.", rights.NodeCapacity.Max),
				},
				"time_to_live": schema.Int64Attribute{
					Optional: true, Validators: []validator.Int64{int64validator.Between(fewestMinutes, mostMinutesEver)},
					MarkdownDescription: fmt.Sprintf("The most minutes that a cluster may be asked for at once. Defaults to %d.", rights.TimeToLive.Max),
				},
			},
		}
	}
	return schema.SingleNestedAttribute{
		Optional:            true,
		MarkdownDescription: "How much of a cluster each level may ask for, in place of the designed numbers. Everything else that a level may do is fixed.",
		Attributes: map[string]schema.Attribute{
			"organization_member": limit(access.OrganizationMember, "Members of the organization, and affiliates, whose own entry narrows it further."),
			"administrator":       limit(access.Administrator, "Who has AWS credentials and no `jwt_user`."),
		},
	}
}

func pricesAttribute() schema.SingleNestedAttribute {
	list := budget.DefaultPrices()
	price := func(what string, most, usd float64) schema.Float64Attribute {
		return schema.Float64Attribute{
			Optional: true, Validators: []validator.Float64{float64validator.Between(0, most)},
			MarkdownDescription: fmt.Sprintf("%s. Defaults to %v.", what, usd),
		}
	}
	return schema.SingleNestedAttribute{
		Optional: true,
		MarkdownDescription: fmt.Sprintf("What AWS charges, in USD, which budgets and the costs of clusters are reckoned with until AWS's own bill is known. "+
			"The built-in list is of %s, for on-demand machines in %s; it ages, and other regions cost more. What is left out keeps its built-in price.", list.Date, list.Region),
		Attributes: map[string]schema.Attribute{
			"date":   schema.StringAttribute{Required: true, Validators: []validator.String{dateValidator}, MarkdownDescription: "The day that these prices are of, as in `2026-01-31`."},
			"region": schema.StringAttribute{Optional: true, MarkdownDescription: "The region that they are of. Defaults to `" + list.Region + "`."},
			"instances": schema.MapAttribute{
				ElementType: types.Float64Type, Optional: true, Validators: []validator.Map{mapvalidator.SizeAtLeast(1), mapvalidator.ValueFloat64sAre(float64validator.Between(0.0001, mostUSDAnHour))},
				MarkdownDescription: "USD an hour of each instance type, such as `{ \"t4g.2xlarge\" = 0.2688 }`. A cluster with a budget needs the price of each of its types.",
			},
			"nat_gateway":     price("USD an hour of a NAT gateway", mostUSDAnHour, list.NATGateway),
			"public_address":  price("USD an hour of a public IPv4 address", mostUSDAnHour, list.PublicAddress),
			"volume_gb_month": price("USD a month of a GB of disk", mostUSDGBMonthly, list.VolumeGBMonth),
		},
	}
}
