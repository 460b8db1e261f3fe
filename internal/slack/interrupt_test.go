package slack_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/data-access/terraform-provider-provisioner/internal/await/awaittest"
	"github.com/data-access/terraform-provider-provisioner/internal/slack"
)

func TestInterrupts(t *testing.T) {
	t.Run("during a pause", func(t *testing.T) {
		f, clock := newFake(t, map[string][]reply{postMethod: {{status: 429, after: "5"}}}), awaittest.New()
		ctx, cancel := context.WithCancel(t.Context())
		clock.OnTick(func(time.Time) { cancel() })
		_, err := teller(f, clock, "").Tell(ctx, ana(t), notice)
		if !errors.Is(err, slack.ErrUnavailable) || !errors.Is(err, context.Canceled) || errors.Is(err, slack.ErrAmbiguous) || len(f.asked(postMethod)) != 1 {
			t.Errorf("got %v after %d posts", err, len(f.asked(postMethod)))
		}
	})
	t.Run("while a question is under way", func(t *testing.T) { interruptDuring(t, openMethod, slack.ErrUnavailable) })
	t.Run("while the post is under way", func(t *testing.T) { interruptDuring(t, postMethod, slack.ErrAmbiguous) })
	t.Run("before the post", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		f := newFake(t, nil)
		client := &http.Client{Transport: after{openMethod, cancel}}
		_, err := slack.New(slack.Options{Token: known, APIURL: f.URL + "/api", HTTPClient: client, Clock: awaittest.New()}).Tell(ctx, ana(t), notice)
		if !errors.Is(err, slack.ErrUnavailable) || errors.Is(err, slack.ErrAmbiguous) || len(f.asked(postMethod)) != 0 {
			t.Errorf("got %v after %d posts", err, len(f.asked(postMethod)))
		}
	})
}

func interruptDuring(t *testing.T, method string, kind error) {
	ctx, cancel := context.WithCancel(t.Context())
	f := newFake(t, nil)
	client := &http.Client{Transport: before{method, cancel}}
	clock := awaittest.New()
	_, err := slack.New(slack.Options{Token: known, APIURL: f.URL + "/api", HTTPClient: client, Clock: clock}).Tell(ctx, ana(t), notice)
	if !errors.Is(err, kind) || !errors.Is(err, context.Canceled) || len(clock.Slept()) != 0 {
		t.Errorf("got %v, want %v; pauses %v", err, kind, clock.Slept())
	}
}

// before interrupts once a method's request has been handed to the transport.
type before struct {
	method    string
	interrupt func()
}

func (b before) RoundTrip(r *http.Request) (*http.Response, error) {
	if strings.HasSuffix(r.URL.Path, b.method) {
		b.interrupt()
	}
	return http.DefaultTransport.RoundTrip(r)
}

// after interrupts once a method's answer has been read.
type after struct {
	method    string
	interrupt func()
}

func (a after) RoundTrip(r *http.Request) (*http.Response, error) {
	response, err := http.DefaultTransport.RoundTrip(r)
	if err == nil && strings.HasSuffix(r.URL.Path, a.method) {
		response.Body = closing{response.Body, a.interrupt}
	}
	return response, err
}

type closing struct {
	io.ReadCloser
	then func()
}

func (c closing) Close() error {
	defer c.then()
	return c.ReadCloser.Close()
}
