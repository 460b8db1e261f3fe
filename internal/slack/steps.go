package slack

import (
	"context"
	"fmt"

	slackapi "github.com/slack-go/slack"

	"github.com/data-access/terraform-provider-provisioner/internal/await"
)

// step is one call of the Web API.
type step struct {
	name     string // for errors
	scope    string // the right it needs
	personal bool   // whether it can fail because of the person
	posts    bool   // whether it must not be repeated unless it is certain that nothing was done
}

var (
	find         = step{name: "find the user by e-mail (users.lookupByEmail)", scope: "users:read.email", personal: true}
	openDirect   = step{name: "open the direct conversation (conversations.open)", scope: "im:write", personal: true}
	postDirect   = step{name: "post the message (chat.postMessage)", scope: "chat:write", personal: true, posts: true}
	postFallback = step{name: "post to the fallback channel (chat.postMessage)", scope: "chat:write", posts: true}
)

// caller makes the calls: again while Slack throttles, and otherwise as often as each step allows.
type caller struct {
	api   *slackapi.Client
	token string
	clock await.Clock
}

// lookup returns the id of the active user with an e-mail.
func (c *caller) lookup(ctx context.Context, email string) (string, error) {
	var user *slackapi.User
	err := c.call(ctx, find, func(ctx context.Context) (err error) {
		user, err = c.api.GetUserByEmailContext(ctx, email)
		return err
	})
	switch {
	case err != nil:
		return "", err
	case user.ID == "": // slack-go has no error for a refusal without a reason
		return "", notUnderstood(find)
	case user.Deleted:
		return "", fmt.Errorf("%s: %w: the user %s is deactivated; reactivate it or take the person off", find.name, ErrUnreachable, user.ID)
	case user.IsBot:
		return "", fmt.Errorf("%s: %w: the user %s is a bot; name a person's e-mail", find.name, ErrUnreachable, user.ID)
	}
	return user.ID, nil
}

// open returns the id of the direct conversation with a user.
func (c *caller) open(ctx context.Context, user string) (string, error) {
	var channel *slackapi.Channel
	err := c.call(ctx, openDirect, func(ctx context.Context) (err error) {
		channel, _, _, err = c.api.OpenConversationContext(ctx, &slackapi.OpenConversationParameters{Users: []string{user}})
		return err
	})
	if err != nil {
		return "", err
	}
	if channel == nil || channel.ID == "" {
		return "", notUnderstood(openDirect)
	}
	return channel.ID, nil
}

// post posts once, and returns the channel and the timestamp of the message.
func (c *caller) post(ctx context.Context, s step, channel string, m message) (posted, timestamp string, err error) {
	err = c.call(ctx, s, func(ctx context.Context) (err error) {
		posted, timestamp, err = c.api.PostMessageContext(ctx, channel,
			slackapi.MsgOptionText(m.text, false), slackapi.MsgOptionBlocks(m.blocks...),
			slackapi.MsgOptionParse(false), slackapi.MsgOptionLinkNames(false),
			slackapi.MsgOptionDisableLinkUnfurl(), slackapi.MsgOptionDisableMediaUnfurl())
		return err
	})
	if err != nil {
		return "", "", err
	}
	if timestamp == "" {
		return "", "", fmt.Errorf("%s: %w: the answer does not name the message; look in %s before sending it again", s.name, ErrAmbiguous, channel)
	}
	if posted == "" {
		posted = channel
	}
	return posted, timestamp, nil
}

func notUnderstood(s step) error {
	return fmt.Errorf("%s: %w: the answer has neither a result nor an error; check the address of the API and try again", s.name, ErrUnavailable)
}
