package main

import (
	"encoding/json"
	"fmt"
	"path"
	"strconv"
	"strings"
	"time"

	"github.com/databricks/databricks-sdk-go/service/compute"

	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/slack"
)

// clusterTable is who got which cluster.
func clusterTable(roster []entry, w world, zone *time.Location) table {
	t := table{heads: []string{"PERSON", "CLUSTER", "STATE", "LIBRARIES", "TOLD AT"}}
	for _, email := range emails(those(roster, hasCluster)) {
		p, state, libraries := w.people[email], "none", "none"
		for _, c := range w.clusters[email] { // as the workspace has them; that Terraform says the same is another claim
			state, libraries = string(c.Details.State), librariesIn(c.Libraries)
		}
		t.rows = append(t.rows, []string{email, p.Cluster, state, libraries, toldAt(w.messagesTo(email), "cluster", zone)})
	}
	return t
}

// notebookTable is who got which notebook.
func notebookTable(roster []entry, w world) table {
	t := table{heads: []string{"PERSON", "NOTEBOOK", "ENVIRONMENT", "STATE", "READS DATA AS", "ADDRESS"}}
	for _, email := range emails(those(roster, hasNotebook)) {
		for _, n := range w.google.notebooks[email] {
			t.rows = append(t.rows, []string{email, path.Base(n.ID), n.Environment, n.State, n.ReadsAs, n.Address})
		}
	}
	return t
}

// templateTable is who got which templates.
func templateTable(roster []entry, w world) table {
	t := table{heads: []string{"PERSON", "TEMPLATE", "READS DATA AS", "ADDRESS"}}
	for _, email := range emails(roster) {
		for _, o := range w.google.templates[email] {
			t.rows = append(t.rows, []string{email, "Dataproc cluster", "user:" + email, "gs://" + o.Bucket + "/" + o.Name})
		}
		for _, s := range w.google.sessions[labelOf(email)] {
			identity := "a service account"
			if sessionIdentity(s) == endUser {
				identity = "whoever starts it"
			}
			t.rows = append(t.rows, []string{email, "Spark session", identity, s.Name})
		}
	}
	return t
}

// slideRuleTable is who got which cluster on AWS, and what it costs.
func slideRuleTable(roster []entry, w world) table {
	t := table{heads: []string{"PERSON", "SLIDERULE", "NODES", "ENDS AT", "AN HOUR", "THIS MONTH", "ADDRESS"}, right: map[int]bool{2: true, 4: true, 5: true}}
	for _, e := range those(roster, hasSlideRule) {
		is, there := w.aws.clusters[e.sliderule]
		said := w.people[e.email].SlideRule
		if !there || said == nil {
			t.rows = append(t.rows, []string{e.email, "none", "·", "·", "·", "·", "·"})
			continue
		}
		t.rows = append(t.rows, []string{
			e.email, e.sliderule, strconv.Itoa(len(is.Nodes)), clockTime(is.endsAt()), dollars(said.HourlyCostUSD), said.accrued(), said.Endpoint,
		})
	}
	return t
}

// clockTime is a time of the day as AWS and Terraform tell it.
func clockTime(t time.Time) string { return t.UTC().Format("15:04 MST") }

func dollars(usd float64) string { return fmt.Sprintf("$%.2f", usd) }

// accrued is what the cluster cost so far this month.
func (s *slideRuleWords) accrued() string {
	if s.AccruedCostUSD == nil {
		return "not known"
	}
	return dollars(*s.AccruedCostUSD)
}

// leavingTable compares two moments, in short.
func leavingTable(roster []entry, before, after world) table {
	t := table{heads: []string{"PERSON", "CLUSTER", "NOTEBOOK", "TEMPLATES", "DATAPROC CLUSTERS", "SLIDERULE", ""}}
	for _, person := range roster {
		email, what := person.email, "changed"
		_, is := after.people[email]
		switch {
		case !is:
			what = "gone"
		case untouched([]entry{person}, before, after) == nil:
			what = "untouched"
		}
		row := []string{email}
		for _, number := range []func(world) int{
			func(w world) int { return len(w.clusters[email]) },
			func(w world) int { return len(w.google.notebooks[email]) },
			func(w world) int { return len(w.google.templates[email]) + len(w.google.sessions[labelOf(email)]) },
			func(w world) int { return len(w.google.clusters[labelOf(email)]) },
			func(w world) int { return count(w.aws.clusters, person.sliderule) },
		} {
			row = append(row, fromTo(number(before), number(after)))
		}
		t.rows = append(t.rows, append(row, what))
	}
	return t
}

// count is 1 for what is there, and 0 for what is not.
func count[T any](all map[string]T, key string) int {
	if _, there := all[key]; there {
		return 1
	}
	return 0
}

// fromTo is such as "1 → 0", or "1" when nothing changed.
func fromTo(was, is int) string {
	switch {
	case was != is:
		return fmt.Sprintf("%d → %d", was, is)
	case is == 0:
		return "·"
	}
	return strconv.Itoa(is)
}

// librariesIn is such as "3 installed" or "2 installed, 1 failed".
func librariesIn(all []compute.LibraryFullStatus) string {
	counts, order := map[string]int{}, []string{}
	for _, l := range all {
		status := strings.ToLower(string(l.Status))
		if counts[status]++; counts[status] == 1 {
			order = append(order, status)
		}
	}
	var parts []string
	for _, status := range order {
		parts = append(parts, fmt.Sprintf("%d %s", counts[status], status))
	}
	if len(parts) == 0 {
		return "none"
	}
	return strings.Join(parts, ", ")
}

// toldAt is when a person was told of a thing, which is in the title of the message.
func toldAt(messages []slack.Message, thing string, zone *time.Location) string {
	for _, m := range messages {
		if strings.Contains(title(m), thing) {
			return sentAt(m.TS).In(zone).Format(time.TimeOnly)
		}
	}
	return "not told"
}

// sentAt reads Slack's form of a time: seconds and a number of their own.
func sentAt(ts string) time.Time {
	seconds, _, _ := strings.Cut(ts, ".")
	n, _ := strconv.ParseInt(seconds, 10, 64)
	return time.Unix(n, 0)
}

// title is a message's heading or, when it has none, its first line.
func title(m slack.Message) string {
	var blocks []struct {
		Type string `json:"type"`
		Text struct {
			Text string `json:"text"`
		} `json:"text"`
	}
	if json.Unmarshal(m.Blocks, &blocks) == nil {
		for _, b := range blocks {
			if b.Type == "header" {
				return b.Text.Text
			}
		}
	}
	return firstLine(m.Text)
}
