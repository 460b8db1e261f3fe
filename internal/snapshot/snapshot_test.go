package snapshot_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/data-access/terraform-provider-provisioner/internal/await"
	"github.com/data-access/terraform-provider-provisioner/internal/await/awaittest"
	"github.com/data-access/terraform-provider-provisioner/internal/snapshot"
)

// vendor counts how often it is asked.
type vendor struct {
	gets, lists atomic.Int32
	listed      map[string]string
	listErr     error
}

func (v *vendor) get(_ context.Context, id string) (string, error) {
	v.gets.Add(1)
	return "get " + id, nil
}

func (v *vendor) list(context.Context) (map[string]string, error) {
	v.lists.Add(1)
	return v.listed, v.listErr
}

func many(n int) map[string]string {
	all := map[string]string{}
	for i := range n {
		all[fmt.Sprint(i)] = fmt.Sprint("list ", i)
	}
	return all
}

func TestAFewReadsAreDirect(t *testing.T) {
	v := &vendor{listed: many(10)}
	s := snapshot.New(awaittest.New(), v.get, v.list)
	for i := range snapshot.Direct {
		if got, err := s.Read(t.Context(), fmt.Sprint(i)); err != nil || got != fmt.Sprint("get ", i) {
			t.Fatalf("got %q, %v", got, err)
		}
	}
	if v.lists.Load() != 0 {
		t.Error("the list was taken for a handful of reads")
	}
}

// A plan asks for ten things at once: whoever comes first waits for the others.
func TestManyReadsCostOneList(t *testing.T) {
	v := &vendor{listed: many(1000)}
	s := snapshot.New(await.RealClock{}, v.get, v.list)
	var all sync.WaitGroup
	for i := range 1000 {
		all.Go(func() {
			if _, err := s.Read(t.Context(), fmt.Sprint(i)); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if v.lists.Load() != 1 || v.gets.Load() != 0 {
		t.Errorf("%d lists and %d gets", v.lists.Load(), v.gets.Load())
	}
}

func TestWhatTheListLacksIsAskedForDirectly(t *testing.T) {
	v := &vendor{}
	s := snapshot.New(awaittest.New(), v.get, v.list)
	if all, err := s.All(t.Context()); err != nil || len(all) != 0 {
		t.Fatal(all, err)
	}
	if got, err := s.Read(t.Context(), "gone"); err != nil || got != "get gone" {
		t.Errorf("got %q, %v", got, err)
	}
}

func TestWhatWeWroteIsReadAgain(t *testing.T) {
	v := &vendor{listed: many(2)}
	s := snapshot.New(awaittest.New(), v.get, v.list)
	_, _ = s.All(t.Context())
	s.Forget("1")
	for id, want := range map[string]string{"0": "list 0", "1": "get 1"} {
		if got, _ := s.Read(t.Context(), id); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestAFailedListIsTakenAgain(t *testing.T) {
	boom := errors.New("boom")
	v := &vendor{listErr: boom}
	s := snapshot.New(awaittest.New(), v.get, v.list)
	if _, err := s.All(t.Context()); !errors.Is(err, boom) {
		t.Fatal(err)
	}
	v.listErr, v.listed = nil, many(1)
	if all, err := s.All(t.Context()); err != nil || len(all) != 1 {
		t.Error(all, err)
	}
}

func TestAReaderThatGivesUpDoesNotSpoilTheList(t *testing.T) {
	started, release := make(chan struct{}), make(chan struct{})
	s := snapshot.New(awaittest.New(), (&vendor{}).get, func(ctx context.Context) (map[string]string, error) {
		close(started)
		<-release
		return many(1), ctx.Err()
	})
	ctx, giveUp := context.WithCancel(t.Context())
	first := make(chan error)
	go func() { _, err := s.All(ctx); first <- err }()
	<-started
	second := make(chan error)
	go func() { _, err := s.All(t.Context()); second <- err }()
	giveUp()
	if err := <-first; !errors.Is(err, context.Canceled) {
		t.Error("the first reader got", err)
	}
	close(release)
	if err := <-second; err != nil {
		t.Error("the second reader got", err)
	}
}

func TestAheadFetchesOnceAtMostSoManyAtATime(t *testing.T) {
	var under, most, gets atomic.Int32
	a := snapshot.NewAhead(4, func(_ context.Context, id string) (string, error) {
		gets.Add(1)
		now := under.Add(1)
		for old := most.Load(); now > old && !most.CompareAndSwap(old, now); old = most.Load() {
		}
		defer under.Add(-1)
		return id, nil
	})
	var ids []string
	for i := range 200 {
		ids = append(ids, fmt.Sprint(i))
	}
	a.Want(t.Context(), ids)
	a.Want(t.Context(), ids) // wanted already
	for _, id := range ids {
		if got, err := a.Read(t.Context(), id); err != nil || got != id {
			t.Fatal(got, err)
		}
	}
	if gets.Load() != 200 || most.Load() > 5 { // the reader may lend a hand beside the four
		t.Errorf("%d gets, %d at a time", gets.Load(), most.Load())
	}
}

func TestAheadAsksAgainWhatFailedOrWasWritten(t *testing.T) {
	boom := errors.New("boom")
	var gets atomic.Int32
	a := snapshot.NewAhead(1, func(context.Context, string) (int32, error) {
		if n := gets.Add(1); n > 1 {
			return n, nil
		}
		return 0, boom
	})
	a.Want(t.Context(), []string{"x"})
	if got, err := a.Read(t.Context(), "x"); err != nil || got != 2 {
		t.Errorf("after a failure: %d, %v", got, err)
	}
	a.Forget("x")
	if got, err := a.Read(t.Context(), "x"); err != nil || got != 3 {
		t.Errorf("after a write: %d, %v", got, err)
	}
	if got, err := a.Read(t.Context(), "never wanted"); err != nil || got != 4 {
		t.Errorf("unwanted: %d, %v", got, err)
	}
	a.Want(t.Context(), []string{"never wanted"}) // read already: nothing to fetch
	if got, err := a.Read(t.Context(), "never wanted"); err != nil || got != 4 {
		t.Errorf("wanted after it was read: %d, %v", got, err)
	}
}

func TestAheadDoesNotRememberAFailure(t *testing.T) {
	fail := true
	a := snapshot.NewAhead(1, func(context.Context, string) (string, error) {
		if fail {
			return "", errors.New("boom")
		}
		return "there", nil
	})
	if _, err := a.Read(t.Context(), "x"); err == nil {
		t.Fatal("no error")
	}
	fail = false
	if got, err := a.Read(t.Context(), "x"); err != nil || got != "there" {
		t.Errorf("%q, %v", got, err)
	}
}
