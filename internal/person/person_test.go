package person_test

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/data-access/terraform-provider-provisioner/internal/person"
)

func TestParse(t *testing.T) {
	for text, want := range map[string]string{
		"ana.diaz@example.com":        "ana.diaz@example.com",
		" Ana.Diaz@Example.COM ":      "ana.diaz@example.com",
		"o'brien+lab@sub.example.com": "o'brien+lab@sub.example.com",
	} {
		who, err := person.Parse(text)
		if err != nil || who.Email() != want {
			t.Errorf("%q: got %q, %v; want %q", text, who.Email(), err, want)
		}
		if !who.Is(strings.ToUpper(want)) {
			t.Errorf("%q does not recognise its own address in capitals", text)
		}
	}
	for _, text := range []string{"", "ana", "ana@", "@example.com", "ana@localhost", "Ana <ana@example.com>", "a@b.c, d@e.f", "a b@example.com", `"a b"@example.com`, "a@b.c\n" + "x"} {
		if who, err := person.Parse(text); !errors.Is(err, person.ErrNotEmail) {
			t.Errorf("%q was taken for %q (%v)", text, who.Email(), err)
		}
	}
}

func TestNamesCannotCollide(t *testing.T) {
	// Everything that a plain substitution would fold together.
	addresses := []string{
		"ana.diaz@example.com", "ana-diaz@example.com", "ana_diaz@example.com", "ana+diaz@example.com", "anadiaz@example.com",
		"ana.diaz@example.org", "ana.diaz@sub.example.com", "...@example.com", "1ana@example.com",
		strings.Repeat("a", 64) + "@example.com", strings.Repeat("a", 64) + "b@example.com",
	}
	form := regexp.MustCompile(`^[a-z]([-a-z0-9]*[a-z0-9])?$`)
	for _, prefix := range []string{"", "single-user", "nb-"} {
		for _, limit := range []int{30, 51, 63, 100} {
			seen := map[string]string{}
			for _, address := range addresses {
				who, err := person.Parse(address)
				if err != nil {
					continue
				}
				name, err := who.Name(prefix, limit)
				if err != nil || len(name) > limit || !form.MatchString(name) || !strings.HasPrefix(name, prefix) {
					t.Errorf("%s with prefix %q in %d characters: %q, %v", address, prefix, limit, name, err)
				}
				if other, taken := seen[name]; taken {
					t.Errorf("%s and %s share the name %s", address, other, name)
				}
				seen[name] = address
			}
		}
	}
}

func TestNameIsStable(t *testing.T) {
	who, _ := person.Parse("Ana.Diaz@example.com")
	name, err := who.Name("single-user", 100)
	if err != nil || name != "single-user-ana-diaz-"+who.Label()[len("ana-diaz-"):] {
		t.Errorf("got %q, %v", name, err)
	}
	if want := "ana-diaz-6idqd22h"; who.Label() != want { // a change here orphans what earlier releases made
		t.Errorf("label %q, want %q", who.Label(), want)
	}
}

func TestNameNeedsRoom(t *testing.T) {
	who, _ := person.Parse("ana@example.com")
	if name, err := who.Name("a-very-long-prefix", 20); err == nil {
		t.Errorf("a name without room: %q", name)
	}
}

func ExamplePerson_Name() {
	who, _ := person.Parse("Ana.Diaz@example.com")
	name, _ := who.Name("single-user", 100)
	fmt.Println(name[:20])
	// Output: single-user-ana-diaz
}

func TestNoFolderBeginsAnother(t *testing.T) {
	folders := map[string]string{}
	for _, address := range []string{
		"joe@corp.com", "joe@corp.com.br", "joey@corp.com", "jo@corp.com", "...@corp.com", "joe+x@corp.com", "joe.x@corp.com",
		strings.Repeat("a", 64) + "@corp.com", strings.Repeat("a", 65) + "@corp.com",
	} {
		who, err := person.Parse(address)
		if err != nil {
			continue
		}
		folder := who.Folder()
		if len(folder) > 63 || !regexp.MustCompile(`^[a-z0-9]([-a-z0-9]*[a-z0-9])?$`).MatchString(folder) {
			t.Errorf("%s has the folder %q", address, folder)
		}
		for other, theirs := range folders {
			if strings.HasPrefix(folder, theirs) || strings.HasPrefix(theirs, folder) {
				t.Errorf("of the folders of %s and %s one begins the other: %s, %s", address, other, folder, theirs)
			}
		}
		folders[address] = folder
	}
	ana, _ := person.Parse("Ana.Diaz@example.com")
	if want := "6idqd22h-ana-diaz"; ana.Folder() != want { // a change here moves everybody's files
		t.Errorf("folder %q, want %q", ana.Folder(), want)
	}
}
