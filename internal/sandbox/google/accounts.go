package google

import (
	"encoding/base64"
	"fmt"
	"strings"
)

func (f *Fake) createAccount(c *call) (any, error) {
	id := text(c.body["accountId"])
	if err := checkID("account_id", id, accountID); err != nil {
		return nil, err
	}
	email := id + "@" + c.project() + ".iam.gserviceaccount.com"
	name := c.target + "/" + email
	if f.shelves[accountKind].byName[name] != nil {
		return nil, alreadyExists("Service account %s already exists within project projects/%s.", id, c.project())
	}
	given, _ := c.body["serviceAccount"].(fields)
	stored, err := f.newAccount(name, given)
	if err != nil {
		return nil, err
	}
	return f.tell(f.add(accountKind, name, stored)), nil
}

func (f *Fake) newAccount(name string, given fields) (fields, error) {
	unique := fmt.Sprintf("1%020d", f.next())
	stored := fields{
		"name":           name,
		"projectId":      strings.Split(name, "/")[1],
		"uniqueId":       unique,
		"email":          lastOf(name),
		"oauth2ClientId": unique,
		"etag":           base64.StdEncoding.EncodeToString([]byte(unique)),
	}
	for _, field := range []string{"displayName", "description"} {
		if err := setText(stored, field, given[field]); err != nil {
			return nil, err
		}
	}
	return stored, nil
}

// setText sets one of the two fields of an account that a caller may write.
func setText(stored fields, field string, value any) error {
	most := map[string]int{"displayName": 100, "description": 256}[field]
	if len(text(value)) > most {
		return invalid("The %s is too long: at most %d bytes are allowed.", snake(field), most)
	}
	if text(value) == "" {
		delete(stored, field)
		return nil
	}
	stored[field] = value
	return nil
}

// findAccount takes an account's address or number, and - in place of its project.
func (f *Fake) findAccount(c *call) (*object, error) {
	id, s := lastOf(c.target), f.shelves[accountKind]
	for _, o := range s.below("projects/") {
		inProject := c.project() == "-" || c.project() == o.project()
		if inProject && (o.fields["email"] == id || o.fields["uniqueId"] == id) {
			return o, nil
		}
	}
	return nil, notFound("Unknown service account: %s", id)
}

// onAccount finds the account before an answer.
func (f *Fake) onAccount(do func(*call, *object) (any, error)) answer {
	return func(c *call) (any, error) {
		o, err := f.findAccount(c)
		if err != nil {
			return nil, err
		}
		return do(c, o)
	}
}

func (f *Fake) getAccount(_ *call, o *object) (any, error) { return f.tell(o), nil }

func (f *Fake) deleteAccount(_ *call, o *object) (any, error) {
	f.shelves[accountKind].remove(o)
	return nil, nil
}

// patchAccount changes what the mask names, which must be one of the two fields that can be changed.
func (f *Fake) patchAccount(c *call, o *object) (any, error) {
	given := text(c.body["updateMask"])
	if given == "" {
		return nil, invalid("An update mask is required.")
	}
	for field := range strings.SplitSeq(given, ",") {
		field = camel(strings.TrimSpace(field))
		if field != "displayName" && field != "description" {
			return nil, invalid("Invalid update mask: only display_name and description can be updated, not %q.", field)
		}
		if err := setText(o.fields, field, look(c.body, "serviceAccount", field)); err != nil {
			return nil, err
		}
	}
	o.touch()
	return f.tell(o), nil
}

// updateAccount is the older way: everything that can be changed, without a mask.
func (f *Fake) updateAccount(c *call, o *object) (any, error) {
	for _, field := range []string{"displayName", "description"} {
		if err := setText(o.fields, field, c.body[field]); err != nil {
			return nil, err
		}
	}
	o.touch()
	return f.tell(o), nil
}

// able switches an account on or off.
func (f *Fake) able(disabled bool) func(*call, *object) (any, error) {
	return func(_ *call, o *object) (any, error) {
		if disabled {
			o.fields["disabled"] = true
		} else {
			delete(o.fields, "disabled")
		}
		o.touch()
		return nil, nil
	}
}

func (f *Fake) accountPolicy(c *call) (*policy, error) {
	o, err := f.findAccount(c)
	if err != nil {
		return nil, err
	}
	return &o.policy, nil
}
