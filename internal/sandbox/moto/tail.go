package moto

import (
	"bytes"
	"regexp"
	"sync"
)

const tailLength = 4096

var running = regexp.MustCompile(`Running on (http://127\.0\.0\.1:\d+)\s`)

// tail keeps the end of moto's log and notices the line that names the address.
type tail struct {
	address chan string // gets one address

	mu    sync.Mutex
	text  []byte
	found bool
}

func newTail() *tail { return &tail{address: make(chan string, 1)} }

func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.text = append(t.text, p...)
	if !t.found {
		if match := running.FindSubmatch(t.text); match != nil {
			t.found = true
			t.address <- string(match[1])
		}
	}
	if extra := len(t.text) - tailLength; extra > 0 {
		t.text = append(t.text[:0], t.text[extra:]...)
	}
	return len(p), nil
}

// String is the log for the end of an error message, or nothing when there is no log.
func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	text := bytes.TrimSpace(t.text)
	if len(text) == 0 {
		return ""
	}
	return "\nthe end of its log:\n" + string(text)
}
