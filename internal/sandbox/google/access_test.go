package google_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"google.golang.org/api/cloudresourcemanager/v1"
	"google.golang.org/api/iam/v1"

	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/google"
)

const hubEmail = "hub-account@acme.iam.gserviceaccount.com"

func (p *project) account(id string) *iam.ServiceAccount {
	p.t.Helper()
	a, err := p.accounts.Create(inProject, &iam.CreateServiceAccountRequest{AccountId: id, ServiceAccount: &iam.ServiceAccount{DisplayName: "The hub"}}).Do()
	p.must(err)
	return a
}

func TestAProjectHasANumber(t *testing.T) {
	p := open(t, google.Options{})
	for _, name := range []string{"acme", "777"} {
		got, err := p.crm.Get(name).Do()
		if err != nil || got.ProjectNumber != 777 || got.ProjectId != "acme" || got.LifecycleState != "ACTIVE" {
			t.Errorf("got %+v %v", got, err)
		}
	}
	p.AddProject("other", 42)
	all, err := p.crm.List().Do()
	if err != nil || len(all.Projects) != 2 || all.Projects[1].ProjectNumber != 42 {
		t.Errorf("got %+v %v", all, err)
	}
}

func TestProjectGrantsAreReadModifyWrite(t *testing.T) {
	p := open(t, google.Options{})
	p.account("hub-account")
	policy, err := p.crm.GetIamPolicy("acme", &cloudresourcemanager.GetIamPolicyRequest{}).Do()
	p.must(err)
	if policy.Etag == "" || policy.Bindings[0].Role != "roles/owner" {
		t.Errorf("got %+v", policy)
	}
	set := func(policy *cloudresourcemanager.Policy) (*cloudresourcemanager.Policy, error) {
		return p.crm.SetIamPolicy("acme", &cloudresourcemanager.SetIamPolicyRequest{Policy: policy}).Do()
	}
	policy.Bindings = append(policy.Bindings, &cloudresourcemanager.Binding{Role: "roles/dataproc.hubAgent", Members: []string{"serviceAccount:" + hubEmail}})
	after, err := set(policy)
	p.must(err)
	if after.Etag == policy.Etag || len(after.Bindings) != 2 {
		t.Errorf("got %+v", after)
	}
	refused(t, second(set(policy)), 409, "ABORTED", policy.Etag)
	if got := p.ProjectPolicy("acme"); len(got.Bindings) != 2 || got.Etag != after.Etag {
		t.Errorf("got %+v", got)
	}
	p.must(second(set(&cloudresourcemanager.Policy{Bindings: after.Bindings[:1]}))) // without an etag: blindly
	p.must(second(set(&cloudresourcemanager.Policy{Bindings: []*cloudresourcemanager.Binding{{Role: "roles/viewer"}}})))
	if got := p.ProjectPolicy("acme"); len(got.Bindings) != 0 {
		t.Errorf("a binding of nobody is kept: %+v", got.Bindings)
	}
	if p.ProjectPolicy("nobody's") != nil {
		t.Error("a project that is not there has a policy")
	}
}

func TestWhatAPolicyMayNotSay(t *testing.T) {
	p := open(t, google.Options{})
	many := make([]string, 1501)
	for i := range many {
		many[i] = fmt.Sprintf("user:u%d@example.com", i)
	}
	for message, b := range map[string]*cloudresourcemanager.Binding{
		"unknown type":                         {Role: "roles/viewer", Members: []string{"ann@example.com"}},
		"Service account " + hubEmail:          {Role: "roles/viewer", Members: []string{"serviceAccount:" + hubEmail}},
		`Role "viewer" is not supported`:       {Role: "viewer", Members: []string{"user:ann@example.com"}},
		"must have version 3":                  {Role: "roles/viewer", Members: []string{"user:ann@example.com"}, Condition: &cloudresourcemanager.Expr{Expression: "true"}},
		"1501 principals, at most 1500":        {Role: "roles/viewer", Members: many},
		"The member user: is of an unknown ty": {Role: "roles/viewer", Members: []string{"user:"}},
	} {
		_, err := p.crm.SetIamPolicy("acme", &cloudresourcemanager.SetIamPolicyRequest{Policy: &cloudresourcemanager.Policy{Bindings: []*cloudresourcemanager.Binding{b}}}).Do()
		refused(t, err, 400, "INVALID_ARGUMENT", message)
	}
	_, err := p.crm.SetIamPolicy("acme", &cloudresourcemanager.SetIamPolicyRequest{}).Do()
	refused(t, err, 400, "INVALID_ARGUMENT", "policy")
	p.must(second(p.crm.SetIamPolicy("acme", &cloudresourcemanager.SetIamPolicyRequest{Policy: &cloudresourcemanager.Policy{Version: 3, Bindings: []*cloudresourcemanager.Binding{
		{Role: "projects/acme/roles/mine", Members: []string{"serviceAccount:" + compute, "group:all@example.com", "domain:example.com", "allUsers"}, Condition: &cloudresourcemanager.Expr{Expression: "true"}},
	}}}).Do()))
}

