package notebook

import "errors"

// Errors to test for with errors.Is, beside those of package google.
var (
	// ErrTaken says that a notebook of ours became somebody else's.
	ErrTaken = errors.New("the notebook was taken over")
	// ErrOther says that the notebook is ours, but belongs to another person or reads data as another identity than is
	// wanted, which Google cannot change.
	ErrOther = errors.New("the notebook is there and is not as wanted")
	// ErrOrphaned says that an upgrade lost the machine of a notebook.
	ErrOrphaned = errors.New("an upgrade removed the notebook's machine; its data disk is intact")
	// ErrDown says that a notebook is at rest, or came to rest, where it was to come up.
	ErrDown = errors.New("the notebook did not come up")
	// ErrKept says that Google kept a label or a metadata key that was to go.
	ErrKept = errors.New("Google kept what was to be removed")
)
