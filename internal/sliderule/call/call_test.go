package call_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/ssm"

	"github.com/data-access/terraform-provider-provisioner/internal/await/awaittest"
	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/call"
)

// far is an AWS on the real wire that gives the same answers in turn, the last one for ever, and counts.
type far struct {
	config aws.Config
	asked  atomic.Int64
}

type reply struct {
	status     int
	code, text string
}

func newFar(t *testing.T, replies ...reply) *far {
	f := &far{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		r := replies[min(int(f.asked.Add(1)), len(replies))-1]
		w.Header().Set("Content-Type", "application/x-amz-json-1.1")
		w.WriteHeader(r.status)
		body := `{}`
		if r.status != http.StatusOK {
			body = fmt.Sprintf(`{"__type": %q, "message": %q}`, r.code, r.text)
		}
		_, _ = io.WriteString(w, body)
	}))
	t.Cleanup(server.Close)
	f.config = call.Singly(aws.Config{Region: "us-west-2", BaseEndpoint: &server.URL, Credentials: credentials.NewStaticCredentialsProvider("a", "b", "")})
	return f
}

var parameter = &ssm.GetParameterInput{Name: aws.String("/x")}

func (f *far) once(t *testing.T) error {
	_, err := call.Once(t.Context(), ssm.NewFromConfig(f.config).GetParameter, parameter)
	return err
}

var down = reply{http.StatusServiceUnavailable, "ServiceUnavailable", "try later"}

func TestAnAttemptIsOneAndTheRestIsRepeatedByTheClock(t *testing.T) {
	f := newFar(t, down)
	if err := f.once(t); call.Status(err) != http.StatusServiceUnavailable || f.asked.Load() != 1 {
		t.Errorf("asked %d times: %v", f.asked.Load(), err)
	}
	for name, try := range map[string]func(*far, *awaittest.Clock) error{
		"a read": func(f *far, clock *awaittest.Clock) error {
			_, err := call.Ask(t.Context(), call.Line(clock, nil), ssm.NewFromConfig(f.config).GetParameter, parameter)
			return err
		},
		"a write": func(f *far, clock *awaittest.Clock) error {
			_, err := call.Repeat(t.Context(), call.Line(clock, nil), ssm.NewFromConfig(f.config).GetParameter, parameter)
			return err
		},
	} {
		f, clock := newFar(t, down, down, reply{status: http.StatusOK}), awaittest.New()
		begun := clock.Now()
		if err := try(f, clock); err != nil || f.asked.Load() != 3 || !clock.Now().After(begun) {
			t.Errorf("%s: asked %d times: %v", name, f.asked.Load(), err)
		}
		f = newFar(t, reply{http.StatusBadRequest, "ValidationException", "no"})
		if err := try(f, clock); err == nil || f.asked.Load() != 1 {
			t.Errorf("%s that is refused: asked %d times: %v", name, f.asked.Load(), err)
		}
	}
	f = newFar(t, reply{http.StatusBadRequest, "ValidationException", "not yet"}, reply{status: http.StatusOK})
	settling := func(err error) bool { return call.Says(err, "NOT YET") }
	if _, err := call.Ask(t.Context(), call.Line(awaittest.New(), settling), ssm.NewFromConfig(f.config).GetParameter, parameter); err != nil {
		t.Errorf("a judge of one's own was not asked: %v", err)
	}
}

// What each error means, told by the real SDK from what a server really answered.
func TestWhatErrorsMean(t *testing.T) {
	for name, c := range map[string]struct {
		reply
		again, refused, throttled bool
		remedy                    string
	}{
		"refused":        {reply{400, "ValidationException", "no"}, false, true, false, "Correct the configuration"},
		"denied":         {reply{400, "AccessDeniedException", "no"}, false, true, false, "Let the provider's AWS identity call GetParameter of SSM"},
		"worn out":       {reply{400, "ExpiredTokenException", "no"}, false, true, false, "Renew the AWS credentials"},
		"quota":          {reply{400, "ServiceQuotaExceededException", "no"}, false, true, false, "Have the quota raised"},
		"throttled":      {reply{400, "ThrottlingException", "slower"}, true, false, true, "takes no more calls"},
		"429":            {reply{429, "Whatever", "slower"}, true, false, true, "takes no more calls"},
		"too slow for S": {reply{400, "RequestTimeout", "slow"}, true, false, false, ""},
		"408":            {reply{408, "Whatever", "slow"}, true, false, false, ""},
		"out of order":   {reply{500, "InternalServerError", "oh"}, true, false, false, ""},
	} {
		err := newFar(t, c.reply).once(t)
		if call.Again(err) != c.again || call.Refused(err) != c.refused || call.Throttled(err) != c.throttled {
			t.Errorf("%s: again %t, refused %t, throttled %t: %v", name, call.Again(err), call.Refused(err), call.Throttled(err), err)
		}
		if remedy := call.Remedy(err); !strings.HasPrefix(remedy, c.remedy) && !strings.Contains(remedy, c.remedy) || (c.remedy == "") != (remedy == "") {
			t.Errorf("%s: the remedy is %q", name, remedy)
		}
		if got, want := call.Words(fmt.Errorf("wrapped: %w", err)), "SSM answered "+c.code+": "+c.text; got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
		if !call.HasCode(err, "other", c.code) || call.HasCode(err, "other") {
			t.Errorf("%s: its code is not %s", name, c.code)
		}
	}
}

func TestWithoutAnAnswer(t *testing.T) {
	noHost := fmt.Errorf("wrapped: %w", &net.DNSError{Err: "no such host", Name: "ssm.us-wset-2.amazonaws.com", IsNotFound: true})
	if call.Again(noHost) || !strings.Contains(call.Remedy(noHost), "no host has that name") {
		t.Errorf("%t, %q", call.Again(noHost), call.Remedy(noHost))
	}
	lost := errors.New("connection reset by peer. ")
	if !call.Again(lost) || call.Remedy(lost) != "" || call.Words(lost) != "connection reset by peer" || call.Status(lost) != 0 {
		t.Errorf("%t, %q, %q", call.Again(lost), call.Remedy(lost), call.Words(lost))
	}
	f := newFar(t, reply{status: http.StatusOK})
	f.config.Credentials = aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) { return aws.Credentials{}, errors.New("none") })
	if err := f.once(t); f.asked.Load() != 0 || call.Again(err) || !strings.Contains(call.Remedy(err), "AWS_PROFILE") {
		t.Errorf("%v, %q", err, call.Remedy(err))
	}
}

func TestWhatHasBegunEndsAndNothingElseBegins(t *testing.T) {
	interrupted := errors.New("interrupted")
	ctx, cancel := context.WithCancel(t.Context())
	err := call.Whole(ctx, time.Minute, interrupted, func(ctx context.Context) error {
		cancel()
		if _, limited := ctx.Deadline(); !limited {
			t.Error("it may take for ever")
		}
		return ctx.Err()
	})
	if err != nil {
		t.Errorf("it did not end: %v", err)
	}
	begun := false
	err = call.Whole(ctx, time.Minute, interrupted, func(context.Context) error { begun = true; return nil })
	if begun || !errors.Is(err, interrupted) || !errors.Is(err, context.Canceled) {
		t.Errorf("begun %t: %v", begun, err)
	}
}
