package main

import (
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/mattn/go-isatty"
)

// screen is where a person reads along. On a terminal the last few lines can be live.
type screen struct {
	out    *os.File
	live   bool // lines can be painted over
	colour bool
	broken func() // called when nobody reads any more

	painted []string // live lines at the bottom
	blank   bool     // the last line is empty, and no second one follows
}

func newScreen(out *os.File) *screen {
	terminal := isatty.IsTerminal(out.Fd()) && os.Getenv("TERM") != "dumb"
	return &screen{out: out, live: terminal, colour: terminal && os.Getenv("NO_COLOR") == ""}
}

const (
	bold  = "\x1b[1m"
	dim   = "\x1b[2m"
	green = "\x1b[32m"
	plain = "\x1b[0m"
)

func (s *screen) in(style, text string) string {
	if !s.colour || text == "" {
		return text
	}
	return style + text + plain
}

func (s *screen) write(text string) {
	if _, err := s.out.WriteString(text); err != nil && s.broken != nil {
		s.broken()
	}
}

// say writes lines that stay, above the live ones.
func (s *screen) say(lines ...string) {
	if s.blank && len(lines) > 0 && lines[0] == "" {
		lines = lines[1:]
	}
	if len(lines) == 0 {
		return
	}
	s.blank = lines[len(lines)-1] == ""
	text := s.wipe()
	s.painted = nil
	s.write(text + strings.Join(lines, "\n") + "\n")
}

func (s *screen) heading(name, why string) { s.say("", s.in(bold, name), "     "+s.in(dim, why)) }

func (s *screen) good(text string) { s.say(s.in(green, "✓ ") + text) }

func (s *screen) table(t table) {
	lines := t.render(s.columns(), func(text string) string { return s.in(bold, text) })
	s.say(append([]string{""}, append(lines, "")...)...)
}

// paint replaces the live lines. They do not wrap: a wrapped line would count as one and leave a rest behind.
func (s *screen) paint(lines []string) {
	if slices.Equal(lines, s.painted) {
		return
	}
	text := s.wipe() + "\x1b[?7l"
	for _, line := range lines {
		text += line + "\n"
	}
	s.painted, s.blank = lines, false
	s.write(text + "\x1b[?7h")
}

// settle leaves the live lines where they are.
func (s *screen) settle() { s.painted = nil }

func (s *screen) wipe() string {
	if len(s.painted) == 0 {
		return ""
	}
	return fmt.Sprintf("\x1b[%dA\r\x1b[J", len(s.painted))
}

// columns is the width of the terminal, or 0 when lines may be as long as they like.
func (s *screen) columns() int {
	if !s.live {
		return 0
	}
	return windowWidth(s.out)
}
