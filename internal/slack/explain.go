package slack

import (
	"context"
	"fmt"
	"net/url"
	"strings"
)

// Codes that speak of the person or of the conversation with them. In a channel some of them mean something else.
var personalCodes = map[string]string{
	"users_not_found":                       "no user of the workspace has this e-mail; invite the person or correct the e-mail",
	"user_not_found":                        "no user of the workspace has this e-mail; invite the person or correct the e-mail",
	"user_not_visible":                      "the app may not see this user; invite the person to the app's workspace",
	"user_disabled":                         "the user is deactivated; reactivate it or take the person off",
	"cannot_dm_bot":                         "the user is a bot; name a person's e-mail",
	"messages_tab_disabled":                 "direct messages of the app are turned off; enable the Messages tab in its App Home",
	"channel_not_found":                     "the direct conversation is not there; check that the person may be messaged by apps",
	"not_in_channel":                        "the app is not part of the direct conversation; check that the person may be messaged by apps",
	"is_archived":                           "the direct conversation is closed; reactivate the user or take the person off",
	"method_not_supported_for_channel_type": "the person cannot be sent a direct message; check that the person may be messaged by apps",
}

var tokenCodes = map[string]string{
	"not_authed":             "Slack got none; configure a bot token (xoxb-…)",
	"invalid_auth":           "Slack does not know it; copy the bot token (xoxb-…) of the app again",
	"account_inactive":       "its user or workspace is gone; install the app again",
	"token_revoked":          "it was revoked; install the app again",
	"token_expired":          "it has expired; renew it, or turn off token rotation",
	"not_allowed_token_type": "it is of a kind that may not do this; use the bot token (xoxb-…)",
}

var channelCodes = map[string]string{
	"channel_not_found": "configure the id (C…) of a channel that the app may see, and invite the app to it",
	"not_in_channel":    "invite the app to the channel, or give it the scope chat:write.public",
	"is_archived":       "the channel is archived; configure another",
}

// explain turns the error of a call into one of this package, with the remedy. Of slack-go's error only the text is
// kept, without the token, so that nobody can unwrap a request from it.
func (c *caller) explain(ctx context.Context, s step, err error) error {
	told := c.redact(err.Error())
	if ctx.Err() != nil {
		return interrupted(ctx, s, err, told)
	}
	switch cause := causeOf(err); cause.kind {
	case throttling:
		return fmt.Errorf("%w: it asks for fewer requests (%s); try again later", ErrUnavailable, told)
	case refusal:
		return refused(s, cause, told)
	case misrouted:
		return fmt.Errorf("%w: %s; check the address of the API and the proxy", ErrUnavailable, told)
	}
	if s.posts {
		return ambiguous(told)
	}
	return fmt.Errorf("%w: %s; check the network, or https://status.slack.com, and try again", ErrUnavailable, told)
}

// interrupted explains a call whose ctx ended: a post that was under way may have arrived.
func interrupted(ctx context.Context, s step, err error, told string) error {
	if s.posts && causeOf(err).kind == outage {
		return fmt.Errorf("%w: %w", ambiguous(told), ctx.Err())
	}
	return fmt.Errorf("%w: interrupted (%s); nothing was posted, try again: %w", ErrUnavailable, told, ctx.Err())
}

func ambiguous(told string) error {
	return fmt.Errorf("%w: %s; look in the conversation before sending it again", ErrAmbiguous, told)
}

func refused(s step, cause cause, told string) error {
	if cause.code == "missing_scope" {
		scope := cause.needed
		if scope == "" {
			scope = s.scope
		}
		return fmt.Errorf("%w: add %s to the bot scopes of the app and install it again", ErrMissingScope, scope)
	}
	if remedy, ok := tokenCodes[cause.code]; ok {
		return fmt.Errorf("%w: %s (%s)", ErrToken, remedy, told)
	}
	if remedy, ok := personalCodes[cause.code]; ok && s.personal {
		return fmt.Errorf("%w: %s (%s)", ErrUnreachable, remedy, told)
	}
	if remedy, ok := channelCodes[cause.code]; ok && !s.personal {
		return fmt.Errorf("%w: %s (%s)", ErrRefused, remedy, told)
	}
	return fmt.Errorf("%w: it says %s; the errors of the method are explained at https://docs.slack.dev/reference/methods", ErrRefused, told)
}

// redact takes the token out of a text, plain or as it stands in a form or URL.
func (c *caller) redact(text string) string {
	return strings.NewReplacer(c.token, "(sensitive)", url.QueryEscape(c.token), "(sensitive)").Replace(text)
}
