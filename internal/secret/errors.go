package secret

import "errors"

// What can be wrong with the text of a reference; [Parse] returns them.
var (
	// ErrUnknownScheme says that a text is none of the accepted forms. It may be a token pasted by mistake:
	// the error never repeats it.
	ErrUnknownScheme = errors.New("not a reference to a secret")
	// ErrSyntax says that a text begins like one of the accepted forms and goes on wrongly.
	ErrSyntax = errors.New("malformed reference to a secret")
)

// What can be wrong with the place that a reference names; [Reader.Read] returns them.
var (
	// ErrMissing says that the object, bucket, secret, parameter, variable, file or JSON key is not there.
	ErrMissing = errors.New("not found")
	// ErrEmpty says that the place is there and holds nothing but space.
	ErrEmpty = errors.New("empty")
	// ErrTooLarge says that the content is larger than 64 KiB, so it is hardly a token.
	ErrTooLarge = errors.New("larger than 64 KiB")
	// ErrMultiline says that the content has several lines, which no token has.
	ErrMultiline = errors.New("more than one line")
	// ErrDenied says that the place may not be read with the credentials or rights at hand.
	ErrDenied = errors.New("access denied")
	// ErrUnreadable says everything else: no network, no region, a folder in place of a file, not text, an interrupt.
	ErrUnreadable = errors.New("cannot be read")
)
