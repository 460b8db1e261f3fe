package wire_test

import (
	"cmp"
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/wire"
)

func (b *bench) add(t *testing.T, faults ...wire.Fault) {
	t.Helper()
	if err := b.AddFault(faults...); err != nil {
		t.Fatal(err)
	}
}

func isReset(err error) bool { return errors.Is(err, syscall.ECONNRESET) || errors.Is(err, io.EOF) }

func TestFaultKindsAsAClientSeesThem(t *testing.T) {
	cases := map[string]struct {
		fault   wire.Fault
		status  int
		reset   bool
		effects int32
		noted   int // status in the list of calls
		slept   []time.Duration
	}{
		"status":       {fault: wire.Fault{Kind: wire.Status, Status: 503}, status: 503, noted: 503},
		"delay":        {fault: wire.Fault{Kind: wire.Delay, MS: 1500}, status: 201, effects: 1, noted: 201, slept: []time.Duration{1500 * time.Millisecond}},
		"reset_before": {fault: wire.Fault{Kind: wire.ResetBefore}, reset: true},
		"reset_after":  {fault: wire.Fault{Kind: wire.ResetAfter}, reset: true, effects: 1, noted: 201},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			b.add(t, c.fault)
			got, err := b.post(t, "databricks", "/api/2.1/clusters/create", url.Values{"a": {"b"}})
			if isReset(err) != c.reset || !c.reset && (err != nil || got.status != c.status) {
				t.Errorf("the client got %+v, %v", got, err)
			}
			if b.effects.Load() != c.effects {
				t.Errorf("the vendor acted %d times, want %d", b.effects.Load(), c.effects)
			}
			if name == "delay" && got.body != "a=b" {
				t.Errorf("a late answer lost its body: %+v", got)
			}
			if call := b.Calls()[0]; call.Fault != c.fault.Kind || call.Status != c.noted {
				t.Errorf("noted %+v", call)
			}
			if !slices.Equal(b.clock.Slept(), c.slept) {
				t.Errorf("slept %v, want %v", b.clock.Slept(), c.slept)
			}
			if again, err := b.post(t, "databricks", "/api/2.1/clusters/create", nil); err != nil || again.status != 201 {
				t.Errorf("a fault applies once, yet the next call got %+v, %v", again, err)
			}
		})
	}
}

// A client that gives up on a slow call must find its effect when it looks.
func TestDelayedCallsHaveTheirEffectForAClientThatGaveUp(t *testing.T) {
	b := newBench(t)
	b.add(t, wire.Fault{Kind: wire.Delay, MS: 60_000})
	ctx, giveUp := context.WithCancel(t.Context())
	b.clock.OnTick(func(time.Time) { giveUp() })
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, b.urls["slack"]+"/", nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := do(t, req); err != nil && !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	if b.effects.Load() != 1 {
		t.Error("the call had no effect")
	}
}

func TestFaultsMatch(t *testing.T) {
	call := "/api/2.1/clusters/get"
	cases := map[string]struct {
		fault wire.Fault
		want  bool
	}{
		"anything":           {wire.Fault{}, true},
		"the vendor":         {wire.Fault{Vendor: "databricks"}, true},
		"another vendor":     {wire.Fault{Vendor: "slack"}, false},
		"the method":         {wire.Fault{Method: "post"}, true},
		"another method":     {wire.Fault{Method: "GET"}, false},
		"the path":           {wire.Fault{Path: call}, true},
		"a part of the path": {wire.Fault{Path: "/api/2.1/clusters"}, false},
		"a prefix":           {wire.Fault{Path: "/api/2.1/clusters/*"}, true},
		"another prefix":     {wire.Fault{Path: "/api/2.0/*"}, false},
		"all must match":     {wire.Fault{Vendor: "databricks", Method: "POST", Path: "/other"}, false},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			c.fault.Kind, c.fault.Status = wire.Status, 500
			b.add(t, c.fault)
			if got, err := b.post(t, "databricks", call, nil); err != nil || (got.status == 500) != c.want {
				t.Errorf("got %+v, %v", got, err)
			}
		})
	}
}

