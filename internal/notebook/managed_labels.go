package notebook

import (
	"strings"

	"github.com/data-access/terraform-provider-provisioner/internal/notebook/google"
)

// relabel compares the labels that a notebook has with those that are wanted: our marks among them, which an imported
// one lacks. send is what to write: all that is there and is not Google's own, so that writing the whole map loses
// nothing; keys that went are in gone.
func relabel(cloud *google.Cloud, is *Notebook, before, after Wanted) (send map[string]string, gone []string, differs bool) {
	wanted := cloud.Mark(after.Labels, after.Person)
	send = map[string]string{}
	for key, value := range is.Labels {
		if !strings.HasPrefix(key, "goog-") {
			send[key] = value
		}
	}
	for key, value := range wanted {
		differs = differs || !holds(is.Labels, key, value)
		send[key] = value
	}
	for key := range before.Labels {
		if _, stays := wanted[key]; stays {
			continue
		}
		if is.Labels[key] != "" { // a removed key that came back empty counts as gone
			differs = true
		}
		delete(send, key)
		gone = append(gone, key)
	}
	return send, gone, differs
}

func holds(m map[string]string, key, value string) bool {
	has, there := m[key]
	return there && has == value
}

// differs compares one field of what Google tells with two configurations: the zero value of what it tells is no news,
// so only a change of the configuration counts then; the zero value of the configuration leaves it to Google.
func differs[T comparable](is, before, after T) bool {
	var zero T
	switch {
	case after == zero:
		return false
	case is == zero:
		return before != after
	}
	return is != after
}

// acceleratorDiffers: what the configuration never had is left to Google.
func acceleratorDiffers(is *Notebook, before, after Wanted) bool {
	if after.Accelerator == nil {
		return before.Accelerator != nil && is.Accelerator != nil
	}
	return is.Accelerator == nil || *is.Accelerator != *after.Accelerator
}
