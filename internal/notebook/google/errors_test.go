package google_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"strings"
	"testing"

	"google.golang.org/api/googleapi"

	"github.com/data-access/terraform-provider-provisioner/internal/notebook/google"
	"github.com/data-access/terraform-provider-provisioner/internal/person"
)

func answer(code int, body string) error { return &googleapi.Error{Code: code, Body: body} }

func TestWhatAnAnswerMeans(t *testing.T) {
	const gone, taken, changed, notNow, refused = "gone", "taken", "changed", "not now", "refused"
	for name, c := range map[string]struct {
		err  error
		want []string
	}{
		"not found":               {answer(404, ""), []string{gone, refused}},
		"our own word for it":     {google.ErrGone, []string{gone}},
		"exists":                  {answer(409, `{"error":{"status":"ALREADY_EXISTS"}}`), []string{taken, refused}},
		"a queue that is full":    {answer(409, `{"error":{"message":"Unable to queue the operation"}}`), []string{notNow}},
		"Dataproc is busy":        {answer(400, `{"error":{"message":"Cannot delete session 'x' while it has other pending delete operations."}}`), []string{notNow}},
		"a bad request":           {answer(400, `{"error":{"status":"INVALID_ARGUMENT"}}`), []string{refused}},
		"too many":                {answer(429, ""), []string{notNow}},
		"too many, as in Compute": {answer(403, `{"error":{"errors":[{"reason":"rateLimitExceeded"}]}}`), []string{notNow}},
		"for one user":            {answer(403, `{"error":{"errors":[{"reason":"userRateLimitExceeded"}]}}`), []string{notNow}},
		"forbidden":               {answer(403, `{"error":{"status":"PERMISSION_DENIED"}}`), []string{refused}},
		"a precondition":          {answer(412, ""), []string{changed, refused}},
		"a fault of theirs":       {answer(503, ""), nil},
		"no answer":               {errors.New("EOF"), nil},
	} {
		got := map[string]bool{gone: google.IsGone(c.err), taken: google.IsTaken(c.err), changed: google.IsChanged(c.err), notNow: google.NotNow(c.err), refused: google.Refused(c.err)}
		for _, want := range c.want {
			if !got[want] {
				t.Errorf("%s should be %s", name, want)
			}
			delete(got, want)
		}
		for is, so := range got {
			if so {
				t.Errorf("%s should not be %s", name, is)
			}
		}
	}
}

func TestFailedSaysWhatToDo(t *testing.T) {
	ana, err := person.Parse("ana@example.com")
	if err != nil {
		t.Fatal(err)
	}
	for remedy, cause := range map[string]error{
		"roles/iam.serviceAccountUser":  &googleapi.Error{Code: 403, Message: "caller needs iam.serviceAccounts.ActAs permission on VM Service Account"},
		"Enable that API":               &googleapi.Error{Code: 403, Message: "SERVICE_DISABLED"},
		"the roles":                     &googleapi.Error{Code: 403, Message: "denied"},
		"Check the credentials":         &googleapi.Error{Code: 401, Message: "who are you?"},
		"apply again in a minute":       answer(429, ""),
		"Check the project":             answer(404, ""),
		"Plan again":                    google.ErrChanged,
		"Import it":                     google.ErrExists,
		"GOOGLE_*_CUSTOM_ENDPOINT":      &net.DNSError{Err: "no such host", Name: "notebooks.example"},
		"where this run ended":          context.Canceled,
		"Ask for more quota":            &google.OperationError{Code: 8, Message: "stockout"},
		"Correct the configuration":     answer(400, ""),
		"is found and not done twice":   answer(503, ""),
		"the operation in the project":  &google.OperationError{Code: 13},
		"Correct the configuration and": &google.OperationError{Code: 3, Message: "bad"},
	} {
		told := google.Failed("making a thing", ana, cause)
		if !strings.HasPrefix(told.Error(), "making a thing for ana@example.com: ") || !strings.Contains(told.Error(), remedy) || !errors.Is(told, cause) {
			t.Errorf("%v: want %q in %q", cause, remedy, told)
		}
		if again := google.Failed("another step", ana, told); again != told {
			t.Errorf("the innermost step is lost: %v", again)
		}
	}
	body := `{"error":{"code":403,"message":"no","status":"PERMISSION_DENIED"}}`
	if told := google.Failed("x", person.Person{}, &googleapi.Error{Code: http.StatusForbidden, Message: "no", Body: body}); !strings.HasPrefix(told.Error(), "x: Google answered 403 PERMISSION_DENIED: no. ") {
		t.Error(told)
	}
	if told := google.Failed("x", person.Person{}, answer(404, "<!DOCTYPE html><p>That is an error.")); !strings.HasPrefix(told.Error(), "x: Google answered 404: Not Found. ") {
		t.Error(told)
	}
	if google.Failed("x", ana, nil) != nil {
		t.Error("nothing failed")
	}
}

func TestLocations(t *testing.T) {
	for location, region := range map[string]string{"us-central1-a": "us-central1", "us-central1": "us-central1", "northamerica-northeast2-c": "northamerica-northeast2"} {
		if got := google.Region(location); got != region || !google.IsRegion(got) || google.IsZone(got) {
			t.Errorf("the region of %s is %s, want %s", location, got, region)
		}
	}
	for _, nowhere := range []string{"", "US", "us-central", "us-central1-", "us-central1-ab", "-us-central1-a", "us_central1_a"} {
		if google.IsZone(nowhere) || google.IsRegion(nowhere) {
			t.Errorf("%q is no location", nowhere)
		}
	}
}