func TestFaultsMatchAWSActions(t *testing.T) {
	for pattern, want := range map[string]int{"DescribeStacks": 500, "Describe*": 500, "CreateStack": 201} {
		b := newBench(t)
		b.add(t, wire.Fault{Vendor: "aws", Path: pattern, Kind: wire.Status, Status: 500})
		if got, err := b.post(t, "aws", "/", url.Values{"Action": {"DescribeStacks"}}); err != nil || got.status != want {
			t.Errorf("%s: got %+v, %v", pattern, got, err)
		}
	}
}

func TestFaultsAreUsedUpInOrder(t *testing.T) {
	b := newBench(t)
	b.add(t,
		wire.Fault{Kind: wire.Status, Status: 429, Times: 2},
		wire.Fault{Kind: wire.Status, Status: 503},
		wire.Fault{Kind: wire.Status, Status: 500, Times: -1},
	)
	for i, want := range []int{429, 429, 503, 500, 500, 500} {
		if got, err := b.post(t, "slack", "/", nil); err != nil || got.status != want {
			t.Errorf("call %d: got %+v, %v, want %d", i+1, got, err, want)
		}
	}
}

func TestStatusFaultsSpeakTheVendorsLanguage(t *testing.T) {
	cases := map[string]struct {
		vendor string
		header map[string]string
		status int
		want   string // the beginning of the body
	}{
		"databricks 429":      {"databricks", nil, 429, `{"error_code":"REQUEST_LIMIT_EXCEEDED","message":"`},
		"databricks 503":      {"databricks", nil, 503, `{"error_code":"TEMPORARILY_UNAVAILABLE","message":"`},
		"databricks 500":      {"databricks", nil, 500, `{"error_code":"INTERNAL_ERROR","message":"`},
		"databricks 403":      {"databricks", nil, 403, `{"error_code":"PERMISSION_DENIED","message":"`},
		"databricks rare 5xx": {"databricks", nil, 599, `{"error_code":"INTERNAL_ERROR","message":"`},
		"slack 429":           {"slack", nil, 429, `{"error":"ratelimited","ok":false}`},
		"slack 500":           {"slack", nil, 500, `{"error":"internal_error","ok":false}`},
		"aws query":           {"aws", map[string]string{"Content-Type": "application/x-www-form-urlencoded"}, 429, `<ErrorResponse><Error><Code>Throttling</Code>`},
		"aws json":            {"aws", map[string]string{"X-Amz-Target": "AmazonSSM.GetParameter", "Authorization": "AWS4-HMAC-SHA256 Credential=K/20260102/us-east-1/ssm/aws4_request"}, 429, `{"__type":"ThrottlingException","message":"`},
		"aws rest json":       {"aws", map[string]string{"Authorization": "AWS4-HMAC-SHA256 Credential=K/20260102/us-east-1/scheduler/aws4_request"}, 400, `{"__type":"ValidationException","message":"`},
		"aws s3":              {"aws", map[string]string{"Authorization": "AWS4-HMAC-SHA256 Credential=K/20260102/us-east-1/s3/aws4_request"}, 503, `<Error><Code>SlowDown</Code>`},
		"aws ec2":             {"aws", map[string]string{"Authorization": "AWS4-HMAC-SHA256 Credential=K/20260102/us-east-1/ec2/aws4_request"}, 503, `<Response><Errors><Error><Code>ServiceUnavailable</Code>`},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			b.add(t, wire.Fault{Kind: wire.Status, Status: c.status, RetryAfter: 7})
			req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, b.urls[c.vendor]+"/", nil)
			if err != nil {
				t.Fatal(err)
			}
			for name, value := range c.header {
				req.Header.Set(name, value)
			}
			got, err := do(t, req)
			if err != nil || got.status != c.status || !strings.HasPrefix(got.body, c.want) || got.header.Get("Retry-After") != "7" {
				t.Errorf("got %+v, %v, want a body that begins %s", got, err, c.want)
			}
		})
	}
}

