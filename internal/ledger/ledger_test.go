package ledger_test

import (
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/data-access/terraform-provider-provisioner/internal/ledger"
	"github.com/data-access/terraform-provider-provisioner/internal/person"
)

func TestOneThingHasOneClaim(t *testing.T) {
	var l ledger.Ledger
	ana, err := person.Parse("ana@example.com")
	if err != nil {
		t.Fatal(err)
	}
	release, err := l.Claim("a", "baking", ana)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := l.Claim("a", "baking", ana); !errors.Is(err, ledger.ErrClaimed) || !strings.Contains(err.Error(), "baking for ana@example.com") {
		t.Errorf("a second claim: %v", err)
	}
	if _, err := l.Claim("b", "baking", ana); err != nil {
		t.Errorf("another thing: %v", err)
	}
	release()
	if _, err := l.Claim("a", "baking", ana); err != nil {
		t.Errorf("after its release: %v", err)
	}
}

func TestTurnsDoNotOverlap(t *testing.T) {
	var (
		l       ledger.Ledger
		all     sync.WaitGroup
		at, sum int // guarded by the turns alone: the race detector watches
	)
	for range 50 {
		all.Go(func() {
			defer l.Turn("a")()
			at++
			if at != 1 {
				t.Error("two at once")
			}
			sum++
			at--
		})
	}
	all.Wait()
	if sum != 50 {
		t.Errorf("%d turns", sum)
	}
}

func TestWhatIsKeptIsKept(t *testing.T) {
	var l ledger.Ledger
	l.Keep("a")
	if !l.Kept("a") || l.Kept("b") {
		t.Error("the wrong things are kept")
	}
}
