package secret

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
)

func readVariable(lookup func(string) (string, bool), name string) ([]byte, error) {
	value, ok := lookup(name)
	if !ok {
		return nil, fmt.Errorf("%w: set the environment variable %s", ErrMissing, name)
	}
	return []byte(value), nil
}

// readFile reads a regular file, or what a symbolic link to one leads to. It looks before it opens: opening a named
// pipe would wait for a writer.
func readFile(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fileError(err)
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%w: it is not a regular file; name a file that holds the token", ErrUnreadable)
	}
	stream, err := os.Open(path)
	if err != nil {
		return nil, fileError(err)
	}
	defer func() { _ = stream.Close() }()
	return readLimited(stream)
}

func fileError(err error) error {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("%w: create the file, or correct the path (a relative one starts at the working directory, and ~ is not expanded): %w", ErrMissing, err)
	case errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("%w: let the user of this process read the file: %w", ErrDenied, err)
	}
	return fmt.Errorf("%w: check the path: %w", ErrUnreadable, err)
}