func TestStatusFaultsSpeakGooglesLanguages(t *testing.T) {
	const limit = `"domain":"usageLimits","message":"slow down","reason":"rateLimitExceeded"`
	cases := map[string]struct {
		vendor, path string
		fault        wire.Fault
		want         string // the whole body
	}{
		"google 404":            {"google", "/notebooks/v2/x", wire.Fault{Status: 404}, `{"error":{"code":404,"message":"slow down","status":"NOT_FOUND"}}`},
		"google 429":            {"google", "/notebooks/v2/x", wire.Fault{Status: 429}, `{"error":{"code":429,"message":"slow down","status":"RESOURCE_EXHAUSTED"}}`},
		"google, a rare 5xx":    {"google", "/notebooks/v2/x", wire.Fault{Status: 502}, `{"error":{"code":502,"message":"slow down","status":"INTERNAL"}}`},
		"google, a code":        {"google", "/notebooks/v2/x", wire.Fault{Status: 400, Reason: "FAILED_PRECONDITION"}, `{"error":{"code":400,"message":"slow down","status":"FAILED_PRECONDITION"}}`},
		"google, another code":  {"google", "/notebooks/v2/x", wire.Fault{Status: 409, Reason: "ABORTED"}, `{"error":{"code":409,"message":"slow down","status":"ABORTED"}}`},
		"google, a detail":      {"google", "/notebooks/v2/x", wire.Fault{Status: 403, Reason: "SERVICE_DISABLED"}, `{"error":{"code":403,"details":[{"@type":"type.googleapis.com/google.rpc.ErrorInfo","domain":"googleapis.com","metadata":{},"reason":"SERVICE_DISABLED"}],"message":"slow down","status":"PERMISSION_DENIED"}}`},
		"google, as Compute":    {"google", "/notebooks/v2/x", wire.Fault{Status: 403, Reason: "rateLimitExceeded"}, `{"error":{"code":403,"errors":[{` + limit + `}],"message":"slow down","status":"PERMISSION_DENIED"}}`},
		"storage 429":           {"storage", "/storage/v1/b/x", wire.Fault{Status: 429}, `{"error":{"code":429,"errors":[{` + limit + `}],"message":"slow down"}}`},
		"storage 403":           {"storage", "/storage/v1/b/x", wire.Fault{Status: 403}, `{"error":{"code":403,"errors":[{"domain":"global","message":"slow down","reason":"forbidden"}],"message":"slow down"}}`},
		"storage, a reason":     {"storage", "/upload/storage/v1/b/x/o", wire.Fault{Status: 403, Reason: "rateLimitExceeded"}, `{"error":{"code":403,"errors":[{` + limit + `}],"message":"slow down"}}`},
		"storage 503":           {"storage", "/storage/v1/b/x", wire.Fault{Status: 503}, `{"error":{"code":503,"errors":[{"domain":"global","message":"slow down","reason":"backendError"}],"message":"slow down"}}`},
		"storage, content":      {"storage", "/storage/v1/b/x/o/y?alt=media", wire.Fault{Status: 503}, `slow down`},
		"storage, XML":          {"storage", "/x/y", wire.Fault{Status: 503, Message: "<slow & down>"}, `<?xml version='1.0' encoding='UTF-8'?><Error><Code>ServiceUnavailable</Code><Message>&lt;slow &amp; down&gt;</Message></Error>`},
		"databricks, a reason":  {"databricks", "/", wire.Fault{Status: 400, Reason: "QUOTA_EXCEEDED"}, `{"error_code":"QUOTA_EXCEEDED","message":"slow down"}`},
		"slack, a reason":       {"slack", "/", wire.Fault{Status: 403, Reason: "account_inactive"}, `{"error":"account_inactive","ok":false}`},
		"aws, a reason as said": {"aws", "/", wire.Fault{Status: 400, Reason: "ExpiredToken"}, `<Error><Code>ExpiredToken</Code><Message>slow down</Message><RequestId>sandbox</RequestId></Error>`},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			c.fault.Kind, c.fault.RetryAfter, c.fault.Message = wire.Status, 7, cmp.Or(c.fault.Message, "slow down")
			b.add(t, c.fault)
			req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, b.urls[c.vendor]+c.path, nil)
			if err != nil {
				t.Fatal(err)
			}
			if got, err := do(t, req); err != nil || got.status != c.fault.Status || got.body != c.want || got.header.Get("Retry-After") != "7" {
				t.Errorf("got %+v, %v, want %s", got, err, c.want)
			}
		})
	}
}

