package main

import (
	"net/http"

	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/wire"
)

// call is one that a vendor saw.
type call = wire.Call

// class is what a call costs a vendor.
type class struct {
	list           bool   // one answers for many people
	permissionRead bool   // the one kind of read that has no list
	name           string // of any other: the operation without the thing it is done to, such as "clusters/create"
	once           bool   // a run makes it once for everybody
}

// foreign is a call to a vendor that nobody expects.
func foreign(c call) class { return class{name: c.Vendor + " " + c.Path} }

// tally counts the calls of one run by what they cost a vendor.
type tally struct {
	Lists           int
	PermissionReads int
	Others          map[string]int
	Once            int // of the others
	Refused         int // 429: the vendor's rate limit; also counted above
}

func count(calls []call, sorting func(call) class) tally {
	t := tally{Others: map[string]int{}}
	for _, c := range calls {
		switch of := sorting(c); {
		case of.list:
			t.Lists++
		case of.permissionRead:
			t.PermissionReads++
		default:
			t.Others[of.name]++
			if of.once {
				t.Once++
			}
		}
		if c.Status == http.StatusTooManyRequests {
			t.Refused++
		}
	}
	return t
}

func (t tally) others() (n int) {
	for _, m := range t.Others {
		n += m
	}
	return n
}

func (t tally) all() int { return t.Lists + t.PermissionReads + t.others() }

// shared is what a run asks once for everybody.
func (t tally) shared() int { return t.Lists + t.Once }
