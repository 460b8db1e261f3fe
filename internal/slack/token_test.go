package slack_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/data-access/terraform-provider-provisioner/internal/await/awaittest"
	"github.com/data-access/terraform-provider-provisioner/internal/slack"
)

func TestTokenIsFetchedOnce(t *testing.T) {
	f := newFake(t, nil)
	var fetched atomic.Int64
	boom := errors.New("boom")
	teller := slack.New(slack.Options{APIURL: f.URL + "/api/", Clock: awaittest.New(), Token: func(context.Context) (string, error) {
		if fetched.Add(1) == 1 {
			return "", boom
		}
		return token, nil
	}})
	if _, err := teller.Tell(t.Context(), ana(t), notice); !errors.Is(err, slack.ErrToken) || !errors.Is(err, boom) {
		t.Errorf("got %v", err)
	}
	var group sync.WaitGroup
	for range 20 {
		group.Go(func() {
			if _, err := teller.Tell(t.Context(), ana(t), notice); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if fetched.Load() != 2 || len(f.asked(postMethod)) != 20 {
		t.Errorf("the token was fetched %d times for %d posts", fetched.Load(), len(f.asked(postMethod)))
	}
}

func TestTokenThatIsNotThere(t *testing.T) {
	for name, source := range map[string]func(context.Context) (string, error){
		"none":  nil,
		"empty": func(context.Context) (string, error) { return "", nil },
	} {
		if _, err := slack.New(slack.Options{Token: source}).Tell(t.Context(), ana(t), notice); !errors.Is(err, slack.ErrToken) || !strings.Contains(err.Error(), "ana@example.com") {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func TestWaitingForTheTokenCanBeInterrupted(t *testing.T) {
	asked, release := make(chan struct{}), make(chan struct{})
	teller := slack.New(slack.Options{Token: func(context.Context) (string, error) {
		close(asked)
		<-release
		return "", errors.New("late")
	}})
	done := make(chan struct{})
	go func() { defer close(done); _, _ = teller.Tell(t.Context(), ana(t), notice) }()
	<-asked
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := teller.Tell(ctx, ana(t), notice); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	close(release)
	<-done
}

// broken is a transport that fails in words that quote the request, as some do.
type broken struct{}

func (broken) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := r.ParseForm(); err != nil {
		return nil, err
	}
	return nil, fmt.Errorf("cannot send %s with %s to %s?%s", r.PostForm.Get("token"), r.PostForm.Encode(), r.URL, r.PostForm.Encode())
}

func TestTheTokenNeverShows(t *testing.T) {
	teller := slack.New(slack.Options{Token: known, Clock: awaittest.New(), HTTPClient: &http.Client{Transport: broken{}}})
	_, err := teller.Tell(t.Context(), ana(t), notice)
	if !errors.Is(err, slack.ErrUnavailable) || !strings.Contains(err.Error(), "(sensitive)") {
		t.Fatalf("got %v", err)
	}
	for link := err; link != nil; link = errors.Unwrap(link) {
		for _, form := range []string{token, url.QueryEscape(token)} {
			if text := fmt.Sprintf("%v %+v %#v", link, link, link); strings.Contains(text, form) {
				t.Errorf("the token shows: %s", text)
			}
		}
	}
	if text := fmt.Sprintf("%v %+v", teller, slack.Receipt{}); strings.Contains(text, token) {
		t.Errorf("the token shows: %s", text)
	}
}

func TestTheTokenDoesNotFollowARedirect(t *testing.T) {
	var strangers atomic.Int64
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { strangers.Add(1) }))
	defer elsewhere.Close()
	server := httptest.NewServer(http.RedirectHandler(elsewhere.URL, http.StatusTemporaryRedirect))
	defer server.Close()
	_, err := slack.New(slack.Options{Token: known, APIURL: server.URL, HTTPClient: server.Client(), Clock: awaittest.New()}).Tell(t.Context(), ana(t), notice)
	if !errors.Is(err, slack.ErrUnavailable) || strangers.Load() != 0 {
		t.Errorf("got %v; %d requests went elsewhere", err, strangers.Load())
	}
	if server.Client().CheckRedirect != nil {
		t.Error("the client of the caller was changed")
	}
}
