package provider

import (
	"context"
	"errors"
	"regexp"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/identityschema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/booldefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringdefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/data-access/terraform-provider-provisioner/internal/notebook/google"
	"github.com/data-access/terraform-provider-provisioner/internal/notebook/template"
	"github.com/data-access/terraform-provider-provisioner/internal/person"
)

// Defaults, by attribute.
var dataprocTemplateDefaults = map[string]string{
	"prefix": "dataproc_generated_templates", // as the published deployer has it
	"name":   "default",
}

func (r *dataprocTemplateResource) Schema(ctx context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "One person's Dataproc cluster file in Cloud Storage, made of an admin's: a cluster from it reads data as that person, by Dataproc's personal authentication.\n\n" +
			"The admin's file is decoded strictly into Dataproc's cluster type; the personal-auth property, a cluster name and labels that are the person's own are set on the typed value, and the whole is encoded again: " +
			"an address can never break out of the YAML. It goes to `gs://bucket/prefix/person/name.yaml`, and no person's path is the beginning of another's. " +
			"An edit by hand, or a deletion, is drift; a file that changed between plan and apply is never overwritten.",
		Attributes: map[string]schema.Attribute{
			"user_email": schema.StringAttribute{
				Required: true, Validators: []validator.String{emailValidator},
				PlanModifiers:       []planmodifier.String{sameEmail, stringplanmodifier.RequiresReplace()},
				MarkdownDescription: "Whose clusters the file makes. Case does not matter; another person means another file.",
			},
			"bucket": schema.StringAttribute{
				Required: true, Validators: []validator.String{bucketValidator}, PlanModifiers: replaceString(),
				MarkdownDescription: "Name of the bucket, without `gs://`. One that is missing at plan is a warning: it may be made in the same apply.",
			},
			"prefix": schema.StringAttribute{
				Optional: true, Computed: true, Default: stringdefault.StaticString(dataprocTemplateDefaults["prefix"]),
				Validators: []validator.String{prefixValidator}, PlanModifiers: replaceString(),
				MarkdownDescription: "Folder in the bucket, for everybody. Defaults to `" + dataprocTemplateDefaults["prefix"] + "`.",
			},
			"name": schema.StringAttribute{
				Optional: true, Computed: true, Default: stringdefault.StaticString(dataprocTemplateDefaults["name"]),
				Validators: []validator.String{templateNameValidator}, PlanModifiers: replaceString(),
				MarkdownDescription: "Name of the file without `.yaml`, so that a person can have several. Defaults to `" + dataprocTemplateDefaults["name"] + "`.",
			},
			"template": schema.StringAttribute{
				Required: true, Validators: []validator.String{templateValidator{}},
				MarkdownDescription: "The admin's file: a Dataproc [cluster](https://cloud.google.com/dataproc/docs/reference/rest/v1/projects.regions.clusters#Cluster) in YAML, shared by everyone. " +
					"An unknown key, a wrong type or a value that Dataproc does not know is refused with its line, and so are an image that Google no longer runs, what personal authentication excludes, and a missing `lifecycleConfig.idleDeleteTtl`: clusters end by themselves. A file that differs only in its form changes nothing.",
			},
			"project": schema.StringAttribute{
				Optional:            true,
				MarkdownDescription: "Google Cloud project in which the person's clusters run, to look for leftovers there. Defaults to the provider's.",
			},
			"region": schema.StringAttribute{
				Optional: true, Validators: []validator.String{regionValidator},
				MarkdownDescription: "Region in which the person's clusters run, to look for leftovers there. Defaults to the provider's location.",
			},
			"delete_leftover_clusters": schema.BoolAttribute{
				Optional: true, Computed: true, Default: booldefault.StaticBool(defaultDeleteLeftovers),
				MarkdownDescription: "Whether destroy also deletes the person's clusters that run on, found by the labels that their files give them, whichever of several it was. The plan of a destroy lists them either way. Defaults to false.",
			},
			"id":         schema.StringAttribute{Computed: true, PlanModifiers: keepString(), MarkdownDescription: "Bucket and path: `bucket/prefix/person/name.yaml`."},
			"uri":        schema.StringAttribute{Computed: true, PlanModifiers: keepString(), MarkdownDescription: "Address of the file: `gs://bucket/prefix/person/name.yaml`."},
			"path":       schema.StringAttribute{Computed: true, PlanModifiers: keepString(), MarkdownDescription: "Path of the file in the bucket."},
			"yaml":       schema.StringAttribute{Computed: true, PlanModifiers: keepString(), MarkdownDescription: "The person's file. The function `dataproc_template` gives the same text without uploading it."},
			"generation": schema.Int64Attribute{Computed: true, PlanModifiers: keepInt64(), MarkdownDescription: "Cloud Storage's number of this version of the file."},
			"md5":        schema.StringAttribute{Computed: true, PlanModifiers: keepString(), MarkdownDescription: "MD5 of the file in base64, as Cloud Storage writes it."},
			"managed_by": managedByAttribute("file", "metadata"),
			"outcome":    outcomeAttribute(),
			"timeouts": operationTimeouts(ctx, "How long each operation may take.", timeouts.Opts{
				CreateDescription: "Defaults to 5 minutes.", ReadDescription: "Defaults to 5 minutes.", UpdateDescription: "Defaults to 5 minutes.",
				DeleteDescription: "How long the file and the leftover clusters may take. Defaults to 20 minutes.",
			}),
		},
	}
}

