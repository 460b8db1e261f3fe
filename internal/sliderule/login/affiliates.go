package login

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/access"
)

// Affiliates are people outside the organization, or inside with narrower rights, by login.
type Affiliates struct {
	entries map[string]json.RawMessage
}

// affiliate is one entry. What it lacks is empty, and without "active" it is not in force.
type affiliate struct {
	Active        bool     `json:"active"`
	AllowedScopes []string `json:"allowed_scopes"`
	Clusters      []string `json:"clusters"`
	MaxNodes      *int     `json:"max_nodes"`
	MaxTTL        *int     `json:"max_ttl"` // minutes
}

// ParseAffiliates reads the file of affiliates: {"<login>": {"active", "allowed_scopes", "clusters", "max_nodes",
// "max_ttl"}}, all keys optional. A faulty entry is a failure only for the one it is about. No content is no affiliates.
func ParseAffiliates(content []byte) (Affiliates, error) {
	var a Affiliates
	if len(content) == 0 {
		return a, nil
	}
	if err := json.Unmarshal(content, &a.entries); err != nil {
		return Affiliates{}, fmt.Errorf("the affiliates are not a JSON object by login: %w", err)
	}
	return a, nil
}

// of is the entry of an account, nil without an active one. GitHub takes logins for equal whatever their case; two
// entries that differ in nothing else are a fault.
func (a Affiliates) of(login string) (*affiliate, error) {
	var found []string
	for name := range a.entries {
		if strings.EqualFold(name, login) {
			found = append(found, name)
		}
	}
	switch len(found) {
	case 0:
		return nil, nil
	case 1:
	default:
		slices.Sort(found)
		return nil, fmt.Errorf("the affiliates have several entries for %s: %s", login, strings.Join(found, ", "))
	}
	var entry affiliate
	if err := json.Unmarshal(a.entries[found[0]], &entry); err != nil {
		return nil, fmt.Errorf("the entry of %s among the affiliates cannot be read: %w", login, err)
	}
	if !entry.Active {
		return nil, nil
	}
	return &entry, nil
}

// others reports whether a cluster belongs to affiliates and not to the account. Faulty entries count where they can be
// read that far.
func (a Affiliates) others(login, cluster string) bool {
	claimed := false
	for name, content := range a.entries {
		var entry affiliate
		_ = json.Unmarshal(content, &entry) // what could be read before a fault is in it
		if !slices.Contains(entry.Clusters, cluster) {
			continue
		}
		if strings.EqualFold(name, login) {
			return false
		}
		claimed = true
	}
	return claimed
}

func (a *affiliate) affiliation() *access.Affiliation {
	if a == nil {
		return nil
	}
	return &access.Affiliation{Clusters: a.Clusters, MaxNodes: a.MaxNodes, MaxMinutes: a.MaxTTL}
}
