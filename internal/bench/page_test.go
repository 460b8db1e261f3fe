package main

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestWhatPeopleWroteSurvives(t *testing.T) {
	path := filepath.Join(t.TempDir(), "benchmarks.md")
	write := func() string {
		t.Helper()
		if err := writePage(path, sample()); err != nil {
			t.Fatal(err)
		}
		page, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		return string(page)
	}
	first := write()
	if !strings.Contains(first, nothingWritten) {
		t.Error("a new page has no place to write")
	}
	edited := strings.Replace(first, nothingWritten, "\nThe apply of 3,000.\n", 1)
	edited = strings.Replace(edited, "Measured on", "Forged on", 1)
	if err := os.WriteFile(path, []byte(edited), 0o600); err != nil {
		t.Fatal(err)
	}
	second := write()
	if want := strings.Replace(first, nothingWritten, "\nThe apply of 3,000.\n", 1); second != want {
		t.Errorf("got %s", second)
	}
	if again := write(); again != second {
		t.Error("writing twice changes the page")
	}
}

func TestAPageWithOneMarkIsLeftAlone(t *testing.T) {
	for _, broken := range []string{"text " + remainsBegin + " text", "text " + remainsEnd, remainsEnd + " text " + remainsBegin} {
		path := filepath.Join(t.TempDir(), "benchmarks.md")
		if err := os.WriteFile(path, []byte(broken), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := writePage(path, sample()); !errors.Is(err, errHalfMarked) {
			t.Errorf("got %v", err)
		}
		if page, _ := os.ReadFile(path); string(page) != broken {
			t.Errorf("the page became %s", page)
		}
	}
}
