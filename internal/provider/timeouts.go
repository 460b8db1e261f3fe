package provider

import (
	"context"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// operationTimeouts is the attribute timeouts, with a time-out for every operation.
func operationTimeouts(ctx context.Context, description string, o timeouts.Opts) schema.Attribute {
	o.Create, o.Read, o.Update, o.Delete = true, true, true, true
	attribute := timeouts.Attributes(ctx, o)
	nested, ok := attribute.(schema.SingleNestedAttribute)
	if !ok {
		return attribute
	}
	nested.MarkdownDescription = description
	return nested
}

func noTimeouts() timeouts.Value {
	return timeouts.Value{Object: types.ObjectNull(map[string]attr.Type{
		"create": types.StringType, "read": types.StringType, "update": types.StringType, "delete": types.StringType,
	})}
}

// Default time-outs of what Google does at once. Deleting a leftover cluster takes minutes.
const (
	promptTimeout    = 5 * time.Minute
	leftoversTimeout = 20 * time.Minute
)
