package google

import "strings"

// variable is the segment of a template that any one segment of a path fills.
const variable = "[^/]+"

// branch is one segment of the paths of an API: what may follow it, and the methods that end there.
type branch struct {
	literal map[string]*branch
	any     *branch
	methods map[string]*method // by HTTP method and custom verb: "POST:start", or "GET:" without one
}

func newBranch() *branch {
	return &branch{literal: map[string]*branch{}, methods: map[string]*method{}}
}

// add puts a method at its path. In a template such as v2/{+name}:start the parameter becomes the segments of its own
// pattern, so that one walk both finds a method and checks the shape of its parameters.
func (b *branch) add(m *method) {
	path, verb := cutVerb(m.Path)
	for _, part := range strings.Split(path, "/") {
		segments := []string{part}
		if strings.HasPrefix(part, "{") {
			segments = patternSegments(m.Parameters[strings.Trim(part, "{+}")])
		}
		for _, segment := range segments {
			b = b.grow(segment)
		}
	}
	b.methods[m.HTTPMethod+":"+verb] = m
}

// patternSegments are the segments of a pattern like ^projects/[^/]+$; a parameter without a pattern is one segment.
func patternSegments(p *parameter) []string {
	if p.Pattern == "" {
		return []string{variable}
	}
	return splitOutsideBrackets(strings.TrimSuffix(strings.TrimPrefix(p.Pattern, "^"), "$"))
}

// splitOutsideBrackets splits a pattern at its slashes, but not at the one inside [^/]+.
func splitOutsideBrackets(pattern string) []string {
	const hidden = "\x00"
	segments := strings.Split(strings.ReplaceAll(pattern, variable, hidden), "/")
	for i, segment := range segments {
		if segment == hidden || segment == ".*" {
			segments[i] = variable
		}
	}
	return segments
}

func (b *branch) grow(segment string) *branch {
	if segment == variable {
		if b.any == nil {
			b.any = newBranch()
		}
		return b.any
	}
	if b.literal[segment] == nil {
		b.literal[segment] = newBranch()
	}
	return b.literal[segment]
}

// find is the method that serves a path, nil when none does. A literal segment goes before a variable one.
func (d *document) find(httpMethod, path string) *method {
	path, verb := cutVerb(path)
	return d.paths.find(strings.Split(path, "/"), httpMethod+":"+verb)
}

func (b *branch) find(segments []string, end string) *method {
	if len(segments) == 0 {
		return b.methods[end]
	}
	if next := b.literal[segments[0]]; next != nil {
		if m := next.find(segments[1:], end); m != nil {
			return m
		}
	}
	if b.any != nil && segments[0] != "" {
		return b.any.find(segments[1:], end)
	}
	return nil
}

// cutVerb takes the custom verb off a path or template: v2/{+name}:start, instances:getConfig.
func cutVerb(path string) (bare, verb string) {
	last := strings.LastIndex(path, "/") + 1
	if bare, verb, found := strings.Cut(path[last:], ":"); found {
		return path[:last] + bare, verb
	}
	return path, ""
}
