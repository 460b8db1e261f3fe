package secret_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/data-access/terraform-provider-provisioner/internal/secret"
)

func TestConcurrentReadersShareOneFlight(t *testing.T) {
	var requests, configured atomic.Int64
	server := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		requests.Add(1)
		_, _ = io.WriteString(w, token)
	})
	reader := secret.NewReader(func(ctx context.Context) (aws.Config, error) {
		configured.Add(1)
		return from(server)(ctx)
	})
	refs := []secret.Reference{parse(t, "s3://bucket/a"), parse(t, "s3://bucket/b")}
	var group sync.WaitGroup
	for range 50 {
		for _, ref := range refs {
			group.Go(func() {
				if value, err := reader.Read(t.Context(), ref); err != nil || value.Reveal() != token {
					t.Errorf("%s: got %q, %v", ref, value.Reveal(), err)
				}
			})
		}
	}
	group.Wait()
	if requests.Load() != 2 || configured.Load() != 1 {
		t.Errorf("%d requests for two references, %d configurations", requests.Load(), configured.Load())
	}
}

func TestAnErrorIsNotRemembered(t *testing.T) {
	var requests, configured atomic.Int64
	server := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		if requests.Add(1) == 1 {
			w.WriteHeader(http.StatusForbidden)
			return
		}
		_, _ = io.WriteString(w, token)
	})
	reader := secret.NewReader(func(ctx context.Context) (aws.Config, error) {
		if configured.Add(1) == 1 {
			return aws.Config{}, errors.New("boom")
		}
		return from(server)(ctx)
	})
	ref := parse(t, "s3://bucket/key")
	for _, kind := range []error{secret.ErrUnreadable, secret.ErrDenied} {
		_, err := reader.Read(t.Context(), ref)
		refused(t, err, kind, ref, "")
	}
	for range 2 {
		if value, err := reader.Read(t.Context(), ref); err != nil || value.Reveal() != token {
			t.Errorf("got %q, %v", value.Reveal(), err)
		}
	}
	if requests.Load() != 2 || configured.Load() != 2 {
		t.Errorf("%d requests and %d configurations, want 2 and 2", requests.Load(), configured.Load())
	}
}

func TestOneReaderLeavingDoesNotFailTheOthers(t *testing.T) {
	arrived, release := make(chan struct{}), make(chan struct{})
	var requests atomic.Int64
	server := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		if requests.Add(1) == 1 {
			close(arrived)
		}
		<-release
		_, _ = io.WriteString(w, token)
	})
	reader, ref := secret.NewReader(from(server)), parse(t, "s3://bucket/key")
	impatient, leave := context.WithCancel(t.Context())
	left, stayed := make(chan error), make(chan error)
	go func() { _, err := reader.Read(impatient, ref); left <- err }()
	<-arrived
	patient := watched{t.Context(), make(chan struct{}, 1)}
	go func() { _, err := reader.Read(patient, ref); stayed <- err }()
	<-patient.waits
	leave()
	err := <-left
	refused(t, err, secret.ErrUnreadable, ref, "")
	if !errors.Is(err, context.Canceled) {
		t.Errorf("the interrupt is not told: %v", err)
	}
	close(release)
	if err := <-stayed; err != nil || requests.Load() != 1 {
		t.Errorf("the one who stayed: %v after %d requests", err, requests.Load())
	}
}

func TestTheLastReaderToLeaveEndsTheFlight(t *testing.T) {
	arrived, ended := make(chan struct{}), make(chan struct{})
	var requests atomic.Int64
	server := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if requests.Add(1) == 1 {
			close(arrived)
			<-r.Context().Done() // as long as anybody waits for the reply
			close(ended)
			return
		}
		_, _ = io.WriteString(w, token)
	})
	reader, ref := secret.NewReader(from(server)), parse(t, "s3://bucket/key")
	ctx, leave := context.WithCancel(t.Context())
	go func() { <-arrived; leave() }()
	if _, err := reader.Read(ctx, ref); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	<-ended
	if value, err := reader.Read(t.Context(), ref); err != nil || value.Reveal() != token {
		t.Errorf("the next reader got %q, %v", value.Reveal(), err)
	}
}

// watched is a context that tells when somebody begins to wait for its end.
type watched struct {
	context.Context
	waits chan struct{}
}

func (w watched) Done() <-chan struct{} {
	select {
	case w.waits <- struct{}{}:
	default:
	}
	return w.Context.Done()
}
