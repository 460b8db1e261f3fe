package provider

import (
	"context"
	"errors"
	"net/url"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/data-access/terraform-provider-provisioner/internal/person"
	"github.com/data-access/terraform-provider-provisioner/internal/secret"
	"github.com/data-access/terraform-provider-provisioner/internal/singleuser"
)

// check makes a validator of a function on a known text.
type check struct {
	summary     string
	description string
	verify      func(string) error
}

func (c check) Description(context.Context) string         { return c.description }
func (c check) MarkdownDescription(context.Context) string { return c.description }

func (c check) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	if err := c.verify(req.ConfigValue.ValueString()); err != nil {
		resp.Diagnostics.AddAttributeError(req.Path, c.summary, "The value of "+req.Path.String()+" is "+err.Error())
	}
}

var emailValidator = check{
	summary: "This is not an e-mail address", description: "value must be an e-mail address",
	verify: func(text string) error {
		_, err := person.Parse(text)
		return err
	},
}

var urlValidator = check{
	summary: "This is not a web address", description: "value must be an http or https address",
	verify: func(text string) error {
		if u, err := url.Parse(text); err != nil || u.Host == "" || (u.Scheme != "https" && u.Scheme != "http") {
			return errors.New("not a web address (expected a form such as https://wiki.example.com/faq)")
		}
		return nil
	},
}

// secretValidator refuses a reference of unknown form. Its messages never repeat a text that could be a secret.
type secretValidator struct{}

func (secretValidator) Description(context.Context) string {
	return "value must say where a secret lives"
}

func (v secretValidator) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

func (secretValidator) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	if _, err := secret.Parse(req.ConfigValue.ValueString()); err != nil {
		resp.Diagnostics.AddAttributeError(req.Path, "This does not say where a secret lives", "The value of "+req.Path.String()+" cannot be used: "+err.Error())
	}
}

// ended ends a sentence that does not end by itself.
func ended(sentence string) string {
	if strings.HasSuffix(sentence, "?") || strings.HasSuffix(sentence, ".") {
		return sentence
	}
	return sentence + "."
}

// settingsValidator checks a settings file and tells every problem of it at once.
type settingsValidator struct{}

func (settingsValidator) Description(context.Context) string {
	return "value must be the JSON of a clusters/create body, with libraries"
}

func (v settingsValidator) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

func (settingsValidator) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	_, err := parseSettings(req.ConfigValue.ValueString())
	var problems *singleuser.SettingsError
	if errors.As(err, &problems) {
		for _, problem := range problems.Problems {
			resp.Diagnostics.AddAttributeError(req.Path, "The cluster settings cannot be used", "In "+req.Path.String()+", "+ended(problem))
		}
	}
}
