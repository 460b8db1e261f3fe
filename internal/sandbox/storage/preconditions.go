package storage

import (
	"encoding/base64"
	"encoding/binary"
	"net/http"
	"strconv"
	"time"
)

// conditions are what a request demands of a thing before it does anything; nil demands nothing.
type conditions struct {
	generation, notGeneration, metageneration, notMetageneration *int64
	reading                                                      bool
}

// conditions reads them from the query or, as the XML API has them, from the header.
func (c *call) conditions() (conditions, error) {
	demanded := conditions{reading: c.request.Method == http.MethodGet || c.request.Method == http.MethodHead}
	for _, d := range []struct {
		parameter, header string
		into              **int64
	}{
		{"ifGenerationMatch", "X-Goog-If-Generation-Match", &demanded.generation},
		{"ifGenerationNotMatch", "X-Goog-If-Generation-Not-Match", &demanded.notGeneration},
		{"ifMetagenerationMatch", "X-Goog-If-Metageneration-Match", &demanded.metageneration},
		{"ifMetagenerationNotMatch", "X-Goog-If-Metageneration-Not-Match", &demanded.notMetageneration},
	} {
		text := c.query.Get(d.parameter)
		if c.face == xmlFace {
			text = c.request.Header.Get(d.header)
		}
		if text == "" {
			continue
		}
		number, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return conditions{}, invalid("Invalid value '%s' for '%s'.", text, d.parameter)
		}
		*d.into = &number
	}
	return demanded, nil
}

// check compares them with a thing as it is; one that does not exist has generation and metageneration 0.
func (d conditions) check(generation, metageneration int64) error {
	differs := func(wanted *int64, is int64) bool { return wanted != nil && *wanted != is }
	equals := func(unwanted *int64, is int64) bool { return unwanted != nil && *unwanted == is }
	switch {
	case differs(d.generation, generation) || differs(d.metageneration, metageneration):
		return conditionNotMet("At least one of the pre-conditions you specified did not hold.")
	case equals(d.notGeneration, generation) || equals(d.notMetageneration, metageneration):
		if d.reading { // Google says 304 to a reader who has the newest already
			return &apiError{status: http.StatusNotModified}
		}
		return conditionNotMet("At least one of the pre-conditions you specified did not hold.")
	}
	return nil
}

// etag is what Google makes of the two numbers: a protocol buffer in base64, such as CAE= for a new bucket. A bucket
// has no generation there.
func etag(generation, metageneration int64) string {
	var message []byte
	field := byte(1 << 3)
	for _, number := range []int64{generation, metageneration} {
		if number > 0 {
			message = binary.AppendUvarint(append(message, field), uint64(number))
			field += 1 << 3
		}
	}
	return base64.StdEncoding.EncodeToString(message)
}

// writeLimit is how often the same object can be written, which Google words as "once a second".
const writeLimit = time.Second

// countWrite refuses a write that follows another too soon. The refused one does not count.
func (f *Fake) countWrite(n name) error {
	now := f.now()
	if last, before := f.written[n]; f.options.RateLimits && before && now.Sub(last) < writeLimit {
		return &apiError{
			status: http.StatusTooManyRequests, reason: "rateLimitExceeded", domain: "usageLimits",
			message: "The object " + n.bucket + "/" + n.object + " exceeded the rate limit for object mutation operations (create, update, and delete). " +
				"Please reduce your request rate. See https://cloud.google.com/storage/docs/gcs429.",
		}
	}
	f.written[n] = now
	return nil
}
