package run

import (
	"bytes"
	"context"
	"fmt"
	"regexp"
	"strings"
	"unicode"

	"github.com/data-access/terraform-provider-provisioner/internal/sliderule"
)

const (
	tailLines   = 40
	tailBytes   = 64 << 10 // asked for
	longestLine = 400      // characters told of a line
)

// tail is the last lines of a run's log, fit to be shown; none when there is no log.
func (r *Runner) tail(ctx context.Context, f *sliderule.Foundation, id string) ([]string, error) {
	content, err := r.read(ctx, f.LogBucket, key(id, logFile), fmt.Sprintf("bytes=-%d", tailBytes), tailBytes)
	if err != nil || len(content) == 0 {
		return nil, err
	}
	if len(content) == tailBytes { // the first line has lost its beginning
		_, rest, _ := bytes.Cut(content, []byte("\n"))
		content = rest
	}
	text := strings.ToValidUTF8(string(content), "?")
	if secret, known := r.tokens.Load(id); known {
		text = strings.ReplaceAll(text, secret.(string), removed)
	}
	var lines []string
	for line := range strings.SplitSeq(strings.TrimRight(secrets.Replace(text), " \r\n\t"), "\n") {
		lines = append(lines, legible(line))
	}
	if len(lines) > tailLines {
		lines = lines[len(lines)-tailLines:]
	}
	return lines, nil
}

var colours = regexp.MustCompile(`\x1b\[[0-9;?]*[A-Za-z]`)

// legible is a line as a terminal would come to show it: what a progress bar wrote last, without colours and controls.
func legible(line string) string {
	line = colours.ReplaceAllString(strings.TrimRight(line, "\r"), "")
	line = line[strings.LastIndexByte(line, '\r')+1:]
	line = strings.Map(func(c rune) rune {
		switch {
		case c == '\t':
			return ' '
		case unicode.IsControl(c):
			return -1
		}
		return c
	}, line)
	if letters := []rune(line); len(letters) > longestLine {
		return string(letters[:longestLine]) + "…"
	}
	return line
}

const removed = "(removed)"

type patterns []*regexp.Regexp

// secrets are what tokens look like, ours and those of what a run uses. The program prints none; what it tests might.
var secrets = patterns{
	regexp.MustCompile(`()eyJ[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*`),
	regexp.MustCompile(`()\b(?:gh[pousr]_[A-Za-z0-9]{16,}|github_pat_[A-Za-z0-9_]{16,})`),
	regexp.MustCompile(`()\b(?:AKIA|ASIA)[A-Z0-9]{16}\b`),
	regexp.MustCompile(`(?i)(authorization["']?\s*[:=]\s*["']?(?:bearer|basic|token)\s+)[^\s"']+`),
	regexp.MustCompile(`(?i)((?:secret_?access_?key|session_?token|password)["']?\s*[:=]\s*["']?)[^\s"',]+`),
}

// Replace takes secrets out of a text, and keeps what introduces them.
func (p patterns) Replace(text string) string {
	for _, each := range p {
		text = each.ReplaceAllString(text, "${1}"+removed)
	}
	return text
}
