// Package ledger keeps the resources of one run out of each other's way.
//
// Terraform creates, changes and destroys at the same time. Two resources may ask for one thing, and a resource that
// got another address is destroyed at the old one while it is created at the new one: the vendor would see the same
// thing made and deleted at once.
package ledger

import (
	"errors"
	"fmt"
	"sync"

	"github.com/data-access/terraform-provider-provisioner/internal/person"
	"github.com/data-access/terraform-provider-provisioner/internal/step"
)

// ErrClaimed says that two resources of one configuration ask for the same thing.
var ErrClaimed = errors.New("another resource of this configuration asks for the same")

// Ledger is what one run has to do with things, by their key. The zero Ledger is ready; it lives as long as the run,
// and is safe for concurrent use.
type Ledger struct {
	claims sync.Map // key -> true
	kept   sync.Map // key -> true
	turns  sync.Map // key -> *sync.Mutex
}

// Claim is the right of one resource to a thing. A second one fails with [ErrClaimed], told as a step of doing for who.
// Only what failed to be made is given back by release.
func (l *Ledger) Claim(key, doing string, who person.Person) (release func(), err error) {
	if _, taken := l.claims.LoadOrStore(key, true); taken {
		return nil, &step.Error{Step: doing, Person: who, Err: fmt.Errorf("%w: %s", ErrClaimed, key), Remedy: "Keep one of them, or give each its own name"}
	}
	return func() { l.claims.Delete(key) }, nil
}

// Turn waits until nobody else in this run works on a thing.
func (l *Ledger) Turn(key string) (done func()) {
	lock, _ := l.turns.LoadOrStore(key, &sync.Mutex{})
	lock.(*sync.Mutex).Lock()
	return lock.(*sync.Mutex).Unlock
}

// Keep notes that a resource of this run has a thing, so that no other one removes it.
func (l *Ledger) Keep(key string) { l.kept.Store(key, true) }

// Kept reports whether a resource of this run has a thing.
func (l *Ledger) Kept(key string) bool {
	_, kept := l.kept.Load(key)
	return kept
}
