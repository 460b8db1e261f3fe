package template

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// imagesKnown is the day on which this table was right.
var imagesKnown = date(2026, 11, 20)

// support is what Google says of one line of images.
type support struct {
	line    string
	ends    time.Time // the last day of support
	usable  time.Time // the last day on which a cluster can be made from it; zero where Google names none
	preview bool
}

// images are the lines that new clusters can be made from, oldest first. All before them are dead.
var images = []support{
	{line: "2.1", ends: date(2026, 3, 31), usable: date(2026, 12, 31)},
	{line: "2.2", ends: date(2027, 3, 31)},
	{line: "2.3", ends: date(2027, 6, 9)},
	{line: "3.0", preview: true},
}

// near is how long before its end a line of images is warned of.
const near = 120 * day

func date(year int, month time.Month, d int) time.Time {
	return time.Date(year, month, d, 0, 0, 0, 0, time.UTC)
}

// best is the line to take: supported the longest, and no preview.
func best() support {
	return slices.MaxFunc(images, func(a, b support) int { return a.ends.Compare(b.ends) })
}

// imageVersion is such as 2.3, 2.3-debian12 or 2.3.4-ml-ubuntu22.
var imageVersion = regexp.MustCompile(`^(\d+)\.(\d+)(\.[0-9A-Za-z]+)?(-[a-z0-9-]+)?$`)

func (j *judge) image() {
	path := at("config", "softwareConfig", "imageVersion")
	v := j.root.at(path...)
	switch {
	case v == nil:
		j.warn(path, "no image is named: Dataproc takes its newest one, and Dataproc Hub one that is long dead; write %q", recommended())
		return
	case v.text() == "preview":
		return
	}
	match := imageVersion.FindStringSubmatch(v.text())
	if match == nil {
		j.refuse(path, "%q is no image version; write one such as %q", short(v.text()), recommended())
		return
	}
	major, minor := number(match[1]), number(match[2])
	if major < 2 || major == 2 && minor < 1 {
		ended := "is over"
		if v := match[1] + "." + match[2]; v == "1.5" {
			ended = "ended on 2023-03-31"
		}
		j.refuse(path, "the support of image %s %s, and no cluster can be made from it; write %q", v.text(), ended, recommended())
	}
}

func number(digits string) int {
	n, err := strconv.Atoi(digits)
	if err != nil { // too many digits for any image
		return 0
	}
	return n
}

// recommended is the version to write.
func recommended() string { return best().line + "-debian12" }

// imageWarnings are what is to be said of an image on a day.
func imageWarnings(v *value, day time.Time) []Problem {
	match := imageVersion.FindStringSubmatch(v.text())
	if v == nil || match == nil && v.text() != "preview" {
		return nil
	}
	warn := func(format string, args ...any) []Problem {
		return []Problem{{Line: v.line, Path: v.path, Message: fmt.Sprintf(format, args...) + fmt.Sprintf("; write %q", recommended())}}
	}
	if match == nil {
		return warn("the image preview changes without notice")
	}
	i := slices.IndexFunc(images, func(s support) bool { return s.line == match[1]+"."+match[2] })
	if i < 0 {
		return warn("image %s is none that this release knows of (%s)", v.text(), strings.Join(lines(), ", "))
	}
	s := images[i]
	const iso = time.DateOnly
	switch over := s.ends.AddDate(0, 0, 1); {
	case s.preview:
		return warn("image %s is a preview, which Google does not support", v.text())
	case !s.usable.IsZero() && !day.Before(s.usable.AddDate(0, 0, 1)):
		return warn("the support of image %s ended on %s, and since %s no cluster can be made from it", v.text(), s.ends.Format(iso), s.usable.Format(iso))
	case !day.Before(over) && !s.usable.IsZero():
		return warn("the support of image %s ended on %s, and no cluster can be made from it after %s", v.text(), s.ends.Format(iso), s.usable.Format(iso))
	case !day.Before(over):
		return warn("the support of image %s ended on %s", v.text(), s.ends.Format(iso))
	case s.line != best().line && over.Sub(day) <= near:
		return warn("the support of image %s ends on %s", v.text(), s.ends.Format(iso))
	case over.Sub(day) <= near:
		return []Problem{{Line: v.line, Path: v.path, Message: fmt.Sprintf("the support of image %s ends on %s; see what Google has by then", v.text(), s.ends.Format(iso))}}
	}
	return nil
}

func lines() (names []string) {
	for _, s := range images {
		names = append(names, s.line)
	}
	return names
}
