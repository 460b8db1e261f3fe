package slack

import "errors"

// What can go wrong when somebody is told something; for errors.Is.
var (
	// ErrNotice says that the notice itself cannot be sent; see [Validate].
	ErrNotice = errors.New("the notice cannot be sent")
	// ErrUnreachable says that this person cannot be sent a direct message: there is no such user, the user is
	// deactivated or a bot, or direct messages of the app are turned off. Others may be reachable.
	ErrUnreachable = errors.New("the person cannot be reached")
	// ErrMissingScope says that the app lacks a right; the error names it.
	ErrMissingScope = errors.New("the Slack app lacks a scope")
	// ErrToken says that the token cannot be had or that Slack does not accept it.
	ErrToken = errors.New("the Slack token does not work")
	// ErrRefused says that Slack refused the request for another reason, and the message was not posted.
	ErrRefused = errors.New("Slack refused")
	// ErrUnavailable says that Slack did not answer, or not in time, and the message was not posted.
	ErrUnavailable = errors.New("Slack is not available")
	// ErrAmbiguous says that the answer to the post was lost: the message may be there or not. It is not repeated.
	ErrAmbiguous = errors.New("the message may or may not have been posted")
)
