package notebook

import (
	"context"
	"slices"
	"strings"

	notebooks "google.golang.org/api/notebooks/v1"
)

// edits: v1 has no patch of an instance, but one call for each of the three things that can be changed.
func (p *hub) edits(is *Notebook, before, after Wanted) (all []edit) {
	if labels, _, differ := relabel(p.cloud, is, before, after); differ {
		all = append(all, edit{what: "labels", begin: func(ctx context.Context, _ string) (string, error) {
			// The call replaces all labels, so those that went are simply not in it.
			o, err := p.calls().SetLabels(is.ID, &notebooks.SetInstanceLabelsRequest{Labels: labels, ForceSendFields: []string{"Labels"}}).Context(ctx).Do()
			return operationName(o, err)
		}})
	}
	if items, what := hubItems(is, before, after); len(items) > 0 {
		all = append(all, edit{what: what, begin: func(ctx context.Context, _ string) (string, error) {
			_, err := p.calls().UpdateMetadataItems(is.ID, &notebooks.UpdateInstanceMetadataItemsRequest{Items: items}).Context(ctx).Do()
			return "", err // it is done when it answers
		}})
	}
	if differs(is.MachineType, before.MachineType, after.MachineType) {
		all = append(all, edit{what: "machine type", rest: true, begin: func(ctx context.Context, _ string) (string, error) {
			o, err := p.calls().SetMachineType(is.ID, &notebooks.SetInstanceMachineTypeRequest{MachineType: after.MachineType}).Context(ctx).Do()
			return operationName(o, err)
		}})
	}
	return all
}

// hubItems are the metadata that differ. The call only adds and changes: a key that went is sent empty.
func hubItems(is *Notebook, before, after Wanted) (items map[string]string, what string) {
	items = map[string]string{}
	told := is.Metadata != nil // whether v1 tells them is not written down; if not, the configurations decide
	for key, value := range after.Metadata {
		if told && !holds(is.Metadata, key, value) || !told && !holds(before.Metadata, key, value) {
			items[key] = value
		}
	}
	for _, key := range dropped(before.Metadata, after.Metadata) {
		if !told || is.Metadata[key] != "" {
			items[key] = ""
		}
	}
	if len(items) > 0 {
		what = "metadata"
	}
	if templatesDiffer(is.Templates, before.Templates, after.Templates) {
		items[keyTemplates] = templatePaths(after.Templates)
		what = strings.TrimPrefix(what+" and templates", " and ")
	}
	return items, what
}

// templatesDiffer in their order too: it is the order in which they are offered.
func templatesDiffer(is, before, after []string) bool {
	switch {
	case len(after) == 0: // left to Google; a hub without templates is refused
		return false
	case len(is) == 0:
		return !slices.Equal(before, after)
	}
	return !slices.Equal(is, after)
}