func TestServiceAccounts(t *testing.T) {
	p := open(t, google.Options{})
	made := p.account("hub-account")
	name := inProject + "/serviceAccounts/" + hubEmail
	if made.Email != hubEmail || made.Name != name || made.UniqueId == "" || made.DisplayName != "The hub" || made.ProjectId != "acme" {
		t.Errorf("got %+v", made)
	}
	for _, other := range []string{name, "projects/-/serviceAccounts/" + hubEmail, inProject + "/serviceAccounts/" + made.UniqueId} {
		if got, err := p.accounts.Get(other).Do(); err != nil || got.UniqueId != made.UniqueId {
			t.Errorf("%s: got %+v %v", other, got, err)
		}
	}
	create := func(id string) error {
		return second(p.accounts.Create(inProject, &iam.CreateServiceAccountRequest{AccountId: id}).Do())
	}
	refused(t, create("hub-account"), 409, "ALREADY_EXISTS", "hub-account")
	for _, id := range []string{"", "short", "Hub-account", "hub-account-", "1hub-account", strings.Repeat("a", 31)} {
		refused(t, create(id), 400, "INVALID_ARGUMENT", "account_id")
	}
	p.must(create("abcdef"))

	patch := func(mask string) (*iam.ServiceAccount, error) {
		return p.accounts.Patch(name, &iam.PatchServiceAccountRequest{UpdateMask: mask, ServiceAccount: &iam.ServiceAccount{DisplayName: "New", Description: "why"}}).Do()
	}
	if got, err := patch("displayName"); err != nil || got.DisplayName != "New" || got.Description != "" {
		t.Errorf("got %+v %v", got, err)
	}
	if got, err := patch("display_name,description"); err != nil || got.Description != "why" {
		t.Errorf("got %+v %v", got, err)
	}
	for _, mask := range []string{"", "email"} {
		refused(t, second(patch(mask)), 400, "INVALID_ARGUMENT", "mask")
	}
	if got, err := p.accounts.Update(name, &iam.ServiceAccount{DisplayName: "Newer"}).Do(); err != nil || got.DisplayName != "Newer" || got.Description != "" {
		t.Errorf("got %+v %v", got, err)
	}
	p.must(second(p.accounts.Disable(name, &iam.DisableServiceAccountRequest{}).Do()))
	if got, err := p.accounts.Get(name).Do(); err != nil || !got.Disabled {
		t.Errorf("got %+v %v", got, err)
	}
	p.must(second(p.accounts.Enable(name, &iam.EnableServiceAccountRequest{}).Do()))

	p.must(second(p.accounts.Delete(name).Do()))
	refused(t, second(p.accounts.Get(name).Do()), 404, "NOT_FOUND", hubEmail)
	if again := p.account("hub-account"); again.UniqueId == made.UniqueId {
		t.Error("another account has the same number")
	}
}

func TestServiceAccountsComeInPages(t *testing.T) {
	p := open(t, google.Options{})
	var want, got []string
	for i := range 45 {
		want = append(want, p.account(fmt.Sprintf("account-%02d", i)).Email)
	}
	pages := 0
	p.must(p.accounts.List(inProject).Pages(t.Context(), func(page *iam.ListServiceAccountsResponse) error {
		pages++
		for _, a := range page.Accounts {
			got = append(got, a.Email)
		}
		return nil
	}))
	if pages != 3 || !slices.Equal(got, want) {
		t.Errorf("got %d pages with %v", pages, got)
	}
	for i := range 60 {
		p.account(fmt.Sprintf("more-accounts-%02d", i))
	}
	if most, err := p.accounts.List(inProject).PageSize(1000).Do(); err != nil || len(most.Accounts) != 100 || most.NextPageToken == "" {
		t.Errorf("a page has %d accounts (%v), at most 100 are allowed", len(most.Accounts), err)
	}
}

func TestWhoMayActAsAnAccount(t *testing.T) {
	p := open(t, google.Options{})
	name := p.account("hub-account").Name
	policy, err := p.accounts.GetIamPolicy(name).OptionsRequestedPolicyVersion(3).Do()
	p.must(err)
	set := func(etag string) error {
		return second(p.accounts.SetIamPolicy(name, &iam.SetIamPolicyRequest{Policy: &iam.Policy{Etag: etag, Bindings: []*iam.Binding{
			{Role: "roles/iam.serviceAccountUser", Members: []string{"user:ann@example.com"}},
		}}}).Do())
	}
	p.must(set(policy.Etag))
	refused(t, set(policy.Etag), 409, "ABORTED", "concurrent")
	if got, err := p.accounts.GetIamPolicy(name).Do(); err != nil || got.Bindings[0].Members[0] != "user:ann@example.com" {
		t.Errorf("got %+v %v", got, err)
	}
	_, err = p.accounts.GetIamPolicy(inProject + "/serviceAccounts/nobody@acme.iam.gserviceaccount.com").Do()
	refused(t, err, 404, "NOT_FOUND", "nobody")
}
