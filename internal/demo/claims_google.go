package main

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/wire"
)

// notebooksServed fails unless everybody who is to have one has exactly one notebook, that is theirs alone, is up and
// reads data as them, and nobody else has any; and unless Terraform says so in the same words as Google.
func notebooksServed(roster []entry, w world) error {
	with := those(roster, hasNotebook)
	for _, email := range emails(with) {
		theirs, said := w.google.notebooks[email], w.people[email].Notebook
		if len(theirs) != 1 || said == nil {
			return fmt.Errorf("%s should have one notebook and has %d", email, len(theirs))
		}
		n, them := theirs[0], "user:"+email
		switch {
		case said.ID != n.ID || said.ProxyURL != n.Address:
			return fmt.Errorf("Terraform gives %s the notebook %s at %s, Google %s at %s", email, said.ID, said.ProxyURL, n.ID, n.Address)
		case said.Outcome != "created":
			return fmt.Errorf("the notebook of %s should be created, and its outcome is %q", email, said.Outcome)
		case n.State != "ACTIVE" || said.State != "ACTIVE":
			return fmt.Errorf("the notebook of %s should be up; Google says %s, Terraform %q", email, n.State, said.State)
		case n.ReadsAs != them || said.EffectiveIdentity != them:
			return fmt.Errorf("the notebook of %s should read data as %s; Google says %s, Terraform %q", email, them, n.ReadsAs, said.EffectiveIdentity)
		}
	}
	if strangers := beyond(w.google.notebooks, emails(with)); len(strangers) > 0 {
		return fmt.Errorf("nobody else should have a notebook, and these have: %s", strings.Join(strangers, ", "))
	}
	return nil
}

const endUser = "END_USER_CREDENTIALS"

// templatesServed fails unless everybody has the templates they are to have, which read data as them, and nobody else
// has any.
func templatesServed(roster []entry, w world) error {
	withFile, withSession := those(roster, hasTemplate), those(roster, hasSession)
	for _, email := range emails(withFile) {
		files, said := w.google.templates[email], w.people[email].Template
		if len(files) != 1 || said == nil {
			return fmt.Errorf("%s should have one cluster template and has %d", email, len(files))
		}
		if is := "gs://" + files[0].Bucket + "/" + files[0].Name; said.URI != is || said.Outcome != "created" {
			return fmt.Errorf("Terraform says that the cluster template of %s is %s (%s), and it is %s", email, said.URI, said.Outcome, is)
		}
	}
	var labels []string
	for _, email := range emails(withSession) {
		label := labelOf(email)
		labels = append(labels, label)
		templates, said := w.google.sessions[label], w.people[email].Session
		if len(templates) != 1 || said == nil {
			return fmt.Errorf("%s should have one template of Spark sessions and has %d", email, len(templates))
		}
		t := templates[0]
		if said.ID != t.Name || said.Outcome != "created" {
			return fmt.Errorf("Terraform says that the session template of %s is %s (%s), and it is %s", email, said.ID, said.Outcome, t.Name)
		}
		if is := sessionIdentity(t); is != endUser {
			return fmt.Errorf("sessions of %s should read data with %s, and read it with %q", email, endUser, is)
		}
	}
	if strangers := append(beyond(w.google.templates, emails(withFile)), beyond(w.google.sessions, labels)...); len(strangers) > 0 {
		return fmt.Errorf("nobody else should have a template, and these have: %s", strings.Join(strangers, ", "))
	}
	return nil
}

// atRest fails unless a person's notebook is stopped.
func atRest(email string, w world) error {
	theirs := w.google.notebooks[email]
	if len(theirs) != 1 || theirs[0].State != "STOPPED" {
		return fmt.Errorf("the one notebook of %s should be stopped: %+v", email, theirs)
	}
	return nil
}

// labelled fails unless a person's notebook has the label.
func labelled(email, label, value string, w world) error {
	for _, n := range w.google.notebooks[email] {
		if is := n.Labels[label]; is != value {
			return fmt.Errorf("the label %s of the notebook of %s should be %q, and is %q", label, email, value, is)
		}
	}
	return nil
}

// onlyPatched fails unless one of the calls changed something, and that one is a patch of the notebook.
func onlyPatched(id string, calls []wire.Call) error {
	changes := slices.DeleteFunc(slices.Clone(calls), isRead)
	if len(changes) != 1 || changes[0].Method != "PATCH" || !strings.HasSuffix(changes[0].Path, "/"+id) {
		var kinds []string
		for _, c := range changes {
			kinds = append(kinds, c.Vendor+" "+c.Method+" "+c.Path)
		}
		return fmt.Errorf("one patch of %s was expected, and the clouds were told: %s", path.Base(id), strings.Join(kinds, ", "))
	}
	return nil
}

// warned fails unless the plan told in a warning what it is about.
func warned(warnings []diagnostic, about string) error {
	for _, d := range warnings {
		if about != "" && strings.Contains(d.Detail, about) {
			return nil
		}
	}
	return fmt.Errorf("no warning of the plan speaks of %q", about)
}
