package provider

import (
	"context"
	"errors"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework-validators/mapvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/identityschema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/booldefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/int64default"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringdefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/data-access/terraform-provider-provisioner/internal/notebook/session"
)

// sparkConnect is how the configuration calls a session without a kernel.
const sparkConnect = "SPARK_CONNECT"

// Defaults.
const (
	defaultKernel             = session.Python
	defaultSessionIdleMinutes = 60
	defaultSessionMaxMinutes  = 24 * 60
)

func (r *sparkSessionTemplateResource) Schema(ctx context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	nonEmpty := []validator.String{stringvalidator.LengthAtLeast(1)}
	kernels := []string{session.Python, session.Scala, sparkConnect}
	resp.Schema = schema.Schema{
		MarkdownDescription: "One person's template for Spark sessions without machines of their own (Managed Service for Apache Spark, formerly Dataproc Serverless), the successor of the hub's templates. " +
			"Sessions from it run with end-user credentials: every query is logged and billed to whoever starts the session, and they end by themselves.\n\n" +
			"A template says how a session is made; it is no access control. Everybody in the project who may create sessions can use it, and reads with it what they themselves may read.",
		Attributes: map[string]schema.Attribute{
			"user_email": schema.StringAttribute{
				Required: true, Validators: []validator.String{emailValidator},
				PlanModifiers: []planmodifier.String{sameEmail, stringplanmodifier.RequiresReplaceIf(unlessImported,
					"Another person means another template.", "Another person means another template.")},
				MarkdownDescription: "Whose template it is. Case does not matter; another person means another template.",
			},
			"project":  projectAttribute(),
			"location": locationAttribute("Region of the sessions, such as `us-central1`. Defaults to the provider's location, or the region of its zone."),
			"name": schema.StringAttribute{
				Optional: true, Computed: true,
				PlanModifiers:       []planmodifier.String{stringplanmodifier.UseStateForUnknown(), stringplanmodifier.RequiresReplace()},
				MarkdownDescription: "Name of the template: 4 to 63 of a-z, 0-9 and hyphens. Defaults to `spark-` and the person, readable and unique.",
			},
			"display_name": schema.StringAttribute{Optional: true, Validators: nonEmpty, MarkdownDescription: "What people see: at most 63 characters."},
			"description":  schema.StringAttribute{Optional: true, Validators: nonEmpty, MarkdownDescription: "What the template is for."},
			"kernel": schema.StringAttribute{
				Optional: true, Computed: true, Default: stringdefault.StaticString(defaultKernel),
				MarkdownDescription: "Kernel of the notebook: one of " + words(kernels) + "; the last is no notebook, but a session for Spark Connect clients. Defaults to `" + defaultKernel + "`.",
			},
			"runtime_version": schema.StringAttribute{
				Optional: true, Computed: true, PlanModifiers: keepString(), Validators: nonEmpty,
				MarkdownDescription: "Version of the Spark runtime, such as `2.3`. Unset leaves it to Google, and then as it is.",
			},
			"container_image": schema.StringAttribute{Optional: true, Validators: nonEmpty, MarkdownDescription: "Container image for the sessions in place of Google's."},
			"properties": schema.MapAttribute{
				ElementType: types.StringType, Optional: true, Validators: []validator.Map{mapvalidator.SizeAtLeast(1)},
				MarkdownDescription: "Spark properties, such as `spark.executor.instances`. Only these keys are compared with the template; what would change whose credentials read the data is refused.",
			},
			"labels": schema.MapAttribute{
				ElementType: types.StringType, Optional: true, Validators: []validator.Map{mapvalidator.SizeAtLeast(1)},
				MarkdownDescription: "Labels, such as a cost centre. Only these keys are compared with the template.",
			},
			"idle_minutes": schema.Int64Attribute{
				Optional: true, Computed: true, Default: int64default.StaticInt64(defaultSessionIdleMinutes),
				MarkdownDescription: "After how many idle minutes a session ends: 10 to 20160. Defaults to 60.",
			},
			"max_minutes": schema.Int64Attribute{
				Optional: true, Computed: true, Default: int64default.StaticInt64(defaultSessionMaxMinutes),
				MarkdownDescription: "After how many minutes a session ends whatever happens: 10 to 20160. Defaults to 1440, one day.",
			},
			"subnet": schema.StringAttribute{Optional: true, Validators: nonEmpty, MarkdownDescription: "Subnetwork of the sessions: a name, or `projects/P/regions/R/subnetworks/S`."},
			"network_tags": schema.SetAttribute{
				ElementType: types.StringType, Optional: true, Validators: []validator.Set{setvalidator.SizeAtLeast(1)}, MarkdownDescription: "Network tags of the sessions, for firewall rules.",
			},
			"staging_bucket":         schema.StringAttribute{Optional: true, Validators: []validator.String{bareBucketValidator}, MarkdownDescription: "Name of the bucket, without `gs://`, in which sessions keep their dependencies."},
			"customer_managed_key":   schema.StringAttribute{Optional: true, Validators: nonEmpty, MarkdownDescription: "Cloud KMS key that encrypts the sessions' data: `projects/P/locations/L/keyRings/R/cryptoKeys/K`. It is the name of a key, not a secret."},
			"metastore_service":      schema.StringAttribute{Optional: true, Validators: nonEmpty, MarkdownDescription: "Dataproc Metastore service: `projects/P/locations/L/services/S`."},
			"history_server_cluster": schema.StringAttribute{Optional: true, Validators: nonEmpty, MarkdownDescription: "Dataproc cluster that runs the Spark history server: `projects/P/regions/R/clusters/C`."},
			"delete_leftover_sessions": schema.BoolAttribute{
				Optional: true, Computed: true, Default: booldefault.StaticBool(defaultDeleteLeftovers),
				MarkdownDescription: "Whether destroy also ends and deletes the sessions that run on: those from this template, and the person's others with labels of this installation. The plan of a destroy lists them either way. Defaults to false: they end by `idle_minutes` and `max_minutes`.",
			},
			"id":      schema.StringAttribute{Computed: true, PlanModifiers: keepString(), MarkdownDescription: "Full name: `projects/P/locations/L/sessionTemplates/N`."},
			"uuid":    schema.StringAttribute{Computed: true, PlanModifiers: keepString(), MarkdownDescription: "Google's own id of this template, which a successor of the same name would not have."},
			"creator": schema.StringAttribute{Computed: true, PlanModifiers: keepString(), MarkdownDescription: "Who made the template: the identity of the provider."},
			"effective_identity": schema.StringAttribute{
				Computed: true, PlanModifiers: keepString(),
				MarkdownDescription: "As whom sessions read data, as Google has it: `user`, whoever starts them, or `service_account` when somebody changed that by hand; the next apply puts it right.",
			},
			"managed_by": managedByAttribute("template", "labels"),
			"outcome":    outcomeAttribute(),
			"timeouts": operationTimeouts(ctx, "How long each operation may take.", timeouts.Opts{
				CreateDescription: "Defaults to 5 minutes.", ReadDescription: "Defaults to 5 minutes.", UpdateDescription: "Defaults to 5 minutes.",
				DeleteDescription: "How long the template and the leftover sessions may take. Defaults to 20 minutes.",
			}),
		},
	}
}

// unlessImported: a template that was imported by its id has nobody's address yet; giving it one replaces nothing.
func unlessImported(_ context.Context, req planmodifier.StringRequest, resp *stringplanmodifier.RequiresReplaceIfFuncResponse) {
	resp.RequiresReplace = !req.StateValue.IsNull()
}

var bareBucketValidator = check{
	summary: "This is not the name of a bucket", description: "value must be the name of a bucket, without gs://",
	verify: func(text string) error {
		if strings.HasPrefix(text, "gs://") || !bucketForm.MatchString(text) {
			return errors.New("\"" + text + "\", not the bare name of a bucket (leave out gs://, folders and slashes)")
		}
		return nil
	},
}

func (r *sparkSessionTemplateResource) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	resp.IdentitySchema = identityschema.Schema{Attributes: map[string]identityschema.Attribute{
		"id": identityschema.StringAttribute{RequiredForImport: true, Description: "Full name of the template: projects/P/locations/L/sessionTemplates/N."},
	}}
}