func (r *dataprocTemplateResource) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	resp.IdentitySchema = identityschema.Schema{Attributes: map[string]identityschema.Attribute{
		"bucket": identityschema.StringAttribute{RequiredForImport: true, Description: "Name of the bucket."},
		"path":   identityschema.StringAttribute{RequiredForImport: true, Description: "Path of the file in the bucket."},
	}}
}

var bucketForm = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{1,220}[a-z0-9]$`)

var bucketValidator = check{
	summary: "This is not the name of a bucket", description: "value must be the name of a bucket, without gs://",
	verify: func(text string) error {
		switch {
		case strings.HasPrefix(text, "gs://"):
			return errors.New("the address of a bucket (leave out gs://, and give a folder as prefix)")
		case !bucketForm.MatchString(text):
			return errors.New("not the name of a bucket (3 to 63 lower-case letters, digits, hyphens, underscores and dots, such as my-team-templates)")
		}
		return nil
	},
}

var regionValidator = check{
	summary: "This is not a region", description: "value must be a region",
	verify: func(text string) error {
		switch {
		case google.IsZone(text):
			return errors.New("a zone, \"" + text + "\" (give its region, " + google.Region(text) + ")")
		case !google.IsRegion(text):
			return errors.New("not a region (expected a form such as us-central1)")
		}
		return nil
	},
}

// somebody stands for any person where only the form of a path is judged.
var somebody, _ = person.Parse("somebody@example.com")

var prefixValidator = check{
	summary: "This cannot be a folder for templates", description: "value must be the path of a folder",
	verify: func(text string) error {
		_, err := template.Path(text, somebody, dataprocTemplateDefaults["name"])
		return asValue(text, err)
	},
}

var templateNameValidator = check{
	summary: "This cannot be the name of a template", description: "value must be the name of a file",
	verify: func(text string) error {
		_, err := template.Path(dataprocTemplateDefaults["prefix"], somebody, text)
		return asValue(text, err)
	},
}

// asValue makes an error read well behind "The value of x is".
func asValue(text string, err error) error {
	if err == nil {
		return nil
	}
	return errors.New("\"" + text + "\": " + err.Error())
}

// templateValidator checks an admin's file and tells every problem of it at once.
type templateValidator struct{}

func (templateValidator) Description(context.Context) string {
	return "value must be the YAML of a Dataproc cluster"
}

func (v templateValidator) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

func (templateValidator) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	_, err := parseTemplate(req.ConfigValue.ValueString())
	refuseFile(req.Path, "", err, &resp.Diagnostics)
}
