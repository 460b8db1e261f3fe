package provider

import (
	"context"
	"maps"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/booldefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/mapplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/run"
	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/run/script"
)

func newSlideruleReleaseResource() resource.Resource { return newReleases() }

func newReleases() *slideruleRunResource {
	return &slideruleRunResource{kind: slideruleRunKind{
		kind: script.Release, typeName: "_sliderule_release", noun: "release",
		empty: func() slideruleRunData {
			m := &slideruleReleaseModel{slideruleRunModel: emptyRun(), slideruleReleaseInput: noReleaseInput(), Images: types.MapNull(types.StringType)}
			m.Overwrite, m.MoveLatest = types.BoolValue(defaultOverwrite), types.BoolValue(defaultMoveLatest)
			return m
		},
		schema: func(ctx context.Context) schema.Schema {
			attributes := runAttributes(ctx, script.Release)
			maps.Copy(attributes, releaseAttributes())
			return schema.Schema{MarkdownDescription: aboutReleases, Attributes: attributes}
		},
	}}
}

const aboutReleases = "One release of SlideRule: the images of a tag are built and pushed under that tag, on a spot machine of its own that ends itself: the program's end, a shutdown armed by its first line, and a schedule of AWS each see to it. " +
	"It needs a `provisioner_sliderule_foundation` of the same `installation` whose `registry` is one of ECR, and an administrator.\n\n" +
	"A tag that the registry has already is refused unless `overwrite`. A release that does not come to its end fails the apply, with the end of the log, and the next apply runs again. " +
	"Destroying the resource ends a release that still goes on; images that were pushed, logs and summaries stay."

const (
	defaultOverwrite  = false
	defaultMoveLatest = false
)

// releaseAttributes are what only releases have.
func releaseAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"overwrite": schema.BoolAttribute{
			Optional: true, Computed: true, Default: booldefault.StaticBool(defaultOverwrite),
			MarkdownDescription: "Whether images that the registry has under this tag may be replaced. It also completes a release that ended half-way. Changing it runs nothing again when the release passed. Defaults to false.",
		},
		"move_latest": schema.BoolAttribute{
			Optional: true, Computed: true, Default: booldefault.StaticBool(defaultMoveLatest),
			MarkdownDescription: "Whether the tag `latest` is moved to these images as well. Defaults to false.",
		},
		imageNames: schema.ListAttribute{
			ElementType: types.StringType, Optional: true, Validators: textsGiven(),
			MarkdownDescription: "Names of the images, each of a repository that the registry has. Defaults to `" + strings.Join(script.ClusterImages(), "`, `") + "`.",
		},
		"images": schema.MapAttribute{
			ElementType: types.StringType, Computed: true, PlanModifiers: []planmodifier.Map{mapplanmodifier.UseStateForUnknown()},
			MarkdownDescription: "Digest of each image that was pushed, by its name, as the registry has it. Null until the release has ended, and when it left no summary.",
		},
	}
}

// slideruleReleaseModel is the state of a release.
type slideruleReleaseModel struct {
	slideruleRunModel
	slideruleReleaseInput
	Images types.Map `tfsdk:"images"`
}

func (m *slideruleReleaseModel) wanted() run.Wanted { return m.release(&m.slideruleReleaseInput) }

func (m *slideruleReleaseModel) declared() map[string]attr.Value {
	all := m.slideruleRunModel.declared()
	maps.Copy(all, m.slideruleReleaseInput.declared())
	return all
}

// took writes the digests of the images, once there are any.
func (m *slideruleReleaseModel) took(r *run.Run) {
	if r.Digests != nil {
		m.Images = mapOf(r.Digests)
	} else if m.Images.IsUnknown() {
		m.Images = types.MapNull(types.StringType)
	}
}

func (m *slideruleReleaseModel) blur() {
	m.slideruleRunModel.blur()
	m.Images = types.MapUnknown(types.StringType)
}
