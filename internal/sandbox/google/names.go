package google

import (
	"regexp"
	"strings"
)

var (
	instanceID    = regexp.MustCompile(`^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$`)
	clusterName   = regexp.MustCompile(`^[a-z]([-a-z0-9]{0,49}[a-z0-9])?$`)
	sessionID     = regexp.MustCompile(`^[a-z0-9][-a-z0-9]{2,61}[a-z0-9]$`) // its text says letters only; digits are believed to pass
	templateID    = regexp.MustCompile(`^[a-z][-a-z0-9]{2,61}[a-z0-9]$`)
	accountID     = regexp.MustCompile(`^[a-z][-a-z0-9]{4,28}[a-z0-9]$`)
	zoneForm      = regexp.MustCompile(`^[a-z]+-[a-z]+\d+-[a-z]$`)
	regionForm    = regexp.MustCompile(`^[a-z]+-[a-z]+\d+$`)
	uuidForm      = regexp.MustCompile(`^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`)
	dataprocForm  = regexp.MustCompile(`^[-_A-Za-z0-9]{1,40}$`)
	labelKey      = regexp.MustCompile(`^[\p{Ll}\p{Lo}][\p{Ll}\p{Lo}\p{N}_-]{0,62}$`)
	labelValue    = regexp.MustCompile(`^[\p{Ll}\p{Lo}\p{N}_-]{0,63}$`)
	emailForm     = regexp.MustCompile(`^[^@\s,;:]+@[^@\s,;:]+\.[^@\s,;:]+$`)
	requestIDForm = map[string]*regexp.Regexp{"notebooks": uuidForm, "dataproc": dataprocForm}
)

func checkID(what, id string, form *regexp.Regexp) error {
	if !form.MatchString(id) {
		return invalid("Invalid %s %q: it must match %s.", what, id, form)
	}
	return nil
}

// checkPlace wants a zone or a region in the place of the location; lists also take - for all of them.
func checkPlace(place string, form *regexp.Regexp) error {
	if form.MatchString(place) {
		return nil
	}
	sort := "zone"
	if form == regionForm {
		sort = "region"
	}
	return invalid("Invalid location %q: it must be a %s.", place, sort)
}

// inPlace puts the check of the location before an answer.
func inPlace(form *regexp.Regexp, next answer) answer {
	return func(c *call) (any, error) {
		if err := checkPlace(c.location(), form); err != nil {
			return nil, err
		}
		return next(c)
	}
}

// anywhere takes - for every location too.
func anywhere(form *regexp.Regexp, next answer) answer {
	checked := inPlace(form, next)
	return func(c *call) (any, error) {
		if c.location() == "-" {
			return next(c)
		}
		return checked(c)
	}
}

func checkRequestID(service, id string) error {
	if form := requestIDForm[service]; form != nil && !form.MatchString(id) {
		return invalid("Invalid request_id %q: it must match %s.", id, form)
	}
	return nil
}

func checkLabels(value any, most int) error {
	labels, _ := value.(fields)
	if len(labels) > most {
		return invalid("Too many labels: %d, at most %d are allowed.", len(labels), most)
	}
	for _, key := range sortedKeys(labels) {
		if !labelKey.MatchString(key) {
			return invalid("Invalid label key %q.", key)
		}
		if v := text(labels[key]); !labelValue.MatchString(v) {
			return invalid("Invalid value %q of the label %q.", v, key)
		}
	}
	return nil
}

// regionOf is the region of a zone.
func regionOf(zone string) string { return zone[:max(strings.LastIndex(zone, "-"), 0)] }

// member is how a policy names somebody.
func member(email string) string {
	if strings.HasSuffix(email, ".gserviceaccount.com") {
		return "serviceAccount:" + email
	}
	return "user:" + email
}
