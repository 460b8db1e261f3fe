package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/run"
	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/run/script"
)

func newSlideruleTestResource() resource.Resource { return newTestRuns() }

func newTestRuns() *slideruleRunResource {
	return &slideruleRunResource{kind: slideruleRunKind{
		kind: script.Test, typeName: "_sliderule_test", noun: "test",
		empty: func() slideruleRunData { return &slideruleTestModel{slideruleRunModel: emptyRun(), Suites: noSuites()} },
		schema: func(ctx context.Context) schema.Schema {
			attributes := runAttributes(ctx, script.Test)
			attributes["suites"] = suitesAttribute()
			return schema.Schema{MarkdownDescription: aboutTests, Attributes: attributes}
		},
	}}
}

const aboutTests = "One run of SlideRule's tests against a cluster, on a spot machine of its own that ends itself: the program's end, a shutdown armed by its first line, and a schedule of AWS each see to it. " +
	"It needs a `provisioner_sliderule_foundation` of the same `installation`, and an administrator.\n\n" +
	"A run that does not pass fails the apply, with the suites that failed and the end of the log, and the next apply runs again. " +
	"Every change of what is tested is a run of its own, which replaces this one; logs and summaries stay. A run that passed stays so when its summary has expired."

// slideruleTestModel is the state of a test run.
type slideruleTestModel struct {
	slideruleRunModel
	Suites types.Map `tfsdk:"suites"`
}

func (m *slideruleTestModel) wanted() run.Wanted { return m.test() }

func (m *slideruleTestModel) declared() map[string]attr.Value {
	return m.slideruleRunModel.declared()
}

// took writes the results of the suites, once there are any.
func (m *slideruleTestModel) took(r *run.Run) {
	if r.Suites != nil || m.Suites.IsUnknown() {
		m.Suites = suitesOf(r.Suites)
	}
}

func (m *slideruleTestModel) blur() {
	m.slideruleRunModel.blur()
	m.Suites = types.MapUnknown(types.ObjectType{AttrTypes: suiteTypes})
}

func noSuites() types.Map { return types.MapNull(types.ObjectType{AttrTypes: suiteTypes}) }

// suitesOf are the results of suites, by name; null for none.
func suitesOf(suites map[string]script.Suite) types.Map {
	if suites == nil {
		return noSuites()
	}
	results := map[string]attr.Value{}
	for name, s := range suites {
		results[name] = types.ObjectValueMust(suiteTypes, map[string]attr.Value{
			"status": types.StringValue(s.Status), "passed": types.Int64Value(int64(s.Passed)), "failed": types.Int64Value(int64(s.Failed)),
			"skipped": types.Int64Value(int64(s.Skipped)), "errors": types.Int64Value(int64(s.Errors)), "seconds": types.Float64Value(s.Seconds),
		})
	}
	return types.MapValueMust(types.ObjectType{AttrTypes: suiteTypes}, results)
}
