package main

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/databricks/databricks-sdk-go/service/compute"

	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/slack"
)

// peopleTable is what everyone got.
func peopleTable(roster []entry, w world, zone *time.Location) table {
	t := table{heads: []string{"PERSON", "CLUSTER", "OUTCOME", "STATE", "LIBRARIES", "SLACK MESSAGE"}}
	for _, email := range emails(roster) {
		p, state, libraries := w.people[email], "none", "none"
		for _, c := range w.clusters[email] { // as the workspace has them; that Terraform says the same is another claim
			state, libraries = string(c.Details.State), librariesIn(c.Libraries)
		}
		t.rows = append(t.rows, []string{email, p.Cluster, p.Outcome, state, libraries, messageIn(w.messagesTo(email), zone)})
	}
	return t
}

// leavingTable compares two moments, in short.
func leavingTable(roster []entry, before, after world) table {
	t := table{heads: []string{"PERSON", "CLUSTER ID", "STATE", ""}}
	for _, person := range roster {
		email := person.email
		was, is := before.people[email], after.people[email]
		switch {
		case is.ClusterID == "":
			t.rows = append(t.rows, []string{email, was.ClusterID, "–", "gone"})
		case untouched([]entry{person}, before, after) == nil:
			t.rows = append(t.rows, []string{email, is.ClusterID, is.State, "untouched"})
		default:
			t.rows = append(t.rows, []string{email, is.ClusterID, is.State, "changed"})
		}
	}
	return t
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

// messageIn is such as "sent 16:03:12 · Your Databricks cluster is ready".
func messageIn(messages []slack.Message, zone *time.Location) string {
	if len(messages) == 0 {
		return "none"
	}
	last := messages[len(messages)-1]
	return "sent " + sentAt(last.TS).In(zone).Format(time.TimeOnly) + " · " + title(last)
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
