package google

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
)

// listing is how a collection is listed.
type listing struct {
	kind       *kind
	size, most int // how many a page holds by default, and at most
	field      string
	places     bool                               // takes - for every location, and tells which could not be reached
	unreached  func(project, place string) string // how it tells them
	wanted     func(filter string) (func(*object) bool, error)
}

// page is one page of a list. Its items are shared with other replies and never change.
type page struct {
	field       string
	items       []raw
	next        string
	unreachable []string
}

func (p *page) writeTo(b *bytes.Buffer) {
	total := 64
	for _, item := range p.items {
		total += len(item) + 1
	}
	b.Grow(total)
	separator := "{"
	name := func(field string) {
		b.WriteString(separator + `"` + field + `":`)
		separator = ","
	}
	if len(p.items) > 0 {
		name(p.field)
		b.WriteByte('[')
		for i, item := range p.items {
			if i > 0 {
				b.WriteByte(',')
			}
			b.Write(item)
		}
		b.WriteByte(']')
	}
	if p.next != "" {
		name("nextPageToken")
		b.WriteString(strconv.Quote(p.next)) // base64 needs no escapes
	}
	if len(p.unreachable) > 0 {
		name("unreachable")
		document, _ := json.Marshal(p.unreachable)
		b.Write(document)
	}
	if separator == "{" {
		b.WriteByte('{')
	}
	b.WriteByte('}')
}

// list answers one page of a collection. A page goes on after the last name of the one before, so that whatever is
// made or removed between two pages, nothing is told twice and nothing that stays is left out.
func (f *Fake) list(l listing) answer {
	return func(c *call) (any, error) {
		if !l.places {
			if err := f.reachable(c); err != nil {
				return nil, err
			}
		}
		wanted := func(*object) bool { return true }
		if l.wanted != nil {
			var err error
			if wanted, err = l.wanted(c.query["filter"]); err != nil {
				return nil, err
			}
		}
		backwards, err := sortOrder(c.query["orderBy"])
		if err != nil {
			return nil, err
		}
		return f.page(c, l, f.inPlaces(c, l), backwards, wanted)
	}
}

// inPlaces are the objects of a collection in the places that can be reached.
func (f *Fake) inPlaces(c *call, l listing) []*object {
	prefix := c.target + "/"
	if l.places && c.location() == "-" {
		prefix = "projects/" + c.project() + "/locations/"
	}
	found := f.shelves[l.kind].below(prefix)
	if !l.places || len(f.behaviours.Unreachable) == 0 {
		return found
	}
	return slices.DeleteFunc(slices.Clone(found), func(o *object) bool {
		return slices.Contains(f.behaviours.Unreachable, strings.Split(o.name, "/")[3])
	})
}

func (f *Fake) page(c *call, l listing, objects []*object, backwards bool, wanted func(*object) bool) (any, error) {
	size, err := pageSize(c.query["pageSize"], l.size, l.most)
	if err != nil {
		return nil, err
	}
	after, err := readToken(c, c.query["pageToken"])
	if err != nil {
		return nil, err
	}
	field := l.field
	if field == "" {
		field = l.kind.collection
	}
	p := &page{field: field}
	unreached := f.unreached(c, l)
	if after == lastPage {
		p.unreachable = unreached
		return p, nil
	}
	last := ""
	for _, o := range following(objects, after, backwards) {
		if !wanted(o) {
			continue
		}
		if len(p.items) == size {
			p.next = pageToken(c, last)
			return p, nil
		}
		p.items = append(p.items, f.tell(o))
		last = o.name
	}
	switch { // a page holds either items or the places that did not answer
	case len(unreached) > 0 && len(p.items) > 0:
		p.next = pageToken(c, lastPage)
	case len(unreached) > 0:
		p.unreachable = unreached
	}
	return p, nil
}

// following are the objects after a name, in the order of the list.
func following(objects []*object, after string, backwards bool) []*object {
	at, found := slices.BinarySearchFunc(objects, after, func(o *object, name string) int { return strings.Compare(o.name, name) })
	if backwards {
		if after != "" {
			objects = objects[:at]
		}
		objects = slices.Clone(objects)
		slices.Reverse(objects)
		return objects
	}
	if found {
		at++
	}
	return objects[at:]
}

// unreached are the places that did not answer a list, as this list tells them.
func (f *Fake) unreached(c *call, l listing) []string {
	if !l.places {
		return nil
	}
	var told []string
	for _, place := range f.behaviours.Unreachable {
		if c.location() == "-" || c.location() == place {
			told = append(told, l.unreached(c.project(), place))
		}
	}
	return told
}

func sortOrder(by string) (backwards bool, err error) {
	switch by {
	case "", "name":
		return false, nil
	case "name desc":
		return true, nil
	default:
		return false, invalid("Invalid order by %q: supported values are \"name\", \"name desc\" or \"\".", by)
	}
}

// pageSize takes more than the most for the most, as the vendor does.
func pageSize(given string, usual, most int) (int, error) {
	if given == "" || given == "0" {
		return usual, nil
	}
	size, err := strconv.Atoi(given)
	if err != nil || size < 0 {
		return 0, invalid("Invalid page size %s: it must not be negative.", given)
	}
	return min(size, most), nil
}

// lastPage stands for the page after the last object, in tokens; no name looks like it.
const lastPage = "\xff"

// pageToken holds where a list goes on, and which list it was: a token is good for that one only.
func pageToken(c *call, after string) string {
	return base64.RawURLEncoding.EncodeToString([]byte(listOfCall(c) + "\n" + after))
}

func readToken(c *call, token string) (after string, err error) {
	if token == "" {
		return "", nil
	}
	plain, err := base64.RawURLEncoding.DecodeString(token)
	list, after, found := strings.Cut(string(plain), "\n")
	if err != nil || !found || list != listOfCall(c) {
		return "", invalid("Invalid page token.")
	}
	return after, nil
}

func listOfCall(c *call) string {
	return strings.Join([]string{c.method.key, c.target, c.query["orderBy"], c.query["filter"]}, " ")
}
