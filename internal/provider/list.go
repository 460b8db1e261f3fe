package provider

import (
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/list"
)

// tellAll answers a list with one result for each thing, as long as the caller wants more; or with what went wrong.
func tellAll[T any](stream *list.ListResultsStream, limit int64, diags diag.Diagnostics, all []T, result func(T) list.ListResult) {
	if diags.HasError() {
		stream.Results = list.ListResultsStreamDiagnostics(diags)
		return
	}
	stream.Results = func(push func(list.ListResult) bool) {
		for i, one := range all {
			if (limit > 0 && int64(i) >= limit) || !push(result(one)) {
				return
			}
		}
	}
}
