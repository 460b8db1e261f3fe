package slack

import (
	"net/http"
	"strconv"
	"time"

	"github.com/data-access/terraform-provider-provisioner/internal/await"
)

const retryAfter = "Retry-After"

// throttled is an HTTP client whose 429 answers always have a Retry-After in whole seconds. slack-go takes one
// without it for some other bad status, and one with a date for a broken reply; both would hide that nothing was done.
type throttled struct {
	client *http.Client
	clock  await.Clock
}

// Do sends a request.
func (t *throttled) Do(request *http.Request) (*http.Response, error) {
	response, err := t.client.Do(request)
	if err == nil && response.StatusCode == http.StatusTooManyRequests {
		wish := wholeSeconds(response.Header.Get(retryAfter), t.clock.Now())
		response.Header.Set(retryAfter, strconv.FormatInt(wish, 10))
	}
	return response, err
}

// wholeSeconds reads a Retry-After, a number or a date; 0 means that the server has no wish that could be read.
func wholeSeconds(header string, now time.Time) int64 {
	const most = 24 * 60 * 60 // so that it never overflows a duration
	seconds, err := strconv.ParseInt(header, 10, 64)
	if err != nil {
		date, err := http.ParseTime(header)
		if err != nil {
			return 0
		}
		seconds = int64((date.Sub(now) + time.Second - 1) / time.Second)
	}
	return min(max(seconds, 0), most)
}