func TestRetryAfterIsLeftOutUnlessGiven(t *testing.T) {
	b := newBench(t)
	b.add(t, wire.Fault{Kind: wire.Status, Status: 429})
	if got, err := b.post(t, "slack", "/", nil); err != nil || len(got.header.Values("Retry-After")) != 0 {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestFaultsThatMakeNoSenseAreRefused(t *testing.T) {
	cases := map[string]struct{ document, want string }{
		"unknown kind":         {`{"kind":"reset"}`, `field "kind" has the value "reset", which is none of status, delay, reset_before, reset_after`},
		"no kind":              {`{}`, `required field "kind" is missing`},
		"unknown field":        {`{"kind":"reset_before","verb":"GET"}`, `unknown field "verb"`},
		"unknown vendor":       {`{"kind":"reset_before","vendor":"azure"}`, `unknown vendor "azure": there are aws, databricks, google, slack, storage`},
		"no status":            {`{"kind":"status"}`, `status 0 is out of range`},
		"status out of range":  {`{"kind":"status","status":200}`, `status 200 is out of range: a fault answers 400 to 599`},
		"status of a reset":    {`{"kind":"reset_after","status":500}`, `status goes with the kind status, not with reset_after`},
		"retry_after, delayed": {`{"kind":"delay","ms":1,"retry_after":1}`, `retry_after goes with the kind status`},
		"reason, delayed":      {`{"kind":"delay","ms":1,"reason":"x"}`, `reason goes with the kind status, not with delay`},
		"message of a reset":   {`{"kind":"reset_before","message":"x"}`, `message goes with the kind status, not with reset_before`},
		"retry_after below 0":  {`{"kind":"status","status":429,"retry_after":-1}`, `retry_after -1 is out of range`},
		"no ms":                {`{"kind":"delay"}`, `ms 0 is out of range`},
		"ms of a reset":        {`{"kind":"reset_before","ms":5}`, `ms goes with the kind delay, not with reset_before`},
		"wrong type":           {`{"kind":"delay","ms":"5"}`, `field "ms" is "5", expected a whole number`},
		"not JSON":             {`kind`, `not a JSON document`},
		"one of a list":        {`[{"kind":"reset_before","times":-1},{"kind":"status","status":7}]`, `fault 2 of 2: status 7 is out of range`},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			faults, err := wire.ParseFaults([]byte(c.document))
			if err == nil {
				err = b.AddFault(faults...)
			}
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Fatalf("got %v, want %s", err, c.want)
			}
			if got, err := b.post(t, "slack", "/", nil); err != nil || got.status != 201 {
				t.Errorf("a refused fault applied all the same: %+v, %v", got, err)
			}
		})
	}
}

func TestAnUnknownKindInGoIsRefused(t *testing.T) {
	if err := newBench(t).AddFault(wire.Fault{Kind: "hang"}); err == nil || !strings.Contains(err.Error(), `unknown kind "hang"`) {
		t.Errorf("got %v", err)
	}
}
